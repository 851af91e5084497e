from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import adoption
from ..engine.page import page_words

MONTHS, LONGEST = 6, 60


class CrmRollout(models.Model):
    """Whether people work in the system, or beside it."""

    _inherit = "crm.rollout"

    adoption_html = fields.Html(
        string="Adoption", compute="_compute_adoption_html", sanitize=False
    )

    def adoption(self, months=MONTHS):
        """Who worked in the system, month by month; the running month comes last.

        :param months: how many months, 1 to 60
        :return: list of dictionaries: ``month`` (``2026-05``), ``workers`` (who should
            work in it), ``active``, ``active_percent``, ``interactions``,
            ``interactions_each``, ``proved``, ``attested``, ``proved_percent``; False
            where there is nothing to measure
        :raises ValidationError: no such number of months
        """
        self.ensure_one()
        self.check_access("read")
        if type(months) is not int or not 1 <= months <= LONGEST:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.wrong_months: months cannot be %(months)s. "
                    "Give a number from 1 to %(longest)s.",
                    months=repr(months)[:80],
                    longest=LONGEST,
                )
            )
        found = adoption.by_month(self.company_id.sudo(), months)
        return [
            {
                "month": first.strftime("%Y-%m"),
                "workers": month.workers,
                "active": month.active,
                "active_percent": _figure(month.active_percent),
                "interactions": month.interactions,
                "interactions_each": _figure(month.interactions_each),
                "proved": month.proved,
                "attested": month.attested,
                "proved_percent": _figure(month.proved_percent),
            }
            for first, month in found.items()
        ]

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_adoption_html(self):
        for rollout in self:
            page = {"adoption": rollout.adoption(), **page_words(self.env)}
            rollout.adoption_html = self.env["ir.qweb"]._render(
                "crm_project_rollout.adoption_table", {"page": page}
            )


def _figure(value):
    return False if value is None else round(value, 1)
