import logging
from functools import partial

from odoo import api, fields, models, tools

from ..engine import reconciling
from ..engine.facts import KINDS
from ..engine.guard import guarded, repeated
from ..engine.reconciling import LOOK_BACK, OVERLAP
from ..engine.rules import Book, Rule

_logger = logging.getLogger(__name__)


class CrmRegulation(models.Model):
    """The rules in force, and what of Odoo's history they are put to."""

    _inherit = "crm.regulation"

    @api.model
    @tools.ormcache()
    def _book(self):
        """The rules in force, and those of retired versions with open promises."""
        everywhere = self.sudo()
        published = everywhere.search([("state", "=", "published")])
        owed = self.env["crm.obligation"].sudo()
        retired = owed._read_group(
            [("date_end", "=", False), ("regulation_id", "not in", published.ids)],
            ["regulation_id"],
        )
        return Book(
            [rule for regulation in published for rule in self._readable(regulation)],
            [rule for (regulation,) in retired for rule in self._readable(regulation)],
        )

    @api.model
    def _rule_of(self, regulation):
        """The rule of any version that was published."""
        book = self._book()
        return book.by_regulation.get(regulation.id) or Rule.of(regulation)

    @api.model
    def _readable(self, regulation):
        """The rule of a regulation; none if what it is about is not installed."""
        if regulation.res_model in self.env and regulation.spec:
            return [Rule.of(regulation)]
        _logger.info(
            "%s: %s is not there", regulation.display_name, regulation.res_model
        )
        return []

    def _silence(self):
        """What Odoo's history does not tell of its facts, in words; else empty."""
        return self._silence_of(self._rule_of(self))

    def _silence_of(self, rule):
        """The same of a rule that may be that of a draft."""
        asked = [(rule.kind, rule.asked)]
        asked += [(c.kind, c.asked) for step in rule.steps for c in step.conditions]
        told = [KINDS[kind].silence(self.env, question) for kind, question in asked]
        return " ".join(dict.fromkeys(filter(None, told)))

    @api.model
    def _cron_by_time(self):
        """Begin and end what begins and ends because its time has come."""
        self._retire_ended()
        self._read_history(lambda kind: kind.by_time and not kind.by_night, OVERLAP)

    @api.model
    def _cron_reconcile(self):
        """Every night: open, prove and end what no signal has told."""
        self._read_history(lambda kind: True, LOOK_BACK)
        cron, env = self.env["ir.cron"], self.sudo().env
        repeated(env, lambda: reconciling.end_orphans(env))
        after = 0
        while after := repeated(env, partial(reconciling.settle_batch, env, after)):
            cron._commit_progress(1)

    @api.model
    def _read_history(self, wanted, back):
        """Read Odoo's history for the regulations in force, each committed.

        :param wanted: which kinds of facts
        :param back: how far before the last reading to begin
        """
        everywhere, now = self.sudo(), fields.Datetime.now()
        for rule in everywhere._book().rules:
            if not wanted(KINDS[rule.kind]):
                continue
            regulation = everywhere.browse(rule.regulation_id)
            repeated(everywhere.env, partial(regulation._read_until, rule, now, back))
            self.env["ir.cron"]._commit_progress(1)

    def _read_until(self, rule, now, back):
        """Open what Odoo's history tells up to now.

        :param rule: its rule
        :param now: naive UTC instant
        :param back: how far before the last reading to begin
        """
        begin = rule.since or self.date_published
        start = max(begin, (self.date_reconciled or begin) - back)
        guarded(
            self.env,
            [rule],
            lambda _one: reconciling.open_past(self.env, rule, start, now),
            lambda _one: (self, self),
        )
        self.date_reconciled = now
