from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestGuide(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ready = cls.env["crm.regulation"].search(
            [("company_id", "=", cls.company.id), ("code", "=", "materials_2h")]
        )
        cls.guides = cls.env["crm.regulation.guide"].with_user(cls.coordinator)

    def _made(self, guide):
        action = guide.save().action_make()
        self.assertEqual(action["res_model"], "crm.regulation")
        return self.env["crm.regulation"].browse(action["res_id"])

    def test_four_numbers_of_a_ready_one(self):
        guide = Form(self.guides)
        self.assertEqual(guide.start, "ready")
        guide.template_id = self.ready
        self.assertEqual((guide.promise, guide.limit_value), ("Send the materials", 2))
        self.assertEqual(guide.interaction_type_ids[:], self.materials)
        guide.name = "Materials for key clients"
        guide.limit_value = 1
        guide.warn_percent = 50
        guide.leader_hours = 2
        self.assertIn("send the materials within 1 hour by the clock", guide.sentence)
        for words in (
            "with an attachment or link; at 50 % a reminder; ",
            "; for A: as soon as it is late the team leader is told; ",
            "; 2 working hours late the team leader is told; ",
        ):
            self.assertIn(words, guide.sentence)
        made = self._made(guide)
        self.assertEqual(made.sentence, guide.sentence)
        self.assertRecordValues(
            made,
            [
                {
                    "name": "Materials for key clients",
                    "state": "draft",
                    "mode": "silent",
                    "version": 1,
                    "author_id": self.coordinator.id,
                    "owner_id": self.coordinator.id,
                    "company_id": self.company.id,
                    "process": self.ready.process,
                    "purpose": self.ready.purpose,
                }
            ],
        )
        self.assertNotEqual(made.code, self.ready.code)
        self.assertEqual(
            made.step_ids.evidence_domain, self.ready.step_ids.evidence_domain
        )
        self.assertEqual(self.ready.step_ids.limit_value, 2, "the ready one stays")
        made.with_user(self.manager)
        made.action_publish()
        self._talk()
        self.assertEqual(len(self._owed(made)), 1)

    def test_from_a_blank_page(self):
        guide = Form(self.guides)
        guide.start = "blank"
        guide.name = "Missed calls"
        guide.trigger_kind = "call_missed"
        guide.counterparty_type_ids.add(self.client)
        guide.promise = "Call back"
        guide.limit_value = 30
        guide.limit_unit = "minute"
        guide.responsible_kind = "salesperson"
        guide.evidence_kind = "interaction"
        guide.tells_leader = False
        said = (
            "When a client calls and nobody answers, the salesperson must call back "
            "within 30 working minutes; proof: a logged interaction; at 75 % a "
            "reminder."
        )
        self.assertEqual(guide.sentence, said)
        made = self._made(guide)
        self.assertEqual((made.sentence, made.trigger_kind), (said, "call_missed"))
        self.assertFalse(made.step_ids.rung_ids)

    def test_every_beginning_can_be_made(self):
        """What happens is told of the record that the guide chooses by itself."""
        for kind, _name in self.guides._selection_trigger_kind()[:14]:
            guide = Form(self.guides)
            guide.start = "blank"
            guide.name = guide.promise = "Do"
            guide.trigger_kind = kind
            with self.subTest(kind=kind):
                self.assertEqual(self._made(guide).trigger_kind, kind)

    def test_another_proof_drops_the_filter(self):
        guide = Form(self.guides)
        guide.template_id = self.ready
        guide.evidence_kind = "manual"
        made = self._made(guide)
        self.assertEqual(made.step_ids.evidence_domain, "[]")
        self.assertEqual(made.sentence, guide.sentence)

    def test_a_ladder_that_is_there(self):
        rungs = [{"basis": "percent", "value": 90, "whom": "responsible"}, {"value": 8}]
        steps = [
            {"rung_ids": [Command.create(rung) for rung in rungs]},
            {"name": "Call", "limit_value": 9},
        ]
        ready = self._draft(*steps, trigger_domain='[("name", "!=", False)]')
        guide = Form(self.guides)
        guide.template_id = ready
        self.assertEqual((guide.leader_hours, guide.other_steps), (8, 1))
        guide.leader_hours = 3
        self.assertIn("• whoever talked to the customer must call", guide.sentence)
        self.assertIn("and further conditions are met", guide.sentence)
        made = self._made(guide)
        ladder = made.step_ids[0].rung_ids
        self.assertEqual(
            [(r.basis, r.value, r.whom) for r in ladder],
            [("percent", 90, "responsible"), ("after", 3, "team_leader")],
        )
        self.assertEqual(made.step_ids[1].limit_value, 9)
        guide = Form(self.guides)
        guide.template_id = ready
        guide.tells_leader = False
        self.assertEqual(self._made(guide).step_ids[0].rung_ids.basis, "percent")

    def test_a_ready_one_in_force(self):
        guide = Form(self.guides)
        guide.template_id = self._regulation(
            {"responsible_kind": "fixed", "responsible_user_id": self.sales.id}
        )
        self.assertEqual(guide.responsible_user_id, self.sales)  # fmt: skip
        made = self._made(guide)
        self.assertEqual((made.state, made.version), ("draft", 1))

    def test_nothing_to_begin_with(self):
        guide = self.guides.create(
            {"name": "X", "promise": "Y", "template_id": False, "start": "ready"}
        )
        with self.assertRaisesRegex(UserError, "^crm_regulations.guide: "):
            guide.action_make()

    def test_roles(self):
        for user in (self.sales, self.manager, self.integration):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.guides.with_user(user).create({"name": "X", "promise": "Y"})
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        guide = env["crm.regulation.guide"].create(
            {"name": "X", "promise": "Y", "template_id": self.ready.id}
        )
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            guide.action_make()
        own = Form(env["crm.regulation.guide"])
        self.assertEqual(own.template_id.company_id, other)
