import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_regulations_script_talk", {
    steps: () => [
        {
            content: "Call by the script",
            trigger: "button[name=action_call_by_script]",
            run: "click",
        },
        {
            content: "Choose the script",
            trigger: ".modal .o_crm_script:contains(First call)",
            run: "click",
        },
        {
            content: "Say the first line",
            trigger: ".modal .o_crm_line:contains(Good day, Clinic)",
        },
        {
            content: "Note what else was said",
            trigger: ".modal .o_crm_note",
            run: "edit In a hurry",
        },
        {
            content: "They answer",
            trigger: ".modal .o_crm_answer:contains(Yes)",
            run: "click",
        },
        {
            content: "The next line; they do not want anything",
            trigger: ".modal .o_crm_answer:contains(Never)",
            run: "click",
        },
        {
            content: "That was the wrong button",
            trigger: ".modal .o_crm_finish",
        },
        {
            content: "Go back",
            trigger: ".modal .o_crm_back",
            run: "click",
        },
        {
            content: "They want to be called later",
            trigger: ".modal .o_crm_answer:contains(Call later)",
            run: "click",
        },
        {
            content: "When is proposed",
            trigger: ".modal #crm_talk_next",
        },
        {
            content: "Finish",
            trigger: ".modal .o_crm_finish:enabled",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: ".o_notification:contains(The talk is kept)",
        },
        {
            content: "The dialog is closed",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});
