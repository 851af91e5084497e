import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {Curve} from "./curve";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useDebounced} from "@web/core/utils/timing";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

const DEFAULT_METRIC = "turnover_month_avg";
const SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<"};
// In these units a threshold is a percent, not a number of the curve.
const PERCENT_BASES = ["share", "quantile"];

/** Two digits that can be remembered, never more than the number. */
function readable(number) {
    const size = Math.floor(Math.log10(Math.abs(number) || 1)) - 1;
    return Number((Math.floor(number / 10 ** size) * 10 ** size).toPrecision(2));
}

/**
 * Customers and turnover on both sides of each threshold.
 *
 * It reads the conditions of the form as they stand, saved or not, and writes a moved
 * threshold back into the form, so that “Discard” takes it back.
 */
export class ThresholdPicture extends Component {
    static template = "crm_segmentation.ThresholdPicture";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            metric: false,
            curve: false,
            names: {},
            moving: false,
            lines: [],
        });
        this.reload = useDebounced(() => this.load(), 400);
        this.asked = "";
        onWillStart(() => {
            this.readLines(this.props.record);
            return this.load();
        });
        useRecordObserver((record) => {
            this.readLines(record);
            this.reload();
        });
    }

    // --- what the form says ------------------------------------------------------

    /** One line per condition of the form, of whatever metric. */
    readLines(record) {
        const lines = [];
        const names = {};
        for (const category of record.data[this.props.name].records) {
            for (const criterion of category.data.criterion_ids.records) {
                const {metric_code, metric_id, operator, basis, value_enter} =
                    criterion.data;
                if (!metric_code) {
                    continue;
                }
                names[metric_code] = metric_id.display_name;
                lines.push({
                    id: criterion.id,
                    criterion,
                    metric: metric_code,
                    code: category.data.code,
                    color: category.data.color || 0,
                    operator,
                    basis,
                    value: value_enter,
                });
            }
        }
        this.state.lines = lines;
        this.state.names = names;
        if (!(this.state.metric in names)) {
            const first = DEFAULT_METRIC in names ? DEFAULT_METRIC : lines[0]?.metric;
            this.state.metric = first || DEFAULT_METRIC;
        }
    }

    get lines() {
        return this.state.lines.filter((line) => line.metric === this.state.metric);
    }

    get metrics() {
        return Object.entries(this.state.names);
    }

    // --- the curve ---------------------------------------------------------------

    async load() {
        const {resId} = this.props.record;
        if (!resId) {
            this.state.curve = false;
            return;
        }
        const {metric} = this.state;
        const marks = this.lines
            .filter((line) => !PERCENT_BASES.includes(line.basis))
            .map((line) => line.value)
            .slice(0, 50);
        const question = JSON.stringify([resId, metric, marks, this.covered()]);
        if (question === this.asked) {
            return;
        }
        this.asked = question;
        const picture = await this.orm.call(
            "crm.segmentation",
            "threshold_picture",
            [[resId]],
            {metric, marks}
        );
        if (question === this.asked) {
            this.state.curve = new Curve(picture);
        }
    }

    /** Whatever decides who is covered, so that a saved change is asked for anew. */
    covered() {
        const {data, dirty} = this.props.record;
        if (dirty) {
            return this.lastCovered;
        }
        this.lastCovered = [
            data.unit,
            data.untyped_buyers,
            data.counterparty_type_ids?.currentIds,
        ];
        return this.lastCovered;
    }

    onMetric(ev) {
        this.state.metric = ev.target.value;
        this.load();
    }

    // --- moving a line -----------------------------------------------------------

    get readonly() {
        return this.props.readonly;
    }

    value(line) {
        return this.state.moving?.id === line.id ? this.state.moving.value : line.value;
    }

    isPercent(line) {
        return PERCENT_BASES.includes(line.basis);
    }

    /** Where a line stands on its slider. */
    place(line) {
        return this.isPercent(line)
            ? this.value(line)
            : this.state.curve.place(this.value(line));
    }

    last(line) {
        return this.isPercent(line) ? 100 : this.state.curve.last;
    }

    onSlide(line, ev) {
        this.slideTo(line, Number(ev.target.value));
    }

    slideTo(line, place) {
        const value = this.isPercent(line) ? place : this.state.curve.valueAt(place);
        this.state.moving = {id: line.id, value};
    }

    async onSlid(line) {
        const {moving} = this.state;
        if (!moving || moving.id !== line.id) {
            return;
        }
        const {value_enter, value_leave, has_leave} = line.criterion.data;
        const changes = {value_enter: moving.value};
        if (has_leave && value_enter) {
            changes.value_leave = readable((moving.value * value_leave) / value_enter);
        }
        await line.criterion.update(changes);
        this.state.moving = false;
    }

    /** The line itself can be dragged, too, by mouse or finger. */
    onGrab(line, ev) {
        if (this.readonly || this.isPercent(line)) {
            return;
        }
        const plot = ev.currentTarget.parentElement.getBoundingClientRect();
        const knob = ev.currentTarget;
        knob.setPointerCapture(ev.pointerId);
        const move = (moved) => {
            const part = (moved.clientX - plot.left) / plot.width;
            const {last} = this.state.curve;
            this.slideTo(line, Math.round(Math.min(1, Math.max(0, part)) * last));
        };
        const drop = () => {
            knob.removeEventListener("pointermove", move);
            this.onSlid(line);
        };
        knob.addEventListener("pointermove", move);
        knob.addEventListener("pointerup", drop, {once: true});
        knob.addEventListener("pointercancel", drop, {once: true});
        ev.preventDefault();
    }

    // --- words -------------------------------------------------------------------

    left(line) {
        const {curve} = this.state;
        const place = this.isPercent(line)
            ? curve.placeOfPercent(line.basis, this.value(line))
            : this.place(line);
        return `left: ${(100 * place) / Math.max(1, curve.last)}%`;
    }

    title(line) {
        const value = this.value(line);
        const number = this.isPercent(line) ? `${value}%` : this.number(value);
        return `${line.code} ${SIGNS[line.operator]} ${number}`;
    }

    sides(line) {
        return this.state.curve.sides(line.basis, line.operator, this.value(line));
    }

    number(value) {
        const {currency_id, unit} = this.state.curve.picture;
        const digits = [16, Number.isInteger(value) ? 0 : 2];
        if (currency_id) {
            return formatMonetary(value, {currencyId: currency_id, digits});
        }
        return `${formatFloat(value, {digits})} ${unit}`.trim();
    }

    whole(value) {
        return formatFloat(value, {digits: [16, 0]});
    }

    percent(part, whole) {
        const percent = whole ? (100 * part) / whole : 0;
        return `${formatFloat(percent, {digits: [16, percent < 10 ? 1 : 0]})}%`;
    }

    day(text) {
        return formatDate(deserializeDate(text));
    }

    told({count, amount, exact}) {
        const {curve} = this.state;
        return _t("%(about)s%(count)s customers (%(part)s), %(turnover)s of turnover", {
            about: exact ? "" : "≈ ",
            count: this.whole(count),
            part: this.percent(count, curve.picture.measured),
            turnover: this.percent(amount, curve.picture.turnover),
        });
    }
}

export const thresholdPicture = {
    component: ThresholdPicture,
    displayName: _t("Picture of thresholds"),
    supportedTypes: ["one2many"],
    useSubView: true,
};

registry.category("fields").add("crm_threshold_picture", thresholdPicture);
