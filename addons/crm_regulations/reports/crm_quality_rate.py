from odoo import fields, models
from odoo.tools import SQL


class CrmQualityRate(models.Model):
    """Invitations to quality sheets, and what came of them: invited, answered, score.

    A query, not a table. A row has the id of its invitation.
    """

    _name = "crm.quality.rate"
    _description = "Answers to Quality Sheets"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "crm.obligation": ["regulation_id", "user_id"],
        "crm.quality.answer": ["date", "input_id", "score"],
        "res.partner": ["commercial_partner_id"],
        "survey.survey": ["crm_quality_sheet"],
        "survey.user_input": [
            "create_date", "crm_company_id", "crm_date_reminded", "crm_obligation_id",
            "partner_id", "survey_id", "test_entry",
        ],
    }  # fmt: skip

    survey_id = fields.Many2one("survey.survey", string="Quality sheet", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Who was asked", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    regulation_id = fields.Many2one("crm.regulation", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    date = fields.Datetime(string="Invited on", readonly=True)
    date_reminded = fields.Datetime(string="Reminded", readonly=True)
    date_answered = fields.Datetime(string="Answered on", readonly=True)
    invited = fields.Integer(readonly=True, help="Invitations.")
    answered = fields.Integer(readonly=True, help="Invitations that were answered.")
    answer_rate = fields.Float(
        string="Answer rate, %",
        aggregator="avg",
        digits=(5, 1),
        readonly=True,
        help="Answered ÷ invited.",
    )
    score = fields.Float(
        aggregator="avg",
        digits=(3, 2),
        readonly=True,
        help="The mean of those who answered, from 1 (worst) to 5 (best).",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT invitation.id, invitation.survey_id, invitation.partner_id,
                   partner.commercial_partner_id,
                   invitation.crm_company_id AS company_id, promise.regulation_id,
                   promise.user_id, invitation.create_date AS date,
                   invitation.crm_date_reminded AS date_reminded,
                   answer.date AS date_answered, 1 AS invited,
                   CASE WHEN answer.id IS NULL THEN 0 ELSE 1 END AS answered,
                   CASE WHEN answer.id IS NULL THEN 0 ELSE 100 END AS answer_rate,
                   NULLIF(answer.score, 0) AS score
              FROM survey_user_input AS invitation
              JOIN survey_survey AS survey
                ON survey.id = invitation.survey_id AND survey.crm_quality_sheet
              LEFT JOIN res_partner AS partner ON partner.id = invitation.partner_id
              LEFT JOIN crm_obligation AS promise
                ON promise.id = invitation.crm_obligation_id
              LEFT JOIN crm_quality_answer AS answer
                ON answer.input_id = invitation.id
             WHERE invitation.crm_company_id IS NOT NULL
               AND invitation.test_entry IS NOT TRUE
            """
        )
