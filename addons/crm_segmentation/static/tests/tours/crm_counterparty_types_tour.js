import {registry} from "@web/core/registry";

const DIALOG = ".modal .o_form_view";

registry.category("web_tour.tours").add("crm_segmentation_required_information", {
    url: "/odoo/counterparty-types",
    steps: () => [
        {
            content: "open the type",
            trigger: ".o_kanban_record:contains(Type of the tour)",
            run: "click",
        },
        {
            content: "ask for something",
            trigger: "div[name=requirement_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "choose among the fields of a counterparty",
            trigger: `${DIALOG} div[name=field_name] .o_model_field_selector`,
            run: "click",
        },
        {
            content: "look for it",
            trigger: ".o_model_field_selector_popover_search input",
            run: "edit Tax ID",
        },
        {
            content: "take it",
            trigger: ".o_model_field_selector_popover_item[data-name=vat] button",
            run: "click",
        },
        {
            content: "say what it is used for",
            trigger: `${DIALOG} div[name=used_for] input`,
            run: "edit Invoices of the tour",
        },
        {
            content: "keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "it stands in the list",
            trigger:
                "body:not(:has(.modal)) .o_data_row td[name=used_for]:contains(Invoices of the tour)",
        },
        {
            content: "save the type",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "somebody is incomplete now",
            trigger: "button[name=action_open_incomplete]:contains(1)",
            run: "click",
        },
        {
            content: "see what is missing",
            trigger: ".o_data_row:contains(Clinic of the tour) td[name=complete_name]",
            run: "click",
        },
        {
            content: "fill it in",
            trigger: "div[name=completeness]:contains(0 %) button[name=action_fill_in]",
            run: "click",
        },
        {
            content: "only that is asked",
            trigger: `${DIALOG} div[name=vat] input`,
            run: "edit 12345678",
        },
        {
            content: "save it",
            trigger: ".modal .o_form_button_save, .modal button:contains(Save)",
            run: "click",
        },
        {
            content: "everything is known",
            trigger:
                "body:not(:has(.modal)) div[name=completeness]:contains(Everything required is known)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_segmentation_suggest_types", {
    url: "/odoo/untyped-counterparties",
    steps: () => [
        {
            content: "somebody has no type",
            trigger: ".o_data_row:contains(Buyer of the tour):contains(Client)",
        },
        {
            content: "let Odoo suggest",
            trigger: "button[name=action_suggest_types]",
            run: "click",
        },
        {
            content: "the documents say why",
            trigger: `${DIALOG} .o_data_row:contains(Client):contains(turnover)`,
        },
        {
            content: "give the types",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "it was done",
            trigger: `${DIALOG} div[name=result]:contains(Client)`,
        },
        {
            content: "that is all",
            trigger: ".modal button:contains(Close)",
            run: "click",
        },
        {
            content: "back in the list",
            trigger:
                "body:not(:has(.modal)) .o_list_view, body:not(:has(.modal)) .o_view_nocontent",
        },
    ],
});
