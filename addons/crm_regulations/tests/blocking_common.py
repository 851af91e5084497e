from odoo import Command

from ..exceptions import PromiseHinders
from .common import MONDAY_9, RegulationsCommon

TEN = "2026-05-04 10:00:00"


class BlockingCommon(RegulationsCommon):
    """Deals with a promise in the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("state", "=", "published")])._retire()
        cls.env.registry.clear_cache()
        stages = cls.env["crm.stage"]
        cls.first, cls.next, cls.won = stages.create(
            [
                {"name": "First", "sequence": 901},
                {"name": "Next", "sequence": 902},
                {"name": "Won", "sequence": 903, "is_won": True},
            ]
        )
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Too dear"})

    @classmethod
    def _blocking(cls, *acts, model="crm.lead", step=None, **values):
        """A regulation in force: its promise hinders these acts, by default all."""
        ticked = {
            f"block_{act}": not acts or act in acts
            for act in ("leave", "win", "lose", "archive", "delete", "confirm")
        }
        values = {"trigger_kind": "created", "res_model": model, **values}
        return cls._regulation(
            {"enforcement": "block", "name": "Call back", **ticked, **(step or {})},
            **values,
        )

    def _deal(self, text=MONDAY_9, **values):
        """A deal about which the promises are made already."""
        with self._at(text):
            lead = self._lead(
                **{
                    "type": "opportunity",
                    "stage_id": self.first.id,
                    # Archived with none, Odoo takes it for lost.
                    "probability": 20,
                    **values,
                }
            )
        return lead.with_user(self.sales)

    def _order(self, lead=None, **values):
        product = self.env["product.product"].create(
            {"name": "Probe", "type": "service", "list_price": 10}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "user_id": self.sales.id,
                "opportunity_id": lead.id if lead else False,
                "order_line": [Command.create({"product_id": product.id})],
                **values,
            }
        )
        self._commit()
        return order.with_user(self.sales)

    def _lost(self, leads, **values):
        """With the wizard that asks for the reason."""
        wizard = self.env["crm.lead.lost"].with_user(self.sales)
        wizard = wizard.create({"lead_ids": [Command.set(leads.ids)], **values})
        return wizard.action_lost_reason_apply()

    def _hindered(self, *acts):
        """Each act is refused, and nothing of it is left."""
        for act in acts:
            with self.assertRaisesRegex(PromiseHinders, "^crm_regulations.blocked: "):
                with self.env.cr.savepoint():
                    act()
            self.env.invalidate_all()

    def _allowed(self, *acts):
        """Each act is done, and then taken back."""

        class Done(Exception):
            pass

        for act in acts:
            with self.assertRaises(Done), self.env.cr.savepoint():
                act()
                self._commit()
                raise Done
            self.env.invalidate_all()
