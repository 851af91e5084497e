import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** The explanation of a category; its buttons open the documents behind a number. */
export class ExplanationField extends Component {
    static template = "crm_segmentation.ExplanationField";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get body() {
        return this.props.record.data[this.props.name] || "";
    }

    async onClick(ev) {
        const button = ev.target.closest("[data-metric]");
        if (!button) {
            return;
        }
        const {segmentation_id, partner_id} = this.props.record.data;
        const action = await this.orm.call(
            "crm.segmentation",
            "action_documents",
            [[segmentation_id.id]],
            {partner_id: partner_id.id, metric: button.dataset.metric}
        );
        await this.action.doAction(action);
    }
}

registry.category("fields").add("crm_segment_explanation", {
    component: ExplanationField,
    supportedTypes: ["html"],
});
