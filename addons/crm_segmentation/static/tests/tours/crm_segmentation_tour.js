import {registry} from "@web/core/registry";

const CATEGORY = ".modal .o_form_view";

/** Adds a category in the dialog: its sign, its name, and then what `rest` does. */
function category(code, name, rest) {
    return [
        {
            content: `add category ${code}`,
            trigger:
                "body:not(:has(.modal)) div[name=segment_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "its name",
            trigger: `${CATEGORY} div[name=name] input`,
            run: `edit ${name}`,
        },
        {
            content: "its sign",
            trigger: `${CATEGORY} div[name=code] input`,
            run: `edit ${code}`,
        },
        ...rest,
        {
            content: "keep the category",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "it stands in the rule",
            trigger: `body:not(:has(.modal)) .o_data_row td[name=code]:contains(${code})`,
        },
    ];
}

registry.category("web_tour.tours").add("crm_segmentation_from_nothing", {
    url: "/odoo/segmentations",
    steps: () => [
        {
            content: "a new segmentation",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "its name",
            trigger: ".o_form_view div[name=name] input",
            run: "edit Clients of the tour",
        },
        ...category("A", "Tour key clients", [
            {
                content: "a condition",
                trigger: `${CATEGORY} div[name=criterion_ids] .o_field_x2many_list_row_add a`,
                run: "click",
            },
            {
                content: "on the metric",
                trigger: `${CATEGORY} .o_selected_row div[name=metric_id] input`,
                run: "edit Average monthly",
            },
            {
                content: "that is offered",
                trigger:
                    ".o-autocomplete--dropdown-item:contains(Average monthly turnover)",
                run: "click",
            },
            {
                content: "and its threshold",
                trigger: `${CATEGORY} .o_selected_row div[name=value_enter] input`,
                run: "edit 100",
            },
        ]),
        ...category("C", "Tour other clients", [
            {
                content: "everybody else",
                trigger: `${CATEGORY} div[name=is_default] input`,
                run: "click",
            },
        ]),
        {
            content: "look before publishing",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            content: "one client would get the first category",
            trigger: ".o_crm_matrix button[data-to=A] b:contains(1)",
        },
        {
            content: "publish what was seen",
            trigger: "button[name=action_publish]",
            run: "click",
        },
        {
            content: "it is in force",
            trigger:
                "body:not(:has(.modal)) .o_arrow_button_current:contains(Published)",
        },
        {
            content: "see who is classified",
            trigger: "button[name=action_open_partners].oe_stat_button",
            run: "click",
        },
        {
            content: "open the first category",
            trigger: ".o_group_header:contains(A · Tour key clients)",
            run: "click",
        },
        {
            content: "open the client",
            trigger: ".o_data_row td[name=complete_name]:contains(Clinic of the tour)",
            run: "click",
        },
        {
            content: "the client shows the category",
            trigger: "div[name=segment_ids] .o_tag:contains(A · Tour key clients)",
        },
        {
            content: "see why",
            trigger: ".nav-link[name=categories]",
            run: "click",
        },
        {
            content: "ask",
            trigger: "button[name=action_explain]",
            run: "click",
        },
        {
            content: "the number is told",
            trigger: ".modal div[name=body]:contains(1,000.00):contains(met)",
        },
        {
            content: "that is clear now",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "to the interactions",
            trigger: "body:not(:has(.modal)) button[name=action_open_interactions]",
            run: "click",
        },
        {
            content: "a new one",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "what it was about",
            trigger: ".o_form_view div[name=name] input",
            run: "edit Asked for gloves",
        },
        {
            content: "its kind",
            trigger: ".o_form_view div[name=type_id] input",
            run: "edit Call",
        },
        {
            content: "that is offered",
            trigger: ".o-autocomplete--dropdown-item:contains(Call)",
            run: "click",
        },
        {
            content: "the client is filled in with the category",
            trigger: "div[name=segment_ids] .o_tag:contains(A · Tour key clients)",
        },
        {
            content: "keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "back to the client",
            trigger: ".o_form_saved .breadcrumb-item, .o_breadcrumb .o_back_button",
            run: "click",
        },
        {
            content: "the interaction is in the list",
            trigger: ".o_data_row td[name=name]:contains(Asked for gloves)",
        },
    ],
});
