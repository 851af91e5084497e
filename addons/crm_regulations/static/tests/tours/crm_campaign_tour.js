import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_campaign", {
    steps: () => [
        {
            content: "Three customers were reached",
            trigger: ".o_data_row:contains(Spring) td[name=reached]:contains(3)",
            run: "click",
        },
        {
            content: "What it cost",
            trigger: ".o_notebook .nav-link:contains(Costs)",
            run: "click",
        },
        {
            content: "A line",
            trigger: "[name=crm_cost_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "For what",
            trigger: "[name=crm_cost_ids] .o_selected_row [name=name] input",
            run: "edit Journal",
        },
        {
            content: "How much",
            trigger: "[name=crm_cost_ids] .o_selected_row [name=amount] input",
            run: "edit 200",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Saved",
            trigger:
                ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))",
        },
        {
            content: "The effect",
            trigger: "button[name=action_open_effect]",
            run: "click",
        },
        {
            content: "It has its cost now",
            trigger: ".o_data_row:contains(Spring) td[name=cost]:contains(200)",
        },
        {
            content: "Reports",
            trigger: ".o_menu_sections button:contains(Reports)",
            run: "click",
        },
        {
            content: "Promises and loyalty",
            trigger: ".dropdown-item:contains(Promises and loyalty)",
            run: "click",
        },
        {
            content: "A comparison",
            trigger: ".o_pivot, .o_view_nocontent",
        },
    ],
});
