import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_regulations.engine.guard import REPEATED

from ..core import health
from ..engine import rollout_health, rollout_notices

_logger = logging.getLogger(__name__)


class CrmRollout(models.Model):
    _inherit = "crm.rollout"

    health = fields.Selection(
        [("green", "On course"), ("yellow", "Needs attention"), ("red", "In trouble")],
        compute="_compute_health",
        help="Computed from dates, conditions, risks, budget, goals and people.",
    )
    health_reasons = fields.Text(
        string="Why", compute="_compute_health", help="One reason in each line."
    )
    tells_coordinator = fields.Boolean(
        string="Tell the Coordinator",
        help="When a date slips, a condition is overdue, a high risk has no answer, "
        "money runs out or a goal goes off course, Odoo writes to the coordinator: "
        "once for each, in working hours.",
    )

    @api.depends(
        "state",
        "stage_ids.date_planned",
        "stage_ids.state",
        "condition_ids.is_closed",
        "risk_ids.score",
        "risk_ids.owner_id",
        "risk_ids.response",
        "risk_ids.date_due",
        "risk_ids.state",
        "budget_ids.planned",
        "budget_ids.spent",
        "sponsor_id.active",
        "coordinator_id.active",
    )
    @api.depends_context("lang")
    def _compute_health(self):
        running = self.filtered(lambda rollout: rollout.state == "running")
        judged = running._judge_health(fields.Date.context_today(self))
        for rollout in self:
            color, reasons = judged.get(rollout, (False, ()))
            rollout.health = color
            rollout.health_reasons = "\n".join(
                rollout._reason_in_words(reason) for reason in reasons
            )

    def _judge_health(self, today):
        """``{rollout: (color, reasons)}`` by the rule in ``core``."""
        facts = rollout_health.facts_of(self.sudo(), today)
        return {rollout: health.judge(facts[rollout.sudo()]) for rollout in self}

    def _goals_off_course(self):
        """Which goals will miss their target as things stand.

        :return: ``{rollout: (names of goals off course, number of all goals)}``
        """
        return {rollout: ((), 0) for rollout in self}

    def _reason_in_words(self, reason):
        name, number = reason.name, round(reason.number)
        if reason.code == "gone":
            return self.env._(
                "%(name)s leads or decides and has left the company", name=name
            )
        if reason.code == "slip":
            return self.env._(
                "Gate “%(name)s” is %(days)s days late", name=name, days=number
            )
        if reason.code == "condition":
            return self.env._(
                "Condition “%(name)s” is %(days)s days overdue", name=name, days=number
            )
        if reason.code == "risk":
            return self.env._(
                "Nobody answers the high risk “%(name)s” (%(score)s of 25)",
                name=name,
                score=number,
            )
        if reason.code == "budget":
            return self.env._("%(percent)s %% of the budget is spent", percent=number)
        return self.env._("Goal “%(name)s” is off course", name=name)

    def _health_text(self):
        self.ensure_one()
        if not self.health:
            return super()._health_text()
        labels = dict(self._fields["health"]._description_selection(self.env))
        reasons = "; ".join(self.health_reasons.splitlines())
        return ": ".join(filter(None, [labels[self.health], reasons]))

    @api.model_create_multi
    def create(self, vals_list):
        # CRM projects that were there before stay silent until somebody says so.
        for vals in vals_list:
            vals.setdefault("tells_coordinator", True)
        return super().create(vals_list)

    @api.model
    def _cron_tell(self):
        """Every hour: tell coordinators what went wrong, rollout by rollout."""
        cron = self.env["ir.cron"]
        rollouts = self.sudo().search(
            [("state", "=", "running"), ("tells_coordinator", "=", True)], order="id"
        )
        now = fields.Datetime.now()
        due = rollout_notices.due(self.sudo().env, rollouts, now)
        cron._commit_progress(remaining=len(due))
        for rollout in due:
            rollout._tell(now)
            if not cron._commit_progress(1):
                break

    def _tell(self, now):
        """A letter that fails hinders no other one; it is tried again."""
        try:
            with self.env.cr.savepoint():
                rollout_notices.send(self, now)
        except REPEATED:
            raise
        except Exception:  # whatever it is, the others get theirs
            _logger.exception("The letter about “%s” failed", self.name)


class CrmRolloutNotice(models.Model):
    """What a coordinator was told about, so that it is told once."""

    _name = "crm.rollout.notice"
    _description = "Notice about the Health of a CRM Project"
    _order = "id desc"

    rollout_id = fields.Many2one(
        "crm.rollout", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(
        related="rollout_id.company_id", store=True, index=True
    )
    key = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)

    _key_unique = models.UniqueIndex("(rollout_id, key)")

    @api.model
    def _forget(self, rollout, held, before):
        """Forget what is right again, so that it is told when it goes wrong anew.

        :param held: (code, name) of the reasons that still hold, whatever their color
        :param before: nothing younger is forgotten
        """
        old = self.search([("rollout_id", "=", rollout.id), ("date", "<", before)])
        old.filtered(lambda notice: notice._reason() not in held).unlink()

    def _reason(self):
        code, _color, name = self.key.split(":", 2)
        return code, name

    @api.model
    def _remember(self, rollout, keys, now):
        """Note what is told now.

        :param keys: names of reasons
        :return: the keys that were not told before
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_rollout_notice
                       (rollout_id, company_id, key, date, create_uid, create_date)
                   SELECT %s, %s, key, %s, %s, %s FROM unnest(%s::text[]) AS key
                   ON CONFLICT DO NOTHING RETURNING key""",
                rollout.id,
                rollout.company_id.id,
                now,
                self.env.uid,
                now,
                list(keys),
            )
        )
        return {key for (key,) in self.env.cr.fetchall()}
