import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_segmentation_own_metric", {
    url: "/odoo/crm-metrics",
    steps: () => [
        {
            content: "a metric of our own",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "its name",
            trigger: ".o_form_view div[name=name] input",
            run: "edit Calls of the tour",
        },
        {
            content: "in what it is counted",
            trigger: "div[name=unit] input",
            run: "edit talks",
        },
        {
            content: "of which documents",
            trigger: "div[name=model_choice] input",
            run: "click",
        },
        {
            content: "those that salespeople log",
            trigger: ".o_select_menu_item:contains(/^Interaction$/)",
            run: "click",
        },
        {
            content: "the way to the counterparty is filled in",
            trigger: "div[name=partner_path]:contains(Counterparty)",
        },
        {
            content: "and so is the date; over which time",
            trigger: "div[name=window_unit] input",
            run: "click",
        },
        {
            content: "the last days",
            trigger: ".o_select_menu_item:contains(today included)",
            run: "click",
        },
        {
            content: "how many of them",
            trigger: "div[name=window_number] input",
            run: "edit 30",
        },
        {
            content: "see whether it says something sensible",
            trigger: "button[name=action_try]",
            run: "click",
        },
        {
            content: "of a counterparty",
            trigger: ".modal div[name=partner_id] input",
            run: "edit Clinic of the metric",
        },
        {
            content: "that is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Clinic of the metric)",
            run: "click",
        },
        {
            content: "two talks",
            trigger: ".modal div[name=result]:contains(2 talks)",
        },
        {
            content: "these are they",
            trigger: ".modal button[name=action_documents]",
            run: "click",
        },
        {
            content: "only those of the window",
            trigger:
                "body:not(:has(.modal)) .o_list_view .o_data_row:eq(1), .o_kanban_view",
        },
        {
            content: "back to the metric",
            trigger: ".o_back_button, .breadcrumb-item a:last",
            run: "click",
        },
        {
            content: "it is kept under a code of its own",
            trigger: "div[name=code] input:value(calls_of_the_tour)",
        },
    ],
});
