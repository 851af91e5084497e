from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..core import goals as rule


class CrmRolloutKpiEntry(models.Model):
    """The value of a KPI in one month, entered by a person or kept by the system."""

    _name = "crm.rollout.kpi.entry"
    _description = "Value of a KPI"
    _order = "month desc, id desc"
    _rec_name = "kpi_id"

    kpi_id = fields.Many2one(
        "crm.rollout.kpi", string="KPI", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        required=True,
        default=lambda self: rule.shifted(
            rule.month_of(fields.Date.context_today(self)), -1
        ),
        help="Any day of the month; the first one is kept.",
    )
    value = fields.Float(digits=(16, 4), aggregator=None)
    unit = fields.Selection(related="kpi_id.unit")
    evidence = fields.Binary(
        attachment=True, help="The paper that the value was taken from."
    )
    evidence_name = fields.Char()
    link = fields.Char(string="Source", help="Where it can be looked up.")
    note = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    is_kept = fields.Boolean(
        string="Kept by Odoo",
        readonly=True,
        help="Odoo measured it at that time, because it keeps no history of it.",
    )

    _month_unique = models.UniqueIndex(
        "(kpi_id, company_id, month)",
        "There is a value of this KPI for this month already. Change that one.",
    )
    _month_first = models.Constraint(
        "CHECK(EXTRACT(day FROM month) = 1)", "The month is kept as its first day."
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._normal(vals) for vals in vals_list]
        if not self.env.su:
            for vals in vals_list:
                vals.update(user_id=self.env.uid, is_kept=False)
        return super().create(vals_list)

    def write(self, vals):
        vals = self._normal(vals)
        if not self.env.su:
            # Whoever changes the value answers for it.
            vals = {**vals, "user_id": self.env.uid, "is_kept": False}
        return super().write(vals)

    @staticmethod
    def _normal(vals):
        vals = dict(vals)
        if vals.get("month"):
            vals["month"] = rule.month_of(fields.Date.to_date(vals["month"]))
        return vals

    @api.constrains("kpi_id", "company_id")
    def _check_company(self):
        for entry in self:
            company = entry.kpi_id.company_id
            if company and company != entry.company_id:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.kpi_other_company: The KPI “%(kpi)s” "
                        "belongs to %(company)s. Choose one of %(own)s or a shared "
                        "one.",
                        kpi=entry.kpi_id.name,
                        company=company.name,
                        own=entry.company_id.name,
                    )
                )

    @api.constrains("month")
    def _check_month(self):
        today = fields.Date.context_today(self)
        for entry in self:
            if entry.month > today:
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.month_ahead: %(month)s has not begun yet; "
                        "“%(kpi)s” cannot have a value then. Choose a month that is "
                        "over.",
                        month=f"{entry.month:%Y-%m}",
                        kpi=entry.kpi_id.name,
                    )
                )

    @api.model
    def _keep_present(self, kpi, companies):
        """Keep today's value of a KPI without history as that of the running month.

        Until the month is over the value is replaced; what a person entered stays.
        """
        month = rule.month_of(fields.Date.today())
        for company in companies:
            value = kpi._reader().months(company.sudo(), month, month)[month]
            if value is None:
                continue
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_rollout_kpi_entry
                              (kpi_id, company_id, month, value, is_kept,
                               create_date, write_date)
                       VALUES (%s, %s, %s, %s, TRUE, %s, %s)
                       ON CONFLICT (kpi_id, company_id, month)
                       DO UPDATE SET value = EXCLUDED.value
                        WHERE crm_rollout_kpi_entry.is_kept""",
                    kpi.id,
                    company.id,
                    month,
                    value,
                    fields.Datetime.now(),
                    fields.Datetime.now(),
                )
            )
        self.invalidate_model()
