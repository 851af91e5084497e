"""Promises that count from a date of their record follow that date."""

from dataclasses import replace

from odoo.tools import split_every

from ..core.step import shifted
from .facts import KINDS
from .facts.fact import Touched
from .making import date_of
from .opening import beginnings_of, open_all
from .settling import settle


def follow_dates(env, model, _created, changes):
    """A date was corrected or entered at last.

    :param env: superuser environment
    :param model: name of the model of the records
    :param changes: {id: {field: old value}}
    """
    book = env["crm.regulation"]._book()
    dates = book.dates(model)
    ids = [id_ for id_, old in changes.items() if dates & old.keys()]
    if ids:
        _move(env, model, ids)
        for rule in book.dated(model):
            for some in split_every(1000, ids, list):
                _open_at_last(env, rule, model, some)


def _move(env, model, ids):
    """Open promises begin at the new date; broken ones stay broken."""
    obligations = env["crm.obligation"].search(
        [("res_model", "=", model), ("res_id", "in", ids), ("state", "=", "open"),
         ("date_end", "=", False)]
    )  # fmt: skip
    moved = env["crm.obligation"]
    for obligation in obligations:
        spec = obligation._rule_step().spec
        if spec.get("start_kind") != "date":
            continue
        record = env[model].browse(obligation.res_id)
        date = date_of(record, spec["start_field"], obligation.company_id)
        if not date:
            continue
        start = shifted(date, spec["start_offset"], spec["start_offset_unit"])
        if start != obligation.date_start:
            obligation._log(
                "dated",
                key=str(obligation.date_start),
                note=env._(
                    "The date has changed; it was due %(before)s (UTC).",
                    before=obligation.date_due,
                ),
            )
            obligation.write(
                {
                    "date_start": start,
                    "date_begun": start,
                    "date_fact": start,
                    "is_stale": True,
                }
            )
            moved |= obligation
    settle(moved)


def _open_at_last(env, rule, model, ids):
    """Open what waited for its date since its fact."""
    touched = Touched()
    touched.add(((model, id_) for id_ in ids), ())
    regulation = env["crm.regulation"].browse(rule.regulation_id)
    asked = replace(
        rule.asked, start=rule.since or regulation.date_published, touched=touched
    )
    open_all(env, beginnings_of(env, rule, KINDS[rule.kind].recounted(env, asked)))
