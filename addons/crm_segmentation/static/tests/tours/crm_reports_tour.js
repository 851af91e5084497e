import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_segmentation_flow", {
    url: "/odoo/category-flow",
    steps: () => [
        {
            content: "the new A client has a ribbon of its own",
            trigger: ".o_category_flow path[data-flow='none-A']",
        },
        {
            content: "look at three years",
            trigger: ".o_category_flow select[aria-label=Period]",
            run: "select 36",
        },
        {
            content: "look at the money instead",
            trigger: ".o_category_flow button:contains(Money)",
            run: "click",
        },
        {
            content: "who is it?",
            trigger: ".o_category_flow tr:contains('none → A')",
            run: "click",
        },
        {
            content: "the client stands in the list",
            trigger: ".o_list_view .o_data_cell:contains(Clinic of the flow)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_segmentation_my_week", {
    url: "/odoo/my-week",
    steps: () => [
        {
            content: "the client who was not called stands in my week",
            trigger: ".o_data_row:contains(Clinic of the flow) td[name=days_late]",
            run: "click",
        },
        {
            content: "one click leads to the client",
            trigger:
                ".o_form_view .o_field_widget[name=name] :contains(Clinic of the flow), .o_form_view input:value(Clinic of the flow)",
        },
    ],
});
