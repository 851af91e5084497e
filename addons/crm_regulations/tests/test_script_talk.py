from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegulationsCommon

TEN = "2026-05-04 10:00:00"


class ScriptCommon(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.phone = "+380 44 123 45 67"
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Analyser",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.sales.id,
                "company_id": cls.company.id,
            }
        )
        cls.script = cls._script()

    @classmethod
    def _script(cls, *lines, **values):
        lines = lines or (
            ("1", "Good day, {customer}! This is {me} of {us}.",
             [("Yes", "2", False), ("Nobody answers", False, "not_reached")]),
            ("2", "What do you need?",
             [("Something", False, "materials"), ("Call later", False, "call_again"),
              ("Never", False, "do_not_call"), ("Say it again", "1", False)]),
        )  # fmt: skip
        return (
            cls.env["crm.material"]
            .with_user(cls.coordinator)
            .create(
                {
                    "name": "First call",
                    "kind": "cold_call_script",
                    "script_line_ids": [
                        Command.create(
                            {
                                "code": code,
                                "text": text,
                                "answer_ids": [
                                    Command.create(
                                        {"name": name, "goto": goto, "result": result}
                                    )
                                    for name, goto, result in answers
                                ],
                            }
                        )
                        for code, text, answers in lines
                    ],
                    **values,
                }
            )
        )

    def _talks(self, user=None):
        return self.env["crm.script.talk"].with_user(user or self.sales)

    def _start(self, subject=None, **values):
        subject = subject or self.lead
        return self._talks().start(self.script.id, subject._name, subject.id, **values)

    def _talk_of(self, told):
        return self._talks().browse(told["id"])


@tagged("post_install", "-at_install")
class TestScriptTalk(ScriptCommon):
    # --- writing it -----------------------------------------------------------

    def test_a_script_that_cannot_be_followed_is_refused(self):
        end = [("Bye", False, "solved")]
        for words, lines in (
            ("leads nowhere", [("1", "Hi", [("Yes", False, False)])]),
            ("which this script does not have", [("1", "Hi", [("Yes", "9", False)])]),
            ("never ends", [("1", "Hi", [("Yes", "1", False)])]),
            ("no answer leads to line 2", [("1", "Hi", end), ("2", "Ha", end)]),
            ("no answers", [("1", "Hi", [])]),
            ("{price}", [("1", "It costs {price}", end)]),
            ("keep one of the two", [("1", "Hi", [("Yes", "1", "solved")])]),
        ):
            with self.subTest(words), self.assertRaises(ValidationError) as refused:
                self._script(*lines)
            self.assertIn("crm_regulations.script: ", str(refused.exception))
            self.assertIn(words, str(refused.exception))

    def test_parts_are_looked_at_by_themselves_too(self):
        line = self.script.script_line_ids[1]
        with self.assertRaisesRegex(ValidationError, "does not have"):
            line.answer_ids[3].goto = "7"
        with self.assertRaisesRegex(ValidationError, "does not have"):
            line.unlink()
        with self.assertRaisesRegex(ValidationError, "its kind must be"):
            self.script.kind = "proposal"
        # A line of another script is not one of this script.
        with self.assertRaisesRegex(ValidationError, "does not have"):
            self._script(("a", "Hi", [("Yes", "2", False)]))

    def test_lines_number_themselves_and_are_changed_together(self):
        self.script.write(
            {
                "script_line_ids": [
                    Command.update(
                        self.script.script_line_ids[1].id,
                        {"answer_ids": [Command.create({"name": "Why?", "goto": "3"})]},
                    ),
                    Command.create(
                        {
                            "text": "Because",
                            "answer_ids": [
                                Command.create({"name": "Ah", "result": "solved"})
                            ],
                        }
                    ),
                ]
            }
        )
        self.assertEqual(self.script.script_line_ids.mapped("code"), ["1", "2", "3"])
        copy = self.script.copy()
        self.assertEqual(
            [line.answers for line in copy.script_line_ids],
            [line.answers for line in self.script.script_line_ids],
        )

    def test_shipped_scripts(self):
        for name in ("call", "cold"):
            shipped = self.env.ref(f"crm_regulations.material_script_{name}")
            self.assertGreater(len(shipped.script_line_ids), 5)
            shipped._check_script()

    # --- the talk -------------------------------------------------------------

    def test_a_talk_from_the_first_word_to_the_log(self):
        with self._at(TEN):
            told = self._start(external_ref="pbx-1")
            self.assertEqual(told["status"], "created")
            self.assertEqual(
                told["line"]["text"],
                f"Good day, Clinic! This is {self.sales.name} of North Med.",
            )
            self.assertEqual(told["phone"], self.customer.phone)
            again = self._start(external_ref="pbx-1")
            self.assertEqual((again["id"], again["status"]), (told["id"], "unchanged"))
        talk = self._talk_of(told)
        # Whoever changes the script changes no talk that is going on.
        self.script.script_line_ids[1].text = "Something else"
        told = talk.answer(0, 1, "busy morning")
        self.assertEqual(
            (told["number"], told["line"]["text"]), (1, "What do you need?")
        )
        self.assertEqual(talk.answer(0, 1)["status"], "unchanged")
        self.assertEqual(talk.back()["number"], 0)
        talk.answer(0, 1, "busy morning")
        told = talk.answer(1, 1)
        self.assertEqual((told["line"], told["result"]), (False, "materials"))
        with self._at("2026-05-04 10:06:00"):
            done = talk.finish(note="By e-mail")
        self.assertEqual((done["state"], done["result"]), ("done", "materials"))
        call = self.env["crm.interaction"].browse(done["interaction_id"])
        self.assertEqual(
            (call.type_id, call.partner_id, call.lead_id, call.user_id, call.duration,
             call.outcome),
            (self.materials, self.customer, self.lead, self.sales, 6, "answered"),
        )  # fmt: skip
        for words in ("Materials asked for", "By e-mail", "Yes: busy morning"):
            self.assertIn(words, call.note)
        self.assertEqual(talk.finish(result="solved")["status"], "unchanged")
        self.assertEqual((self.lead.call_attempts, self.lead.last_call_result),
                         (1, "materials"))  # fmt: skip
        use = self.env["crm.material.use"].search(
            [("material_id", "=", self.script.id)]
        )
        self.assertEqual((use.kind, use.user_id, use.partner_id),
                         ("script", self.sales, self.customer))  # fmt: skip

    def test_materials_asked_for_begin_the_promise(self):
        regulation = self._on_requests()
        with self._at(TEN):
            talk = self._talk_of(self._start())
            talk.finish(result="materials")
            self._commit()
        self.assertEqual(self._owed(regulation).user_id, self.sales)

    def test_nobody_answers(self):
        talk = self._talk_of(self._start(self.customer))
        talk.answer(0, 2)
        done = talk.finish(duration=0)
        call = self.env["crm.interaction"].browse(done["interaction_id"])
        self.assertEqual((call.type_id.code, call.outcome, call.direction),
                         ("call", "missed", "out"))  # fmt: skip

    def test_call_again(self):
        with self._at(TEN):
            talk = self._talk_of(self._start())
            with self.assertRaisesRegex(UserError, "say when"):
                talk.finish(result="call_again")
            with self.assertRaisesRegex(UserError, "an instant to come"):
                talk.finish(result="call_again", next_date="2026-05-01 10:00:00")
            talk.finish(result="call_again", next_date="2026-05-06T12:00:00+03:00")
        activity = self.lead.activity_ids
        self.assertEqual(
            (str(activity.date_deadline), activity.user_id, activity.activity_category),
            ("2026-05-06", self.sales, "phonecall"),
        )
        self.assertEqual(str(self.lead.next_call_date), "2026-05-06 09:00:00")

    def test_do_not_call_warns_the_next_one(self):
        person = self._doctor(self.customer)
        self.assertEqual(self._start(person)["warning"], "")
        self._talk_of(self._start()).finish(result="do_not_call")
        self.assertTrue(self.customer.do_not_call and self.lead.do_not_call)
        for subject in (self.customer, self.lead, person):
            self.assertIn("not to be called", self._start(subject)["warning"])
            choices = self._talks().choices(subject._name, subject.id)
            self.assertIn("Clinic asked on", choices["warning"])
        with self.assertRaisesRegex(AccessError, "crm_regulations.do_not_call"):
            self.customer.with_user(self.sales).action_may_be_called()
        self.customer.with_user(self.manager).action_may_be_called()
        self.assertFalse(self.customer.do_not_call)

    def test_from_an_interaction_nothing_is_logged_twice(self):
        call = self._typed(note="He called")
        talk = self._talk_of(self._start(call))
        done = talk.finish(result="solved")
        self.assertEqual(done["interaction_id"], call.id)
        self.assertTrue(call.note.startswith("He called\n\nQuestion settled"))
        self.assertEqual(talk.sudo().partner_id, self.customer)

    def test_wrong_input(self):
        talk = self._talk_of(self._start())
        for words, act in (
            ("no script", lambda: self._talks().start(0, "crm.lead", self.lead.id)),
            ("no script", lambda: self._talks().start("x", "crm.lead", self.lead.id)),
            (
                "say with whom",
                lambda: self._talks().start(self.script.id, "res.users", 1),
            ),
            ("say with whom", lambda: self._talks().choices("crm.lead", "1")),
            ("deleted", lambda: self._talks().choices("crm.lead", 10**9)),
            ("reference", lambda: self._start(external_ref=5)),
            ("answers 1 to 2", lambda: talk.answer(0, 3)),
            ("answers 1 to 2", lambda: talk.answer(0, "1")),
            ("0 answers are given", lambda: talk.answer(1, 1)),
            ("0 answers are given", lambda: talk.answer("0", 1)),
            ("note", lambda: talk.answer(0, 1, 7)),
            ("nothing has been answered", talk.back),
            ("how the talk ended", talk.finish),
            ("how the talk ended", lambda: talk.finish(result="great")),
            ("minutes", lambda: talk.finish(result="solved", duration="1")),
            ("minutes", lambda: talk.finish(result="solved", duration=10**6)),
            ("one talk", lambda: (talk | self._talk_of(self._start())).now()),
        ):
            with self.subTest(words), self.assertRaises(UserError) as refused:
                act()
            self.assertTrue(str(refused.exception).startswith("crm_regulations.talk: "))
            self.assertIn(words, str(refused.exception))
        talk.answer(0, 1)
        with self.assertRaisesRegex(UserError, "given already"):
            talk.answer(0, 2)
        talk.finish(result="solved")
        for act in (lambda: talk.answer(1, 1), talk.back):
            with self.assertRaisesRegex(UserError, "the talk is over"):
                act()

    def test_who_may_what(self):
        talk = self._talk_of(self._start())
        other = self._user("other", "sales_team.group_sale_salesman")
        self.assertFalse(self._talks(other).search([]))
        for user in (self.manager, self.coordinator):
            seen = self._talks(user).browse(talk.id)
            self.assertEqual(seen.now()["number"], 0)
            with self.assertRaisesRegex(AccessError, "the talk of"):
                seen.answer(0, 1)
        with mute_logger("odoo.models"):
            for act in (
                lambda: talk.write({"result": "meeting"}),
                lambda: talk.unlink(),
                lambda: talk.create({}),
                lambda: self.script.script_line_ids.with_user(self.sales).unlink(),
                lambda: self._talks(other).browse(talk.id).now(),
                lambda: self._talks(self.integration).search([]),
            ):
                self.assertRaises(AccessError, act)
            with self.assertRaisesRegex(AccessError, "Only salespeople"):
                self._talks(self.integration).choices("crm.lead", self.lead.id)

    def test_another_company_sees_nothing(self):
        self._start()
        company = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("str", "sales_team.group_sale_manager", company)
        there = self.env(user=stranger, context={"allowed_company_ids": company.ids})
        self.assertFalse(there["crm.script.talk"].search([]))
        self.assertFalse(
            there["crm.script.line"].search([("script_id", "=", self.script.id)])
        )

    def test_merged_leads(self):
        other = self._lead(name="Twin")
        self._talk_of(self._start(other)).finish(result="do_not_call")
        self.lead.do_not_call = self.customer.do_not_call = False
        (self.lead | other).merge_opportunity(auto_unlink=True)
        self.assertTrue(self.lead.exists().do_not_call)
        self.assertEqual(self.lead.call_attempts, 1)

    def test_cold_calls(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_cold_call"
        )
        leads = self.env["crm.lead"].with_user(self.sales)
        domain = [("won_status", "=", "pending"), ("id", "=", self.lead.id)]
        self.assertIn("won_status", action["domain"])
        self.assertEqual(leads.search(domain), self.lead)
