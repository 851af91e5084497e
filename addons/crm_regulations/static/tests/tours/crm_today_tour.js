import {registry} from "@web/core/registry";

const ROW = ".o_data_row:contains(Clinic):contains(Answer)";

registry.category("web_tour.tours").add("crm_today_day", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "See what is owed, to whom and how long there is still time",
            trigger: `${ROW} .o_crm_countdown:contains(min)`,
        },
        {
            content: "And what was planned",
            trigger:
                ".o_data_row:contains(Call about the tender) .o_crm_countdown:contains(planned)",
        },
        {
            content: "The number can be called",
            trigger: ".o_data_row a[href^='tel:']:contains(44 245)",
        },
        {
            content: "What material is there for it?",
            trigger: `${ROW} button[name=action_open_material]`,
            run: "click",
        },
        {
            content: "Read the script",
            trigger: ".modal .o_field_widget[name=text]:contains(Good day)",
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "The plan is done with one click",
            trigger:
                ".o_data_row:contains(Call about the tender) button[name=action_done]",
            run: "click",
        },
        {
            content: "It is gone",
            trigger: ".o_list_renderer:not(:contains(Call about the tender))",
        },
        {
            content: "Open the promise",
            trigger: `${ROW} .o_data_cell[name=name]`,
            run: "click",
        },
        {
            content: "How was this computed?",
            trigger: "button[name=action_explain]",
            run: "click",
        },
        {
            content: "The limit and the hours",
            trigger: ".modal .o_crm_explanation:contains(4 hours by the clock)",
        },
        {
            content: "The log in words",
            trigger: ".modal .o_crm_explanation li:contains(Promised)",
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Back to the list",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Today)",
            run: "click",
        },
        {
            content: "It is done, and there is something to say",
            trigger: `${ROW} button[name=action_done_note]`,
            run: "click",
        },
        {
            content: "Say how",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Sent by courier",
        },
        {
            content: "Done",
            trigger: ".modal-footer button[name=action_done]",
            run: "click",
        },
        {
            content: "Nothing is owed",
            trigger: ".o_nocontent_help:contains(You owe nobody anything)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_today_phone", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "One list, the most urgent first",
            trigger:
                ".o_kanban_renderer.o_kanban_ungrouped .o_kanban_record:contains(Answer) .o_crm_countdown:contains(min)",
        },
        {
            content: "Call with a thumb",
            trigger: ".o_kanban_record:contains(Answer) a[href^='tel:']",
        },
        {
            content: "More can be done",
            trigger: ".o_kanban_record:contains(Answer) .o_dropdown_kanban button",
            run: "click",
        },
        {
            content: "How was this computed?",
            trigger:
                ".o-dropdown--menu [name=action_explain], .o_bottom_sheet [name=action_explain]",
            run: "click",
        },
        {
            content: "It fits the phone",
            trigger: ".modal .o_crm_explanation",
            run() {
                const body = this.anchor.closest(".modal-body") || this.anchor;
                if (body.scrollWidth > body.clientWidth + 1) {
                    throw new Error("The explanation is wider than the phone.");
                }
            },
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close, .modal .oi-arrow-left",
            run: "click",
        },
        {
            content: "Done with one tap",
            trigger: ".o_kanban_record:contains(Answer) [name=action_done]",
            run: "click",
        },
        {
            content: "Nothing is owed",
            trigger: ".o_nocontent_help:contains(You owe nobody anything)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_today_manager", {
    url: "/odoo/today",
    steps: () => [
        {
            content: "See everybody's",
            trigger: ".o_facet_remove",
            run: "click",
        },
        {
            content: "Choose all",
            trigger:
                ".o_list_view:has(.o_data_row:nth-child(3)) thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Excuse them",
            trigger: "button[name=action_excuse]",
            run: "click",
        },
        {
            content: "There was a power cut",
            trigger: ".modal .o_selection_badge:contains(Power cut)",
            run: "click",
        },
        {
            content: "The reason is filled in",
            trigger: ".modal .o_field_widget[name=reason] textarea:value(Power cut)",
        },
        {
            content: "Excuse",
            trigger: ".modal-footer button[name=action_excuse]",
            run: "click",
        },
        {
            content: "Nothing is owed",
            trigger: ".o_nocontent_help:contains(You owe nobody anything)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_today_lead", {
    steps: () => [
        {
            content: "The button of the lead is red: something is late",
            trigger:
                "button[name=action_open_obligations] .text-danger:contains(1 late)",
        },
        {
            content: "What it is stands there",
            trigger:
                ".o_crm_promises .o_data_row:contains(Answer) .o_crm_countdown.text-danger:contains(late)",
        },
        {
            content: "It is done",
            trigger: ".o_crm_promises .o_data_row button[name=action_fulfil]",
            run: "click",
        },
        {
            content: "Nothing is open",
            trigger: ".o_form_view:not(:has(.o_crm_promises:visible))",
        },
    ],
});
