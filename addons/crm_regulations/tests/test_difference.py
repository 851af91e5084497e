from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.difference import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    Change,
    Line,
    Told,
    difference,
)
from ..core.plural import is_single
from .core_common import examples

keys = st.sampled_from("abcd")


@st.composite
def documents(draw, depth=2):
    """Any document: its lines have different keys, its parts may share theirs."""
    lines = draw(st.dictionaries(keys, st.sampled_from(["", "x", "y"])))
    parts = draw(st.lists(documents(depth - 1), max_size=4)) if depth else []
    return Told(
        draw(keys),
        "part",
        draw(st.sampled_from(["One", "Two"])),
        tuple(Line(key, key.upper(), text) for key, text in lines.items()),
        tuple(parts),
    )


def _texts(told):
    return {line.key: line.text for line in told.lines if line.text}


def _count(told):
    return sum(1 + _count(part) for part in told.parts)


@tagged("post_install", "-at_install")
class TestDifference(BaseCase):
    def _step(self, key, limit="4 h", parts=()):
        return Told(key, "step", key.upper(), (Line("limit", "Limit", limit),), parts)

    def _document(self, *steps, name="Requests"):
        return Told("r", "regulation", name, (Line("name", "Name", name),), steps)

    def test_a_property(self):
        before = self._document(self._step("send", "4 h"), self._step("call"))
        after = self._document(self._step("send", "2 h"), self._step("call"))
        self.assertEqual(
            difference(before, after),
            [Change(CHANGED, ("SEND",), None, "limit", "Limit", "4 h", "2 h")],
        )

    def test_parts(self):
        kept, gone, new = map(self._step, ("kept", "gone", "new"))
        self.assertEqual(
            difference(self._document(gone, kept), self._document(kept, new)),
            [Change(ADDED, (), new), Change(REMOVED, (), gone)],
        )

    def test_deep(self):
        rung, other = self._step("rung", "1 h"), self._step("rung", "3 h")
        self.assertEqual(
            difference(
                self._document(self._step("send", parts=(rung,))),
                self._document(self._step("send", parts=(other,))),
            ),
            [Change(CHANGED, ("SEND", "RUNG"), None, "limit", "Limit", "1 h", "3 h")],
        )

    def test_order(self):
        one, two, three = map(self._step, ("one", "two", "three"))
        self.assertEqual(
            difference(
                self._document(one, two, three), self._document(three, one, two)
            ),
            [Change(MOVED, (), three)],
            "the fewest are said to have moved",
        )

    def test_the_same_key_twice(self):
        one, two = self._step("rung", "1 h"), self._step("rung", "2 h")
        self.assertEqual(
            difference(self._document(one, two), self._document(one)),
            [Change(REMOVED, (), two)],
        )

    @examples(200)
    @given(documents())
    def test_nothing_differs_from_itself(self, document):
        self.assertEqual(difference(document, document), [])

    @examples(300)
    @given(documents(), documents())
    def test_there_and_back(self, one, two):
        """What is new one way is removed the other way, and values are exchanged."""
        there, back = difference(one, two), difference(two, one)
        for kind, opposite in ((ADDED, REMOVED), (REMOVED, ADDED)):
            self.assertEqual(
                sorted(c.part.key for c in there if c.kind == kind),
                sorted(c.part.key for c in back if c.kind == opposite),
            )
        self.assertEqual(
            sorted((c.key, c.before, c.after) for c in there if c.kind == CHANGED),
            sorted((c.key, c.after, c.before) for c in back if c.kind == CHANGED),
        )
        moved = [sum(c.kind == MOVED for c in way) for way in (there, back)]
        self.assertEqual(*moved)

    @examples(300)
    @given(documents(depth=0), documents(depth=0))
    def test_the_changes_make_the_one_the_other(self, one, two):
        texts = _texts(one)
        for change in difference(one, two):
            self.assertEqual(texts.pop(change.key, ""), change.before)
            if change.after:
                texts[change.key] = change.after
        self.assertEqual(texts, _texts(two))

    @examples(300)
    @given(documents(depth=1), documents(depth=1))
    def test_as_many_parts(self, one, two):
        found = [change.kind for change in difference(one, two)]
        self.assertEqual(
            _count(one) + found.count(ADDED) - found.count(REMOVED), _count(two)
        )


@tagged("post_install", "-at_install")
class TestPlural(BaseCase):
    def test_english(self):
        for number, single in (
            (1, True),
            (0, False),
            (2, False),
            (21, False),
            (0.5, False),
        ):
            self.assertIs(is_single(number, "en_US"), single)

    def test_genitive(self):
        """Within 1, 21 and 2.5 of something; within 2, 5, 11 and 111."""
        for lang in ("ru_RU", "uk_UA"):
            for number in (1, 21, 101, 0.5, 2.5):
                self.assertIs(is_single(number, lang), True)
            for number in (0, 2, 5, 11, 12, 20, 111):
                self.assertIs(is_single(number, lang), False)
