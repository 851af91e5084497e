from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from ..core.step import CANCEL, FULFIL, PAUSE, RESET, RESUME
from ..engine.facts import KINDS
from ..engine.facts.fact import Touched
from .common import MONDAY_9, instant
from .facts_common import FactsCommon

AT_10, AT_11, AT_12, AT_13 = (f"2026-05-04 {hour}:00:00" for hour in (10, 11, 12, 13))


@tagged("post_install", "-at_install")
class TestFieldSet(FactsCommon):
    kind = "field_set"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["crm.stage"].create([{"name": name} for name in "ABC"])
        cls.a, cls.b, cls.c = stages
        cls.other = cls.env["res.company"].create({"name": "South Med"})

    def setUp(self):
        super().setUp()
        self.wanted = self._wanted()

    def _wanted(self, *more, **values):
        domain = Domain("stage_id", "=", self.b.id)
        for condition in more:
            domain &= Domain(*condition)
        return self._asked(domain=domain, **values)

    def _lead(self, **values):
        return super()._lead(**{"stage_id": self.a.id, **values})

    def _move(self, text, leads, stage):
        with self._at(text):
            leads.stage_id = stage
            self._commit()

    def _keys(self, facts):
        return [fact.key.split(":", 1)[1] for fact in facts]

    def _key(self, record, text):
        return f"{record._name},{record.id}:{instant(text):%Y%m%dT%H%M%S}"

    def _guesses(self, facts):
        return [(fact.res_id, str(fact.date), fact.is_guess) for fact in facts]

    # --- the same story -------------------------------------------------------

    def test_same_story(self):
        with self._hearing(self.wanted) as told:
            with self._at(MONDAY_9):
                first, second = self._lead(), self._lead(name="Second")
                born = self._lead(name="Born so", stage_id=self.b.id)
                gone = self._lead(name="Gone")
                self._lead(name="Never")
            self._move(AT_10, first | gone, self.b)
            gone.unlink()
            self._move(AT_11, first, self.c)
            self._move(AT_12, first | second, self.b)
        told = [fact for fact in told if fact.res_id != gone.id]
        facts = self._same_story(self.wanted, told)
        self.assertEqual(
            self._keys(facts),
            [
                self._key(born, MONDAY_9),
                self._key(first, AT_10),
                self._key(first, AT_12),
                self._key(second, AT_12),
            ],
        )
        self.assertEqual(facts[1].date, instant(AT_10))
        self.assertEqual(facts[1].teller, ("crm.lead", first.id))
        self.assertFalse(any(fact.is_guess for fact in facts))

    def test_only_coming_to_fit_counts(self):
        """Other changes of a record that fits tell nothing, nor does there and back."""
        asked = self._wanted(("user_id", "!=", False))
        with self._at(MONDAY_9):
            lead = self._lead(stage_id=self.b.id)
            back = self._lead()
        with self._hearing(asked) as told, self._at(AT_10):
            lead.user_id = self.manager
            back.stage_id = self.b
            back.flush_recordset()
            back.stage_id = self.a
        self.assertFalse(told)
        self.assertEqual(self._keys(self._read(asked)), [self._key(lead, MONDAY_9)])

    def test_several_fields(self):
        asked = self._wanted(("user_id", "=", self.manager.id))
        with self._hearing(asked) as told:
            with self._at(MONDAY_9):
                lead = self._lead()
            self._move(AT_10, lead, self.b)
            with self._at(AT_11):
                lead.user_id = self.manager
                self._commit()
        self.assertEqual(
            self._keys(self._same_story(asked, told)), [self._key(lead, AT_11)]
        )

    def test_every_type_of_field(self):
        values = {
            "active": (True, False),
            "contact_name": ("Dr. Green", "Dr. Brown"),
            "expected_revenue": (10.5, 20.25),
            "partner_id": (self.customer.id, False),
            "type": ("lead", "opportunity"),
        }
        for name, (before, after) in values.items():
            asked = self._asked(
                domain=Domain(name, "=", after) & Domain("color", "=", 7)
            )
            with self.subTest(name=name), self._hearing(asked) as told:
                with self._at(MONDAY_9):
                    lead = self._lead(**{"color": 7, "user_id": False, name: before})
                with self._at(AT_10):
                    lead[name] = after
                    self._commit()
            with self.subTest(name=name):
                self.assertEqual(self._keys(told), [self._key(lead, AT_10)])
                self.assertEqual(self._keys(self._read(asked)), self._keys(told))
                lead.color = 0

    def test_labels_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        label = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "crm.lead"),
                ("field_id.name", "=", "type"),
                ("value", "=", "lead"),
            ]
        )
        label.with_context(lang="fr_FR").name = "Piste"
        asked = self._asked(domain=Domain("type", "=", "lead"))
        with self._hearing(asked) as told:
            with self._at(MONDAY_9):
                lead = self._lead(type="opportunity")
            for text, kind in (
                (AT_10, "lead"),
                (AT_11, "opportunity"),
                (AT_12, "lead"),
            ):
                with self._at(text):
                    lead.with_context(lang="fr_FR").type = kind
                    self._commit()
        self.assertIn(
            "Piste", lead.message_ids.tracking_value_ids.mapped("new_value_char")
        )
        self.assertEqual(
            self._keys(self._same_story(asked, told)),
            [self._key(lead, AT_10), self._key(lead, AT_12)],
        )

    def test_paths_and_names_are_answered_by_odoo(self):
        ukraine = self.env.ref("base.ua")
        clinic = self._partner("Kyiv Clinic", country_id=ukraine.id)
        asked = self._asked(domain=Domain("partner_id.country_id", "=", ukraine.id))
        with self._hearing(asked) as told:
            with self._at(MONDAY_9):
                lead = self._lead()
                self._lead(name="Never")
            with self._at(AT_10):
                lead.partner_id = clinic
                self._commit()
            self._move(AT_11, lead, self.b)
        self.assertEqual(self._keys(told), [self._key(lead, AT_10)])
        self.assertEqual(self._keys(self._read(asked)), self._keys(told))

    def test_a_path_that_held_before_is_not_blamed_on_another_field(self):
        """What did not change answers for the past as it does for the present."""
        ukraine = self.env.ref("base.ua")
        self.customer.country_id = ukraine
        path = Domain("partner_id.country_id", "=", ukraine.id)
        asked = self._asked(domain=Domain("stage_id", "=", self.b.id) | path)
        with self._at(MONDAY_9):
            lead = self._lead()
        with self._hearing(asked) as told:
            self._move(AT_10, lead, self.b)
        self.assertFalse(told)
        self.assertEqual(self._keys(self._read(asked)), [self._key(lead, MONDAY_9)])

    def test_many_records(self):
        tag = self.env["crm.tag"].create({"name": "Fair"})
        asked = self._wanted(("tag_ids", "in", tag.ids))
        with self._hearing(asked) as told:
            with self._at(MONDAY_9):
                lead = self._lead()
            self._move(AT_10, lead, self.b)
            with self._at(AT_11):
                lead.tag_ids = [Command.link(tag.id)]
                self._commit()
        self.assertEqual(self._keys(told), [self._key(lead, AT_11)])
        # Odoo does not track tags: it may have been when the stage was reached.
        self.assertEqual(self._guesses(self._read(asked)), [(lead.id, AT_10, True)])

    def test_company(self):
        with self._hearing(self.wanted) as told, self._at(MONDAY_9):
            values = {"stage_id": self.b.id, "user_id": False, "partner_id": False}
            nobody = self._lead(company_id=False, **values)
            self._lead(company_id=self.other.id, **values)
        self.assertEqual(
            self._keys(self._same_story(self.wanted, told)),
            [self._key(nobody, MONDAY_9)],
        )

    def test_a_model_without_history(self):
        """Of another addon, without messages and companies."""
        asked = self._asked("crm.tag", domain=Domain("color", "=", 5))
        with self._hearing(asked) as told:
            with self._at(MONDAY_9):
                tags = self.env["crm.tag"].create(
                    [{"name": str(color), "color": color} for color in (1, 2, 5)]
                )
                self._commit()
            with self._at(AT_10):
                tags[0].color = 5
                self._commit()
        self.assertEqual(
            self._keys(told), [self._key(tags[2], MONDAY_9), self._key(tags[0], AT_10)]
        )
        self.assertEqual(
            self._guesses(self._read(asked)),
            [(tags[2].id, MONDAY_9, False), (tags[0].id, AT_10, True)],
        )
        with self._at(AT_11):
            tags[0].name = "Renamed"
            self._commit()
        self.assertEqual(self._guesses(self._read(asked))[1], (tags[0].id, AT_11, True))

    # Any number of fields of two records changes at any time, in one save or several.
    _change = st.tuples(
        st.integers(0, 1),
        st.sampled_from(
            ["contact_name", "expected_revenue", "stage_id", "type", "user_id"]
        ),
        st.integers(0, 2),
    )
    _saves = st.lists(st.lists(_change, min_size=1, max_size=3), max_size=6)

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.data())
    def _compare(self, data):
        values = {
            "contact_name": ["Ann", "Bob", False],
            "expected_revenue": [0, 10.5, 21],
            "stage_id": [self.a.id, self.b.id, self.c.id],
            "type": ["lead", "opportunity", "opportunity"],
            "user_id": [self.sales.id, self.manager.id, False],
        }
        condition = st.sampled_from(sorted(values)).flatmap(
            lambda name: st.tuples(
                st.just(name),
                st.sampled_from(["=", "!="]),
                st.sampled_from(values[name]),
            )
        )
        wanted = data.draw(
            st.recursive(
                condition.map(lambda leaf: Domain(*leaf)),
                lambda inner: st.one_of(
                    inner.map(lambda one: ~one),
                    st.tuples(inner, inner).map(Domain.AND),
                    st.tuples(inner, inner).map(Domain.OR),
                ),
                max_leaves=4,
            )
        )
        newest = self.env["crm.lead"].search([], order="id DESC", limit=1).id
        asked = self._asked(domain=wanted & Domain("id", ">", newest))
        moment = instant(MONDAY_9)
        with self._hearing(asked) as told:
            with self._at(MONDAY_9):
                leads = [self._lead(partner_id=False), self._lead(partner_id=False)]
            for save in data.draw(self._saves):
                moment += timedelta(minutes=1)
                with self._at(str(moment)):
                    for place, name, choice in save:
                        leads[place][name] = values[name][choice]
                    self._commit()
        self._same_story(asked, told)

    def test_same_story_whatever_happens(self):
        self._compare()

    # --- the reader -----------------------------------------------------------

    def test_untracked_field(self):
        asked = self._wanted(("priority", "=", "3"))
        with self._at(MONDAY_9):
            lead = self._lead()
        self._move(AT_10, lead, self.b)
        with self._at(AT_11):
            lead.priority = "3"
            self._commit()
        self.assertEqual(self._guesses(self._read(asked)), [(lead.id, AT_10, True)])
        self.assertIn("Priority", KINDS["field_set"].silence(self.env, asked))

    def test_change_while_tracking_was_off(self):
        with self._at(MONDAY_9):
            lead = self._lead()
        self._move(AT_10, lead, self.c)
        self.assertFalse(KINDS["field_set"].silence(self.env, self.wanted))
        self._move(AT_11, lead.with_context(tracking_disable=True), self.b)
        self.assertEqual(
            self._guesses(self._read(self.wanted)), [(lead.id, AT_11, True)]
        )
        silence = KINDS["field_set"].silence(self.env, self.wanted)
        self.assertIn("Stage", silence)

    def test_merged_lead_keeps_its_own_history(self):
        """The messages of the other lead move to the one that stays."""
        with self._at(MONDAY_9):
            one, two = self._lead(probability=90), self._lead(probability=10)
        self._move(AT_10, two, self.b)
        self._move(AT_11, two, self.c)
        with self._at(AT_12):
            stays = (one | two).merge_opportunity()
            self._commit()
        self.assertEqual(stays, one)
        self.assertTrue(
            any("Stage" == v.field_id.field_description
                for v in one.message_ids.tracking_value_ids)
        )  # fmt: skip
        self.assertFalse(self._read(self.wanted))
        self.assertFalse(KINDS["field_set"].silence(self.env, self.wanted))

    def test_time_and_touched(self):
        with self._at(MONDAY_9):
            one, two = self._lead(), self._lead()
        self._move(AT_10, one, self.b)
        self._move(AT_11, two, self.b)

        def read(**values):
            return {fact.res_id for fact in self._read(self._wanted(**values))}

        self.assertEqual(read(start=instant(AT_11)), {two.id})
        self.assertEqual(read(end=instant(AT_11)), {one.id})
        self.assertEqual(read(start=instant(AT_10), end=instant(AT_11)), {one.id})
        touched = Touched()
        touched.add([("crm.lead", one.id)], ())
        self.assertEqual(read(touched=touched), {one.id})
        self.assertFalse(read(touched=Touched()))

    def test_domain_on_the_past_of_a_window(self):
        """What happened after the end of the time does not blur what was before."""
        with self._at(MONDAY_9):
            lead = self._lead()
        self._move(AT_10, lead, self.b)
        self._move(AT_12, lead, self.c)
        found = self._read(self._wanted(start=instant(AT_10), end=instant(AT_11)))
        self.assertEqual(self._keys(found), [self._key(lead, AT_10)])

    def test_as_many_queries_for_thirty_as_for_three(self):
        path = ("partner_id.country_id", "=", False)
        asked = self._wanted(path, ("priority", "=", "0"))

        def queries(count):
            with self._at(MONDAY_9):
                leads = self.env["crm.lead"].create(
                    [
                        {"name": f"L{n}", "stage_id": self.a.id,
                         "partner_id": self.customer.id,
                         "company_id": self.company.id}
                        for n in range(count)
                    ]
                )  # fmt: skip
                self._commit()
            self._move(AT_10, leads, self.b)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read(asked)
            return self.env.cr.sql_log_count - before

        queries(1)  # warms the caches of the registry
        self.assertEqual(queries(3), queries(30))

    def test_the_signal_asks_the_database_only_if_something_may_fit(self):
        with self._at(MONDAY_9):
            leads = self._lead() | self._lead()
        kind = KINDS["field_set"]
        changes = {id_: {"stage_id": self.c.id} for id_ in leads.ids}
        leads.mapped("stage_id")
        with self.assertQueryCount(0):
            self.assertFalse(kind.told(self.env(su=True), self.wanted, (), changes))

    def test_the_signal_asks_as_often_for_thirty_as_for_three(self):
        path = Domain("partner_id.country_id", "=", False)
        asked = self._asked(domain=path & Domain("stage_id", "=", self.b.id))
        kind = KINDS["field_set"]
        everywhere = self.env(su=True, context={"active_test": False})

        def queries(count):
            rows = [
                {"name": f"L{n}", "stage_id": self.b.id, "partner_id": self.customer.id}
                for n in range(count)
            ]
            leads = self.env["crm.lead"].create(rows)
            self._commit()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            changes = {id_: {"stage_id": self.a.id} for id_ in leads.ids}
            self.assertEqual(len(kind.told(everywhere, asked, (), changes)), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(3), queries(30))

    # --- promises -------------------------------------------------------------

    def _told_of(self, asked, about, role):
        facts = self._concerning(asked, about, role=role).get(about.id, [])
        return [(fact.key.rsplit(":", 1)[1], str(fact.date)) for fact, _g in facts]

    def test_what_holds_already_fulfils_at_once(self):
        with self._at(MONDAY_9):
            lead = self._lead(stage_id=self.b.id)
        about = self._about(lead, instant(AT_10), lead)
        for role in (FULFIL, CANCEL):
            with self.subTest(role=role):
                found = self._told_of(self.wanted, about, role)
                self.assertEqual(found, [("held", AT_10)])

    def test_what_does_not_hold_yet_fulfils_when_it_does(self):
        with self._at(MONDAY_9):
            lead = self._lead(stage_id=self.b.id)
        self._move("2026-05-04 09:30:00", lead, self.c)
        about = self._about(lead, instant(AT_10), lead)
        self.assertFalse(self._concerning(self.wanted, about))
        self._move(AT_11, lead, self.b)
        self._move(AT_12, lead, self.c)
        self._move(AT_13, lead, self.b)
        first = [("20260504T110000", AT_11)]
        self.assertEqual(self._told_of(self.wanted, about, FULFIL), first)
        every = [*first, ("20260504T130000", AT_13)]
        for role in (PAUSE, RESUME, RESET):
            with self.subTest(role=role):
                self.assertEqual(self._told_of(self.wanted, about, role), every)

    def test_pause_that_holds_already(self):
        with self._at(MONDAY_9):
            lead = self._lead(stage_id=self.b.id)
        about = self._about(lead, instant(AT_10), lead)
        self._move(AT_11, lead, self.a)
        self._move(AT_12, lead, self.b)
        again = ("20260504T120000", AT_12)
        found = self._told_of(self.wanted, about, PAUSE)
        self.assertEqual(found, [("held", AT_10), again])
        # A clock that starts is not set back by what was so before.
        self.assertEqual(self._told_of(self.wanted, about, RESET), [again])

    def test_what_began_in_the_second_of_the_promise_holds(self):
        with self._at(MONDAY_9):
            lead = self._lead(stage_id=self.b.id)
        about = self._about(lead, instant(MONDAY_9), lead)
        found = self._told_of(self.wanted, about, FULFIL)
        self.assertEqual(found, [("held", MONDAY_9)])

    def test_what_ended_in_the_second_of_the_promise_does_not_hold(self):
        with self._at(MONDAY_9):
            lead = self._lead(stage_id=self.b.id)
        self._move(AT_10, lead, self.c)
        about = self._about(lead, instant(AT_10), lead)
        self.assertFalse(self._concerning(self.wanted, about))

    def test_lead_and_partner_of_a_promise_tell_as_well(self):
        with self._at(MONDAY_9):
            lead = self._lead()
            talk = self._typed(lead_id=lead.id)
            self._lead(name="Another of the customer", stage_id=self.b.id)
        about = self._about(talk, instant(AT_10), lead)
        self.assertFalse(self._concerning(self.wanted, about))
        self._move(AT_11, lead, self.b)
        self.assertEqual(len(self._told_of(self.wanted, about, FULFIL)), 1)
        asked = self._asked("res.partner", domain=Domain("ref", "=", "K7"))
        self.assertFalse(self._concerning(asked, about))
        with self._at(AT_12):
            self.customer.with_env(self.env).ref = "K7"
            self._commit()
        facts = self._concerning(asked, about)[about.id]
        self.assertEqual(
            [(fact.teller, grade) for fact, grade in facts],
            [(("res.partner", self.customer.id), "system")],
        )

    def test_several_promises(self):
        with self._at(MONDAY_9):
            one, two = self._lead(stage_id=self.b.id), self._lead()
        abouts = [
            self._about(one, instant(AT_10), one, id=1),
            self._about(two, instant(AT_10), two, id=2),
            self._about(two, instant(AT_12), two, id=3),
        ]
        self._move(AT_11, two, self.b)
        found = self._concerning(self.wanted, *abouts)
        dates = {id_: [str(f.date) for f, _g in facts] for id_, facts in found.items()}
        self.assertEqual(dates, {1: [AT_10], 2: [AT_11], 3: [AT_12]})

    def test_touched(self):
        kind = KINDS["field_set"]
        lead = self._lead()
        found = kind.touched(lead.sudo())
        self.assertEqual(found.ids("crm.lead"), lead.ids)
        doctor = self._doctor(self.customer)
        found = kind.touched(doctor.sudo())
        self.assertEqual(found.ids("res.partner"), doctor.ids)
        self.assertEqual(found.families, {self.customer.id})

    def test_watched_are_stored_fields_of_the_record(self):
        asked = self._asked(
            domain=Domain("partner_id.country_id", "=", 1)
            & Domain("stage_id", "=", 1)
            & Domain("commercial_partner_id", "=", 1)
        )
        watched = KINDS["field_set"].watched(self.env, asked)
        self.assertEqual(watched, {"partner_id", "stage_id"})
