from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools.date_utils import add


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    def test_from_nothing(self):
        """A coordinator sets up categories, sees one on a client and logs a call."""
        self.env["res.lang"]._activate_lang("en_US")
        admin = self.env.ref("base.user_admin")
        admin.write(
            {
                "lang": "en_US",
                "company_id": self.env.ref("base.main_company").id,
                "company_ids": self.env.ref("base.main_company").ids,
            }
        )
        partner = self.env["res.partner"].create(
            {
                "name": "Clinic of the tour",
                "is_company": True,
                "counterparty_type_ids": self.env.ref(
                    "crm_segmentation.type_client"
                ).ids,
            }
        )
        self.env["crm.turnover.line"].create(
            {
                "partner_id": partner.id,
                "date": add(fields.Date.today().replace(day=1), days=-1),
                "amount": 1000,
                "company_id": admin.company_id.id,
                "currency_id": admin.company_id.currency_id.id,
            }
        )
        self.start_tour(
            "/odoo/segmentations", "crm_segmentation_from_nothing", login="admin"
        )
        segmentation = self.env["crm.segmentation"].search(
            [("name", "=", "Clients of the tour")]
        )
        self.assertEqual(segmentation.state, "published")
        self.assertEqual(partner.own_segment_ids.mapped("code"), ["A"])
        self.assertRecordValues(
            partner.interaction_ids,
            [{"name": "Asked for gloves", "user_id": admin.id}],
        )
