from datetime import date, timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from ..core.scheme import Scheme
from .common import AccountingCommon

TODAY = date(2026, 5, 20)
PARTNERS = 4
MOVES = 3  # per partner
KINDS = ("out_invoice", "out_refund", "line")
MEASURED = (
    "turnover_month_avg",
    "turnover_total",
    "document_count",
    "days_since_purchase",
    "tenure_years",
)

# Whole amounts and thresholds on quarters: a value is a threshold or clearly not.
_document = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "posted": st.booleans() | st.just(True),
        "ours": st.booleans() | st.just(True),
        "day": st.one_of(
            st.integers(-3, 900),
            # Around the borders of the window.
            st.sampled_from([19, 20, 384, 385, 386]),
        ),
        "amount": st.integers(0, 60).map(lambda number: number * 12),
    }
)
_partner = st.fixed_dictionaries(
    {
        "since": st.none() | st.integers(0, 3000),
        "documents": st.lists(_document, max_size=MOVES),
        "now": st.sampled_from([None, 0, 1, 2]),
    }
)
_criterion = st.tuples(
    st.sampled_from(MEASURED),
    st.sampled_from([">=", ">", "<=", "<"]),
    st.integers(-8, 400).map(lambda number: number / 4),
    st.none() | st.integers(0, 80).map(lambda number: number / 4),
    st.sampled_from(["value", "value", "share", "quantile"]),
)
_category = st.tuples(
    st.sampled_from(["all", "any"]), st.lists(_criterion, min_size=1, max_size=3)
)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOracle(AccountingCommon):
    """The statement for all, the rule for one and a naive reading give one answer.

    Random facts are written into documents that were posted once, so that hundreds of
    cases take seconds.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "South Med"})
        cls.partners = [cls._partner(f"Clinic {n}") for n in range(PARTNERS)]
        cls.moves = [
            [cls._invoice(partner, "2026-01-01", 1) for _n in range(MOVES)]
            for partner in cls.partners
        ]
        cls.lines = [
            [cls._bought(partner, "2026-01-01", 1) for _n in range(MOVES)]
            for partner in cls.partners
        ]
        cls.segmentation = cls._segmentation(
            ("A", ("document_count", ">=", 1)),
            ("B", ("document_count", ">=", 1)),
            ("C",),
        )
        cls.env.flush_all()

    @given(
        st.lists(_partner, min_size=PARTNERS, max_size=PARTNERS),
        st.lists(_category, min_size=2, max_size=2),
        st.sets(st.sampled_from(MEASURED)),
    )
    @settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test_three_answers_are_one(self, facts, rules, low_is_better):
        savepoint = self.env.cr.savepoint()
        try:
            self._write_facts(facts)
            spec = {**self._spec(rules), "low_is_better": sorted(low_is_better)}
            scheme = Scheme.from_json(spec["categories"])
            verdicts = self._verdicts(spec)
            for partner, fact in zip(self.partners, facts, strict=True):
                row = verdicts[partner.id]
                values = {
                    key.removeprefix("metric_").replace("$", ":"): value
                    for key, value in row.items()
                    if key.startswith("metric_")
                }
                naive = _measure(fact)
                for metric, basis in scheme.relative():
                    everybody = [
                        v[f"metric_{metric}"]
                        for v in verdicts.values()
                        if v["is_covered"]
                    ]
                    place = _share if basis == "share" else _quantile
                    low = metric in low_is_better
                    naive[f"{metric}:{basis}"] = place(values[metric], everybody, low)
                for code, value in values.items():
                    self._assert_same(code, value, naive[code])
                now = self._segment(fact["now"])
                expected = _decide(spec["categories"], values, now)
                self.assertEqual(row["target_id"], expected)
                self.assertEqual(scheme.decide(values, now), expected)
                self.assertEqual(
                    row["outlook"],
                    scheme.outlook(values, expected, 10.0, self._segments()),
                )
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    # --- the facts ------------------------------------------------------------

    def _segment(self, place):
        return None if place is None else self.segmentation.segment_ids[place].id

    def _segments(self):
        return self.segmentation.segment_ids.ids

    def _spec(self, rules):
        spec = self.segmentation._compile()
        for category, (match, criteria) in zip(spec["categories"], rules, strict=False):
            names = ("metric", "operator", "enter", "leave", "basis")
            parts = [dict(zip(names, row, strict=True)) for row in criteria]
            category["rule"] = {"match": match, "parts": parts}
        return spec

    def _verdicts(self, spec):
        classification = self.segmentation._classification(spec)
        classification.metrics = list(MEASURED)
        rows = self.env.execute_query_dict(classification.verdicts())
        return {row["partner_id"]: row for row in rows}

    def _write_facts(self, facts):
        for place, fact in enumerate(facts):
            self._write_partner(self.partners[place], fact)
            documents = list(fact["documents"])
            for move, line in zip(self.moves[place], self.lines[place], strict=True):
                self._write_document(move, line, documents.pop() if documents else None)

    def _write_partner(self, partner, fact):
        since = fact["since"] and TODAY - timedelta(days=fact["since"])
        since = TODAY if fact["since"] == 0 else since
        self.env.cr.execute(
            "UPDATE res_partner SET customer_since = %s WHERE id = %s",
            [since, partner.id],
        )
        if fact["now"] is not None:
            segment = self._segment(fact["now"])
            self.env.cr.execute(
                """INSERT INTO crm_segment_membership (partner_id, segmentation_id,
                   segment_id, computed_segment_id, company_id, date_from, origin)
                   VALUES (%s, %s, %s, %s, %s, %s, 'rule')""",
                [
                    partner.id,
                    self.segmentation.id,
                    segment,
                    segment,
                    self.company.id,
                    TODAY,
                ],
            )

    def _write_document(self, move, line, fact):
        """One of the two rows carries the fact, the other one is out of the way."""
        is_line = bool(fact) and fact["kind"] == "line"
        self.env.cr.execute(
            "UPDATE crm_turnover_line SET date = %s, amount_company = %s, "
            "company_id = %s WHERE id = %s",
            [
                _day(fact) if is_line else TODAY,
                fact["amount"] if is_line else 0,
                (self.company if is_line and fact["ours"] else self.other).id,
                line.id,
            ],
        )
        counts = bool(fact) and not is_line
        refund = counts and fact["kind"] == "out_refund"
        self.env.cr.execute(
            "UPDATE account_move SET invoice_date = %s, amount_untaxed_signed = %s, "
            "move_type = %s, state = %s, company_id = %s WHERE id = %s",
            [
                _day(fact) if counts else TODAY,
                (-1 if refund else 1) * fact["amount"] if counts else 0,
                fact["kind"] if counts else "out_invoice",
                "posted" if counts and fact["posted"] else "draft",
                (self.company if counts and fact["ours"] else self.other).id,
                move.id,
            ],
        )

    def _assert_same(self, code, value, naive):
        if naive is None:
            self.assertIsNone(value, code)
        else:
            self.assertAlmostEqual(value, naive, places=9, msg=code)


def _day(fact):
    return TODAY - timedelta(days=fact["day"])


def _measure(fact):
    """The contract's definitions, as plainly as they can be written down."""
    documents = [
        document
        for document in fact["documents"]
        if document["ours"]
        and _day(document) <= TODAY
        and (document["kind"] == "line" or document["posted"])
    ]
    money = [
        (_day(d), -d["amount"] if d["kind"] == "out_refund" else d["amount"])
        for d in documents
    ]
    purchases = [_day(d) for d in documents if d["kind"] != "out_refund"]
    this_month = TODAY.replace(day=1)
    start = this_month - relativedelta(months=12)
    window = sum(amount for day, amount in money if start <= day < this_month)
    average = 0.0
    since = None if fact["since"] is None else TODAY - timedelta(days=fact["since"])
    if purchases:
        first = min(purchases)
        since = since or first
        months = (TODAY.year - first.year) * 12 + TODAY.month - first.month
        average = window / min(12, max(1, months))
    elif money:
        average = float(window)
    return {
        "turnover_month_avg": average,
        "turnover_total": float(sum(amount for _day_, amount in money)),
        "document_count": float(len(purchases)),
        "days_since_purchase": (
            float((TODAY - max(purchases)).days) if purchases else None
        ),
        "tenure_years": since and (TODAY - since).days / 365.25,
    }


def _decide(categories, values, now):
    """The first category whose conditions hold, else the default one."""
    for category in categories:
        if not category["rule"]:
            return category["id"]
        verdicts = [
            _holds(part, values[_key(part)], category["id"] == now)
            for part in category["rule"]["parts"]
        ]
        wanted = all if category["rule"]["match"] == "all" else any
        if wanted(verdicts):
            return category["id"]
    return None


def _key(part):
    plain = part["basis"] == "value"
    return part["metric"] if plain else f"{part['metric']}:{part['basis']}"


def _share(value, everybody, _low):
    """Percent of the total that those with a bigger value have."""
    earning = [other for other in everybody if other is not None and other > 0]
    if value is None or not earning:
        return None
    bigger = sum(Fraction(repr(other)) for other in earning if other > value)
    return float(100 * bigger / sum(Fraction(repr(other)) for other in earning))


def _quantile(value, everybody, low):
    """Percent of those who are ranked that are worse."""
    ranked = [v for v in everybody if v is not None and (low or v != 0)]
    if value is None or (value == 0 and not low):
        return None
    worse = [v for v in ranked if (v > value if low else v < value)]
    return 100 * len(worse) / len(ranked)


def _holds(part, value, inside):
    if value is None:
        return False
    limit = part["enter"]
    if inside and part["leave"] is not None:
        limit = part["leave"]
    if part["operator"] == ">=":
        return value >= limit
    if part["operator"] == ">":
        return value > limit
    if part["operator"] == "<=":
        return value <= limit
    return value < limit


@tagged("post_install", "-at_install")
class TestOracleItself(AccountingCommon):
    """The facts that the oracle is fed with are those that Odoo would write."""

    def test_columns_that_are_written_are_those_that_posting_fills(self):
        partner = self._partner()
        move = self._invoice(partner, "2026-01-01", 12, move_type="out_refund")
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": "out_refund",
                    "amount_untaxed_signed": -12.0,
                    "commercial_partner_id": partner.id,
                    "company_id": self.company.id,
                }
            ],
        )
        line = self._bought(partner, "2026-01-01", 12)
        self.assertEqual(line.amount_company, 12.0)
        self.assertEqual(line.commercial_partner_id, partner)
        segmentation = self._by_turnover(
            counterparty_type_ids=[Command.set(self.client.ids)]
        )
        self.assertEqual(self._values(partner, segmentation)["turnover_month_avg"], 0.0)
