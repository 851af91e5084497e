import {SearchModel} from "@web/search/search_model";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {registry} from "@web/core/registry";
import {utils} from "@web/core/ui/ui_service";

/** Columns by urgency where there is room; on a phone one list, the most urgent first. */
class TodaySearchModel extends SearchModel {
    async load(config) {
        const {defaultGroupBy} = config;
        await super.load({
            ...config,
            defaultGroupBy: utils.isSmall() ? undefined : defaultGroupBy,
        });
    }
}

registry.category("views").add("crm_today_kanban", {
    ...kanbanView,
    SearchModel: TodaySearchModel,
});
