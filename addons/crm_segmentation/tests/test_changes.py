from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine.changes import MOST_ROUNDS
from ..models.crm_changes import merged
from .common import SegmentationCommon


@tagged("post_install", "-at_install")
class TestChanges(SegmentationCommon):
    """What a subscriber hears of others' work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["crm.tag"].create({"name": "New ward"})
        cls.lead = cls.env["crm.lead"].create({"name": "Reagents", "priority": "0"})
        cls.other = cls.env["crm.lead"].create({"name": "Gloves", "priority": "0"})
        cls.env.cr.flush()

    @contextmanager
    def _subscribed(self, models=(), fields=None, deletions=None, react=None):
        """Listen, and nobody else; yields the list of (handler, model, what)."""
        self.env.cr.flush()
        heard = []

        def note(kind):
            def handler(subscriber, model, what):
                heard.append((kind, model, what))
                if react:
                    react(subscriber, kind, model, what)

            return handler

        answers = {
            "_watched_models": frozenset(models),
            "_watched_fields": {m: frozenset(f) for m, f in (fields or {}).items()},
            "_watched_deletions": {
                m: frozenset(f) for m, f in (deletions or {}).items()
            },
        }
        kinds = {
            "_on_created": "created",
            "_on_changed": "changed",
            "_on_deleted": "deleted",
        }
        methods = {name: lambda _self, a=answer: a for name, answer in answers.items()}
        methods |= {name: note(kind) for name, kind in kinds.items()}
        with patch.multiple(self.env.registry["crm.changes"], **methods):
            self.env.registry.clear_cache()
            yield heard
            self.env.cr.flush()
        self.env.registry.clear_cache()

    def _changes(self, fields, work, model="crm.lead"):
        """{record: {field: old}} that is reported of some work."""
        with self._subscribed(fields={model: fields}) as heard:
            work()
        self.assertLessEqual(len(heard), 1, heard)
        return heard[0][2] if heard else {}

    # --- changes --------------------------------------------------------------

    def test_old_values(self):
        table = [
            ({"name": "Analysers"}, {"name": "Reagents"}),
            ({"user_id": self.sales.id}, {"user_id": self.lead.user_id.id}),
            ({"tag_ids": [Command.link(self.tag.id)]}, {"tag_ids": ()}),
            ({"tag_ids": [Command.clear()]}, {"tag_ids": (self.tag.id,)}),
            ({"expected_revenue": 5}, {"expected_revenue": 0.0}),
            ({"date_deadline": "2026-06-01"}, {"date_deadline": False}),
            ({"name": "A", "priority": "2"}, {"name": "Analysers", "priority": "0"}),
            ({"color": 3}, {}),
        ]
        for values, old in table:
            with self.subTest(values=values):
                watched = set(values) - {"color"} | {"name"}
                changes = self._changes(watched, lambda v=values: self.lead.write(v))
                self.assertEqual(changes, {self.lead.id: old} if old else {})

    def test_only_the_net_change(self):
        def there_and_back():
            self.lead.name = "B"
            self.lead.name = "Reagents"

        def further():
            self.lead.name = "B"
            self.env.flush_all()
            self.lead.name = "C"

        self.assertFalse(self._changes({"name"}, there_and_back))
        self.assertFalse(
            self._changes({"name"}, lambda: self.lead.write({"name": "Reagents"}))
        )
        self.assertEqual(
            self._changes({"name"}, further), {self.lead.id: {"name": "Reagents"}}
        )

    def test_batch_is_one_call(self):
        leads = self.lead | self.other
        changes = self._changes({"priority"}, lambda: leads.write({"priority": "1"}))
        self.assertEqual(changes, {id_: {"priority": "0"} for id_ in leads.ids})

    def test_from_memory_and_from_the_database(self):
        for cached in (True, False):
            with self.subTest(cached=cached):
                self.lead.name = "Reagents"
                self.env.flush_all()
                self.env.invalidate_all()
                if cached:
                    self.lead.mapped("name")
                changes = self._changes({"name"}, lambda: self.lead.write({"name": 1}))
                self.assertEqual(changes, {self.lead.id: {"name": "Reagents"}})

    def test_computed_fields(self):
        partner = self._partner()
        lead = self.env["crm.lead"].create({"name": "x", "partner_id": partner.id})
        contact = self._partner("Dr. Green", is_company=False)

        def move():
            contact.parent_id = partner

        self.assertEqual(
            self._changes({"commercial_partner_id"}, move, "res.partner"),
            {contact.id: {"commercial_partner_id": contact.id}},
        )
        self.env.invalidate_all()

        def lose():
            lead.action_set_lost()

        self.assertEqual(
            self._changes({"won_status"}, lose), {lead.id: {"won_status": "pending"}}
        )

    def test_a_value_that_waits_is_not_computed_to_be_remembered(self):
        partner = self._partner()
        contact = self._partner("Dr. Green", is_company=False)

        def two_moves():
            contact.parent_id = partner
            # Waits for its computation now; written, it is what it was before.
            contact.write({"commercial_partner_id": contact.id})

        old = self._changes({"commercial_partner_id"}, two_moves, "res.partner")
        self.assertIn(old, ({}, {contact.id: {"commercial_partner_id": contact.id}}))

    def test_as_superuser_without_the_savers_language(self):
        seen = []

        def react(subscriber, _kind, _model, _what):
            seen.append((subscriber.env.su, dict(subscriber.env.context)))

        with self._subscribed(fields={"crm.lead": {"name"}}, react=react):
            self.lead.with_user(self.manager).with_context(default_type="lead").name = 2
        self.assertEqual(seen, [(True, {"active_test": False})])

    def test_refused_changes_are_none(self):
        def refused():
            with self.assertRaises(ValueError), self.env.cr.savepoint():
                self.lead.write({"name": "B", "priority": "nonsense"})

        self.assertFalse(self._changes({"name", "priority"}, refused))

    def test_rollback_to_a_savepoint(self):
        def half():
            self.lead.name = "B"
            with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
                self.other.name = "C"
                raise ZeroDivisionError

        self.assertEqual(
            self._changes({"name"}, half), {self.lead.id: {"name": "Reagents"}}
        )

    def test_forms_being_filled_in_are_not_reported(self):
        with self._subscribed(["crm.lead"], {"crm.lead": {"name"}}) as heard:
            draft = self.env["crm.lead"].new({"name": "Draft"}, origin=self.lead)
            draft.name = "B"
            draft.update({"priority": "2"})
        self.assertFalse(heard)

    def test_unknown_and_unstored_fields_are_left_out(self):
        changes = self.env["crm.changes"]
        names = {"crm.lead": frozenset({"name", "no_such_field", "display_name"})}
        with (
            patch.object(
                self.env.registry["crm.changes"], "_watched_fields", lambda _self: names
            ),
            self.assertLogs("odoo.addons.crm_segmentation.models.crm_changes") as logs,
        ):
            watched = changes._watch_of("crm.lead").changed
        self.assertEqual(watched, {"name"})
        self.assertIn("display_name", logs.output[0])

    def test_answers_are_merged(self):
        self.assertEqual(
            merged({"a": frozenset("x")}, {"a": frozenset("y"), "b": frozenset()}),
            {"a": frozenset("xy"), "b": frozenset()},
        )

    # --- creations and deletions ----------------------------------------------

    def test_new_records_have_no_changes(self):
        fields = {"crm.lead": {"name", "won_status", "probability", "date_open"}}
        with self._subscribed(["crm.lead"], fields) as heard:
            leads = self.env["crm.lead"].create([{"name": "A"}, {"name": "B"}])
            leads.name = "C"
            leads[0].action_set_lost()
        self.assertEqual(heard, [("created", "crm.lead", leads.ids)])

    def test_messages_and_activities_are_records_too(self):
        watched = ["mail.message", "mail.activity"]
        with self._subscribed(watched) as heard:
            message = self.lead.message_post(body="Hello")
            activity = self.lead.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.sales.id
            )
        new = {model: ids for _kind, model, ids in heard}
        # Whoever is given an activity is told by a message.
        self.assertIn(message.id, new["mail.message"])
        self.assertEqual(new["mail.activity"], activity.ids)

    def test_deletions_with_last_values(self):
        lead, id_, user = self.other, self.other.id, self.other.user_id
        with self._subscribed(
            fields={"crm.lead": {"name"}}, deletions={"crm.lead": {"name", "user_id"}}
        ) as heard:
            lead.name = "Last words"
            lead.unlink()
        last = {"name": "Last words", "user_id": user.id}
        self.assertEqual(heard, [("deleted", "crm.lead", {id_: last})])

    def test_created_and_deleted_is_nothing(self):
        with self._subscribed(["crm.tag"], deletions={"crm.tag": ()}) as heard:
            self.env["crm.tag"].create({"name": "Short"}).unlink()
        self.assertFalse(heard)

    def test_deletions_nobody_asks_for(self):
        with self._subscribed(fields={"crm.tag": {"name"}}) as heard:
            self.tag.name = "B"
            self.tag.unlink()
        self.assertFalse(heard)

    def test_two_segments(self):
        with self._subscribed(["crm.tag"], deletions={"crm.tag": {"name"}}) as heard:
            tag = self.env["crm.tag"].create({"name": "Long"})
            id_ = tag.id
            self.env.cr.flush()
            tag.unlink()
        self.assertEqual(
            heard,
            [
                ("created", "crm.tag", [id_]),
                ("deleted", "crm.tag", {id_: {"name": "Long"}}),
            ],
        )

    # --- subscribers that write -----------------------------------------------

    def test_what_a_subscriber_writes_is_heard(self):
        def react(subscriber, kind, model, ids):
            if (kind, model) == ("created", "crm.tag"):
                subscriber.env["crm.lead"].browse(self.lead.id).priority = "3"

        watched = {"crm.lead": {"priority"}}
        with self._subscribed(["crm.tag"], watched, react=react) as heard:
            tag = self.env["crm.tag"].create({"name": "Urgent"})
        self.assertEqual(
            heard,
            [
                ("created", "crm.tag", tag.ids),
                ("changed", "crm.lead", {self.lead.id: {"priority": "0"}}),
            ],
        )

    def test_subscribers_that_answer_each_other_come_to_an_end(self):
        def react(subscriber, _kind, _model, _what):
            subscriber.env["crm.tag"].create({"name": f"Tag {len(heard)}"})

        with (
            self._subscribed(["crm.tag"], react=react) as heard,
            self.assertLogs("odoo.addons.crm_segmentation.engine.changes") as logs,
        ):
            self.env["crm.tag"].create({"name": "First"})
            self.env.cr.flush()
        self.assertEqual(len(heard), MOST_ROUNDS)
        self.assertIn("crm.tag", logs.output[0])

    def test_a_failing_subscriber_refuses_the_save(self):
        def react(*_args):
            raise ZeroDivisionError

        with (
            self._subscribed(["crm.tag"], react=react),
            self.assertRaises(ZeroDivisionError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["crm.tag"].create({"name": "Refused"})
        self.assertFalse(self.env["crm.tag"].search([("name", "=", "Refused")]))

    # --- cost -----------------------------------------------------------------

    def _queries(self, work):
        # Twice: the first call fills caches that the second one still completes.
        for _time in range(2):
            work()
            self.env.cr.flush()
        before = self.env.cr.sql_log_count
        work()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def test_models_nobody_watches_cost_no_query(self):
        numbers = iter(range(100))

        def work():
            tag = self.env["crm.tag"].create({"name": f"Tag {next(numbers)}"})
            tag.color = (
                0  # never the color that chance gave it: that would write nothing
            )
            tag.unlink()

        with self._subscribed():
            nobody = self._queries(work)
        fields = {"crm.lead": {"name"}}
        with self._subscribed(["crm.lead"], fields, {"crm.lead": {"name"}}):
            self.assertEqual(self._queries(work), nobody)

    def test_watched_creations_cost_no_query(self):
        def work():
            self.env["crm.lead"].create([{"name": str(n)} for n in range(3)])

        with self._subscribed():
            nobody = self._queries(work)
        computed = {"crm.lead": {"name", "won_status", "probability", "date_open"}}
        with self._subscribed(["crm.lead"], computed):
            self.assertEqual(self._queries(work), nobody)

    def test_watched_changes_cost_one_query_for_any_number(self):
        leads = self.env["crm.lead"].create([{"name": str(n)} for n in range(50)])
        self.env.cr.flush()
        names = iter("abcdefgh")

        def work():
            leads.write({"name": next(names)})

        with self._subscribed():
            nobody = self._queries(work)
        with self._subscribed(fields={"crm.lead": {"name"}}):
            # Whether they are still there.
            self.assertEqual(self._queries(work), nobody + 1)
