import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_regulations_terms", {
    steps: () => [
        {
            content: "The list says what the order grants and what is allowed",
            trigger: ".o_data_row:contains(discount 25 %) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "The order says it, too; a manager may approve",
            trigger: ".alert-warning:contains(discount 25 %) button:contains(Approve)",
            run: "click",
        },
        {
            content: "Not without a reason",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit A contract for a year",
        },
        {
            trigger: ".modal footer button[name=action_approve]",
            run: "click",
        },
        {
            content: "Everybody sees who approved it and why",
            trigger: ".alert-info:contains(A contract for a year)",
        },
    ],
});
