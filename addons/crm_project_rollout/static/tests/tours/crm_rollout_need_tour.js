import {registry} from "@web/core/registry";

const open = (name) => [
    {
        content: "open the CRM project",
        trigger: `.o_kanban_record:contains(${name})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("crm_rollout_not_crm", {
    url: "/odoo/crm-rollouts",
    steps: () => [
        ...open("Tour need"),
        {
            content: "go to what hurts",
            trigger: ".o_notebook .nav-link[name=need]",
            run: "click",
        },
        {
            content: "add a problem",
            trigger: "div[name=problem_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "say what hurts",
            trigger: ".modal div[name=name] input",
            run: "edit The stock is never right",
        },
        {
            content: "keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "it is in the register; score the statement about customers",
            trigger:
                "body:not(:has(.modal)):has(div[name=problem_ids] .o_data_row:contains(The stock is never right)) div[name=fit_ids] .o_data_row:eq(0) td[name=score]",
            run: "click",
        },
        {
            content: "it is not true of us",
            trigger: "div[name=fit_ids] .o_selected_row td[name=score] input",
            run: "click",
        },
        {
            content: "choose",
            trigger: ".o_select_menu_item:contains(Not true of us)",
            run: "click",
        },
        {
            content: "score the statement about the stock",
            trigger:
                "body:not(:has(.o_select_menu_item)):has(div[name=recommendation]:contains(1 of 2)) div[name=fit_ids] .o_data_row:eq(1) td[name=score]",
            run: "click",
        },
        {
            content: "it is entirely true",
            trigger:
                "div[name=fit_ids] .o_data_row:eq(1).o_selected_row td[name=score] input",
            run: "click",
        },
        {
            content: "choose",
            trigger: ".o_select_menu_item:contains(Entirely true)",
            run: "click",
        },
        {
            content: "the recommendation changes at once; save",
            trigger:
                "body:has(div[name=recommendation]:contains(What hurts is elsewhere)) .o_form_button_save",
            run: "click",
        },
        {
            content: "the recommendation stands there; decide",
            trigger:
                "body:has(div[name=recommendation]:contains(What hurts is elsewhere)) button[name=action_decide_fit]",
            run: "click",
        },
        {
            content: "it is no CRM project",
            trigger: ".modal div[name=decision] input[data-value=not_crm]",
            run: "click",
        },
        {
            content: "say why",
            trigger: ".modal div[name=reason] textarea",
            run: "edit First mend the stock",
        },
        {
            content: "record it",
            trigger: ".modal button[name=action_decide]",
            run: "click",
        },
        {
            content: "the CRM project is closed",
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains(Not a CRM project)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_rollout_team", {
    url: "/odoo/crm-rollouts",
    steps: () => [
        ...open("Tour team"),
        {
            content: "go to the team",
            trigger: ".o_notebook .nav-link[name=team]",
            run: "click",
        },
        {
            content: "open the role that nobody has yet",
            trigger:
                "div[name=member_ids] .o_data_row:contains(Deputy coordinator) td[name=role]",
            run: "click",
        },
        {
            content: "name somebody",
            trigger: ".modal div[name=user_id] input",
            run: "edit rt_deputy",
        },
        {
            content: "choose",
            trigger: ".ui-autocomplete .dropdown-item:contains(rt_deputy)",
            run: "click",
        },
        {
            content: "keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "save",
            trigger: "body:not(:has(.modal)) .o_form_button_save",
            run: "click",
        },
        {
            content: "open the opening meeting",
            trigger:
                "body:has(.o_form_saved) div[name=kickoff_ids] .o_data_row:contains(Opening in the hall) td[name=name]",
            run: "click",
        },
        {
            content: "invite everybody in scope",
            trigger: ".modal button[name=action_invite_scope]",
            run: "click",
        },
        {
            content: "see who is invited",
            trigger: ".modal .nav-link[name=people]",
            run: "click",
        },
        {
            content: "the first one was there",
            trigger:
                ".modal div[name=attendee_ids]:has(.o_data_row:eq(2)) .o_data_row:eq(0) td[name=attended] input",
            run: "click",
        },
        {
            content: "to the minutes",
            trigger: ".modal .nav-link[name=minutes]",
            run: "click",
        },
        {
            content: "write what was decided",
            trigger: ".modal div[name=decisions] textarea",
            run: "edit We begin on Monday",
        },
        {
            content: "keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "back on the CRM project, the attendance is there",
            trigger:
                "body:not(:has(.modal)) div[name=kickoff_ids] .o_data_row:contains(33.3)",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "it is saved",
            trigger: "body:has(.o_form_saved)",
        },
    ],
});
