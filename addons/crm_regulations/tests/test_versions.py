from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestVersions(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._regulation(
            {"name": "Send the materials"},
            {"name": "Call"},
            interaction_type_ids=[Command.set(cls.materials.ids)],
        )
        action = cls.first.with_user(cls.coordinator).action_new_version()
        cls.second = cls.first.browse(action["res_id"])

    def _texts(self, new=None, old=None):
        new = (new or self.second).with_user(self.sales)
        return [change["text"] for change in new.compare((old or self.first).id)]

    def test_chain(self):
        self.second.action_publish()
        action = self.first.with_user(self.coordinator).action_new_version()
        third = self.first.browse(action["res_id"])
        chain = third | self.second | self.first
        for regulation in chain:
            self.assertEqual(regulation.version_ids, chain)
            self.assertEqual(regulation.version_count, 3)
        self.assertEqual(self._draft().version_count, 1)
        self.assertEqual(self.first.action_open_version()["res_id"], self.first.id)

    def test_the_same(self):
        self.assertEqual(self._texts(), [])
        self.assertIn("Both versions say the same.", self.second.difference)
        self.assertFalse(self.first.difference, "there is none before")

    def test_numbers(self):
        self.second.step_ids[0].limit_value = 2
        self.assertEqual(
            self._texts(),
            ["Send the materials: within 4 working hours → within 2 working hours"],
        )
        self.assertIn("within 4 working hours → within 2", self.second.difference)
        self.assertEqual(
            self.second.compare(self.first.id),
            [
                {
                    "kind": "changed",
                    "place": "Send the materials",
                    "label": "Time limit",
                    "before": "within 4 working hours",
                    "after": "within 2 working hours",
                    "text": "Send the materials: within 4 working hours → within 2 "
                    "working hours",
                }
            ],
        )

    def test_steps(self):
        self.second.step_ids[1].unlink()
        self.second.step_ids = [Command.create({"name": "Visit"})]
        self.assertEqual(self._texts(), ["new step “Visit”", "step “Call” was removed"])

    def test_order_of_steps(self):
        first = self._regulation(*({"name": name} for name in ("One", "Two", "Three")))
        action = first.with_user(self.coordinator).action_new_version()
        second = first.browse(action["res_id"])
        second.step_ids[0].sequence = 99
        second.invalidate_recordset()
        self.assertEqual(self._texts(second, first), ["step “One” stands elsewhere"])

    def test_fields(self):
        self.second.write(
            {
                "name": "Requested papers",
                "purpose": "They wait",
                "counterparty_type_ids": [Command.set(self.client.ids)],
                "interaction_type_ids": [
                    Command.set((self.materials | self.service).ids)
                ],
            }
        )
        self.second.step_ids[0].write(
            {"responsible_kind": "salesperson", "warn_percent": 50}
        )
        self.assertEqual(
            set(self._texts()),
            {
                "Name: Answer requests → Requested papers",
                "Why: nothing → They wait",
                "Counterparty types: nothing → Client",
                "Interaction types: Request for materials → "
                + ", ".join((self.materials | self.service).mapped("name")),
                "Send the materials: Responsible: Who talked to the customer → The "
                "customer's salesperson",
                "Send the materials: Warn after: 75 → 50",
            },
        )

    def test_parts_of_steps(self):
        step = self.second.step_ids[0]
        step.rung_ids = [Command.create({"value": 4})]
        step.condition_ids = [Command.create({"kind": "deal_lost"})]
        self.assertEqual(
            set(self._texts()),
            {
                "Send the materials: new escalation “4 working hours late the team "
                "leader is told”",
                "Send the materials: new condition “It is not owed any more: A deal "
                "was lost or refused”",
            },
        )
        self.second.action_publish()
        action = self.second.with_user(self.coordinator).action_new_version()
        third = self.second.browse(action["res_id"])
        third.step_ids[0].rung_ids.value = 8
        third.step_ids[0].condition_ids.times = 3
        self.assertEqual(
            set(self._texts(third, self.second)),
            {
                "Send the materials – 8 working hours late the team leader is told: 4 "
                "working hours late the team leader is told → 8 working hours late the "
                "team leader is told",
                "Send the materials – It is not owed any more: A deal was lost or "
                "refused: Times: 1 → 3",
            },
        )

    def test_what_is_no_part_of_the_text(self):
        self.second.write(
            {"mode": "silent", "sequence": 5, "date_review": "2030-01-01"}
        )
        self.second.action_publish()
        self.assertEqual(self._texts(), [])

    def test_any_two(self):
        other = self._draft(name="Call back")
        self.assertIn("Name: Answer requests → Call back", self._texts(other))
        self.assertTrue(self.first.compare(other.id))

    def test_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.second.step_ids[0].with_context(lang="ru_RU").name = "Отправить"
        self.second.step_ids[0].limit_value = 2
        russian = self.second.with_context(lang="ru_RU").compare(self.first.id)
        limit = self.first.step_ids[0].with_context(lang="ru_RU").limit_text
        self.assertIn(limit, [change["before"] for change in russian])

    def test_what_cannot_be_compared(self):
        for other in (99_999_999, 0, -1, "5", None, False, [1], 2.5):
            with (
                self.subTest(other=other),
                self.assertRaisesRegex(UserError, "^crm_regulations.compare: "),
            ):
                self.second.compare(other)
        with self.assertRaisesRegex(UserError, "^crm_regulations.one_record: "):
            (self.first | self.second).compare(self.first.id)

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.second.with_env(env).compare(self.first.id)
        own = env["crm.regulation"].search([], limit=1)
        with self.assertRaisesRegex(UserError, "^crm_regulations.compare: "):
            own.compare(self.first.id)
