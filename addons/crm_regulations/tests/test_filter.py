from datetime import date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.fields import Domain
from odoo.tests import BaseCase, tagged

from odoo.addons.crm_segmentation.engine.changes import stored_values

from ..core.filter import TYPES, Filter
from .common import RegulationsCommon

_TYPES = {"a": "integer", "b": "integer", "c": "integer"}
_NO, _PERHAPS, _YES = 0, 1, 2
_ANSWERS = {False: _NO, None: _PERHAPS, True: _YES}
_leaf = st.tuples(
    st.sampled_from(["a", "b", "c", "elsewhere"]), st.just("="), st.integers(1, 2)
)
_tree = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.tuples(st.just("!"), inner),
        st.tuples(st.sampled_from("&|"), inner, inner),
    ),
    max_leaves=8,
)


def _flat(tree):
    """The prefix notation of a tree."""
    if tree[0] in ("!", "&", "|"):
        return [tree[0], *(item for part in tree[1:] for item in _flat(part))]
    return [tree]


def _oracle(tree, values):
    """Kleene's logic as numbers: not is the complement, and the least, or the most."""
    sign, *parts = tree
    if sign == "!":
        return _YES - _oracle(parts[0], values)
    if sign in ("&", "|"):
        answers = [_oracle(part, values) for part in parts]
        return min(answers) if sign == "&" else max(answers)
    if sign not in values:
        return _PERHAPS
    return _YES if values[sign] == parts[1] else _NO


@tagged("post_install", "-at_install")
class TestFilter(BaseCase):
    def _fits(self, condition, value, kind):
        return Filter([condition], {condition[0]: kind}).fits({condition[0]: value})

    @given(_tree, st.dictionaries(st.sampled_from("abc"), st.integers(1, 2)))
    def test_three_answers(self, tree, values):
        answer = Filter(_flat(tree), _TYPES).fits(values)
        self.assertEqual(_ANSWERS[answer], _oracle(tree, values))

    def test_no_operator_between_conditions_means_and(self):
        domain = Filter(["|", ("a", "=", 1), ("b", "=", 1), ("c", "=", 1)], _TYPES)
        for values, expected in [
            ({"a": 1, "b": 2, "c": 1}, True),
            ({"a": 2, "b": 1, "c": 2}, False),
            ({"a": 2, "b": 2, "c": 1}, False),
            ({"a": 2, "c": 1}, None),
            ({"a": 2, "c": 2}, False),
        ]:
            with self.subTest(**values):
                self.assertIs(domain.fits(values), expected)

    def test_constants(self):
        self.assertIs(Filter([], {}).fits({}), True)
        self.assertIs(Filter([(1, "=", 1)], {}).fits({}), True)
        self.assertIs(Filter([(0, "=", 1)], {}).fits({}), False)

    def test_malformed(self):
        for domain in (["&", ("a", "=", 1)], ["!"], ["a"], [("a", "=")]):
            with self.subTest(domain=domain), self.assertRaises(ValueError):
                Filter(domain, _TYPES)

    def test_empty_values_are_odoo_s(self):
        table = [
            # An empty text is the least text, an empty number is zero …
            ("char", "<", "b", False, True),
            ("char", "=", "", False, True),
            ("char", "!=", False, "", False),
            ("integer", ">=", 0, False, True),
            ("integer", "=", False, 0, True),
            # … an empty date is neither before nor after anything.
            ("date", "<", "2026-05-04", False, False),
            ("date", ">=", "2026-05-04", False, False),
            ("date", "=", False, False, True),
            ("many2one", "!=", 3, False, True),
            ("many2one", "in", [3, False], False, True),
            ("many2one", "in", [], 3, False),
            ("many2many", "=", False, (), True),
            ("many2many", "in", [3, 4], (4, 5), True),
            ("many2many", "not in", [3, 4], (4, 5), False),
            ("selection", "not in", ["1", False], False, False),
            ("boolean", "=", "true", True, True),
            ("boolean", "!=", True, False, True),
        ]
        for kind, sign, wanted, value, expected in table:
            with self.subTest(kind=kind, sign=sign, wanted=wanted, value=value):
                fits = self._fits(("x", sign, wanted), value, kind)
                self.assertIs(fits, expected)

    def test_a_second_and_a_day_are_whole(self):
        moment = datetime(2026, 5, 4, 9, 0, 0, 500_000)
        table = [
            ("=", "2026-05-04 09:00:00", True),
            (">", "2026-05-04 09:00:00", False),
            ("<=", "2026-05-04 09:00:00", True),
            ("<=", "2026-05-04", True),
            (">", "2026-05-04", False),
            (">=", date(2026, 5, 4), True),
            (">", datetime(2026, 5, 4, 8, 59, 59), True),
            ("<=", datetime.max, True),
            (">", datetime.max, False),
        ]
        for sign, wanted, expected in table:
            with self.subTest(sign=sign, wanted=wanted):
                fits = self._fits(("x", sign, wanted), moment, "datetime")
                self.assertIs(fits, expected)
        after = ("x", "<=", "2026-05-04 08:59:59")
        self.assertIs(self._fits(after, datetime(2026, 5, 4, 9), "datetime"), False)

    def test_patterns(self):
        table = [
            ("like", "b%d", "abcde", True),
            ("like", "B", "abc", False),
            ("ilike", "B", "abc", True),
            ("not ilike", "B", False, True),
            ("=like", "a_c", "abc", True),
            ("=like", "a_", "abc", False),
            ("like", "50\\%", "50% off", True),
            ("like", "50\\%", "500", False),
            ("like", "", False, True),
            ("=like", "", False, True),
        ]
        for sign, pattern, value, expected in table:
            with self.subTest(sign=sign, pattern=pattern, value=value):
                fits = self._fits(("x", sign, pattern), value, "char")
                self.assertIs(fits, expected)

    def test_accents(self):
        domain = [("x", "ilike", "cafe")]
        plain = Filter(domain, {"x": "char"})
        bare = Filter(domain, {"x": "char"}, lambda text: text.replace("é", "e"))
        self.assertIs(plain.fits({"x": "Café"}), False)
        self.assertIs(bare.fits({"x": "Café"}), True)

    def test_what_values_cannot_decide_is_open(self):
        types = {"partner_id": "many2one", "day": "date", "tags": "many2many"}
        for condition in [
            ("partner_id.country_id", "=", 3),
            ("partner_id", "child_of", 3),
            ("partner_id", "=", "Clinic"),
            ("partner_id", "ilike", "clin"),
            ("tags", "any", [("name", "=", "A")]),
            ("day", ">", "today -30d"),
            ("secret", "=", 3),
        ]:
            with self.subTest(condition=condition):
                found = Filter([condition], types)
                (left,) = found.open
                values = {"partner_id": 3, "day": date(2026, 5, 4), "tags": (1,)}
                self.assertIsNone(found.fits(values))
                self.assertIs(found.fits({**values, left: True}), True)
                self.assertIs(found.fits({**values, left: False}), False)
                self.assertEqual(found.roots, {condition[0].split(".")[0]})
                self.assertFalse(found.names)


# Fields of a lead of every type, with values that hit often.
_WORDS = ["", "Ana", "ana", "Analyser", "a%", "_na", "É", "e", False]
_DAYS = ["2026-05-03", "2026-05-04", "2026-05-05", False]
_TIMES = ["2026-05-04 08:59:59", "2026-05-04 09:00:00", *_DAYS]
_EQUALS, _INS = ["=", "!="], ["in", "not in"]
_ORDERS = ["<", "<=", ">", ">="]
_LIKES = ["like", "ilike", "=like", "=ilike", "not like", "not ilike", "not =like"]


def _conditions(name, values, *operators):
    one = st.sampled_from(values)
    some = st.lists(one, max_size=3)
    listed = st.sampled_from(_INS)
    return st.one_of(
        st.tuples(st.just(name), st.sampled_from([*_EQUALS, *operators]), one),
        st.tuples(st.just(name), listed, some),
    )


@tagged("post_install", "-at_install")
class TestFilterLikeOdoo(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = [cls.customer, cls._partner("Lab")]
        tags = cls.env["crm.tag"].create([{"name": "Fair"}, {"name": "Web"}])
        rows = [
            {
                "name": word or "None",
                "contact_name": word,
                "priority": str(place % 3),
                "color": place % 3,
                "expected_revenue": (place % 4) * 10.5,
                "partner_id": [*partners, partners[0].browse()][place % 3].id,
                "tag_ids": [Command.set(tags[: place % 3].ids)],
                "date_deadline": _DAYS[place % 4],
                "date_conversion": [*_TIMES, "2026-05-04 09:00:01"][place % 7],
                "active": place % 5 > 0,
                "type": ["lead", "opportunity"][place % 2],
            }
            for place, word in enumerate(_WORDS * 3)
        ]
        leads = cls.env["crm.lead"].create(rows)
        cls.env.cr.execute(
            "UPDATE crm_lead SET date_conversion = date_conversion + "
            "interval '0.3 second' WHERE id IN %s AND id %% 2 = 0",
            [tuple(leads.ids)],
        )
        cls.env.invalidate_all()
        cls.leads = leads.with_env(
            cls.env(su=True, context={"active_test": False, "tz": "UTC"})
        )
        ids = [partner.id for partner in partners]
        cls.conditions = st.one_of(
            _conditions("contact_name", _WORDS, *_ORDERS, *_LIKES),
            _conditions("name", _WORDS, *_LIKES),
            _conditions("priority", ["0", "1", "2", False], *_ORDERS, *_LIKES),
            _conditions("color", [0, 1, 2, False], *_ORDERS),
            _conditions("expected_revenue", [0, 10.5, 21, False], *_ORDERS),
            _conditions("partner_id", [*ids, False], "<", ">"),
            _conditions("tag_ids", [*tags.ids, False], "<", ">"),
            _conditions("date_deadline", _DAYS, *_ORDERS),
            _conditions("date_conversion", _TIMES, *_ORDERS),
            _conditions("active", [True, False]),
            _conditions("type", ["lead", "opportunity", False]),
            _conditions("id", [*leads.ids[:3], False], *_ORDERS),
        )

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.data())
    def _compare(self, data):
        tree = data.draw(
            st.recursive(
                self.conditions,
                lambda inner: st.one_of(
                    st.tuples(st.just("!"), inner),
                    st.tuples(st.sampled_from("&|"), inner, inner),
                ),
                max_leaves=4,
            )
        )
        domain = _flat(tree)
        kinds = {
            name: field.type
            for name, field in self.leads._fields.items()
            if field.type in TYPES
        }
        found = Filter(domain, kinds, self.env.registry.unaccent_python)
        self.assertFalse(found.open)
        rows = {id_: {"id": id_} for id_ in self.leads._ids}
        for name in found.names - {"id"}:
            for id_, value in stored_values(self.leads, name):
                rows[id_][name] = value
        fitting = {id_ for id_, values in rows.items() if found.fits(values)}
        expected = self.leads.filtered_domain(Domain(domain))
        self.assertEqual(fitting, set(expected._ids), domain)

    def test_same_answers_as_odoo(self):
        self._compare()
