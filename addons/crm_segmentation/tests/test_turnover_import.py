import base64
from contextlib import suppress
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..core.turnover_csv import Problem
from ..engine import turnover_import
from ..wizards.crm_turnover_import import WORDS
from .common import SegmentationCommon

LIST = """customer,date,amount
Clinic North,2026-03-10,500.00
Clinic North,2026-03-10,500.00
17,2026-04-10,60.50
Dr. Ёлкин,2026-01-31,-5
"""


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestTurnoverImport(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wizard = cls.env["crm.turnover.import"].with_user(cls.coordinator)

    def _lines(self, origin="north"):
        self.env.invalidate_all()
        return self.env["crm.turnover.line"].search(
            [("origin", "=", origin), ("company_id", "=", self.company.id)], order="id"
        )

    def _load(self, text=LIST, origin="north", **options):
        return self.wizard.load_csv(text, origin, **options)

    # --- loading --------------------------------------------------------------

    def test_customers_and_lines(self):
        segmentation = self._by_turnover(enter=50)
        segmentation.action_publish()
        result = self._load()
        self.assertEqual(
            result,
            {
                "customers": 3,
                "new_customers": 3,
                "lines": 4,
                "new_lines": 4,
                "shift_days": 0,
                "changed": 3,
            },
        )
        lines = self._lines()
        north, seventeen, doctor = lines.partner_id
        self.assertEqual(
            lines.mapped(lambda line: (line.date, line.amount, line.amount_company)),
            [
                (date(2026, 3, 10), 500.0, 500.0),
                (date(2026, 3, 10), 500.0, 500.0),
                (date(2026, 4, 10), 60.5, 60.5),
                (date(2026, 1, 31), -5.0, -5.0),
            ],
        )
        self.assertEqual(lines.currency_id, self.company.currency_id)
        self.assertRecordValues(
            north | seventeen | doctor,
            [
                {
                    "name": name,
                    "complete_name": name,
                    "commercial_partner_id": partner.id,
                    "company_id": self.company.id,
                    "is_company": True,
                    "counterparty_type_ids": self.client.ids,
                }
                for name, partner in (
                    ("Clinic North", north),
                    ("Customer 17", seventeen),
                    ("Dr. Ёлкин", doctor),
                )
            ],
        )
        self.assertEqual(lines.commercial_partner_id, lines.partner_id)
        self.assertEqual(self._category(north, segmentation), "A")
        self.assertEqual(self._category(doctor, segmentation), "C")
        self.assertEqual(self._movements(north, segmentation), [(False, "A", "import")])

    def test_repeating_adds_nothing(self):
        self._load()
        again = self._load()
        self.assertEqual((again["new_customers"], again["new_lines"]), (0, 0))
        longer = self._load(LIST + "17,2026-04-10,60.50\n18,2026-04-10,1\n")
        self.assertEqual((longer["new_customers"], longer["new_lines"]), (1, 2))
        self.assertEqual(len(self._lines()), 6)

    def test_same_list_under_another_name_is_another_list(self):
        self._load()
        other = self._load(origin="south", match_by="none")
        self.assertEqual((other["new_customers"], other["new_lines"]), (3, 4))

    def test_same_list_in_another_company(self):
        self._load()
        other = self.env["res.company"].create({"name": "South Med"})
        theirs = self.env["crm.turnover.import"].with_context(
            allowed_company_ids=other.ids
        )
        result = theirs.load_csv(LIST, "north")
        self.assertEqual((result["new_customers"], result["new_lines"]), (3, 4))
        self.assertEqual(len(self._lines()), 4)

    def test_customer_is_found_again_after_renaming(self):
        self._load()
        self._lines().partner_id[0].name = "Clinic North & Partners"
        result = self._load(LIST + "Clinic North,2026-04-01,1\n")
        self.assertEqual((result["new_customers"], result["new_lines"]), (0, 1))

    def test_stored_columns_are_those_that_the_orm_would_write(self):
        self._load()
        lines = self._lines()
        stored = [
            name
            for name, field in lines._fields.items()
            if field.store and (field.compute or field.related)
        ]
        before = lines.read(stored)
        for name in stored:
            self.env.add_to_compute(lines._fields[name], lines)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(lines.read(stored), before)
        self.assertLessEqual({"commercial_partner_id", "amount_company"}, set(stored))

    def test_optional_columns(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 2.0,
                "currency_id": dollar.id,
                "company_id": self.company.id,
            }
        )
        category = self.env["product.category"].create({"name": "Reagents"})
        text = (
            "customer;name;date;amount;currency;product category;reference\n"
            "17;Clinic East;2026-04-10;100,00;usd;Reagents;S-1\n"
            "17;;2026-04-11;100,00;;;S-2\n"
        )
        self._load(text, as_companies=False)
        first, second = self._lines()
        self.assertRecordValues(
            first | second,
            [
                {
                    "amount_company": 50.0,
                    "currency_id": dollar.id,
                    "product_categ_id": category.id,
                    "external_ref": "ref:S-1",
                },
                {
                    "amount_company": 100.0,
                    "currency_id": self.company.currency_id.id,
                    "product_categ_id": False,
                    "external_ref": "ref:S-2",
                },
            ],
        )
        self.assertEqual(first.partner_id.name, "Clinic East")
        self.assertFalse(first.partner_id.is_company)

    # --- customers who are there already --------------------------------------

    def test_known_customers_by_name_or_reference(self):
        by_name = self._partner("Clinic North")
        by_ref = self._partner("Clinic Old", ref="17")
        self.assertEqual(self._load()["new_customers"], 2)
        self.assertEqual(self._lines().partner_id[0], by_name)
        result = self._load(origin="south", match_by="ref")
        self.assertEqual(result["new_customers"], 2)
        self.assertEqual(self._lines("south")[2].partner_id, by_ref)

    def test_known_customer_said_by_hand(self):
        partner = self._partner("Somebody else")
        self.env["crm.counterparty.key"].create(
            {"origin": "north", "key": "Clinic North", "partner_id": partner.id}
        )
        self._load()
        self.assertEqual(self._lines().partner_id[0], partner)

    def test_line_of_a_contact_counts_for_its_company(self):
        clinic = self._partner("Clinic")
        doctor = self._doctor(clinic)
        self.env["crm.counterparty.key"].create(
            {"origin": "north", "key": "17", "partner_id": doctor.id}
        )
        self._load()
        line = self._lines().filtered(lambda line: line.partner_id == doctor)
        self.assertEqual(line.commercial_partner_id, clinic)

    def test_doubtful_customers_are_refused(self):
        for _turn in range(2):
            self._partner("Clinic North")
        with self.assertRaisesRegex(UserError, "Line 2.*several counterparties"):
            self._load()
        self._partner("Hospital")
        text = (
            "customer,name,date,amount\n1,Hospital,2026-01-01,5\n"
            "2,Hospital,2026-01-01,5\n"
        )
        with self.assertRaisesRegex(UserError, "Line 3.*another customer of the list"):
            self._load(text)
        self.assertEqual(self._load(text, match_by="none")["new_customers"], 2)

    def test_those_of_another_company_do_not_fit(self):
        other = self.env["res.company"].create({"name": "South Med"})
        self._partner("Clinic North", company_id=other.id)
        self._partner("Clinic North", active=False)
        self.assertEqual(self._load()["new_customers"], 3)

    # --- mistakes -------------------------------------------------------------

    def test_one_wrong_line_and_nothing_is_loaded(self):
        partners = self.env["res.partner"].search_count([])
        with self.assertRaises(UserError) as raised:
            self._load(LIST + "Clinic,2026-02-30,5\n,2026-01-01,x\n")
        self.assertEqual(
            str(raised.exception).splitlines(),
            [
                "crm_segmentation.turnover_list: Nothing was loaded, because the list "
                "has mistakes:",
                "Line 6, column “date”: “2026-02-30” is no date. Write 2024-03-31, "
                "20240331 or 31.03.2024.",
                "Line 7, column “customer”: the customer is missing.",
                "Line 7, column “amount”: “x” is no amount. Write 1234.50 or 1234,50.",
            ],
        )
        self.assertFalse(self._lines())
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_not_all_of_many_mistakes_are_shown(self):
        with self.assertRaises(UserError) as raised:
            self._load("customer,date,amount\n" + "1,x,5\n" * 50)
        shown = str(raised.exception).splitlines()
        self.assertEqual(len(shown), 22)
        self.assertEqual(shown[-1], "… and 30 more mistakes.")

    def test_what_the_database_does_not_know(self):
        text = (
            "customer,date,amount,Currency,category\n"
            "1,2026-01-01,5,XXX,\n1,2026-01-01,5,,Miracles\n"
        )
        with self.assertRaises(UserError) as raised:
            self._load(text)
        self.assertEqual(
            str(raised.exception).splitlines()[1:],
            [
                "Line 2, column “Currency”: the currency “XXX” is unknown or not "
                "active in Odoo.",
                "Line 3, column “category”: there is no product category “Miracles” in "
                "Odoo.",
            ],
        )

    def test_every_kind_of_problem_has_words(self):
        for kind in WORDS:
            problem = Problem(3, "date", kind, "100 %")
            self.assertNotIn("%(", self.wizard._problem_text(problem))

    def test_list_needs_a_name(self):
        with self.assertRaisesRegex(UserError, "crm_segmentation.import_origin: "):
            self._load(origin="  ")

    # --- moved dates ----------------------------------------------------------

    def test_dates_move_to_end_yesterday(self):
        result = self._load(shift=True)
        self.assertEqual(result["shift_days"], 39)
        self.assertEqual(
            [str(day) for day in self._lines().mapped("date")],
            ["2026-04-18", "2026-04-18", "2026-05-19", "2026-03-11"],
        )

    def test_moved_list_stays_as_it_was_first_moved(self):
        """Also when the first load was killed and the next one is days later."""
        self._load(LIST.splitlines()[0] + "\n" + LIST.splitlines()[1], shift=True)
        with freeze_time("2026-05-25"):
            result = self._load(shift=True)
        self.assertEqual((result["shift_days"], result["new_lines"]), (70, 3))
        self.assertEqual(str(max(self._lines().mapped("date"))), "2026-06-19")

    # --- resuming -------------------------------------------------------------

    def test_killed_half_way_and_called_again(self):
        self.patch(turnover_import, "BATCH", 2)
        loader = self.wizard._prepare(LIST.encode(), "north", shift=True)
        seen = []

        class Killed(Exception):
            pass

        def after_batch(done, total):
            seen.append((done, total))
            raise Killed

        # Not assertRaises, which would take back what was loaded.
        with suppress(Killed):
            loader.load(shift=True, after_batch=after_batch)
        self.assertEqual(seen, [(2, 4)])
        self.assertEqual(len(self._lines()), 2)
        result = self._load(shift=True)
        self.assertEqual((result["new_customers"], result["new_lines"]), (2, 2))
        broken = [
            (line.partner_id.name, line.date, line.amount, line.external_ref)
            for line in self._lines()
        ]
        self._load(origin="whole", shift=True, match_by="none")
        whole = [
            (line.partner_id.name, line.date, line.amount, line.external_ref)
            for line in self._lines("whole")
        ]
        self.assertEqual(broken, whole)

    def test_two_loads_at_once(self):
        with self.registry.cursor() as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                [turnover_import.LOCK_SPACE, self.company.id],
            )
            with self.assertRaisesRegex(UserError, "crm_segmentation.import_running: "):
                self._load()
            other.rollback()
        self._load()

    def test_queries_do_not_grow_with_the_list(self):
        counts = []
        for number in (2, 3, 60):
            text = "customer,date,amount\n" + "".join(
                f"{number}-{n},2026-01-{n % 28 + 1:02},5\n" for n in range(number)
            )
            loader = self.wizard._prepare(text.encode(), f"list {number}", shift=False)
            before = self.env.cr.sql_log_count
            loader.load()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # --- in the client --------------------------------------------------------

    def _form(self, text, filename="Sell-out.csv"):
        form = Form(self.wizard.with_context(default_filename=filename))
        form.file = base64.b64encode(text.encode())
        return form

    def test_check_then_load(self):
        form = self._form(LIST)
        self.assertEqual(form.origin, "Sell-out")
        wizard = form.save()
        action = wizard.action_check()
        self.assertEqual((action["res_id"], action["target"]), (wizard.id, "new"))
        self.assertRecordValues(
            wizard,
            [
                {
                    "state": "ready",
                    "line_count": 4,
                    "customer_count": 3,
                    "date_first": date(2026, 1, 31),
                    "date_last": date(2026, 4, 10),
                    "problems": False,
                }
            ],
        )
        self.assertFalse(self._lines("Sell-out"))
        action = wizard.action_load()
        self.assertIn("4 of 4 purchases and 3 new", action["params"]["message"])
        shown = self.env["crm.turnover.line"].search(action["params"]["next"]["domain"])
        self.assertEqual(len(shown), 4)

    def test_check_shows_the_mistakes(self):
        wizard = self._form("customer,date,amount\n1,x,5\n").save()
        wizard.action_check()
        self.assertEqual(wizard.state, "wrong")
        self.assertEqual(
            wizard.problems.splitlines()[0],
            "Nothing was loaded, because the list has mistakes:",
        )
        self.assertIn("Line 2, column “date”", wizard.problems)

    def test_another_file_must_be_checked_anew(self):
        wizard = self._form(LIST).save()
        wizard.action_check()
        form = Form(wizard)
        form.shift = True
        self.assertEqual(form.state, "new")
