import {GraphController} from "@web/views/graph/graph_controller";
import {ListController} from "@web/views/list/list_controller";
import {PivotController} from "@web/views/pivot/pivot_controller";
import {graphView} from "@web/views/graph/graph_view";
import {listView} from "@web/views/list/list_view";
import {pivotView} from "@web/views/pivot/pivot_view";
import {registry} from "@web/core/registry";

/** Views of the report that say above their figures what these do not prove. */
class LoyaltyGraphController extends GraphController {
    static template = "crm_regulations.LoyaltyGraphView";
}

class LoyaltyListController extends ListController {
    static template = "crm_regulations.LoyaltyListView";
}

class LoyaltyPivotController extends PivotController {
    static template = "crm_regulations.LoyaltyPivotView";
}

const views = registry.category("views");
views.add("crm_loyalty_graph", {...graphView, Controller: LoyaltyGraphController});
views.add("crm_loyalty_list", {...listView, Controller: LoyaltyListController});
views.add("crm_loyalty_pivot", {...pivotView, Controller: LoyaltyPivotController});
