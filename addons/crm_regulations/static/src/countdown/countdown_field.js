import {Component} from "@odoo/owl";
import {parsed, parts, reading} from "./counting";
import {_t} from "@web/core/l10n/translation";
import {capitalize} from "@web/core/utils/strings";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useTicker} from "./ticker";

const {DateTime} = luxon;
// How far the computer's clock is from the server's, by what the server told.
const skews = new WeakMap();

/** A length of time in words. */
export function inWords(seconds, {withDays = true, withSeconds = false} = {}) {
    const {days, hours, minutes, seconds: rest} = parts(seconds, withDays);
    if (days) {
        return hours
            ? _t("%(days)s d %(hours)s h", {days, hours})
            : _t("%(days)s d", {days});
    }
    if (hours) {
        return minutes
            ? _t("%(hours)s h %(minutes)s min", {hours, minutes})
            : _t("%(hours)s h", {hours});
    }
    return withSeconds && minutes < 10
        ? _t("%(minutes)s min %(seconds)s s", {minutes, seconds: rest})
        : _t("%(minutes)s min", {minutes});
}

/** An hour with its day, as near as people say it: today only the hour. */
export function moment(instant, now, withHour = true) {
    const date = DateTime.fromMillis(instant);
    const time = date.toLocaleString(DateTime.TIME_SIMPLE);
    const today = DateTime.fromMillis(now).startOf("day");
    const days = Math.round(date.startOf("day").diff(today, "days").days);
    if (days === 0 && withHour) {
        return time;
    }
    const near = {"-1": _t("yesterday"), 0: _t("today"), 1: _t("tomorrow")}[days];
    const format = {day: "numeric", month: "short"};
    if (Math.abs(days) < 7) {
        format.weekday = "short";
    } else if (date.year !== today.year) {
        format.year = "numeric";
    }
    const day = near || date.toLocaleString(format);
    return withHour ? _t("%(time)s %(day)s", {time, day}) : day;
}

/**
 * Counts down what is left of a promise, by its working hours; see
 * crm.obligation.countdown.
 */
export class CountdownField extends Component {
    static template = "crm_regulations.CountdownField";
    static props = {...standardFieldProps};

    setup() {
        this.lastWords = "";
        useTicker(() => {
            // The screen changes only if the words do.
            if (JSON.stringify(this.said()) !== this.lastWords) {
                this.render();
            }
        });
    }

    get told() {
        return this.props.record.data[this.props.name];
    }

    /** The words of this instant. */
    get words() {
        const words = this.said();
        this.lastWords = JSON.stringify(words);
        return words;
    }

    said() {
        const told = this.told;
        if (!told) {
            return {text: "", note: "", look: "", icon: ""};
        }
        const countdown = parsed(told);
        if (!skews.has(told)) {
            skews.set(told, countdown.now - Date.now());
        }
        const now = Date.now() + skews.get(told);
        return told.kind === "day"
            ? this.saidOfDay(countdown, now)
            : this.saidOf(countdown, reading(countdown, now), now);
    }

    saidOf(countdown, {state, seconds, until, urgent}, now) {
        const isWork = countdown.kind === "work";
        const due = moment(countdown.due, now);
        if (state === "ended") {
            return {
                text: seconds ? _t("%(time)s late", {time: inWords(-seconds)}) : "",
                note: "",
                look: "text-muted",
                icon: "",
            };
        }
        if (state === "late") {
            return {
                text: _t("%(time)s late", {time: inWords(seconds)}),
                note: _t("was due %(moment)s", {moment: due}),
                look: "text-danger",
                icon: "fa-exclamation-circle",
            };
        }
        if (state === "paused") {
            return {
                text: _t("%(time)s left", {time: inWords(seconds, {withDays: false})}),
                note: _t("paused, the clock stands still"),
                look: "text-muted",
                icon: "fa-pause",
            };
        }
        const time = inWords(seconds, {withDays: !isWork, withSeconds: true});
        const look = urgent ? "text-warning-emphasis" : "";
        if (countdown.grace) {
            return {
                text: _t("%(time)s left", {time}),
                note: _t("excused until %(moment)s", {moment: due}),
                look,
                icon: "fa-handshake-o",
            };
        }
        if (state === "standing") {
            return {
                text: _t("%(time)s of working time", {time}),
                note: _t("clock stands until %(moment)s", {moment: moment(until, now)}),
                look,
                icon: "fa-moon-o",
            };
        }
        return {
            text: isWork
                ? _t("%(time)s of working time", {time})
                : _t("%(time)s left", {time}),
            note: _t("until %(moment)s", {moment: due}),
            look,
            icon: "fa-clock-o",
        };
    }

    /** An activity is due on a day. */
    saidOfDay({due}, now) {
        const late = now > due;
        return {
            text: capitalize(moment(due, now, false)),
            note: late ? _t("planned, late") : _t("planned"),
            look: late ? "text-danger" : "",
            icon: "fa-calendar-o",
        };
    }
}

export const countdownField = {
    component: CountdownField,
    displayName: _t("Countdown in working time"),
    supportedTypes: ["json"],
};

registry.category("fields").add("crm_countdown", countdownField);
