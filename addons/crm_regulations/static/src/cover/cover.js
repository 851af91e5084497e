import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const GAP_FIELD = {
    segment: "segment_id",
    sale_kind: "sale_kind_id",
    department: "department_id",
};

/**
 * Which regulation covers which customers in which process, how well it is kept, and
 * what is wrong among the regulations.
 */
export class Cover extends Component {
    static template = "crm_regulations.Cover";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.axes = [
            {code: "segment", name: _t("Categories")},
            {code: "sale_kind", name: _t("Kinds of sale")},
            {code: "department", name: _t("Departments")},
        ];
        this.state = useState({axis: "segment", cover: null, mayWrite: false});
        onWillStart(async () => {
            this.state.mayWrite = await user.hasGroup(
                "crm_segmentation.group_crm_coordinator"
            );
            await this.load("segment");
        });
    }

    async load(axis) {
        this.state.cover = await this.orm.call("crm.regulation", "coverage", [], {
            axis,
        });
        this.state.axis = axis;
    }

    get explanation() {
        const {days, unexplained} = this.state.cover;
        return _t(
            "Which regulation in force covers what, and how much of it was kept on time in the last %(days)s days. Drafts are grey. Empty cells without an explanation: %(count)s.",
            {days, count: unexplained}
        );
    }

    percent(cell) {
        return cell.on_time_percent === false
            ? _t("nothing ended yet")
            : _t("%s % on time", Math.round(cell.on_time_percent));
    }

    openRegulation(regulation) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.regulation",
            res_id: regulation.id,
            views: [[false, "form"]],
        });
    }

    async draft(row, cell) {
        const action = await this.orm.call("crm.regulation", "action_cover_cell", [], {
            axis: this.state.axis,
            row_id: row.id,
            process: cell.process,
        });
        return this.action.doAction(action);
    }

    explain(row, cell) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("No regulation is needed"),
                res_model: "crm.regulation.gap",
                res_id: cell.gap_id,
                views: [[false, "form"]],
                target: "new",
                context: {
                    default_process: cell.process,
                    [`default_${GAP_FIELD[this.state.axis]}`]: row.id,
                },
            },
            {onClose: () => this.load(this.state.axis)}
        );
    }

    async openProblem(problem) {
        const action = await this.orm.call(
            "crm.regulation",
            "action_open_coverage_problem",
            [],
            {code: problem.code}
        );
        return this.action.doAction(action);
    }
}

registry.category("actions").add("crm_regulations.cover", Cover);
