import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {cookie} from "@web/core/browser/cookie";
import {getColor} from "@web/core/colors/colors";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const {DateTime} = luxon;

/** Baseline, target, the months so far and where they lead. */
export class GoalChart extends Component {
    static template = "crm_project_rollout.GoalChart";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.canvas = useRef("canvas");
        this.state = useState({series: false});
        onWillStart(async () => {
            await Promise.all([loadBundle("web.chartjs_lib"), this.load()]);
        });
        // Drawn anew when the record was saved: its numbers may be others.
        useEffect(
            (id, stamp) => {
                if (this.drawn && this.drawn !== stamp) {
                    this.load();
                }
                this.drawn = stamp;
            },
            () => [this.props.record.resId, this.stamp]
        );
        useEffect(
            () => this.draw(),
            () => [this.state.series]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get stamp() {
        const {target, baseline, date} = this.props.record._values || {};
        return `${target} ${baseline} ${date}`;
    }

    async load() {
        const {resId} = this.props.record;
        this.state.series = resId
            ? await this.orm.call("crm.rollout.goal", "series", [resId])
            : false;
    }

    get hasMonths() {
        const {series} = this.state;
        return series && series.actual.some((value) => value !== false);
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (this.canvas.el && this.hasMonths) {
            // The library is loaded by its bundle.
            this.chart = new window.Chart(this.canvas.el, this.config());
        }
    }

    config() {
        const {months, actual, forecast, baseline, target} = this.state.series;
        const main = getColor(3, cookie.get("color_scheme"), "odoo");
        const flat = (value) => months.map(() => value);
        const sets = [
            this.line(_t("Actual"), actual, main, {
                borderWidth: 3,
                pointRadius: 2,
            }),
            this.line(_t("Forecast"), forecast, main, {
                borderDash: [6, 4],
            }),
        ];
        if (target !== false) {
            sets.push(this.line(_t("Target"), flat(target), "#28a745", {}));
        }
        if (baseline !== false) {
            sets.push(
                this.line(_t("Baseline"), flat(baseline), "#8f8f8f", {
                    borderDash: [2, 3],
                })
            );
        }
        return {
            type: "line",
            data: {
                labels: months.map((month) =>
                    DateTime.fromISO(`${month}-01`).toFormat("LLL yy")
                ),
                datasets: sets,
            },
            options: {
                animation: false,
                locale: user.lang,
                maintainAspectRatio: false,
                interaction: {mode: "index", intersect: false},
                plugins: {legend: {position: "bottom"}},
                scales: {x: {ticks: {maxRotation: 0, autoSkip: true}}},
            },
        };
    }

    line(label, values, color, options) {
        return {
            label,
            data: values.map((value) => (value === false ? null : value)),
            borderColor: color,
            backgroundColor: color,
            borderWidth: 2,
            pointRadius: 0,
            spanGaps: false,
            ...options,
        };
    }
}

registry.category("fields").add("crm_goal_chart", {
    component: GoalChart,
    supportedTypes: ["boolean"],
});
