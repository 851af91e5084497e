"""A campaign of the demo company that has ended: what it cost and what came of it."""

from datetime import timedelta

from odoo import Command

_COSTS = (("Stand at the laboratory fair", 18_000), ("Printed price lists", 2_400))
_RESULT = (
    "Two laboratories ordered within a month; letters alone brought few answers, the "
    "talks at the stand brought most. We go again next year, with an analyser to touch."
)
_BEGAN_DAYS_AGO = 60
_LETTERS = 40


class Campaign:
    """Loads the demo campaign once.

    :param promises: the :class:`~.promises.Promises` that are being loaded
    """

    def __init__(self, promises):
        self.env = promises.env
        self.company = promises.company
        self.began = promises.now - timedelta(days=_BEGAN_DAYS_AGO)
        self.people = promises

    def load(self):
        """The campaign with its letters, leads and orders."""
        campaign = self.env["utm.campaign"].create(
            {
                "title": "Laboratory fair",
                "user_id": self.people.manager.id,
                "crm_date_start": self.began.date(),
                "crm_date_end": (self.began + timedelta(days=14)).date(),
                "crm_result": _RESULT,
                "crm_cost_ids": [
                    Command.create(
                        {
                            "name": name,
                            "amount": amount,
                            "date": self.began.date(),
                            "company_id": self.company.id,
                        }
                    )
                    for name, amount in _COSTS
                ],
            }
        )
        customers = self._letters(campaign)
        ours = [("company_id", "=", self.company.id)]
        self.env["crm.lead"].search(ours, limit=5, order="id").campaign_id = campaign
        self._orders(campaign, customers[:2])

    def _letters(self, campaign):
        """Nothing is really sent; returns whom they reached."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "See you at the laboratory fair",
                "campaign_id": campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "user_id": self.people.manager.id,
                "state": "done",
                "sent_date": self.began,
            }
        )
        customers = self.env["res.partner"].search(
            [("company_id", "=", self.company.id), ("email", "!=", False)],
            limit=_LETTERS,
            order="id",
        )
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": customer.id,
                    "email": customer.email,
                    "trace_status": "reply" if number % 8 == 0 else "sent",
                    "sent_datetime": self.began,
                    "reply_datetime": number % 8 == 0
                    and self.began + timedelta(days=2),
                }
                for number, customer in enumerate(customers)
            ]
        )
        return customers

    def _orders(self, campaign, customers):
        product = self.env["product.product"].search(
            [("company_id", "=", self.company.id), ("sale_ok", "=", True)], limit=1
        )
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "user_id": self.people.sales.id,
                    "campaign_id": campaign.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                "price_unit": 2_400,
                            }
                        )
                    ],
                }
                for customer, quantity in zip(customers, (12, 20), strict=True)
            ]
        )
        orders.action_confirm()
        orders.date_order = self.began + timedelta(days=20)
