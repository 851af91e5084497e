from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-05-20")
class TestAffiliation(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clinic = cls._partner("Clinic")
        cls.hospital = cls._partner("Hospital")
        cls.doctor = cls._doctor(cls.clinic)
        cls.role = cls.env.ref("crm_segmentation.affiliation_role_doctor")
        cls.buyer = cls.env.ref("crm_segmentation.affiliation_role_buyer")

    @classmethod
    def _works(cls, person=None, organization=None, **values):
        values.setdefault("role_id", cls.role.id)
        return cls.env["crm.affiliation"].create(
            {
                "person_id": (person or cls.doctor).id,
                "organization_id": (organization or cls.hospital).id,
                **values,
            }
        )

    def test_both_directions(self):
        works = self._works(date_from="2024-01-01")
        self.assertEqual(self.doctor.workplace_ids, works)
        self.assertEqual(self.hospital.affiliated_ids, works)
        self.assertEqual(works.display_name, "Dr. Green · Doctor · Hospital")
        self._works(organization=self.clinic)
        self.assertEqual(self.hospital.people_count, 1)
        self.clinic.invalidate_recordset()
        self.assertEqual(self.clinic.people_count, 1, "contact and affiliated: once")
        left = self._partner("Dr. Gone", is_company=False)
        self._works(left, date_to="2026-05-19")
        self.hospital.invalidate_recordset()
        self.assertEqual(self.hospital.people_count, 1)
        people = self.env["res.partner"].search(
            self.hospital.action_open_people()["domain"]
        )
        self.assertEqual(people, self.doctor)

    def test_turnover_stays_where_it_is(self):
        self._bought(self.doctor, "2026-04-15", 1200)
        self._works()
        segmentation = self._by_turnover()
        segmentation.action_publish()
        self.assertEqual(self._category(self.clinic, segmentation), "A")
        self.assertEqual(self._category(self.hospital, segmentation), "C")

    def test_current(self):
        cases = [
            (False, False, True),
            ("2026-05-20", "2026-05-20", True),
            (False, "2026-05-19", False),
            ("2026-05-21", False, False),
        ]
        for number, (start, end, current) in enumerate(cases):
            person = self._partner(f"Dr. {number}", is_company=False)
            works = self._works(person, date_from=start, date_to=end)
            with self.subTest(start=start, end=end):
                self.assertEqual(works.is_current, current)
                for value in (True, False):
                    found = works.search(
                        [("is_current", "=", value), ("person_id", "=", person.id)]
                    )
                    self.assertEqual(bool(found), value == current)

    def test_one_main_workplace_at_a_time(self):
        first = self._works(organization=self.clinic, is_main=True)
        past = self._works(
            role_id=self.buyer.id,
            is_main=True,
            date_from="2020-01-01",
            date_to="2021-01-01",
        )
        self.assertFalse(first.is_main)
        first.write({"date_from": "2022-01-01", "is_main": True})
        self.assertTrue(past.is_main, "it was another time")
        second = self._works(is_main=True, date_from="2026-01-01")
        self.assertEqual((first + second).mapped("is_main"), [False, True])

    def test_refused(self):
        self._works(date_from="2024-01-01", date_to="2024-12-31")
        person = self._partner("Dr. Other", is_company=False)
        foreign = self.env["res.company"].create({"name": "South Med"})
        theirs = self._partner("Theirs", company_id=foreign.id)
        ours = self._partner("Ours", is_company=False, company_id=self.company.id)
        cases = [
            ("overlap", self.doctor, self.hospital, "2024-12-31", False),
            ("overlap", self.doctor, self.hospital, False, False),
            ("overlap", self.doctor, self.hospital, "2024-01-01", "2024-12-31"),
            ("dates", person, self.hospital, "2024-02-02", "2024-02-01"),
            ("itself", person, person, False, False),
            ("kind.*Dr. Green.*a person", person, self.doctor, False, False),
            ("kind.*Clinic.*a company", self.clinic, self.hospital, False, False),
            ("company", ours, theirs, False, False),
        ]
        for code, who, where, start, end in cases:
            with (
                self.subTest(code),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(
                    (ValidationError, IntegrityError),
                    f"crm_segmentation.affiliation_{code}|check|unique",
                ),
                self.env.cr.savepoint(),
            ):
                self._works(who, where, date_from=start, date_to=end)
        self._works(date_from="2025-01-01")
        self._works(date_from="2024-06-01", role_id=self.buyer.id)

    def test_the_database_keeps_it_once(self):
        self._works(date_from="2024-01-01")
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env.cr.execute(
                """INSERT INTO crm_affiliation (person_id, organization_id, role_id,
                                                date_from)
                   SELECT person_id, organization_id, role_id, date_from
                     FROM crm_affiliation WHERE person_id = %s""",
                [self.doctor.id],
            )

    def _merge(self, target, *sources):
        self.env.flush_all()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        partners = target.union(*sources)
        with mute_logger("odoo.addons.base.partner.merge"):
            merge._merge(partners.ids, target)
        self.env.invalidate_all()

    def test_merged_people(self):
        twin = self._partner("Dr. Green", is_company=False)
        self._works(twin, date_from="2024-01-01", is_main=True)
        kept = self._works(date_from="2024-01-01", is_main=True)
        other = self._works(twin, self.clinic, role_id=self.buyer.id, is_main=True)
        self._merge(self.doctor, twin)
        self.assertEqual(self.doctor.workplace_ids, kept + other)
        self.assertEqual((kept + other).mapped("is_main"), [False, True])

    def test_merged_organizations(self):
        twin = self._partner("Hospital")
        kept = self._works()
        self._works(organization=twin)
        other = self._works(organization=twin, role_id=self.buyer.id)
        self._merge(self.hospital, twin)
        self.assertEqual(self.hospital.affiliated_ids, kept + other)

    def test_person_merged_into_its_organization(self):
        self._works()
        person = self._partner("Private Practice", is_company=False)
        self._works(person, self.hospital)
        kept = self._works(organization=self.clinic)
        self._merge(self.hospital, person)
        self.assertEqual(self.hospital.affiliated_ids.person_id, self.doctor)
        self.assertFalse(self.hospital.workplace_ids)
        self.assertTrue(kept.exists())

    def test_deleted_partner(self):
        person = self._partner("Dr. Gone", is_company=False)
        works = self._works(person)
        person.unlink()
        self.assertFalse(works.exists())
        works = self._works()
        self.hospital.unlink()
        self.assertFalse(works.exists())
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._works(organization=self.clinic)
            self.role.unlink()

    def test_search_people_by_workplace(self):
        self._works()
        for text, found in (("Hospit", True), ("Clin", False)):
            people = self.env["res.partner"].search(
                [
                    (
                        "workplace_ids",
                        "any",
                        [
                            ("is_current", "=", True),
                            ("organization_id", "ilike", text),
                        ],
                    ),
                    ("id", "=", self.doctor.id),
                ]
            )
            self.assertEqual(bool(people), found)

    def test_queries_do_not_grow(self):
        def queries(count):
            people = self.env["res.partner"].create(
                [{"name": f"Dr. {number}"} for number in range(count)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.affiliation"].create(
                [
                    {
                        "person_id": person.id,
                        "organization_id": self.hospital.id,
                        "is_main": True,
                    }
                    for person in people
                ]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertLessEqual(queries(30), queries(3))

    def test_roles(self):
        for user in (self.sales, self.manager, self.coordinator):
            works = (
                self.env["crm.affiliation"]
                .with_user(user)
                .create(
                    {"person_id": self.doctor.id, "organization_id": self.hospital.id}
                )
            )
            works.note = "Mondays"
            works.unlink()
        with self.assertRaises(AccessError):
            self.role.with_user(self.sales).name = "Nurse"
        self.role.with_user(self.coordinator).name = "Physician"
        self._works()
        robot = self.env["crm.affiliation"].with_user(self.integration)
        self.assertFalse(robot.has_access("read"))
        with self.assertRaises(AccessError):
            self.doctor.with_user(self.integration).workplace_ids.mapped("note")
        shown = self.env["res.partner"].with_user(self.integration).fields_get()
        self.assertFalse({"workplace_ids", "affiliated_ids"} & shown.keys())

    def test_companies(self):
        other = self.env["res.company"].create({"name": "South Med"})
        seller = self._user("south", "sales_team.group_sale_salesman", other)
        self.hospital.company_id = self.company
        self._works()
        theirs = self.env["crm.affiliation"].with_user(seller)
        theirs = theirs.with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([("person_id", "=", self.doctor.id)]))
        self.env.invalidate_all()
        doctor = self.doctor.with_env(theirs.env)
        self.assertFalse(doctor.workplace_ids)
