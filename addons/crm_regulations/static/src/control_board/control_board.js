import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;

/** Periods that can be chosen with one tap: key → first and last day. */
const PERIODS = {
    week: (today) => [today.startOf("week"), today],
    month: (today) => [today.startOf("month"), today.endOf("month")],
    last_month: (today) => {
        const before = today.minus({months: 1});
        return [before.startOf("month"), before.endOf("month")];
    },
    quarter: (today) => [today.minus({days: 90}), today],
};

/** Figures about promises; each of them opens the promises behind it. */
export class ControlBoard extends Component {
    static template = "crm_regulations.ControlBoard";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            period: "month",
            groupBy: "regulation",
            board: false,
        });
        onWillStart(() => this.load());
    }

    get periods() {
        return [
            ["week", _t("This week")],
            ["month", _t("This month")],
            ["last_month", _t("Last month")],
            ["quarter", _t("Last 90 days")],
        ];
    }

    get groups() {
        return [
            ["regulation", _t("Regulation")],
            ["department", _t("Department")],
            ["person", _t("Person")],
            ["category", _t("Category")],
            ["process", _t("Process")],
        ];
    }

    get titles() {
        return {
            onTime: _t("On time"),
            overdue: _t("Overdue now"),
            excused: _t("Excused"),
            attested: _t("A person says so"),
        };
    }

    get board() {
        return this.state.board;
    }

    async load() {
        const days = PERIODS[this.state.period](DateTime.local());
        const [date_from, date_to] = days.map((day) => day.toISODate());
        this.state.board = await this.orm.call(
            "crm.obligation.report",
            "control_board",
            [],
            {
                date_from,
                date_to,
                group_by: this.state.groupBy,
            }
        );
    }

    async choose(key, value) {
        this.state[key] = value;
        await this.load();
    }

    /** The percentage, or why there is none. */
    percent(value, whole) {
        if (value !== false) {
            return _t("%s %", Math.round(value));
        }
        return whole ? _t("too few to say") : "–";
    }

    day(text) {
        return DateTime.fromISO(text).toLocaleString({day: "numeric", month: "short"});
    }

    minutes(value) {
        if (value === false) {
            return "–";
        }
        if (value < 60) {
            return _t("%s min", value);
        }
        return value < 2880
            ? _t("%s h", Math.round(value / 6) / 10)
            : _t("%s d", Math.round(value / 144) / 10);
    }

    /** The colour of a percentage; too few to say have none. */
    tone(value) {
        if (value === false) {
            return "";
        }
        if (value >= 90) {
            return "text-success";
        }
        return value >= 60 ? "text-warning" : "text-danger";
    }

    /** The promises behind a figure. */
    open(name, figure, kind) {
        const domain = [...figure.domain, ...(kind ? this.board.kinds[kind] : [])];
        this.show(name, "crm.obligation.report", domain);
    }

    /** Whether something can be done about a row: promises of it were broken. */
    canCorrect(row) {
        return this.board.may_correct && row.id && row.broken > 0;
    }

    async correct(row) {
        const {date_from, date_to, group_by} = this.board;
        const values = {date_from, date_to, group_by, row_id: row.id};
        this.action.doAction(
            await this.orm.call(
                "crm.obligation.report",
                "corrective_action",
                [],
                values
            )
        );
    }

    openCapture(row) {
        this.show(row.name, row.model, row.domain);
    }

    show(name, model, domain) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            views: [
                [false, this.env.isSmall ? "kanban" : "list"],
                [false, "form"],
            ].slice(0, model === "crm.obligation.report" ? 1 : 2),
        });
    }
}

registry.category("actions").add("crm_regulations.control_board", ControlBoard);
