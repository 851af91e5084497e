from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestPerformance(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("state", "=", "published")]).write(
            {"state": "retired"}
        )
        cls.env.registry.clear_cache()

    def _queries(self, work):
        """How many queries some work takes until its commit, warmed up."""
        for _time in range(2):
            self._commit()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
            self._commit()
            taken = self.env.cr.sql_log_count - before
        return taken

    def _make_lead(self, partner=None):
        self.env["crm.lead"].create(
            {
                "name": "Analyser",
                "partner_id": (partner or self.customer).id,
                "user_id": self.sales.id,
                "company_id": self.company.id,
            }
        )

    def _publish(self, count, values=lambda number: {}):
        """So many regulations about new leads; ``values`` gets the number of each."""
        regulations = self.env["crm.regulation"].concat(
            *(
                self._draft(
                    trigger_kind="created", res_model="crm.lead", **values(number)
                )
                for number in range(count)
            )
        )
        regulations.action_publish()
        return regulations

    def _hears_of_new(self, model):
        watched = self.env[model]._watched()
        return bool(watched and watched.created)

    def test_models_nobody_watches_cost_nothing(self):
        def work():
            self.env["res.partner"].create({"name": "Unwatched"})

        self.assertFalse(self._hears_of_new("res.partner"))
        self.assertFalse(self._hears_of_new("crm.lead"))
        none = self._queries(work)
        self._publish(1, self._of_others)
        self.assertTrue(self._hears_of_new("crm.lead"))
        self.assertFalse(self._hears_of_new("res.partner"))
        self.assertEqual(self._queries(work), none)

    def _of_others(self, number):
        return {"trigger_domain": f'[("name", "=", "never {number}")]'}

    def _of_dealers(self, number):
        return {"counterparty_type_ids": self.dealer.ids}

    def _of_strangers(self, number):
        return {"scope_domain": f'[("name", "=", "never {number}")]'}

    def _of_all_sorts(self, number):
        sorts = (self._of_others, self._of_dealers, self._of_strangers)
        return sorts[number % len(sorts)](number)

    def test_regulations_that_do_not_apply(self):
        doctor = self._doctor(self.customer)
        none = {who: self._queries(lambda w=who: self._make_lead(w)) for who in
                (self.customer, doctor)}  # fmt: skip
        for values in (
            self._of_others, self._of_dealers, self._of_strangers, self._of_all_sorts,
        ):  # fmt: skip
            regulations = self._publish(40, values)
            for who, before in none.items():
                with self.subTest(values=values.__name__, who=who.name):
                    taken = self._queries(lambda w=who: self._make_lead(w))
                    self.assertLessEqual(taken, before + 1)
            self.assertFalse(self._owed(regulations))
            regulations.write({"state": "retired"})
            self.env.registry.clear_cache()

    def test_regulations_that_apply(self):
        """Fifty promises are made by the same queries as five, and those are few."""
        none = self._queries(self._make_lead)
        self._publish(5)
        few = self._queries(self._make_lead)
        self.assertLessEqual(few, none + 12)
        regulations = self._publish(45)
        self.assertEqual(self._queries(self._make_lead), few)
        self.assertEqual(len(self._owed(regulations)), 2 * 45)

    def test_working_hours_are_read_once_for_many_saves(self):
        self._publish(1)
        self._make_lead()
        self._commit()
        with patch.object(type(self.calendar), "_work_intervals_batch") as read:
            self._make_lead()
            self._commit()
        read.assert_not_called()

    def _import(self, count):
        """Talks with as many customers, typed in at once."""
        partners = self.env["res.partner"].create(
            [
                {"name": f"Clinic {number}", "is_company": True}
                for number in range(count)
            ]
        )
        self._commit()

        def work():
            self.env["crm.interaction"].create(
                [
                    {
                        "type_id": self.materials.id,
                        "partner_id": partner.id,
                        "user_id": self.sales.id,
                        "company_id": self.company.id,
                        "date": "2026-05-04 09:00:00",
                    }
                    for partner in partners
                ]
            )

        return self._queries(work)

    def test_an_import_stays_a_batch(self):
        """What a regulation adds does not grow with the number of records."""
        small, big = 20, 120
        before = {count: self._import(count) for count in (small, big)}
        regulation = self._regulation(
            {"calendar_kind": "responsible"},
            mode="silent",
            counterparty_type_ids=False,
            scope_domain='[("name", "like", "Clinic")]',
        )
        extra = {count: self._import(count) - before[count] for count in before}
        self.assertEqual(len(self._owed(regulation)), 2 * (small + big))
        self.assertLessEqual(extra[big], extra[small] + 2)

    def test_reminding_stays_a_batch(self):
        """Who owes a promise is told by the sweep, for a whole batch at once."""
        regulation = self._regulation()
        taken = {}
        for count in (20, 120):
            self._import(count)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._sweep_all()
            taken[count] = self.env.cr.sql_log_count - before
        owed = self._owed(regulation)
        self.assertEqual(len(owed.activity_ids), len(owed))
        self.assertLessEqual(taken[120], taken[20] + 20)

    def _sweep_all(self):
        obligations = self.env["crm.obligation"]
        while obligations._sweep_batch(fields.Datetime.now()):
            pass

    def test_one_letter_proves_many_in_few_queries(self):
        regulation = self._regulation(mode="silent")
        for _number in range(30):
            self._typed()
        self._commit()
        owed = self._owed(regulation)
        self.env.invalidate_all()
        message = self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": self.customer.id,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": self.sales.partner_id.id,
                "partner_ids": self.customer.ids,
                "date": "2026-05-04 10:00:00",
            }
        )
        self.env.flush_all()
        with self.assertQueryCount(40):
            self._commit()
        self.assertEqual(set(owed.mapped("state")), {"done_on_time"})
        self.assertEqual(set(owed.mapped("evidence_res_id")), {message.id})
