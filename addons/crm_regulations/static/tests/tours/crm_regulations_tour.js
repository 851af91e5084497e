import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_regulations_fulfil", {
    url: "/odoo/my-promises",
    steps: () => [
        {
            content: "See what is owed and how much time is left",
            trigger:
                ".o_data_row:contains(Clinic) .o_data_cell[name=countdown]:contains(min)",
        },
        {
            content: "Open the promise",
            trigger: ".o_data_row:contains(Clinic) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "See how the due time came about",
            trigger:
                ".o_field_widget[name=sentence]:contains(within 4 hours by the clock)",
        },
        {
            content: "It is done",
            trigger: ".o_form_statusbar button:contains(Done)",
            run: "click",
        },
        {
            content: "Say how",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Handed over at the clinic",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer button:contains(Done)",
            run: "click",
        },
        {
            content: "The promise is kept",
            trigger:
                ".o_arrow_button_current:contains(Done on time), .o_statusbar_status:contains(Done on time) .o_arrow_button_current",
        },
        {
            content: "The log says who did it",
            trigger:
                ".o_field_widget[name=event_ids] .o_data_row:contains(Handed over)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_publish", {
    url: "/odoo/regulations",
    steps: () => [
        {
            content: "Begin a regulation",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Give it a name",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Answer every request",
        },
        {
            content: "Choose what starts it",
            trigger: ".o_field_widget[name=interaction_type_ids] input",
            run: "edit Service request",
        },
        {
            content: "Take the type",
            trigger: ".o-autocomplete--dropdown-item:contains(Service request) a",
            run: "click",
        },
        {
            content: "Odoo says it in words",
            trigger: ".o_field_widget[name=sentence]:contains(asks for service)",
        },
        {
            content: "Promise something",
            trigger: ".o_field_widget[name=step_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Say what",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Call back",
        },
        {
            content: "Say by when",
            trigger: ".modal .o_field_widget[name=limit_value] input",
            run: "edit 3 && press Tab",
        },
        {
            content: "Odoo says the step in words, too",
            trigger:
                ".modal .o_field_widget[name=sentence_full]:contains(call back within 3 working hours)",
        },
        {
            content: "Take it over",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The promise stands there",
            trigger:
                ".o_field_widget[name=sentence]:contains(call back within 3 working hours)",
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
