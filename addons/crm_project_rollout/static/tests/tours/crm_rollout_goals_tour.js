import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_rollout_goals", {
    url: "/odoo/crm-rollouts",
    steps: () => [
        {
            content: "open the CRM project",
            trigger: ".o_kanban_record:contains(Goal rollout)",
            run: "click",
        },
        {
            content: "its goals",
            trigger: ".o_notebook .nav-link[name=goals]",
            run: "click",
        },
        {
            content: "start from the example",
            trigger: "button[name=action_fill_example]",
            run: "click",
        },
        {
            content: "open the goal about turnover",
            trigger: "div[name=goal_ids] .o_data_row td:contains(Turnover grows)",
            run: "click",
        },
        {
            content: "the chart is drawn",
            trigger: ".modal div[name=chart] canvas",
        },
        {
            content: "the task that serves it is there",
            trigger: "div[name=task_ids] .o_data_row:contains(Plan and fact)",
        },
        {
            content: "back",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "to all goals",
            trigger:
                "body:not(:has(.modal)) .o_notebook button[name=action_open_goals]",
            run: "click",
        },
        {
            content: "set another one",
            trigger: ".o_control_panel:contains(Goals) .o_list_button_add",
            run: "click",
        },
        {
            content: "its KPI",
            trigger: ".o_form_view div[name=kpi_id] input",
            run: "edit Time to the first",
        },
        {
            content: "choose it",
            trigger:
                ".o-autocomplete--dropdown-item:contains(Time to the first answer)",
            run: "click",
        },
        {
            content: "the name came with it; say it in own words",
            trigger: "div[name=name] input",
            run: "edit Fewer complaints",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "it says what is missing",
            trigger: ".alert-info:contains(baseline)",
        },
    ],
});
