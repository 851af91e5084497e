import {registry} from "@web/core/registry";

const row = (name) => `.o_field_widget[name=line_ids] .o_data_row:contains(${name})`;
const field = (name) => `.o_field_widget[name=${name}]`;
const choose = (where, name) => [
    {
        trigger: `${where} input`,
        run: `edit ${name}`,
    },
    {
        trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
        run: "click",
    },
];

registry.category("web_tour.tours").add("crm_regulations_handover", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose(field("from_user_id"), "seg_seller"),
        {
            content: "What the person has is counted by category",
            trigger: `${row("Category A")} .o_data_cell[name=customers]:contains(1)`,
        },
        {
            trigger: `${row("Category A")} .o_data_cell[name=leads]:contains(1)`,
        },
        ...choose(field("to_user_id"), "seg_anna"),
        {
            content: "Customers of A go to somebody else",
            trigger: `${row("Category A")} .o_data_cell[name=user_id]`,
            run: "click",
        },
        ...choose(".o_selected_row .o_field_widget[name=user_id]", "seg_boris"),
        {
            trigger: "button[name=action_hand_over]",
            run: "click",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is done, and the figures stay",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Handed over)",
        },
        {
            trigger: `${row("Category A")} .o_data_cell[name=customers]:contains(1)`,
        },
        {
            trigger: "body:not(:has(button[name=action_hand_over]))",
        },
    ],
});
