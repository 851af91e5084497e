from odoo.tests import HttpCase, tagged

from .common import RegulationsCommon

PHONE = "390x844"


class AnnouncementScreens(HttpCase, RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mute = cls._partner("Mute", user_id=cls.sales.id)
        cls._partner("Black", email="black@example.com")
        cls.env["mail.blacklist"]._add("black@example.com")


@tagged("post_install", "-at_install")
class TestAnnouncementScreens(AnnouncementScreens):
    def test_from_the_product_to_the_call_list(self):
        product = self.env["product.template"].create({"name": "Reagent kit"})
        self.start_tour(
            f"/odoo/action-sale.product_template_action/{product.id}",
            "crm_announcement_whole",
            login=self.manager.login,
        )
        announcement = self.env["crm.announcement"].search(
            [("product_ids", "in", product.ids)]
        )
        self.assertEqual(announcement.state, "running")
        self.assertEqual(announcement.mailing_id.state, "in_queue")
        row = announcement.recipient_ids.filtered(lambda r: r.partner_id == self.mute)
        self.assertEqual((row.state, row.told_by_id), ("told", self.manager))

    def test_coverage_to_draft(self):
        self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id)]
        ).unlink()
        segmentation = self._segmentation(
            ("A", ("turnover_month_avg", ">=", 100)), ("C",)
        )
        segmentation.action_publish()
        best = segmentation.segment_ids.filtered(lambda s: s.code == "A")
        self._regulation(segment_ids=[(6, 0, best.ids)])
        self.env["hr.department"].create(
            {"name": "Service of devices", "company_id": self.company.id}
        )
        self.start_tour(
            "/odoo/regulation-coverage",
            "crm_cover_whole",
            login=self.coordinator.login,
        )
        draft = self.env["crm.regulation"].search(
            [("name", "=", "Offer within a day"), ("company_id", "=", self.company.id)]
        )
        self.assertEqual((draft.process, draft.segment_ids), ("sales", best))


@tagged("post_install", "-at_install")
class TestAnnouncementPhone(AnnouncementScreens):
    browser_size = PHONE
    touch_enabled = True

    def test_the_call_list(self):
        announcement = self.env["crm.announcement"].create(
            {"name": "News", "body": "<p>News</p>", "company_id": self.company.id}
        )
        announcement.action_prepare()
        announcement.action_send()
        self.start_tour(
            "/odoo/call-list", "crm_announcement_phone", login=self.sales.login
        )
        row = announcement.recipient_ids.filtered(lambda r: r.partner_id == self.mute)
        self.assertEqual((row.state, row.note), ("told", "Wants a quotation"))
