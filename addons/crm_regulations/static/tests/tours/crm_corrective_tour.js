import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_corrective_action", {
    url: "/odoo/control-board",
    steps: () => [
        {
            content: "By person",
            trigger: "select[name=group_by]",
            run: "select person",
        },
        {
            content: "Something has to be done about the seller",
            trigger: "table[name=rows] tr:contains(seg_seller) button[name=correct]",
            run: "click",
        },
        {
            content: "It is about the seller",
            trigger: ".o_form_view .o_field_widget[name=user_id] input:value(seg_seller)",
        },
        {
            content: "What is done",
            trigger: ".o_field_widget[name=action] textarea",
            run: "edit Calls every morning",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is known how it was before",
            trigger: ".o_field_widget[name=counted_before]:contains(5)",
        },
        {
            content: "It is done",
            trigger: "button[name=action_done]",
            run: "click",
        },
        {
            content: "Whether it helps cannot be said yet",
            trigger: ".o_field_widget[name=verdict]:contains(Too early)",
        },
    ],
});
