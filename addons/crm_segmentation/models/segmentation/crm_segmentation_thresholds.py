import itertools
import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ...core.proposal import SHARES, cumulative, thin, thresholds
from ...core.spec import AMOUNT
from ...core.wire import is_text
from ...engine.curve import CurveReader
from ...engine.metrics.built_in import window
from .crm_segment_criterion_words import money_text

POINTS = 200  # so many points a picture has at most, besides those asked for
MARKS = 50


class CrmSegmentation(models.Model):
    """Thresholds proposed from the company's own numbers, and the picture of them."""

    _inherit = "crm.segmentation"

    proposed_on = fields.Date(
        string="Thresholds proposed on",
        readonly=True,
        copy=False,
        help="When the thresholds were last read off your own turnover. Propose them "
        "again once a year: prices and customers change.",
    )

    can_propose = fields.Boolean(
        compute="_compute_can_propose",
        help="Whether a condition asks for a monthly turnover.",
    )

    @api.depends(
        "segment_ids.criterion_ids.metric_id", "segment_ids.criterion_ids.operator",
        "segment_ids.criterion_ids.basis",
    )  # fmt: skip
    def _compute_can_propose(self):
        for segmentation in self:
            segmentation.can_propose = bool(segmentation._turnover_criteria())

    # --- public methods -------------------------------------------------------

    def threshold_picture(self, metric=AMOUNT, marks=()):
        """The curve of customers and turnover over one metric.

        :param metric: code of the metric
        :param marks: numbers (at most 50) at which the figures are exact, too
        :return: dictionary with ``metric``, ``name``, ``unit`` (text),
            ``currency_id`` (False for what is no money), ``better`` (high or low),
            ``customers`` (covered), ``measured`` (those of them with a number),
            ``turnover`` (of the window, in company currency), ``total`` (sum of the
            metric), ``window_from``, ``window_to`` and ``points``: at most 200 besides
            the marks, from the biggest value to the smallest, each ``value``,
            ``count`` and ``amount`` (counterparties with at least so much and their
            turnover), ``tied``, ``tied_amount`` (those with exactly so much) and
            ``total`` (sum of the metric over ``count``)
        :raises UserError: an unknown metric, or marks that are no numbers
        """
        self._require_one()
        self._require_reader()
        metric = self._known_metric(metric)
        marks = self._numbers(marks, MARKS)
        buckets, without = self.sudo()._read_curve(metric.code, marks)
        points = cumulative(buckets)
        return {
            **self._metric_facts(metric),
            **self._curve_facts(points, without),
            "points": [vars(p) for p in thin(points, POINTS, marks)],
        }

    def propose_thresholds(self, shares=(70, 90), metric=AMOUNT):
        """Thresholds at which the biggest bring given shares of the turnover.

        The turnover is that of the last 12 full calendar months. Thresholds are
        rounded down to two digits; the one who crosses a share is inside.

        :param shares: percents of the turnover, ascending, between 0 and 100
        :param metric: code of the metric that the thresholds are for
        :return: ``{"metric", "customers", "turnover", "thresholds": [{"share",
            "value", "count", "amount", "reached"}]}``; ``count`` and ``amount`` are
            those with at least so much, ``reached`` their percent of the turnover;
            fewer thresholds than shares where nobody is left to divide
        :raises UserError: shares that are no ascending percents, an unknown metric
        """
        self._require_one()
        self._require_reader()
        metric = self._known_metric(metric)
        shares = self._ascending_shares(shares)
        buckets, without = self.sudo()._read_curve(metric.code)
        points = cumulative(buckets)
        facts = self._curve_facts(points, without)
        lines = thresholds(points, shares)
        return {
            "metric": metric.code,
            "customers": facts["customers"],
            "turnover": facts["turnover"],
            "thresholds": [
                {
                    "share": share,
                    "value": point.value,
                    "count": point.count,
                    "amount": point.amount,
                    "reached": 100 * point.amount / facts["turnover"],
                }
                for share, point in zip(shares, lines, strict=False)
            ],
        }

    def action_propose_thresholds(self):
        """Write proposed thresholds into the conditions on monthly turnover.

        The first such condition gets the amount at which 70 % of the turnover is
        reached, the second 90 %; with another number of categories other shares. The
        number to stay becomes 85 % of the number to get in.

        :return: a notification that says what was proposed
        :raises UserError: no such condition, or nobody has bought in the window
        """
        self._require_one()
        self._require_coordinator()
        criteria = self._turnover_criteria()
        shares = SHARES.get(len(criteria))
        if not shares:
            self._refuse_proposal(
                self.env._(
                    "it needs one to four categories with a condition on %(metric)s "
                    "of at least so much, and it has %(count)s",
                    metric=self._known_metric(AMOUNT).name,
                    count=len(criteria),
                )
            )
        lines = self.propose_thresholds(shares)["thresholds"]
        if len(lines) < len(criteria):
            self._refuse_proposal(
                self.env._(
                    "only %(count)s counterparties that it covers have bought in the "
                    "last 12 full months. Import your turnover first, or enter the "
                    "numbers by hand",
                    count=lines[-1]["count"] if lines else 0,
                )
            )
        for criterion, line in zip(criteria, lines, strict=True):
            criterion._set_threshold(line["value"])
        self.proposed_on = fields.Date.today()
        return self._tell_proposal(criteria, lines)

    # --- inside ---------------------------------------------------------------

    def _turnover_criteria(self):
        """The conditions that ask for a monthly turnover, one category after another.

        A category that takes another number than “at least” is not graded by size.
        """
        return self.segment_ids.sorted("sequence").criterion_ids.filtered(
            lambda c: (
                c.metric_id.code == AMOUNT and c.operator == ">=" and c.basis == "value"
            )
        )

    def _read_curve(self, code, marks=()):
        self.env.flush_all()
        definitions = self.env["crm.metric"]._definitions([AMOUNT, code])
        spec = {**self._compile(), "metrics": definitions}
        return CurveReader(self.env, spec, fields.Date.today()).buckets(code, marks)

    def _metric_facts(self, metric):
        money = metric.is_money
        return {
            "metric": metric.code,
            "name": metric.name,
            "unit": "" if money else metric.unit or "",
            "currency_id": self.company_id.currency_id.id if money else False,
            "better": metric.better,
        }

    def _curve_facts(self, points, without):
        measured = points[-1].count if points else 0
        start, end = self._curve_window()
        return {
            "customers": measured + without,
            "measured": measured,
            "turnover": points[-1].amount if points else 0.0,
            "total": points[-1].total if points else 0.0,
            "window_from": start,
            "window_to": end,
        }

    def _curve_window(self):
        start, end = window(fields.Date.today())
        return str(start), str(end - timedelta(days=1))

    def _tell_proposal(self, criteria, lines):
        currency = self.company_id.currency_id
        told = [
            self.env._(
                "%(category)s from %(amount)s a month: %(count)s counterparties with "
                "%(share)s%% of the turnover",
                category=criterion.segment_id.code,
                amount=money_text(self.env, line["value"], currency),
                count=line["count"],
                share=formatLang(self.env, line["reached"], digits=0),
            )
            for criterion, line in zip(criteria, lines, strict=True)
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Thresholds proposed, rounded to two digits"),
                "message": "; ".join(told),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # --- checks ---------------------------------------------------------------

    def _require_reader(self):
        """Salespeople may look at the picture; programs that log calls may not."""
        if not self.env.su and not self.env.user.has_group(
            "sales_team.group_sale_salesman"
        ):
            raise AccessError(
                self.env._(
                    "crm_segmentation.sales_only: The company's turnover is shown to "
                    "its salespeople only. Ask an administrator for a sales role."
                )
            )
        self.check_access("read")

    def _known_metric(self, code):
        metric = self.env["crm.metric"]
        if is_text(code, 255):
            metric = metric.search([("code", "=", code)], limit=1)
        if not metric:
            raise UserError(
                self.env._(
                    "crm_segmentation.unknown_metric: There is no metric with the code "
                    "“%(code)s”. The codes are listed under Configuration → Metrics.",
                    code=code,
                )
            )
        return metric

    def _numbers(self, values, longest):
        """Plain finite floats out of what came over the wire."""
        good = (
            isinstance(values, list | tuple)
            and len(values) <= longest
            and all(_is_number(value) for value in values)
        )
        if not good:
            raise UserError(
                self.env._(
                    "crm_segmentation.bad_numbers: A list of at most %(longest)s "
                    "numbers is wanted here, not %(given)s.",
                    longest=longest,
                    given=repr(values)[:100],
                )
            )
        return [float(value) for value in values]

    def _ascending_shares(self, shares):
        shares = self._numbers(shares, 20)
        rising = all(one < two for one, two in itertools.pairwise(shares))
        if not shares or not rising or not 0 < shares[0] or not shares[-1] <= 100:
            raise UserError(
                self.env._(
                    "crm_segmentation.bad_shares: The shares are percents of the "
                    "turnover, each bigger than the one before, above 0 and up to "
                    "100, such as 70 and 90; %(given)s are not.",
                    given=repr(shares)[:100],
                )
            )
        return shares

    def _refuse_proposal(self, problem):
        raise UserError(
            self.env._(
                "crm_segmentation.no_proposal: Thresholds of %(name)s cannot be "
                "proposed: %(problem)s.",
                name=self.name,
                problem=problem,
            )
        )


def _is_number(value):
    # A boolean is an integer to Python, but no number to people.
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e300  # also refuses what is not a number
        and math.isfinite(value)
    )
