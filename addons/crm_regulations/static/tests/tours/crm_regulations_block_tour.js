import {registry} from "@web/core/registry";

// A refusal, said in words, in a dialog with a button that opens what is missing.
const REFUSED = [
    {
        content: "It is refused, and what is missing is said",
        trigger: ".o_crm_blocking:contains(Call back, for Clinic)",
    },
];
const OPEN_PROMISE = [
    {
        content: "Open what is missing",
        trigger: ".o_crm_blocking .btn-primary:contains(Open what is missing)",
        run: "click",
    },
    {
        content: "See the promise",
        trigger: ".o_form_view .o_field_widget[name=sentence]:contains(Call back)",
    },
];

registry.category("web_tour.tours").add("crm_regulations_block", {
    url: "/odoo/crm",
    steps: () => [
        {
            content: "Move the deal to the next stage",
            trigger:
                ".o_kanban_group:contains(First) .o_kanban_record:contains(Analyser)",
            run: "drag_and_drop(.o_kanban_group:contains(Next))",
        },
        ...REFUSED,
        {
            content: "Not now",
            trigger: ".o_crm_blocking .btn-secondary",
            run: "click",
        },
        {
            content: "The deal stays where it was; open it",
            trigger:
                ".o_kanban_group:contains(First) .o_kanban_record:contains(Analyser)",
            run: "click",
        },
        {
            content: "Press Won",
            trigger: "button[name=action_set_won_rainbowman]",
            run: "click",
        },
        ...REFUSED,
        ...OPEN_PROMISE,
        {
            content: "Do it",
            trigger: ".o_form_statusbar button:contains(Done)",
            run: "click",
        },
        {
            content: "Say how",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Called, they take it",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer button:contains(Done)",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: ".o_arrow_button_current:contains(Done on time)",
        },
        {
            content: "Back to the deal",
            trigger: ".breadcrumb-item:contains(Analyser) a, .o_back_button a",
            run: "click",
        },
        {
            content: "Press Won again",
            trigger: "button[name=action_set_won_rainbowman]",
            run: "click",
        },
        {
            content: "It is won",
            trigger: ".o_widget_web_ribbon:contains(Won), .o_reward",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_block_phone", {
    url: "/odoo/crm",
    steps: () => [
        {
            content: "Open the deal",
            trigger: ".o_kanban_record:contains(Analyser)",
            run: "click",
        },
        {
            content: "Change its name and its stage is left alone",
            trigger: ".o_form_view",
        },
        {
            content: "Press Won, wherever the phone has put it",
            trigger: ".o_form_statusbar, .o_cp_action_menus",
            run: async () => {
                const more = document.querySelector(
                    ".o_statusbar_buttons .dropdown-toggle"
                );
                if (more) {
                    more.click();
                }
            },
        },
        {
            content: "Won",
            trigger: "button[name=action_set_won_rainbowman]",
            run: "click",
        },
        ...REFUSED,
        ...OPEN_PROMISE,
    ],
});

registry.category("web_tour.tours").add("crm_regulations_block_author", {
    url: "/odoo/regulations",
    steps: () => [
        {
            content: "Open the draft",
            trigger: ".o_data_row:contains(Answer requests) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Nobody controls it yet",
            trigger: ".alert-warning:contains(Nobody looks)",
        },
        {
            content: "Open the step",
            trigger:
                ".o_field_widget[name=step_ids] .o_data_row .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "What if it is not done?",
            trigger: ".modal .nav-link[name=block]",
            run: "click",
        },
        {
            content: "Hinder",
            trigger:
                ".modal .o_field_widget[name=enforcement] .o_radio_item:contains(Hinder) input",
            run: "click",
        },
        {
            content: "Leaving a stage is allowed",
            trigger: ".modal .o_field_widget[name=block_leave] input",
            run: "click",
        },
        {
            content: "Take it over",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It stands in the words of the regulation",
            trigger:
                ".o_field_widget[name=sentence]:contains(nobody can: win the deal)",
        },
        {
            content: "Control",
            trigger: ".nav-link[name=control]",
            run: "click",
        },
        {
            content: "Who looks?",
            trigger: ".o_field_widget[name=control_by] input",
            run: "click",
        },
        {
            content: "The owner",
            trigger: ".o_select_menu_item:contains(regulation)",
            run: "click",
        },
        {
            content: "What to look at",
            trigger: ".o_field_widget[name=control_note] textarea",
            run: "edit Was the client called at all?",
        },
        {
            content: "Put it into force",
            trigger: "button[name=action_ask_publish]",
            run: "click",
        },
        {
            content: "Yes, it is meant",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is in force",
            trigger: ".o_arrow_button_current:contains(In force)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_check", {
    url: "/odoo/checks",
    steps: () => [
        {
            content: "Open what is to be checked",
            trigger:
                ".o_data_row:contains(Answer requests) .o_data_cell[name=date_due]",
            run: "click",
        },
        {
            content: "See the sample",
            trigger:
                ".o_field_widget[name=sample_text]:contains(Drawn by lot: 1 out of 1)",
        },
        {
            content: "Look at the promise",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row .o_data_cell[name=remark]",
            run: "click",
        },
        {
            content: "Note what was found",
            trigger:
                ".o_field_widget[name=line_ids] .o_field_widget[name=remark] input",
            run: "edit The letter is there",
        },
        {
            content: "Say whether it is fine",
            trigger:
                ".o_field_widget[name=line_ids] .o_field_widget[name=verdict] input",
            run: "click",
        },
        {
            content: "It is",
            trigger: ".o_select_menu_item:contains(Fine):not(:contains(Not))",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger:
                ".o_field_widget[name=line_ids] .o_field_widget[name=verdict] input:value(Fine)",
        },
        {
            content: "Conclude",
            trigger: ".o_field_widget[name=conclusion] textarea",
            run: "edit All as it should be",
        },
        {
            content: "Done",
            trigger: "button[name=action_done]",
            run: "click",
        },
        {
            content: "Yes, it is meant",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is done",
            trigger: ".o_arrow_button_current:contains(Done)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_check_phone", {
    url: "/odoo/checks",
    steps: () => [
        {
            content: "Open what is to be checked",
            trigger: ".o_kanban_record:contains(Answer requests)",
            run: "click",
        },
        {
            content: "Say that it is fine",
            trigger:
                ".o_field_widget[name=line_ids] .o_kanban_record button[name=action_fine]",
            run: "click",
        },
        {
            content: "It is said",
            trigger:
                ".o_field_widget[name=line_ids] .o_kanban_record .badge:contains(Fine)",
        },
        {
            content: "Conclude",
            trigger: ".o_field_widget[name=conclusion] textarea",
            run: "edit All as it should be",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_dirty))",
        },
    ],
});
