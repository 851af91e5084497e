from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...core.wire import is_id
from ...engine.explanation import explained_categories, for_wire
from ...engine.metrics.built_in import window


class CrmSegmentation(models.Model):
    """Why a counterparty has its category."""

    _inherit = "crm.segmentation"

    def explain(self, partner_id):
        """Why a counterparty has its category.

        :param partner_id: id of the counterparty
        :return: dictionary with ``category``, ``computed``, ``origin``, ``version``,
            ``date``, ``window_from`` and ``window_to`` (the full months that count),
            ``values`` (metric code → number or False) and ``categories``, a list in
            the order of the rule: each with ``code``, ``name``, ``holds``, ``match``
            and ``conditions`` of ``metric``, ``name``, ``value``, ``operator``,
            ``threshold`` (to stay, for who is in the category), ``enter`` (to get
            in), ``met`` and ``distance`` (what is missing)
        :raises UserError: the segmentation is not published or does not cover the
            counterparty
        """
        self._require_one()
        self.check_access("read")
        self._require_published()
        partner = self._visible_partner(partner_id)
        values = self.sudo()._classification(self.spec).values(partner.id)
        if values is None:
            raise UserError(
                self.env._(
                    "crm_segmentation.not_covered: %(partner)s is not covered by "
                    "%(name)s: look at the counterparty types and at whether the "
                    "counterparty is active.",
                    partner=partner.display_name,
                    name=self.name,
                )
            )
        membership = self._membership(partner)
        start, end = window(fields.Date.today())
        return {
            "partner": partner.display_name,
            "category": membership.segment_id.code or False,
            "computed": membership.computed_segment_id.code or False,
            "origin": membership.origin or False,
            "reason": membership.override_reason or False,
            "until": str(membership.override_until or "") or False,
            "date_from": str(membership.date_from or "") or False,
            "version": self.version,
            "date": str(fields.Date.today()),
            "window_from": str(start),
            "window_to": str(end - timedelta(days=1)),
            "values": {code: for_wire(value) for code, value in values.items()},
            "categories": explained_categories(
                self, values, membership.computed_segment_id.id
            ),
        }

    def _visible_partner(self, partner_id):
        partners = self.env["res.partner"]
        partner = partners.browse(partner_id if is_id(partner_id) else []).exists()
        if not partner:
            raise UserError(
                self.env._(
                    "crm_segmentation.no_partner: There is no counterparty with the id "
                    "%(id)s.",
                    id=partner_id,
                )
            )
        partner.check_access("read")
        return self._whose_category(partner)

    def _whose_category(self, partner):
        """A contact has the category of its company."""
        return partner.commercial_partner_id if self.unit == "company" else partner
