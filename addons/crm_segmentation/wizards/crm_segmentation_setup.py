from odoo import Command, api, fields, models
from odoo.tools import LazyTranslate

from ..core.presets import by_amount, by_rfm, by_share
from ..core.proposal import SHARES, cumulative, thresholds
from ..core.scheme import Scheme
from ..core.spec import AMOUNT, measured
from ..engine.classification import Classification
from ..engine.curve import CurveReader

_lt = LazyTranslate(__name__)

_NAMES = {
    "key": _lt("Key clients"),
    "regular": _lt("Regular clients"),
    "middle": _lt("Middle clients"),
    "small": _lt("Small clients"),
    "other": _lt("Other clients"),
    "new": _lt("New"),
    "sleeping": _lt("Sleeping"),
    "prospect": _lt("Prospects"),
    "champions": _lt("Champions"),
    "loyal": _lt("Loyal"),
    "at_risk": _lt("At risk"),
    "occasional": _lt("Occasional"),
}

_TITLES = {
    "amount": _lt("Clients by turnover"),
    "share": _lt("Clients by share of turnover"),
    "rfm": _lt("Clients by recency, frequency and money"),
}

# Amounts to start from when nobody has bought yet: those of the method's example.
_EXAMPLE = (100000, 30000, 10000, 3000)

_METHODS = {"amount": "threshold", "share": "share", "rfm": "quantile"}


class CrmSegmentationSetup(models.TransientModel):
    """A new segmentation in one dialog: what it would look like with own numbers."""

    _name = "crm.segmentation.setup"
    _description = "New Segmentation"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    kind = fields.Selection(
        [
            ("amount", "By amount: who buys for at least so much a month"),
            ("share", "By share: who together bring so much of the turnover"),
            ("rfm", "By R-F-M: how lately, how often and for how much they buy"),
        ],
        string="Categories",
        default="amount",
        required=True,
    )
    levels = fields.Selection(
        [("1", "A, rest"), ("2", "A, B, rest"), ("3", "A, B, C, rest")],
        string="How many",
        default="2",
        required=True,
    )
    apart = fields.Boolean(
        string="Keep new and sleeping customers apart",
        default=True,
        help="New: first purchase less than 90 days ago. Sleeping: no purchase for a "
        "year. Prospects: never bought. None of them is better or worse than A or B.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    unit = fields.Selection(
        [("company", "Companies"), ("person", "Persons")],
        string="Classified are",
        default="company",
        required=True,
        help="Companies: documents of all contacts count for their company. "
        "Persons: each person is classified, also one who works for several clinics.",
    )
    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type",
        string="Counterparty Types",
        default=lambda self: self._default_types(),
        help="Who is classified. Empty: every counterparty.",
    )
    proposal = fields.Json(
        compute="_compute_proposal",
        help="Each category in words, with its counterparties and turnover.",
    )
    body = fields.Html(compute="_compute_proposal", sanitize=False)
    has_turnover = fields.Boolean(compute="_compute_proposal")

    def _default_types(self):
        return self.env.ref("crm_segmentation.type_client", raise_if_not_found=False)

    @api.depends("kind")
    def _compute_name(self):
        titles = {key: self.env._(title) for key, title in _TITLES.items()}
        for setup in self:
            if not setup.name or setup.name in titles.values():
                setup.name = titles[setup.kind or "amount"]

    @api.depends(
        "kind", "levels", "apart", "company_id", "unit", "counterparty_type_ids"
    )
    @api.depends_context("lang")
    def _compute_proposal(self):
        for setup in self:
            presets, setup.has_turnover = setup._presets()
            setup.proposal = list(setup._lines(presets))
            setup.body = self.env["ir.qweb"]._render(
                "crm_segmentation.setup_proposal", {"lines": setup.proposal}
            )

    # --- buttons --------------------------------------------------------------

    def action_make(self):
        """Make the draft and open it.

        :return: an action that opens the new segmentation
        """
        self.ensure_one()
        self.env["crm.segmentation"]._require_coordinator()
        presets, has_turnover = self._presets()
        made = self.env["crm.segmentation"].create(self._segmentation_values(presets))
        if has_turnover and self.kind == "amount":
            made.proposed_on = fields.Date.today()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.segmentation",
            "res_id": made.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # --- inside ---------------------------------------------------------------

    def _presets(self):
        """The categories to be made, and whether own turnover speaks in them."""
        if self.kind == "rfm":
            return by_rfm(), bool(self._curve())
        levels = int(self.levels or 2)
        curve = self._curve()
        if self.kind == "share":
            return by_share(levels, self.apart), bool(curve)
        amounts = [point.value for point in thresholds(curve, SHARES[levels])]
        enough = len(amounts) == levels
        return by_amount(amounts if enough else _EXAMPLE[:levels], self.apart), enough

    def _curve(self):
        """Points of monthly turnover above nothing."""
        self.env.flush_all()
        reader = CurveReader(self.sudo().env, self._spec([]), fields.Date.today())
        points = cumulative(reader.buckets(AMOUNT)[0])
        return [point for point in points if point.value > 0]

    def _spec(self, presets):
        """A rule as the engine reads it; numbers stand for categories to be made."""
        scheme = Scheme(
            tuple(preset.to_core(place) for place, preset in enumerate(presets, 1))
        )
        return {
            "company_id": self.company_id.id,
            "unit": self.unit,
            "type_ids": sorted(self.counterparty_type_ids._origin.ids),
            "untyped_buyers": True,
            "categories": scheme.to_json(),
            "metrics": self.env["crm.metric"]._definitions(measured(scheme)),
            # Of the numbers that presets rank, only this one is better when lower.
            "low_is_better": ["days_since_purchase"],
            "outlook_margin": 0,
        }

    def _lines(self, presets):
        """Each category in words, with whom it would take: asked of the engine."""
        found = Classification(
            self.sudo().env, 0, self._spec(presets), fields.Date.today()
        ).matrix()
        figures = {row[1]: (row[2], row[3] or 0.0) for row in found}
        whole = sum(amount for _count, amount in figures.values())
        draft = self.env["crm.segmentation"].new(self._segmentation_values(presets))
        for place, (preset, segment) in enumerate(
            zip(presets, draft.segment_ids, strict=True), 1
        ):
            count, amount = figures.get(place, (0, 0.0))
            yield {
                "code": preset.code,
                "name": segment.name,
                "rule": segment.rule,
                "count": count,
                "part": amount / whole if whole else 0.0,
            }

    def _segmentation_values(self, presets):
        metrics = {m.code: m.id for m in self.env["crm.metric"].search_fetch([])}
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "unit": self.unit,
            "method": _METHODS[self.kind],
            # Ranks are no ladder: who stops buying is at risk at once.
            "stability": "immediate" if self.kind == "rfm" else "normal",
            "counterparty_type_ids": [
                Command.set(self.counterparty_type_ids._origin.ids)
            ],
            "segment_ids": [
                Command.create(
                    {
                        "code": preset.code,
                        "name": self.env._(_NAMES[preset.key]),
                        "sequence": 10 * place,
                        "is_default": not preset.rules,
                        "on_ladder": preset.on_ladder,
                        "color": preset.color,
                        "criterion_ids": [
                            Command.create(
                                {
                                    "sequence": 10 * number,
                                    "metric_id": metrics[rule.metric],
                                    "operator": rule.operator,
                                    "basis": rule.basis,
                                    "value_enter": rule.enter,
                                    "value_leave": rule.leave or 0.0,
                                    "has_leave": rule.leave is not None,
                                }
                            )
                            for number, rule in enumerate(preset.rules, 1)
                        ],
                    }
                )
                for place, preset in enumerate(presets, 1)
            ],
        }
