import {describe, expect, test} from "@odoo/hoot";
import {instant, parsed, parts, reading} from "@crm_regulations/countdown/counting";

describe.current.tags("headless");

// Until Tuesday 09:00, in working time from 8 to 12 and 13 to 17.
const WORK = parsed({
    kind: "work",
    now: "2026-05-04 10:00:00",
    due: "2026-05-05 09:00:00",
    warn: "2026-05-04 16:00:00",
    seconds: 25200,
    hours: [
        ["2026-05-04 10:00:00", "2026-05-04 12:00:00"],
        ["2026-05-04 13:00:00", "2026-05-04 17:00:00"],
        ["2026-05-05 08:00:00", "2026-05-05 09:00:00"],
    ],
    rest: 0,
});
const HOUR = 3600;

function read(countdown, text) {
    const {state, seconds, until} = reading(countdown, instant(text));
    return [state, seconds, until];
}

test("instants are in UTC", () => {
    expect(instant("1970-01-01 00:01:00")).toBe(60000);
    expect(instant(false)).toBe(false);
});

test("working time passes in working hours only", () => {
    expect(read(WORK, "2026-05-04 10:00:00")).toEqual(["running", 7 * HOUR, false]);
    expect(read(WORK, "2026-05-04 11:59:59")).toEqual(["running", 5 * HOUR + 1, false]);
    expect(read(WORK, "2026-05-04 14:30:00")).toEqual([
        "running",
        2.5 * HOUR + HOUR,
        false,
    ]);
});

test("the clock stands still at lunch and at night, and says until when", () => {
    expect(read(WORK, "2026-05-04 12:00:00")).toEqual([
        "standing",
        5 * HOUR,
        instant("2026-05-04 13:00:00"),
    ]);
    expect(read(WORK, "2026-05-04 12:59:59")).toEqual([
        "standing",
        5 * HOUR,
        instant("2026-05-04 13:00:00"),
    ]);
    expect(read(WORK, "2026-05-04 23:00:00")).toEqual([
        "standing",
        HOUR,
        instant("2026-05-05 08:00:00"),
    ]);
});

test("done at the very instant it is due is on time", () => {
    expect(read(WORK, "2026-05-05 09:00:00")).toEqual(["running", 0, false]);
    expect(read(WORK, "2026-05-05 09:00:01")).toEqual(["late", 1, false]);
    expect(read(WORK, "2026-05-06 09:00:00")).toEqual(["late", 24 * HOUR, false]);
});

test("it becomes urgent with its warning", () => {
    const urgent = (text) => reading(WORK, instant(text)).urgent;
    expect(urgent("2026-05-04 15:59:59")).toBe(false);
    expect(urgent("2026-05-04 16:00:00")).toBe(true);
    expect(urgent("2026-05-06 16:00:00")).toBe(true);
});

test("working time beyond the intervals that were told", () => {
    const long = {...WORK, due: instant("2026-09-01 09:00:00"), rest: 100 * HOUR};
    expect(read(long, "2026-05-05 08:30:00")).toEqual(["running", 100.5 * HOUR, false]);
    expect(read(long, "2026-05-20 10:00:00")).toEqual(["running", 100 * HOUR, false]);
});

test("limits by the clock never stand still", () => {
    const clock = {...WORK, kind: "clock", hours: []};
    expect(read(clock, "2026-05-04 23:00:00")).toEqual(["running", 10 * HOUR, false]);
});

test("paused and ended ones do not count", () => {
    for (const kind of ["paused", "ended"]) {
        const still = {...WORK, kind, seconds: 4200};
        expect(read(still, "2026-06-04 23:00:00")).toEqual([kind, 4200, false]);
    }
});

test("lengths as people say them", () => {
    expect(parts(90000, true)).toEqual({days: 1, hours: 1, minutes: 0, seconds: 0});
    expect(parts(90000, false)).toEqual({days: 0, hours: 25, minutes: 0, seconds: 0});
    expect(parts(7800, true)).toEqual({days: 0, hours: 2, minutes: 10, seconds: 0});
    expect(parts(572, true)).toEqual({days: 0, hours: 0, minutes: 9, seconds: 32});
    expect(parts(-5, true)).toEqual({days: 0, hours: 0, minutes: 0, seconds: 0});
});
