"""An announcement of the demo company that is half-way through.

The letters went out yesterday: most arrived, some were opened, one came back. The best
customers are told personally, and one of them has been.
"""

from datetime import timedelta

from odoo import Command

# What became of the letters, over and over.
_FATES = ("sent", "open", "sent", "reply", "open", "outgoing", "sent", "bounce")


class NewProduct:
    """Loads the demo announcement once.

    :param promises: the :class:`~.promises.Promises` that are being loaded
    """

    def __init__(self, promises):
        self.env = promises.env
        self.company = promises.company
        self.now = promises.now
        self.people = promises

    def load(self):
        """A product, its announcement, and what became of the letters so far."""
        announcement = self._announcement()
        if not announcement.recipient_ids:
            return
        # Nothing is really sent.
        announcement.mailing_id.write(
            {"state": "done", "sent_date": self.now - timedelta(days=1)}
        )
        self._letters(announcement)
        announcement.date_start = self.now - timedelta(days=1)
        announcement._follow()
        to_tell = announcement.recipient_ids.filtered(
            lambda row: row.state in ("personal", "to_call")
        )
        to_tell[:1]._tell("Told on the phone; wants a quotation for two kits.")

    def _announcement(self):
        product = self.env["product.template"].create(
            {
                "name": "Reagent kit R-200",
                "company_id": self.company.id,
                "list_price": 240,
            }
        )
        announcement = self.env["crm.announcement"].create(
            {
                "name": "New: Reagent kit R-200",
                "body": "<p>Good day!</p><p>The new reagent kit R-200 fits your "
                "analyser and keeps twice as long after opening.</p>",
                "product_ids": [Command.set(product.ids)],
                "company_id": self.company.id,
                "user_id": self.people.coordinator.id,
            }
        )
        announcement.action_prepare()
        return announcement

    def _letters(self, announcement):
        rows = announcement.recipient_ids.filtered("is_mailed")
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": announcement.mailing_id.id,
                    "model": "res.partner",
                    "res_id": row.contact_id.id,
                    "email": row.email,
                    "trace_status": _FATES[number % len(_FATES)],
                    "sent_datetime": self.now - timedelta(days=1),
                }
                for number, row in enumerate(rows)
            ]
        )
