import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_rollout_gate", {
    url: "/odoo/crm-rollouts",
    steps: () => [
        {
            content: "open the CRM project",
            trigger: ".o_kanban_record:contains(Tour rollout)",
            run: "click",
        },
        {
            content: "the stage path shows all seven stages, the first one open",
            trigger:
                ".o_crm_rollout_path:has(.o_crm_rollout_step:eq(6)) .o_crm_rollout_step[data-state=open]:contains(Need)",
        },
        {
            content: "go to the answer of the only question",
            trigger: "div[name=question_ids] .o_data_row td[name=answer]",
            run: "click",
        },
        {
            content: "answer it",
            trigger: "div[name=question_ids] .o_selected_row td[name=answer] textarea",
            run: "edit Requests get lost",
        },
        {
            content: "confirm the only criterion",
            trigger:
                "div[name=criterion_ids] .o_data_row td[name=ticked] .o_boolean_toggle input",
            run: "click",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "the gate is ready",
            trigger: "div[name=open_stage_head]:contains(everything is there)",
        },
        {
            content: "decide",
            trigger: "button[name=action_decide]",
            run: "click",
        },
        {
            content: "“Go” is proposed; say why",
            trigger:
                ".modal:has(input[data-value=go]:checked) div[name=reason] textarea",
            run: "edit Everybody agrees",
        },
        {
            content: "record it",
            trigger: ".modal button[name=action_decide]",
            run: "click",
        },
        {
            content: "the second stage is open",
            trigger:
                "body:not(:has(.modal)) .o_crm_rollout_step[data-state=open]:contains(Strategy)",
        },
    ],
});
