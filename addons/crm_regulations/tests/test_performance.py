from odoo.tests import tagged

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestPerformance(RegulationsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.regulation"].search([("state", "=", "published")])._retire()
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

    def _make_lead(self):
        self.env["crm.lead"].create(
            {
                "name": "Analyser",
                "partner_id": self.customer.id,
                "user_id": self.sales.id,
                "company_id": self.company.id,
            }
        )

    def _publish(self, count, **values):
        regulations = self.env["crm.regulation"].concat(
            *(
                self._draft(trigger_kind="created", res_model="crm.lead", **values)
                for _number in range(count)
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
        self._publish(1, trigger_domain='[("name", "=", "never")]')
        self.assertTrue(self._hears_of_new("crm.lead"))
        self.assertFalse(self._hears_of_new("res.partner"))
        self.assertEqual(self._queries(work), none)

    def test_regulations_that_do_not_apply(self):
        none = self._queries(self._make_lead)
        for values in (
            {"trigger_domain": '[("name", "=", "never")]'},
            {"counterparty_type_ids": self.dealer.ids},
            {"scope_domain": '[("name", "=", "never")]'},
        ):
            regulations = self._publish(200, **values)
            with self.subTest(values=values):
                self.assertLessEqual(self._queries(self._make_lead), none + 1)
                self.assertFalse(self._owed(regulations))
            regulations._retire()
            self.env.registry.clear_cache()

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

    def test_reminders_cost_a_few_queries_each_at_most(self):
        before = {count: self._import(count) for count in (20, 120)}
        self._regulation()
        extra = {count: self._import(count) - before[count] for count in before}
        each = (extra[120] - extra[20]) / 100
        self.assertLessEqual(each, 1)

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
