"""What one regulation adds to an import of many leads."""

from odoo import Command
from odoo.tools import SQL

from automations import automations
from bench import ratio
from copies import copy

MANY = 10_000
FEW = 200  # an action for each record is too slow for more


def run(env):
    """Open a promise for each lead, against an activity for each by an automation.

    The leads are there already: measured is only what comes on top of saving them, on
    both sides. Each lead has a customer of its own, and nothing of them is in memory.
    """
    importing = _Import(env)
    action = {
        "state": "next_activity",
        "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
        "activity_user_type": "specific",
        "activity_user_id": importing.user.id,
        "activity_date_deadline_range": 1,
    }
    name = env["ir.model.fields"]._get("crm.lead", "name")
    watched = {"trigger_field_ids": [Command.set(name.ids)]}
    with automations(env, 1, action=action, **watched) as rule:
        rule.active = True
        yield ratio(
            f"open promises for {MANY:,} leads against an automation rule that makes "
            f"an activity for each of {FEW}",
            importing.open,
            lambda: importing.make_activities(rule),
            goal=50,
            at_least=True,
            rounds=3,
            scale=MANY // FEW,
            before=importing.forget,
        )


class _Import:
    """Leads that have just been created, and a regulation about them.

    :param env: superuser environment that is rolled back
    """

    def __init__(self, env):
        self.env = env
        self.user = env.ref("base.user_admin")
        customer = env["res.partner"].create({"name": "Bench", "is_company": True})
        lead = env["crm.lead"].create(
            {
                "name": "Benchmark",
                "partner_id": customer.id,
                "user_id": self.user.id,
            }
        )
        customers = copy(customer, MANY, commercial_partner_id=SQL("made.id"))
        whose = SQL("%s + made.id %% %s", customers[0], MANY)
        self.leads = copy(lead, MANY, partner_id=whose)
        regulation = env["crm.regulation"].create(
            {
                "name": "Benchmark",
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "mode": "remind",
                "step_ids": [Command.create({"name": "Do"})],
            }
        )
        regulation.action_publish()

    def open(self):
        """What the dispatcher of changes does before the commit."""
        everywhere = self.env(su=True, context={"active_test": False})
        everywhere["crm.changes"]._on_created("crm.lead", self.leads)
        self.env.cr.flush()
        made = self.env["crm.obligation"].search_count([("res_model", "=", "crm.lead")])
        assert made == MANY, f"{made} promises"

    def make_activities(self, rule):
        """What the automation rule does after the creation."""
        leads = self.env["crm.lead"].browse(self.leads[:FEW])
        rule = rule.with_context(old_values=None, __action_done={})
        rule._process(rule._filter_post(leads.with_env(rule.env), feedback=True))
        self.env.cr.flush()
        assert len(leads.activity_ids) >= FEW, "no activities"

    def forget(self):
        """As if nothing had been opened yet."""
        self.env.cr.flush()
        self.env["mail.activity"].search([("res_model", "=", "crm.lead")]).unlink()
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM crm_obligation")
        self.env.cr.execute("ANALYZE crm_obligation, crm_obligation_event")
        self.env.cr.cache.clear()
        self.env.invalidate_all()
        self.env["crm.regulation"]._book()
