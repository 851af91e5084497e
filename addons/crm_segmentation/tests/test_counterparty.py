from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
class TestCounterparty(SegmentationCommon):
    def test_shipped_codes(self):
        """Integrations rely on them."""
        shipped = {
            "crm.counterparty.type": {
                "client",
                "dealer",
                "supplier",
                "subcontractor",
                "competitor",
            },
            "crm.interaction.type": {
                "call",
                "meeting",
                "visit",
                "email",
                "materials_request",
                "service_request",
                "complaint",
            },
            "crm.metric": {
                "turnover_month_avg",
                "turnover_total",
                "document_count",
                "days_since_purchase",
                "tenure_years",
            },
        }
        for model, codes in shipped.items():
            found = set(self.env[model].search([], limit=100).mapped("code"))
            self.assertLessEqual(codes, found, model)

    @mute_logger("odoo.sql_db")
    def test_codes_are_unique(self):
        for model in ("crm.counterparty.type", "crm.interaction.type"):
            code = self.env[model].search([], limit=1).code
            with (
                self.subTest(model=model),
                self.assertRaisesRegex(UserError, "^crm_segmentation.not_unique: "),
                self.env.cr.savepoint(),
            ):
                self.env[model].create({"name": "Twice", "code": code})

    def test_several_types_at_once(self):
        partner = self._partner(counterparty_type_ids=(self.client | self.dealer).ids)
        self.assertIn(partner, self.dealer.partner_ids)
        found = self.env["res.partner"].search(
            [("counterparty_type_ids", "=", self.dealer.id), ("name", "=", "Clinic")]
        )
        self.assertEqual(found, partner)

    @mute_logger("odoo.sql_db")
    def test_turnover_line_is_loaded_once(self):
        partner = self._partner()
        values = {"origin": "north", "external_ref": "1"}
        self._bought(partner, "2026-04-15", 10, **values)
        with (
            self.assertRaisesRegex(UserError, "^crm_segmentation.not_unique: "),
            self.env.cr.savepoint(),
        ):
            self._bought(partner, "2026-04-15", 10, **values)
        self._bought(partner, "2026-04-15", 10, origin="south", external_ref="1")
        # Lines typed by hand need no reference.
        for _turn in range(2):
            self._bought(partner, "2026-04-15", 10)

    def test_partner_with_turnover_is_not_deleted(self):
        partner = self._partner()
        self._bought(partner, "2026-04-15", 10)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            partner.unlink()
