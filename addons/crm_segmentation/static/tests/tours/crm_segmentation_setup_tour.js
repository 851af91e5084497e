import {registry} from "@web/core/registry";

const ROW = ".o_crm_picture_row[data-category=A]";

registry.category("web_tour.tours").add("crm_segmentation_setup", {
    url: "/odoo/segmentations",
    steps: () => [
        {
            content: "the guided set-up",
            trigger: "button:contains(Guided set-up)",
            run: "click",
        },
        {
            content: "a name",
            trigger: ".modal div[name=name] input",
            run: "edit Guided clients",
        },
        {
            content: "for the type of the tour",
            trigger: ".modal div[name=counterparty_type_ids] input",
            run: "edit Tour type",
        },
        {
            content: "that is offered",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour type)",
            run: "click",
        },
        {
            content: "without the usual one",
            trigger:
                ".modal div[name=counterparty_type_ids] .o_tag:contains(Client) .o_delete",
            run: "click",
        },
        {
            content: "nothing special apart",
            trigger: ".modal div[name=apart] input",
            run: "click",
        },
        {
            content: "thresholds come from our own turnover, with whom they take",
            trigger:
                ".modal tr[data-category=A]:contains(500):contains(75%) td[name=count]:contains(2)",
        },
        {
            content: "nobody stands apart",
            trigger: ".modal .o_crm_setup_proposal:not(:has(tr[data-category=S]))",
        },
        {
            content: "make it",
            trigger: ".modal button[name=action_make]",
            run: "click",
        },
        {
            content: "the draft is open",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Draft)",
        },
        {
            content: "the picture",
            trigger: ".nav-link[name=picture]",
            run: "click",
        },
        {
            content: "two customers are right of the line, with their turnover",
            trigger: `${ROW} .o_crm_picture_inside:contains(2):contains(75%)`,
        },
        {
            content: "move the line to the biggest one",
            trigger: `${ROW} input[type=range]`,
            run() {
                this.anchor.value = 0;
                this.anchor.dispatchEvent(new Event("input", {bubbles: true}));
            },
        },
        {
            content: "the figures follow while it is dragged",
            trigger: `${ROW} .o_crm_picture_inside:contains(1):contains(50%)`,
        },
        {
            content: "let it go",
            trigger: `${ROW} input[type=range]`,
            run() {
                this.anchor.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "the form has changed",
            trigger: ".o_form_button_save:visible",
        },
        {
            content: "the rule says so, too",
            trigger: ".nav-link[name=categories]",
            run: "click",
        },
        {
            content: "in its sentence",
            trigger: ".o_data_row td[name=rule]:contains(1,000)",
        },
        {
            content: "look before publishing",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "who would be in A",
            trigger: ".o_crm_matrix button[data-to=A]",
            run: "click",
        },
        {
            content: "the biggest one",
            trigger: ".o_list_view td[name=partner_id]:contains(Tour big)",
        },
        {
            content: "back to the preview",
            trigger: ".breadcrumb-item a:contains(Preview of), .o_back_button",
            run: "click",
        },
        {
            content: "publish",
            trigger: ".o_form_view button[name=action_publish]",
            run: "click",
        },
        {
            content: "it is in force",
            trigger: ".o_arrow_button_current:contains(Published)",
        },
    ],
});
