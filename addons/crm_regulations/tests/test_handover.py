import json
from datetime import timedelta

from lxml import html

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..core.handover import ACTIVITY, LEAD, PARTNER, PROMISE, QUOTATION
from ..engine.portfolio import portfolio
from .common import RegulationsCommon

_REPORT = "crm_regulations.report_handover"
NOON = "2026-05-04 12:00:00"


class HandoverCommon(RegulationsCommon):
    """A seller with a customer A, one C and one without a category, and colleagues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._user("anna", "sales_team.group_sale_salesman")
        cls.boris = cls._user("boris", "sales_team.group_sale_salesman")
        cls.scheme = cls._segmentation(("A", ("turnover_total", ">=", 100)), ("C",))
        cls.big = cls._of_sales("Big clinic", phone="+38044111", email="big@x.example")
        cls.small = cls._of_sales("Small clinic")
        cls._bought(cls.big, fields.Date.today(), 500)
        cls.scheme.action_publish()
        cls.a, cls.c = cls.scheme.segment_ids.sorted("sequence")
        # After the classification, so that it has no category.
        cls.new = cls._of_sales("New clinic", counterparty_type_ids=False)

    @classmethod
    def _of_sales(cls, name, **values):
        return cls._partner(name, user_id=cls.sales.id, **values)

    def _handover(self, user=None, **values):
        values = {"from_user_id": self.sales.id, "to_user_id": self.anna.id, **values}
        return self.env["crm.handover"].with_user(user or self.manager).create(values)

    def _todo(self, record, user=None, **values):
        return record.activity_schedule(
            "mail.mail_activity_data_call", user_id=(user or self.sales).id, **values
        )

    def _row(self, handover, segment):
        return handover.line_ids.filtered(lambda line: line.segment_id == segment)


@tagged("post_install", "-at_install")
class TestHandover(HandoverCommon):
    def test_what_is_counted(self):
        self._lead(partner_id=self.big.id, expected_revenue=70)
        self._lead(partner_id=self.small.id, user_id=self.anna.id)
        won = self._lead(partner_id=self.big.id)
        won.action_set_won()
        self._todo(self.small)
        self._promise(partner_id=self.big.id)
        self._partner("Doctor", parent_id=self.big.id, is_company=False)
        rows = {row["category_id"]: row for row in self._handover().preview()["rows"]}
        self.assertEqual(set(rows), {self.a.id, self.c.id, False})
        figures = {
            key: [row[n] for n in ("customers", "leads", "promises", "activities")]
            for key, row in rows.items()
        }
        self.assertEqual(
            figures,
            {self.a.id: [1, 1, 1, 0], self.c.id: [1, 0, 0, 1], False: [1, 0, 0, 0]},
        )
        self.assertEqual(
            (rows[self.a.id]["turnover"], rows[self.a.id]["expected"]), (500, 70)
        )

    def test_shared_by_category(self):
        lead = self._lead(partner_id=self.big.id)
        won = self._lead(partner_id=self.big.id)
        won.action_set_won()
        other = self._lead(partner_id=self.small.id)
        unknown = self._lead(partner_id=False)
        promise = self._promise(partner_id=self.small.id)
        todo, theirs = self._todo(self.small), self._todo(self.small, self.boris)
        doctor = self._partner("Doctor", parent_id=self.big.id, is_company=False)
        self.assertEqual(doctor.user_id, self.sales)
        quotation, order = self.env["sale.order"].create(
            [
                {"partner_id": self.big.id, "user_id": self.sales.id, "state": state}
                for state in ("draft", "sale")
            ]
        )
        handover = self._handover()
        self._row(handover, self.a).user_id = self.boris
        before = handover.preview()
        answer = handover.hand_over()
        self._commit()
        self.assertEqual(answer, {"status": "done", **before["total"]})
        for record in (self.big, doctor, lead, quotation):
            self.assertEqual(record.user_id, self.boris, record)
        for record in (self.small, self.new, other, unknown, promise, todo):
            self.assertEqual(record.user_id, self.anna, record)
        for record in (won, order):
            self.assertEqual(record.user_id, self.sales, record)
        self.assertEqual(theirs.user_id, self.boris)
        self.assertEqual(promise.activity_ids.user_id, self.anna)
        self.assertEqual(promise.event_ids.sorted("id")[-1].kind, "reassigned")
        self.assertIn(self.boris.partner_id, lead.message_partner_ids)
        self.assertEqual(handover.state, "done")
        self.assertEqual(handover.done_user_id, self.manager)

    def test_one_note_each_and_nobody_is_mailed(self):
        lead = self._lead(partner_id=self.big.id)
        mails = self.env["mail.mail"].search_count([])
        # As a person does it: Odoo's own notes and letters are on.
        handover = self._handover().with_context(tracking_disable=False)
        handover.hand_over()
        self._commit()
        for record in (lead, self.big):
            with self.subTest(record=record):
                notes = record.message_ids.filtered(lambda m: "Handed over" in m.body)
                self.assertEqual(len(notes), 1)
                self.assertIn("seg_seller", notes.body)
                self.assertEqual(notes.author_id, self.manager.partner_id)
                [change] = notes.tracking_value_ids
                self.assertEqual(change.field_id.name, "user_id")
                self.assertEqual(
                    (change.old_value_integer, change.new_value_integer),
                    (self.sales.id, self.anna.id),
                )
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_twice_is_once(self):
        self._promise(partner_id=self.big.id)
        handover = self._handover()
        first = handover.hand_over()
        self.big.user_id = self.boris
        self.assertEqual(handover.hand_over(), {**first, "status": "unchanged"})
        self.assertEqual(self.big.user_id, self.boris)
        self.assertEqual(handover.preview()["total"]["customers"], 3)

    def test_done_is_frozen(self):
        handover = self._handover()
        handover.hand_over()
        for act in (
            lambda: handover.write({"to_user_id": self.boris.id}),
            lambda: handover.line_ids[0].write({"user_id": self.boris.id}),
            lambda: handover.line_ids.unlink(),
            handover.unlink,
        ):
            with self.assertRaisesRegex(
                UserError, r"^crm_regulations\.handover_done: "
            ):
                act()

    def test_all_or_nothing(self):
        handover = self._handover(to_user_id=False)
        self._row(handover, self.a).user_id = self.boris
        with self.assertRaisesRegex(
            UserError, r"^crm_regulations\.handover_nobody: .*(Category C|Without)"
        ):
            handover.hand_over()
        self.assertEqual(self.big.user_id, self.sales)
        self.assertEqual(handover.state, "draft")

    def test_nothing_to_hand_over(self):
        handover = self._handover(from_user_id=self.boris.id)
        self.assertFalse(handover.line_ids)
        with self.assertRaisesRegex(UserError, r"^crm_regulations\.handover_empty: "):
            handover.hand_over()

    def test_absence(self):
        kept, stands_in = (
            self._promise(partner_id=partner.id) for partner in (self.big, self.small)
        )
        kept._pass_to(self.boris, absent=self.sales)
        stands_in.absent_user_id = self.boris
        self._handover().hand_over()
        self.assertEqual((kept.user_id, kept.absent_user_id.id), (self.anna, False))
        self.assertEqual(
            (stands_in.user_id, stands_in.absent_user_id), (self.anna, self.boris)
        )

    def test_who_has_left_hands_over_and_gets_nothing(self):
        self.sales.active = False
        self.boris.active = False
        self._handover().hand_over()
        self.assertEqual(self.big.user_id, self.anna)
        with self.assertRaisesRegex(
            ValidationError, r"^crm_regulations\.handover_archived: .*boris"
        ):
            self._handover(to_user_id=self.boris.id)

    def test_new_salesperson_is_introduced(self):
        introduce = self._regulation(
            trigger_kind="field_set",
            res_model="res.partner",
            trigger_domain=f'[("user_id", "=", {self.anna.id})]',
        )
        self._handover().hand_over()
        self._commit()
        owed = self._owed(introduce)
        self.assertEqual(
            {o.res_id for o in owed}, {self.big.id, self.small.id, self.new.id}
        )

    def test_queries_do_not_grow(self):
        def run(number):
            partners = self.env["res.partner"].create(
                [
                    {
                        "name": f"Clinic {number} {place}",
                        "is_company": True,
                        "user_id": self.sales.id,
                    }
                    for place in range(number)
                ]
            )
            leads = self.env["crm.lead"].create(
                [
                    {"name": "Deal", "partner_id": p.id, "user_id": self.sales.id,
                     "company_id": self.company.id}
                    for p in partners
                ]
            )  # fmt: skip
            for partner in partners:
                self._todo(partner)
                self._typed(partner_id=partner.id)
            self._commit()
            handover = self._handover().with_context(tracking_disable=False)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            handover.hand_over()
            self._commit()
            count = self.env.cr.sql_log_count - before
            self.assertEqual(partners.user_id | leads.user_id, self.anna)
            return count

        self._regulation()
        run(2)
        few, many = run(5), run(25)
        self.assertLessEqual(many, few + 6)
        self.assertLess(many, 150)

    # --- wrong input --------------------------------------------------------------

    def test_wrong_people(self):
        other = self.env["res.company"].create({"name": "South Med"})
        south = self._user("south", "sales_team.group_sale_salesman", other)
        portal = self._user("portal", "base.group_user")
        portal.group_ids = [Command.set(self.env.ref("base.group_portal").ids)]
        for values, code in (
            ({"to_user_id": self.sales.id}, "handover_same"),
            ({"to_user_id": south.id}, "handover_company"),
            ({"from_user_id": south.id}, "handover_company"),
            ({"to_user_id": portal.id}, "handover_company"),
            ({"from_user_id": portal.id}, "handover_company"),
            ({"to_user_id": self.integration.id}, "handover_company"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, rf"^crm_regulations\.{code}: "),
                self.env.cr.savepoint(),
            ):
                self._handover(**values)
        handover = self._handover()
        with self.assertRaisesRegex(UserError, r"^crm_regulations\.handover_same: "):
            self._row(handover, self.a).user_id = self.sales

    def test_plan(self):
        handovers = self.env["crm.handover"].with_user(self.coordinator)
        told = handovers.plan(
            self.sales.id,
            self.anna.id,
            {str(self.a.id): self.boris.id, "0": self.boris.id},
        )
        self.assertEqual(
            {row["category_id"]: row["successor_id"] for row in told["rows"]},
            {self.a.id: self.boris.id, self.c.id: self.anna.id, False: self.boris.id},
        )
        json.dumps(told)
        for wrong in (
            {"from_user_id": "1"},
            {"from_user_id": None},
            {"from_user_id": 0},
            {"from_user_id": 2**40},
            {"to_user_id": "x"},
            {"to_user_id": None},
            {"by_category": []},
            {"by_category": {"A": self.anna.id}},
            {"by_category": {str(self.a.id): False}},
            {"by_category": {"999999999": self.anna.id}},
        ):
            with (
                self.subTest(wrong=wrong),
                self.assertRaisesRegex(UserError, r"^crm_regulations\.handover_plan: "),
                self.env.cr.savepoint(),
            ):
                handovers.plan(**{"from_user_id": self.sales.id, **wrong})
        for act in ("preview", "hand_over"):
            with self.assertRaisesRegex(UserError, r"^crm_regulations\.one_handover: "):
                getattr(handovers, act)()

    # --- who may --------------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_roles(self):
        self._lead(partner_id=self.big.id)
        handover = self._handover()
        for user in (self.sales, self.anna, self.integration):
            mine = handover.with_user(user)
            with self.assertRaises(AccessError):
                mine.preview()
            with self.assertRaises(AccessError):
                mine.hand_over()
            with self.assertRaises(AccessError):
                mine.line_ids[:1]._pack()
            with self.assertRaises(AccessError):
                mine.browse().plan(self.sales.id, self.anna.id)
        self.assertEqual(self.big.user_id, self.sales)
        # Coordinators have no right to leads of their own; here they need none.
        self._handover(self.coordinator).hand_over()
        self.assertEqual(self.big.user_id, self.anna)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_second_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        theirs = self._of_sales("Southern clinic", company_id=other.id)
        boss = self._user("south", "sales_team.group_sale_manager", other)
        handover = self._handover()
        with self.assertRaises(AccessError):
            handover.with_user(boss).with_context(
                allowed_company_ids=other.ids
            ).hand_over()
        handover.hand_over()
        self.assertEqual(theirs.user_id, self.sales)

    # --- the paper ------------------------------------------------------------------

    def _page(self, line, user=None):
        env = self.env(user=user or self.manager)
        text, _kind = env["ir.actions.report"]._render_qweb_html(_REPORT, line.ids)
        return html.fromstring(text)

    def _text(self, page, name):
        return " ".join(
            " ".join(node.text_content().split())
            for node in page.xpath(f"//*[@name='{name}']")
        )

    def test_paper(self):
        lead = self._lead(partner_id=self.big.id, name="Microscope")
        self._lead(partner_id=False, name="Call from the fair")
        self._promise(partner_id=self.big.id)
        self._typed(
            partner_id=self.big.id, name="Prices", note="Wants a discount",
            date="2026-05-04 10:00:00",
        )  # fmt: skip
        handover = self._handover()
        self._row(handover, self.a).user_id = self.boris
        [line] = self._row(handover, self.a)
        for state in ("draft", "done"):
            with self.subTest(state=state):
                page = self._page(line)
                self.assertIn("seg_boris", self._text(page, "title"))
                whole = self._text(page, "customer")
                for words in ("Big clinic", "+38044111", "500.00", "Category A"):
                    self.assertIn(words, whole)
                self.assertNotIn("Small clinic", whole)
                self.assertIn("Wants a discount", self._text(page, "talk"))
                self.assertIn("Answer", self._text(page, "promises"))
                self.assertIn("Microscope", self._text(page, "leads"))
                rest = self._page(self._row(handover, self.c))
                self.assertIn("Small clinic", self._text(rest, "customer"))
                self.assertIn("New clinic", self._text(rest, "customer"))
                self.assertIn("Call from the fair", self._text(rest, "loose"))
            if state == "draft":
                handover.hand_over()
        self.assertEqual(lead.user_id, self.boris)
        # One paper for each successor.
        self.assertEqual(len(handover.action_print()["context"]["active_ids"]), 2)

    def test_paper_in_a_fixed_number_of_queries(self):
        def count(number):
            for place in range(number):
                partner = self._of_sales(f"Clinic {number} {place}")
                self._lead(partner_id=partner.id)
                self._promise(partner_id=partner.id)
            line = self._row(self._handover(), self.env["crm.segment"])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page(line)
            return self.env.cr.sql_log_count - before

        count(1)
        few, many = count(3), count(12)
        self.assertLessEqual(many, few + 3)

    def test_portfolio_kinds(self):
        self._lead(partner_id=self.big.id)
        self._todo(self.big)
        self._promise(partner_id=self.big.id)
        self.env["sale.order"].create(
            {"partner_id": self.big.id, "user_id": self.sales.id}
        )
        items = portfolio(self.env, self.sales, self.company)
        self.assertEqual(
            {item.model for item in items},
            {PARTNER, LEAD, QUOTATION, PROMISE, ACTIVITY},
        )


@tagged("post_install", "-at_install")
class TestHandoverScreen(HttpCase, HandoverCommon):
    def test_manager_hands_over(self):
        self._lead(partner_id=self.big.id)
        self.start_tour("/odoo/hand-over", "crm_regulations_handover", login="seg_lead")
        self.assertEqual(self.big.user_id, self.boris)
        self.assertEqual(self.small.user_id, self.anna)

    def test_over_json_2(self):
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.manager)
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        )

        def call(method, **values):
            return self.url_open(
                f"/json/2/crm.handover/{method}",
                data=json.dumps(values),
                headers={
                    "Authorization": f"Bearer {key}",
                    "Content-Type": "application/json",
                },
            )

        told = call("plan", from_user_id=self.sales.id, to_user_id=self.anna.id).json()
        self.assertEqual(told["total"]["customers"], 3)
        self.assertEqual(call("hand_over", ids=[told["id"]]).json()["status"], "done")
        self.assertEqual(
            call("hand_over", ids=[told["id"]]).json()["status"], "unchanged"
        )
        refused = call("plan", from_user_id=self.anna.id, to_user_id=self.anna.id)
        self.assertEqual(refused.status_code, 422)
        self.assertTrue(
            refused.json()["message"].startswith("crm_regulations.handover_same: ")
        )
