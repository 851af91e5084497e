from dataclasses import replace

from odoo import api, fields, models
from odoo.tools import LazyTranslate
from odoo.tools.misc import formatLang

from ...core.proposal import LEAVE_RATIO, grid

_lt = LazyTranslate(__name__)

# How a comparison is said of a number; the number stands in for %(number)s.
_MUCH = {
    ">=": _lt("at least %(number)s"),
    ">": _lt("more than %(number)s"),
    "<=": _lt("at most %(number)s"),
    "<": _lt("less than %(number)s"),
}

# How the built-in metrics are said in a sentence; other metrics by their name.
_SAID = {
    "turnover_month_avg": _lt("average monthly turnover of %(much)s"),
    "turnover_total": _lt("total turnover of %(much)s"),
    "document_count": _lt("%(much)s purchases"),
    "days_since_purchase": _lt("%(much)s days since the last purchase"),
    "days_since_first_purchase": _lt("%(much)s days since the first purchase"),
    "tenure_years": _lt("%(much)s years with us"),
    "payment_delay_days": _lt("%(much)s days late in paying"),
    "overdue_amount": _lt("overdue debt of %(much)s"),
    "overdue_share_of_month": _lt("old debt of %(much)s percent of a month"),
    "won_count": _lt("%(much)s won deals"),
    "interaction_count": _lt("%(much)s interactions"),
    "days_since_interaction": _lt("%(much)s days since the last interaction"),
}

# The same for exactly one.
_SAID_OF_ONE = {
    "document_count": _lt("%(much)s purchase"),
    "tenure_years": _lt("%(much)s year with us"),
    "won_count": _lt("%(much)s won deal"),
    "interaction_count": _lt("%(much)s interaction"),
}

# A number that no counterparty reaches: who is in stays in.
NEVER = 1e15


def money_text(env, number, currency):
    """An amount as people write it: without cents that are nought.

    :param env: environment with the reader's language
    :param number: the amount
    :param currency: its res.currency
    """
    unit = "units" if number % 1 == 0 else "decimals"
    return formatLang(env, number, currency_obj=currency, rounding_unit=unit)


class CrmSegmentCriterion(models.Model):
    """A condition in words, and as people set it."""

    _inherit = "crm.segment.criterion"

    metric_code = fields.Char(related="metric_id.code")
    unit_text = fields.Char(
        string="Counted in",
        compute="_compute_unit_text",
        help="In what the threshold is counted.",
    )
    enter_only = fields.Boolean(
        string="Only to get in",
        help="The condition is asked of those who want to get in. Who is in the "
        "category stays, whatever this number becomes: old debt delays a promotion, "
        "but takes nobody's category away.",
    )

    @api.depends(
        "metric_id.name", "metric_id.code", "metric_id.unit", "metric_id.better",
        "operator", "basis", "value_enter", "value_leave", "has_leave", "enter_only",
        "segment_id.segmentation_id.company_id.currency_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_display_name(self):
        for criterion in self:
            criterion.display_name = criterion._sentence()

    @api.depends("basis", "metric_id.is_money", "metric_id.unit")
    @api.depends_context("lang")
    def _compute_unit_text(self):
        for criterion in self:
            if criterion.basis == "share":
                criterion.unit_text = self.env._("% of the total")
            elif criterion.basis == "quantile":
                criterion.unit_text = self.env._("% are worse")
            elif criterion.metric_id.is_money:
                criterion.unit_text = criterion._currency().symbol
            else:
                criterion.unit_text = criterion.metric_id.unit

    def _sentence(self):
        """The condition in words, such as “more than 5 years with us”."""
        if not self.metric_id:
            return self.env._("a metric is still to be chosen")
        words = self._said(self.value_enter)
        if self.enter_only:
            return self.env._("%(condition)s (asked only to get in)", condition=words)
        if not self.has_leave:
            return words
        return self.env._(
            "%(condition)s (stays with %(leave)s)",
            condition=words,
            leave=self._much(self.value_leave),
        )

    def _said(self, number):
        if self.basis == "share":
            return self._said_share(number)
        if self.basis == "quantile":
            return self._said_quantile(number)
        much = self._much(number)
        code = self.metric_id.code
        said = (number == 1 and _SAID_OF_ONE.get(code)) or _SAID.get(code)
        if said is None:
            return self.env._(
                "%(metric)s: %(much)s", metric=self.metric_id.name, much=much
            )
        said = self.env._(said)
        return said % {"much": much}

    def _said_share(self, number):
        """Ranked from the biggest, the first ones make up so much of the whole."""
        words = {"metric": self.metric_id.name, "percent": self._plain(number)}
        if self.operator in ("<", "<="):
            return self.env._(
                "among the biggest, who bring the first %(percent)s%% of “%(metric)s”",
                **words,
            )
        return self.env._(
            "after the biggest, who bring the first %(percent)s%% of “%(metric)s”",
            **words,
        )

    def _said_quantile(self, number):
        """Ranked by the number, so many percent of the others are worse."""
        words = {"metric": self.metric_id.name}
        if self.operator in (">", ">="):
            percent = self._plain(100 - number)
            return self.env._(
                "among the best %(percent)s%% by “%(metric)s”", percent=percent, **words
            )
        return self.env._(
            "among the last %(percent)s%% by “%(metric)s”",
            percent=self._plain(number),
            **words,
        )

    def _much(self, number):
        said = self.env._(_MUCH[self.operator or ">="])
        return said % {"number": self._format(number)}

    def _format(self, number):
        """The number with its currency or unit, where the phrase has no unit."""
        if self.basis != "value":
            return f"{self._plain(number)}%"
        if self.metric_id.is_money:
            return money_text(self.env, number, self._currency())
        if self.metric_id.code in _SAID or not self.metric_id.unit:
            return self._plain(number)
        return f"{self._plain(number)} {self.metric_id.unit}"

    def _currency(self):
        company = self.segment_id.segmentation_id.company_id or self.env.company
        return company.currency_id

    def _plain(self, number):
        return formatLang(self.env, number, digits=0 if number == int(number) else 2)

    def _set_threshold(self, number):
        """Another number to get in; the number to stay keeps its proportion.

        :param number: the new threshold; the one to stay is rounded to two digits
        """
        self.ensure_one()
        values = {"value_enter": number}
        if self.has_leave:
            ratio = LEAVE_RATIO
            if self.value_enter and self.value_leave:
                ratio = self.value_leave / self.value_enter
            values["value_leave"] = grid(number * ratio)
        self.write(values)

    def _to_core(self):
        comparison = super()._to_core()
        if not self.enter_only:
            return comparison
        leave = -NEVER if self.operator in (">=", ">") else NEVER
        return replace(comparison, leave=leave)
