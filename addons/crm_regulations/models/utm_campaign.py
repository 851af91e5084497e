from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class UtmCampaign(models.Model):
    """When a campaign ran, what it cost, and what it brought."""

    _inherit = "utm.campaign"

    crm_date_start = fields.Date(string="Begins on")
    crm_date_end = fields.Date(
        string="Ends on",
        help="From then on somebody owes its result, if a regulation says so.",
    )
    crm_result = fields.Text(
        string="What it brought",
        help="In two or three sentences: what worked, what did not, and whether to do "
        "it again.",
    )
    crm_cost_ids = fields.One2many(
        "crm.campaign.cost",
        "campaign_id",
        string="Costs",
        groups="sales_team.group_sale_manager,crm_segmentation.group_crm_coordinator",
    )

    @api.constrains("crm_date_start", "crm_date_end")
    def _check_crm_dates(self):
        for campaign in self:
            start, end = campaign.crm_date_start, campaign.crm_date_end
            if start and end and end < start:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.campaign_dates: %(campaign)s ends on %(end)s, "
                        "before it begins on %(start)s. Correct one of the days.",
                        campaign=campaign.title,
                        end=end,
                        start=start,
                    )
                )

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        # Odoo's own form reads mailings and fails for whoever may not see them.
        is_blind = not self.env["mailing.mailing"].has_access("read")
        if view_type == "form" and not view_id and is_blind:
            view_id = self.env.ref("crm_regulations.utm_campaign_view_form_plain").id
        return super().get_view(view_id, view_type, **options)

    def effect(self):
        """What the campaign cost and brought in the company of the caller.

        :return: ``campaign_id``, ``company_id``, ``currency``, ``days`` (how long after
            the first touch answers and purchases count), ``cost``, ``reached``,
            ``responses``, ``leads``, ``won_leads``, ``orders``, ``turnover_orders`` (of
            orders with the campaign on them), ``turnover_reached`` (of the customers
            that were reached), and, False where there is none, ``response_percent``,
            ``cost_per_lead``, ``cost_per_order``, ``return_ratio``
        :raises AccessError: the caller is neither sales manager nor coordinator
        :raises UserError: not exactly one campaign was given
        """
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_campaign: Ask for one campaign at a time; "
                    "%(count)s were given.",
                    count=len(self),
                )
            )
        self.check_access("read")
        report = self.env["crm.campaign.effect"]
        company = self.env.company
        # With its figures: reading them afterwards would add everything up once more.
        row = report.search_fetch(
            [("campaign_id", "=", self.id), ("company_id", "=", company.id)],
            report._figures,
            limit=1,
        )
        figures = {name: row[name] for name in report._figures}
        return {
            "campaign_id": self.id,
            "company_id": company.id,
            "currency": company.currency_id.name,
            "days": company.crm_campaign_days,
            **figures,
            **report._ratios(**figures),
        }

    def action_open_effect(self):
        """The effect of this campaign.

        :return: a window action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_campaign_effect"
        )
        return {
            **action,
            "domain": [("campaign_id", "in", self.ids)],
            "views": [(False, "list"), (False, "graph"), (False, "pivot")],
        }


class CrmCampaignCost(models.Model):
    """Money that was spent on a campaign."""

    _name = "crm.campaign.cost"
    _description = "Cost of a Campaign"
    _order = "date desc, id desc"
    _check_company_auto = True

    campaign_id = fields.Many2one(
        "utm.campaign", required=True, ondelete="cascade", index=True
    )
    name = fields.Char(string="For what", required=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    company_id = fields.Many2one(
        "res.company",
        string="Our company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        required=True, help="Without tax, in the currency of the company."
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The cost of a campaign must be more than zero."
    )


class CrmAnnouncement(models.Model):
    """An announcement may belong to a campaign."""

    _inherit = "crm.announcement"

    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="set null",
        help="Whom the announcement reaches counts for this campaign.",
    )

    def _make_mailing(self):
        mailings = super()._make_mailing()
        for mailing in mailings:
            mailing.campaign_id = self.campaign_id
        return mailings


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_campaign_days = fields.Integer(
        string="Effect of a campaign (days)",
        default=30,
        help="So long after the first touch answers and purchases of a customer count "
        "for a campaign.",
    )

    _crm_campaign_days_positive = models.Constraint(
        "CHECK(crm_campaign_days BETWEEN 1 AND 366)",
        "The effect of a campaign is looked at for 1 to 366 days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_campaign_days = fields.Integer(
        related="company_id.crm_campaign_days", readonly=False
    )
