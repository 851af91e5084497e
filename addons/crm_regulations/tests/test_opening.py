from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import table_columns

from ..engine import bulk, opening
from .common import MONDAY_9, RegulationsCommon, instant


@tagged("post_install", "-at_install")
class TestOpening(RegulationsCommon):
    def test_interaction(self):
        regulation = self._regulation()
        talk = self._talk(name="Price list")
        owed = self._owed(regulation)
        self.assertRecordValues(
            owed,
            [
                {
                    "step_id": regulation.step_ids.id,
                    "process": "relations",
                    "fact_key": f"interaction:{talk.id}",
                    "res_model": "crm.interaction",
                    "res_id": talk.id,
                    "res_name": "Price list",
                    "partner_id": self.customer.id,
                    "commercial_partner_id": self.customer.id,
                    "user_id": self.sales.id,
                    "company_id": self.company.id,
                    "calendar_id": self.calendar.id,
                    "date_start": instant(MONDAY_9),
                    "date_warn": instant("2026-05-04 12:00:00"),
                    "date_due": instant("2026-05-04 14:00:00"),
                    "state": "open",
                    "evidence_grade": "none",
                }
            ],
        )
        self.assertEqual(owed.event_ids.mapped("kind"), ["opened"])

    def test_created_lead(self):
        regulation = self._on_leads({"limit_unit": "hour"})
        with self._at("2026-05-04 22:00:00"):
            lead = self._lead()
        owed = self._owed(regulation)
        self.assertEqual((owed.res_model, owed.res_id), ("crm.lead", lead.id))
        self.assertEqual(owed.lead_id, lead)
        self.assertEqual(owed.date_due, instant("2026-05-05 02:00:00"))
        self.assertFalse(owed.calendar_id, "hours by the clock need no working hours")

    def test_clock_starts_at_the_end_of_the_talk(self):
        owed = self._promise(duration=30)
        self.assertEqual(owed.date_start, instant("2026-05-04 09:30:00"))
        self.assertEqual(owed.date_fact, instant(MONDAY_9))

    def test_every_step_opens(self):
        regulation = self._regulation({}, {"name": "Call", "limit_value": 8})
        self._talk()
        owed = self._owed(regulation)
        self.assertEqual(owed.mapped("name"), ["Answer", "Call"])
        self.assertEqual(owed[1].date_due, instant("2026-05-05 09:00:00"))

    def test_nothing_opens_unless_published(self):
        regulation = self._draft()
        self._talk()
        regulation.action_publish()
        self._commit()
        self.assertFalse(self._owed(regulation))
        regulation.action_retire()
        self._talk()
        self.assertFalse(self._owed(regulation))

    def test_deleted_before_the_commit(self):
        regulation = self._regulation()
        on_leads = self._on_leads(trigger_domain='[("name", "=", "Analyser")]')
        kept = self._typed(name="kept")
        self._typed().unlink()
        lead = self.env["crm.lead"].create({"name": "Analyser"})
        lead.unlink()
        self._commit()
        self.assertEqual(self._owed(regulation).res_id, kept.id)
        self.assertFalse(self._owed(on_leads))
        self.assertFalse(self._incidents(regulation | on_leads))

    # --- scope ----------------------------------------------------------------

    def test_scope_by_interaction_type(self):
        regulation = self._regulation(
            interaction_type_ids=[Command.set(self.service.ids)]
        )
        self._talk()
        self.assertFalse(self._owed(regulation))
        self._talk(type_id=self.service.id)
        self.assertEqual(len(self._owed(regulation)), 1)

    def test_scope_by_counterparty_type(self):
        regulation = self._regulation(
            counterparty_type_ids=[Command.set(self.dealer.ids)]
        )
        self._talk()
        self._talk(partner_id=False)
        self.assertFalse(self._owed(regulation))
        dealer = self._partner(counterparty_type_ids=[Command.set(self.dealer.ids)])
        person = self._partner(
            parent_id=dealer.id, is_company=False, counterparty_type_ids=False
        )
        self._talk(partner_id=dealer.id)
        self._talk(partner_id=person.id)
        self.assertEqual(self._owed(regulation).partner_id, dealer | person)

    def test_scope_by_category(self):
        segmentation = self._by_turnover()
        segmentation.action_publish()
        best = self._partner("Best")
        self._bought(best, "2026-01-10", 100_000)
        segmentation.classify()
        key, rest = segmentation.segment_ids
        self.assertEqual(best.own_segment_ids, key)
        self.assertEqual(self.customer.own_segment_ids, rest)
        regulation = self._regulation(segment_ids=[Command.set(key.ids)])
        # Within a process the special one would take the place of the general one.
        everybody = self._regulation(process="sales")
        self._talk()
        self._talk(partner_id=best.id)
        self.assertEqual(self._owed(regulation).partner_id, best)
        self.assertEqual(self._owed(everybody).segment_id, rest | key)

    def test_scope_by_filter_on_the_record(self):
        regulation = self._regulation(trigger_domain='[("name", "ilike", "price")]')
        self._talk(name="Repair")
        self.assertFalse(self._owed(regulation))
        self._talk(name="Price list")
        self.assertEqual(len(self._owed(regulation)), 1)

    def test_scope_by_filter_on_the_counterparty(self):
        country = self.env.ref("base.ua")
        regulation = self._regulation(
            scope_domain=f'[("country_id", "=", {country.id})]'
        )
        below = self._regulation(
            scope_domain=f'[("id", "child_of", {self.customer.id})]'
        )
        self._talk()
        self._talk(partner_id=False)
        self.assertFalse(self._owed(regulation))
        self.assertEqual(self._owed(below).partner_id, self.customer)
        self.customer.country_id = country
        self._talk()
        self.assertEqual(len(self._owed(regulation)), 1)

    def test_earlier_facts_start_nothing(self):
        regulation = self._regulation(date_from="2026-05-04 00:00:00")
        self._talk(date="2026-05-03 23:59:00")
        self.assertFalse(self._owed(regulation))
        self._talk()
        self.assertEqual(len(self._owed(regulation)), 1)

    def test_records_of_another_company(self):
        other = self.env["res.company"].create({"name": "South Med"})
        talks, leads = self._regulation(), self._on_leads()
        self.env.user.company_ids += other
        env = self.env(context={"allowed_company_ids": [other.id, self.company.id]})
        self.env["crm.interaction"].with_env(env).create(
            {"type_id": self.materials.id, "company_id": other.id}
        )
        env["crm.lead"].create(
            [
                {"name": "Theirs", "company_id": other.id},
                {"name": "Nobody's", "company_id": False},
            ]
        )
        self._commit()
        self.assertFalse(self._owed(talks))
        self.assertEqual(self._owed(leads).mapped("res_name"), ["Nobody's"])

    # --- twice is once --------------------------------------------------------

    def test_opening_twice_makes_one(self):
        regulation = self._regulation()
        talk = self._talk()
        for _again in range(2):
            opened = opening.open_told(self.env, talk._name, talk.ids, {})
            self.assertFalse(opened)
        owed = self._owed(regulation)
        self.assertEqual(len(owed), 1)
        self._sweep("2026-05-04 09:00:01")
        self._sweep("2026-05-04 09:00:01")
        self.assertEqual(owed.event_ids.mapped("kind"), ["opened", "reminded"])
        self.assertEqual(len(owed.activity_ids), 1)

    # --- failure --------------------------------------------------------------

    def _break(self, regulation, domain):
        """As if a field of the filter had gone with its module."""
        regulation.sudo().spec = {**regulation.spec, **domain}
        self.env.registry.clear_cache()

    def test_very_many_facts_at_once(self):
        """Each gets its promise, in parts of a bounded size."""
        regulation, count = self._on_leads(mode="silent"), 20_000
        lead = self._lead()
        ids = self._copies(lead, count)
        parts = []
        insert = bulk.insert

        def counting(env, model, rows, returning=("id",)):
            parts.append(len(rows))
            return insert(env, model, rows, returning)

        with patch.object(bulk, "insert", counting):
            self.env["crm.changes"].sudo()._on_created("crm.lead", ids)
        owed = self.env["crm.obligation"].search_count(
            [("regulation_id", "=", regulation.id), ("res_id", "in", ids)]
        )
        self.assertEqual(owed, count)
        self.assertLessEqual(max(parts), opening.BATCH)
        self.assertFalse(self._incidents(regulation))

    def _copies(self, record, count):
        """So many rows like the one of a record, by SQL."""
        names = SQL(", ").join(
            SQL.identifier(name)
            for name in table_columns(self.env.cr, record._table)
            if name != "id"
        )
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO %(table)s (%(names)s)
                   SELECT %(names)s FROM %(table)s, generate_series(1, %(count)s)
                    WHERE id = %(id)s RETURNING id""",
                table=SQL.identifier(record._table),
                names=names,
                count=count,
                id=record.id,
            )
        )
        return [id_ for (id_,) in rows]

    def test_failing_regulation_becomes_an_incident(self):
        broken, works = self._regulation(), self._regulation()
        for domain in (
            {"trigger_domain": [["gone", "=", 1]]},
            {"scope_domain": [["gone", "child_of", 1]]},
        ):
            self._break(broken, domain)
            with self.subTest(domain=domain):
                talk = self._talk(name="Kept")
                self.assertEqual(talk.name, "Kept")
                self.assertEqual(self._owed(works)[-1].res_id, talk.id)
                self.assertFalse(self._owed(broken))
                incident = self._incidents(broken)[0]
                self.assertEqual(incident.res_id, talk.id)
                self.assertIn("gone", incident.message)
                self.assertEqual(incident.company_id, self.company)

    def test_the_others_of_the_batch_get_theirs(self):
        empty = self._working_hours("Empty", days=())
        person = self.env["hr.employee"].create(
            {
                "name": "Idle",
                "user_id": self.manager.id,
                "company_id": self.company.id,
                "resource_calendar_id": empty.id,
            }
        )
        regulation = self._regulation({"calendar_kind": "responsible"})
        talks = self.env["crm.interaction"]
        for number in range(7):
            user = person.user_id if number == 4 else self.sales
            talks |= self._typed(user_id=user.id)
        self._commit()
        self.assertEqual(
            self._owed(regulation).mapped("res_id"), (talks - talks[4]).ids
        )
        incident = self._incidents(regulation)
        self.assertEqual(incident.res_id, talks[4].id)
        self.assertIn("crm_regulations.no_working_hours", incident.message)

    def test_what_the_person_wrote_survives_the_failure(self):
        regulation = self._regulation()
        with patch.object(
            type(self.env["crm.obligation"]), "_after_opening", side_effect=ValueError
        ):
            talk = self._typed(name="One")
            self.customer.comment = "Not flushed yet"
            talk.note = "Nor this"
            self._commit()
        self.assertFalse(self._owed(regulation))
        self.assertEqual(len(self._incidents(regulation)), 1)
        self.env.invalidate_all()
        self.assertIn("Not flushed yet", self.customer.comment)
        self.assertEqual(talk.note, "Nor this")

    def test_what_failed_half_way_is_undone(self):
        regulation = self._regulation()
        with patch.object(
            type(self.env["crm.obligation"]), "_wake_sweep", side_effect=ValueError
        ):
            self._talk()
        self._commit()
        self.assertFalse(self._owed(regulation))
        self.assertFalse(
            self.env["crm.obligation.event"].search([("obligation_id", "=", False)])
        )

    def test_a_database_error_is_survived(self):
        regulation = self._regulation()

        def fail(records, _rows):
            records.env.cr.execute("SELECT no_such_column FROM crm_obligation")

        with (
            patch.object(type(self.env["crm.obligation"]), "_after_opening", fail),
            mute_logger("odoo.sql_db"),
        ):
            talk = self._talk()
        self.assertTrue(talk.exists())
        self.assertIn("no_such_column", self._incidents(regulation).message)

    def test_a_conflict_is_raised(self):
        self._regulation()
        conflict = psycopg2.errors.SerializationFailure("conflict")
        with (
            patch.object(
                type(self.env["crm.obligation"]), "_after_opening", side_effect=conflict
            ),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            self._talk()

    def test_proof_that_fails_does_not_hinder_the_promise(self):
        regulation = self._regulation()
        spec = regulation.spec
        spec["steps"][0]["conditions"][0]["domain"] = [["gone", "=", 1]]
        self._break(regulation, spec)
        talk = self._talk()
        self.assertEqual(self._owed(regulation).state, "open")
        message = self._write_to(self.customer, partner_ids=self.customer.ids)
        self.assertTrue(message.exists())
        self.assertEqual(self._owed(regulation).state, "open")
        self.assertEqual(
            set(self._incidents(regulation).mapped("res_model")), {"crm.obligation"}
        )
        self.assertTrue(talk.exists())

    # --- responsible and working hours ----------------------------------------

    def test_responsible(self):
        self.customer.user_id = self.manager
        owner = self._user("owner", "sales_team.group_sale_salesman")
        for kind, user in (
            ("handler", self.sales),
            ("salesperson", self.manager),
            ("fixed", self.coordinator),
            ("owner", owner),
        ):
            with self.subTest(kind=kind):
                regulation = self._regulation(
                    {
                        "responsible_kind": kind,
                        "responsible_user_id": self.coordinator.id,
                    },
                    owner_id=owner.id,
                )
                self._talk()
                self.assertEqual(self._owed(regulation).user_id, user)
                regulation.action_retire()

    def test_responsible_falls_back(self):
        named = self._user("named", "sales_team.group_sale_salesman")
        regulation = self._regulation({"responsible_user_id": named.id})
        nobody = self._regulation({})
        portal = self._user("gone", "sales_team.group_sale_salesman")
        portal.active = False
        self._talk(user_id=portal.id)
        self.assertEqual(self._owed(regulation).user_id, named)
        self.assertEqual(self._owed(nobody).user_id, self.coordinator, "the owner")
        self.customer.user_id = self.manager
        self._talk(user_id=False)
        self.assertEqual(self._owed(nobody)[-1].user_id, self.manager)

    def test_a_program_owes_nothing(self):
        """Who logs for people is not who talked: the salesperson owes it."""
        self.customer.user_id = self.sales
        regulation = self._regulation()
        self._talk(user_id=self.integration.id)
        self.assertEqual(self._owed(regulation).user_id, self.sales)

    def test_a_form_read_after_saving_shows_the_promise(self):
        self._regulation()
        self.assertEqual(self._typed().obligation_open_count, 1)

    def test_nobody_of_another_company_owes(self):
        other = self.env["res.company"].create({"name": "South Med"})
        stranger = self._user("stranger", "sales_team.group_sale_manager", other)
        self.customer.user_id = stranger
        regulation = self._regulation({"responsible_kind": "salesperson"})
        self._talk()
        self.assertEqual(self._owed(regulation).user_id, self.sales)

    def test_nobody_at_all(self):
        regulation = self._regulation(owner_id=False)
        self._talk(user_id=False)
        owed = self._owed(regulation)
        self.assertEqual((owed.user_id.ids, owed.state), ([], "open"))
        self.assertFalse(owed.activity_ids)

    def test_whose_working_hours(self):
        evening = self._working_hours("Evening", hours=((15, 20),))
        weekend = self._working_hours("Weekend", days=(5,), hours=((8, 20),))
        self.env["hr.employee"].create(
            {
                "name": "Owl",
                "user_id": self.sales.id,
                "company_id": self.company.id,
                "resource_calendar_id": evening.id,
            }
        )
        for step, due in (
            ({"calendar_kind": "company"}, "2026-05-04 14:00:00"),
            ({"calendar_kind": "responsible"}, "2026-05-04 19:00:00"),
            (
                {"calendar_kind": "fixed", "calendar_id": weekend.id},
                "2026-05-09 12:00:00",
            ),
        ):
            with self.subTest(step=step):
                regulation = self._regulation(step)
                self._talk()
                self.assertEqual(self._owed(regulation).date_due, instant(due))
                regulation.action_retire()

    # --- mode -----------------------------------------------------------------

    def test_silent_tells_nobody(self):
        owed = self._promise(self._regulation(mode="silent"))
        self._sweep("2026-05-04 09:00:01")
        self.assertEqual((owed.mode, owed.state), ("silent", "open"))
        self.assertFalse(owed.activity_ids)

    def test_remind_makes_an_activity(self):
        self.sales.tz = "Asia/Tokyo"
        regulation = self._regulation(
            {"limit_unit": "hour", "limit_value": 8}, purpose="He compares <offers> now"
        )
        owed = self._promise(regulation)
        self._sweep("2026-05-04 09:00:01")
        activity = owed.activity_ids
        self.assertRecordValues(
            activity,
            [
                {
                    "res_model": "crm.interaction",
                    "res_id": owed.res_id,
                    "user_id": self.sales.id,
                    "summary": "Answer",
                    # 17:00 in UTC is the next day in Tokyo.
                    "date_deadline": instant("2026-05-05").date(),
                }
            ],
        )
        self.assertIn("&lt;offers&gt;", activity.note)

    def test_the_mode_may_change_while_in_force(self):
        regulation = self._regulation(mode="silent")
        regulation.with_user(self.coordinator).mode = "remind"
        owed = self._promise(regulation)
        self._sweep("2026-05-04 09:00:01")
        self.assertTrue(owed.activity_ids)

    # --- late logging ---------------------------------------------------------

    def test_proof_that_is_there_already(self):
        regulation = self._on_requests()
        with self._at("2026-05-04 09:40:00"):
            message = self._write_to(
                self.customer, attach=True, partner_ids=self.customer.ids
            )
        with self._at("2026-05-04 18:00:00"):
            owed = self._promise(regulation)
        self.assertEqual(owed.state, "done_on_time")
        self.assertEqual(owed.date_done, instant("2026-05-04 09:40:00"))
        self.assertEqual(owed.evidence_res_id, message.id)
        self.assertEqual(owed.event_ids.mapped("kind"), ["opened", "fulfilled"])
        self.assertFalse(owed.activity_ids)

    def test_a_letter_of_before_the_talk_is_no_proof(self):
        regulation = self._on_requests()
        with self._at("2026-05-04 08:59:00"):
            self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertEqual(self._promise(regulation).state, "open")

    def test_a_letter_during_the_talk_is_proof(self):
        regulation = self._on_requests()
        with self._at("2026-05-04 09:10:00"):
            self._write_to(self.customer, attach=True, partner_ids=self.customer.ids)
        self.assertEqual(self._promise(regulation, duration=30).state, "done_on_time")
