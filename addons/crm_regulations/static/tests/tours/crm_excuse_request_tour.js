import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_excuse_ask", {
    steps: () => [
        {
            content: "Ask for an excuse",
            trigger: ".o_statusbar_buttons button[name=action_ask_excuse]",
            run: "click",
        },
        {
            content: "Choose a reason that comes often",
            trigger: ".modal .o_selection_badge:contains(Power cut)",
            run: "click",
        },
        {
            content: "It has filled the reason; ask",
            trigger: ".modal .o_field_widget[name=reason] textarea:value(Power cut)",
        },
        {
            content: "Ask",
            trigger: ".modal button[name=action_ask]",
            run: "click",
        },
        {
            content: "The promise says that it waits for an answer",
            trigger: ".alert:contains(An excuse is asked for):contains(Power cut)",
        },
        {
            content: "Nobody asks twice",
            trigger: ".o_form_view:not(:has(button[name=action_ask_excuse]))",
        },
        {
            content: "See the request",
            trigger: ".alert button[name=action_open_requests]",
            run: "click",
        },
        {
            content: "Only the manager answers it",
            trigger:
                ".o_data_row:contains(Waiting):has(button[name=withdraw]):not(:has(button[name=grant]))",
        },
    ],
});

registry.category("web_tour.tours").add("crm_excuse_answer", {
    steps: () => [
        {
            content: "Decline what is no excuse",
            trigger:
                ".o_data_row:contains(I forgot) button[name=action_decline]:not([disabled])",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Put it into your plan",
        },
        {
            content: "Decline it",
            trigger: ".modal .modal-footer button[name=action_decline]",
            run: "click",
        },
        {
            content: "It is answered",
            trigger: ".o_list_renderer:not(:contains(I forgot))",
        },
        {
            content: "Choose all of the others",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Excuse them together",
            trigger:
                ".o_control_panel_actions button[name=grant], .o_list_buttons button[name=grant], .o_cp_buttons button[name=grant]",
            run: "click",
        },
        {
            content: "Nobody waits any more",
            trigger: ".o_nocontent_help:contains(Nobody waits for an answer)",
        },
    ],
});
