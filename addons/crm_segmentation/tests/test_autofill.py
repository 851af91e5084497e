from ast import literal_eval
from datetime import datetime, timedelta
from types import SimpleNamespace
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.interaction import autofill_fields
from ..models.interaction.crm_changes import CrmChanges
from .common import SegmentationCommon

NOW = datetime(2026, 5, 20, 9)


class AutofillCommon(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner(email="info@clinic.example")
        cls.contact = cls._partner(
            "Dr. Green", parent_id=cls.partner.id, is_company=False
        )
        cls.contact.email = "dr.green@clinic.example"
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Reagents",
                "partner_id": cls.partner.id,
                "user_id": cls.sales.id,
                "company_id": cls.company.id,
                "type": "opportunity",
            }
        )
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.logged_call = cls.env.ref("crm_segmentation.interaction_type_call")
        cls.env.cr.flush()

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(self.env.cr, "now", fields.Datetime.now))

    def _talks(self, source=None):
        self.env.cr.flush()
        domain = [("source_id", "!=", False)]
        if source is not None:
            domain = [
                ("source_model", "=", source._name),
                ("source_id", "in", source.ids),
            ]
        return self.env["crm.interaction"].search(domain, order="id")

    def _activity(self, record=None, kind=None, **values):
        record = record or self.lead
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": (kind or self.call).id,
                "user_id": self.sales.id,
                "summary": "Ask about reagents",
                **values,
            }
        )

    def _meeting(self, **values):
        return self.env["calendar.event"].create(
            {
                "name": "New ward",
                "start": NOW - timedelta(hours=2),
                "stop": NOW - timedelta(hours=1, minutes=15),
                "user_id": self.sales.id,
                "partner_ids": [
                    Command.set((self.sales.partner_id | self.contact).ids)
                ],
                **values,
            }
        )

    def _message(self, record=None, **values):
        record = record or self.lead
        return self.env["mail.message"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "message_type": "email",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": self.contact.id,
                "subject": "Price list",
                "body": "<p>Confidential</p>",
                "date": fields.Datetime.now(),
                **values,
            }
        )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestActivities(AutofillCommon):
    def test_done_call(self):
        activity = self._activity()
        self.assertFalse(self._talks(activity))
        activity.with_user(self.sales).action_feedback(feedback="Wants three boxes")
        self.assertRecordValues(
            self._talks(activity),
            [
                {
                    "origin": "activity",
                    "type_id": self.env.ref(
                        "crm_segmentation.interaction_type_call"
                    ).id,
                    "partner_id": self.partner.id,
                    "commercial_partner_id": self.partner.id,
                    "lead_id": self.lead.id,
                    "user_id": self.sales.id,
                    "company_id": self.company.id,
                    "date": NOW,
                    "date_end": NOW,
                    "direction": "out",
                    "name": "Ask about reagents",
                    "note": "Wants three boxes",
                    "logging_delay": 0,
                }
            ],
        )

    def test_each_document(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.contact.id, "company_id": self.company.id}
        )
        for record in (self.contact, order, self.lead):
            with self.subTest(record=record):
                activity = self._activity(record)
                activity.action_done()
                talk = self._talks(activity)
                self.assertEqual(talk.commercial_partner_id, self.partner)

    def test_twice_is_once(self):
        activity = self._activity()
        activity.action_archive()
        first = self._talks(activity)
        activity.action_unarchive()
        self.env.cr.flush()
        activity.action_archive()
        self.assertEqual(self._talks(activity), first)
        self.assertEqual(len(first), 1)

    def test_cancelled_is_none(self):
        before = self._talks()
        self._activity().unlink()
        self.assertEqual(self._talks(), before)

    def test_what_is_not_logged(self):
        ours = self._activity(self.sales.partner_id)
        todo = self._activity(kind=self.env.ref("mail.mail_activity_data_todo"))
        own = self._activity(self.company.partner_id)
        (ours | todo | own).action_archive()
        self.assertFalse(self._talks(ours | todo | own))

    def test_lead_without_a_counterparty(self):
        lead = self.env["crm.lead"].create({"name": "Unknown", "user_id": False})
        activity = self._activity(lead)
        activity.action_done()
        self.assertRecordValues(
            self._talks(activity), [{"lead_id": lead.id, "partner_id": False}]
        )

    def test_switched_off(self):
        call = self.logged_call
        for record, switch in (
            (self.company, "fill_from_activities"),
            (call, "fills_itself"),
            (call, "active"),
        ):
            with self.subTest(switch=switch):
                record[switch] = False
                activity = self._activity()
                activity.action_done()
                self.assertFalse(self._talks(activity))
                record[switch] = True

    def test_the_source_goes_and_the_talk_stays(self):
        activity = self._activity()
        activity.action_done()
        talk = self._talks(activity)
        self.assertEqual(talk.action_open_source()["res_id"], self.lead.id)
        activity.unlink()
        self.env.cr.flush()
        self.assertTrue(talk.exists())
        with self.assertRaisesRegex(UserError, r"^crm_segmentation\.source_gone: "):
            talk.action_open_source()

    def test_a_log_that_fails_stops_nobody(self):
        activity = self._activity()
        with (
            patch.object(CrmChanges, "_fill_with", side_effect=ZeroDivisionError),
            mute_logger("odoo.addons.crm_segmentation.models.interaction.crm_changes"),
        ):
            activity.action_done()
            self.assertFalse(self._talks(activity))
        self.assertFalse(activity.active)

    def test_many_at_once(self):
        def work(number):
            activities = self.env["mail.activity"].concat(
                *(self._activity() for _number in range(number))
            )
            self.env.cr.flush()
            before = self.env.cr.sql_log_count
            activities.action_archive()
            self.env.cr.flush()
            self.assertEqual(len(self._talks(activities)), number)
            return self.env.cr.sql_log_count - before

        work(2)
        self.assertLessEqual(work(60), work(3) + 3)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMeetings(AutofillCommon):
    def _as_sales(self, event):
        return event.with_user(self.sales)

    def test_held(self):
        meeting = self._meeting()
        self.assertFalse(self._talks(meeting))
        self.assertIs(self._as_sales(meeting).action_meeting_held(), True)
        self.assertRecordValues(
            self._talks(meeting),
            [
                {
                    "origin": "meeting",
                    "type_id": self.env.ref(
                        "crm_segmentation.interaction_type_meeting"
                    ).id,
                    "partner_id": self.contact.id,
                    "commercial_partner_id": self.partner.id,
                    "user_id": self.sales.id,
                    "date": NOW - timedelta(hours=2),
                    "duration": 45,
                    "date_end": NOW - timedelta(hours=1, minutes=15),
                    "outcome": "held",
                    "name": "New ward",
                }
            ],
        )

    def test_changing_one_s_mind(self):
        meeting = self._as_sales(self._meeting())
        meeting.action_meeting_held()
        talk = self._talks(meeting)
        for press, outcome in (
            (meeting.action_meeting_no_show, "no_show"),
            (meeting.action_meeting_moved, "moved"),
            (meeting.action_meeting_held, "held"),
        ):
            press()
            self.assertEqual(self._talks(meeting), talk)
            self.assertEqual(talk.outcome, outcome)
        meeting.action_meeting_undo()
        self.assertFalse(self._talks(meeting))
        self.assertFalse(meeting.outcome)

    def test_other_hours(self):
        meeting = self._meeting(outcome="held")
        talk = self._talks(meeting)
        meeting.write(
            {
                "start": NOW - timedelta(hours=4),
                "stop": NOW - timedelta(hours=3),
            }
        )
        self.env.cr.flush()
        self.assertRecordValues(
            talk, [{"date": NOW - timedelta(hours=4), "duration": 60}]
        )

    def test_one_per_customer(self):
        colleague = self._partner("Dr. Brown", parent_id=self.partner.id)
        colleague.is_company = False
        other = self._partner("Other clinic")
        late = self._partner("Late clinic")
        everybody = self.contact | colleague | other | late | self.sales.partner_id
        meeting = self._meeting(partner_ids=[Command.set(everybody.ids)])
        meeting.attendee_ids.filtered(lambda a: a.partner_id == late).do_decline()
        self._as_sales(meeting).action_meeting_held()
        self.assertEqual(
            self._talks(meeting).commercial_partner_id, self.partner | other
        )
        self.assertEqual(len(self._talks(meeting)), 2)

    def test_customer_of_the_opportunity(self):
        ours = [Command.set(self.sales.partner_id.ids)]
        meeting = self._meeting(partner_ids=ours, opportunity_id=self.lead.id)
        self._as_sales(meeting).action_meeting_held()
        self.assertRecordValues(
            self._talks(meeting),
            [{"partner_id": self.partner.id, "lead_id": self.lead.id}],
        )

    def test_not_among_ourselves_and_not_in_private(self):
        ours = self.sales.partner_id | self.manager.partner_id
        inner = self._meeting(partner_ids=[Command.set(ours.ids)])
        private = self._meeting(privacy="private")
        self._as_sales(inner | private).action_meeting_held()
        self.assertFalse(self._talks(inner | private))
        self.assertFalse(inner.is_with_customer)

    def test_by_the_organizer_s_own_privacy(self):
        settings = self.env["res.users.settings"]._find_or_create_for_user(self.sales)
        settings.calendar_default_privacy = "private"
        meeting = self._meeting()
        self._as_sales(meeting).action_meeting_held()
        self.assertFalse(self._talks(meeting))

    def test_not_before_it_has_begun(self):
        meeting = self._as_sales(
            self._meeting(start=NOW + timedelta(hours=1), stop=NOW + timedelta(hours=2))
        )
        for press in (meeting.action_meeting_held, meeting.action_meeting_no_show):
            with self.assertRaisesRegex(
                UserError, r"^crm_segmentation\.meeting_not_begun: .*New ward"
            ):
                press()
        meeting.action_meeting_moved()
        self.assertEqual(self._talks(meeting).outcome, "moved")

    def test_one_of_a_series(self):
        first = self._meeting(
            recurrency=True,
            rrule_type="daily",
            interval=1,
            count=3,
            end_type="count",
            start=NOW - timedelta(days=2),
            stop=NOW - timedelta(days=2, hours=-1),
        )
        series = first.recurrence_id.calendar_event_ids.sorted("start")
        self.assertEqual(len(series), 3)
        self._as_sales(series[1]).action_meeting_held()
        self.assertEqual(series.mapped("outcome"), [False, "held", False])
        self.assertEqual(self._talks(series).source_id, series[1].id)

    def test_done_activity_of_a_meeting(self):
        meeting = self._meeting(opportunity_id=self.lead.id)
        activity = self._activity(
            kind=self.env.ref("mail.mail_activity_data_meeting"),
            calendar_event_id=meeting.id,
        )
        activity.action_done()
        self.assertEqual(self._talks(meeting).outcome, "held")
        self.assertFalse(self._talks(activity))
        self.assertEqual(meeting.outcome, "held")

    def test_to_confirm(self):
        waiting = self._meeting()
        self._meeting(outcome="held")
        self._meeting(start=NOW, stop=NOW + timedelta(hours=2))
        self._meeting(partner_ids=[Command.set(self.sales.partner_id.ids)])
        self._meeting(privacy="private")
        action = self.env.ref("crm_segmentation.action_meetings_to_confirm")
        domain = literal_eval(action.domain)
        events = self.env["calendar.event"].with_user(self.sales)
        mine = [*domain, ("user_id", "=", self.sales.id)]
        self.assertEqual(events.search(mine), waiting)
        self._as_sales(waiting).action_meeting_held()
        self.assertFalse(events.search(mine))

    def test_rights(self):
        meeting = self._meeting(user_id=self.manager.id)
        with self.assertRaisesRegex(AccessError, r"crm_segmentation\.meeting_rights: "):
            meeting.with_user(self.integration).action_meeting_held()
        # A colleague stands in; a private one stays with its people.
        self._as_sales(meeting).action_meeting_held()
        private = self._meeting(
            user_id=self.manager.id,
            privacy="private",
            partner_ids=[Command.set(self.contact.ids)],
        )
        with self.assertRaises(AccessError):
            self._as_sales(private).action_meeting_held()

    def test_one_line_in_the_timeline(self):
        meeting = self._meeting()
        seen = [("commercial_partner_id", "=", self.partner.id)]
        timeline = self.env["crm.timeline"].with_user(self.sales)
        self.env.cr.flush()
        self.assertEqual(timeline.search(seen).mapped("kind"), ["meeting"])
        self._as_sales(meeting).action_meeting_held()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(timeline.search(seen).mapped("kind"), ["interaction"])

    def test_meeting_is_deleted(self):
        meeting = self._meeting(outcome="held")
        talk = self._talks(meeting)
        self.assertEqual(talk.action_open_source()["res_model"], "calendar.event")
        meeting.unlink()
        self.env.cr.flush()
        self.assertTrue(talk.exists())


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMail(AutofillCommon):
    def test_from_the_customer(self):
        message = self._message()
        self.assertRecordValues(
            self._talks(message),
            [
                {
                    "origin": "mail_in",
                    "type_id": self.env.ref(
                        "crm_segmentation.interaction_type_email"
                    ).id,
                    "partner_id": self.contact.id,
                    "commercial_partner_id": self.partner.id,
                    "lead_id": self.lead.id,
                    "user_id": self.sales.id,
                    "company_id": self.company.id,
                    "date": NOW,
                    "direction": "in",
                    "name": "Price list",
                    "note": False,
                }
            ],
        )

    def test_to_customers(self):
        other = self._partner("Other clinic", email="other@clinic.example")
        colleague = self._partner(
            "Dr. Brown", parent_id=self.partner.id, is_company=False
        )
        reached = self.contact | colleague | other | self.manager.partner_id
        message = self.lead.with_user(self.sales).message_post(
            body="Our price list",
            partner_ids=reached.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        talks = self._talks(message)
        self.assertEqual(talks.partner_id, self.contact | other)
        self.assertEqual(set(talks.mapped("direction")), {"out"})
        self.assertEqual(talks.user_id, self.sales)
        self.assertEqual(set(talks.mapped("origin")), {"mail_out"})

    def test_to_a_customer_who_follows(self):
        self.lead.message_subscribe(self.contact.ids)
        message = self.lead.with_user(self.sales).message_post(
            body="News", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(self._talks(message).partner_id, self.contact)

    def test_what_is_no_letter(self):
        table = {
            "note": {"subtype_id": self.env.ref("mail.mt_note").id},
            "internal": {"is_internal": True},
            "notification": {"message_type": "notification"},
            "mass mailing": {"message_type": "email_outgoing"},
            "automatic": {"message_type": "auto_comment"},
            "out of office": {"subject": "Automatic reply: Price list"},
            "marked": {"touch_mark": "automatic"},
            "chat": {"model": "discuss.channel", "res_id": 1},
            "tag": {"model": "crm.tag", "res_id": 1},
            "us to nobody": {
                "author_id": self.sales.partner_id.id,
                "message_type": "comment",
            },
            "us to us": {
                "author_id": self.sales.partner_id.id,
                "message_type": "comment",
                "partner_ids": [Command.set(self.manager.partner_id.ids)],
            },
            "our company": {"author_id": self.company.partner_id.id},
        }
        for what, values in table.items():
            with self.subTest(what=what):
                self.assertFalse(self._talks(self._message(**values)))

    def test_stranger(self):
        stranger = {"author_id": False, "email_from": "Eve <EVE@new.example>"}
        on_partner = self._message(self.partner, **stranger)
        self.assertFalse(self._talks(on_partner))
        lead = self.env["crm.lead"].create({"name": "New"})
        self.assertRecordValues(
            self._talks(self._message(lead, **stranger)),
            [{"partner_id": False, "lead_id": lead.id, "email": "eve@new.example"}],
        )

    def test_through_the_gateway(self):
        def receive(headers, number):
            mail = (
                f"From: {self.contact.email}\nTo: sales@ours.example\n"
                f"Subject: Re: Reagents\nMessage-Id: <{number}@clinic.example>\n"
                f"Date: Wed, 20 May 2026 11:00:00 +0300\n{headers}\nHello\n"
            )
            with mute_logger("odoo.addons.mail.models.mail_thread"):
                self.env["mail.thread"].message_process(
                    "crm.lead", mail, thread_id=self.lead.id
                )
            return self.lead.message_ids.filtered(
                lambda m: m.message_id == f"<{number}@clinic.example>"
            )

        letter = receive("", 1)
        self.assertRecordValues(
            self._talks(letter),
            [{"partner_id": self.contact.id, "date": datetime(2026, 5, 20, 8)}],
        )
        robot = receive("Auto-Submitted: auto-replied\n", 2)
        self.assertEqual(robot.touch_mark, "automatic")
        self.assertFalse(self._talks(robot))

    def test_mail_plugin(self):
        def logged(body, record):
            # What the plugin's controller does.
            request = SimpleNamespace(
                httprequest=SimpleNamespace(path="/mail_plugin/log_mail_content")
            )
            with patch.object(autofill_fields, "request", request):
                return record.with_user(self.sales).message_post(body=body)

        sent = f"From: {self.sales.email} To: {self.contact.email}"
        received = logged(f"From: {self.contact.email}", self.contact)
        own = logged(sent, self.lead)
        self.assertRecordValues(
            self._talks(received | own),
            [
                {"origin": "plugin", "direction": "in", "partner_id": self.contact.id},
                {"origin": "plugin", "direction": "out", "partner_id": self.partner.id},
            ],
        )
        by_hand = self.lead.with_user(self.sales).message_post(body=sent)
        self.assertFalse(self._talks(by_hand))

    def test_switched_off(self):
        self.company.fill_from_mail = False
        self.assertFalse(self._talks(self._message()))

    def test_saved_again(self):
        message = self._message()
        talk = self._talks(message)
        message.write({"subject": "Other", "partner_ids": [Command.clear()]})
        self.env["crm.changes"].sudo()._on_created("mail.message", message.ids)
        self.assertEqual(self._talks(message), talk)

    def test_two_counterparties_become_one(self):
        other = self._partner("Clinic twin", email="twin@clinic.example")
        message = self._message(
            author_id=self.sales.partner_id.id,
            message_type="comment",
            partner_ids=[Command.set((self.partner | other).ids)],
        )
        alone = self._message(author_id=other.id)
        self.assertEqual(len(self._talks(message)), 2)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        with mute_logger("odoo.addons.base.partner.merge"):
            merge._merge((self.partner | other).ids, self.partner)
        self.env.invalidate_all()
        self.assertEqual(self._talks(message).partner_id, self.partner)
        self.assertEqual(len(self._talks(message)), 1)
        self.assertEqual(self._talks(alone).partner_id, self.partner)
        before = self._talks()
        self.env["crm.changes"].sudo()._on_created(
            "mail.message", (message | alone).ids
        )
        self.assertEqual(self._talks(), before)

    # --- cost -----------------------------------------------------------------

    def _queries(self, work):
        self.env.cr.flush()
        before = self.env.cr.sql_log_count
        work()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_messages_elsewhere_cost_nothing(self):
        tag = self.env["crm.tag"].create({"name": "x"})

        def work():
            self._message(tag, subject="x")

        work()
        with_us = self._queries(work)
        with patch.object(
            self.env.registry["crm.changes"],
            "_watched_models",
            lambda _self: frozenset(),
        ):
            self.env.registry.clear_cache()
            work()
            without = self._queries(work)
        self.env.registry.clear_cache()
        self.assertEqual(with_us, without)

    def test_a_thousand_letters_are_one_batch(self):
        def work(number):
            values = {
                "model": "crm.lead",
                "res_id": self.lead.id,
                "message_type": "email",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": self.contact.id,
            }
            messages = self.env["mail.message"].create([values] * number)
            queries = self._queries(lambda: None)
            self.assertEqual(len(self._talks(messages)), number)
            return queries

        work(2)
        few = work(3)
        self.assertLessEqual(work(1000), few + 10)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestBackfill(AutofillCommon):
    def _fill(self, **values):
        self.env.cr.flush()
        wizard = (
            self.env["crm.interaction.backfill"]
            .with_user(self.coordinator)
            .create({"date_from": "2026-05-01", "date_to": "2026-05-20", **values})
        )
        return wizard.action_fill()

    def _forgotten(self):
        """Sources of each kind whose interactions are not there (yet)."""
        activity, meeting, message = (
            self._activity(),
            self._meeting(outcome="held"),
            self._message(),
        )
        activity.action_done()
        both = self._talks(activity) | self._talks(meeting) | self._talks(message)
        self.assertEqual(len(both), 3)
        both.unlink()
        self.env.cr.flush()
        return activity, meeting, message

    def test_each_once(self):
        sources = self._forgotten()
        action = self._fill()
        found = [self._talks(source) for source in sources]
        self.assertEqual([len(talks) for talks in found], [1, 1, 1])
        self.assertIn("3", action["name"])
        shown = self.env["crm.interaction"].search(action["domain"])
        self.assertLessEqual(set(found[0]._ids), set(shown._ids))
        self.assertIn("0", self._fill()["name"])
        self.assertEqual([self._talks(source) for source in sources], found)

    def test_only_what_is_asked_for(self):
        activity, meeting, message = self._forgotten()
        self._fill(with_mail=False, with_meetings=False)
        self.assertTrue(self._talks(activity))
        self.assertFalse(self._talks(meeting) | self._talks(message))
        self._fill(date_from="2026-05-01", date_to="2026-05-19")
        self.assertFalse(self._talks(meeting) | self._talks(message))

    def test_past_meetings(self):
        open_one = self._meeting()
        private = self._meeting(privacy="private")
        later = self._meeting(start=NOW, stop=NOW + timedelta(hours=1))
        self._fill()
        self.assertFalse(self._talks(open_one))
        self._fill(assume_held=True)
        self.assertEqual(self._talks(open_one).outcome, "held")
        self.assertEqual(open_one.outcome, "held")
        self.assertFalse((private | later).filtered("outcome"))

    def test_no_subscriber_hears_of_the_past(self):
        self._forgotten()
        heard = []
        with patch.object(
            self.env.registry["crm.changes"],
            "_on_created",
            lambda _self, model, ids: heard.append(model),
        ):
            self._fill()
            self.env.cr.flush()
        self.assertNotIn("crm.interaction", heard)

    def test_own_company_only(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.lead.company_id = False
        theirs = self._partner("Theirs", company_id=other.id)
        message = self._message(theirs, author_id=theirs.id)
        self._talks(message).unlink()
        self._fill()
        self.assertFalse(self._talks(message))

    def test_wrong_days_and_wrong_people(self):
        for first, last in (("2026-05-21", "2026-05-20"), ("2000-01-01", "2026-05-20")):
            with self.assertRaisesRegex(
                UserError, r"^crm_segmentation\.backfill_days: "
            ):
                self._fill(date_from=first, date_to=last)
        for user in (self.sales, self.manager, self.integration):
            with self.assertRaises(AccessError):
                self.env["crm.interaction.backfill"].with_user(user).create({})


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAutofillRoles(AutofillCommon):
    def test_salesperson_with_own_leads_only(self):
        plain = self._user("plain", "sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Mine", "partner_id": self.partner.id, "user_id": plain.id}
        )
        activity = self._activity(lead, user_id=plain.id)
        activity.with_user(plain).action_feedback(feedback="Done")
        talk = self._talks(activity).with_user(plain)
        self.assertEqual(talk.user_id, plain)
        self.assertEqual(talk.action_open_source()["res_id"], lead.id)
        # Somebody else's lead stays somebody else's; its letters' text is not copied.
        message = self._message()
        talk = self._talks(message).with_user(plain)
        self.assertEqual(talk.name, "Price list")
        self.assertFalse(talk.note)
        with self.assertRaises(AccessError):
            self.lead.with_user(plain).check_access("read")

    def test_nobody_forges_an_origin(self):
        talks = self.env["crm.interaction"].with_user(self.sales)
        values = {"type_id": self.logged_call.id, "partner_id": self.partner.id}
        forged = (
            {"origin": "meeting"},
            {"origin": False},
            {"source_model": "calendar.event", "source_id": 1},
            {"counterparty_key": 7},
        )
        talk = talks.create(values)
        for claim in forged:
            with self.subTest(claim=claim):
                for attempt in (
                    lambda c=claim: talks.create({**values, **c}),
                    lambda c=claim: talk.write(c),
                ):
                    with self.assertRaisesRegex(
                        UserError, r"^crm_segmentation\.interaction_origin: "
                    ):
                        attempt()
        logged = talks.log({"type": "call", "external_ref": "pbx-1"})
        self.assertEqual(talks.browse(logged["id"]).origin, "call_log")

    def test_customers_do_not_see_what_we_note(self):
        portal = new_test_user(
            self.env, login="seg_portal", groups="base.group_portal", tz="UTC"
        )
        meeting = self._meeting(
            outcome="no_show",
            partner_ids=[Command.set((self.sales.partner_id | portal.partner_id).ids)],
        )
        self.env.cr.flush()
        theirs = meeting.with_user(portal)
        self.assertEqual(theirs.read(["start"])[0]["id"], meeting.id)
        with self.assertRaises(AccessError):
            theirs.read(["outcome"])
        with self.assertRaises(AccessError):
            theirs.action_meeting_held()
        with self.assertRaises(AccessError):
            self._talks(meeting).with_user(portal).read(["name"])

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "South Med"})
        theirs = self._user("theirs", "sales_team.group_sale_manager", other)
        talk = self._talks(self._message())
        self.assertFalse(
            self.env["crm.interaction"]
            .with_user(theirs)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", talk.id)])
        )

    def test_typing_late(self):
        talk = self.env["crm.interaction"].create(
            {
                "type_id": self.logged_call.id,
                "partner_id": self.partner.id,
                "date": NOW - timedelta(hours=5),
                "duration": 60,
            }
        )
        self.env.flush_all()
        talk.invalidate_recordset()
        self.assertEqual(talk.origin, "manual")
        self.assertAlmostEqual(talk.logging_delay, 4, 1)

    def test_settings(self):
        settings = self.env["res.config.settings"].create({"fill_from_mail": False})
        settings.execute()
        self.assertFalse(self.company.fill_from_mail)

    def test_shipped_mapping(self):
        kinds = {
            "mail_activity_data_call": "call",
            "mail_activity_data_meeting": "meeting",
            "mail_activity_data_email": "email",
            "mail_activity_data_todo": False,
        }
        for xmlid, code in kinds.items():
            kind = self.env.ref(f"mail.{xmlid}").interaction_type_id
            self.assertEqual(kind.code, code)
