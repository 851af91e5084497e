import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_rollout_system", {
    url: "/odoo/crm-rollouts",
    steps: () => [
        {
            content: "open the CRM project",
            trigger: ".o_kanban_record:contains(Tour of the system)",
            run: "click",
        },
        {
            content: "to the records of stage 6",
            trigger: ".o_notebook a[name=system]",
            run: "click",
        },
        {
            content: "the load is counted and can be signed",
            trigger: "div[name=load_ids] .o_data_row button[name=action_sign]",
            run: "click",
        },
        {
            content: "it is signed",
            trigger: "div[name=load_ids] .o_data_row button[name=action_unsign]",
        },
        {
            content: "open the training",
            trigger: "div[name=training_ids] .o_data_row td[name=name]",
            run: "click",
        },
        {
            content: "the participant came",
            trigger:
                ".modal div[name=participant_ids] .o_data_row td[name=attended] input",
            run: "click",
        },
        {
            content: "save the training",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "one has come; the step of the first day is done",
            trigger:
                "body:not(:has(.modal)) div[name=cutover_ids] .o_data_row button[name=action_done]",
            run: "click",
        },
        {
            content: "the step stays done",
            trigger:
                "div[name=cutover_ids]:not(:has(button[name=action_done])) .o_data_row",
        },
    ],
});

registry.category("web_tour.tours").add("crm_rollout_acceptance", {
    url: "/odoo/crm-rollouts",
    steps: () => [
        {
            content: "open the CRM project",
            trigger: ".o_kanban_record:contains(Tour of the system)",
            run: "click",
        },
        {
            content: "to the acceptance",
            trigger: ".o_notebook a[name=acceptance]",
            run: "click",
        },
        {
            content: "who works in it is shown month by month",
            trigger: "div[name=adoption_html] table[name=adoption]",
        },
        {
            content: "open the act",
            trigger: "button[name=action_open_act]",
            run: "click",
        },
        {
            content: "choose the verdict",
            trigger: "div[name=verdict] input[data-value=reached]",
            run: "click",
        },
        {
            content: "sign it",
            trigger: "button[name=action_sign]",
            run: "click",
        },
        {
            content: "really",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "it is signed, with the figures in it",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(table[name=adoption]) button[name=action_unsign]",
        },
        {
            content: "all CRM projects side by side",
            trigger: "[data-menu-xmlid='crm_project_rollout.menu_rollout']",
            run: "click",
        },
        {
            content: "the portfolio",
            trigger: "[data-menu-xmlid='crm_project_rollout.menu_rollout_portfolio']",
            run: "click",
        },
        {
            content: "it stands in its seventh stage",
            trigger:
                ".o_kanban_record:contains(Tour of the system):contains(Acceptance)",
        },
    ],
});
