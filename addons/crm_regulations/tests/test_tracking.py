from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from ..core.past import UNKNOWN
from ..engine.facts.tracking import Past, plain_values, tracked, values_by_label
from .common import MONDAY_9, instant
from .facts_common import FactsCommon

AT_10, AT_11 = "2026-05-04 10:00:00", "2026-05-04 11:00:00"


@tagged("post_install", "-at_install")
class TestTracking(FactsCommon):
    kind = "field_set"

    def _everything(self):
        """(record, field, value before, value after, as a plain value)."""
        employee = self.env["hr.employee"].create(
            {"name": "Ann", "company_id": self.company.id}
        )
        version = employee.version_id
        meeting = self.env["calendar.event"].create(
            {"name": "Visit", "start": MONDAY_9, "stop": AT_10}
        )
        lead = self._lead(type="lead", expected_revenue=10.1)
        doctor = self._doctor(self.customer)
        day, later = date(2026, 6, 1), date(2026, 6, 2)
        at_9, at_11 = instant(MONDAY_9), instant(AT_11)
        return [
            (version, "children", 0, 2),
            (version, "additional_note", False, "Likes tea"),
            (version, "contract_date_start", False, day),
            (version, "contract_date_start", day, later),
            (meeting, "start", at_9, at_11),
            (lead, "active", True, False),
            (lead, "contact_name", "Dr. Green", False),
            (lead, "expected_revenue", 10.1, 20.2),
            (lead, "partner_id", self.customer.id, doctor.id),
            (lead, "partner_id", doctor.id, False),
            (lead, "type", "lead", "opportunity"),
        ]

    def test_every_type(self):
        with self._at(MONDAY_9):
            rows = self._everything()
            for record, name, before, _after in rows:
                if before is not False:
                    record[name] = before
        self.env.flush_all()
        for record, name, before, after in rows:
            with self.subTest(model=record._name, name=name):
                record.with_context(tracking_disable=True)[name] = before
                self._commit()
                with self._at(AT_10):
                    record[name] = after
                    self._commit()
                past = Past(self.env(su=True), record._name, [name])
                self.assertFalse(past.unclear)
                change = past.changes(record)[record.id][-1]
                self.assertEqual(change.date, instant(AT_10))
                self.assertEqual(
                    (str(change.old[name]), str(change.new[name])),
                    (str(before), str(after)),
                )
                self.assertFalse(past.broken(record))
                *_rest, last = past.states(record)[record.id]
                self.assertEqual(last.values[name], after)
                self.assertEqual(last.source, change.source)

    def test_many_records_are_told_by_name_only(self):
        category = self.env["res.partner.category"].create({"name": "VIP"})
        field = self.env["res.partner"]._fields["category_id"]
        self.addCleanup(setattr, field, "tracking", getattr(field, "tracking", None))
        field.tracking = True
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)
        customer = self.customer.with_env(self.env)
        self._commit()
        with self._at(AT_10):
            customer.category_id = [Command.link(category.id)]
            self._commit()
        past = Past(self.env(su=True), "res.partner", ["category_id"])
        (change,) = past.changes(customer)[customer.id]
        self.assertEqual(change.date, instant(AT_10))
        self.assertEqual(change.old, {"category_id": UNKNOWN})
        self.assertEqual(past.unclear, {"category_id"})
        before, after = past.states(customer)[customer.id]
        self.assertNotIn("category_id", before.values)
        self.assertEqual(after.values["category_id"], (category.id,))

    def test_labels(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        labels = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "crm.lead"), ("field_id.name", "=", "type")]
        )
        french = {"lead": "Piste", "opportunity": "Lead"}
        for label in labels.with_context(lang="fr_FR"):
            label.name = french[label.value]
        found = values_by_label(self.env["crm.lead"], "type")
        self.assertEqual(found["Piste"], {"lead"})
        # The same word for two things: nobody can say which one was meant.
        self.assertEqual(found["Lead"], {"lead", "opportunity"})
        self.assertEqual(found["lead"], {"lead"})
        read = Past(self.env(su=True), "crm.lead", ["type"])._reader("type")
        self.assertEqual(read("Piste"), "lead")
        self.assertIs(read("Lead"), UNKNOWN)
        self.assertIs(read("Long gone"), UNKNOWN)
        self.assertIs(read(""), False)

    def test_flushes_of_one_transaction(self):
        with self._at(MONDAY_9):
            lead = self._lead(contact_name="A")
            for name in ("B", "C"):
                lead.contact_name = name
                self._commit()
        past = Past(self.env(su=True), "crm.lead", ["contact_name"])
        found = past.states(lead)[lead.id]
        self.assertEqual([s.values["contact_name"] for s in found], ["A", "B", "C"])
        self.assertEqual({s.date for s in found}, {instant(MONDAY_9)})

    def test_fields_that_are_not_there_or_not_stored(self):
        names = [
            "contact_name",
            "nonsense",
            "commercial_partner_id",
            "create_date",
            "id",
        ]
        past = Past(self.env(su=True), "crm.lead", names)
        self.assertEqual(past.unclear, {"nonsense", "commercial_partner_id"})
        lead = self._lead()
        (state,) = past.states(lead)[lead.id]
        self.assertEqual(state.values["contact_name"], lead.contact_name)
        self.assertEqual(state.values["id"], lead.id)
        self.assertIsInstance(state.values["create_date"], datetime)

    def test_tracked(self):
        one, two = self._lead(), self._lead()
        one.contact_name = "B"
        self._commit()
        domain = tracked(self.env(su=True), "crm.lead", ["contact_name"])
        found = self.env["crm.lead"].search(domain)
        self.assertIn(one, found)
        self.assertNotIn(two, found)

    def test_plain_values_in_one_query(self):
        lead, other = self._lead(), self._lead()
        names = ["name", "partner_id", "id", "type"]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            found = plain_values(lead | other, names)
        self.assertEqual(
            found[lead.id],
            {"id": lead.id, "name": "Analyser", "partner_id": self.customer.id,
             "type": lead.type},
        )  # fmt: skip
        other.unlink()
        self.env.invalidate_all()
        self.assertEqual(plain_values(lead | other, names).keys(), {lead.id})
