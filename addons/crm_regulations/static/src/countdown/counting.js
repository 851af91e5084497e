/**
 * How much time of a promise is left at an instant. Pure: instants are milliseconds,
 * amounts are seconds; nothing here knows the screen or the time of day.
 *
 * @typedef {object} Countdown what the server told, see crm.obligation.countdown
 * @property {string} kind work, clock, paused, ended or day
 * @property {number} due when it is due
 * @property {number | false} warn since when it is urgent
 * @property {number} seconds how many were left when the server told it
 * @property {number[][]} hours the working intervals until it is due, the first ones
 * @property {number} rest working seconds after the last of these
 */

const SECOND = 1000;

/** An instant of the server, "2026-05-04 09:00:00" in UTC, as milliseconds. */
export function instant(text) {
    return text ? Date.parse(`${text.replace(" ", "T")}Z`) : false;
}

/**
 * What the server told, with its instants as milliseconds.
 *
 * @returns {Countdown}
 */
export function parsed(told) {
    return {
        kind: told.kind,
        now: instant(told.now),
        due: instant(told.due),
        warn: instant(told.warn),
        seconds: told.seconds || 0,
        hours: (told.hours || []).map((pair) => pair.map(instant)),
        rest: told.rest || 0,
        grace: Boolean(told.grace),
    };
}

/**
 * @param {Countdown} countdown
 * @param {number} now
 * @returns {{state: string, seconds: number, until: number | false, urgent: boolean}}
 *     state: running, standing (outside working hours), paused, late or ended;
 *     seconds: left, or how late; until: when the clock goes on
 */
export function reading(countdown, now) {
    const {kind, due, warn} = countdown;
    if (kind === "paused" || kind === "ended") {
        return {state: kind, seconds: countdown.seconds, until: false, urgent: false};
    }
    if (now > due) {
        const seconds = Math.floor((now - due) / SECOND);
        return {state: "late", seconds, until: false, urgent: true};
    }
    const urgent = Boolean(warn) && warn <= now;
    if (kind !== "work") {
        const seconds = Math.floor((due - now) / SECOND);
        return {state: "running", seconds, until: false, urgent};
    }
    const until = goesOn(countdown.hours, now);
    const state = until ? "standing" : "running";
    return {state, seconds: worked(countdown, now), until, urgent};
}

/** Working seconds that are left. */
function worked({hours, rest}, now) {
    const left = hours.map(([start, end]) => Math.max(0, end - Math.max(start, now)));
    return Math.floor(left.reduce((sum, part) => sum + part, 0) / SECOND) + rest;
}

/** When work begins again; false while it goes on, or when that is not known. */
function goesOn(hours, now) {
    const next = hours.find(([, end]) => end > now);
    return next && next[0] > now ? next[0] : false;
}

/**
 * A length of time as people say it: whoever has hours does not count seconds.
 *
 * @param {number} seconds
 * @param {boolean} withDays 24 hours are a day; not so in working time
 */
export function parts(seconds, withDays) {
    let rest = Math.max(0, Math.floor(seconds));
    const days = withDays ? Math.floor(rest / 86400) : 0;
    rest -= days * 86400;
    const hours = Math.floor(rest / 3600);
    const minutes = Math.floor((rest % 3600) / 60);
    return {
        days,
        hours,
        minutes: days ? 0 : minutes,
        seconds: days || hours || minutes >= 10 ? 0 : rest % 60,
    };
}
