"""What saving one lead costs with many regulations in force, against none."""

from odoo import Command

from automations import automations
from bench import queries, ratio, verdict

NONE_APPLIES, ALL_APPLY = 200, 50
ROUNDS = 25


def run(env):
    """200 that do not apply and 50 that all do; the same with automation rules."""
    saving = _Saving(env)
    strange = saving.regulations(NONE_APPLIES, saving.elsewhere)
    title = f"save a lead with {NONE_APPLIES} regulations that do not apply"
    yield saving.costs(title, strange, goal=1.1)
    yield saving.asks_little(title, strange)
    fitting = saving.regulations(ALL_APPLY, lambda number: {})
    title = f"save a lead with {ALL_APPLY} regulations that all apply"
    yield saving.costs(title, fitting, goal=1.5)
    name = env["ir.model.fields"]._get("crm.lead", "name")
    watched = {"trigger_field_ids": [Command.set(name.ids)]}
    for count, words, domain in (
        (NONE_APPLIES, "do not apply", lambda number: f"[('name', '=', '{number}')]"),
        (ALL_APPLY, "all apply and do nothing", "[('name', '!=', False)]"),
    ):
        with automations(env, count, filter_domain=domain, **watched) as rules:
            title = f"for comparison: {count} automation rules that {words}"
            yield saving.costs_as_usual(title, rules)


class _Saving:
    """A customer, and ways to save a lead of theirs.

    :param env: superuser environment that is rolled back
    """

    def __init__(self, env):
        self.env = env
        self.customer = env["res.partner"].create({"name": "Bench", "is_company": True})
        self.dealer = env.ref("crm_segmentation.type_dealer")
        self.user = env.ref("base.user_admin")

    def save(self):
        """As a form does it, until right before the commit."""
        self.env["crm.lead"].create(
            {
                "name": "Benchmark",
                "partner_id": self.customer.id,
                "user_id": self.user.id,
            }
        )
        self.env.cr.flush()

    # --- what is measured -----------------------------------------------------

    def costs(self, title, regulations, goal):
        """Against the same without any regulation."""
        return ratio(
            title,
            self.save,
            self.save,
            goal,
            rounds=ROUNDS,
            before=lambda: self.force(regulations),
            before_baseline=self.force,
        )

    def asks_little(self, title, regulations):
        """At most one query more."""
        self.force()
        plain = queries(self.env, self.save)
        self.force(regulations)
        more = queries(self.env, self.save) - plain
        figures = f"{more} queries more than {plain} (goal <= 1)"
        return verdict(title, more <= 1, figures)

    def costs_as_usual(self, title, rules):
        """The same with automation rules instead of regulations."""
        self.force()
        return ratio(
            title,
            self.save,
            self.save,
            rounds=5,
            before=lambda: self.switch(rules, True),
            before_baseline=lambda: self.switch(rules, False),
        )

    # --- what is in force -----------------------------------------------------

    def regulations(self, count, values):
        """So many drafts of which none is published yet.

        :param values: function of the number
        """
        regulations = self.env["crm.regulation"].create(
            [
                {
                    "name": f"Benchmark {number}",
                    "trigger_kind": "created",
                    "res_model": "crm.lead",
                    "mode": "remind",
                    "step_ids": [Command.create({"name": "Do"})],
                    **values(number),
                }
                for number in range(count)
            ]
        )
        regulations.action_publish()
        return regulations

    def elsewhere(self, number):
        """Each is about something else than the lead that is saved."""
        return (
            {"trigger_domain": f"[('name', '=', 'Other {number}')]"},
            {"counterparty_type_ids": self.dealer.ids},
            {"scope_domain": f"[('name', '=', 'Other {number}')]"},
        )[number % 3]

    def force(self, regulations=()):
        """Put exactly these into force, without the cost of doing so."""
        env = self.env
        env.flush_all()
        env.cr.execute(
            "UPDATE crm_regulation SET state = CASE WHEN id = ANY(%s)"
            " THEN 'published' ELSE 'retired' END WHERE name->>'en_US' LIKE 'Bench%%'",
            [[regulation.id for regulation in regulations]],
        )
        env.invalidate_all()
        env.registry.clear_cache()
        self._warm_up()

    def switch(self, rules, active):
        """Switch automation rules on or off."""
        rules.active = active
        self._warm_up()

    def _warm_up(self):
        """What one worker remembers from one request to the next is there."""
        self.save()
        self.env.cr.execute("DELETE FROM crm_obligation")
        self.env.cr.cache.clear()
        self.env.invalidate_all()
