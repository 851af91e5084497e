"""A portfolio goes to those who take it over, in as few statements as there are kinds.

Odoo itself would write a note and a letter for each record, one by one. Here the notes
are made together, with the same trace of the change that Odoo leaves, so that whoever
reads the history of a field finds it. Nobody is mailed.
"""

from collections import defaultdict

from markupsafe import Markup

from ..core.handover import ACTIVITY, LEAD, PARTNER, PROMISE, QUOTATION


class HandingOver:
    """Gives records of one person to others.

    :param leaving: whose they were, a res.users record in a superuser environment
    """

    def __init__(self, leaving):
        self._env = leaving.env
        self._leaving = leaving
        self._moves = {
            PARTNER: self._partners,
            LEAD: self._leads,
            QUOTATION: self._quotations,
            PROMISE: self._promises,
            ACTIVITY: self._activities,
        }

    def give(self, successor, records):
        """Give somebody what is left of it.

        :param successor: a res.users record
        :param records: model → ids
        """
        # Promises and activities last: they stand on the pages of the others.
        for model, move in self._moves.items():
            there = self._env[model].browse(records.get(model, ())).exists()
            if there:
                move(there, successor)

    def _partners(self, partners, successor):
        _quiet(partners).write({"user_id": successor.id})
        self._note(partners, successor)

    def _leads(self, leads, successor):
        # With its team each lead is written once, not computed one by one.
        for team, some in _by_team(leads, successor).items():
            _quiet(some).write({"user_id": successor.id, "team_id": team.id})
        self._follow(leads, successor)
        self._note(leads, successor)

    def _quotations(self, quotations, successor):
        _quiet(quotations).write({"user_id": successor.id})
        self._follow(quotations, successor)
        self._note(quotations, successor)

    def _promises(self, promises, successor):
        for absent, some in promises.grouped("absent_user_id").items():
            # Somebody else who is away still gets them back.
            others = absent if absent not in (self._leaving, successor) else absent[:0]
            some._pass_to(successor, self._words(successor), others)

    def _activities(self, activities, successor):
        quick = activities.with_context(mail_activity_quick_update=True)
        quick.write({"user_id": successor.id})

    def _words(self, successor):
        return self._env._(
            "Handed over from %(before)s to %(after)s.",
            before=self._leaving.name,
            after=successor.name,
        )

    def _follow(self, records, successor):
        """The successor hears what customers answer, as if Odoo had assigned it."""
        records._message_subscribe(partner_ids=successor.partner_id.ids)

    def _note(self, records, successor):
        """One note on the page of each, with the change of the salesperson."""
        words = Markup("<p>%s</p>") % self._words(successor)
        notes = records._message_log_batch(dict.fromkeys(records.ids, words))
        values = self._env["mail.tracking.value"]
        told = records.fields_get(["user_id"], ["string", "type"])["user_id"]
        change = values._create_tracking_values(
            self._leaving, successor, "user_id", told, records[:1]
        )
        values.create([{**change, "mail_message_id": note.id} for note in notes])


def _quiet(records):
    return records.with_context(tracking_disable=True)


def _by_team(leads, successor):
    """Leads by the team that they will have, as Odoo chooses it."""
    teams = leads.env["crm.team"]
    found = defaultdict(leads.browse)
    for (kind, team), some in leads.grouped(lambda x: (x.type, x.team_id)).items():
        if not team or successor not in team.member_ids | team.user_id:
            uses = "use_leads" if kind == "lead" else "use_opportunities"
            team = teams._get_default_team_id(
                user_id=successor.id, domain=[(uses, "=", True)]
            )
        found[team] |= some
    return found
