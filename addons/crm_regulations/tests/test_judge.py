from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core import judge as judging
from ..core.case import (
    BREACH,
    BREACHED,
    CANCELLED,
    ESCALATE,
    EXCUSED,
    LATE,
    ON_TIME,
    OPEN,
    WARN,
    Heard,
)
from ..core.judge import account, alarms, judge, on_time_percent
from ..core.limit import OPENING, UNITS, Limit
from ..core.step import (
    AGAIN,
    CANCEL,
    CONDITION_ROLES,
    EACH,
    EXCUSE,
    FIRST,
    FULFIL,
    NEXT,
    PAUSE,
    RECURRENCES,
    RESET,
    RESUME,
    RHYTHM,
    START,
    VOID,
    Every,
    Rung,
    Step,
)
from .core_common import MINUTE, MONDAY, OFFICE_HOURS, SECOND, at, examples

FOUR_HOURS = Step(Limit(4, "work_hour"))
BY_CLOCK = Step(Limit(4, "hour"))
LATER = "+28 0:00"


def said(instant):
    """“+1 9:30”, as :func:`at` understands it."""
    days, seconds = divmod(int((instant - MONDAY).total_seconds()), 86400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    day = f"+{days} " if days else ""
    return f"{day}{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def story(*lines):
    """Facts as “+1 9:30 pause”; “start since=9:00 key=a”. Keys are the roles."""
    found = []
    for line in lines:
        *when, role = [word for word in line.split() if "=" not in word]
        more = dict(word.split("=") for word in line.split() if "=" in word)
        if "since" in more:
            more["since"] = at(more["since"].replace("_", " "))
        if "condition" in more:
            more["condition"] = int(more["condition"])
        more.setdefault("key", f"{role}{len(found) or ''}")
        found.append(Heard(at(" ".join(when)), role, **more))
    return found


def summary(case):
    """“9:00 to 14:00 done_on_time 12:00”: start, due, state, end."""
    words = [said(case.start), "to", said(case.due), case.state]
    if case.end:
        words.append(said(case.end))
    if case.is_paused:
        words.append("paused")
    return " ".join(words)


class JudgeCase(BaseCase):
    def _check(self, step, lines, *expected, now=LATER, earlier=()):
        """What came of a story, one line for each promise."""
        cases = judge(step, story(*lines), OFFICE_HOURS, at(now), earlier)
        self.assertEqual([summary(case) for case in cases], list(expected))
        return cases


@tagged("post_install", "-at_install")
class TestOnePromise(JudgeCase):
    def _one(self, lines, expected, step=FOUR_HOURS, now=LATER):
        with self.subTest(lines=lines, now=now):
            return self._check(step, ["9:00 start", *lines], expected, now=now)[0]

    def test_due(self):
        for now, state in [("9:00", OPEN), ("14:00", OPEN), ("14:00:01", BREACHED)]:
            case = self._one([], f"9:00 to 14:00 {state}", now=now)
            breach = at("14:00") if state == BREACHED else None
            self.assertEqual(case.breach, breach)

    def test_nothing_started_it(self):
        self._check(FOUR_HOURS, ["9:00 fulfil", "10:00 pause", "11:00 cancel"])

    def test_every_unit(self):
        cases = [
            (Limit(30, "minute"), "9:30"),
            (Limit(30, "hour"), "+1 15:00"),
            (Limit(30, "work_hour"), "+3 16:00"),
            (Limit(2, "work_day"), "+2 9:00"),
            (Limit(2, "work_day", ends_with_day=True), "+2 17:00"),
            (Limit(5, "day"), "+5 9:00"),
            (Limit(5, "day", outside=OPENING, opening_minutes=90), "+7 9:30"),
        ]
        self.assertEqual({limit.unit for limit, _due in cases}, set(UNITS))
        for limit, due in cases:
            self._one([], f"9:00 to {due} open", Step(limit), now="9:01")

    def test_proof(self):
        cases = [
            (["9:00 fulfil"], f"{ON_TIME} 9:00"),  # in the same second
            (["12:00 fulfil"], f"{ON_TIME} 12:00"),
            (["14:00 fulfil"], f"{ON_TIME} 14:00"),  # at the very second it is due
            (["14:00:01 fulfil"], f"{LATE} 14:00:01"),
            (["8:59:59 fulfil"], BREACHED),  # before it was promised
            (["12:00 fulfil key=start"], BREACHED),  # by what started it
            (["15:00 fulfil", "12:00 fulfil"], f"{ON_TIME} 12:00"),
            (["12:00 resume", "12:00 reset", "13:00 fulfil"], f"{ON_TIME} 13:00"),
        ]
        for lines, end in cases[:-1]:
            self._one(lines, f"9:00 to 14:00 {end}")
        self._one(cases[-1][0], "12:00 to 17:00 done_on_time 13:00")

    def test_proof_is_kept(self):
        lines = ["12:00 fulfil grade=attested key=b", "12:00 fulfil key=c"]
        case = self._one(lines, f"9:00 to 14:00 {ON_TIME} 12:00")
        self.assertEqual(case.proof.key, "c", "the system's proof weighs more")
        self.assertEqual(case.done, at("12:00"))
        case = self._one(["15:00 fulfil"], f"9:00 to 14:00 {LATE} 15:00")
        self.assertEqual(case.breach, at("14:00"))

    def test_proof_during_the_talk(self):
        lines = ["10:00 start since=9:00", "9:30 fulfil"]
        (case,) = self._check(FOUR_HOURS, lines, f"10:00 to 15:00 {ON_TIME} 9:30")
        self.assertEqual(case.since, at("9:00"))
        lines[1] = "8:59 fulfil"
        self._check(FOUR_HOURS, lines, "10:00 to 15:00 breached")

    def test_what_happens_during_the_talk_does_not_run_the_clock(self):
        cases = [
            (["9:15 pause", "9:30 resume"], "10:00 to 15:00"),
            (["9:15 pause", "11:00 resume"], "10:00 to 16:00"),
            (["9:15 reset"], "10:00 to 15:00"),
        ]
        for lines, expected in cases:
            lines = ["10:00 start since=9:00", *lines]
            with self.subTest(lines=lines):
                self._check(FOUR_HOURS, lines, f"{expected} open", now="11:00")

    def test_pause(self):
        cases = [
            (["10:00 pause", "11:00 resume"], "15:00 open"),
            (["11:30 pause", "13:30 resume"], "15:00 open"),  # over lunch
            (["12:00 pause", "13:00 resume"], "14:00 open"),  # no longer than it
            (
                ["10:00 pause", "11:00 resume", "13:00 pause", "14:00 resume"],
                "16:00 open",
            ),
            (["10:00 pause", "+7 10:00 resume"], "+7 14:00 open"),  # over the weekend
            (["10:00 pause", "11:00 pause", "11:30 resume"], "15:30 open"),
            (["8:00 pause", "10:00 resume"], "14:00 open"),  # before it began
            (["9:00 pause", "11:00 resume"], "16:00 open"),  # as it began
            (["11:00 resume"], "14:00 open"),
            (["10:00 pause"], "14:00 open paused"),  # for ever
            (["14:00 pause"], "14:00 open paused"),  # at the very second it is due
            (["14:00 pause", "15:00 resume"], "15:00 open"),
            (["14:00:01 pause", "20:00 resume"], "14:00 breached"),  # too late
            (["11:00 pause", "11:00 resume"], "14:00 open paused"),
            (["10:00 pause", "11:00 resume", "11:00 pause"], "15:00 open paused"),
        ]
        for lines, expected in cases:
            due = expected.partition(" open")[0]
            breached = "breached" in expected or "paused" in expected
            now = LATER if breached else due
            self._one(lines, f"9:00 to {expected}", now=now)

    def test_pause_by_the_clock(self):
        cases = [
            (["10:00 pause", "11:30 resume"], "14:30"),
            (["10:00 pause", "+2 10:00 resume"], "+2 13:00"),
        ]
        for lines, due in cases:
            self._one(lines, f"9:00 to {due} open", BY_CLOCK, now=due)

    def test_pauses_are_kept(self):
        lines = ["11:30 pause", "13:30 resume", "15:00 pause"]
        case = self._one(lines, "9:00 to 15:00 open paused")
        self.assertEqual(case.paused, 3600, "lunch is no working time")
        spans = [(pause.start, pause.end) for pause in case.pauses]
        self.assertEqual(spans, [(at("11:30"), at("13:30")), (at("15:00"), None)])

    def test_the_end_of_a_pause_and_the_opening(self):
        limit = Limit(2, "hour", outside=OPENING, opening_minutes=60)
        lines = ["16:30 start", "+1 8:30 pause", "+1 11:00 resume"]
        self._check(Step(limit), lines, "16:30 to +1 11:30 open", now="+1 11:30")

    def test_kept_during_a_pause(self):
        case = self._one(
            ["10:00 pause", "+1 10:00 fulfil"],
            f"9:00 to +1 14:00 {ON_TIME} +1 10:00",
        )
        self.assertEqual(case.pauses[-1].end, at("+1 10:00"))
        self.assertEqual(case.paused, 8 * 3600)
        # Nothing that follows changes it.
        self._one(
            ["10:00 pause", "+1 10:00 fulfil", "+1 11:00 resume", "+1 12:00 reset"],
            f"9:00 to +1 14:00 {ON_TIME} +1 10:00",
        )

    def test_ended_during_a_pause(self):
        for role, state in [(CANCEL, CANCELLED), (VOID, CANCELLED), (EXCUSE, EXCUSED)]:
            lines = ["10:00 pause", f"11:00 {role}"]
            self._one(lines, f"9:00 to 15:00 {state} 11:00")

    def test_reset(self):
        cases = [
            (["10:00 reset"], "10:00 to 15:00 open", "15:00"),
            (["10:00 reset", "11:00 reset"], "11:00 to 16:00 open", "16:00"),
            (["14:00 reset"], "14:00 to +1 9:00 open", "15:00"),
            (["14:00:01 reset"], "9:00 to 14:00 breached", LATER),
            (["8:00 reset"], "9:00 to 14:00 open", "9:00"),
            (["10:00 pause", "11:00 reset"], "11:00 to 16:00 open", "16:00"),
            (
                ["10:00 pause", "11:00 resume", "11:30 reset"],
                "11:30 to 16:30 open",
                "12:00",
            ),
            (["10:00 reset", "15:00 fulfil"], f"10:00 to 15:00 {ON_TIME} 15:00", LATER),
        ]
        for lines, expected, now in cases:
            self._check(FOUR_HOURS, ["9:00 start", *lines], expected, now=now)
        case = self._one(["10:00 reset", "11:00 reset"], "11:00 to 16:00 breached")
        self.assertEqual((case.resets, case.began), (2, at("9:00")))
        self.assertEqual((case.pauses, case.paused), ((), 0))

    def test_cancel(self):
        cases = [
            (["12:00 cancel"], f"{CANCELLED} 12:00"),
            (["14:00 cancel"], f"{CANCELLED} 14:00"),
            (["15:00 cancel"], f"{BREACHED} 15:00"),  # stays broken
            (["15:00 cancel", "16:00 fulfil"], f"{BREACHED} 15:00"),
            (["12:00 cancel", "12:00 fulfil"], f"{ON_TIME} 12:00"),
            (["12:00 cancel", "13:00 fulfil"], f"{CANCELLED} 12:00"),
            (["12:00 fulfil", "13:00 cancel"], f"{ON_TIME} 12:00"),
            (["8:00 cancel"], BREACHED),
        ]
        for lines, end in cases:
            self._one(lines, f"9:00 to 14:00 {end}")

    def test_void(self):
        cases = [
            (["12:00 void"], f"{CANCELLED} 12:00"),
            (["15:00 void"], f"{CANCELLED} 15:00"),
            (["12:00 fulfil", "13:00 void"], f"{ON_TIME} 12:00"),
        ]
        for lines, end in cases:
            self._one(lines, f"9:00 to 14:00 {end}")

    def test_excuse(self):
        cases = [
            (["12:00 excuse"], f"{EXCUSED} 12:00"),
            (["15:00 excuse"], f"{EXCUSED} 15:00"),
            (["15:00 fulfil", "16:00 excuse"], f"{EXCUSED} 15:00"),  # done late
            (["15:00 cancel", "16:00 excuse"], f"{EXCUSED} 15:00"),
            (["12:00 fulfil", "16:00 excuse"], f"{ON_TIME} 12:00"),
            (["12:00 cancel", "16:00 excuse"], f"{CANCELLED} 12:00"),
            (["12:00 excuse", "13:00 fulfil"], f"{EXCUSED} 12:00"),
            (["12:00 excuse", "12:00 fulfil"], f"{ON_TIME} 12:00"),
        ]
        for lines, end in cases:
            case = self._one(lines, f"9:00 to 14:00 {end}")
            self.assertIsNone(case.breach)

    def test_times(self):
        attempts = replace(FOUR_HOURS, times={1: 3})
        cases = [
            (["9:10 1", "9:20 1"], BREACHED, ((1, 2),)),
            (["9:10 1", "9:20 1", "9:30 1", "9:40 1"], f"{ON_TIME} 9:30", ((1, 3),)),
            (["9:10 1", "15:20 1", "15:30 1"], f"{LATE} 15:30", ((1, 3),)),
            (["9:10 1", "9:20 0", "9:30 1"], f"{ON_TIME} 9:20", ((0, 1), (1, 1))),
            (["9:10 1", "9:10 1", "9:10 1"], f"{ON_TIME} 9:10", ((1, 3),)),
            (["8:10 1", "9:20 1", "9:30 1"], BREACHED, ((1, 2),)),
        ]
        for short, end, counts in cases:
            lines = [
                line.replace(" ", " fulfil condition=") + f" key=k{place}"
                for place, line in enumerate(short)
            ]
            case = self._one(lines, f"9:00 to 14:00 {end}", attempts)
            self.assertEqual(case.counts, counts)

    def test_a_reset_begins_the_count_anew(self):
        attempts = replace(FOUR_HOURS, times={0: 2})
        lines = ["9:10 fulfil", "10:00 reset", "11:00 fulfil"]
        case = self._one(lines, "10:00 to 15:00 open", attempts, now="12:00")
        self.assertEqual(case.counts, ((0, 1),))

    def test_in_the_same_second(self):
        # A word that is kept as it is cancelled, excused or paused is kept.
        for role in (EXCUSE, VOID, CANCEL, RESUME, RESET, PAUSE):
            lines = [f"12:00 {role} key=a", "12:00 fulfil key=z"]
            self._one(lines, f"9:00 to 14:00 {ON_TIME} 12:00")
        # Going on and standing still again: it stands still.
        lines = ["10:00 pause", "11:00 pause key=a", "11:00 resume key=z"]
        self._one(lines, "9:00 to 15:00 open paused")

    def test_the_first_of_two_names_of_one_fact_counts(self):
        attempts = replace(FOUR_HOURS, times={0: 2})
        lines = ["10:00 fulfil key=a grade=attested", "10:00 fulfil key=a"]
        self._one(lines, "9:00 to 14:00 breached", attempts)
        lines = ["10:00 fulfil key=a", "10:00 fulfil key=a condition=1"]
        self._one(lines, f"9:00 to 14:00 {ON_TIME} 10:00", attempts)


@tagged("post_install", "-at_install")
class TestTimeOfTheJudgement(JudgeCase):
    """Starts to come, facts to come, facts that become known late."""

    def test_what_is_to_come_is_unheard_of(self):
        lines = ["9:00 start", "12:00 fulfil", "13:00 cancel"]
        self._check(FOUR_HOURS, lines, "9:00 to 14:00 open", now="11:59:59")

    def test_start_to_come(self):
        lines = ["+1 9:00 start", "10:00 fulfil", "11:00 cancel", "+1 10:00 fulfil"]
        for recurrence in (EACH, FIRST, RHYTHM):
            step = replace(FOUR_HOURS, recurrence=recurrence, every=Every(1, "month"))
            with self.subTest(recurrence=recurrence):
                self._check(step, lines, "+1 9:00 to +1 14:00 open", now="12:00")
                end = f"+1 9:00 to +1 14:00 {ON_TIME} +1 10:00"
                self._check(step, lines, end, now="+1 12:00")
        for recurrence in (NEXT, AGAIN):
            step = replace(FOUR_HOURS, recurrence=recurrence)
            with self.subTest(recurrence=recurrence):
                self._check(step, lines[:2], now="12:00")
                self._check(step, lines[:2], "+1 9:00 to +1 14:00 open", now="+1 9:00")

    def test_start_to_come_that_was_known_early(self):
        cases = [
            (["10:00 fulfil"], f"+1 9:00 to +1 14:00 {ON_TIME} 10:00"),
            (["10:00 cancel"], f"+1 9:00 to +1 14:00 {CANCELLED} 10:00"),
            (["10:00 pause", "11:00 resume"], "+1 9:00 to +1 14:00 open"),
            (["10:00 pause", "+1 10:00 resume"], "+1 9:00 to +1 15:00 open"),
        ]
        for lines, expected in cases:
            lines = ["+1 9:00 start since=9:00", *lines]
            with self.subTest(lines=lines):
                self._check(FOUR_HOURS, lines, expected, now="+1 10:00")

    def test_the_clock_of_the_server_was_set_back(self):
        lines = ["9:00 start", "12:00 pause", "13:00 resume"]
        self._check(FOUR_HOURS, lines, "9:00 to 14:00 open", now="8:00")
        known = self._check(FOUR_HOURS, lines, "9:00 to 14:00 breached", now="15:00")
        # What was said once is not taken back because of the time of day.
        self._check(FOUR_HOURS, [], "9:00 to 14:00 breached", now="8:00", earlier=known)
        known = self._check(FOUR_HOURS, lines[:2], "9:00 to 14:00 open paused")
        self._check(
            FOUR_HOURS,
            ["11:59 resume"],
            "9:00 to 14:00 open",
            now="13:00",
            earlier=known,
        )

    def test_known_late(self):
        broken = self._check(FOUR_HOURS, ["9:00 start"], "9:00 to 14:00 breached")
        cases = [
            (["13:00 fulfil"], f"9:00 to 14:00 {ON_TIME} 13:00"),
            (["14:00 fulfil"], f"9:00 to 14:00 {ON_TIME} 14:00"),
            (["15:00 fulfil"], f"9:00 to 14:00 {LATE} 15:00"),
            (["13:00 cancel"], f"9:00 to 14:00 {CANCELLED} 13:00"),
            (["15:00 cancel"], "9:00 to 14:00 breached 15:00"),
            (["13:30 pause"], "9:00 to 14:00 open paused"),
            (["13:30 pause", "15:00 resume"], "9:00 to 15:30 breached"),
            (["13:00 reset"], "13:00 to 17:00 breached"),
            (["13:00 resume"], "9:00 to 14:00 breached"),
        ]
        for lines, expected in cases:
            with self.subTest(lines=lines):
                self._check(FOUR_HOURS, lines, expected, earlier=broken)

    def test_pauses_stay_in_order(self):
        lines = ["9:00 start", "10:00 pause", "11:00 resume"]
        known = self._check(FOUR_HOURS, lines, "9:00 to 15:00 open", now="11:00")
        lines = ["10:30 pause", "11:30 resume"]
        (case,) = self._check(
            FOUR_HOURS, lines, "9:00 to 15:30 open", now="12:00", earlier=known
        )
        self.assertEqual(case.pauses[1].start, at("11:00"), "not twice")

    def test_meant_for_one_promise(self):
        lines = ["9:00 start key=a", "10:00 start key=b"]
        both = ["9:00 to 14:00 breached", "10:00 to 15:00 breached"]
        self._check(FOUR_HOURS, lines, *both)
        cases = [("fulfil", f"{ON_TIME} 12:00"), ("excuse", f"{EXCUSED} 12:00")]
        for role, end in cases:
            more = [*lines, f"12:00 {role} only=b"]
            self._check(FOUR_HOURS, more, both[0], f"10:00 to 15:00 {end}")
        self._check(FOUR_HOURS, [*lines, "12:00 void only=c"], *both)

    def test_a_person_may_speak_of_a_promise_to_come(self):
        start, word = "+1 9:00 start key=a", "10:00 void only=a"
        expected = f"+1 9:00 to +1 14:00 {CANCELLED} 10:00"
        self._check(FOUR_HOURS, [start, word], expected)
        known = self._check(FOUR_HOURS, [start], "+1 9:00 to +1 14:00 open", now="9:00")
        self._check(FOUR_HOURS, [word], expected, earlier=known)


@tagged("post_install", "-at_install")
class TestRecurrence(JudgeCase):
    START_TWICE = ["9:00 start", "10:00 start", "11:00 fulfil", "11:00:01 start"]

    def _step(self, recurrence, every=None):
        return replace(FOUR_HOURS, recurrence=recurrence, every=every)

    def test_each(self):
        self._check(
            self._step(EACH),
            [*self.START_TWICE, "11:00:01 start key=start"],
            "9:00 to 14:00 done_on_time 11:00",
            "10:00 to 15:00 done_on_time 11:00",
            "11:00:01 to 16:00:01 breached",
        )

    def test_first(self):
        expected = "9:00 to 14:00 done_on_time 11:00"
        self._check(self._step(FIRST), self.START_TWICE, expected)

    def test_next(self):
        self._check(
            self._step(NEXT),
            [*self.START_TWICE, "11:00:02 start"],
            "9:00 to 14:00 done_on_time 11:00",
            "11:00:01 to 16:00:01 breached",
        )
        # In the second in which one ends, none begins.
        lines = ["9:00 start", "11:00 fulfil", "11:00 start"]
        known = self._check(
            self._step(NEXT), lines, "9:00 to 14:00 done_on_time 11:00", now="11:00"
        )
        expected = "9:00 to 14:00 done_on_time 11:00"
        self._check(self._step(NEXT), lines, expected)
        self._check(self._step(NEXT), ["11:00 start"], expected, earlier=known)
        # One that is broken runs until it is kept or cancelled.
        lines = ["9:00 start", "+1 9:00 start", "+1 10:00 cancel", "+2 9:00 start"]
        self._check(
            self._step(NEXT),
            lines,
            "9:00 to 14:00 breached +1 10:00",
            "+2 9:00 to +2 14:00 breached",
        )

    def test_again(self):
        cases = self._check(
            self._step(AGAIN),
            ["9:00 start", "10:00 start", "11:00 fulfil", "11:00 fulfil",
             "16:30 fulfil", "17:00 excuse", "+1 9:00 cancel"],
            "9:00 to 14:00 done_on_time 11:00",
            "11:00 to 16:00 excused 16:30",
            "16:30 to +1 11:30 excused 17:00",
            "17:00 to +1 12:00 cancelled +1 9:00",
        )  # fmt: skip
        self.assertEqual([case.number for case in cases], [1, 2, 3, 4])
        self.assertEqual({case.root for case in cases}, {"start"})
        self.assertEqual(cases[2].key, "start#3")
        self.assertEqual(cases[1].since, at("11:00:01"), "the same letter is no proof")

    def test_again_after_it_was_cancelled(self):
        lines = ["9:00 start", "10:00 cancel", "11:00 fulfil", "12:00 start key=b"]
        cases = self._check(
            self._step(AGAIN),
            [*lines, "14:00 fulfil"],
            "9:00 to 14:00 cancelled 10:00",
            "12:00 to 17:00 done_on_time 14:00",
            "14:00 to +1 9:00 breached",
        )
        self.assertEqual(cases[-1].key, "b#2")

    def test_again_is_not_broken_by_a_void(self):
        lines = ["9:00 start", "10:00 void"]
        self._check(self._step(AGAIN), lines, "9:00 to 14:00 cancelled 10:00")

    def test_rhythm(self):
        weekly = self._step(RHYTHM, Every(1, "week"))
        lines = ["9:00 start", "+1 9:00 start", "+7 10:00 fulfil", "+14 10:00 cancel"]
        cases = self._check(
            weekly,
            lines,
            "9:00 to 14:00 done_late +7 10:00",
            "+7 9:00 to +7 14:00 done_on_time +7 10:00",
            "+14 9:00 to +14 14:00 cancelled +14 10:00",
        )
        self.assertEqual([case.key for case in cases], ["start", "start#2", "start#3"])
        self.assertEqual([case.is_last for case in cases], [False, False, True])
        self.assertEqual(cases[-1].stopped, at("+14 10:00"))

    def test_rhythm_begins_anew(self):
        weekly = self._step(RHYTHM, Every(1, "week"))
        lines = ["9:00 start", "10:00 fulfil", "+2 9:00 cancel", "+2 9:00 start",
                 "+1 9:00 start", "+3 9:00 start key=b", "+4 9:00 cancel"]  # fmt: skip
        cases = self._check(
            weekly,
            lines,
            "9:00 to 14:00 done_on_time 10:00",
            "+3 9:00 to +3 14:00 breached +4 9:00",
        )
        self.assertEqual(cases[1].root, "b")
        self.assertTrue(cases[0].is_last and cases[1].is_last)
        self._check(weekly, lines, *map(summary, cases), earlier=cases)

    def test_rhythm_by_months(self):
        monthly = self._step(RHYTHM, Every(1, "month"))
        start = Heard(at("+27 9:00"), START, "start")  # 31 May
        now = at("+27 9:00") + timedelta(days=92)
        cases = judge(monthly, [start], OFFICE_HOURS, now)
        days = [f"{case.start:%d.%m.}" for case in cases]
        self.assertEqual(days, ["31.05.", "30.06.", "31.07.", "31.08."])

    def test_a_reset_does_not_move_the_rhythm(self):
        weekly = self._step(RHYTHM, Every(1, "week"))
        lines = ["10:00 start since=9:00", "12:00 reset", "+7 11:00 reset"]
        self._check(
            weekly,
            lines,
            "12:00 to 17:00 breached",
            "+7 11:00 to +7 16:00 breached",
            "+14 10:00 to +14 15:00 breached",
            "+21 10:00 to +21 15:00 open",
            now="+21 12:00",
        )

    def test_a_rhythm_makes_no_endless_list(self):
        self.patch(judging, "MOST_BEATS", 3)
        daily = self._step(RHYTHM, Every(1, "day"))
        cases = judge(daily, story("9:00 start"), OFFICE_HOURS, at(LATER))
        self.assertEqual(len(cases), 4)
        more = judge(daily, [], OFFICE_HOURS, at(LATER), cases)
        self.assertEqual(len(more), 7)

    def test_in_the_order_of_their_beginning(self):
        known = self._check(EACH_STEP, ["12:00 start key=b"], "12:00 to 17:00 breached")
        lines = ["9:00 start key=c"]
        both = ["9:00 to 14:00 breached", "12:00 to 17:00 breached"]
        self._check(EACH_STEP, lines, *both, earlier=known)


EACH_STEP = replace(FOUR_HOURS, recurrence=EACH)


@tagged("post_install", "-at_install")
class TestAlarms(JudgeCase):
    LADDER = replace(
        FOUR_HOURS,
        warn_percents=(50, 75),
        rungs=(
            Rung("half", percent=50),
            Rung("chief", after=Limit(1, "work_hour")),
            Rung("boss", after=Limit(1, "day")),
        ),
    )

    def _alarms(self, *lines, step=LADDER, now=LATER):
        (case,) = judge(step, story("9:00 start", *lines), OFFICE_HOURS, at(now))
        found = alarms(step, case, OFFICE_HOURS)
        return [f"{said(a.date)} {a.kind} {a.key}".strip() for a in found]

    def test_ladder(self):
        self.assertEqual(
            self._alarms(),
            [
                "11:00 warned 50",
                "11:00 escalated half",
                "12:00 warned 75",
                "14:00 breached",
                "15:00 escalated chief",
                "+1 14:00 escalated boss",
            ],
        )

    def test_after_a_pause(self):
        # What was before the pause stays where it was.
        found = self._alarms("11:30 pause", "14:30 resume", now="15:00")
        self.assertEqual(found[0], "11:00 warned 50")
        self.assertEqual(found[2:4], ["15:00 warned 75", "16:00 breached"])

    def test_after_a_reset(self):
        found = self._alarms("10:00 reset", now="11:00")
        self.assertEqual(
            found,
            [
                "12:00 warned 50~1",
                "12:00 escalated half~1",
                "14:00 warned 75~1",
                "15:00 breached",
                "16:00 escalated chief",
                "+1 15:00 escalated boss",
            ],
        )

    def test_none(self):
        for lines in (["10:00 pause"], ["10:00 fulfil"], ["15:00 cancel"]):
            self.assertEqual(self._alarms(*lines), [])
        plain = self._alarms(step=FOUR_HOURS)
        self.assertEqual(plain, ["14:00 breached"])

    def test_all_at_once(self):
        step = replace(self.LADDER, limit=Limit(1 / 60, "minute"))
        found = self._alarms(step=step)[:4]
        self.assertEqual([line.split()[1] for line in found[:2]], [WARN, ESCALATE])
        self.assertEqual([line.split()[1] for line in found[2:]], [WARN, BREACH])


@tagged("post_install", "-at_install")
class TestAccount(JudgeCase):
    def _account(self, step, *lines, until=LATER, now=LATER):
        (case,) = judge(step, story(*lines), OFFICE_HOURS, at(now))
        found = account(step, case, OFFICE_HOURS, at(until))
        for stretch in found:
            self.assertEqual(stretch.day, stretch.start.date())
        return [
            f"{said(s.start)} to {said(s.end)} {s.kind} {s.seconds / 3600:g}"
            for s in found
        ]

    def test_working_time(self):
        found = self._account(
            FOUR_HOURS, "16:00 start", "+1 9:00 pause", "+1 14:00 resume",
            "+1 16:00 fulfil",
        )  # fmt: skip
        self.assertEqual(
            found,
            [
                "16:00 to 17:00 counted 1",
                "+1 8:00 to +1 9:00 counted 1",
                "+1 9:00 to +1 12:00 paused 3",
                "+1 13:00 to +1 14:00 paused 1",
                "+1 14:00 to +1 16:00 counted 2",
            ],
        )

    def test_by_the_clock(self):
        found = self._account(BY_CLOCK, "22:00 start", "23:00 pause", until="+1 1:00")
        self.assertEqual(
            found,
            [
                "22:00 to 23:00 counted 1",
                "23:00 to +1 0:00 paused 1",
                "+1 0:00 to +1 1:00 paused 1",
            ],
        )

    def test_until(self):
        lines = ["9:00 start", "10:00 pause", "11:00 resume"]
        cases = [
            ("8:00", []),
            ("9:30", ["9:00 to 9:30 counted 0.5"]),
            ("10:30", ["9:00 to 10:00 counted 1", "10:00 to 10:30 paused 0.5"]),
        ]
        for until, expected in cases:
            self.assertEqual(self._account(FOUR_HOURS, *lines, until=until), expected)

    def test_on_time_percent(self):
        self.assertEqual(on_time_percent(3, 1, 0), 75)
        self.assertEqual(on_time_percent(0, 1, 3), 0)
        self.assertIsNone(on_time_percent(0, 0, 0))


# --- whatever happens ---------------------------------------------------------

# Often at the borders of working hours, and often at the same instant.
moments = st.one_of(
    st.integers(0, 80).map(lambda n: MONDAY + n * timedelta(hours=3)),
    st.integers(0, 240).map(lambda n: MONDAY + n * timedelta(hours=1)),
    st.integers(0, 10 * 86400).map(lambda n: MONDAY + n * SECOND),
)
NOW = MONDAY + timedelta(days=12)
limits = st.builds(
    Limit,
    st.sampled_from([0.5, 1, 2, 4, 7.75, 8, 9, 24]),
    st.sampled_from(UNITS),
    st.booleans(),
    st.sampled_from(["leave", OPENING]),
    st.sampled_from([0, 1, 60, 600]),
)
plain_limits = limits.map(lambda limit: Limit(limit.value, limit.unit))
after = st.builds(Limit, st.integers(1, 20), st.sampled_from(UNITS))
rungs = st.lists(
    st.one_of(
        st.builds(Rung, st.just("a"), percent=st.integers(1, 99)),
        st.builds(Rung, st.just("b"), after=after),
    ),
    max_size=2,
    unique_by=lambda rung: rung.key,
).map(tuple)
steps = st.builds(
    Step,
    limit=limits,
    warn_percents=st.sampled_from([(), (75,), (1, 99)]),
    rungs=rungs,
    recurrence=st.sampled_from(RECURRENCES),
    every=st.builds(
        Every, st.integers(1, 9), st.sampled_from(["day", "week", "month"])
    ),
    times=st.sampled_from([{}, {0: 2}, {1: 3}]),
)


@st.composite
def starts(draw):
    date = draw(moments)
    since = draw(st.none() | moments)
    return Heard(date, START, draw(st.sampled_from("abcd")), since=since)


@st.composite
def happenings(draw):
    """What is no start; now and then what started a promise plays another part, too."""
    role = draw(st.sampled_from([*CONDITION_ROLES, *CONDITION_ROLES, EXCUSE, VOID]))
    key = draw(st.sampled_from("abcd") | st.integers(0, 999).map(str))
    condition = draw(st.integers(0, 1)) if role == FULFIL else 0
    grade = draw(st.sampled_from(["system", "attested"]))
    return Heard(draw(moments), role, key, grade=grade, condition=condition)


stories = st.builds(
    lambda some, more: [*some, *more],
    st.lists(starts(), min_size=1, max_size=4, unique_by=lambda fact: fact.name),
    st.lists(happenings(), max_size=12, unique_by=lambda fact: fact.name),
)


@st.composite
def pauses(draw):
    """Times one after the other, as facts."""
    borders = sorted(draw(st.sets(moments, max_size=8)))
    return [
        (Heard(start, PAUSE, f"p{n}"), Heard(end, RESUME, f"r{n}"))
        for n, (start, end) in enumerate(zip(borders[::2], borders[1::2], strict=False))
    ]


def due_after(limit, start, spans):
    """When one promise is due after all pauses."""
    facts = [Heard(start, START, "a"), *(fact for span in spans for fact in span)]
    (case,) = judge(Step(limit), facts, OFFICE_HOURS, NOW)
    return case.due


@tagged("post_install", "-at_install")
class TestWhateverHappens(BaseCase):
    @examples(300)
    @given(limits, st.integers(1, 99), moments, pauses())
    def test_a_longer_limit_is_never_due_earlier(self, limit, more, start, spans):
        longer = replace(limit, value=limit.value + more / 4)
        self.assertLessEqual(
            due_after(limit, start, spans), due_after(longer, start, spans)
        )

    @examples(500)
    @given(limits, moments, pauses(), st.data())
    def test_one_more_pause_is_never_due_earlier(self, limit, start, spans, data):
        assume(spans)
        extra = data.draw(st.integers(0, len(spans) - 1))
        without = spans[:extra] + spans[extra + 1 :]
        self.assertLessEqual(
            due_after(limit, start, without), due_after(limit, start, spans)
        )

    @examples(400)
    @given(steps, stories, st.lists(moments, min_size=1, max_size=3), st.data())
    def test_in_goes_as_at_once(self, step, facts, splits, data):
        facts = [*facts, *data.draw(self._words(step, facts))]
        cases, before = (), None
        for instant in [*sorted(splits), NOW]:
            news = [
                fact
                for fact in facts
                if fact.role == START or before is None or fact.date > before
            ]
            cases = judge(step, news, OFFICE_HOURS, instant, cases)
            before = instant
        self.assertEqual(cases, judge(step, facts, OFFICE_HOURS, NOW))

    @staticmethod
    def _words(step, facts):
        """What people say of single promises, even of those to come.

        Not of one that depends on whether another is running then: it is not known yet.
        """
        first, *more = sorted(
            (fact for fact in facts if fact.role == START), key=lambda fact: fact.place
        )
        if step.recurrence in (NEXT, AGAIN):
            return st.just([])
        keys = [first.key]
        if step.recurrence == EACH:
            keys += [fact.key for fact in more]
        word = st.builds(
            Heard,
            moments,
            st.sampled_from([FULFIL, PAUSE, RESUME, EXCUSE, VOID]),
            st.integers(0, 99).map("word {}".format),
            only=st.sampled_from(keys),
        )
        return st.lists(word, max_size=3, unique_by=lambda fact: fact.name)

    @examples(200)
    @given(steps, stories, st.randoms(use_true_random=False))
    def test_order_and_repetition_do_not_matter(self, step, facts, chance):
        mixed = [*facts, *chance.choices(facts, k=3)]
        mixed += [replace(fact, grade="none") for fact in facts[-2:]]
        mixed += [replace(fact, date=NOW) for fact in facts[-1:]]
        chance.shuffle(mixed)
        self.assertEqual(
            judge(step, mixed, OFFICE_HOURS, NOW), judge(step, facts, OFFICE_HOURS, NOW)
        )

    @examples(200)
    @given(steps, stories, happenings())
    def test_what_was_before_changes_nothing(self, step, facts, fact):
        begin = min(fact.begin for fact in facts if fact.role == START)
        before = replace(fact, date=begin - SECOND, key="before")
        self.assertEqual(
            judge(step, [*facts, before], OFFICE_HOURS, NOW),
            judge(step, facts, OFFICE_HOURS, NOW),
        )

    @examples(300)
    @given(steps, stories, st.sampled_from(CONDITION_ROLES), moments)
    def test_what_does_not_matter_changes_nothing(self, step, facts, role, moment):
        """Facts that none of the promises was waiting for at that instant."""
        news = Heard(moment, role, "news", condition=1)
        facts = [fact for fact in facts if fact.date != moment]
        standing = judge(step, facts, OFFICE_HOURS, moment)
        began = [case for case in standing if case.since <= moment]
        assume(all(self._is_indifferent(case, role) for case in began))
        # A rhythm is ended even when nothing of it is open.
        assume(role != CANCEL or step.recurrence != RHYTHM)
        self.assertEqual(
            judge(step, [*facts, news], OFFICE_HOURS, NOW),
            judge(step, facts, OFFICE_HOURS, NOW),
        )

    @staticmethod
    def _is_indifferent(case, role):
        if case.end:
            return True
        if case.state == BREACHED:
            return role in (PAUSE, RESUME, RESET)
        return role == (PAUSE if case.is_paused else RESUME)

    @examples(300)
    @given(steps, stories, moments)
    def test_states_are_consistent(self, step, facts, now):
        for case in judge(step, facts, OFFICE_HOURS, now):
            self._check_state(case, now)
            self._check_pauses(case)
            self.assertLessEqual(case.start, case.due)
            self.assertEqual(case.began is not None, case.resets > 0)
            if step.recurrence == FIRST:
                self.assertEqual(case.number, 1)

    def _check_state(self, case, now):
        self.assertEqual(case.proof is not None, case.done is not None)
        self.assertEqual(
            case.breach, case.due if case.state in (BREACHED, LATE) else None
        )
        kept = case.state in (ON_TIME, LATE)
        if kept:
            self.assertEqual(case.end, case.done)
            self.assertEqual(case.state == LATE, case.done > case.due)
        if case.done:
            self.assertEqual((case.proof.date, case.proof.role), (case.done, FULFIL))
            self.assertIn(case.state, (ON_TIME, LATE, EXCUSED))
        if case.end:
            self.assertNotEqual(case.state, OPEN)
            self.assertGreaterEqual(case.end, case.since)
            self.assertLessEqual(case.end, now)
            self.assertFalse(case.is_paused)
        else:
            self.assertIn(case.state, (OPEN, BREACHED))
            is_late = not case.is_paused and case.due < now
            self.assertEqual(case.state, BREACHED if is_late else OPEN)

    def _check_pauses(self, case):
        borders = [case.start]
        for pause in case.pauses:
            borders += [pause.start, *([pause.end] if pause.end else [])]
        if not case.is_paused:
            borders.append(case.due)
        self.assertEqual(borders, sorted(borders))

    @examples(300)
    @given(steps, stories)
    def test_one_runs_at_a_time(self, step, facts):
        assume(step.recurrence in (FIRST, NEXT, AGAIN))
        cases = judge(step, facts, OFFICE_HOURS, NOW)
        self.assertEqual(len({case.key for case in cases}), len(cases))
        for before, following in zip(cases, cases[1:], strict=False):
            self.assertIsNotNone(before.end)
            self.assertLess(before.end, following.since)

    @examples(300)
    @given(steps, stories, moments)
    def test_alarms_lie_where_they_belong(self, step, facts, now):
        percents = {rung.key for rung in step.rungs if rung.percent}
        for case in judge(step, facts, OFFICE_HOURS, now):
            found = alarms(step, case, OFFICE_HOURS)
            self.assertEqual([a.date for a in found], sorted(a.date for a in found))
            if case.end or case.is_paused:
                self.assertEqual(found, ())
                continue
            count = 1 + len(step.warn_percents) + len(step.rungs)
            self.assertEqual(len(set(found)), count)
            for alarm in found:
                if alarm.kind == BREACH:
                    self.assertEqual(alarm.date, case.due)
                elif alarm.kind == WARN or alarm.key.partition("~")[0] in percents:
                    self.assertLessEqual(case.start, alarm.date)
                    self.assertLessEqual(alarm.date, case.due)
                else:
                    self.assertLessEqual(case.due, alarm.date)

    @examples(300)
    @given(plain_limits, moments, pauses())
    def test_the_account_adds_up(self, limit, start, spans):
        step = Step(limit)
        facts = [Heard(start, START, "a"), *(fact for span in spans for fact in span)]
        due = due_after(limit, start, spans)
        facts.append(Heard(due, FULFIL, "z"))
        (case,) = judge(step, facts, OFFICE_HOURS, due)
        self.assertEqual((case.state, case.done, case.due), (ON_TIME, due, due))
        found = account(step, case, OFFICE_HOURS, due)
        for kind, seconds in [
            ("counted", round(limit.seconds())),
            ("paused", case.paused),
        ]:
            self.assertEqual(sum(s.seconds for s in found if s.kind == kind), seconds)
        borders = [instant for s in found for instant in (s.start, s.end)]
        self.assertEqual(borders, sorted(borders))

    # --- minute by minute -----------------------------------------------------

    @examples(300)
    @given(
        st.sampled_from(["minute", "hour"]),
        st.integers(1, 8),
        st.integers(0, 100),
        st.lists(
            st.tuples(st.integers(0, 100), st.sampled_from([PAUSE, RESUME])), max_size=6
        ),
        st.none() | st.integers(0, 120),
        st.integers(0, 120),
    )
    def test_agrees_with_a_clock_that_is_stopped(
        self, unit, limit, start, switches, proof, now
    ):
        """One start, pauses, one proof: every quarter of an hour is counted."""
        limit = Limit(15 * limit if unit == "minute" else limit / 4, unit)
        facts = [Heard(_quarter(start), START, "a")]
        facts += [
            Heard(_quarter(q), role, f"{n}") for n, (q, role) in enumerate(switches)
        ]
        if proof is not None:
            facts.append(Heard(_quarter(proof), FULFIL, "z"))
        cases = judge(Step(limit), facts, OFFICE_HOURS, _quarter(now))
        watch = _StopWatch(limit, start, set(switches), proof)
        if now < start:
            self.assertEqual([case.state for case in cases], [OPEN])
            return
        state, due = watch.run_until(now)
        self.assertEqual([case.state for case in cases], [state])
        if due is not None and not cases[0].is_paused and not cases[0].done:
            self.assertEqual(cases[0].due, _quarter(due))


def _quarter(number):
    return MONDAY + number * 15 * MINUTE


class _StopWatch:
    """The naive judge of one promise, who looks at it every quarter of an hour."""

    def __init__(self, limit, start, switches, proof):
        self.limit, self.start = limit, start
        self.switches, self.proof = switches, proof

    def run_until(self, now):
        """The state at an instant, and when it was due if that has come."""
        left = round(self.limit.seconds()) // 900
        paused, due = False, None
        for quarter in range(self.start, now + 1):
            broken = not left and not paused and due < quarter
            if quarter == self.proof:
                return (LATE if broken else ON_TIME), due
            if (quarter, RESUME) in self.switches and paused:
                paused = False
                due = None if left else quarter
            if (quarter, PAUSE) in self.switches and not broken:
                paused = True
            if not paused and left and self._counts(quarter):
                left -= 1
                due = None if left else quarter + 1
        broken = not left and not paused and due < now
        return (BREACHED if broken else OPEN), due

    def _counts(self, quarter):
        if not self.limit.in_working_time:
            return True
        day, of_day = divmod(quarter, 96)
        return day % 7 < 5 and (32 <= of_day < 48 or 52 <= of_day < 68)
