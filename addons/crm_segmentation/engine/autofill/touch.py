"""One touch that somebody's work tells of, and the way into the table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from odoo.tools import SQL, split_every

#: What a touch came from → the company's switch for it.
SWITCHES = {
    "activity": "fill_from_activities",
    "meeting": "fill_from_meetings",
    "mail_in": "fill_from_mail",
    "mail_out": "fill_from_mail",
    "plugin": "fill_from_plugin",
}
BATCH = 1000


@dataclass(frozen=True)
class Touch:
    """A touch; records by id, 0 for none."""

    origin: str
    source_model: str
    source_id: int
    #: Code of the interaction type, or its id.
    kind: str | int
    partner_id: int
    #: The commercial counterparty: one touch per source and family.
    family_id: int
    company_id: int
    date: datetime
    direction: str
    user_id: int = 0
    lead_id: int = 0
    minutes: float = 0.0
    outcome: str = ""
    name: str = ""
    note: str = ""
    email: str = ""


def fill(env, touches, announce=True):
    """Log touches that are not logged yet.

    Whatever switches off a source or a type is respected. The database has a unique
    key over source and counterparty, so two workers log a touch once.

    :param env: superuser environment
    :param touches: list of :class:`Touch`
    :param announce: whether new interactions may start and prove promises
    :return: the new crm.interaction records
    """
    made = env["crm.interaction"]
    for part in split_every(BATCH, touches):
        made |= _fill(env, list(part), announce)
    return made


def _fill(env, touches, announce):
    types = _types(env)
    wanted = [touch for touch in touches if _is_wanted(env, types, touch)]
    known = _known(env, wanted)
    rows = {}
    for touch in wanted:
        key = (touch.source_model, touch.source_id, touch.family_id)
        if key not in known:
            # The first of a family stands for all.
            rows.setdefault(key, _values(types, touch))
    interactions = env["crm.interaction"]
    return interactions._insert_touches(list(rows.values()), announce)


def _types(env):
    """{code and id: interaction type} of those that fill themselves."""
    types = env["crm.interaction.type"].search(
        [("fills_itself", "=", True), ("active", "=", True)]
    )
    return {type_.code: type_ for type_ in types} | {type_.id: type_ for type_ in types}


def _is_wanted(env, types, touch):
    company = env["res.company"].browse(touch.company_id)
    return touch.kind in types and company[SWITCHES[touch.origin]]


def _known(env, touches):
    """Keys that are logged already, also under a counterparty that was merged since."""
    sources = defaultdict(set)
    for touch in touches:
        sources[touch.source_model].add(touch.source_id)
    if not sources:
        return set()
    env["crm.interaction"].flush_model(["commercial_partner_id"])
    found = env.execute_query(
        SQL(
            """SELECT source_model, source_id, counterparty_key,
                      COALESCE(commercial_partner_id, 0)
                 FROM crm_interaction WHERE %s""",
            SQL(" OR ").join(
                SQL("(source_model = %s AND source_id IN %s)", model, tuple(ids))
                for model, ids in sources.items()
            ),
        )
    )
    return {(m, i, key) for m, i, *keys in found for key in keys}


def _values(types, touch):
    return {
        "origin": touch.origin,
        "source_model": touch.source_model,
        "source_id": touch.source_id,
        "counterparty_key": touch.family_id,
        "type_id": types[touch.kind].id,
        "partner_id": touch.partner_id or False,
        "lead_id": touch.lead_id or False,
        "user_id": touch.user_id or False,
        "company_id": touch.company_id,
        "date": touch.date.replace(microsecond=0),
        "duration": touch.minutes,
        "direction": touch.direction,
        "outcome": touch.outcome or False,
        "name": touch.name or False,
        "note": touch.note or False,
        "email": touch.email or False,
    }
