from odoo import fields, models
from odoo.exceptions import UserError

from ..core.loyalty import Window
from ..engine.loyalty import loyalty

_LONGEST_AGO = 20


class CrmLoyaltyReport(models.Model):
    """One row per customer: how promises were kept, and whether they bought again.

    A query, not a table. The context says with ``loyalty_years_ago`` which twelve
    months are meant; without it, the last ones.
    """

    _name = "crm.loyalty.report"
    _description = "Promises and Loyalty"
    _auto = False
    _order = "turnover desc, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.obligation": [
            "commercial_partner_id", "company_id", "date_due", "state",
        ],
        "crm.quality.answer": [
            "commercial_partner_id", "company_id", "date", "score",
        ],
        "res.company": ["currency_id"],
    }  # fmt: skip

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", string="Our company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_end = fields.Date(
        string="Twelve months until",
        readonly=True,
        help="The last day of the twelve full months that are looked at.",
    )
    kept = fields.Selection(
        [
            ("all", "All on time"),
            ("most", "Most on time (80% or more)"),
            ("some", "Some on time (50% or more)"),
            ("few", "Few on time (less than 50%)"),
            ("too_few", "Too few promises (1 or 2)"),
            ("nothing", "Nothing promised"),
        ],
        string="Promises kept",
        readonly=True,
        help="Of the promises that were due in these twelve months.",
    )
    customers = fields.Integer(readonly=True, help="1 for each customer.")
    counted = fields.Integer(
        string="Promises",
        readonly=True,
        help="Done on time, done late or overdue. Excused, cancelled and open promises "
        "are left out.",
    )
    on_time = fields.Integer(readonly=True)
    on_time_share = fields.Float(
        string="On time, %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the promises to this customer. For a group: the average customer.",
    )
    score = fields.Float(
        string="Quality score",
        readonly=True,
        aggregator="avg",
        digits=(3, 2),
        help="From 1 (worst) to 5 (best); only of customers who answered.",
    )
    repeat_share = fields.Float(
        string="Bought again, %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of those who bought in the first six months: who bought in the last six "
        "months, too.",
    )
    churn_share = fields.Float(
        string="Lost, %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of those who bought in the year before the last six months: who bought "
        "nothing in the last six months.",
    )
    turnover = fields.Monetary(
        readonly=True,
        help="In these twelve months, without tax, in company currency at the rates of "
        "the documents' days.",
    )
    turnover_before = fields.Monetary(string="Turnover the year before", readonly=True)
    turnover_change = fields.Monetary(
        readonly=True, help="Turnover less the turnover of the year before."
    )

    @property
    def _table_query(self):
        window = Window.before(fields.Date.context_today(self), self._years_ago())
        return loyalty(window, self.env["crm.purchase"]._table_query)

    def _years_ago(self):
        """Which year the reader has chosen.

        :raises UserError: ``bad_year``
        """
        years = self.env.context.get("loyalty_years_ago") or 0
        if type(years) is not int or not 0 <= years <= _LONGEST_AGO:
            raise UserError(
                self.env._(
                    "crm_regulations.bad_year: “loyalty_years_ago” in the context is "
                    "%(value)s. Give a whole number from 0 (the last twelve months) "
                    "to %(longest)s.",
                    value=repr(years)[:50],
                    longest=_LONGEST_AGO,
                )
            )
        return years

    def action_open(self):
        """The customer.

        :return: a window action
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
