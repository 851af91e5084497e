from odoo import fields
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestCounterpartyTypesTour(HttpCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        company = self.env.ref("base.main_company")
        self.env.ref("base.user_admin").write(
            {"lang": "en_US", "company_id": company.id, "company_ids": company.ids}
        )
        self.company = company

    def test_required_information(self):
        """A coordinator asks for the tax ID, sees who lacks it and fills it in."""
        type_ = self.env["crm.counterparty.type"].create(
            {"name": "Type of the tour", "code": "tour", "sequence": 1}
        )
        partner = self.env["res.partner"].create(
            {
                "name": "Clinic of the tour",
                "is_company": True,
                "counterparty_type_ids": type_.ids,
            }
        )
        self.start_tour(
            "/odoo/counterparty-types",
            "crm_segmentation_required_information",
            login="admin",
        )
        self.assertEqual(type_.requirement_ids.field_name, "vat")
        self.assertEqual((partner.vat, partner.completeness), ("12345678", 100))

    def test_suggest_types(self):
        """A coordinator gives types to those whose documents say what they are."""
        partner = self.env["res.partner"].create(
            {"name": "Buyer of the tour", "is_company": True}
        )
        self.env["crm.turnover.line"].create(
            {
                "partner_id": partner.id,
                "date": fields.Date.today(),
                "amount": 10,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        self.start_tour(
            "/odoo/untyped-counterparties",
            "crm_segmentation_suggest_types",
            login="admin",
        )
        self.assertEqual(
            partner.counterparty_type_ids, self.env.ref("crm_segmentation.type_client")
        )
