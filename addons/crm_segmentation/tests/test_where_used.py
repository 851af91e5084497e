from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ..core.naming import names_category
from .common import SegmentationCommon

PATHS = ("segment_ids", "own_segment_ids")


@tagged("post_install", "-at_install")
class TestNaming(BaseCase):
    def test_what_names_a_category(self):
        table = [
            ([("segment_ids", "=", 7)], True),
            ([("segment_ids", "in", [3, 7])], True),
            ([("segment_ids", "in", [3, 8])], False),
            (["|", ("name", "=", "A"), ("own_segment_ids", "in", (7,))], True),
            ([("partner_id.segment_ids", "=", 7)], True),
            ([("segment_ids.code", "=", "A")], True),
            ([("segment_ids.code", "in", ["B"])], False),
            ([("segment_ids", "ilike", "Key")], False),
            ([("segment_ids", "ilike", "Key clients")], True),
            ([("segment_ids", "=", False)], False),
            ([("segment_ids", "=", True)], False),
            ([("segment_ids", "any", [("code", "=", "A")])], True),
            ([("tag_ids", "any", [("code", "=", "A")])], False),
            ([("partner_id", "any", [("segment_ids", "=", 7)])], True),
            ([("code", "=", "A")], False),
            ([], False),
            ("7", False),
            (None, False),
            ([7, "A", None, ("segment_ids",)], False),
        ]
        for domain, named in table:
            with self.subTest(domain=domain):
                self.assertIs(
                    names_category(domain, PATHS, 7, "A", "Key clients"), named
                )


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestWhereUsed(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner("Clinic One")
        cls.segmentation = cls._by_turnover()
        cls.a, cls.c = cls.segmentation.segment_ids

    def _uses(self, record, user=None):
        found = record.with_user(user or self.coordinator).where_used()
        return {
            use["kind"]: (use["count"], use["names"], use["blocks"]) for use in found
        }

    def _filter(self, domain, **values):
        return self.env["ir.filters"].create(
            {"name": "Key ones", "model_id": "res.partner", "domain": domain, **values}
        )

    def test_nothing_refers_to_a_new_category(self):
        self.assertEqual(self._uses(self.a), {})
        self.a.with_user(self.coordinator).unlink()
        self.assertFalse(self.a.exists())

    def test_a_published_category(self):
        self.segmentation.action_publish()
        uses = self._uses(self.c)
        self.assertEqual(uses["Published rule of"], (1, "Clients", True))
        count, names, blocks = uses["Counterparties in it"]
        self.assertGreaterEqual(count, 1)
        self.assertIn("Clinic One", names)
        self.assertTrue(blocks)
        self.assertIn("History", uses)
        with self.assertRaisesRegex(
            UserError, "crm_segmentation.category_in_use: .*(?s:.)*Published rule of"
        ):
            self.c.with_user(self.coordinator).unlink()

    def test_archiving_takes_it_out_of_the_rule(self):
        self._bought(self.partner, "2026-04-15", 5000)
        self.segmentation.action_publish()
        self.assertEqual(self.partner.own_segment_ids, self.a)
        self.a.with_user(self.coordinator).active = False
        self.partner.invalidate_recordset()
        self.assertEqual(self.partner.own_segment_ids, self.a, "until it is published")
        self.assertEqual(self.partner.segment_ids, self.a)
        self.segmentation.action_publish()
        self.assertEqual(self.partner.own_segment_ids, self.c)
        self.assertEqual(
            self._movements(self.partner, self.segmentation)[-1],
            ("A", "C", "publish"),
        )
        uses = self._uses(self.a)
        self.assertEqual(list(uses), ["History"])

    def test_saved_filters(self):
        self._filter(f"[('segment_ids', 'in', [{self.a.id}])]")
        self._filter(
            f"[('segment_ids', '=', {self.a.id})]",
            name="Mine",
            user_ids=[Command.set(self.sales.ids)],
        )
        self._filter("[('segment_ids', '=', uid)]", name="Reckons")
        found = self.a.with_user(self.coordinator).where_used()
        self.assertEqual(
            [(u["kind"], u["count"], u["blocks"]) for u in found],
            [("Saved filters", 1, True), ("Saved filters", 1, False)],
        )
        self.assertEqual(found[0]["names"], "Key ones")
        self.assertEqual(found[1]["names"], "…", "a private filter of another person")
        self.assertEqual(self._uses(self.c), {})
        with self.assertRaisesRegex(UserError, "Saved filters: Key ones"):
            self.a.with_user(self.coordinator).unlink()

    def test_a_segmentation_tells_of_its_categories(self):
        self._filter(f"[('segment_ids', 'in', [{self.a.id}])]")
        self._filter(f"[('segment_ids', 'in', [{self.c.id}])]", name="Others")
        uses = self._uses(self.segmentation)
        self.assertEqual(uses["Saved filters"][0], 2)
        with self.assertRaisesRegex(UserError, "crm_segmentation.segmentation_in_use"):
            self.segmentation.with_user(self.coordinator).unlink()

    def test_a_metric(self):
        metric = self.metrics["turnover_month_avg"]
        uses = self._uses(metric)
        self.assertIn("A · Category A", uses["Categories"][1])
        # Out of the editor, but still in the rule in force.
        self.segmentation.action_publish()
        self.a.criterion_ids.metric_id = self.metrics["document_count"]
        self.assertIn("Clients", self._uses(metric)["Published rule of"][1])
        with self.assertRaisesRegex(UserError, "crm_segmentation.metric_in_use"):
            metric.unlink()

    def test_a_type(self):
        kind = self.env["crm.counterparty.type"].create(
            {"name": "Institute", "code": "institute"}
        )
        self.assertEqual(self._uses(kind), {})
        self.partner.counterparty_type_ids = kind
        self.segmentation.counterparty_type_ids = kind
        uses = self._uses(kind)
        self.assertEqual(uses["Contact"], (1, "Clinic One", True))
        self.assertEqual(uses["Segmentation"], (1, "Clients", True))
        with self.assertRaisesRegex(UserError, "crm_segmentation.type_in_use"):
            kind.with_user(self.coordinator).unlink()

    def test_names_of_another_company_are_not_told(self):
        other = self.env["res.company"].create({"name": "South Med"})
        foreign = self._user("coord2", "crm_segmentation.group_crm_coordinator", other)
        kind = self.env["crm.counterparty.type"].create(
            {"name": "Institute", "code": "institute"}
        )
        self.segmentation.counterparty_type_ids = kind
        context = {**self.env.context, "allowed_company_ids": other.ids}
        self.env.invalidate_all()
        theirs = kind.with_env(self.env(user=foreign, context=context))
        self.assertEqual(
            [(u["kind"], u["count"], u["names"]) for u in theirs.where_used()],
            [("Segmentation", 1, "…")],
        )
        with self.assertRaises(AccessError):
            self.a.with_env(theirs.env).where_used()

    def test_the_dialog(self):
        self.segmentation.action_publish()
        action = self.c.with_user(self.coordinator).action_where_used()
        dialog = self.env[action["res_model"]].with_user(self.coordinator)
        lines = dialog.browse(action["res_id"]).line_ids
        self.assertIn("Published rule of", lines.mapped("kind"))
        opened = lines.filtered(
            lambda line: line.kind == "Published rule of"
        ).action_open()
        self.assertEqual(
            self.env[opened["res_model"]].search(opened["domain"]), self.segmentation
        )
        with self.assertRaises(AccessError):
            self.c.with_user(self.sales).action_where_used()

    def test_one_record(self):
        for records in (self.a + self.c, self.a.browse()):
            with self.assertRaisesRegex(UserError, "crm_segmentation.one_record: "):
                records.where_used()
