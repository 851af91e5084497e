from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..core.territory import normalize_postcode
from .common import SegmentationCommon


class TerritoryCommon(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.territory"].search([]).action_archive()
        cls.land = cls.env.ref("base.ua")
        cls.other_land = cls.env.ref("base.de")
        cls.states = cls.env["res.country.state"].create(
            [
                {"name": f"Region {code}", "code": code, "country_id": cls.land.id}
                for code in ("QA", "QB")
            ]
        )

    @classmethod
    def _territory(cls, name, *rules, **values):
        """A territory; a rule is (postcodes, states) of the country, or a dict."""
        return cls.env["crm.territory"].create(
            {
                "name": name,
                "code": name.lower(),
                "rule_ids": [
                    Command.create(rule if isinstance(rule, dict) else cls._rule(*rule))
                    for rule in rules
                ],
                **values,
            }
        )

    @classmethod
    def _rule(cls, postcodes="", states=None):
        return {
            "country_id": cls.land.id,
            "postcodes": postcodes,
            "state_ids": [Command.set(states.ids if states else [])],
        }

    @classmethod
    def _at(cls, postcode="", **values):
        values.setdefault("country_id", cls.land.id)
        return cls._partner(zip=postcode, **values)


@tagged("post_install", "-at_install")
class TestTerritory(TerritoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whole = cls._territory("Whole", ("",))
        cls.west = cls._territory(
            "West", ("", cls.states[0]), parent_id=cls.whole.id, user_id=cls.sales.id
        )
        cls.city = cls._territory("City", ("01, 02100..02499",))

    def test_new_counterparties_find_their_territory(self):
        cases = [
            ({"zip": "01001"}, self.city),
            ({"zip": "02-200"}, self.city),
            ({"zip": "02500"}, self.whole),
            ({"zip": False}, self.whole),
            ({"zip": False, "state_id": self.states[0].id}, self.west),
            ({"zip": "01001", "state_id": self.states[0].id}, self.city),
            ({"country_id": self.other_land.id, "zip": "01001"}, self.city.browse()),
            ({"country_id": False, "zip": "01001"}, self.city.browse()),
        ]
        partners = self.env["res.partner"].create(
            [{"name": "P", "country_id": self.land.id, **vals} for vals, _t in cases]
        )
        for partner, (values, territory) in zip(partners, cases, strict=True):
            with self.subTest(values):
                self.assertEqual(partner.territory_id, territory)
                self.assertFalse(partner.territory_manual)

    def test_territory_follows_the_address(self):
        partner = self._at("01001")
        partner.zip = "99"
        self.assertEqual(partner.territory_id, self.whole)
        partner.state_id = self.states[0]
        self.assertEqual(partner.territory_id, self.west)
        partner.country_id = self.other_land
        self.assertFalse(partner.territory_id)

    def test_contacts_follow_their_company(self):
        clinic = self._at("01001")
        doctor = self._doctor(clinic)
        # Another address, which Odoo does not copy to the company.
        doctor.type = "other"
        doctor.write({"zip": "99", "country_id": self.other_land.id})
        self.assertEqual(doctor.territory_id, self.city)
        clinic.zip = "99"
        self.assertEqual(doctor.territory_id, self.whole)
        clinic.territory_id = self.west
        self.assertEqual(doctor.territory_id, self.west)
        # A company of its own below another one has its own address.
        branch = self._at("01001", parent_id=clinic.id, type="other")
        self.assertEqual(branch.territory_id, self.city)
        doctor.parent_id = False
        self.assertFalse(doctor.territory_id)

    def test_by_hand_stays_until_taken_back(self):
        partner = self._at("01001", territory_id=self.west.id)
        self.assertTrue(partner.territory_manual)
        partner.zip = "99"
        self.assertEqual(partner.territory_id, self.west)
        self.env["crm.territory"].action_assign()
        self.assertEqual(partner.territory_id, self.west)
        partner.territory_manual = False
        self.assertEqual(partner.territory_id, self.whole)
        partner.territory_id = self.city
        self.assertTrue(partner.territory_manual)
        partner.territory_id = False
        self.assertFalse(partner.territory_manual)
        self.assertEqual(partner.territory_id, self.whole)
        copied = partner.copy()
        self.assertFalse(copied.territory_manual)
        # Nobody's, by hand.
        partner.write({"territory_manual": True, "territory_id": False})
        self.env["crm.territory"].action_assign()
        self.assertFalse(partner.territory_id)

    def test_by_hand_is_refused_where_it_makes_no_sense(self):
        clinic = self._at("01001")
        doctor = self._doctor(clinic)
        with self.assertRaisesRegex(
            ValidationError, "crm_segmentation.territory_of_contact.*Set it there"
        ):
            doctor.territory_id = self.west
        own = self._territory("Own", company_id=self.company.id)
        with self.assertRaisesRegex(
            ValidationError, "crm_segmentation.territory_company"
        ):
            clinic.territory_id = own
        clinic.company_id = self.company
        clinic.territory_id = own
        self.assertEqual(doctor.territory_id, own)

    def test_form_shows_it_at_once(self):
        form = Form(self.env["res.partner"].with_user(self.sales))
        form.name = "Clinic"
        form.country_id = self.land
        form.zip = "01001"
        self.assertEqual(form.territory_id, self.city)
        partner = form.save()
        self.assertEqual(partner.territory_id, self.city)
        self.assertFalse(partner.territory_manual)
        with Form(partner) as form:
            form.territory_manual = True
            form.territory_id = self.west
        self.assertEqual(partner.territory_id, self.west)
        with Form(partner) as form:
            form.territory_manual = False
        self.assertEqual(partner.territory_id, self.city)

    def test_leads(self):
        lead = self.env["crm.lead"].create(
            {"name": "L", "zip": "01001", "country_id": self.land.id}
        )
        self.assertEqual(lead.territory_id, self.city)
        lead.partner_id = self._at("", state_id=self.states[0].id)
        self.assertEqual(lead.territory_id, self.west)
        found = self.env["crm.lead"].search(
            [("territory_id", "child_of", self.whole.id), ("id", "=", lead.id)]
        )
        self.assertEqual(found, lead)

    def test_company_before_shared(self):
        own = self._territory("Own", ("",), company_id=self.company.id)
        shared = self._at("01001")
        ours = self._at("01001", company_id=self.company.id)
        self.assertEqual(shared.territory_id, self.city)
        self.assertEqual(ours.territory_id, own)

    # --- everybody at once --------------------------------------------------------

    def test_statement_agrees_with_the_form(self):
        """One statement for all gives what each counterparty gets by itself."""
        rest = self._territory("Rest", {"country_id": False})
        own = self._territory("Own", ("01",), company_id=self.company.id)
        codes = [False, "", "01", "01001", "0 1-0", "02499x", "025", "ПУ 02100", "ß01",
                 "İ01", "ａ01", "01\n", "~01", "ſ01", "k\u212a1"]  # fmt: skip
        values = [
            {
                "name": f"P{number}",
                "zip": code,
                "country_id": country,
                "state_id": state,
                "company_id": company,
                "is_company": True,
            }
            for number, (code, country, state, company) in enumerate(
                (code, country, state, company)
                for code in codes
                for country in (False, self.land.id, self.other_land.id)
                for state in (False, self.states[0].id, self.states[1].id)
                for company in (False, self.company.id)
            )
        ]
        partners = self.env["res.partner"].create([dict(vals) for vals in values])
        contacts = self.env["res.partner"].create(
            [{"name": "C", "parent_id": partner.id} for partner in partners[::5]]
        )
        leads = self.env["crm.lead"].create(
            [
                {
                    **{name: vals[name] for name in vals if name != "is_company"},
                    "partner_id": partners[0].id if number % 3 else False,
                }
                for number, vals in enumerate(values)
            ]
        )
        everybody = (partners + contacts, leads)
        expected = [records.mapped("territory_id.id") for records in everybody]
        alone = [[r.territory_id.id for r in records] for records in everybody]
        self.assertLessEqual({self.whole.id, self.city.id, rest.id, own.id},
                             set(expected[0]))  # fmt: skip
        self.env.flush_all()
        for table in ("res_partner", "crm_lead"):
            self.env.cr.execute(f"UPDATE {table} SET territory_id = NULL")
        self.env.invalidate_all()
        self.env["crm.territory"].action_assign()
        together = [[r.territory_id.id for r in records] for records in everybody]
        self.assertEqual(together, alone)
        message = self.env["crm.territory"].action_assign()["params"]["message"]
        self.assertTrue(message.startswith("0 contacts and 0 leads"), message)

    def test_normal_form_is_the_same_in_both(self):
        for code in ("a-1", "ПУ 02", "ß", "İi", "ａ1", "\u212a", "x\ty"):
            self.env.cr.execute(
                """SELECT UPPER(REGEXP_REPLACE(%s COLLATE "C",
                          '[^A-Za-z0-9]', '', 'g'))""",
                [code],
            )
            self.assertEqual(self.env.cr.fetchone()[0], normalize_postcode(code))

    def test_changed_rules_reach_everybody(self):
        partner = self._at("01001")
        doctor = self._doctor(partner)
        lead = self.env["crm.lead"].create({"name": "L", "partner_id": partner.id})
        self.city.rule_ids.postcodes = "03"
        self.assertEqual(partner.territory_id, self.city, "not yet")
        with self.enter_registry_test_mode():
            self.env.ref("crm_segmentation.ir_cron_territories").method_direct_trigger()
        for record in (partner, doctor, lead):
            self.assertEqual(record.territory_id, self.whole)
        self.whole.action_archive()
        self.env["crm.territory"].action_assign()
        self.assertFalse(partner.territory_id)

    def test_rule_changes_start_the_job(self):
        cron = self.env.ref("crm_segmentation.ir_cron_territories")
        triggers = self.env["ir.cron.trigger"]
        rule = self.city.rule_ids
        for name, change in (
            ("write", lambda: rule.write({"postcodes": "05"})),
            ("create", lambda: rule.copy({"postcodes": "06"})),
            ("unlink", lambda: rule.unlink()),
            ("archive", lambda: self.city.action_archive()),
        ):
            before = triggers.search_count([("cron_id", "=", cron.id)])
            change()
            after = triggers.search_count([("cron_id", "=", cron.id)])
            self.assertGreater(after, before, name)

    def test_deleted_territory(self):
        by_hand = self._at("99", territory_id=self.city.id)
        by_rule = self._at("01001")
        self.city.unlink()
        self.env["crm.territory"].action_assign()
        self.assertEqual((by_hand + by_rule).territory_id, self.whole)
        self.assertFalse(by_hand.territory_manual)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UserError, "^crm_segmentation.in_use: "),
        ):
            self.whole.unlink()

    def test_queries_do_not_grow(self):
        def queries(count):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["res.partner"].create(
                [
                    {"name": "P", "country_id": self.land.id, "zip": f"01{number:03}"}
                    for number in range(count)
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(40), queries(3))

    # --- what is refused ------------------------------------------------------------

    def test_wrong_rules(self):
        cases = [
            ("territory_conflict.*“City”.*“New”", ("01",)),
            ("territory_conflict.*Region QA", ("", self.states[0])),
            ("territory_conflict", ("02000..02200",)),
            ("territory_conflict", ("",)),
            ("territory_postcodes.*same length", ("1..22",)),
            ("territory_postcodes.*no Latin", ("абв",)),
            ("territory_postcodes.*begins after", ("9..1",)),
            ("territory_postcodes.*too long", ("1" * 30,)),
            ("territory_postcodes.*at most", (",".join("1" * 2001),)),
            ("territory_country", {"country_id": False, "postcodes": "1"}),
            (
                "territory_state",
                {"country_id": self.other_land.id, "state_ids": self.states.ids},
            ),
        ]
        for error, rule in cases:
            with (
                self.subTest(error),
                self.assertRaisesRegex(ValidationError, f"crm_segmentation.{error}"),
                self.env.cr.savepoint(),
            ):
                self._territory("New", rule)
        self._territory("New", ("01100",), {"country_id": self.other_land.id})

    def test_conflicts_also_by_other_ways(self):
        rival = self._territory("Rival", ("01",), active=False)
        with self.assertRaisesRegex(ValidationError, "territory_conflict"):
            rival.action_unarchive()
        rival.company_id = self.company
        rival.action_unarchive()
        with self.assertRaisesRegex(ValidationError, "territory_conflict"):
            rival.company_id = False

    def test_tree(self):
        south = self._territory("South", parent_id=self.west.id)
        self.assertEqual(south.complete_name, "Whole / West / South")
        for parent in (south, self.whole):
            with self.assertRaisesRegex(
                ValidationError, "crm_segmentation.territory_cycle"
            ):
                self.whole.parent_id = parent
        with self.assertRaisesRegex(ValidationError, "territory_company"):
            self.west.company_id = self.company
        partner = self._at("99", territory_id=south.id)
        self.whole.invalidate_recordset()
        self.assertEqual(south.partner_count, 1)
        self.assertGreaterEqual(self.whole.partner_count, 1)
        found = self.env["res.partner"].search(
            self.west.action_open_partners()["domain"]
        )
        self.assertIn(partner, found)
        with self.assertRaisesRegex(UserError, "crm_segmentation.one_territory"):
            (self.whole + self.west).action_open_partners()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UserError, "^crm_segmentation.not_unique: "),
        ):
            self._territory("Other", code="south")

    def test_rule_in_words(self):
        rule = self.city.rule_ids
        self.assertEqual(rule.meaning, "beginning with 01; from 02100 to 02499")
        rule.postcodes = "1,2,3,4,5,6,7"
        self.assertTrue(rule.meaning.endswith("2 more"))
        self.assertEqual(self.whole.rule_ids.meaning, "all")

    # --- who may what -----------------------------------------------------------------

    def test_roles(self):
        territories = self.env["crm.territory"]
        for user in (self.manager, self.sales):
            theirs = territories.with_user(user)
            self.assertIn(self.city, theirs.search([]))
            with self.assertRaises(AccessError):
                theirs.create({"name": "X", "code": "x"})
            with self.assertRaisesRegex(AccessError, "coordinator_only"):
                theirs.action_assign()
        self.assertFalse(territories.with_user(self.integration).has_access("read"))
        mine = territories.with_user(self.coordinator).create(
            {"name": "X", "code": "x", "rule_ids": [Command.create(self._rule("7"))]}
        )
        self.assertEqual(
            self._at("7").with_user(self.sales).territory_id.display_name, "X"
        )
        mine.action_assign()
        mine.unlink()

    def test_companies(self):
        other = self.env["res.company"].create({"name": "South Med"})
        foreign = self._user("coord3", "crm_segmentation.group_crm_coordinator", other)
        own = self._territory("Own", ("01",), company_id=self.company.id)
        context = {"allowed_company_ids": other.ids}
        theirs = self.env["crm.territory"].with_user(foreign).with_context(**context)
        self.assertNotIn(own, theirs.search([]))
        self.assertFalse(theirs.env["crm.territory.rule"].search(
            [("territory_id", "=", own.id)]))  # fmt: skip
        # Two companies may divide the same country, each for its own customers.
        rival = theirs.create({"name": "Own", "code": "own", "company_id": other.id})
        rival.rule_ids = [Command.create(self._rule("01"))]
        partner = self._at("01", company_id=other.id)
        self.assertEqual(partner.territory_id, rival)

    def test_salesperson_by_territory(self):
        lead = {
            "name": "L",
            "country_id": self.land.id,
            "state_id": self.states[0].id,
            "company_id": self.company.id,
            "user_id": False,
        }
        self.assertFalse(self.env["crm.lead"].create(lead).user_id)
        self.company.territory_salesperson = True
        self.assertEqual(self.env["crm.lead"].create(lead).user_id, self.sales)
        taken = self.env["crm.lead"].create({**lead, "user_id": self.manager.id})
        self.assertEqual(taken.user_id, self.manager)
        partner = self._at("", state_id=self.states[0].id)
        self.assertEqual(partner.user_id, self.sales)
