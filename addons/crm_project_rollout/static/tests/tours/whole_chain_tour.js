import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_whole_chain", {
    url: "/odoo/counterparties",
    steps: () => [
        {
            content: "the clients stand by category: open the best one",
            trigger: ".o_group_header:contains(A · Key clients)",
            run: "click",
        },
        {
            content: "open the client",
            trigger: ".o_data_row .o_data_cell:contains(Clinic of the chain)",
            run: "click",
        },
        {
            content: "the category is on the client",
            trigger:
                ".o_form_view div[name=segment_ids] .o_tag:contains(A · Key clients)",
        },
        {
            content: "go to what is known of it",
            trigger: ".o_notebook .nav-link[name=categories]",
            run: "click",
        },
        {
            content: "ask why",
            trigger: "button[name=action_explain]",
            run: "click",
        },
        {
            content: "the turnover is told",
            trigger: ".modal div[name=body]:contains(120,000):contains(by the rule)",
        },
        {
            content: "that is clear now",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "one promise is open: to the promises",
            trigger:
                "body:not(:has(.modal)) button[name=action_open_obligations]:contains(1)",
            run: "click",
        },
        {
            content: "open the promise that the request has made",
            trigger: ".o_data_row:contains(Clinic of the chain) td[name=name]",
            run: "click",
        },
        {
            content: "it knows the category and its limit",
            trigger:
                ".o_form_view:has(div[name=segment_id]:contains(A · Key clients)) div[name=sentence]:contains(within 2 hours)",
        },
        {
            content: "it is done",
            trigger: ".o_form_statusbar button:contains(Done)",
            run: "click",
        },
        {
            content: "say how",
            trigger: ".modal div[name=note] textarea",
            run: "edit Sent by courier",
        },
        {
            content: "confirm",
            trigger: ".modal-footer button:contains(Done)",
            run: "click",
        },
        {
            content: "the promise is kept, and the log says how",
            trigger:
                "body:not(:has(.modal)) div[name=event_ids] .o_data_row:contains(Sent by courier)",
        },
        {
            content: "on to the project that brought this into the company",
            trigger: "[data-menu-xmlid='crm_project_rollout.menu_rollout']",
            run: "click",
        },
        {
            content: "its list",
            trigger: "[data-menu-xmlid='crm_project_rollout.menu_rollout_rollouts']",
            run: "click",
        },
        {
            content: "open the CRM project",
            trigger: ".o_kanban_record:contains(Rollout of the chain)",
            run: "click",
        },
        {
            content: "it stands at the fourth of seven stages",
            trigger:
                ".o_crm_rollout_path:has(.o_crm_rollout_step:eq(6)) .o_crm_rollout_step[data-state=open]:contains(Objects and segmentation)",
        },
        {
            content: "whose gate has found the segmentation in force",
            trigger:
                "div[name=criterion_ids] .o_data_row:contains(A segmentation is in force) td[name=verdict] .text-bg-success",
        },
    ],
});
