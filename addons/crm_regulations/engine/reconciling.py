"""What signals could not see: raw SQL, other programs, the passing of time.

The readers look at Odoo's history; what they find is opened like everything else, so
what was opened before is not opened again.
"""

from dataclasses import replace
from datetime import timedelta

from odoo.tools import split_every

from .facts import KINDS
from .opening import beginnings_of, open_all
from .settling import settle

# What is entered later than that after it happened is not looked for.
LOOK_BACK = timedelta(days=35)
# Time goes on while a run works.
OVERLAP = timedelta(hours=1)
BATCH = 1000


def open_past(env, rule, start, end):
    """Open what happened in a time and is not open yet.

    :param env: superuser environment
    :param rule: a :class:`~.rules.Rule` in force
    :param start: first instant
    :param end: first instant after them
    :return: crm.obligation records that were opened
    """
    asked = replace(rule.asked, start=start, end=end)
    opened = env["crm.obligation"]
    for facts in split_every(BATCH, KINDS[rule.kind].recounted(env, asked), list):
        beginnings = beginnings_of(env, rule, facts)
        opened |= open_all(env, _without_guesses(env, rule, beginnings))
    return opened


def _without_guesses(env, rule, beginnings):
    """Leave out those of an unknown time whose promise is there already."""
    guessed = [b for b in beginnings if b.fact.is_guess]
    if not guessed:
        return beginnings
    known = env["crm.obligation"].search_fetch(
        [
            ("step_id", "in", [step.id for step in rule.steps]),
            ("res_model", "=", rule.res_model),
            ("res_id", "in", [b.res_id for b in guessed]),
        ],
        ["res_id"],
    )
    there = set(known.mapped("res_id"))
    return [b for b in beginnings if not b.fact.is_guess or b.res_id not in there]


def settle_batch(env, after, size=BATCH):
    """Look again at open promises, whatever has happened to them.

    :param env: superuser environment
    :param after: id of the last one that was looked at
    :param size: at most so many
    :return: id of the last one of this batch; 0 when there are no more
    """
    owed = env["crm.obligation"].search(
        [("date_end", "=", False), ("id", ">", after)], order="id", limit=size
    )
    settle(owed)
    return owed[-1:].id


def end_orphans(env):
    """End promises about records that are gone without anybody being told.

    :param env: superuser environment
    """
    obligations = env["crm.obligation"]
    groups = obligations._read_group(
        [("date_end", "=", False)], ["res_model"], ["res_id:array_agg"]
    )
    for model, ids in groups:
        there = set()
        if model in env:
            there = set(env[model].browse(set(ids)).exists()._ids)
        obligations._end_deleted(model, sorted(set(ids) - there))
