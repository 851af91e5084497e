import {registry} from "@web/core/registry";

const cell = (row, process) =>
    `.o_crm_cover tr:contains(${row}) td[data-process=${process}]`;

registry.category("web_tour.tours").add("crm_cover_whole", {
    steps: () => [
        {
            content: "The regulation covers the best customers",
            trigger: `${cell("Category A", "relations")}:contains(Answer requests)`,
        },
        {
            content: "Small ones need none in finance",
            trigger: `${cell("Category C", "finance")} .o_crm_cover_explain`,
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit They pay cash",
        },
        {
            content: "Save",
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "It stands in the cell",
            trigger: `${cell("Category C", "finance")}:contains(They pay cash)`,
        },
        {
            content: "Departments",
            trigger: ".o_crm_cover button[data-axis=department]",
            run: "click",
        },
        {
            content: "One is there",
            trigger: ".o_crm_cover th:contains(Service of devices)",
        },
        {
            content: "Back to the categories",
            trigger: ".o_crm_cover button[data-axis=segment]",
            run: "click",
        },
        {
            content: "Nobody checks the regulation",
            trigger: "button[data-problem=uncontrolled]:contains(1)",
            run: "click",
        },
        {
            content: "That is the one",
            trigger: ".o_data_row:contains(Answer requests)",
        },
        {
            content: "Back",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Coverage)",
            run: "click",
        },
        {
            content: "Sales promise nothing to the best customers",
            trigger: `${cell("Category A", "sales")} .o_crm_cover_draft`,
            run: "click",
        },
        {
            content: "The draft knows for whom it is",
            trigger: ".o_form_view .o_field_widget[name=segment_ids]:contains(A)",
        },
        {
            content: "Give it a name",
            trigger:
                ".o_field_widget[name=name] input, .o_field_widget[name=name] textarea",
            run: "edit Offer within a day",
        },
        {
            content: "Save it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger: ".o_form_saved, .o_form_status_indicator:not(:visible)",
        },
    ],
});
