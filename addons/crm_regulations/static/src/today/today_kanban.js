import {KanbanArchParser} from "@web/views/kanban/kanban_arch_parser";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";
import {utils} from "@web/core/ui/ui_service";

/** Columns by urgency where there is room; on a phone one list, the latest first. */
class TodayArchParser extends KanbanArchParser {
    parse() {
        const info = super.parse(...arguments);
        return utils.isSmall() ? {...info, defaultGroupBy: null} : info;
    }
}

registry.category("views").add("crm_today_kanban", {
    ...kanbanView,
    ArchParser: TodayArchParser,
});
