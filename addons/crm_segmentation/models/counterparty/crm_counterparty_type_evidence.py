from odoo import api, models
from odoo.exceptions import AccessError

from ...core import completeness as rule
from ...engine.counterparty_evidence import Evidence, documents


class CrmCounterpartyType(models.Model):
    """Types that documents suggest: bills make a supplier, invoices a client."""

    _inherit = "crm.counterparty.type"

    @api.model
    def _evidence(self):
        """The evidence in the companies that the user works in."""
        companies = self.env.companies.ids
        ids = {type_.code: type_.id for type_ in self.sudo().search([])}
        sources = [
            (ids[code], reason, source)
            for code, reason, source in self._evidence_sources(companies)
            if code in ids
        ]
        return Evidence(self.env, companies, sources)

    @api.model
    def _evidence_sources(self, company_ids):
        """What suggests which type. Extend it with ``super()``.

        :param company_ids: whose documents
        :return: list of (code of a type, key of ``_evidence_words``, SQL with one
            column: the id of the commercial partner whose document it is)
        """
        return documents(company_ids)

    @api.model
    def _evidence_words(self):
        """What each kind of evidence is called, {key: words}. Extend it."""
        return {
            "invoice": self.env._("invoices"),
            "order": self.env._("confirmed orders"),
            "turnover": self.env._("turnover outside accounting"),
            "bill": self.env._("bills"),
        }

    def _give(self, partners):
        """Give this type to counterparties at once.

        Whoever lacks what the type requires when it is given is left out.

        :param partners: counterparties that the user may see
        :return: (those who got it, those left out)
        """
        self.ensure_one()
        self._check_coordinator()
        types = [self.id, *self._ancestors().get(self.id, ())]
        left_out = self._lacking_for(partners, frozenset(types))
        given = self._evidence().give((partners - left_out).ids, types)
        partners.invalidate_recordset(["counterparty_type_ids"], flush=False)
        self.invalidate_recordset(["partner_ids"], flush=False)
        partners.browse(given)._refresh_completeness()
        return partners.browse(given), left_out

    def _lacking_for(self, partners, type_ids):
        """Those to whom these types could not be given singly, either."""
        requirements = self.env["crm.counterparty.requirement"]
        measure = requirements._measure(only_blocking=True)
        if not measure.requirements:
            return partners.browse()
        return partners.browse(
            id_
            for id_, known in measure.facts(partners.ids).items()
            if rule.refused_change(
                measure.requirements, known, _with_types(known, type_ids)
            )
        )

    @api.model
    def _check_coordinator(self):
        if not self.env.user.has_group("crm_segmentation.group_crm_coordinator"):
            raise AccessError(
                self.env._(
                    "crm_segmentation.coordinator_only: Types are given to many at "
                    "once by a CRM coordinator. Ask one of them."
                )
            )


def _with_types(known, type_ids):
    return rule.Facts(
        known.types | type_ids, known.is_company, known.filled, known.passed
    )
