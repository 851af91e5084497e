import {registry} from "@web/core/registry";

const row = (name) => `.o_data_row:has(.o_data_cell[name=name]:contains(${name}))`;

registry.category("web_tour.tours").add("crm_regulations_library", {
    steps: () => [
        {
            content: "Ready regulations stand by process; one number is changed",
            trigger: `.o_group_name:contains(Sales)`,
        },
        {
            trigger: `${row("After a proposal was sent")} .o_data_cell[name=library_limit_a]:contains(2)`,
            run: "click",
        },
        {
            trigger: ".o_selected_row .o_field_widget[name=library_limit_a] input",
            run: "edit 1",
        },
        {
            trigger: ".o_list_button_save:visible",
            run: "click",
        },
        {
            content: "Two are ticked",
            trigger: `${row("After a proposal was sent")} .o_data_cell[name=library_limit_a]:contains(1)`,
        },
        {
            trigger: `${row("After a proposal was sent")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${row("Deal without a next step")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: "button[name=action_take_into_use]:visible",
            run: "click",
        },
        {
            content: "What became of each is said in words",
            trigger:
                ".modal .o_data_row:contains(Deal without a next step):contains(only counts)",
        },
        {
            trigger:
                ".modal .o_data_row:contains(After a proposal was sent):contains(Done)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
