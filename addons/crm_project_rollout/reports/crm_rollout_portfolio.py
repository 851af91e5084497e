from odoo import api, fields, models
from odoo.tools import SQL


class CrmRolloutPortfolio(models.Model):
    """All CRM projects of a group side by side: one row each."""

    _name = "crm.rollout.portfolio"
    _inherit = ["crm.rollout.wire"]
    _description = "Portfolio of CRM Projects"
    _auto = False
    _order = "overdue_condition_count desc, days_in_stage desc, id"
    _rec_name = "rollout_id"
    _depends = {
        "crm.rollout": [
            "company_id", "coordinator_id", "date_end", "date_start", "sponsor_id",
            "stage_id", "state",
        ],
        "crm.rollout.condition": ["date", "is_closed", "rollout_id"],
        "crm.rollout.stage": ["date_open", "number", "rollout_id", "state"],
    }  # fmt: skip

    rollout_id = fields.Many2one("crm.rollout", string="CRM Project", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    coordinator_id = fields.Many2one("res.users", readonly=True)
    sponsor_id = fields.Many2one("res.users", readonly=True)
    state = fields.Selection(
        selection=lambda self: (
            self.env["crm.rollout"]._fields["state"]._description_selection(self.env)
        ),
        readonly=True,
    )
    stage_id = fields.Many2one("crm.rollout.stage", string="Open Stage", readonly=True)
    stage_number = fields.Integer(string="Stage", readonly=True, aggregator="avg")
    passed_count = fields.Integer(string="Stages Passed", readonly=True)
    date_start = fields.Datetime(string="Started", readonly=True)
    days_in_stage = fields.Integer(
        string="Days in the Open Stage", readonly=True, aggregator="avg"
    )
    condition_count = fields.Integer(string="Open Conditions", readonly=True)
    overdue_condition_count = fields.Integer(string="Overdue Conditions", readonly=True)
    readiness = fields.Integer(
        related="rollout_id.readiness", help="Percent of what the open gate asks for."
    )

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        now = fields.Datetime.now()
        return SQL(
            """
            SELECT rollout.id, rollout.id AS rollout_id, rollout.company_id,
                   rollout.coordinator_id, rollout.sponsor_id, rollout.state,
                   rollout.stage_id, rollout.date_start,
                   stage.number AS stage_number,
                   COALESCE(path.passed, 0) AS passed_count,
                   CASE WHEN rollout.state = 'running'
                        THEN DATE_PART('day', %(now)s - stage.date_open)::int
                   END AS days_in_stage,
                   COALESCE(asked.open, 0) AS condition_count,
                   COALESCE(asked.overdue, 0) AS overdue_condition_count
              FROM crm_rollout AS rollout
              LEFT JOIN crm_rollout_stage AS stage ON stage.id = rollout.stage_id
              LEFT JOIN (SELECT rollout_id, COUNT(*) AS passed
                           FROM crm_rollout_stage WHERE state = 'passed'
                          GROUP BY rollout_id) AS path
                     ON path.rollout_id = rollout.id
              LEFT JOIN (SELECT rollout_id, COUNT(*) AS open,
                                COUNT(*) FILTER (WHERE date < %(today)s) AS overdue
                           FROM crm_rollout_condition
                          WHERE is_closed IS NOT TRUE
                          GROUP BY rollout_id) AS asked
                     ON asked.rollout_id = rollout.id
            """,
            now=now,
            today=today,
        )

    @api.readonly
    def action_open(self):
        """Open the CRM project of a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.rollout",
            "res_id": self.rollout_id.id,
            "views": [(False, "form")],
        }
