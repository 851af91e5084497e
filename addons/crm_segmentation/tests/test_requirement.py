from contextlib import contextmanager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..core import completeness as rule
from .common import AccountingCommon, SegmentationCommon

MISSING = "crm_segmentation.information_missing"


class RequirementCommon(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.counterparty.requirement"].search([]).unlink()
        cls.type = cls.env["crm.counterparty.type"].create(
            {"name": "Partner of the test", "code": "test_type"}
        )

    @classmethod
    def _asks(cls, field, type_=None, **values):
        return cls.env["crm.counterparty.requirement"].create(
            {"type_id": (type_ or cls.type).id, "field_name": field, **values}
        )

    @classmethod
    def _blocks(cls, field="vat", moment="assigned", **values):
        return cls._asks(field, level="block", moment=moment, **values)

    @classmethod
    def _typed(cls, **values):
        return cls._partner(counterparty_type_ids=cls.type.ids, **values)

    def _as(self, user, records):
        return records.with_user(user)

    @contextmanager
    def _refused(self, *words):
        with self.assertRaises(UserError) as caught:
            yield
        self.assertIn(MISSING, str(caught.exception))
        for word in words:
            self.assertIn(word, str(caught.exception))


@tagged("post_install", "-at_install")
class TestCompleteness(RequirementCommon):
    def test_stored_searchable_groupable(self):
        self._asks("vat", weight=3)
        self._asks("phone")
        partner = self._typed(phone="1")
        self.assertEqual((partner.completeness, partner.completeness_level),
                         (25, "low"))  # fmt: skip
        partner.vat = "X1"
        self.assertEqual((partner.completeness, partner.completeness_level),
                         (100, "full"))  # fmt: skip
        ours = [("counterparty_type_ids", "in", self.type.ids)]
        partners = self.env["res.partner"]
        self.assertEqual(partners.search([*ours, ("completeness", ">=", 100)]), partner)
        other = self._typed(name="Other")
        groups = partners._read_group(ours, ["completeness_level"], ["__count"])
        self.assertEqual(dict(groups), {"low": 1, "full": 1})
        self.assertEqual(self.type.partner_count, 2)
        self.assertEqual(self.type.completeness_average, 50)
        self.assertEqual(self.type.incomplete_count, 1)
        other.counterparty_type_ids = False
        self.env.invalidate_all()
        self.assertFalse(other.completeness_level)

    def test_a_change_of_the_requirements_measures_everybody(self):
        partner = self._typed()
        self.assertEqual(partner.completeness, 100)
        asked = self._asks("vat")
        self.assertEqual(partner.completeness, 0)
        asked.applies_to = "person"
        self.assertEqual(partner.completeness, 100)
        asked.applies_to = "all"
        self.assertEqual(partner.completeness, 0)
        self.type.active = False
        self.assertFalse(partner.completeness_level)
        self.type.active = True
        self.assertEqual(partner.completeness, 0)
        asked.unlink()
        self.assertEqual(partner.completeness, 100)

    def test_lines_of_others_count(self):
        """A contact that is added, moved or deleted changes its company's figure."""
        self._asks("child_ids")
        partner, other = self._typed(), self._typed(name="Other")
        contact = self.env["res.partner"].create(
            {"name": "Dr. Green", "parent_id": partner.id}
        )
        self.env.cr.flush()
        self.assertEqual((partner.completeness, other.completeness), (100, 0))
        contact.parent_id = other
        self.env.cr.flush()
        self.assertEqual((partner.completeness, other.completeness), (0, 100))
        contact.unlink()
        self.env.cr.flush()
        self.assertEqual(other.completeness, 0)

    def test_kinds_of_fields(self):
        """Every kind is asked in SQL as it is in Python."""
        term = self.env["account.payment.term"].search([], limit=1)
        tag = self.env["res.partner.category"].create({"name": "Seg"})
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
            "WjR9awAAAABJRU5ErkJggg=="
        )
        for name, value, empty in (
            ("vat", "X1", "  "),
            ("comment", "<p>Note</p>", "<p><br></p>"),
            ("user_id", self.sales.id, False),
            ("category_id", tag.ids, False),
            ("customer_since", "2020-01-01", False),
            ("property_payment_term_id", term.id, False),
            ("partner_latitude", 50.4, 0.0),
            ("image_1920", pixel, False),
        ):
            asked = self._asks(name)
            with self.subTest(field=name):
                partner = self._typed(**{name: empty})
                self.assertEqual(partner.completeness, 0)
                partner.write({name: value})
                self.assertEqual(partner.completeness, 100)
                self.assertFalse(partner.missing_information)
                partner.write({name: empty})
                self.assertEqual(partner.completeness, 0)
            asked.unlink()

    def test_what_is_missing_is_told_in_words(self):
        self._asks("phone")
        self._blocks("vat", moment="first_order")
        partner = self._typed()
        words = partner.with_user(self.sales).missing_information
        self.assertEqual(words, f"{self._label('vat')}, {self._label('phone')}")
        self.assertTrue(partner.missing_blocks)
        action = partner.with_user(self.sales).action_fill_in()
        self.assertEqual(action["context"]["missing_fields"], ["vat", "phone"])
        view_id = action["views"][0][0]
        arch = self.env["res.partner"].get_view(view_id, "form")["arch"]
        self.assertIn('name="vat"', arch)
        self.assertIn('name="phone"', arch)

    def _label(self, name):
        return self.env["res.partner"]._fields[name]._description_string(self.env)

    def test_the_form_tells_before_saving(self):
        self._asks("vat")
        with Form(self.env["res.partner"].with_user(self.manager)) as form:
            form.name = "New clinic"
            form.company_type = "company"
            form.counterparty_type_ids.add(self.type)
            self.assertEqual(form.completeness_now, 0)
            form.vat = "X1"
            self.assertEqual(form.completeness_now, 100)

    def test_the_figure_is_not_typed_in(self):
        """Exported lists come back with it: it is left out, not refused."""
        self._asks("vat")
        partner = self._typed(completeness=99)
        self.assertEqual(partner.completeness, 0)
        partner.write({"completeness": 100, "phone": "5"})
        self.env.invalidate_all()
        self.assertEqual((partner.completeness, partner.phone), (0, "5"))

    def test_merged(self):
        self._asks("vat")
        first, second = self._typed(vat="X1"), self._typed(name="Twin")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((first | second).ids, second)
        self.env.invalidate_all()
        self.assertFalse(first.exists())
        self.assertEqual(second.completeness, 100)

    def test_repair(self):
        self._asks("vat")
        partner = self._typed()
        self.env.cr.execute(
            "UPDATE res_partner SET completeness = 7 WHERE id = %s", [partner.id]
        )
        with self.enter_registry_test_mode():
            cron = self.env.ref("crm_segmentation.ir_cron_completeness")
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(partner.completeness, 0)

    def test_write_date_stays(self):
        partner = self._typed()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = '2020-01-01' WHERE id = %s",
            [partner.id],
        )
        self.env.invalidate_all()
        self._asks("vat")
        self.assertEqual((partner.completeness, partner.write_date.year), (0, 2020))

    def test_queries_do_not_grow(self):
        self._asks("vat")
        counts = []
        for number in (1, 1, 40):
            values = {"name": "Many", "counterparty_type_ids": self.type.ids}
            partners = self.env["res.partner"].create([values] * number)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            partners._refresh_completeness()
            partners.mapped("missing_information")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.data())
    def test_sql_agrees_with_the_decision(self, data):
        """Draws requirements and partners; SQL and core give the same percent."""
        types = self.type | self.client
        asked = data.draw(
            st.lists(
                st.tuples(
                    st.sampled_from(types.ids),
                    st.sampled_from(("vat", "phone", "user_id", "category_id")),
                    st.sampled_from(("all", "company", "person")),
                    st.integers(1, 9),
                ),
                unique_by=lambda row: row[:3],
                max_size=6,
            )
        )
        requirements = tuple(
            rule.Requirement(place, type_id, name, weight=weight, applies_to=kind)
            for place, (type_id, name, kind, weight) in enumerate(asked)
        )
        tag = self.env["res.partner.category"].search([], limit=1)
        tag = tag or tag.create({"name": "Seg"})
        values = {
            "name": "Drawn",
            "is_company": data.draw(st.booleans()),
            "vat": data.draw(st.sampled_from((False, " ", "X"))),
            "phone": data.draw(st.sampled_from((False, "1"))),
            "user_id": data.draw(st.sampled_from((False, self.sales.id))),
            "category_id": data.draw(st.sampled_from(([], tag.ids))),
            "counterparty_type_ids": data.draw(
                st.lists(st.sampled_from(types.ids), unique=True)
            ),
        }
        partner = self.env["res.partner"].create(values)
        from ..engine.completeness import Completeness

        measure = Completeness(self.env, requirements)
        measure.refresh(partner_ids=partner.ids)
        partner.invalidate_recordset()
        facts = rule.Facts(
            frozenset(values["counterparty_type_ids"]),
            values["is_company"],
            frozenset(
                name
                for name in ("vat", "phone", "user_id", "category_id")
                if rule.is_filled("text" if name == "vat" else "any", values[name])
            ),
        )
        percent = rule.completeness(requirements, facts)
        self.assertEqual(partner.completeness, percent or 0)
        self.assertEqual(partner.completeness_level or None, rule.band(percent))
        self.assertEqual(measure.facts(partner.ids)[partner.id].types, facts.types)


@tagged("post_install", "-at_install")
class TestBlocking(RequirementCommon):
    def _sell(self, partner, user=None):
        return (
            self.env["sale.order"]
            .with_user(user or self.sales)
            .create({"partner_id": partner.id})
        )

    def test_type_without_what_it_requires(self):
        self._blocks()
        partners = self.env["res.partner"].with_user(self.manager)
        with self._refused("Clinic of the test", "(vat)"):
            partners.create(
                {
                    "name": "Clinic of the test",
                    "counterparty_type_ids": self.type.ids,
                }
            )
        partner = partners.create({"name": "Plain"})
        with self._refused("Plain", "(vat)"), self.env.cr.savepoint():
            partner.counterparty_type_ids = self.type.ids
        with self._refused("Plain", "(vat)"), self.env.cr.savepoint():
            self.type.with_user(self.coordinator).partner_ids = [
                Command.link(partner.id)
            ]
        partner.write({"vat": "X1", "counterparty_type_ids": self.type.ids})
        self.assertEqual(partner.counterparty_type_ids, self.type)
        with self._refused("Plain"), self.env.cr.savepoint():
            partner.vat = False

    def test_old_incomplete_ones_are_saved(self):
        partner = self._typed()
        self._blocks()
        same = partner.with_user(self.manager)
        same.write({"vat": False, "phone": "1", "name": "Renamed"})
        same.write({"counterparty_type_ids": [Command.link(self.type.id)]})
        self.assertEqual(partner.name, "Renamed")
        same.counterparty_type_ids = False

    def test_whole_batch_is_refused_with_all_names(self):
        self._blocks()
        many = [
            {"name": f"Clinic {number:02}", "counterparty_type_ids": self.type.ids}
            for number in range(13)
        ]
        with self._refused("Clinic 00", "Clinic 09", "3"):
            self.env["res.partner"].with_user(self.manager).create(many)

    def test_import(self):
        """Rows are refused with the same words, those without a type pass."""
        self._blocks()
        partners = self.env["res.partner"].with_user(self.manager)
        head = ["name", "counterparty_type_ids", "vat"]
        result = partners.load(head, [["Imported", self.type.name, ""]])
        self.assertFalse(result["ids"])
        self.assertIn(MISSING, result["messages"][0]["message"])
        result = partners.load(
            head, [["Imported", self.type.name, "X1"], ["No type", "", ""]]
        )
        self.assertEqual(len(result["ids"]), 2)

    def test_not_in_force_only_warns(self):
        asked = self._blocks(moment="first_order", is_enforced=False)
        partner = self._typed()
        order = self._sell(partner)
        self.assertIn(self._tax_id(), order.required_information)
        self.assertFalse(order.is_held_by_information)
        self.type.with_user(self.coordinator).action_enforce()
        self.assertTrue(asked.is_enforced)
        order.invalidate_recordset()
        self.assertTrue(order.is_held_by_information)
        with self._refused("first order", "(vat)"), self.env.cr.savepoint():
            order.action_confirm()
        asked.is_enforced = False
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def _tax_id(self):
        return self.env["res.partner"]._fields["vat"]._description_string(self.env)

    def test_only_the_first_order(self):
        partner = self._typed()
        self._sell(partner).action_confirm()
        self._blocks(moment="first_order")
        contact = self._doctor(partner)
        self._sell(contact).action_confirm()
        other = self._typed(name="New one")
        child = self._doctor(other)
        with self._refused("New one"), self.env.cr.savepoint():
            (self._sell(child) | self._sell(partner)).action_confirm()
        other.vat = "X1"
        self._sell(child).action_confirm()
        with self._refused("New one"), self.env.cr.savepoint():
            other.with_user(self.manager).vat = False

    def test_programs_and_portals_go_on(self):
        self._blocks(moment="first_order")
        self._blocks("phone")
        order = self._sell(self.env["res.partner"].create({"name": "Web"}))
        robot = self.env.ref("base.user_root")
        # Odoo itself gives the type: an import by night, an automation rule.
        order.partner_id.with_user(robot).counterparty_type_ids = self.type
        order.with_user(robot).action_confirm()
        self.assertEqual(order.state, "sale")
        signed_up = self.env["res.partner"].with_user(self.env.ref("base.public_user"))
        self.assertTrue(signed_up.sudo().create({"name": "Visitor"}))

    def test_work_begins(self):
        self._blocks("contract_number", moment="activated")
        dealer = self._typed().with_user(self.manager)
        with self._refused("(contract_number)"), self.env.cr.savepoint():
            dealer.activated_on = "2026-05-01"
        dealer.write({"activated_on": "2026-05-01", "contract_number": "17"})
        with self._refused("(contract_number)"), self.env.cr.savepoint():
            dealer.contract_number = False
        dealer.write({"activated_on": False, "contract_number": False})

    def test_only_companies(self):
        self._blocks(applies_to="company")
        person = self.env["res.partner"].with_user(self.manager)
        person = person.create(
            {"name": "Person", "counterparty_type_ids": self.type.ids}
        )
        with self._refused("Person"), self.env.cr.savepoint():
            person.is_company = True

    def test_shipped_ones_refuse_nothing(self):
        """An installation is silent until somebody switches them on."""
        files = self.env["ir.model.data"].search(
            [("model", "=", "crm.counterparty.requirement")]
        )
        self.assertFalse(files.filtered(lambda f: not f.noupdate))


@tagged("post_install", "-at_install")
class TestFirstBill(AccountingCommon, RequirementCommon):
    def test_first_bill(self):
        self._blocks(moment="first_bill")
        supplier = self._typed(name="Reagents Ltd")
        self.sales.group_ids += self.env.ref("account.group_account_invoice")
        bill = self._invoice(
            supplier, "2026-05-02", 5, post=False, move_type="in_invoice"
        ).with_user(self.sales)
        with self._refused("Reagents Ltd", "first bill"), self.env.cr.savepoint():
            bill.action_post()
        supplier.vat = "X1"
        bill.action_post()
        self.assertEqual(bill.state, "posted")
        with self._refused("Reagents Ltd"), self.env.cr.savepoint():
            supplier.with_user(self.manager).vat = False
        # A customer's invoice asks for nothing of a supplier.
        other = self._typed(name="Buyer")
        invoice = self._invoice(other, "2026-05-02", 5, post=False)
        invoice.with_user(self.sales).action_post()


@tagged("post_install", "-at_install")
class TestRequirementSettings(RequirementCommon):
    def test_fields_that_cannot_be_asked_for(self):
        for name in ("nonsense", "id", "write_date", "completeness", "display_name",
                     "counterparty_type_ids", "commercial_partner_id", "vat.x", "",
                     "interaction_count"):  # fmt: skip
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(
                    ValidationError, "crm_segmentation.field_not_askable"
                ),
                self.env.cr.savepoint(),
            ):
                self._asks(name)

    def test_a_field_of_an_administrator(self):
        """Manual fields may be asked for, and may vanish."""
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_beds",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "integer",
                "field_description": "Number of beds",
            }
        )
        asked = self._asks("x_beds")
        partner = self._typed()
        self.assertEqual(asked.name, "Number of beds")
        self.assertEqual(partner.missing_information, "Number of beds")
        partner.x_beds = 12
        self.assertEqual(partner.completeness, 100)
        field.unlink()
        self.env["res.partner"].browse(partner.id)._refresh_completeness()
        self.assertEqual(self.env["res.partner"].browse(partner.id).completeness, 100)

    def test_used_nowhere(self):
        asked = self._asks("website")
        self.assertTrue(asked.is_unused)
        found = self.env["crm.counterparty.requirement"].search(
            [("is_unused", "=", True)]
        )
        self.assertEqual(found, asked)
        asked.used_for = "News are looked up there."
        self.assertFalse(asked.is_unused)
        asked.used_for = False
        self.env["ir.filters"].create(
            {"name": "With site", "model_id": "res.partner",
             "domain": "[('website', '!=', False)]"}
        )  # fmt: skip
        asked.invalidate_recordset()
        self.assertIn("With site", asked.uses)
        self.assertFalse(self._asks("customer_since").is_unused)

    def test_kinds_of_types(self):
        clinic = self.env["crm.counterparty.type"].create(
            {"name": "Clinic", "code": "test_clinic", "parent_id": self.type.id}
        )
        self._asks("vat")
        self._asks("phone", clinic)
        partner = self._partner(counterparty_type_ids=clinic.ids, phone="1")
        self.assertEqual(partner.counterparty_type_ids, clinic | self.type)
        self.assertEqual(partner.completeness, 50)
        other = self._partner(counterparty_type_ids=False)
        other.counterparty_type_ids = [Command.link(clinic.id)]
        self.assertEqual(other.counterparty_type_ids, clinic | self.type)
        with self.assertRaisesRegex(ValidationError, "crm_segmentation.type_cycle"):
            self.type.parent_id = clinic

    def test_rights(self):
        requirements = self.env["crm.counterparty.requirement"]
        values = {"type_id": self.type.id, "field_name": "vat"}
        asked = requirements.with_user(self.coordinator).create(values)
        for user in (self.sales, self.manager, self.integration):
            with self.assertRaises(AccessError):
                requirements.with_user(user).create({**values, "field_name": "city"})
            with self.assertRaises(AccessError):
                asked.with_user(user).action_enforce()
            self.assertEqual(asked.with_user(user).name, asked.name)
        types = self.env["crm.counterparty.type"].with_user(self.sales)
        with self.assertRaisesRegex(AccessError, "crm_segmentation.coordinator_only"):
            types.action_suggest()
