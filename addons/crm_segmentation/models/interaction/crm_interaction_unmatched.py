from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.callers import Callers


class CrmInteraction(models.Model):
    """Calls and letters of strangers wait until somebody says who it was."""

    _inherit = "crm.interaction"

    is_ignored = fields.Boolean(
        string="Ignored",
        copy=False,
        help="Nobody we want to know. Later calls of this number are ignored as well.",
    )

    def _unmatched_domain(self):
        return [
            ("partner_id", "=", False),
            ("lead_id", "=", False),
            ("is_ignored", "=", False),
        ]

    def _same_caller(self):
        """These interactions and all unmatched ones of the same numbers."""
        # A withheld number is nobody's.
        keys = self.filtered(lambda talk: not talk.is_hidden).mapped("phone_key")
        return self | self.search(
            [
                *self._unmatched_domain(),
                ("phone_key", "in", [key for key in keys if key]),
                ("company_id", "in", self.company_id.ids),
            ]
        )

    def _callers(self):
        """Who may have been at the other end."""
        self.ensure_one()
        phone = "" if self.is_hidden else self.phone
        return Callers(self.env, self.company_id, phone, self.email)

    def _remember_numbers(self, partner, label=False):
        """Keep the numbers as further ones of a counterparty."""
        shown = self.filtered(lambda talk: talk.phone and not talk.is_hidden)
        for talk in shown.grouped("phone_key").values():
            self.env["crm.phone.number"]._remember(partner, talk[0].phone, label)

    def _check_unmatched(self):
        known = self.filtered(lambda talk: talk.partner_id or talk.lead_id)
        if known or not self:
            raise UserError(
                self.env._(
                    "crm_segmentation.matched: Nothing was changed: “%(names)s” has "
                    "a counterparty or a lead already. Choose only unmatched calls.",
                    names=", ".join(known[:5].mapped("display_name")),
                )
            )

    def _is_ignored_number(self, callers):
        return bool(callers.key) and bool(
            self.search_count(
                [
                    ("phone_key", "=", callers.key),
                    ("is_ignored", "=", True),
                    ("company_id", "=", callers.company.id),
                ],
                limit=1,
            )
        )

    def action_assign(self):
        """The dialog that asks who it was."""
        self._check_unmatched()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who was it?"),
            "res_model": "crm.interaction.assign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_interaction_ids": self.ids},
        }

    def action_new_lead(self):
        """A lead for an unknown caller, with all its unmatched interactions."""
        self._check_unmatched()
        talk = self[:1]
        lead = self.env["crm.lead"].create(
            {
                "name": talk.name or talk.phone or talk.email or talk.display_name,
                "phone": talk.phone,
                "email_from": talk.email,
                "source_id": talk.utm_source_id.id,
                "company_id": talk.company_id.id,
                "user_id": self.env.uid,
            }
        )
        self._same_caller().write({"lead_id": lead.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": lead.id,
            "view_mode": "form",
        }

    def action_ignore(self):
        """Take these callers off the list, also when they call again."""
        self._check_unmatched()
        return self._same_caller().write({"is_ignored": True})

    def action_stop_ignoring(self):
        """Put ignored callers back on the list."""
        keys = [key for key in self.mapped("phone_key") if key]
        same = self.search([("phone_key", "in", keys), ("is_ignored", "=", True)])
        return (self | same).write({"is_ignored": False})
