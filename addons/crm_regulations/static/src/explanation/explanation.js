import {Component, onWillStart, useState} from "@odoo/owl";
import {instant} from "../countdown/counting";
import {inWords} from "../countdown/countdown_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;

/** How the due time and the verdict of a promise came about, day by day. */
export class Explanation extends Component {
    static template = "crm_regulations.Explanation";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({told: false});
        onWillStart(async () => {
            const {obligation_id} = this.props.action.params;
            this.state.told = await this.orm.call("crm.obligation", "explain", [
                [obligation_id],
            ]);
        });
    }

    get told() {
        return this.state.told;
    }

    get isWork() {
        return this.told.in_working_time;
    }

    length(seconds) {
        return inWords(Math.round(seconds / 60) * 60, {withDays: !this.isWork});
    }

    when(text) {
        return DateTime.fromMillis(instant(text)).toLocaleString({
            weekday: "short",
            day: "numeric",
            month: "short",
            hour: "numeric",
            minute: "2-digit",
        });
    }

    hour(text) {
        return DateTime.fromMillis(instant(text)).toLocaleString(DateTime.TIME_SIMPLE);
    }

    /** The account in days: what counted on each, what was paused, the sum so far. */
    get days() {
        const found = [];
        let sum = 0;
        for (const stretch of this.told.account.days) {
            if (!found.length || found.at(-1).day !== stretch.day) {
                found.push({day: stretch.day, pieces: [], counted: 0, sum});
            }
            const day = found.at(-1);
            const isCounted = stretch.kind === "counted";
            day.pieces.push({
                text: `${this.hour(stretch.from)}–${this.hour(stretch.until)}`,
                isPaused: !isCounted,
            });
            if (isCounted) {
                sum += stretch.seconds;
                day.counted += stretch.seconds;
            }
            day.sum = sum;
        }
        return found.map((day) => ({
            ...day,
            name: DateTime.fromISO(day.day).toLocaleString({
                weekday: "short",
                day: "numeric",
                month: "short",
            }),
        }));
    }

    /** The limit and how much of it was used, in one sentence. */
    get used() {
        const {account} = this.told;
        return _t("%(used)s of %(given)s used", {
            used: this.length(account.counted_seconds),
            given: this.length(account.limit_seconds),
        });
    }

    get isLate() {
        return this.told.account.late_clock_seconds > 0;
    }

    get late() {
        const {account} = this.told;
        const byClock = inWords(account.late_clock_seconds);
        return this.isWork && account.late_seconds !== account.late_clock_seconds
            ? _t("%(work)s of working time late (%(clock)s by the clock)", {
                  work: this.length(account.late_seconds),
                  clock: byClock,
              })
            : _t("%(time)s late", {time: byClock});
    }

    /** The zone of the working hours, if it is not the reader's. */
    get foreignZone() {
        const zone = this.told.hours_zone;
        if (!zone) {
            return false;
        }
        const there = DateTime.fromMillis(instant(this.told.date_due), {zone});
        return there.offset === there.setZone(DateTime.local().zone).offset
            ? false
            : zone;
    }
}

registry.category("actions").add("crm_regulations.explanation", Explanation);
