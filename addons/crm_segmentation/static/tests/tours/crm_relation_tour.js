import {registry} from "@web/core/registry";

/** Picks a record in a many2one of the row that is being edited. */
function pick(field, text) {
    return [
        {
            content: `type ${text}`,
            trigger: `.o_selected_row div[name=${field}] input`,
            run: `edit ${text}`,
        },
        {
            content: `${text} is offered`,
            trigger: `.o-autocomplete--dropdown-item:contains(${text})`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("crm_segmentation_territory", {
    url: "/odoo/territories",
    steps: () => [
        {
            content: "a new territory",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "its name",
            trigger: ".o_form_view div[name=name] input",
            run: "edit Tour city",
        },
        {
            content: "its code",
            trigger: ".o_form_view div[name=code] input",
            run: "edit tour_city",
        },
        {
            content: "which addresses",
            trigger: "div[name=rule_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        ...pick("country_id", "Ukraine"),
        {
            content: "of these postcodes",
            trigger: ".o_selected_row div[name=postcodes] textarea",
            run: "edit 01, 02100..02499",
        },
        {
            content: "keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "the rule is told in words",
            trigger:
                ".o_form_saved td[name=meaning]:contains(from 02100 to 02499), .o_form_saved div[name=rule_ids]:contains(from 02100 to 02499)",
        },
        {
            content: "assign everybody",
            trigger: "button[name=action_assign]",
            run: "click",
        },
        {
            content: "it says how many",
            trigger: ".o_notification:contains(another territory now)",
        },
        {
            content: "who is in it",
            trigger: "button[name=action_open_partners]:contains(1)",
            run: "click",
        },
        {
            content: "the clinic",
            trigger: ".o_data_row td[name=complete_name]:contains(Clinic in the city)",
            run: "click",
        },
        {
            content: "its relations",
            trigger: ".nav-link[name=relations]",
            run: "click",
        },
        {
            content: "show the territory",
            trigger: "div[name=territory_id]:contains(Tour city)",
        },
    ],
});

/** Adds a workplace of the doctor. */
function workplace(clinic, role) {
    return [
        {
            content: `add ${clinic}`,
            trigger: "div[name=workplace_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        ...pick("organization_id", clinic),
        ...pick("role_id", role),
    ];
}

registry.category("web_tour.tours").add("crm_segmentation_workplaces", {
    steps: () => [
        {
            content: "the relations of the doctor",
            trigger: ".nav-link[name=relations]",
            run: "click",
        },
        ...workplace("First tour clinic", "Doctor"),
        ...workplace("Second tour clinic", "Consultant"),
        {
            content: "the second is the main one",
            trigger: ".o_selected_row td[name=is_main] input",
            run: "click",
        },
        {
            content: "keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "both are there",
            trigger:
                ".o_form_saved div[name=workplace_ids]:contains(First tour clinic):contains(Second tour clinic)",
        },
    ],
});
