from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, HttpCase, new_test_user, tagged

from ..core.library import given_with, to_give, without
from .common import MONDAY_9, instant
from .documents_common import DocumentsCommon

NEXT = {"direction": "out", "outcome": "answered"}


class TestLibraryCore(BaseCase):
    def test_each_is_given_once(self):
        self.assertEqual(to_give(["a", "b"], False), ["a", "b"])
        self.assertEqual(given_with(["a", "b"], False), "a\nb")
        self.assertEqual(to_give(["a", "b", "c"], "a\nb"), ["c"])
        self.assertEqual(given_with(["b", "c"], "a\nb"), "a\nb\nc")

    def test_without(self):
        self.assertEqual(without("A, b;C", "B"), "A, C")
        self.assertEqual(without("A", "A"), "")


@tagged("post_install", "-at_install")
class TestLibraryStories(DocumentsCommon):
    """Each ready regulation as it is shipped: a fact, its limit, its proof."""

    kind = "created"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_regulation_approval = False
        cls.call = cls.env.ref("crm_segmentation.interaction_type_call")
        cls.kinds = {
            code: cls.env.ref(f"crm_segmentation.sale_kind_{code}")
            for code in ("consumables", "services", "equipment")
        }
        cls.key = cls._partner("Key clinic", email="key@example.com")
        starter = cls.env["crm.segmentation"].search(
            [("company_id", "=", cls.company.id), ("code", "=", "starter")]
        )
        for criterion in starter.segment_ids.criterion_ids:
            if not criterion.value_enter:
                criterion.value_enter = 1000
        starter.action_publish()
        a = starter.segment_ids.filtered(lambda s: s.code == "A")
        starter.set_override(cls.key.id, a.id, reason="Test")

    def _take(self, code):
        (result,) = (
            self.env["crm.regulation"]
            .with_user(self.coordinator)
            .with_company(self.company)
            .take_into_use([code])
        )
        self.assertEqual(result["status"], "taken", result)
        found = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("code", "=", code)]
        )
        self.assertEqual(found.state, "published")
        self.assertFalse(found.is_library)
        return found

    def _story(self, code, start, due, prove, proof="system", **more):
        """A fact starts a promise with the right limit; a proof ends it.

        :param start: makes the fact, at 9 on Monday
        :param due: when it is due
        :param prove: makes the proof, an hour later, from the subject
        """
        with self._at("2026-05-01 06:00:00"):
            regulation = self._take(code)
        with self._at(MONDAY_9):
            subject = start()
            self._commit()
        self._sweep(MONDAY_9)
        self._look(more.get("cron", "by_time"))
        owed = self._owed(regulation)
        self.assertEqual(len(owed), 1)
        self.assertEqual(str(owed.date_due), due)
        self.assertTrue(owed.user_id)
        with self._at(str(instant(MONDAY_9).replace(minute=more.get("minute", 30)))):
            for _time in range(more.get("times", 1)):
                self.assertEqual(owed.state, "open")
                prove(owed if subject is None else subject)
                self._commit()
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.evidence_grade, proof)
        self.assertEqual(len(self._owed(regulation)), more.get("count", 1))

    def _look(self, cron):
        """What nobody tells is found by a scheduled job."""
        with self._at(MONDAY_9), self.enter_registry_test_mode():
            self.env.ref(f"crm_regulations.ir_cron_{cron}").method_direct_trigger()
        self.env.invalidate_all()

    def _call_of(self, customer=None, **values):
        return self._talk(
            type_id=self.call.id,
            partner_id=(customer or self.customer).id,
            date=self.env.cr.now(),
            **{**NEXT, **values},
        )

    def _mail_to(self, record, **values):
        partner = values.pop("partner", self.customer)
        return self._write_to(record, partner_ids=partner.ids, **values)

    def _interest(self, code, customer=None):
        type_ = self.env["crm.interaction.type"].search([("code", "=", code)])
        return self._talk(type_id=type_.id, partner_id=(customer or self.customer).id)

    # --- what happens -----------------------------------------------------------

    def _letter_in(self):
        self.customer.message_post(
            body="When is it open?",
            message_type="email",
            author_id=self.customer.id,
            subtype_xmlid="mail.mt_comment",
        )

    def _meeting(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Presentation",
                "start": "2026-05-04 08:00:00",
                "stop": "2026-05-04 09:00:00",
                "user_id": self.sales.id,
                "partner_ids": [
                    Command.set((self.customer | self.sales.partner_id).ids)
                ],
            }
        )
        event.outcome = "held"

    def _late(self):
        for day in ("2026-04-01", "2026-04-11", "2026-04-19"):
            self._bought(self.key, day, 100)

    def _campaign_ended(self):
        return self.env["utm.campaign"].create(
            {"title": "Fair", "user_id": self.sales.id, "crm_date_end": "2026-05-02"}
        )

    def _hand_over(self):
        self.key.user_id = self.manager
        with self._at("2026-05-04 08:30:00"):
            self.key.user_id = self.sales

    def _quotation(self, kind="services", **values):
        category = self.env["product.category"].create(
            {"name": kind, "sale_kind_id": self.kinds[kind].id}
        )
        self.product.categ_id = category
        return self._order(user_id=self.sales.id, **values)

    def _sent(self, order):
        order.state = "sent"

    def _new_lead(self, **values):
        return self._lead(**{"type": "opportunity", **values})

    def _key_lead(self, **values):
        return self._new_lead(partner_id=self.key.id, **values)

    def _lost(self):
        lead = self._key_lead()
        reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
        lead.action_set_lost(lost_reason_id=reason.id)

    def _won(self):
        lead = self._new_lead()
        lead.action_set_won()
        return lead

    def _plan(self, lead):
        lead.activity_schedule("mail.mail_activity_data_call", user_id=self.sales.id)

    def _overdue(self):
        return self._sold(due="2026-05-03", date="2026-04-03")

    def _coming(self):
        return self._sold(due="2026-05-07", date="2026-04-07")

    def _word(self, owed):
        owed.with_user(owed.user_id).fulfil("Written down")

    def _answer(self, _subject=None):
        self._mail_to(self.customer)

    def _answer_key(self, _subject=None):
        self._mail_to(self.key, partner=self.key)

    def _talk_again(self, _subject=None):
        self._call_of()

    def _talk_to_key(self, _subject=None):
        self._call_of(self.key)

    def _material(self, _subject=None):
        self._mail_to(self.customer, attach=True)

    def _not_reached(self, lead):
        self._call_of(lead.partner_id, outcome="missed")

    # --- stories ----------------------------------------------------------------

    def stories(self):
        """Code → how it starts, when it is due, how it is proved, and more."""
        source = self.env["utm.source"].create({"name": "Fair"})
        fresh = self._partner("Fresh clinic")
        bought = self.env["res.partner"].browse(self.customer.id)
        bought.customer_rank = 1
        self.key.customer_rank = 1
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        attested = {"proof": "attested"}
        return {
            "first_contact_source": (
                lambda: self._call_of(fresh, direction="in"),
                "2026-05-04 09:15:00",
                lambda talk: talk.write({"utm_source_id": source.id}),
                {"minute": 10},
            ),
            "materials_2h": (
                lambda: self._interest("materials_request"),
                "2026-05-04 11:00:00",
                self._material,
            ),
            "service_4wh": (
                lambda: self._interest("service_request", self.key),
                "2026-05-04 11:00:00",
                self._answer_key,
            ),
            "after_meeting": (self._meeting, "2026-05-05 09:00:00", self._answer),
            "question_reply": (
                self._letter_in, "2026-05-05 09:00:00", self._answer,
            ),
            "complaint_ack": (
                lambda: self._interest("complaint"),
                "2026-05-04 11:00:00",
                self._answer,
            ),
            "complaint_plan": (
                lambda: self._interest("complaint"),
                "2026-05-06 09:00:00",
                self._material,
            ),
            "contact_norm": (
                lambda: self._call_of(self.key),
                "2026-06-03 09:00:00",
                self._talk_to_key,
                {**attested, "count": 2},
            ),
            "late_purchase": (
                self._late, "2026-05-05 17:00:00", self._talk_to_key,
                {**attested, "cron": "reconcile"},
            ),
            "campaign_result": (
                self._campaign_ended,
                "2026-05-15 17:00:00",
                lambda campaign: campaign.write({"crm_result": "Two orders"}),
            ),
            "salesperson_changed": (
                self._hand_over, "2026-05-07 08:30:00", self._talk_to_key, attested,
            ),
            "lead_first_contact": (
                self._key_lead,
                "2026-05-04 09:30:00",
                self._not_reached,
                {**attested, "times": 3, "minute": 20},
            ),
            "proposal_consumables": (
                lambda: self._quotation("consumables"),
                "2026-05-04 14:00:00",
                self._sent,
            ),
            "proposal_services": (
                self._quotation, "2026-05-05 09:00:00", self._sent,
            ),
            "proposal_equipment": (
                lambda: self._quotation("equipment"),
                "2026-05-07 09:00:00",
                self._sent,
            ),
            "proposal_followup": (
                lambda: self._sent(self._quotation(partner_id=self.key.id)),
                "2026-05-06 09:00:00",
                self._talk_to_key,
                attested,
            ),
            "next_step": (self._new_lead, "2026-05-05 09:00:00", self._plan),
            "won_delivery": (self._won, "2026-05-05 09:00:00", self._answer),
            "refusal_analysis": (
                self._lost, "2026-05-06 09:00:00", self._word, attested,
            ),
            "event_guest": (
                lambda: self._interest("event_guest", self.key),
                "2026-05-06 09:00:00",
                self._talk_to_key,
                attested,
            ),
            "campaign_lead": (
                lambda: self._new_lead(campaign_id=campaign.id, user_id=False),
                "2026-05-04 14:00:00",
                lambda lead: lead.write(
                    {"user_id": self.sales.id, "source_id": source.id}
                ),
            ),
            "invoice_after_delivery": (
                lambda: self._confirmed(user_id=self.sales.id),
                "2026-05-05 09:00:00",
                lambda order: self._billed(order),
            ),
            "payment_courtesy": (
                self._coming, "2026-05-07 00:00:00", self._answer,
            ),
            "overdue_letter": (
                self._overdue, "2026-05-04 17:00:00", self._answer,
            ),
            "overdue_call": (
                self._overdue, "2026-05-11 09:00:00", self._talk_again, attested,
            ),
            "overdue_decision": (
                lambda: self._overdue() and None,
                "2026-05-19 09:00:00",
                self._word,
                attested,
            ),
            "reconciliation": (
                lambda: None, "2026-05-15 17:00:00", self._word, attested,
            ),
        }  # fmt: skip

    def test_every_ready_regulation_has_a_story(self):
        """Those of other subjects have tests of their own."""
        others = {
            "missed_call", "data_upkeep", "rule_review", "terms_approval",
            "announcement", "announcement_personal", "material_review",
            "quality_sheet", "quality_low", "loss_reason",
        }  # fmt: skip
        shipped = set(self.env["crm.regulation"]._shipped().mapped("code"))
        self.assertEqual(shipped, others | set(self.stories()))

    def _tell(self, code):
        start, due, prove, *more = self.stories()[code]
        self._story(code, start, due, prove, **(more[0] if more else {}))

    def test_no_loss_without_a_reason(self):
        with self._at(MONDAY_9):
            regulation = self._take("loss_reason")
            regulation.mode = "remind"
            lead, other = self._new_lead(), self._new_lead()
            self._commit()
            owed = self._owed(regulation)
            self.assertEqual(owed.mapped("state"), ["open"] * 2)
        with self._at("2026-05-04 10:00:00"):
            with self.assertRaisesRegex(UserError, "crm_regulations.blocked"):
                with self.env.cr.savepoint():
                    lead.action_set_lost()
                    self._commit()
            reason = self.env["crm.lost.reason"].create({"name": "Too dear"})
            lead.action_set_lost(lost_reason_id=reason.id)
            other.action_set_won()
            self._commit()
        self.assertEqual(owed.mapped("state"), ["done_on_time", "cancelled"])

    def test_missed_call(self):
        step = self._take("missed_call").step_ids
        limits = [step._limit_of(code) for code in ("A", "B", "C")]
        self.assertEqual(limits, [(n, "minute") for n in (15, 30, 60)])


def _add_stories():
    for code in (
        "first_contact_source", "materials_2h", "service_4wh", "after_meeting",
        "question_reply", "complaint_ack", "complaint_plan", "contact_norm",
        "late_purchase", "salesperson_changed", "campaign_result", "lead_first_contact",
        "proposal_consumables", "proposal_services", "proposal_equipment",
        "proposal_followup", "next_step",
        "won_delivery", "refusal_analysis", "event_guest", "campaign_lead",
        "invoice_after_delivery", "payment_courtesy", "overdue_letter",
        "overdue_call", "overdue_decision", "reconciliation",
    ):  # fmt: skip
        name = f"test_story_of_{code}"
        setattr(TestLibraryStories, name, lambda self, c=code: self._tell(c))


_add_stories()


@tagged("post_install", "-at_install")
class TestTakeIntoUse(DocumentsCommon):
    """The list of ready regulations and its methods for programs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library = cls.env["crm.regulation"].with_user(cls.coordinator)

    def _of(self, code, company=None):
        company = company or self.company
        return self.env["crm.regulation"].search(
            [("company_id", "=", company.id), ("code", "=", code)]
        )

    def test_what_it_tells(self):
        told = {one["code"]: one for one in self.library.library()}
        masters = self.env["crm.regulation"]._shipped()
        self.assertEqual(set(told), set(masters.mapped("code")))
        one = told["question_reply"]
        self.assertEqual(one["id"], self._of("question_reply").id)
        self.assertEqual(one["process"], "relations")
        self.assertIn("the salesperson must answer the question", one["sentence"])
        self.assertEqual(
            one["limits"],
            {
                "A": {"value": 2, "unit": "work_hour"},
                "B": {"value": 4, "unit": "work_hour"},
                "C": {"value": 8, "unit": "work_hour"},
            },
        )
        self.assertIs(one["in_use"], False)
        self.assertIs(one["owner_id"], False)
        self.assertEqual(told["late_purchase"]["limits"]["C"]["value"], 0)

    def test_somebody_checks_each(self):
        """What is shipped satisfies the gate that asks for a check of every one."""
        shipped = self.library.sudo()._library_of_company()
        self.assertGreater(len(shipped), 30)
        self.assertFalse(shipped.filtered(lambda r: not r.control_by).mapped("code"))

    def test_a_new_company_gets_them_together(self):
        """All drafts are copied at once; each alone took 60 statements."""
        companies = self.env["res.company"]
        companies.create({"name": "Warm-up"})
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        company = companies.create({"name": "New"})
        self.env.flush_all()
        spent = self.env.cr.sql_log_count - before
        drafts = self.env["crm.regulation"].search([("company_id", "=", company.id)])
        self.assertEqual(len(drafts), len(self.env["crm.regulation"]._shipped()))
        self.assertLess(spent, 40 * len(drafts))

    def test_a_second_person_approves(self):
        results = self.library.take_into_use(["next_step"], self.manager.id)
        self.assertEqual(results[0]["status"], "taken")
        self.assertIn(self.manager.name, results[0]["message"])
        found = self._of("next_step")
        self.assertEqual(
            (found.state, found.owner_id, found.author_id, found.is_library),
            ("review", self.manager, self.coordinator, False),
        )
        (again,) = self.library.take_into_use(["next_step"])
        self.assertEqual(again["status"], "in_use")
        self.assertEqual(found.owner_id, self.manager, "twice is once")
        found.with_user(self.manager).action_approve()

    def test_some_cannot(self):
        self.company.crm_regulation_approval = False
        self._of("next_step").step_ids.unlink()
        codes = ["won_delivery", "next_step", "won_delivery"]
        results = self.library.take_into_use(codes)
        self.assertEqual(
            [(one["code"], one["status"]) for one in results],
            [("won_delivery", "taken"), ("next_step", "failed")],
        )
        self.assertIn("promises nothing yet", results[1]["message"])
        self.assertEqual(self._of("won_delivery").state, "published")
        self.assertEqual(self._of("won_delivery").mode, "silent")
        untouched = self._of("next_step")
        self.assertEqual((untouched.state, untouched.is_library), ("draft", True))
        self.assertFalse(untouched.owner_id)
        told = {one["code"]: one["in_use"] for one in self.library.library()}
        self.assertTrue(told["won_delivery"])

    def test_wrong_input(self):
        with self.assertRaisesRegex(UserError, "crm_regulations.library_tick"):
            self.library.browse().action_take_into_use()
        for codes, error in (
            ([], "library_codes"),
            ("next_step", "library_codes"),
            (None, "library_codes"),
            ({"next_step": 1}, "library_codes"),
            (["next_step"] * 1001, "library_codes"),
            (["next_step", "nonsense"], "library_code:"),
            ([7], "library_code:"),
            ([["next_step"]], "library_code:"),
            (["\0"], "library_code:"),
        ):
            with self.assertRaisesRegex(UserError, f"crm_regulations.{error}"):
                self.library.take_into_use(codes)
        portal = new_test_user(self.env, login="seg_portal", groups="base.group_portal")
        for owner in (0, -1, "1", True, None, 10**9, [1], portal.id):
            with self.assertRaisesRegex(UserError, "crm_regulations.library_owner"):
                self.library.take_into_use(["next_step"], owner)
        self.assertEqual(self._of("next_step").state, "draft", "refused whole")

    def test_roles(self):
        for user in (self.sales, self.manager, self.integration):
            library = self.env["crm.regulation"].with_user(user)
            self.assertTrue(library.library(), "everybody may look")
            with self.assertRaises(AccessError):
                library.take_into_use(["next_step"])
            with self.assertRaises(AccessError):
                library.action_library()
            with self.assertRaises(AccessError):
                self._of("next_step").with_user(user).action_take_into_use()
            with self.assertRaises(AccessError):
                self._of("next_step").with_user(user).library_limit_a = 9
        with self.assertRaisesRegex(UserError, "use_buttons"):
            self._of("next_step").with_user(self.coordinator).is_library = False

    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self.assertEqual(self._of("next_step", other).state, "draft")
        self.assertTrue(self._of("next_step", other).is_library)
        self.library.take_into_use(["next_step"])
        self.assertEqual(self._of("next_step", other).state, "draft")
        theirs = self._of("won_delivery", other)
        theirs.unlink()
        self._draft(code="regulation_own")
        (self.company | other)._copy_shipped_regulations()
        self.assertFalse(self._of("won_delivery", other), "deleted for good")
        self.assertFalse(self._of("regulation_own", other), "nobody else's drafts")

    def test_limits_in_the_list(self):
        draft = self._of("question_reply").with_user(self.coordinator)
        draft.library_limit_a, draft.library_limit_c = 1, 6
        lines = {li.segment_codes: li.limit_value for li in draft.step_ids.limit_ids}
        self.assertEqual(lines, {"A": 1, "B": 4})
        self.assertEqual(draft.step_ids.limit_value, 6)
        draft.library_limit_b = 0
        self.assertEqual(draft.step_ids._limit_of("B"), (0, "work_hour"))
        for column, value in (("library_limit_c", 0), ("library_limit_a", -1)):
            with self.assertRaisesRegex(UserError, "crm_regulations.library_zero"):
                draft[column] = value
        both = self._of("refusal_analysis").with_user(self.coordinator)
        both.library_limit_a = 1
        lines = {li.segment_codes: li.limit_value for li in both.step_ids.limit_ids}
        self.assertEqual(lines, {"B": 2, "A": 1})
        late = self._of("late_purchase").with_user(self.coordinator)
        late.library_limit_c = 5
        self.assertEqual(late.step_ids._limit_of("S"), (5, "work_day"))
        draft.step_ids.limit_ids[0].limit_unit = "minute"
        self.assertFalse(draft.library_is_plain)
        with self.assertRaisesRegex(UserError, "crm_regulations.library_limit"):
            draft.library_limit_a = 3

    def test_the_list_does_not_ask_once_for_each(self):
        found = self._of("next_step") | self._of("won_delivery")
        names = ["in_use", "library_limit_a", "library_is_plain"]

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for one in some:
                one.read(names)
            return self.env.cr.sql_log_count - before

        count(found)
        many = self.library.sudo()._library_of_company()
        self.assertLessEqual(count(many), count(found) + 1)


@tagged("post_install", "-at_install")
class TestLibraryScreen(HttpCase, DocumentsCommon):
    def test_coordinator_takes_two(self):
        self.company.crm_regulation_approval = False
        self.start_tour(
            "/odoo/library-of-regulations", "crm_regulations_library", login="seg_coord"
        )
        taken = self.env["crm.regulation"].search(
            [
                ("company_id", "=", self.company.id),
                ("code", "in", ["proposal_followup", "next_step"]),
            ]
        )
        self.assertEqual(set(taken.mapped("state")), {"published"})
        self.assertEqual(taken.owner_id, self.coordinator)
        followup = taken.filtered(lambda r: r.code == "proposal_followup")
        self.assertEqual(followup.step_ids._limit_of("A"), (1, "work_day"))
