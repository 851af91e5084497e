import {registry} from "@web/core/registry";

const OPEN_CLIENT = [
    {
        content: "the client's categories",
        trigger: ".nav-link[name=categories]",
        run: "click",
    },
];

registry.category("web_tour.tours").add("crm_segmentation_why", {
    steps: () => [
        ...OPEN_CLIENT,
        {
            content: "ask why",
            trigger: "button[name=action_explain_category]",
            run: "click",
        },
        {
            content: "what is missing for the better category is told",
            trigger: ".modal .o_crm_segment_explanation:contains(Missing for A)",
        },
        {
            content: "open the history",
            trigger: ".modal details summary",
            run: "click",
        },
        {
            content: "the documents behind the number",
            trigger: ".modal button[data-metric=turnover_month_avg]",
            run: "click",
        },
        {
            content: "are shown",
            trigger:
                "body:not(:has(.modal)) .o_list_view .o_data_row:contains(Clinic of the tour)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_segmentation_override", {
    steps: () => [
        ...OPEN_CLIENT,
        {
            content: "another category by hand",
            trigger: ".o_data_row button[name=action_set_category]",
            run: "click",
        },
        {
            content: "category A",
            trigger: ".modal div[name=segment_id] .o_radio_item:contains(A) input",
            run: "click",
        },
        {
            content: "why",
            trigger: ".modal div[name=reason] textarea",
            run: "edit Opens a second clinic",
        },
        {
            content: "keep it",
            trigger: ".modal button[name=action_set]",
            run: "click",
        },
        {
            content: "it is in force",
            trigger:
                "body:not(:has(.modal)) div[name=segment_ids] .o_tag:contains(A · Key)",
        },
        {
            content: "to the report of what is set by hand",
            trigger: "button[data-menu-xmlid='crm_segmentation.menu_segmentations']",
            run: "click",
        },
        {
            content: "open it",
            trigger: "a[data-menu-xmlid='crm_segmentation.menu_override']",
            run: "click",
        },
        {
            content: "the rule disagrees; give the category back",
            trigger:
                ".o_data_row:contains(Clinic of the tour):contains(Opens a second clinic) button[name=action_give_back]",
            run: "click",
        },
        {
            content: "nothing disagrees any more",
            trigger: ".o_view_nocontent_smiling_face:contains(disagrees with the rule)",
        },
    ],
});
