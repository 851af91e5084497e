from ast import literal_eval
from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from .common import SegmentationCommon

NUMBER = "+380 44 245 31 18"
KEY = "+380442453118"


class TelephonyCommon(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.ua")
        cls.partner = cls._partner(user_id=cls.sales.id)
        cls.door = cls.env["crm.interaction"].with_user(cls.sales)
        cls.program = cls.env["crm.interaction"].with_user(cls.integration)

    def _logged(self, result):
        return self.env["crm.interaction"].browse(result["id"])

    def _call(self, door=None, create_lead=False, **values):
        answer = (door or self.program).log({"type": "call", **values}, create_lead)
        self.env.invalidate_all()
        return self._logged(answer)

    def _talk(self, partner, date, **values):
        kind = self.env.ref("crm_segmentation.interaction_type_call")
        return self.env["crm.interaction"].create(
            {"type_id": kind.id, "partner_id": partner.id, "date": date, **values}
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 09:00:00")
class TestCallReports(TelephonyCommon):
    """One call, several reports, in any order."""

    RINGING = {"state": "ringing", "at": "2026-05-20T08:00:00Z", "phone": NUMBER}
    ANSWERED = {"state": "answered", "at": "2026-05-20T08:00:20Z", "extension": "101"}
    ENDED = {
        "state": "ended", "at": "2026-05-20T08:05:20Z", "outcome": "answered",
        "note": "Gloves",
    }  # fmt: skip
    RECORDED = {"state": "recording", "recording_url": "https://pbx.example/7.mp3"}

    def _life(self, *reports):
        answers = [
            self.program.log({"type": "call", "external_ref": "pbx-1", **report})
            for report in reports
        ]
        self.assertEqual(len({answer["id"] for answer in answers}), 1)
        return self._logged(answers[0]), [answer["status"] for answer in answers]

    def test_every_order_ends_the_same(self):
        self.env["crm.phone.extension"].create(
            {"extension": "101", "user_id": self.sales.id}
        )
        self.partner.phone = NUMBER
        orders = (
            (self.RINGING, self.ANSWERED, self.ENDED, self.RECORDED),
            (self.RECORDED, self.ENDED, self.ANSWERED, self.RINGING),
            (self.ENDED, self.RINGING, self.RECORDED, self.ANSWERED, self.RINGING),
        )
        for reports in orders:
            with self.subTest(first=reports[0]["state"]):
                talk, statuses = self._life(*reports)
                self.assertRecordValues(
                    talk,
                    [
                        {
                            "date": datetime(2026, 5, 20, 8, 0, 20),
                            "date_end": datetime(2026, 5, 20, 8, 5, 20),
                            "call_state": "ended",
                            "outcome": "answered",
                            "note": "Gloves",
                            "user_id": self.sales.id,
                            "partner_id": self.partner.id,
                            "recording_url": "https://pbx.example/7.mp3",
                        }
                    ],
                )
                self.assertEqual(statuses[0], "created")
                talk.unlink()

    def test_retry_changes_nothing(self):
        talk, statuses = self._life(self.RINGING, self.ENDED, self.ENDED, self.RINGING)
        self.assertEqual(statuses, ["created", "updated", "unchanged", "unchanged"])
        self.assertEqual(talk.call_state, "ended")

    def test_older_report_overwrites_nothing(self):
        late = {**self.RINGING, "note": "Rings", "outcome": "missed"}
        talk, statuses = self._life(self.ENDED, late)
        self.assertEqual((talk.note, talk.outcome), ("Gloves", "answered"))
        # The number was not told before; the beginning is earlier than we thought.
        self.assertEqual((talk.phone, statuses[1]), (NUMBER, "updated"))
        self.assertEqual(talk.date, datetime(2026, 5, 20, 8, 0))

    def test_what_a_person_corrected_stays(self):
        talk, _statuses = self._life(self.RINGING)
        talk.with_user(self.sales).write(
            {"partner_id": self.partner.id, "note": "It was about masks"}
        )
        self._life(self.ENDED)
        self.assertEqual(talk.note, "It was about masks")
        self.assertEqual(talk.partner_id, self.partner)
        self.assertEqual(talk.outcome, "answered")

    def test_handed_over(self):
        seats = self.env["crm.phone.extension"]
        for extension, user in (("101", self.sales), ("102", self.manager)):
            seats.create({"extension": extension, "user_id": user.id})
        talk, _statuses = self._life(self.ANSWERED)
        self.assertEqual(talk.user_id, self.sales)
        self._life({**self.ENDED, "transferred_to": "102"})
        self.assertEqual((talk.user_id, talk.extension), (self.manager, "101"))
        # Somebody we do not know; who answered stays.
        self._life({"transferred_to": "999", "at": "2026-05-20T08:06:00Z"})
        self.assertEqual((talk.user_id, talk.transferred_to), (self.manager, "999"))

    def test_among_ourselves(self):
        self.env["crm.phone.extension"].create(
            {"extension": "102", "user_id": self.manager.id}
        )
        before = self.env["crm.interaction"].search_count([])
        for values in ({"phone": "102"}, {"phone": NUMBER, "internal": True}):
            with self.subTest(values=values):
                answer = self.program.log({"type": "call", **values}, create_lead=True)
                self.assertEqual(
                    answer, {"id": False, "status": "unchanged", "internal": True}
                )
        self.assertEqual(self.env["crm.interaction"].search_count([]), before)

    def test_hidden_number(self):
        self.partner.phone = NUMBER
        talk = self._call(phone=NUMBER, hidden=True)
        self.assertRecordValues(
            talk, [{"phone": False, "is_hidden": True, "partner_id": False}]
        )

    def test_trial_writes_nothing(self):
        talk, _statuses = self._life(self.RINGING)
        before = self.env["crm.interaction"].search_count([])
        leads = self.env["crm.lead"].search_count([])
        table = [
            ({"external_ref": "pbx-2", "phone": "0442223344"}, False, "created"),
            ({"external_ref": "pbx-1", "note": "x"}, talk.id, "updated"),
            ({"external_ref": "pbx-1", **self.RINGING}, talk.id, "unchanged"),
        ]
        for values, id_, status in table:
            with self.subTest(values=values):
                answer = self.program.log(
                    {"type": "call", "dry_run": True, **values}, create_lead=True
                )
                self.assertEqual(answer, {"id": id_, "status": status, "dry_run": True})
        self.assertEqual(self.env["crm.interaction"].search_count([]), before)
        self.assertEqual(self.env["crm.lead"].search_count([]), leads)
        self.assertFalse(talk.note)

    def test_what_is_wrong_is_said(self):
        table = [
            ({"outcome": "lost"}, "outcome: “lost” is not known; known are answered"),
            ({"state": "dialing"}, "state: “dialing” is not known; known are ringing"),
            ({"at": "soon"}, "“soon” is not an instant"),
            ({"recording_url": "javascript:x"}, "recording_url: .* is not a web addr"),
            ({"recording_url": 5}, "recording_url: .* is not a web address"),
            ({"source": "Rumour"}, "source: “Rumour” is not known; known are "),
            ({"source": 5}, "source: “5” is not a text"),
            ({"hidden": "yes"}, "hidden: “yes” is not true or false"),
            ({"internal": 1}, "internal: “1” is not true or false"),
            ({"dry_run": "false"}, "dry_run: “false” is not true or false"),
            ({"extension": 101}, "extension: “101” is not a text"),
            ({"transferred_to": ["101"]}, "transferred_to: .*is not a text"),
        ]
        for values, problem in table:
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, problem) as raised,
            ):
                self.program.log({"type": "call", **values})
            self.assertRegex(str(raised.exception), r"^crm_segmentation\.interaction: ")
        with self.assertRaisesRegex(UserError, "at most 1000"):
            self.program.log_many([{}] * 1001)
        self.assertEqual(
            self.program.log_many(
                [{"type": "call", "phone": "0442223344", "create_lead": True}]
            )[0]["status"],
            "created",
        )

    def test_recording_by_hand(self):
        with self.assertRaisesRegex(ValidationError, "crm_segmentation.recording"):
            self._talk(self.partner, "2026-05-20", recording_url="javascript:alert(1)")


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 09:00:00")
class TestCallers(TelephonyCommon):
    """Numbers, addresses, and who is behind them."""

    def _found(self, door=None, **who):
        return [(c["id"], c["match"]) for c in (door or self.door).identify(**who)]

    def test_numbers_as_people_type_them(self):
        self.partner.phone = "(044) 245-31-18"
        for typed in (NUMBER, KEY, "0442453118", "00380442453118", "044 245 31 18"):
            with self.subTest(typed=typed):
                self.assertEqual(
                    self._found(phone=typed), [(self.partner.id, "number")]
                )
        self.assertEqual(self._found(phone="+380 44 245 31 19"), [])

    def test_further_numbers(self):
        self.partner.phone_number_ids = [
            Command.create({"number": "067 123 45 67", "label": "Reception"})
        ]
        self.assertEqual(self.partner.phone_number_ids.phone_key, "+380671234567")
        self.assertEqual(
            self._found(self.program, phone="+380671234567"),
            [(self.partner.id, "number")],
        )
        with self.assertRaises(ValidationError), mute_logger("odoo.sql_db"):
            self.partner.phone_number_ids = [Command.create({"number": "reception"})]
        with self.assertRaises(Exception) as raised, mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.partner.phone_number_ids = [
                    Command.create({"number": "+380 67 1234567"})
                ]
                self.env.flush_all()
        self.assertIn("number", str(raised.exception))

    def test_last_digits_only_if_nobody_has_the_number(self):
        # No country can make a number of it.
        self.partner.phone = "245-31-18 (ask for Olena)"
        self.assertEqual(self._found(phone=NUMBER), [(self.partner.id, "similar")])
        logged = self._call(phone=NUMBER)
        self.assertFalse(logged.partner_id, "a guess is no match")
        exact = self._partner("Exact", phone=NUMBER)
        self.assertEqual(self._found(phone=NUMBER), [(exact.id, "number")])
        self.assertEqual(self._found(phone="53118"), [])

    def test_address(self):
        self.partner.email = "Info@Clinic.example"
        self.assertEqual(
            self._found(email="“Clinic” <info@clinic.example>"),
            [(self.partner.id, "email")],
        )
        self.assertEqual(
            self._call(email="info@clinic.example").partner_id, self.partner
        )
        self.assertEqual(self._found(email="nobody@clinic.example"), [])

    def test_shared_number(self):
        """A switchboard: contacts of one company stand for it, others stay open."""
        self.partner.phone = NUMBER
        doctor = self._doctor(self.partner)
        doctor.phone = NUMBER
        answer = self.door.identify(phone=NUMBER)
        self.assertEqual({c["id"] for c in answer}, {self.partner.id, doctor.id})
        self.assertTrue(all(c["shared"] for c in answer))
        self.assertEqual(self._call(phone=NUMBER).partner_id, self.partner)
        self._partner("Pharmacy of the same house", phone=NUMBER)
        unknown = self._call(phone=NUMBER, create_lead=True)
        self.assertFalse(unknown.partner_id or unknown.lead_id)
        # The address says which of them it is.
        doctor.email = "green@clinic.example"
        told = self._call(phone=NUMBER, email="green@clinic.example")
        self.assertEqual(told.partner_id, doctor)

    def test_unknown_caller_becomes_one_lead(self):
        source = self.env.ref("crm_segmentation.utm_source_event")
        first = self._call(
            phone=NUMBER, create_lead=True, source="exhibition OR congress"
        )
        self.assertRecordValues(
            first.lead_id,
            [{"phone": NUMBER, "company_id": self.company.id, "source_id": source.id}],
        )
        again = self._call(phone="0442453118", create_lead=True)
        self.assertEqual(again.lead_id, first.lead_id)
        seen = self.env["crm.interaction"].with_user(self.coordinator)
        answer = seen.identify(phone=KEY)
        self.assertEqual(
            [(c["kind"], c["id"]) for c in answer], [("lead", first.lead_id.id)]
        )
        self.assertEqual(self.program.identify(phone=KEY), [])

    def test_what_is_told(self):
        self._bought(self.partner, "2026-04-15", 120)
        self._by_turnover().action_publish()
        self.partner.phone = NUMBER
        self._talk(self.partner, "2026-05-19 10:00:00", name="Gloves")
        self._talk(self.partner, "2026-05-19 12:00:00", outcome="missed")
        self.env["crm.lead"].create(
            {"name": "Mine", "partner_id": self.partner.id, "user_id": self.sales.id}
        )
        self.env["crm.lead"].create(
            {"name": "Not", "partner_id": self.partner.id, "user_id": self.manager.id}
        )
        (card,) = self.door.identify(phone=NUMBER)
        self.assertEqual(card["categories"][0]["code"], "A")
        self.assertEqual(card["last_touch"]["subject"], "Gloves")
        self.assertEqual(card["last_touch"]["date"], "2026-05-19 10:00:00")
        self.assertEqual(card["user"], self.sales.name)
        self.assertEqual(card["types"], ["client"])
        self.assertEqual(card["debt"]["total"], 0.0)
        # Others' leads are not even counted.
        self.assertEqual((card["open_leads"], card["open_orders"]), (1, 0))
        self.assertEqual(card["withheld"], [])
        (card,) = self.program.identify(phone=NUMBER)
        self.assertEqual(card["categories"][0]["code"], "A")
        self.assertEqual(card["withheld"], ["debt", "open_leads", "open_orders"])
        self.assertFalse({"debt", "open_leads", "open_orders"} & card.keys())
        self.assertNoNone(card)

    def assertNoNone(self, value):
        self.assertIsNotNone(value)
        if isinstance(value, dict):
            self.assertTrue(all(isinstance(key, str) for key in value))
        inside = value.values() if isinstance(value, dict) else value
        for part in inside if isinstance(value, (dict, list)) else ():
            self.assertNoNone(part)

    def test_wrong_questions(self):
        table = [
            ({}, "give phone or email"),
            ({"phone": ""}, "give phone or email"),
            ({"phone": "  ", "email": ""}, "give phone or email"),
            ({"phone": 380}, "phone: it must be a text"),
            ({"phone": ["1"]}, "phone: it must be a text"),
            ({"phone": None}, "phone: it must be a text"),
            ({"phone": True}, "phone: it must be a text"),
            ({"email": {"a": 1}}, "email: it must be a text"),
            ({"phone": "1" * 300}, "at most 255"),
            ({"phone": "\x00"}, "phone: it must be a text"),
        ]
        for who, problem in table:
            with (
                self.subTest(who=who),
                self.assertRaisesRegex(UserError, problem) as raised,
            ):
                self.program.identify(**who)
            self.assertRegex(str(raised.exception), r"^crm_segmentation\.identify: ")
        for who in ({"phone": "abc"}, {"phone": "' OR 1=1"}, {"email": "no address"}):
            self.assertEqual(self.program.identify(**who), [])

    def test_portal_may_not_ask(self):
        portal = self.env["res.users"].create(
            {
                "name": "Doctor",
                "login": "door_doctor",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        for method in ("identify", "log"):
            with self.assertRaises(AccessError):
                getattr(self.env["crm.interaction"].with_user(portal), method)({})

    def test_counterparties_of_another_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self._partner("Theirs", phone=NUMBER, company_id=other.id)
        self.assertEqual(self._found(self.program, phone=NUMBER), [])
        self.assertFalse(self._call(phone=NUMBER).partner_id)

    @warmup
    def test_queries(self):
        """Ten people at one switchboard cost as much as one."""
        house = self.env["res.partner"].create(
            [{"name": f"Clinic {n}", "phone": NUMBER} for n in range(12)]
        )
        for partner in house:
            self._talk(partner, "2026-05-19 10:00:00")
        one = self._partner("Alone", phone="0442223344")
        self._talk(one, "2026-05-19 10:00:00")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(26):
            self.assertEqual(len(self.door.identify(phone="0442223344")), 1)
        self.env.invalidate_all()
        with self.assertQueryCount(26):
            self.assertEqual(len(self.door.identify(phone=NUMBER)), 10)

    def test_numbers_are_found_by_an_index(self):
        # The table of the test is small: forbid what is only better there.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        for column, index in (
            (
                "RIGHT(REGEXP_REPLACE(phone, '[^0-9]', '', 'g'), 7) = %s"
                " AND phone IS NOT NULL",
                "caller_tail",
            ),
            ("email_normalized = %s", "caller_email"),
        ):
            self.env.cr.execute(
                f"EXPLAIN SELECT id FROM res_partner WHERE {column}", ["2453118"]
            )
            plan = "\n".join(row[0] for row in self.env.cr.fetchall())
            self.assertIn(index, plan)


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 09:00:00")
class TestUnmatched(TelephonyCommon):
    def _waiting(self):
        return self.door.search(
            literal_eval(self.env.ref("crm_segmentation.action_unmatched").domain)
        )

    def test_it_is(self):
        first = self._call(phone=NUMBER)
        second = self._call(phone="044 245 31 18")
        other = self._call(phone="0442223344")
        self.assertEqual(self._waiting(), first | second | other)
        action = first.with_user(self.sales).action_assign()
        dialog = (
            self.env["crm.interaction.assign"]
            .with_user(self.sales)
            .with_context(**action["context"])
            .create({"partner_id": self.partner.id, "label": "Reception"})
        )
        self.assertRecordValues(dialog, [{"phones": NUMBER, "same_count": 2}])
        dialog.action_assign()
        self.assertEqual((first | second).partner_id, self.partner)
        self.assertEqual(self._waiting(), other)
        self.assertRecordValues(
            self.partner.phone_number_ids, [{"phone_key": KEY, "label": "Reception"}]
        )
        # From now on the number is known.
        self.assertEqual(self._call(phone=NUMBER).partner_id, self.partner)
        with self.assertRaisesRegex(UserError, "crm_segmentation.matched"):
            first.with_user(self.sales).action_assign()

    def test_number_is_not_remembered_twice(self):
        self.partner.phone = NUMBER
        # Two have it, so it was not matched.
        self._partner("Other", phone=NUMBER)
        talk = self._call(phone=NUMBER)
        dialog = self.env["crm.interaction.assign"].create(
            {"interaction_ids": talk.ids, "partner_id": self.partner.id}
        )
        self.assertIn(self.partner, dialog.candidate_ids)
        dialog.action_assign()
        self.assertFalse(self.partner.phone_number_ids)

    def test_new_lead(self):
        first, second = self._call(phone=NUMBER), self._call(phone=NUMBER)
        action = second.with_user(self.sales).action_new_lead()
        lead = self.env["crm.lead"].browse(action["res_id"])
        self.assertEqual((first | second).lead_id, lead)
        self.assertRecordValues(lead, [{"phone": NUMBER, "user_id": self.sales.id}])
        self.assertFalse(self._waiting())

    def test_ignored_stays_ignored(self):
        first, second = self._call(phone=NUMBER), self._call(phone=NUMBER)
        first.with_user(self.sales).action_ignore()
        self.assertTrue(second.is_ignored)
        self.assertTrue(self._call(phone=NUMBER).is_ignored)
        self.assertFalse(self._waiting())
        first.with_user(self.sales).action_stop_ignoring()
        self.assertEqual(len(self._waiting()), 3)
        self.assertFalse(self._call(phone=NUMBER).is_ignored)

    def test_withheld_numbers_are_different_people(self):
        first, second = self._call(hidden=True), self._call(hidden=True)
        first.with_user(self.sales).action_ignore()
        self.assertEqual(self._waiting(), second)

    def test_integration_says_nothing(self):
        talk = self._call(phone=NUMBER)
        with self.assertRaises(AccessError):
            self.env["crm.interaction.assign"].with_user(self.integration).create(
                {"interaction_ids": talk.ids, "partner_id": self.partner.id}
            )
        with self.assertRaises(AccessError):
            talk.with_user(self.integration).action_new_lead()


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 09:00:00")
class TestTouch(TelephonyCommon):
    """First contact, last touch, source."""

    def test_late_events(self):
        doctor = self._doctor(self.partner)
        second = self._talk(doctor, "2026-05-10 10:00:00")
        self.assertTrue(second.is_first_contact)
        first = self._talk(self.partner, "2026-05-01 10:00:00")
        missed = self._talk(self.partner, "2026-04-01 10:00:00", outcome="missed")
        self.assertEqual(
            (first | second | missed).mapped("is_first_contact"), [True, False, False]
        )
        self.assertEqual(self.partner.last_interaction_date, datetime(2026, 5, 10, 10))
        self.assertFalse(doctor.last_interaction_date)
        missed.outcome = "answered"
        self.assertTrue(missed.is_first_contact)
        self.assertFalse(first.is_first_contact)
        (missed | second).unlink()
        self.assertTrue(first.is_first_contact)
        self.assertEqual(self.partner.last_interaction_date, datetime(2026, 5, 1, 10))
        first.partner_id = False
        self.assertFalse(first.is_first_contact)
        self.assertFalse(self.partner.last_interaction_date)

    def test_contact_moves_to_another_company(self):
        doctor = self._doctor(self.partner)
        other = self._partner("Other clinic")
        talk = self._talk(doctor, "2026-05-10 10:00:00")
        later = self._talk(self.partner, "2026-05-11 10:00:00")
        self.env.cr.flush()
        doctor.parent_id = other
        self.env.cr.flush()
        self.assertTrue(talk.is_first_contact and later.is_first_contact)
        self.assertEqual(other.last_interaction_date, datetime(2026, 5, 10, 10))
        self.assertEqual(self.partner.last_interaction_date, datetime(2026, 5, 11, 10))

    def test_merged_counterparties(self):
        twin = self._partner("Clinic Ltd.", phone=NUMBER)
        late = self._talk(self.partner, "2026-05-10 10:00:00")
        early = self._talk(twin, "2026-05-01 10:00:00")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (twin | self.partner).ids, self.partner, extra_checks=False
        )
        self.env.invalidate_all()
        self.assertEqual((early | late).partner_id, self.partner)
        self.assertEqual(
            (early | late).sorted("date").mapped("is_first_contact"), [True, False]
        )
        self.assertEqual(self.partner.last_interaction_date, datetime(2026, 5, 10, 10))
        self.assertEqual(
            [c["id"] for c in self.door.identify(phone=NUMBER)], [self.partner.id]
        )

    def test_source_is_written_once(self):
        event = self.env.ref("crm_segmentation.utm_source_event")
        declined = self.env.ref("crm_segmentation.utm_source_declined")
        doctor = self._doctor(self.partner)
        new = self.door.new({"partner_id": doctor.id})
        self.assertTrue(new.asks_source)
        talk = self._call(self.door, partner_id=doctor.id)
        self.assertTrue(talk.asks_source)
        talk.with_user(self.sales).utm_source_id = event
        self.assertEqual(self.partner.utm_source_id, event)
        self.assertFalse(talk.asks_source)
        self._call(partner_id=self.partner.id, source=declined.name)
        self.assertEqual(self.partner.utm_source_id, event)
        self.assertFalse(self.door.new({"partner_id": self.partner.id}).asks_source)

    def test_tries_do_not_ask(self):
        self._talk(self.partner, "2026-05-10 10:00:00", outcome="missed")
        self.assertTrue(self.door.new({"partner_id": self.partner.id}).asks_source)

    def test_import_stays_a_batch(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Clinic {n}"} for n in range(60)]
        )
        kind = self.env.ref("crm_segmentation.interaction_type_call")
        self.env.flush_all()

        def make(some):
            before = self.env.cr.sql_log_count
            talks = self.env["crm.interaction"].create(
                [{"type_id": kind.id, "partner_id": p.id} for p in some]
            )
            self.env.flush_all()
            self.assertEqual(set(talks.mapped("is_first_contact")), {True})
            return self.env.cr.sql_log_count - before

        make(partners[:5])
        self.assertLessEqual(make(partners[10:60]), make(partners[5:10]) + 3)


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20 09:00:00")
class TestTimeline(TelephonyCommon):
    def _lines(self, partner, user=None):
        lines = self.env["crm.timeline"].with_user(user or self.sales)
        self.env.flush_all()
        self.env.invalidate_all()
        found = lines.search(
            [("commercial_partner_id", "=", partner.commercial_partner_id.id)]
        )
        return [(line.kind, line.name) for line in found]

    def test_one_chronological_list(self):
        doctor = self._doctor(self.partner)
        self._talk(doctor, "2026-05-10 10:00:00", name="Gloves")
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-05-11 10:00:00",
                "stop": "2026-05-11 11:00:00",
                "partner_ids": [Command.set((doctor | self.partner).ids)],
            }
        )
        product = self.env["product.product"].create({"name": "Gloves"})
        order = self.env["sale.order"].create(
            {
                "partner_id": doctor.id,
                "user_id": self.sales.id,
                "date_order": "2026-05-12 10:00:00",
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
        self._bought(self.partner, "2026-04-15", 120)
        self._by_turnover().action_publish()
        stranger = self._partner("Stranger")
        self._talk(stranger, "2026-05-10 10:00:00", name="Not theirs")
        self.assertEqual(
            self._lines(doctor),
            [
                ("category", "– → A"),
                ("quotation", order.name),
                ("meeting", "Visit"),
                ("interaction", "Gloves"),
            ],
        )
        order.action_confirm()
        self.assertEqual(self._lines(self.partner)[0][0], "order")
        partner = self.partner.with_user(self.sales)
        self.assertEqual(len(partner.timeline_ids), 4)
        line = partner.timeline_ids.filtered(lambda line: line.kind == "order")
        self.assertEqual(line.action_open_source()["res_id"], order.id)
        action = partner.action_open_timeline()
        self.assertEqual(self.env["crm.timeline"].search_count(action["domain"]), 4)

    def test_meeting_that_was_held_is_there_once(self):
        """As the interaction, which knows its outcome."""
        event = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-05-11 10:00:00",
                "stop": "2026-05-11 11:00:00",
                "partner_ids": [Command.set(self.partner.ids)],
            }
        )
        self.assertEqual(self._lines(self.partner), [("meeting", "Visit")])
        self.env["crm.interaction"].search([("source_id", "=", event.id)]).unlink()
        self._talk(
            self.partner,
            "2026-05-11 10:00:00",
            name="Visit",
            outcome="held",
            origin="meeting",
            source_model="calendar.event",
            source_id=event.id,
        )
        self.assertEqual(self._lines(self.partner), [("interaction", "Visit")])

    def test_salesperson_sees_what_the_sources_show(self):
        product = self.env["product.product"].create({"name": "Gloves"})
        for user in (self.sales, self.manager):
            self.env["sale.order"].create(
                {
                    "partner_id": self.partner.id,
                    "user_id": user.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
        for user, privacy in (
            (self.sales, "private"), (self.manager, "private"),
            (self.manager, "public"),
        ):  # fmt: skip
            self.env["calendar.event"].create(
                {
                    "name": f"{privacy} of {user.login}",
                    "start": "2026-05-11 10:00:00",
                    "stop": "2026-05-11 11:00:00",
                    "user_id": user.id,
                    "privacy": privacy,
                    "partner_ids": [Command.set(self.partner.ids)],
                }
            )
        seen = self._lines(self.partner)
        self.assertEqual([kind for kind, _name in seen].count("quotation"), 1)
        self.assertEqual(
            {name for kind, name in seen if kind == "meeting"},
            {"private of seg_seller", "public of seg_lead"},
        )
        seen = self._lines(self.partner, self.manager)
        self.assertEqual([kind for kind, _name in seen].count("quotation"), 2)
        with self.assertRaises(AccessError):
            self._lines(self.partner, self.integration)

    def test_other_company_sees_nothing(self):
        self._talk(self.partner, "2026-05-10 10:00:00")
        other = self.env["res.company"].create({"name": "South Med"})
        foreign = self._user("coord2", "crm_segmentation.group_crm_coordinator", other)
        lines = self.env["crm.timeline"].with_user(foreign)
        lines = lines.with_context(allowed_company_ids=other.ids)
        self.env.flush_all()
        self.assertFalse(lines.search([]))

    def test_big_counterparty_is_read_by_indexes(self):
        """Ten thousand talks of one, as many of others: a page costs one query."""
        kind = self.env.ref("crm_segmentation.interaction_type_call")
        others = self.env["res.partner"].create(
            [{"name": f"Clinic {n}"} for n in range(50)]
        )
        self.env.cr.execute(
            """INSERT INTO crm_interaction
                      (type_id, partner_id, commercial_partner_id, company_id, date,
                       direction, origin)
               SELECT %s, p.id, p.id, %s,
                      '2026-01-01'::timestamp + n * '1 min'::interval, 'in',
                      'manual'
                 FROM UNNEST(%s) AS p(id), GENERATE_SERIES(1, %s) AS n""",
            (kind.id, self.company.id, others.ids, 200),
        )
        self.env.cr.execute(
            """INSERT INTO crm_interaction
                      (type_id, partner_id, commercial_partner_id, company_id, date,
                       direction, origin)
               SELECT %s, %s, %s, %s, '2026-01-01'::timestamp + n * '1 min'::interval,
                      'in', 'manual' FROM GENERATE_SERIES(1, 10000) AS n""",
            (kind.id, self.partner.id, self.partner.id, self.company.id),
        )
        self.env.cr.execute("ANALYZE crm_interaction")
        lines = self.env["crm.timeline"].with_user(self.sales)
        domain = [("commercial_partner_id", "=", others[0].id)]
        query = lines._search(domain, limit=40, order="date desc, id desc")
        self.env.cr.execute(query.select())
        self.assertEqual(self.env.cr.rowcount, 40)
        sql = query.select()
        self.env.cr.execute(type(sql)("EXPLAIN %s", sql))
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertNotIn("Seq Scan on crm_interaction", plan)
        self.assertEqual(
            lines.search_count([("commercial_partner_id", "=", self.partner.id)]), 10000
        )


@tagged("post_install", "-at_install")
class TestQuickDialog(TelephonyCommon):
    def test_dialog_and_what_comes_next(self):
        lead = self.env["crm.lead"].create(
            {"name": "x", "partner_id": self.partner.id, "user_id": self.sales.id}
        )
        for record in (self.partner, lead):
            action = record.with_user(self.sales).action_log_interaction()
            talk = self.door.with_context(**action["context"]).create({})
            self.assertEqual(talk.partner_id, self.partner)
            self.assertEqual(talk.type_id.code, "call")
            self.assertEqual((talk.direction, talk.outcome), ("out", "answered"))
            following = talk.action_plan_next()
            wizard = (
                self.env["mail.activity.schedule"]
                .with_user(self.sales)
                .with_context(**following["context"])
                .create({"activity_type_id": self.env.ref(
                    "mail.mail_activity_data_call").id})
            )  # fmt: skip
            wizard.action_schedule_activities()
            self.assertEqual(record.activity_ids.user_id, self.sales)
        with self.assertRaisesRegex(UserError, "crm_segmentation.no_counterparty"):
            self.door.browse(self._call().id).action_plan_next()

    def test_rights(self):
        for model, user, allowed in (
            ("crm.phone.number", self.sales, True),
            ("crm.phone.number", self.integration, False),
            ("crm.phone.extension", self.sales, False),
            ("crm.phone.extension", self.coordinator, True),
            ("crm.phone.extension", self.integration, False),
            ("crm.timeline", self.coordinator, False),
        ):
            records = self.env[model].with_user(user)
            self.assertEqual(records.has_access("create"), allowed, (model, user.login))
        for model in ("crm.phone.number", "crm.phone.extension", "crm.timeline"):
            records = self.env[model].with_user(self.integration)
            self.assertFalse(records.has_access("read"), model)

    def test_companies(self):
        other = self.env["res.company"].create({"name": "South Med"})
        foreign = self._user("coord3", "crm_segmentation.group_crm_coordinator", other)
        seat = self.env["crm.phone.extension"].create(
            {"extension": "101", "user_id": self.sales.id}
        )
        theirs = self._partner("Theirs", company_id=self.company.id)
        number = self.env["crm.phone.number"].create(
            {"partner_id": theirs.id, "number": NUMBER}
        )
        for record in (seat, number):
            records = record.with_user(foreign).with_context(
                allowed_company_ids=other.ids
            )
            self.assertFalse(records.search([]))
            self.assertFalse(records._filtered_access("read"))
