from odoo import fields, models

from ..engine.page import page_words


class CrmRollout(models.Model):
    """What the one-page status of a CRM project says."""

    _inherit = "crm.rollout"

    def _status_page(self):
        """Everything on the page, of this moment.

        :return: dictionary for the template
        """
        self.ensure_one()
        rollout = self.sudo()
        stage = rollout.stage_id
        today = fields.Date.context_today(self)
        conditions = rollout.condition_ids.filtered(lambda c: not c.is_closed)
        return {
            "stages": rollout.stage_ids.sorted("number"),
            "stage": stage,
            "days": (fields.Datetime.now() - stage.date_open).days
            if stage.date_open
            else False,
            "criteria": stage.criterion_ids.sorted("met"),
            "questions": stage.question_ids.filtered(lambda q: not q.is_answered),
            "conditions": conditions,
            "overdue": conditions.filtered(lambda c: c.date < today),
            "goals": rollout._goal_lines(),
            "risks": rollout._risk_lines(),
            "health": rollout._health_text(),
            "decision": rollout.decision_ids[:1],
            "today": today,
            **page_words(self.env),
        }

    def _status_file_name(self):
        return self.env._("Status of %(name)s", name=self.name)

    def _act_file_name(self):
        return self.env._("Act of acceptance of %(name)s", name=self.name)

    def action_invite_consultant(self):
        """Let somebody from outside work on single tasks, through Odoo's own sharing.

        :return: the action of Odoo's dialog
        """
        self.ensure_one()
        self.check_access("write")
        return self.project_id.with_context(
            default_access_mode="edit_limited"
        ).action_open_share_project_wizard()
