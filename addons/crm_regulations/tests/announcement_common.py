from odoo import Command

from .common import RegulationsCommon

START = "2026-05-04 09:00:00"


class AnnouncementCommon(RegulationsCommon):
    """A few customers of every sort, and ways to announce something to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls._user(
            "marketing",
            "mass_mailing.group_mass_mailing_user,sales_team.group_sale_salesman",
        )
        cls.other = cls._user("other", "sales_team.group_sale_salesman")
        cls.category = cls.env["crm.segmentation"].create(
            {
                "name": "Clients",
                "company_id": cls.company.id,
                "segment_ids": [
                    Command.create({"code": "A", "name": "A"}),
                    Command.create({"code": "C", "name": "C", "is_default": True}),
                ],
            }
        )
        cls.best = cls.category.segment_ids.filtered(lambda s: s.code == "A")
        # Nobody else of the database is in the scope of these tests.
        cls.new_type = cls.env["crm.counterparty.type"].create(
            {"name": "New", "code": "announced"}
        )
        cls.people = {
            name: cls._customer(name.title(), **values)
            for name, values in {
                "mailed": {"email": "mailed@example.com"},
                "contact": {},
                "twin": {"email": "Mailed@example.com"},
                "mute": {"phone": "+380 44 245 31 18"},
                "wrong": {"email": "nobody at home"},
                "black": {"email": "black@example.com"},
                "left": {"email": "left@example.com"},
                "best": {"email": "best@example.com"},
            }.items()
        }
        cls._partner(
            "Dr. Green", parent_id=cls.people["contact"].id, is_company=False,
            email="green@example.com", counterparty_type_ids=False,
        )  # fmt: skip
        cls.env["mail.blacklist"]._add("black@example.com")
        contact = cls.env["mailing.contact"].create({"email": "left@example.com"})
        cls.env["mailing.subscription"].create(
            {
                "contact_id": contact.id,
                "list_id": cls.env["mailing.list"].create({"name": "News"}).id,
                "opt_out": True,
            }
        )
        cls._is_best(cls.people["best"])

    @classmethod
    def _customer(cls, name, **values):
        return cls._partner(
            name,
            **{
                "counterparty_type_ids": [Command.set(cls.new_type.ids)],
                "user_id": cls.sales.id,
                **values,
            },
        )

    @classmethod
    def _is_best(cls, partners):
        cls.env["crm.segment.membership"].create(
            [
                {
                    "partner_id": partner.id,
                    "segmentation_id": cls.category.id,
                    "company_id": cls.company.id,
                    "segment_id": cls.best.id,
                    "computed_segment_id": cls.best.id,
                    "date_from": "2026-01-01",
                }
                for partner in partners
            ]
        )

    @classmethod
    def _announcement(cls, user=None, **values):
        announcements = cls.env["crm.announcement"].with_user(user or cls.coordinator)
        return announcements.create(
            {
                "name": "New reagents",
                "body": "<p>They are here.</p>",
                "company_id": cls.company.id,
                "counterparty_type_ids": [Command.set(cls.new_type.ids)],
                "personal_segment_ids": [Command.set(cls.best.ids)],
                **values,
            }
        )

    def _prepared(self, **values):
        announcement = self._announcement(**values)
        announcement.action_prepare()
        return announcement

    def _running(self, **values):
        announcement = self._prepared(**values)
        announcement.action_send()
        self._commit()
        return announcement

    def _row(self, announcement, name):
        partner = self.people.get(name, name)
        return announcement.sudo().recipient_ids.filtered(
            lambda row: row.partner_id == partner
        )

    def _fates(self, announcement):
        """Name → (state, reason)."""
        rows = announcement.sudo().recipient_ids
        return {row.partner_id.name.lower(): (row.state, row.reason) for row in rows}

    def _letter(self, announcement, name, status, **values):
        """What became of the letter to a customer."""
        row = self._row(announcement, name)
        return self.env["mailing.trace"].create(
            {
                "mass_mailing_id": announcement.sudo().mailing_id.id,
                "model": "res.partner",
                "res_id": row.contact_id.id,
                "email": row.email,
                "trace_status": status,
                "sent_datetime": status in ("sent", "open", "reply")
                and self.env.cr.now(),
                **values,
            }
        )
