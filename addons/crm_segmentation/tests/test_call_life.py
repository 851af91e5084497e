from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.call_life import STATES, Life, Report

TEN = datetime(2026, 5, 20, 10)


def _report(state="", minute=None, arrival=60, **values):
    at = None if minute is None else TEN + timedelta(minutes=minute)
    return Report(values, state, at, TEN + timedelta(minutes=arrival))


def _heard(*reports):
    """The values that are written in the end."""
    life, written = Life(), {}
    for report in reports:
        life, values = Life.from_json(life.to_json()).hear(report)
        written.update(values)
    return written


_reports = st.lists(
    st.builds(
        Report,
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 3)),
        st.sampled_from((*STATES, "")),
        st.integers(0, 10**6).map(lambda second: TEN + timedelta(seconds=second)),
        st.just(TEN),
    ),
    max_size=6,
    unique_by=lambda report: tuple(report.rank),
)
_shuffled = _reports.flatmap(
    lambda reports: st.tuples(
        st.just(reports), st.permutations([*reports, *reports[:2]])
    )
)
# The first draw builds the tables of the strategies; on a busy machine that is slow.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@tagged("post_install", "-at_install")
class TestCallLife(BaseCase):
    def test_what_is_written(self):
        ringing = _report("ringing", 0, note="rings", phone="1")
        answered = _report("answered", 1, note="talks", user="me")
        ended = _report("ended", 6, note="ended")
        table = [
            ((ringing, answered, ended), "ended"),
            ((ended, answered, ringing), "ended"),
            ((answered, ended, ringing, answered), "ended"),
            ((ringing, answered), "talks"),
        ]
        for reports, note in table:
            with self.subTest(note=note, reports=len(reports)):
                written = _heard(*reports)
                self.assertEqual(written["note"], note)
                self.assertEqual(written["phone"], "1")
                self.assertEqual(written["user"], "me")
        self.assertEqual(written.get("duration"), None)
        self.assertEqual(
            _heard(ended, ringing, answered),
            {
                "note": "ended",
                "phone": "1",
                "user": "me",
                "date": TEN + timedelta(minutes=1),
                "duration": 5.0,
            },
        )

    def test_what_was_told_is_not_derived(self):
        written = _heard(_report("answered", 1, date=TEN), _report("ended", 6))
        self.assertEqual(written, {"date": TEN})
        written = _heard(_report("answered", 1, duration=2.5), _report("ended", 6))
        self.assertEqual(written["duration"], 2.5)
        # Clocks that disagree.
        written = _heard(_report("answered", 6), _report("ended", 1))
        self.assertEqual(written["duration"], 0.0)

    def test_without_an_instant_the_state_and_the_arrival_decide(self):
        table = [
            ((_report("ended", x=1), _report("ringing", arrival=90, x=2)), 1),
            ((_report("ringing", x=2), _report("ended", arrival=0, x=1)), 1),
            ((_report(x=1), _report(arrival=90, x=2)), 2),
            ((_report("ended", x=1), _report(arrival=90, x=2)), 2),
            ((_report(x=1), _report(x=2)), 2),
        ]
        for reports, value in table:
            with self.subTest(reports=reports):
                self.assertEqual(_heard(*reports)["x"], value)

    def test_person_outranks_every_report(self):
        life, _values = Life().hear(_report("ended", 5, x=1, y=1))
        life = life.corrected(["x"], TEN)
        life, values = life.hear(_report("recording", 90, x=2, y=2))
        self.assertEqual((values["y"], "x" in values), (2, False))
        _life, values = life.corrected(["x", "date"], TEN).hear(_report("ringing", 0))
        self.assertFalse({"x", "y", "date"} & values.keys())

    @_patient
    @given(_shuffled)
    def test_every_order_of_arrival_ends_the_same(self, both):
        reports, shuffled = both
        self.assertEqual(_heard(*shuffled), _heard(*reports))

    @_patient
    @given(_reports)
    def test_older_report_never_overwrites(self, reports):
        """The oracle: of all that told a value, the one with the highest rank."""
        written = _heard(*reports)
        for name in "abc":
            tellers = [report for report in reports if name in report.values]
            if tellers:
                newest = max(tellers, key=lambda report: report.rank)
                self.assertEqual(written[name], newest.values[name])
            else:
                self.assertNotIn(name, written)
