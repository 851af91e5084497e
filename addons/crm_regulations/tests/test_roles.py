from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONDAY_9, RegulationsCommon


@tagged("post_install", "-at_install")
class TestRoles(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regulation = cls._regulation()
        cls.seller = cls._user("second", "sales_team.group_sale_salesman")

    def _refused(self, *acts):
        for act in acts:
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                act()

    def test_salesperson_sees_the_own_ones(self):
        mine = self._promise(self.regulation)
        self._talk(user_id=self.seller.id)
        obligations = self.env["crm.obligation"].with_user(self.sales)
        self.assertEqual(obligations.search([]), mine)
        self.assertEqual(obligations.search([]).event_ids, mine.event_ids)
        events = self.env["crm.obligation.event"].with_user(self.sales)
        self.assertEqual(events.search([]).obligation_id, mine)

    def test_salesperson_reads_all_that_the_screen_shows(self):
        self.customer.user_id = self.manager
        owed = self._promise(self.regulation).with_user(self.sales)
        lead = self._lead(user_id=self.manager.id)
        owed.sudo().lead_id = lead
        fields = ("name", "sentence", "partner_id", "lead_id", "calendar_id",
                  "regulation_id", "remaining", "state", "res_name")  # fmt: skip
        shown = owed.web_read({name: {} for name in fields})
        self.assertEqual(shown[0]["name"], "Answer")

    def test_a_customer_does_not_read_what_we_think_of_the_customer(self):
        portal = self.env["res.users"].create(
            {
                "name": "Customer",
                "login": "reg_customer",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        own = portal.partner_id.with_user(portal)
        self.assertTrue(own.read(["name", "phone"]))
        for name in ("quality_score", "quality_date", "crm_salesperson_since"):
            with self.subTest(name):
                self._refused(lambda name=name: own.read([name]))
                self.assertIn(name, own.with_user(self.sales).read([name])[0])

    def test_the_whole_line_as_a_salesperson(self):
        """From the talk to the kept promise with a salesperson's rights only."""
        regulation = self._on_requests()
        env = self.env(user=self.sales)
        with self._at("2026-05-04 09:30:00"):
            talk = env["crm.interaction"].create(
                {
                    "type_id": self.materials.id,
                    "partner_id": self.customer.id,
                    "date": MONDAY_9,
                }
            )
            self._commit()
            owed = self._owed(regulation).with_user(self.sales)
            self.assertEqual((owed.state, owed.user_id), ("open", self.sales))
            self._sweep()
            self.assertEqual(owed.activity_ids.res_id, talk.id)
            self._write_to(talk, attach=True, partner_ids=self.customer.ids)
        self.assertEqual((owed.state, owed.evidence_grade), ("done_on_time", "system"))

    def test_salesperson_and_regulations(self):
        draft = self._draft().with_user(self.sales)
        self.assertEqual(draft.name, "Answer requests")
        self._refused(
            lambda: draft.action_publish(),
            lambda: draft.action_submit(),
            lambda: self.regulation.with_user(self.sales).action_retire(),
            lambda: self.regulation.with_user(self.sales).action_new_version(),
            lambda: draft.write({"name": "Mine"}),
            lambda: draft.step_ids.write({"limit_value": 1000}),
            lambda: draft.unlink(),
            lambda: draft.create({"name": "Mine"}),
        )
        draft.with_user(self.coordinator).action_submit()
        self._refused(lambda: draft.action_approve())

    def test_manager_sees_everybody_s(self):
        self._talk()
        self._talk(user_id=self.seller.id)
        self._talk(user_id=False)
        for user in (self.manager, self.coordinator):
            seen = self.env["crm.obligation"].with_user(user).search([])
            self.assertEqual(len(seen), 3)

    def test_manager_does_not_author(self):
        self._refused(
            lambda: self._draft().with_user(self.manager).action_publish(),
            lambda: self._draft().with_user(self.manager).write({"name": "Mine"}),
        )

    def test_integration(self):
        owed = self._promise(self.regulation).with_user(self.integration)
        self.assertEqual(owed.search([]), owed)
        self.assertEqual(owed.explain()["state"], "open")
        log = self.env["crm.interaction"].with_user(self.integration).log
        log(
            {
                "type": "call",
                "partner_id": self.customer.id,
                "user_id": self.sales.id,
                "date": "2026-05-04T12:00:00+03:00",
            }
        )
        self._commit()
        self.assertEqual(len(self._owed(self.regulation)), 2)
        self._refused(
            lambda: owed.fulfil("Done"),
            lambda: owed.excuse("Please"),
            lambda: owed.write({"state": "excused"}),
            lambda: self._draft().with_user(self.integration).action_publish(),
            lambda: self.regulation.with_user(self.integration).start([], "x"),
        )

    def test_incidents_are_the_coordinator_s(self):
        self.env["crm.regulation.incident"]._record(
            self.regulation, self.customer, ValueError("broken")
        )
        incidents = self.env["crm.regulation.incident"]
        self.assertEqual(
            incidents.with_user(self.coordinator).search([]).message, "broken"
        )
        self._refused(lambda: incidents.with_user(self.sales).search([]))

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("south", "crm_segmentation.group_crm_coordinator", other)
        owed = self._promise(self.regulation)
        self.env["crm.regulation.incident"]._record(
            self.regulation, self.customer, ValueError("broken")
        )
        env = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        for model in (
            "crm.obligation",
            "crm.obligation.event",
            "crm.regulation.incident",
        ):
            self.assertFalse(env[model].search([]), model)
        seen = env["crm.regulation"].search([])
        self.assertEqual(seen.company_id, other, "its own shipped drafts only")
        self.assertEqual(seen.step_ids.company_id, other)
        regulation = self.regulation.with_env(env)
        theirs = owed.with_env(env)
        self._refused(
            lambda: regulation.read(["name"]),
            lambda: regulation.action_retire(),
            lambda: regulation.action_new_version(),
            lambda: regulation.start([], "x"),
            lambda: regulation.step_ids.write({"name": "Mine"}),
            lambda: theirs.fulfil("Mine"),
            lambda: theirs.excuse("Mine"),
            lambda: theirs.explain(),
        )
        self.assertEqual((owed.state, self.regulation.state), ("open", "published"))

    def test_both_companies(self):
        """Two companies with the same code and version do not disturb each other."""
        other = self.env["res.company"].create({"name": "South Med"})
        self.env.user.company_ids = [Command.link(other.id)]
        theirs = self._draft(company_id=other.id, code=self.regulation.code)
        theirs.action_publish()
        self.assertEqual(self.regulation.state, "published")
        self._talk()
        self.assertEqual(len(self._owed(self.regulation)), 1)
        self.assertFalse(self._owed(theirs))
