import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {formatMonetary} from "@web/views/fields/formatters";
import {layout} from "./flow_layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
// In months back from today.
const PERIODS = [1, 3, 6, 12, 36];

/**
 * Who went from which category to which in a period: two columns and ribbons between
 * them, as wide as the counterparties or their money.
 */
export class CategoryFlow extends Component {
    static template = "crm_segmentation.CategoryFlow";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.periods = PERIODS;
        this.state = useState({
            segmentations: [],
            segmentationId: false,
            months: 12,
            measure: "count",
            flow: null,
            picture: null,
        });
        onWillStart(() => this.start());
    }

    async start() {
        const found = await this.orm.searchRead(
            "crm.segmentation",
            [["version", ">", 0]],
            ["display_name"]
        );
        this.state.segmentations = found;
        const wanted = this.props.action.params?.segmentation_id;
        const chosen = found.find((row) => row.id === wanted) || found[0];
        if (chosen) {
            await this.choose({segmentationId: chosen.id});
        }
    }

    async choose(values) {
        Object.assign(this.state, values);
        const today = DateTime.now();
        this.state.flow = await this.orm.call(
            "crm.segmentation",
            "category_flow",
            [[this.state.segmentationId]],
            {
                date_from: today.minus({months: this.state.months}).toISODate(),
                date_to: today.toISODate(),
            }
        );
        this.draw();
    }

    chooseNumber(name, ev) {
        return this.choose({[name]: Number(ev.target.value)});
    }

    setMeasure(measure) {
        this.state.measure = measure;
        this.draw();
    }

    draw() {
        const {flow, measure} = this.state;
        this.state.picture = layout(flow.categories, flow.links, measure, _t("none"));
    }

    open(ribbon) {
        const {flow, segmentationId} = this.state;
        return this.openFlow(segmentationId, ribbon, flow);
    }

    async openFlow(segmentationId, ribbon, flow) {
        const action = await this.orm.call(
            "crm.segmentation",
            "action_open_flow",
            [[segmentationId]],
            {
                from_id: ribbon.from_id,
                to_id: ribbon.to_id,
                date_from: flow.date_from,
                date_to: flow.date_to,
            }
        );
        return this.action.doAction(action);
    }

    periodName(months) {
        return months === 1 ? _t("last month") : _t("last %s months", months);
    }

    format(link) {
        const money = formatMonetary(link.amount, {
            currencyId: this.state.flow.currency,
            digits: [16, 0],
        });
        return _t("%(count)s (%(money)s a month)", {count: link.count, money});
    }

    get rows() {
        const moved = this.state.picture.ribbons.filter((r) => r.from_id !== r.to_id);
        return moved.sort((a, b) => b.size - a.size);
    }
}

registry.category("actions").add("crm_segmentation.category_flow", CategoryFlow);
