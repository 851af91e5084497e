import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_regulations_away", {
    url: "/odoo/absences",
    steps: () => [
        {
            content: "Say that I am away",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "It is about me",
            trigger: ".o_field_widget[name=user_id]:contains(seg_seller)",
        },
        {
            content: "Until when",
            trigger:
                ".o_field_widget[name=date_until] input, .o_field_widget[name=date_until] button",
            run: "click",
        },
        {
            content: "Type the day",
            trigger: ".o_field_widget[name=date_until] input",
            run: "edit 05/07/2032 08:00:00",
        },
        {
            content: "Look for a deputy",
            trigger: ".o_field_widget[name=deputy_id] input",
            run: "edit seg_deputy",
        },
        {
            content: "Take the deputy",
            trigger: ".o-autocomplete--dropdown-item:contains(seg_deputy) a",
            run: "click",
        },
        {
            content: "That is all",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "I am away",
            trigger: ".o_arrow_button_current:contains(Away)",
        },
        {
            content: "Come back",
            trigger: "button[name=action_back]",
            run: "click",
        },
        {
            content: "I am back",
            trigger: ".o_arrow_button_current:contains(Back)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_actions", {
    url: "/odoo/regulations",
    steps: () => [
        {
            content: "Open the draft",
            trigger: ".o_data_row:contains(Answer requests) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Open its step",
            trigger: ".o_field_widget[name=step_ids] .o_data_row .o_data_cell",
            run: "click",
        },
        {
            content: "See who is told when it is late",
            trigger: ".modal .nav-link[name=escalation]",
            run: "click",
        },
        {
            content: "Tell somebody",
            trigger:
                ".modal .o_field_widget[name=rung_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "After two hours",
            trigger: ".modal .o_selected_row .o_field_widget[name=value] input",
            run: "edit 2",
        },
        {
            content: "The head of the department",
            trigger: ".modal .o_selected_row .o_field_widget[name=whom] input",
            run: "click",
        },
        {
            content: "Choose it",
            trigger: ".o_select_menu_item:contains(The head of the department)",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger:
                ".modal .o_selected_row .o_field_widget[name=whom] input:value(The head of the department)",
        },
        {
            content: "See what Odoo does",
            trigger: ".modal .nav-link[name=actions]",
            run: "click",
        },
        {
            content: "Have it do something",
            trigger:
                ".modal .o_field_widget[name=action_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Say what is to be done",
            trigger: ".modal .o_field_widget[name=summary] input",
            run: "edit Call the customer",
        },
        {
            content: "Take it over",
            trigger: ".modal:has(.o_field_widget[name=summary]) .o_form_button_save",
            run: "click",
        },
        {
            content: "It stands there in words",
            trigger:
                ".modal .o_field_widget[name=action_ids] .o_data_row:contains(Call the customer)",
        },
        {
            content: "Keep the step",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "Keep the regulation",
            trigger: "body:not(:has(.modal)) .o_form_button_save",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: ".o_form_saved",
        },
    ],
});
