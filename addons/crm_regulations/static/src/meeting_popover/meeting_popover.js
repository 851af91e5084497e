import {AttendeeCalendarCommonPopover} from "@calendar/views/attendee_calendar/common/attendee_calendar_common_popover";
import {onWillStart} from "@odoo/owl";
import {patch} from "@web/core/utils/patch";
import {user} from "@web/core/user";

/** A meeting that has begun: say in the calendar itself how it ended. */
patch(AttendeeCalendarCommonPopover.prototype, {
    setup() {
        super.setup();
        onWillStart(async () => {
            this.isOfSales = await user.hasGroup("sales_team.group_sale_salesman");
        });
    },

    get asksForOutcome() {
        const {rawRecord, start} = this.props.record;
        return (
            this.isOfSales &&
            this.isEventEditable &&
            rawRecord.is_with_customer &&
            !rawRecord.outcome &&
            start <= luxon.DateTime.now()
        );
    },

    async sayOutcome(method) {
        const {model, record} = this.props;
        const action = await this.orm.call(model.resModel, method, [[record.id]]);
        this.props.close();
        await model.load();
        if (action && action.type) {
            await this.actionService.doAction(action);
        }
    },
});
