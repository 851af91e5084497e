from ast import literal_eval
from unittest import mock

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .people_common import MONDAY, PeopleCommon, instant

_NAME = "crm.regulation.action"


@tagged("post_install", "-at_install")
class TestActions(PeopleCommon):
    """What Odoo does by itself at the moments of a promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls._template("Your request", "<p>It is number {{ }}</p>")

    @classmethod
    def _template(cls, subject, body="<p>We answer soon.</p>", model="crm.interaction",
                  **values):  # fmt: skip
        return cls.env["mail.template"].create(
            {
                "name": subject,
                "model_id": cls.env["ir.model"]._get_id(model),
                "subject": subject,
                "body_html": body,
                "email_from": "office@example.com",
                **values,
            }
        )

    @classmethod
    def _survey(cls, **values):
        return cls.env["survey.survey"].create(
            {
                "title": "Quality sheet",
                "access_mode": "token",
                "users_login_required": False,
                "question_and_page_ids": [
                    Command.create(
                        {"title": "How was it?", "question_type": "text_box"}
                    )
                ],
                **values,
            }
        )

    def _action(self, kind="note", **values):
        if kind == "note":
            values.setdefault("text", "Look here")
        if kind == "activity":
            values.setdefault("summary", "Call the customer")
        return Command.create({"kind": kind, **values})

    def _with(self, *actions, mode="remind", **values):
        return self._regulation({"action_ids": list(actions)}, mode=mode, **values)

    def _acted(self, *actions, at="2026-05-04 09:00:01", **values):
        owed = self._open(self._with(*actions, **values))
        self._sweep(at)
        return owed

    def _notes_on(self, owed):
        talk = self.env[owed.res_model].browse(owed.res_id)
        notes = talk.message_ids.filtered(
            lambda m: m.subtype_id == self.env.ref("mail.mt_note")
        )
        return [note.body.striptags() for note in notes.sorted("id")]

    # --- moments --------------------------------------------------------------

    def test_each_moment_once(self):
        moments = ("opened", "warned", "breached", "fulfilled")
        owed = self._open(self._with(*(
            self._action(moment=moment, text=moment) for moment in moments
        )))  # fmt: skip
        self.assertFalse(self._notes_on(owed), "not in the user's transaction")
        for now, count in (
            ("09:00:01", 1), ("11:00:00", 1), ("12:00:01", 2), ("12:05:00", 2),
            ("14:00:01", 3), ("14:05:00", 3),
        ):  # fmt: skip
            self._sweep(f"2026-05-04 {now}")
            self.assertEqual(self._notes_on(owed), list(moments[:count]))
        with self._at("2026-05-04 15:00:00"):
            owed.fulfil("Done")
        self.assertEqual(self._notes_on(owed), list(moments[:3]))
        for minute in (0, 5):
            self._sweep(f"2026-05-04 15:0{minute}:00")
        self.assertEqual(self._notes_on(owed), list(moments))
        self.assertEqual((owed.state, owed.next_check), ("done_late", False))
        self.assertEqual(self._kinds(owed).count("acted"), 4)

    def test_done_wakes_the_sweep(self):
        owed = self._open(self._with(self._action(moment="fulfilled")))
        self._sweep("2026-05-04 09:00:01")
        cron = self.env.ref("crm_regulations.ir_cron_sweep")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        with self._at("2026-05-04 10:00:00"):
            owed.fulfil("Done")
            self._commit()
        after = triggers.search_count([("cron_id", "=", cron.id)])
        self.assertEqual(after, before + 1)
        self.assertLess(owed.next_check, instant("2026-05-04 10:00:00"))

    def test_only_what_is_kept_counts_as_done(self):
        regulation = self._with(self._action(moment="fulfilled"))
        for word in (
            lambda owed: owed.excuse("Power cut"),
            lambda owed: owed.cancel("By mistake"),
        ):
            owed = self._open(regulation)
            with self._at("2026-05-04 10:00:00"):
                word(owed)
            self._sweep("2026-05-04 10:00:01")
            self.assertFalse(self._notes_on(owed))

    def test_silent_does_nothing(self):
        moments = ("opened", "warned", "breached", "fulfilled")
        owed = self._open(
            self._with(*(self._action(moment=m) for m in moments), mode="silent")
        )
        for now in ("09:00:01", "12:00:01", "14:00:01"):
            self._sweep(f"2026-05-04 {now}")
        with self._at("2026-05-04 15:00:00"):
            owed.fulfil("Done")
        self._sweep("2026-05-04 15:00:01")
        self.assertFalse(self._notes_on(owed))
        self.assertNotIn("acted", self._kinds(owed))

    def test_a_worker_that_dies_loses_and_doubles_nothing(self):
        """Its transaction is undone with the log and with what was done."""
        owed = self._open(self._with(self._action()))
        obligations = self.env["crm.obligation"]
        with self._at("2026-05-04 09:00:01") as now:
            savepoint = self.env.cr.savepoint(flush=False)
            obligations._sweep_batch(now)
            self.assertEqual(self._notes_on(owed), ["Look here"])
            savepoint.rollback()
            self.env.invalidate_all()
            self.assertFalse(self._notes_on(owed))
            self.assertNotIn("acted", self._kinds(owed))
            obligations._sweep_batch(now)
            # The row says that it is due again, the log knows better.
            owed.write({"alarms": [["2026-05-04 09:00:00", "reminded", ""]],
                        "next_check": MONDAY})  # fmt: skip
            obligations._sweep_batch(now)
        self.assertEqual(self._notes_on(owed), ["Look here"])

    def test_one_that_fails_hurts_no_other(self):
        code = "raise UserError('The till is closed')"
        failing = self._server_action(code)
        regulation = self._with(
            self._action("server", server_action_id=failing.id),
            self._action(text="After it"),
        )
        owed = self._open(regulation) | self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        for one in owed:
            self.assertEqual(self._notes_on(one), ["After it"])
            self.assertEqual(one.activity_ids.user_id, self.sales)
            self.assertIn("failed", self._notes(one, "acted")[0])
        messages = self._incidents(regulation).mapped("message")
        self.assertEqual(messages, ["The till is closed"] * 2)
        self._sweep("2026-05-04 09:05:01")
        self.assertEqual(set(self._incidents(regulation).mapped("times")), {1})

    def test_one_record_that_fails_hurts_no_other_record(self):
        code = (
            "if record.name == 'Bad': raise UserError('Bad one')\n"
            "record.write({'note': 'x'})"
        )
        action = self._server_action(code)
        regulation = self._with(self._action("server", server_action_id=action.id))
        owed = self._open(regulation, name="Good") | self._open(regulation, name="Bad")
        owed |= self._open(regulation, name="Good, too")
        self._sweep("2026-05-04 09:00:01")
        talks = self.env["crm.interaction"].browse(owed.mapped("res_id"))
        self.assertEqual([bool(talk.note) for talk in talks], [True, False, True])
        self.assertEqual(self._incidents(regulation).res_id, owed[1].id)

    # --- kinds ----------------------------------------------------------------

    def test_activity(self):
        call = self.env.ref("mail.mail_activity_data_call")
        owed = self._acted(
            self._action(
                "activity", whom="team_leader", activity_type_id=call.id, days=2
            )
        )
        talk = self.env["crm.interaction"].browse(owed.res_id)
        activity = talk.activity_ids.filtered(lambda a: not a.obligation_id)
        self.assertEqual(
            (activity.user_id, activity.summary, activity.activity_type_id),
            (self.leader, "Call the customer", call),
        )
        self.assertEqual(str(activity.date_deadline), "2026-05-06")
        activity.action_feedback()
        self.assertEqual(owed.state, "open", "it is not the promise's own")

    def test_activity_type_is_gone(self):
        type_ = self.env["mail.activity.type"].create({"name": "Visit"})
        regulation = self._with(self._action("activity", activity_type_id=type_.id))
        type_.unlink()
        owed = self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        talk = self.env["crm.interaction"].browse(owed.res_id)
        activity = talk.activity_ids.filtered(lambda a: not a.obligation_id)
        self.assertEqual(
            activity.activity_type_id, self.env.ref("mail.mail_activity_data_todo")
        )
        self.assertIn("Visit", self._incidents(regulation).message)

    def test_email_to_the_customer(self):
        regulation = self._with(
            self._action("email", whom="customer", template_id=self.template.id)
        )
        self.template.write({"subject": "Changed", "body_html": "<p>Changed</p>"})
        self.template.unlink()
        owed = self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        mail = self._mails(self.customer)
        self.assertEqual((mail.subject, mail.state), ("Your request", "outgoing"))
        self.assertIn("It is number", mail.body_html)
        self.assertEqual(mail.email_from, "office@example.com")
        self.assertEqual((mail.model, mail.res_id), (owed.res_model, owed.res_id))
        self.assertEqual(owed.state, "open", "what Odoo writes proves nothing")
        self._commit()
        self.assertEqual(owed.state, "open")
        self.assertIn("Your request", self._notes(owed, "acted")[0])

    def test_email_is_rendered_on_its_record(self):
        template = self._template(
            "{{ object.name }} for {{ object.partner_id.name }}",
            '<p t-out="object.partner_id.name"/><a href="/odoo">Look</a>',
        )
        own = self._template(
            "{{ object.res_name }}", model="crm.obligation", name="Own"
        )
        regulation = self._with(
            self._action("email", whom="customer", template_id=template.id),
            self._action("email", whom="team_leader", template_id=own.id),
        )
        first = self._open(regulation, name="First")
        self._open(regulation, name="Second")
        self._sweep("2026-05-04 09:00:01")
        mails = self._mails(self.customer)
        self.assertEqual(
            mails.mapped("subject"), ["First for Clinic", "Second for Clinic"]
        )
        self.assertIn("<p>Clinic</p>", mails[0].body_html)
        self.assertIn("http", mails[0].body_html, "links lead somewhere")
        theirs = self._mails(self.leader)
        self.assertEqual(theirs.mapped("subject"), ["First", "Second"])
        self.assertFalse(theirs[0].model, "not on the customer's page")
        self.assertEqual(first.state, "open")

    def test_email_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.template.with_context(lang="ru_RU").subject = "Ваш запрос"
        self.customer.lang = "ru_RU"
        self._acted(
            self._action("email", whom="customer", template_id=self.template.id)
        )
        self.assertEqual(self._mails(self.customer).subject, "Ваш запрос")

    def test_email_with_a_file(self):
        """It stays even if the template loses it."""
        file = self.env["ir.attachment"].create({"name": "price.txt", "raw": b"1"})
        self.template.attachment_ids = file
        regulation = self._with(
            self._action("email", whom="customer", template_id=self.template.id)
        )
        self.template.attachment_ids.unlink()
        self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        sent = self._mails(self.customer).attachment_ids
        self.assertEqual((sent.name, sent.raw), ("price.txt", b"1"))

    def test_a_customer_without_address(self):
        self.customer.email = False
        owed = self._acted(
            self._action("email", whom="customer", template_id=self.template.id),
            self._action(),
        )
        self.assertFalse(self._mails(self.customer))
        self.assertEqual(self._notes_on(owed), ["Look here"])
        incident = self._incidents(owed.regulation_id)
        self.assertIn("Clinic has no e-mail address", incident.message)
        self.assertIn("Not done", self._notes(owed, "acted")[0])

    def test_a_template_that_fails_later(self):
        """It could be rendered when it was published."""
        template = self._template('<t/>{{ 1 / (object.name != "Bad") }}')
        regulation = self._with(
            self._action("email", whom="customer", template_id=template.id),
            self._action(),
        )
        good = self._open(regulation, name="Good")
        owed = self._open(regulation, name="Bad")
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self._sweep("2026-05-04 09:00:01")
        self.assertEqual(self._notes_on(owed), ["Look here"])
        self.assertEqual(len(self._mails(self.customer)), 1)
        self.assertEqual(self._incidents(regulation).res_id, owed.id)
        self.assertTrue(good)

    def test_survey(self):
        survey = self._survey()
        regulation = self._with(
            self._action("survey", whom="customer", survey_id=survey.id,
                         moment="fulfilled")
        )  # fmt: skip
        owed = self._open(regulation)
        with self._at("2026-05-04 10:00:00"):
            owed.fulfil("Done")
        self._sweep("2026-05-04 10:00:01")
        answer = survey.user_input_ids
        self.assertEqual(answer.partner_id, self.customer)
        mail = self._mails(self.customer)
        self.assertIn(answer.access_token, mail.body_html)

    def test_a_survey_that_was_closed(self):
        survey = self._survey()
        regulation = self._with(
            self._action("survey", survey_id=survey.id), self._action()
        )
        survey.active = False
        owed = self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        self.assertEqual(self._notes_on(owed), ["Look here"])
        self.assertIn("closed or was deleted", self._incidents(regulation).message)
        self.assertFalse(survey.user_input_ids)

    def test_follower_and_reassign(self):
        owed = self._acted(
            self._action("follower", whom="department_manager"),
            self._action("reassign", whom="team_leader", moment="warned"),
        )
        talk = self.env["crm.interaction"].browse(owed.res_id)
        self.assertIn(self.head.partner_id, talk.message_partner_ids)
        self._sweep("2026-05-04 12:00:01")
        self.assertEqual(owed.user_id, self.leader)
        self.assertEqual(owed.activity_ids.user_id, self.leader)

    def test_nobody_has_the_role(self):
        self.sales.active = False
        regulation = self._with(self._action("follower", whom="owner"))
        regulation.owner_id = False
        owed = self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        self.assertIn("nobody is there", self._incidents(regulation).message)
        self.assertIn("Not done", self._notes(owed, "acted")[0])

    def test_the_record_is_gone(self):
        owed = self._open(self._with(self._action(moment="fulfilled")))
        with self._at("2026-05-04 10:00:00"):
            owed.fulfil("Done")
        self.env["crm.interaction"].browse(owed.res_id).unlink()
        self.customer.active = True
        self._sweep("2026-05-04 10:00:01")
        self.assertEqual(owed.state, "done_on_time")
        self.assertIn("Not done", self._notes(owed, "acted")[0])

    def test_many_in_few_queries(self):
        self.company.crm_contact_cap = 0
        regulation = self._with(
            self._action(), self._action("activity"),
            self._action("email", whom="customer", template_id=self.template.id),
        )  # fmt: skip
        taken = {}
        for count in (5, 60):
            with self._at(MONDAY):
                for _number in range(count):
                    self._typed()
                self._commit()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self._at("2026-05-04 09:00:01") as now:
                while self.env["crm.obligation"]._sweep_batch(now):
                    pass
            taken[count] = self.env.cr.sql_log_count - before
        self.assertEqual(len(self._mails(self.customer)), 65)
        self.assertEqual(len(self._owed(regulation)), 65)
        self.assertLessEqual(taken[60], taken[5] + 20)

    # --- publishing -----------------------------------------------------------

    def _refused(self, words, action, code="action", before=None, **values):
        draft = self._draft({"action_ids": [action]}, **values)
        if before:
            before()
        with self.assertRaises(UserError) as caught:
            draft.with_user(self.coordinator).action_publish()
        message = str(caught.exception)
        self.assertTrue(message.startswith(f"crm_regulations.{code}:"), message)
        self.assertIn(words, message)
        self.assertEqual(draft.state, "draft")

    def test_what_cannot_be_published(self):
        empty = self._survey(question_and_page_ids=[])
        closed = self._survey(active=False)
        login = self._survey(users_login_required=True)
        report = self.env["ir.actions.report"].search([], limit=1)
        with_report = self._template("Offer")
        with_report.report_template_ids = report
        lone = self._template("Lone")
        type_ = self.env["mail.activity.type"].create({"name": "Visit"})
        cases = (
            ("E-mail template", self._action("email"), None),
            ("E-mail template", self._action("email", template_id=lone.id),
             lone.unlink),
            ("report", self._action("email", template_id=with_report.id), None),
            ("no questions", self._action("survey", survey_id=empty.id), None),
            ("closed", self._action("survey", survey_id=closed.id), None),
            ("login", self._action("survey", survey_id=login.id), None),
            ("Activity Type", self._action("activity", activity_type_id=type_.id),
             type_.unlink),
            ("summary", self._action("activity", summary=False), None),
            ("Text", self._action("note", text=" "[:0]), None),
        )  # fmt: skip
        for words, action, before in cases:
            with self.subTest(words):
                self._refused(words, action, before=before)

    def test_a_template_that_cannot_be_rendered(self):
        self._typed()
        template = self._template("Fine")
        for column, source in (
            ("subject", "{{ object.no_such_field }}"),
            ("body_html", '<p t-out="object.no_such_field"/>'),
        ):
            # As an older version of a module may have left it.
            self.env.flush_all()
            self.env.cr.execute(
                f"UPDATE mail_template SET {column} = jsonb_build_object('en_US', %s)"
                " WHERE id = %s",
                [source, template.id],
            )
            template.invalidate_recordset()
            with (
                self.subTest(column),
                mute_logger("odoo.addons.mail.models.mail_render_mixin"),
            ):
                self._refused(
                    "cannot be rendered",
                    self._action("email", whom="customer", template_id=template.id),
                    code="template",
                )
            template.write({"subject": "Fine", "body_html": "<p>Fine</p>"})

    def test_what_does_not_go_together(self):
        wrong = self._template("Wrong", model="res.country")
        for action in (
            self._action("email", template_id=wrong.id),
            self._action("activity", whom="customer"),
            self._action("reassign", whom="customer"),
        ):
            with self.assertRaisesRegex(ValidationError, "^crm_regulations.action:"):
                self._draft({"action_ids": [action]})
        with self.assertRaisesRegex(ValidationError, "^crm_segmentation.bad_value"):
            self._draft({"action_ids": [self._action("explode")]})

    def test_published_is_fixed(self):
        regulation = self._with(self._action())
        action = regulation.step_ids.action_ids
        for act in (
            lambda: action.write({"text": "Changed"}),
            lambda: action.unlink(),
            lambda: action.create({"step_id": action.step_id.id, "text": "More"}),
        ):
            with self.assertRaisesRegex(UserError, "published_is_fixed"):
                act()

    def test_a_new_version_takes_the_actions_over(self):
        regulation = self._with(self._action(), self._action("activity"))
        window = regulation.with_user(self.coordinator).action_new_version()
        draft = regulation.browse(window["res_id"])
        self.assertEqual(draft.step_ids.action_ids.mapped("kind"), ["note", "activity"])

    # --- server actions -------------------------------------------------------

    def _server_action(self, code, model="crm.interaction"):
        return self.env["ir.actions.server"].create(
            {
                "name": "Do it",
                "model_id": self.env["ir.model"]._get_id(model),
                "state": "code",
                "code": code,
            }
        )

    def test_server_action_of_an_administrator(self):
        action = self._server_action("record.write({'note': 'Done by %s' % env.uid})")
        owed = self._acted(self._action("server", server_action_id=action.id))
        talk = self.env["crm.interaction"].browse(owed.res_id)
        self.assertIn("Done by 1", str(talk.note))

    def test_server_action_that_was_deleted(self):
        action = self._server_action("pass")
        regulation = self._with(
            self._action("server", server_action_id=action.id), self._action()
        )
        action.unlink()
        owed = self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        self.assertEqual(self._notes_on(owed), ["Look here"])
        self.assertIn("“Do it” was deleted", self._incidents(regulation).message)

    def test_a_coordinator_gets_no_server_action(self):
        """Neither by creating, nor by changing, nor hidden behind another kind."""
        action = self._server_action("pass")
        chosen = {"kind": "server", "server_action_id": action.id}
        theirs = self._draft({"action_ids": [self._action()]})
        admins = self._draft({"action_ids": [Command.create(chosen)]})
        regulations = self.env["crm.regulation"].with_user(self.coordinator)
        actions = self.env[_NAME].with_user(self.coordinator)
        own = theirs.step_ids.action_ids.with_user(self.coordinator)
        other = admins.step_ids.action_ids.with_user(self.coordinator)
        step = theirs.step_ids.with_user(self.coordinator)
        acts = (
            lambda: actions.create({**chosen, "step_id": step.id}),
            lambda: actions.create(
                {"step_id": step.id, "kind": "note", "text": "x",
                 "server_action_id": action.id}
            ),
            lambda: actions.with_context(
                default_kind="server", default_server_action_id=action.id
            ).create({"step_id": step.id}),
            lambda: own.write(chosen),
            lambda: own.write({"server_action_id": action.id}),
            lambda: step.write({"action_ids": [Command.create(chosen)]}),
            lambda: other.write({"moment": "breached"}),
            lambda: other.write({"kind": "note", "text": "x"}),
            lambda: regulations.browse(admins.id).copy(),
        )  # fmt: skip
        for number, act in enumerate(acts):
            with self.subTest(number), self.assertRaises(AccessError) as caught:
                act()
            self.assertIn("administrator_only", str(caught.exception))
        regulations.browse(admins.id).action_publish()
        self.assertEqual(admins.state, "published", "an administrator chose it")

    def _mailing(self):
        return self.env["mailing.mailing"].create(
            {
                "subject": "A new analyser",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "body_arch": "<p>It is here</p>",
                "body_html": "<p>It is here</p>",
            }
        )

    def test_announcement(self):
        """A draft for the customers of the regulation; nothing is sent by itself."""
        client = self.env.ref("crm_segmentation.type_client")
        self.customer.counterparty_type_ids = client
        silent = self._partner("No address", counterparty_type_ids=client.ids)
        mailing = self._mailing()
        regulation = self._with(
            self._action("announcement", mailing_id=mailing.id),
            counterparty_type_ids=[Command.set(client.ids)],
        )
        mailing.subject = "Something else"
        before = self.env["mailing.mailing"].search([])
        owed = self._open(regulation)
        self._sweep("2026-05-04 09:00:01")
        self._sweep("2026-05-04 09:10:00")
        made = self.env["mailing.mailing"].search([]) - before
        self.assertRecordValues(
            made,
            [
                {
                    "subject": "A new analyser",
                    "state": "draft",
                    "user_id": owed.user_id.id,
                    "mailing_model_real": "res.partner",
                }
            ],
        )
        self.assertIn("It is here", made.body_html)
        self.assertEqual(made.activity_ids.user_id, owed.user_id)
        customers = self.env["res.partner"].search(literal_eval(made.mailing_domain))
        self.assertIn(self.customer, customers)
        self.assertNotIn(silent, customers)
        self.assertNotIn(self.env.company.partner_id, customers)
        acted = owed.event_ids.filtered(lambda e: e.kind == "acted")
        self.assertIn("A new analyser", acted.note)

    def test_announcement_while_counting(self):
        action = self._action("announcement", mailing_id=self._mailing().id)
        before = self.env["mailing.mailing"].search_count([])
        self._acted(action, mode="silent")
        self.assertEqual(self.env["mailing.mailing"].search_count([]), before)

    def test_announcement_of_nothing(self):
        draft = self._draft({"action_ids": [self._action("announcement")]})
        with self.assertRaisesRegex(UserError, "^crm_regulations.action: "):
            draft.action_publish()
        with self.assertRaisesRegex(ValidationError, "choose one of us"):
            self._draft({"action_ids": [self._action(
                "announcement", mailing_id=self._mailing().id, whom="customer"
            )]})  # fmt: skip

    def test_a_coordinator_chooses_a_survey(self):
        surveys = self.env["survey.survey"].with_user(self.coordinator)
        survey = surveys.browse(self._survey().id)
        self.assertIn(survey.id, [id_ for id_, _name in surveys.name_search("Quality")])
        draft = self._draft().with_user(self.coordinator)
        draft.step_ids.action_ids = [self._action("survey", survey_id=survey.id)]
        draft.sudo().action_publish()
        self.assertEqual(draft.state, "published")

    def test_who_may_set_up(self):
        draft = self._draft({"action_ids": [self._action()]})
        action = draft.step_ids.action_ids
        action.with_user(self.coordinator).text = "Mine"
        for user in (self.sales, self.manager, self.integration):
            self.assertEqual(action.with_user(user).text, "Mine")
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                action.with_user(user).text = "Not mine"

    def test_nothing_goes_out_of_the_house(self):
        """No letter is sent and no page is called by the sweep."""
        with mock.patch("smtplib.SMTP") as smtp, mock.patch("requests.post") as post:
            self._acted(
                self._action("email", whom="customer", template_id=self.template.id)
            )
        smtp.assert_not_called()
        post.assert_not_called()
