import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_announcement_whole", {
    steps: () => [
        {
            content: "Something new: announce it",
            trigger: "button[name=action_announce]",
            run: "click",
        },
        {
            content: "The subject is there already",
            trigger: ".o_field_widget[name=name] input:value(New: Reagent kit)",
        },
        {
            content: "For clients; who gets which way?",
            trigger: "button[name=action_prepare]",
            run: "click",
        },
        {
            content: "Nothing was sent yet; look at who is left out",
            trigger: "button[name=action_open_recipients]:contains(Left out)",
            run: "click",
        },
        {
            content: "One does not want our mailings",
            trigger: ".o_data_row:contains(Black):contains(On the blacklist)",
        },
        {
            content: "Back",
            trigger: ".o_back_button, .breadcrumb-item a:contains(New: Reagent kit)",
            run: "click",
        },
        {
            content: "Send it",
            trigger: "button[name=action_send]",
            run: "click",
        },
        {
            content: "Really",
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "It runs; who is to be called?",
            trigger: "button[name=action_open_recipients]:contains(To call)",
            run: "click",
        },
        {
            content: "One without an address; it was told",
            trigger: ".o_data_row:contains(Mute) button[name=action_told]",
            run: "click",
        },
        {
            content: "It is off the list",
            trigger: ".o_list_renderer:not(:contains(Mute)), .o_view_nocontent",
        },
    ],
});

registry.category("web_tour.tours").add("crm_announcement_phone", {
    steps: () => [
        {
            content: "Whom must I call?",
            trigger: ".o_kanban_record:contains(Mute):contains(No e-mail address)",
        },
        {
            content: "I have, and there is something to say",
            trigger: ".o_kanban_record:contains(Mute) button:contains(With a note)",
            run: "click",
        },
        {
            content: "What was said",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Wants a quotation",
        },
        {
            content: "Told",
            trigger: ".modal button[name=action_say]",
            run: "click",
        },
        {
            content: "Nobody is left",
            trigger: ".o_view_nocontent:contains(Nobody to call)",
        },
    ],
});
