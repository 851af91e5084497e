from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.crm_segmentation.core.wire import is_text, words

CONDITION_DAYS = 14


class CrmRolloutCondition(models.Model):
    """What still has to be done after a conditional decision, by whom, until when."""

    _name = "crm.rollout.condition"
    _inherit = ["crm.rollout.guarded"]
    _description = "Condition of a Gate Decision"
    _order = "is_closed, date, id"
    _guarded_create = True
    _guarded_fields = frozenset(
        {
            "decision_id",
            "name",
            "user_id",
            "date",
            "is_closed",
            "closed_by_id",
            "date_closed",
        }
    )

    decision_id = fields.Many2one(
        "crm.rollout.decision", required=True, ondelete="restrict", index=True
    )
    stage_id = fields.Many2one(related="decision_id.stage_id", store=True)
    rollout_id = fields.Many2one(
        related="decision_id.rollout_id", store=True, index=True, string="CRM Project"
    )
    company_id = fields.Many2one(
        related="decision_id.company_id", store=True, index=True
    )
    name = fields.Char(string="Condition", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Date(string="Due", required=True, readonly=True)
    note = fields.Char(
        string="Proof", help="Where one can see that the condition is met."
    )
    is_closed = fields.Boolean(string="Closed", readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    date_closed = fields.Datetime(string="Closed On", readonly=True)

    def write(self, vals):
        if "note" in vals and not self._is_unguarded():
            self._check_still_open()
            self.sudo().rollout_id._check_running()
        return super().write(vals)

    def _prepare_conditions(self, rollout, conditions, today):
        """Check the conditions of a decision and complete them.

        :param rollout: the ``crm.rollout``
        :param conditions: names, or dictionaries with name, user_id, date
        :param today: the day of the decision
        :return: a list of values for :meth:`create`
        """
        if not isinstance(conditions, list | tuple):
            self._refuse_condition(conditions)
        return [
            self._prepare_condition(rollout, condition, today)
            for condition in conditions
        ]

    def _prepare_condition(self, rollout, condition, today):
        if isinstance(condition, str):
            condition = {"name": condition}
        if not isinstance(condition, dict) or not is_text(condition.get("name")):
            self._refuse_condition(condition)
        name = condition["name"].strip()
        if not name or condition.keys() - {"name", "user_id", "date"}:
            self._refuse_condition(condition)
        user_id = condition.get("user_id") or rollout.coordinator_id.id
        rollout._check_person(rollout._known("res.users", "user_id", user_id).sudo())
        return {
            "name": name,
            "user_id": user_id,
            "date": self._due_date(condition, today),
        }

    def _due_date(self, condition, today):
        try:
            due = fields.Date.to_date(condition.get("date") or None)
        except (TypeError, ValueError):
            self._refuse_condition(condition)
        due = due or today + timedelta(days=CONDITION_DAYS)
        if due < today:
            raise UserError(
                self.env._(
                    "crm_project_rollout.condition_in_the_past: The condition "
                    "“%(name)s” is due on %(date)s, which is over. Choose a day "
                    "to come.",
                    name=condition["name"],
                    date=fields.Date.to_string(due),
                )
            )
        return due

    def _refuse_condition(self, condition):
        raise UserError(
            self.env._(
                "crm_project_rollout.wrong_condition: %(condition)s is not a "
                "condition. Give a list of texts, or of entries with “name” and, "
                "if you like, “user_id” and “date” (YYYY-MM-DD).",
                condition=repr(condition)[:120],
            )
        )

    def action_close(self, note=False):
        """Close conditions that are met. Closed ones are left as they are.

        :param note: where one can see it
        :return: True
        :raises AccessError: the caller is neither owner nor coordinator nor sponsor
        """
        self.check_access("read")
        for condition in self.filtered(lambda condition: not condition.is_closed):
            condition._check_may_close()
            condition.sudo().rollout_id._check_running()
            condition._close(fields.Datetime.now(), words(note) or condition.note)
        return True

    def _close(self, when, note):
        self._unguarded().write(
            {
                "is_closed": True,
                "closed_by_id": self.env.uid,
                "date_closed": when,
                "note": note,
            }
        )
        self.rollout_id.sudo().message_post(
            body=self.env._("Condition closed: %(name)s", name=self.name)
            + (f" – {note}" if note else ""),
            author_id=self.env.user.partner_id.id,
            date=when,
        )

    def _check_may_close(self):
        user = self.env.user
        rollout = self.rollout_id.sudo()
        people = self.user_id | rollout.coordinator_id | rollout.sponsor_id
        is_keeper = user.has_group("crm_segmentation.group_crm_coordinator")
        if user not in people and not is_keeper:
            raise AccessError(
                self.env._(
                    "crm_project_rollout.not_condition_owner: The condition "
                    "“%(name)s” is closed by its owner %(owner)s, the coordinator "
                    "or the sponsor.",
                    name=self.name,
                    owner=self.user_id.sudo().name,
                )
            )

    def _check_still_open(self):
        for condition in self.filtered("is_closed"):
            raise UserError(
                self.env._(
                    "crm_project_rollout.condition_is_closed: The condition "
                    "“%(name)s” is closed and stays as it is.",
                    name=condition.name,
                )
            )

    def _in_words(self):
        self.ensure_one()
        day = format_date(self.env, self.date)
        return f"{self.name} ({self.user_id.sudo().name}, {day})"
