from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools.date_utils import add


@tagged("post_install", "-at_install")
class TestSetupTour(HttpCase):
    def test_setup(self):
        """A coordinator goes from nothing to a published rule, and types no number."""
        self.env["res.lang"]._activate_lang("en_US")
        company = self.env.ref("base.main_company")
        admin = self.env.ref("base.user_admin")
        admin.write(
            {"lang": "en_US", "company_id": company.id, "company_ids": company.ids}
        )
        kind = self.env["crm.counterparty.type"].create(
            {"name": "Tour type", "code": "tour_type"}
        )
        day = add(fields.Date.today().replace(day=1), days=-1)
        amounts = {"Tour big": 1000, "Tour middle": 500, "Tour small": 300, "Tiny": 200}
        for name, amount in amounts.items():
            partner = self.env["res.partner"].create(
                {"name": name, "is_company": True, "counterparty_type_ids": kind.ids}
            )
            for when, bought in ((add(day, months=-13), 0), (day, amount * 12)):
                self.env["crm.turnover.line"].create(
                    {
                        "partner_id": partner.id,
                        "date": when,
                        "amount": bought,
                        "company_id": company.id,
                        "currency_id": company.currency_id.id,
                    }
                )
        self.start_tour("/odoo/segmentations", "crm_segmentation_setup", login="admin")
        segmentation = self.env["crm.segmentation"].search(
            [("name", "=", "Guided clients")]
        )
        self.assertEqual(segmentation.state, "published")
        self.assertEqual(segmentation.segment_ids.mapped("code"), ["A", "B", "C"])
        first = segmentation.segment_ids[0]
        self.assertEqual(first.membership_ids.partner_id.name, "Tour big")
        self.assertRecordValues(
            first.criterion_ids, [{"value_enter": 1000, "value_leave": 840}]
        )
