import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const inWords = (words) => `.o_field_widget[name=sentence]:contains(${words})`;
const isNow = (state) => ({
    content: `It is “${state}”`,
    trigger: `.o_arrow_button_current:contains(${state})`,
});
const open = (name) => ({
    content: "Open the regulation",
    trigger: `.o_data_row:contains(${name}) .o_data_cell[name=name]`,
    run: "click",
});

tours.add("crm_regulations_guide", {
    url: "/odoo/regulations",
    steps: () => [
        {
            content: "Begin a new regulation",
            trigger: ".o_control_panel button:contains(With guidance)",
            run: "click",
        },
        {
            content: "A ready one is there already, in words",
            trigger: `.modal ${inWords("send the materials within 2 hours")}`,
        },
        {
            content: "Give it a name",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Materials for key clients",
        },
        {
            content: "Faster than usual",
            trigger: ".modal .o_field_widget[name=limit_value] input",
            run: "edit 1",
        },
        {
            content: "Warn in the middle",
            trigger: ".modal .o_field_widget[name=warn_percent] input",
            run: "edit 50",
        },
        {
            content: "The leader is told soon",
            trigger: ".modal .o_field_widget[name=leader_hours] input",
            run: "edit 2",
        },
        {
            content: "Leave the field",
            trigger: ".modal .o_field_widget[name=promise] input",
            run: "click",
        },
        {
            content: "Odoo says it in words at once",
            trigger: `.modal ${inWords("within 1 hour by the clock")}${inWords(
                "2 working hours late the team leader is told"
            ).slice(".o_field_widget[name=sentence]".length)}`,
        },
        {
            content: "Make it",
            trigger: ".modal-footer button[name=action_make]",
            run: "click",
        },
        {
            content: "The draft says the same",
            trigger: `.o_form_view ${inWords("within 1 hour by the clock")}`,
        },
        isNow("Draft"),
        {
            content: "Nobody puts the own regulation into force",
            trigger: ".o_form_view:not(:has(button[name=action_ask_publish]))",
        },
        {
            content: "Hand it over",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        isNow("In review"),
    ],
});

tours.add("crm_regulations_approve", {
    url: "/odoo/regulations",
    steps: () => [
        open("Materials for key clients"),
        isNow("In review"),
        {
            content: "It is right",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".alert-success:contains(It is approved)",
        },
    ],
});

tours.add("crm_regulations_send_back", {
    url: "/odoo/regulations",
    steps: () => [
        open("Materials for key clients"),
        {
            content: "It is not right yet",
            trigger: ".o_form_statusbar button:contains(Send back)",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit One hour is too short",
        },
        {
            content: "Send it back",
            trigger: ".modal-footer button[name=action_reject]",
            run: "click",
        },
        isNow("Draft"),
        {
            content: "The reason is kept",
            trigger: ".o-mail-Message:contains(One hour is too short)",
        },
    ],
});

tours.add("crm_regulations_put_into_force", {
    url: "/odoo/regulations",
    steps: () => [
        open("Materials for key clients"),
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
        isNow("In force"),
    ],
});

tours.add("crm_regulations_read", {
    url: "/odoo/regulations-to-read",
    steps: () => [
        {
            content: "Open what is to be read",
            trigger:
                ".o_data_row:contains(Materials for key clients) .o_data_cell[name=regulation_id]",
            run: "click",
        },
        {
            content: "It reads like a document",
            trigger: inWords("within 1 hour by the clock"),
        },
        {
            content: "I have read it",
            trigger: "button[name=action_acknowledge]",
            run: "click",
        },
        {
            content: "Nothing is left to say",
            trigger: ".o_form_view:not(:has(button[name=action_acknowledge]))",
        },
        {
            content: "Back to the list",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "Everything is read",
            trigger: ".o_view_nocontent:contains(You have read everything)",
        },
    ],
});

tours.add("crm_regulations_remind", {
    url: "/odoo/regulations",
    steps: () => [
        open("Materials for key clients"),
        {
            content: "Begin to remind",
            trigger: ".o_form_statusbar button:contains(Start reminding)",
            run: "click",
        },
        {
            content: "First it is said what would have been sent",
            trigger: ".modal .o_field_widget[name=would_send]:contains(30 days)",
        },
        {
            content: "Begin",
            trigger: ".modal-footer button[name=action_switch]:contains(Start)",
            run: "click",
        },
        {
            content: "The next button goes further",
            trigger: ".o_form_statusbar button:contains(Tell managers, too)",
        },
    ],
});

tours.add("crm_regulations_versions", {
    url: "/odoo/regulations",
    steps: () => [
        open("Materials for key clients"),
        {
            content: "Make a new version",
            trigger: "button[name=action_new_version]",
            run: "click",
        },
        isNow("Draft"),
        {
            content: "Open the step",
            trigger: ".o_field_widget[name=step_ids] .o_data_row .o_data_cell",
            run: "click",
        },
        {
            content: "More time",
            trigger: ".modal .o_field_widget[name=limit_value] input",
            run: "edit 3 && press Tab",
        },
        {
            content: "The step says it",
            trigger:
                ".modal .o_field_widget[name=sentence_full]:contains(within 3 hours)",
        },
        {
            content: "Take it over",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The document says it",
            trigger: inWords("within 3 hours by the clock"),
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_saved",
        },
        {
            content: "Look at the versions",
            trigger: ".o_notebook .nav-link:contains(Versions)",
            run: "click",
        },
        {
            content: "What is different is said in words",
            trigger:
                ".o_field_widget[name=difference]:contains(within 1 hour by the clock → within 3 hours by the clock)",
        },
        {
            content: "Both versions are there",
            trigger: ".o_field_widget[name=version_ids] .o_data_row:eq(1)",
        },
    ],
});
