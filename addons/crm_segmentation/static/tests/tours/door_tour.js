import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_segmentation_log_a_call", {
    steps: () => [
        {
            content: "log a talk with the counterparty",
            trigger: "button[name=action_log_interaction].oe_stat_button",
            run: "click",
        },
        {
            content: "it is the first one: ask",
            trigger: ".modal .alert-info:contains(ask where they heard of us)",
        },
        {
            content: "what it was about",
            trigger: ".modal div[name=name] input",
            run: "edit Asked for gloves",
        },
        {
            content: "where they heard of us",
            trigger: ".modal div[name=utm_source_id] input",
            run: "edit Exhibition",
        },
        {
            content: "that is offered",
            trigger:
                ".modal .o-autocomplete--dropdown-item:contains(Exhibition or congress)",
            run: "click",
        },
        {
            content: "the question is answered",
            trigger: ".modal:not(:has(.alert-info))",
        },
        {
            content: "save",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "look at the timeline",
            trigger: "body:not(:has(.modal)) .nav-link[name=timeline]",
            run: "click",
        },
        {
            content: "the talk stands there",
            trigger: "div[name=timeline_ids]:contains(Asked for gloves)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_segmentation_it_is", {
    steps: () => [
        {
            content: "say who called",
            trigger: ".o_data_row:contains(245 31 18) button[name=action_assign]",
            run: "click",
        },
        {
            content: "both calls of the number will be assigned",
            trigger: ".modal p:contains(interactions of this caller)",
        },
        {
            content: "it is the clinic",
            trigger: ".modal div[name=partner_id] input",
            run: "edit Clinic of the door",
        },
        {
            content: "that is offered",
            trigger:
                ".modal .o-autocomplete--dropdown-item:contains(Clinic of the door)",
            run: "click",
        },
        {
            content: "so be it",
            trigger: ".modal button[name=action_assign]",
            run: "click",
        },
        {
            content: "nobody of this number waits any more",
            trigger: "body:not(:has(.modal)):not(:has(td:contains(245 31 18)))",
        },
    ],
});

registry.category("web_tour.tours").add("crm_segmentation_who_is_calling", {
    steps: () => [
        {
            content: "the page shows who has the number of its address",
            trigger: ".o_crm_candidate:contains(Clinic of the door)",
        },
        {
            content: "log the talk",
            trigger: ".o_crm_candidate .o_crm_log",
            run: "click",
        },
        {
            content: "save",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "a stranger calls",
            trigger: "body:not(:has(.modal)) .o_crm_caller input[type=search]",
            run: "edit +380 44 999 99 99",
        },
        {
            content: "who is it?",
            trigger: ".o_crm_caller button[type=submit]",
            run: "click",
        },
        {
            content: "nobody is known by it",
            trigger: ".o_crm_stranger:contains(New lead)",
        },
    ],
});
