from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.instants import parse_instant
from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..core.trial import REAL_PERCENT
from ..engine.backtest import Backtest
from ..engine.facts.days import begin, zone
from ..engine.rules import Rule
from ..engine.trial_report import TrialReport

LONGEST = timedelta(days=5 * 366)


class CrmRegulation(models.Model):
    """Trying a regulation on what has happened, before anybody promises it."""

    _inherit = "crm.regulation"

    backtest_ids = fields.One2many(
        "crm.regulation.backtest", "regulation_id", string="Trials on the past"
    )
    realism = fields.Selection(
        [
            ("untried", "Not tried on the past"),
            ("ideal", "An ideal: kept too rarely"),
            ("real", "Real"),
        ],
        string="Tried on the past",
        compute="_compute_realism",
        help="By the last trial that was attached: real if at least 60 % would have "
        "been kept on time.",
    )

    @api.depends("backtest_ids.on_time_percent")
    def _compute_realism(self):
        for regulation in self:
            last = regulation.sudo().backtest_ids.sorted("id")[-1:]
            if not last.ended_count:
                regulation.realism = "untried"
            else:
                is_real = last.on_time_percent >= REAL_PERCENT
                regulation.realism = "real" if is_real else "ideal"

    def backtest(self, date_from, date_to):
        """What the regulation would have promised in a time that has passed.

        Nothing is written and nobody is told. Categories, salespeople and working
        hours are those of today.

        :param date_from: first day, or an instant
        :param date_to: last day, or the first instant after the time
        :return: dictionary, see :meth:`TrialReport.told`, with ``date_from``,
            ``date_to`` (UTC text) and ``silence``, which says in words what Odoo's
            history does not tell
        :raises UserError: not one regulation, no step, or no such time
        """
        self._require_one_for_trial()
        self._require_coordinator(or_manager=True)
        self._check_complete()
        start, end = self._trial_time(date_from, date_to)
        regulation = self.sudo().with_context(active_test=False)
        rule = Rule.of(regulation, regulation.spec or regulation._compile())
        trial = Backtest(regulation.env, rule, start, end)
        return {
            "date_from": fields.Datetime.to_string(start),
            "date_to": fields.Datetime.to_string(end),
            "silence": regulation._silence_of(rule),
            **TrialReport(trial, trial.outcomes()).told(),
        }

    def _require_one_for_trial(self):
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_record: Ask this of one regulation; %(count)s "
                    "were given.",
                    count=len(self),
                )
            )

    def _trial_time(self, date_from, date_to):
        """(first instant, first instant after), naive UTC."""
        try:
            start = self._border(date_from, timedelta(0))
            end = self._border(date_to, timedelta(days=1))
        except (ValueError, TypeError, OverflowError, AttributeError):
            start = end = None
        if start is None or start >= end or end - start > LONGEST:
            raise UserError(
                self.env._(
                    "crm_regulations.backtest: Say a time of the past by its first and "
                    "last day, such as 2026-01-01 and 2026-12-31, at most five years."
                )
            )
        return start, end

    def _border(self, value, later):
        """An instant; of a plain day its beginning, some days later.

        :param value: date, datetime or text
        :param later: added to a plain day
        """
        if isinstance(value, str) and len(value.strip()) == 10:
            value = date.fromisoformat(value.strip())
        if isinstance(value, date) and not isinstance(value, datetime):
            return begin(value + later, zone(self.company_id))
        if not isinstance(value, str | datetime):
            raise TypeError(value)
        return parse_instant(value)


class CrmRegulationBacktest(models.Model):
    """A trial that was kept: the proof that a promise is real."""

    _name = "crm.regulation.backtest"
    _description = "Trial of a Regulation on the Past"
    _order = "id desc"
    _rec_name = "create_date"

    regulation_id = fields.Many2one(
        "crm.regulation", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="regulation_id.company_id", store=True)
    date_from = fields.Datetime(string="From", required=True, readonly=True)
    date_to = fields.Datetime(string="To", required=True, readonly=True)
    result = WireJson(readonly=True)
    count = fields.Integer(string="Promises", readonly=True)
    ended_count = fields.Integer(
        string="Of them ended", readonly=True, help="On time, late or never."
    )
    on_time_percent = fields.Float(
        string="On time, %", digits=(5, 1), readonly=True, aggregator=None
    )
    report = fields.Html(compute="_compute_report", sanitize=False)

    @api.depends("result")
    @api.depends_context("lang")
    def _compute_report(self):
        for trial in self:
            trial.report = self.env["crm.regulation.trial"]._rendered(
                trial.regulation_id, trial.result or {}
            )

    @api.model
    def _attach(self, regulation, result):
        """Keep a result as a proof.

        :param regulation: crm.regulation record
        :param result: what its ``backtest`` returned
        """
        ended = result["on_time"] + result["late"] + result["never"]
        return self.sudo().create(
            {
                "regulation_id": regulation.id,
                "date_from": result["date_from"],
                "date_to": result["date_to"],
                "result": result,
                "count": result["count"],
                "ended_count": ended,
                "on_time_percent": result["on_time_percent"] or 0.0,
            }
        )
