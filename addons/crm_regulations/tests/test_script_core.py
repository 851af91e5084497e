from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..core import quality, script
from ..core.script import Answer, Line
from .core_common import examples

_CODES = st.sampled_from("abcd")
_ANSWERS = st.builds(
    Answer,
    st.just("Yes"),
    st.sampled_from(["", *"abcde"]),
    st.sampled_from(["", "end"]),
)
_LINES = st.lists(
    st.builds(
        Line, _CODES, st.just("Hello"), st.lists(_ANSWERS, max_size=3).map(tuple)
    ),
    max_size=4,
)


def _line(code, *answers, text="Hello"):
    return Line(code, text, tuple(Answer(*answer) for answer in answers))


_END = ("Bye", "", "solved")


class TestScriptCore(BaseCase):
    def test_problems(self):
        good = _line("1", ("Yes", "2"), _END), _line("2", ("Again", "1"), _END)
        for lines, kind, line, detail in (
            ((), script.NO_LINES, "", ""),
            ((_line("1", _END), _line("1", _END)), script.TWICE, "1", ""),
            ((_line("1"),), script.NO_ANSWERS, "1", ""),
            ((_line("1", ("Yes",), _END),), script.NOWHERE, "1", "Yes"),
            ((_line("1", ("Yes", "1", "solved")),), script.BOTH, "1", "Yes"),
            ((_line("1", ("Yes", "7"), _END),), script.UNKNOWN, "1", "7"),
            ((_line("1", ("Yes", "1")),), script.ENDLESS, "1", ""),
            (
                (_line("1", ("Yes", "2"), _END), _line("2", ("No", "3")),
                 _line("3", ("No", "2"))),
                script.ENDLESS, "2", "",
            ),
            ((_line("1", _END), _line("2", _END)), script.UNREACHED, "2", ""),
            ((_line("1", _END, text="Hi {you}"),), script.PLACE, "1", "you"),
        ):  # fmt: skip
            with self.subTest(kind):
                found = script.problem(lines)
                self.assertEqual((found.kind, found.line, found.detail),
                                 (kind, line, detail))  # fmt: skip
        self.assertIsNone(script.problem(good), "a circle that can be left is none")

    @examples(300)
    @given(_LINES, st.lists(st.integers(0, 2), max_size=30))
    def test_a_good_script_can_always_be_ended(self, lines, choices):
        """Wherever one is led, an answer is there, and an end can be reached."""
        if script.problem(lines):
            return
        known, line = {line.code: line for line in lines}, lines[0]
        for choice in choices:
            answer = line.answers[choice % len(line.answers)]
            if answer.result:
                return
            line = known[answer.goto]
        seen, todo = set(), [line.code]
        ends = False
        while todo:
            code = todo.pop()
            if code not in seen:
                seen.add(code)
                ends |= any(a.result for a in known[code].answers)
                todo += [a.goto for a in known[code].answers if a.goto]
        self.assertTrue(ends)

    def test_names_are_put_in_and_nothing_is_evaluated(self):
        names = {"customer": "Dr. {me}", "me": "Olena"}
        for text, said in (
            ("Good day, {customer}!", "Good day, Dr. {me}!"),
            ("{me} of {us}", "Olena of …"),
            ("{0} {me.__class__} {", "… … {"),
        ):
            self.assertEqual(script.filled(text, names), said)

    def test_score(self):
        for marks, expected in (
            ([], None),
            ([(3, 3, 3)], None),
            ([(1, 1, 5), (5, 1, 5)], 3),
            ([(10, 0, 10), (0, 0, 10)], 3),
            ([(2, 1, 5)], 2),
            ([(9, 1, 5), (-3, 1, 5)], 3),
            ([(1, 1, 5), (2, 1, 5), (2, 1, 5)], 1.67),
        ):
            self.assertEqual(quality.score(marks), expected)
