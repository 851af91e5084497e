from odoo import api, fields, models

from ..core.quality import score
from ..engine.actions.survey import remind

#: After so many days without an answer the customer is reminded, once.
REMIND_DAYS = 7
# Older invitations are left alone: who switches something on writes to nobody then.
_REMIND_UNTIL_DAYS = 30


class CrmQualityAnswer(models.Model):
    """What a customer said on a quality sheet. Never changed."""

    _name = "crm.quality.answer"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Answer to a Quality Sheet"
    _order = "date desc, id desc"
    _rec_name = "name"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(readonly=True)
    input_id = fields.Many2one(
        "survey.user_input", ondelete="set null", readonly=True, index="btree_not_null"
    )
    survey_id = fields.Many2one(
        "survey.survey", string="Quality sheet", ondelete="set null", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Who answered",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer",
        store=True,
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", ondelete="set null", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    obligation_id = fields.Many2one(
        "crm.obligation",
        string="Invited by the promise",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    regulation_id = fields.Many2one(
        related="obligation_id.regulation_id", store=True, ondelete="set null"
    )
    about = fields.Char(readonly=True, help="The order or project it is about.")
    date_invited = fields.Datetime(string="Invited", readonly=True)
    date = fields.Datetime(string="Answered", required=True, readonly=True)
    score = fields.Float(
        digits=(3, 2),
        aggregator="avg",
        readonly=True,
        help="The mean of the marks, from 1 (worst) to 5 (best); 0: no marks.",
    )
    text = fields.Text(string="In their words", readonly=True)

    _input_unique = models.Constraint(
        "UNIQUE(input_id)", "This answer has been counted already."
    )

    def action_open_answers(self):
        """The sheet as it was filled in.

        :return: an action
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": self.sudo().input_id.get_print_url(),
            "target": "new",
        }


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    crm_quality_sheet = fields.Boolean(
        string="Quality sheet",
        help="Its answers give customers their quality score: the mean of all scales.",
    )


class SurveyUserInput(models.Model):
    """An answer to a quality sheet is kept with the customer."""

    _inherit = "survey.user_input"

    crm_obligation_id = fields.Many2one(
        "crm.obligation",
        string="Invited by the promise",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    crm_company_id = fields.Many2one(
        "res.company", string="Invited by", ondelete="set null", readonly=True
    )
    crm_action_key = fields.Char(readonly=True, copy=False)
    crm_date_reminded = fields.Datetime(string="Reminded", readonly=True, copy=False)

    def _mark_done(self):
        done = super()._mark_done()
        sheets = self.filtered(
            lambda i: i.survey_id.sudo().crm_quality_sheet and not i.test_entry
        )
        sheets.sudo()._keep_quality()
        return done

    def _keep_quality(self):
        """Keep the answers, once each, and tell the customers' last score."""
        known = self.env["crm.quality.answer"].search([("input_id", "in", self.ids)])
        fresh = self - known.input_id
        answers = self.env["crm.quality.answer"].create(
            [one._quality_values() for one in fresh]
        )
        for answer in answers.sorted("date"):
            if answer.score:
                partner = answer.partner_id
                (partner | partner.commercial_partner_id).with_company(
                    answer.company_id
                ).write({"quality_score": answer.score, "quality_date": answer.date})

    def _quality_values(self):
        owed = self.crm_obligation_id
        partner = self.partner_id
        company = self.crm_company_id or owed.company_id or partner.company_id
        marks, texts = [], []
        for line in self.user_input_line_ids.filtered(lambda one: not one.skipped):
            question = line.question_id
            if line.answer_type == "scale":
                marks.append((line.value_scale, question.scale_min, question.scale_max))
            elif line.answer_type in ("text_box", "char_box"):
                texts.append(line.value_text_box or line.value_char_box)
        user = owed.user_id or partner.user_id or partner.commercial_partner_id.user_id
        return {
            "name": partner.display_name or self.nickname or self.email
            or self.survey_id.title,
            "input_id": self.id,
            "survey_id": self.survey_id.id,
            "partner_id": partner.id,
            "user_id": user.id,
            "company_id": (company or self.env.company).id,
            "obligation_id": owed.id,
            "about": owed.res_name,
            "date_invited": owed and self.create_date,
            "date": self.end_datetime or fields.Datetime.now(),
            "score": score(marks) or 0,
            "text": "\n".join(filter(None, texts)),
        }  # fmt: skip

    @api.model
    def _cron_remind(self):
        """Remind whoever was invited a week ago and has not answered, once."""
        cron = self.env["ir.cron"]
        while invited := self._forgotten():
            invited._remind()
            if not cron._commit_progress(len(invited)):
                break

    @api.model
    def _forgotten(self):
        now = fields.Datetime.now()
        return self.search(
            [
                ("survey_id.crm_quality_sheet", "=", True),
                ("survey_id.active", "=", True),
                ("crm_obligation_id.regulation_id.mode", "!=", "silent"),
                ("state", "!=", "done"),
                ("test_entry", "=", False),
                ("crm_date_reminded", "=", False),
                ("create_date", "<=", fields.Datetime.subtract(now, days=REMIND_DAYS)),
                (
                    "create_date",
                    ">",
                    fields.Datetime.subtract(now, days=_REMIND_UNTIL_DAYS),
                ),
            ],
            limit=100,
            order="id",
        )

    def _remind(self):
        """The letter of the invitation once more; it knows that it is a reminder."""
        self.crm_date_reminded = fields.Datetime.now()
        self.flush_recordset()
        remind(self)


class ResPartner(models.Model):
    _inherit = "res.partner"

    quality_score = fields.Float(
        groups="base.group_user",
        digits=(3, 2),
        company_dependent=True,
        readonly=True,
        copy=False,
        help="The last quality sheet, from 1 (worst) to 5 (best).",
    )
    quality_date = fields.Datetime(
        string="Quality sheet of",
        groups="base.group_user",
        company_dependent=True,
        readonly=True,
        copy=False,
    )
    quality_answer_count = fields.Integer(compute="_compute_quality_answer_count")

    def _compute_quality_answer_count(self):
        counts = dict(
            self.env["crm.quality.answer"]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.quality_answer_count = counts.get(partner.commercial_partner_id, 0)

    def action_open_quality_answers(self):
        """What this customer said on quality sheets.

        :return: an action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_quality_answer"
        )
        domain = [("commercial_partner_id", "=", self.commercial_partner_id.id)]
        return {**action, "domain": domain, "context": {}}


class SaleOrder(models.Model):
    """That the customer was invited proves the promise about the order."""

    _inherit = "sale.order"

    crm_quality_invited = fields.Datetime(
        string="Invited to the quality sheet", readonly=True, copy=False, tracking=True
    )


class CrmMaterial(models.Model):
    """The survey of a quality sheet is one."""

    _inherit = "crm.material"

    @api.model_create_multi
    def create(self, vals_list):
        materials = super().create(vals_list)
        materials._mark_quality_sheets()
        return materials

    def write(self, vals):
        done = super().write(vals)
        if {"kind", "survey_id"} & vals.keys():
            self._mark_quality_sheets()
        return done

    def _mark_quality_sheets(self):
        sheets = self.filtered(lambda material: material.kind == "quality_sheet")
        sheets.sudo().survey_id.filtered(
            lambda survey: not survey.crm_quality_sheet
        ).crm_quality_sheet = True
