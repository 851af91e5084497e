import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_segmentation_meetings", {
    steps: () => [
        {
            content: "Two meetings with customers are over",
            trigger: ".o_data_row:contains(Reagents of the tour)",
        },
        {
            content: "This one took place: one tap",
            trigger:
                ".o_data_row:contains(Reagents of the tour) button[name=action_meeting_held]",
            run: "click",
        },
        {
            content: "It is done",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(Reagents of the tour)))",
        },
        {
            content: "To this one nobody came",
            trigger:
                ".o_data_row:contains(Gloves of the tour) button[name=action_meeting_no_show]",
            run: "click",
        },
        {
            content: "Nothing waits any more",
            trigger: ".o_view_nocontent_smiling_face",
        },
    ],
});
