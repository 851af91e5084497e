import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("crm_control_board", {
    url: "/odoo/control-board",
    steps: () => [
        {
            content: "Six of seven were kept on time",
            trigger: ".o_crm_tile[name=on_time]:contains(86 %):contains(6 of 7)",
        },
        {
            content: "One waits",
            trigger: ".o_crm_tile[name=overdue]:contains(1)",
        },
        {
            content: "By person",
            trigger: "select[name=group_by]",
            run: "select person",
        },
        {
            content: "What the seller has not done",
            trigger:
                "table[name=rows] tr:contains(seg_seller) a[name=breached]:contains(1)",
            run: "click",
        },
        {
            content: "One promise is behind it",
            trigger:
                ".o_list_view:not(:has(.o_data_row ~ .o_data_row)) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "It opens",
            trigger: ".o_form_view .o_field_widget[name=state]:contains(Overdue)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_control_board_phone", {
    url: "/odoo/control-board",
    steps: () => [
        {
            content: "The head sees the department",
            trigger: ".o_crm_tile[name=on_time]:contains(6 of 7)",
        },
        {
            content: "What waits",
            trigger: ".o_crm_tile[name=overdue]",
            run: "click",
        },
        {
            content: "One card",
            trigger: ".o_kanban_record:contains(Answer):contains(Overdue)",
        },
    ],
});
