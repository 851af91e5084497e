"""A mailing to all customers of the regulation is prepared; a person sends it."""

from odoo.fields import Domain
from odoo.tools import is_html_empty

from .kind import Action, spoken


class Announcement(Action):
    code = "announcement"

    def words(self):
        return self.env._(
            "The mailing “%(name)s” was prepared for its customers; it waits to be "
            "looked at and sent.",
            name=self.spec["mailing"],
        )

    def problems(self):
        return self.nobody()

    def run(self, obligations):
        mailings = self.env["mailing.mailing"].create(
            [self._values(obligation) for obligation in obligations]
        )
        for mailing, obligation in zip(mailings, obligations, strict=True):
            person = self.person_of[obligation]
            mailing.with_context(lang=person.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=mailing.with_context(lang=person.lang).env._(
                    "Look at the mailing and send it"
                ),
                user_id=person.id,
            )

    def _values(self, obligation):
        person, lang = self.person_of[obligation], obligation.company_id.partner_id.lang
        body = spoken(self.spec["body"], lang)
        return {
            "subject": spoken(self.spec["subject"], lang),
            "preview": obligation.res_name if is_html_empty(body) else False,
            "mailing_type": "mail",
            "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            "mailing_domain": repr(list(self._customers(obligation))),
            "body_arch": body,
            "body_html": body,
            "user_id": person.id,
        }

    def _customers(self, obligation):
        """Whom the regulation is about and who can be written to."""
        domain = Domain("email", "!=", False)
        domain &= Domain("company_id", "in", [False, obligation.company_id.id])
        for field, ids in (
            ("counterparty_type_ids", self.spec["type_ids"]),
            ("own_segment_ids", self.spec["segment_ids"]),
        ):
            if ids:
                domain &= Domain(field, "in", ids)
        return domain & Domain(self.spec["scope"])
