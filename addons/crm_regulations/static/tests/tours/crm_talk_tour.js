import {registry} from "@web/core/registry";

const FORM = ".modal .o_form_view";
// On a phone the lines of the dialog are cards, and each opens a dialog of its own.
const PHONE = ".modal:not(.o_inactive_modal)";

const theLetter = [
    {
        content: "The letter thanks and says what was agreed",
        trigger: ".modal .o_mail_composer_form_view:contains(Send the offer)",
    },
    {
        content: "It goes to the customer who was there",
        trigger: ".modal .o_field_widget[name=partner_ids]:contains(Dr. Green)",
    },
    {
        content: "Send it",
        trigger: ".modal-footer button:contains(Send)",
        run: "click",
    },
    {
        content: "It is sent",
        trigger: "body:not(:has(.modal))",
    },
];

const theNotes = [
    {
        content: "Take notes",
        trigger: `${FORM} .o_field_widget[name=notes] .odoo-editor-editable`,
        run: "editor They want two analysers",
    },
];

registry.category("web_tour.tours").add("crm_regulations_after_meeting", {
    steps: () => [
        {
            content: "The meeting is over: it was held, and there is something to note",
            trigger:
                ".o_data_row:contains(New ward) button[name=action_meeting_minutes]",
            run: "click",
        },
        ...theNotes,
        {
            content: "Something was agreed",
            trigger: `${FORM} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            content: "Say what",
            trigger: `${FORM} .o_selected_row .o_field_widget[name=name] input`,
            run: "edit Send the offer",
        },
        {
            content: "Save, and write to the customer",
            trigger: "button[name=action_save_and_write]",
            run: "click",
        },
        ...theLetter,
    ],
});

registry.category("web_tour.tours").add("crm_regulations_after_meeting_phone", {
    steps: () => [
        {
            content: "The meeting is over: it was held, and there is something to note",
            trigger:
                ".o_kanban_record:contains(New ward) button[name=action_meeting_minutes]",
            run: "click",
        },
        ...theNotes,
        {
            content: "Something was agreed",
            trigger: `${FORM} .o_field_widget[name=line_ids] .o-kanban-button-new`,
            run: "click",
        },
        {
            content: "Say what",
            trigger: `${PHONE} .o_field_widget[name=name] input`,
            run: "edit Send the offer",
        },
        {
            content: "Take it over",
            trigger: `${PHONE} .o_form_button_save`,
            run: "click",
        },
        {
            content: "It stands there",
            trigger: `${FORM} .o_kanban_record:contains(Send the offer)`,
        },
        {
            content: "Save, and write to the customer",
            trigger: "button[name=action_save_and_write]",
            run: "click",
        },
        ...theLetter,
    ],
});

registry.category("web_tour.tours").add("crm_regulations_meeting_popover", {
    steps: () => [
        {
            content: "Choose the meeting in the calendar",
            trigger: ".fc-event:contains(New ward)",
            run: "click",
        },
        {
            content: "It was held",
            trigger: ".o_meeting_outcome button:contains(Held)",
            run: "click",
        },
        {
            content: "The dialog asks for notes",
            trigger: `${FORM} .o_field_widget[name=notes]`,
        },
        {
            content: "Nothing to note",
            trigger: ".modal-footer button[name=action_save]",
            run: "click",
        },
        {
            content: "The calendar is there again",
            trigger: "body:not(:has(.modal)) .o_calendar_view",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_service_queue", {
    steps: () => [
        {
            content: "A request waits, and it is a colleague's",
            trigger: ".o_data_row:contains(Error 42) .o_data_cell[name=countdown]",
        },
        {
            content: "I take it",
            trigger: ".o_data_row:contains(Error 42) button[name=action_take]",
            run: "click",
        },
        {
            content: "It is mine",
            trigger:
                ".o_data_row:contains(Error 42):not(:has(button[name=action_take]))",
        },
        {
            content: "Answer the customer",
            trigger: ".o_data_row:contains(Error 42) button[name=action_answer]",
            run: "click",
        },
        {
            content: "Write",
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable",
            run: "editor We are on our way",
        },
        {
            content: "Send",
            trigger: ".modal-footer button:contains(Send)",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: "body:not(:has(.modal)) .o_view_nocontent_smiling_face",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_service_queue_phone", {
    steps: () => [
        {
            content: "A request waits: I take it",
            trigger: ".o_kanban_record:contains(Error 42) button[name=action_take]",
            run: "click",
        },
        {
            content: "It was answered by telephone",
            trigger: ".o_kanban_record:contains(Error 42) button[name=action_done]",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_view_nocontent_smiling_face",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_duty", {
    steps: () => [
        {
            content: "Somebody else is on duty",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Say who",
            trigger: ".o_selected_row .o_field_widget[name=user_id] input",
            run: "edit seg_lead",
        },
        {
            content: "Choose",
            trigger: ".o-autocomplete--dropdown-item:contains(seg_lead) a",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "On duty until further notice",
            trigger: ".o_data_row:not(.o_selected_row):contains(seg_lead)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_regulations_head_excuses", {
    steps: () => [
        {
            content: "A promise of one of my people",
            trigger: ".o_data_row:contains(Clinic) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "Excuse it",
            trigger: "button[name=action_excuse_dialog]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Power cut",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer button[name=action_excuse]",
            run: "click",
        },
        {
            content: "It is excused",
            trigger: ".o_field_widget[name=event_ids] .o_data_row:contains(Power cut)",
        },
    ],
});
