import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** The categories now (rows) and after (columns); a cell opens who is in it. */
export class PreviewMatrix extends Component {
    static template = "crm_segmentation.PreviewMatrix";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get matrix() {
        return this.props.record.data[this.props.name] || {categories: [], rows: []};
    }

    /** Every category to go to, and “none” if somebody leaves. */
    get columns() {
        return this.withNone(this.matrix.categories, "to_id");
    }

    /** The categories that somebody comes from. */
    get lines() {
        const from = new Set(this.matrix.rows.map((row) => row.from_id));
        const used = this.matrix.categories.filter((category) => from.has(category.id));
        return this.withNone(used, "from_id");
    }

    withNone(categories, side) {
        if (this.matrix.rows.every((row) => row[side])) {
            return categories;
        }
        return [...categories, {id: false, code: _t("none"), name: _t("No category")}];
    }

    cell(from, to) {
        return this.matrix.rows.find(
            (row) => row.from_id === from.id && row.to_id === to.id
        );
    }

    sum(from, to) {
        const rows = this.matrix.rows.filter(
            (row) => (!from || row.from_id === from.id) && (!to || row.to_id === to.id)
        );
        return {
            count: rows.reduce((sum, row) => sum + row.count, 0),
            amount: rows.reduce((sum, row) => sum + row.amount, 0),
        };
    }

    count(figures) {
        return formatFloat(figures.count, {digits: [16, 0]});
    }

    money(figures) {
        const currencyId = this.matrix.currency_id;
        return formatMonetary(Math.round(figures.amount), {
            currencyId,
            digits: [16, 0],
        });
    }

    async open(from, to) {
        const action = await this.orm.call(
            "crm.segmentation.preview",
            "action_open_moves",
            [[this.props.record.resId]],
            {from_id: from.id, to_id: to.id}
        );
        await this.action.doAction(action);
    }
}

registry.category("fields").add("crm_preview_matrix", {
    component: PreviewMatrix,
    displayName: _t("Matrix now and after"),
    supportedTypes: ["json"],
});
