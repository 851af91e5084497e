import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_promises_dashboard", {
    steps: () => [
        {
            content: "It stands among the dashboards of sales",
            trigger: ".o_search_panel_section:contains(Promises kept)",
        },
        {
            content: "Eight figures and a chart are drawn",
            trigger: ".o-figure canvas",
            run: () => {
                const drawn = document.querySelectorAll(".o-figure canvas").length;
                if (drawn < 9) {
                    throw new Error(`Only ${drawn} figures are drawn`);
                }
            },
        },
        {
            content: "A figure leads to the control board",
            trigger: ".o-figure canvas",
            run: "click",
        },
        {
            content: "It is the same one",
            trigger: ".o_crm_control_board .o_crm_tile[name=on_time]",
        },
    ],
});
