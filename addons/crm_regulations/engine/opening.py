"""From facts to obligations, in batches.

Only the frozen ``spec`` of published regulations is read here, never their editor rows.
Opening the same fact twice, in one process or in two, makes one obligation: the
database has a unique key over step and fact.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass, replace

import psycopg2

from odoo.tools import split_every

from . import bulk
from .facts import KINDS
from .facts.fact import Fact, Touched
from .facts.kind import on_existing
from .guard import guarded
from .making import OF_BEGINNING, OF_SERIES, Rows, all_coming, column
from .rows import case_values
from .rules import Rule
from .subjects import Subjects

_logger = logging.getLogger(__name__)
BATCH = 1000


@dataclass(frozen=True)
class Beginning:
    """A fact that starts the promises of a rule on one record.

    :param rule: the rule
    :param fact: the fact
    :param res_id: id of the record, of the rule's model
    """

    rule: Rule
    fact: Fact
    res_id: int

    @property
    def key(self):
        """Natural name of the beginning: one fact may be about several records."""
        if self.fact.teller == (self.rule.res_model, self.res_id):
            return self.fact.key
        return f"{self.fact.key}@{self.res_id}"


def open_told(env, model, created, changes):
    """Open what published regulations promise for what has just happened.

    A regulation that fails becomes an incident and hinders neither the others nor the
    person who saves.

    :param env: superuser environment
    :param model: name of the model whose records tell it
    :param created: ids of new records, some may be deleted already
    :param changes: {id: {field: old value}} of changed ones
    :return: crm.obligation records that were opened
    """
    beginnings, subjects = [], Subjects(env)
    records = env[model].browse([*created, *changes])
    questions = env["crm.regulation"]._book().starting(model)
    for (voice, asked), rules in questions.items():

        def begin(some, voice=voice, asked=asked):
            facts = voice.told(env, asked, created, changes)
            return _beginnings(env, some, facts, subjects) if facts else []

        beginnings += _survived(records, rules, begin)
    return open_all(env, beginnings)


def open_facts(env, rule, facts):
    """Open the obligations of one rule for given facts.

    :param env: superuser environment
    :param rule: a :class:`~.rules.Rule`
    :param facts: list of facts
    :return: crm.obligation records that were opened
    """
    beginnings = []
    for part in split_every(BATCH, facts):
        beginnings += beginnings_of(env, rule, part)
    return open_all(env, beginnings)


def _beginnings(env, rules, facts, subjects):
    """What facts begin of what rules are about; those about the same are asked once."""
    alike = defaultdict(list)
    for rule in rules:
        alike[rule.whom].append(rule)
    return [
        beginning
        for some in alike.values()
        if (found := _found(env, some[0], facts, subjects))
        for rule in some
        for beginning in _left_to(env, rule, found, subjects)
    ]


def beginnings_of(env, rule, facts, subjects=None, any_trigger=False):
    """What facts begin of what a rule is about.

    :param env: superuser environment
    :param rule: a :class:`~.rules.Rule`
    :param facts: facts of its kind
    :param subjects: what other rules have found out of the same records
    :param any_trigger: whether only the counterparty must fit
    :return: list of :class:`Beginning`
    """
    subjects = subjects or Subjects(env)
    found = _found(env, rule, facts, subjects, any_trigger)
    if any_trigger:
        # Whoever starts it by hand means this one.
        return [Beginning(rule, fact, id_) for fact, id_ in found]
    return _left_to(env, rule, found, subjects)


def _found(env, rule, facts, subjects, any_trigger=False):
    """Facts of what a rule is about, with the ids of the records; see above."""
    found = [
        (fact, res_id)
        for fact in facts
        if rule.is_time(fact.begin)
        for res_id in fact.subject_ids(rule.res_model)
    ]
    if not found:
        return []
    records = env[rule.res_model].browse(dict.fromkeys(id_ for _fact, id_ in found))
    fits = rule.fitting_counterparty if any_trigger else rule.fitting
    fitting = on_existing(records, lambda some: fits(some, subjects))
    if not fitting:
        return []
    there = set(subjects.there(fitting)._ids)
    return [(fact, id_) for fact, id_ in found if id_ in there]


def _left_to(env, rule, found, subjects):
    """What begins of a rule where no more special one takes its place.

    :param found: (fact, id of the record) pairs of what the rule is about
    :return: list of :class:`Beginning`
    """
    for other in env["crm.regulation"]._book().replacing(rule):
        records = env[rule.res_model].browse(dict.fromkeys(id_ for _fact, id_ in found))
        taken = set(other.fitting_counterparty(records, subjects)._ids)
        found = [
            (fact, id_)
            for fact, id_ in found
            if id_ not in taken or not other.is_time(fact.begin)
        ]
    return [Beginning(rule, fact, id_) for fact, id_ in found]


def open_all(env, beginnings):
    """Open the obligations of beginnings, each batch all or nothing.

    :param env: superuser environment
    :param beginnings: list of :class:`Beginning`
    :return: crm.obligation records that were opened
    """
    opened = env["crm.obligation"]
    for part in split_every(BATCH, beginnings, list):
        for done in guarded(env, part, lambda some: _open(env, some), _blame(env)):
            opened |= done
    return opened


def open_series(env, rows):
    """Open obligations that follow earlier ones of the same series.

    :param env: superuser environment
    :param rows: (earlier obligation, :class:`~..core.case.Case`, alarms) triples
    :return: crm.obligation records that were opened
    """
    values = []
    for earlier, case, coming in rows:
        coming = sorted(all_coming(earlier.mode, case, coming))
        values.append(
            {
                **{name: column(earlier, name) for name in OF_SERIES},
                **case_values(case, coming),
                "date_fact": case.since,
                "date_begun": case.start,
            }
        )
    return _insert(env, values)


def open_missed(env, rule, obligations):
    """Open what began while an earlier promise on the same record was running.

    Its end was heard of late: what the customer wrote after it is a new beginning.

    :param env: superuser environment
    :param rule: their rule
    :param obligations: promises that have ended
    """
    kind = KINDS[rule.kind]
    touched = Touched()
    for obligation in obligations:
        touched.add(
            [(obligation.res_model, obligation.res_id)],
            obligation.commercial_partner_id.ids,
        )
    ends = {o.res_id: o.date_end for o in obligations}
    asked = replace(rule.asked, start=min(ends.values()), touched=touched)
    beginnings = beginnings_of(env, rule, kind.recounted(env, asked))
    missed = [b for b in beginnings if b.fact.begin > ends.get(b.res_id, b.fact.begin)]
    return open_all(env, missed)


def open_after(env, rule, step, ends):
    """Open the steps that begin when another one has ended.

    :param env: superuser environment
    :param rule: their rule
    :param step: the step that has ended
    :param ends: {obligation: when it ended}
    :return: crm.obligation records that were opened
    """
    after = followers(rule, step)
    if not after or not ends:
        return env["crm.obligation"]
    rows = []
    for company, some in (
        env["crm.obligation"].union(*ends).grouped("company_id").items()
    ):
        maker = Rows(env, company)
        for obligation in some:
            common = {name: column(obligation, name) for name in OF_BEGINNING}
            key, end = obligation.fact_key, ends[obligation]
            rows += [maker.after(common, key, rule, next_, end) for next_ in after]
    return _insert(env, [row for row in rows if row])


def followers(rule, step):
    """The steps of a rule that begin when one of them has ended."""
    return [
        follower
        for follower in rule.steps
        if follower.spec.get("start_kind") == "step"
        and follower.spec["start_step"] == step.spec["code"]
    ]


def _survived(records, rules, begin):
    """What rules make of records; of one that fails nothing, and an incident.

    :param records: the records that tell
    :param rules: rules that ask the same
    :param begin: function of some of the rules
    :return: list of :class:`Beginning`
    """
    env = records.env
    if all(rule.is_plain for rule in rules):
        try:
            return begin(rules)
        except psycopg2.Error:
            raise
        except Exception as error:
            # Which one it is comes out below.
            _logger.debug("regulations %s: %s", rules, error)

    def blame(rule):
        return env["crm.regulation"].browse(rule.regulation_id), records[:1]

    return [
        beginning for part in guarded(env, rules, begin, blame) for beginning in part
    ]


def _blame(env):
    def blame(beginning):
        rule = beginning.rule
        regulation = env["crm.regulation"].browse(rule.regulation_id)
        return regulation, env[rule.res_model].browse(beginning.res_id)

    return blame


def _open(env, beginnings):
    rows = []
    by_company = defaultdict(list)
    for beginning in beginnings:
        by_company[beginning.rule.company_id].append(beginning)
    for company_id, some in by_company.items():
        rows += Rows(env, env["res.company"].browse(company_id)).of(some)
    return _insert(env, rows)


def _insert(env, rows):
    """Insert the rows that are not there yet, and do what follows from each."""
    found = bulk.insert(env, "crm.obligation", rows, ("id", "step_id", "fact_key"))
    # Of rows with the same key the first is the one that was inserted.
    by_key = {(row["step_id"], row["fact_key"]): row for row in reversed(rows)}
    opened = {id_: by_key[step_id, key] for id_, step_id, key in found}
    obligations = env["crm.obligation"]
    obligations._after_opening(opened)
    return obligations.browse(opened)
