"""The guard: open promises that hinder what people do to records.

Whatever way leads to it, a form, a wizard, a program or a scheduled job, in the end a
record is written or deleted, and there the guard stands (``models/base.py``). It tells
what was done from how the record stood before and stands after, so it does not matter
which field was written, nor what was computed from it. No context key moves it.

It costs one cached look-up where nothing is hindered, and one query where something was
done that a rule may hinder. If the guard itself fails, the person goes through.
"""

import logging
from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar

import psycopg2

from odoo.exceptions import ConcurrencyError, MissingError
from odoo.tools import SQL

from ..core.blocking import (
    ARCHIVE,
    CONFIRM,
    DELETE,
    LEAVE,
    LOSE,
    WIN,
    Standing,
    acts_between,
)

_logger = logging.getLogger(__name__)

BLOCK = "block"
LEAD, ORDER = "crm.lead", "sale.order"
#: Model → how its records lead to their deal, besides themselves.
_DEALS = {ORDER: "opportunity_id"}
_CONFIRMED = {ORDER: {"sale"}}
# Writes of one act that are looked at together, see :func:`together`.
_together = ContextVar("crm_regulations.together", default=None)


# --- which acts there are -----------------------------------------------------


def own_acts(model):
    """What can be done to the records of a model.

    :param model: an empty recordset
    :return: set of acts, see :mod:`..core.blocking`
    """
    acts = {DELETE}
    stage = model._fields.get("stage_id")
    if stage is not None and stage.store and stage.type == "many2one":
        acts.add(LEAVE)
    if model._active_name:
        acts.add(ARCHIVE)
    if model._name == LEAD:
        acts |= {WIN, LOSE}
    if model._name in _CONFIRMED:
        acts.add(CONFIRM)
    return acts


def is_of_deal(env, model):
    """Whether the records of an opened model lead to a deal, or are one."""
    paths = env["crm.regulation.subject"]._opened().get(model)
    return model == LEAD or bool(paths and paths[1])


def fitting_acts(env, model):
    """What a promise about records of a model may hinder.

    What is owed about a deal hinders the deal and its orders, too.

    :param model: name of the model
    :return: set of acts
    """
    if model not in env:
        return set()
    acts = own_acts(env[model])
    if is_of_deal(env, model):
        acts |= own_acts(env[LEAD])
        if ORDER in env:
            acts.add(CONFIRM)
    return acts


def hindering_steps(env, book, model):
    """What is hindered on the records of a model, by which steps.

    :param book: the :class:`~.rules.Book`
    :param model: name of the model
    :return: {act: frozenset of ids of steps}; empty if nothing is hindered
    """
    found = defaultdict(set)
    for rule in book.by_regulation.values():
        if rule.mode == "silent" or not _reaches(env, rule.res_model, model):
            continue
        for step in rule.steps:
            if step.spec.get("enforcement") == BLOCK:
                for act in own_acts(env[model]).intersection(step.spec["blocks"]):
                    found[act].add(step.id)
    return {act: frozenset(ids) for act, ids in found.items()}


def _reaches(env, about, model):
    """Whether what is owed about records of one model may hinder those of another."""
    return about == model or (
        model in (LEAD, *_DEALS) and model in env and is_of_deal(env, about)
    )


# --- what was done ------------------------------------------------------------


def telling_fields(model):
    """The fields of a model from which acts are told.

    :param model: a recordset
    :return: frozenset of names
    """
    names = {"stage_id", model._active_name}
    if model._name == LEAD:
        names |= {"won_status", "probability"}
    if model._name in _CONFIRMED:
        names.add("state")
    return frozenset(name for name in names if name in model._fields)


def standings(records):
    """How records stand.

    :param records: records of one model
    :return: {id: :class:`~..core.blocking.Standing`}; those that are gone are left out
    """
    known = records.sudo().browse(id_ for id_ in records._ids if id_)
    try:
        known.fetch(telling_fields(known))
        return {record.id: _standing(record) for record in known}
    except MissingError:
        there = known.exists()
        return {record.id: _standing(record) for record in there}


def _standing(record):
    names = telling_fields(record)
    active = record._active_name
    deal = _DEALS.get(record._name)
    return Standing(
        stage=record.stage_id.id if "stage_id" in names else 0,
        outcome=record.won_status if "won_status" in names else "",
        is_active=bool(record[active]) if active in names else True,
        is_confirmed="state" in names and record.state in _CONFIRMED[record._name],
        deals=frozenset(record[deal]._ids if deal in record._fields else ()),
    )


class Watch:
    """What becomes of records while they are written.

    :param records: records of one model about to be written
    """

    def __init__(self, records):
        self._records = records
        self._before = surely(records, lambda: standings(records), {})

    def add(self, records):
        """Watch more records of the model from now on."""
        fresh = records.browse(id_ for id_ in records._ids if id_ not in self._before)
        if fresh:
            before = surely(fresh, lambda: standings(fresh), {})
            self._before.update(before)
            self._records |= fresh

    def end(self):
        """Refuse what was done if a promise hinders it.

        :raises PromiseHinders: with words about what is missing
        """
        refuse(self._records, surely(self._records, self._done, {}))

    def _done(self):
        acts, after = {}, standings(self._records)
        for id_, before in self._before.items():
            done = id_ in after and acts_between(before, after[id_])
            if done:
                acts[id_] = done, before.deals | after[id_].deals
        return acts


def watch(records, vals):
    """Look at records before they are written.

    :param records: records of a model on which something is hindered
    :param vals: what will be written
    :return: a :class:`Watch` to be ended afterwards; None if nothing can come of it
    """
    if telling_fields(records).isdisjoint(vals) or not any(records._ids):
        return None
    running = _together.get()
    if running is None:
        return Watch(records)
    key = records.env.cr, records._name
    if key in running:
        running[key].add(records)
    else:
        running[key] = Watch(records)
    return None


@contextmanager
def together():
    """Several writes that are one act: only what comes of them in the end counts.

    A deal is lost by archiving it first and stating the reason afterwards.
    """
    if _together.get() is not None:
        yield
        return
    running = {}
    token = _together.set(running)
    try:
        yield
    finally:
        _together.reset(token)
    for seen in running.values():
        seen.end()


# --- what hinders it ----------------------------------------------------------


def refuse_deletion(records):
    """Refuse to delete records about which something is owed that hinders it.

    :param records: records of one model
    :raises PromiseHinders: with words about what is missing
    """

    acts = {id_: (frozenset({DELETE}), frozenset()) for id_ in records._ids if id_}

    def with_deals():
        found = standings(records)
        return {id_: (done, found[id_].deals) for id_, (done, _d) in acts.items()
                if id_ in found}  # fmt: skip

    if records._name in _DEALS:
        acts = surely(records, with_deals, {})
    refuse(records, acts)


def refuse(records, acts):
    """Refuse acts that open promises hinder.

    :param records: records of one model
    :param acts: {id: (acts, ids of the deals it belongs to)}
    :raises PromiseHinders: with words about what is missing
    """
    nothing = records.env["crm.obligation"].sudo()
    found = surely(records, lambda: hindering(records, acts), nothing)
    if not found:
        return
    # What this very save proves counts, too.
    records.env["crm.changes"]._report_now()
    found = surely(records, lambda: found.filtered(_hinders), nothing)
    if found:
        raise found._refusal(records.env)


def hindering(records, acts):
    """The open promises that hinder acts.

    :param records: records of one model
    :param acts: {id: (acts, ids of the deals it belongs to)}
    :return: crm.obligation records, superuser, the most urgent first
    """
    env = records.env
    obligations = env["crm.obligation"].sudo()
    steps = records._hindered()
    acts = {id_: told for id_, told in acts.items() if steps.keys() & told[0]}
    if not acts:
        return obligations
    rows = _open_about(env, records._name, acts, frozenset().union(*steps.values()))
    ids = {
        obligation_id
        for record_id, obligation_id, step_id in rows
        if any(step_id in steps.get(act, ()) for act in acts[record_id][0])
    }
    return obligations.browse(ids).sorted(lambda o: (o.date_due, o.id))


def _hinders(obligation):
    return obligation.state in ("open", "breached") and not obligation.date_end


def _open_about(env, model, acts, step_ids):
    """Open promises of steps that are about records or their deals.

    What was owed about a deal that was merged into another one hinders that one; and
    the emptied one, too, should somebody have kept it.

    :return: (id of the record, id of the obligation, id of its step) rows
    """
    env["crm.obligation"].flush_model()
    env["crm.obligation.event"].flush_model()
    deals = [(id_, deal) for id_, (_acts, deals) in acts.items() for deal in deals]
    if model == LEAD:
        deals += [(id_, id_) for id_ in acts]
    emptied = [id_ for id_, (done, _deals) in acts.items() if done - {DELETE}]
    parts = [
        SQL(
            "SELECT res_id, id FROM crm_obligation"
            " WHERE res_model = %s AND res_id = ANY(%s)",
            model,
            list(acts),
        )
    ]
    if deals:
        pairs = SQL(
            "(SELECT unnest(%s::int[]) AS record, unnest(%s::int[]) AS deal)",
            [record for record, _deal in deals],
            [deal for _record, deal in deals],
        )
        parts.append(
            SQL(
                "SELECT pair.record, owed.id FROM %s AS pair"
                " JOIN crm_obligation AS owed ON owed.lead_id = pair.deal",
                pairs,
            )
        )
    if emptied and model == LEAD:
        parts.append(
            SQL(
                "SELECT split_part(key, ',', 2)::int, obligation_id"
                " FROM crm_obligation_event WHERE kind = 'moved' AND key = ANY(%s)",
                [f"{model},{id_}" for id_ in emptied],
            )
        )
    return env.execute_query(
        SQL(
            """SELECT near.record, owed.id, owed.step_id
                 FROM (%s) AS near (record, id)
                 JOIN crm_obligation AS owed ON owed.id = near.id
                WHERE owed.date_end IS NULL
                  AND owed.state IN ('open', 'breached')
                  AND owed.step_id = ANY(%s)""",
            SQL(" UNION ").join(parts),
            list(step_ids),
        )
    )


# --- the guard itself ---------------------------------------------------------


def surely(records, work, otherwise):
    """Do the guard's work; if it fails, the person goes through and it is noted.

    :param records: the records that somebody acts on
    :param work: function without arguments
    :param otherwise: what is returned if it fails
    """
    try:
        return work()
    except (psycopg2.Error, ConcurrencyError):
        # The transaction is over; Odoo repeats it or tells the user.
        raise
    except Exception as error:
        _logger.exception("the guard of %s failed", records._name)
        _note(records, error)
        return otherwise


def _note(records, error):
    """Make an incident of it, as far as that is possible."""
    env = records.env(su=True)
    try:
        env.flush_all()
        with env.cr.savepoint(flush=False):
            regulations = env["crm.regulation"]
            book = regulations._book()
            blamed = next(
                rule.regulation_id
                for rule in book.by_regulation.values()
                if any(s.spec.get("enforcement") == BLOCK for s in rule.steps)
                and _reaches(env, rule.res_model, records._name)
            )
            env["crm.regulation.incident"]._record(
                regulations.browse(blamed), records.sudo()[:1], error
            )
    except (psycopg2.OperationalError, psycopg2.InterfaceError, ConcurrencyError):
        raise
    except Exception:  # it must not become the person's trouble after all
        _logger.exception("its incident could not be noted")
