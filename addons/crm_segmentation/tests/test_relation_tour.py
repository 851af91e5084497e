from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestRelationTour(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env.ref("base.user_admin").write(
            {
                "lang": "en_US",
                "company_id": cls.env.ref("base.main_company").id,
                "company_ids": cls.env.ref("base.main_company").ids,
            }
        )

    def test_a_territory_and_its_assignment(self):
        """A coordinator makes a territory and finds the clinic in it."""
        self.env["crm.territory"].search([]).action_archive()
        clinic = self.env["res.partner"].create(
            {
                "name": "Clinic in the city",
                "is_company": True,
                "country_id": self.env.ref("base.ua").id,
                "zip": "02 200",
            }
        )
        self.assertFalse(clinic.territory_id)
        # Others with such an address would be counted, too.
        self.env["res.partner"].search(
            [("id", "!=", clinic.id), ("zip", "like", "0")]
        ).zip = False
        self.start_tour(
            "/odoo/territories", "crm_segmentation_territory", login="admin"
        )
        self.assertEqual(clinic.territory_id.code, "tour_city")

    def test_a_doctor_with_two_workplaces(self):
        first, second, doctor = self.env["res.partner"].create(
            [
                {"name": "First tour clinic", "is_company": True},
                {"name": "Second tour clinic", "is_company": True},
                {"name": "Dr. Tour"},
            ]
        )
        self.start_tour(
            f"/odoo/res.partner/{doctor.id}",
            "crm_segmentation_workplaces",
            login="admin",
        )
        self.assertEqual(doctor.workplace_ids.organization_id, first + second)
        self.assertEqual(
            doctor.workplace_ids.filtered("is_main").organization_id, second
        )
        self.assertEqual(first.people_count, 1)
