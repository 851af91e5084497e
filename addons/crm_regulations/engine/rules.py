"""What published regulations are about, parsed once and cached in the registry.

A rule is the frozen ``spec`` of a regulation; hundreds that do not apply to what
happened cost no query.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from odoo.fields import Datetime, Domain

from ..core.category_limits import exempt_codes, steps_by_code
from ..core.scope import Scope
from ..core.step import FULFIL, Step
from .facts import KINDS
from .facts.fact import Asked
from .sieve import Sieve

_logger = logging.getLogger(__name__)
# Conditions that are answered from fields alone, so that they cannot break the
# transaction.
_PLAIN = {
    "=", "!=", "<", "<=", ">", ">=", "in", "not in", "like", "ilike", "not like",
    "not ilike", "=like", "=ilike",
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """What a fact must be like to do something to the promises of a step.

    :param number: its place among the step's conditions
    :param role: what it does, see :mod:`core.step`
    :param kind: code of the kind of facts
    :param asked: which facts
    """

    number: int
    role: str
    kind: str
    asked: Asked


@dataclass(frozen=True)
class RuleStep:
    """One step of a rule.

    :param id: id of the crm.regulation.step
    :param spec: its frozen specification
    :param judged: the same for the judge
    :param conditions: what may happen to its promises
    :param by_code: code of a category → the step with its limit and its ladder
    :param exempt: codes of the categories to which it is not owed
    """

    id: int
    spec: dict = field(hash=False)
    judged: Step = field(hash=False)
    conditions: tuple[Condition, ...] = ()
    by_code: dict = field(default_factory=dict, hash=False)
    exempt: frozenset = frozenset()

    def limited(self, segment):
        """The step with the limit and the ladder of a category.

        :param segment: a crm.segment record, or none
        """
        if not self.by_code:
            return self
        return self.by_code.get((segment.code or "").upper(), self)

    def is_owed(self, segment):
        """Whether it is owed to customers of a category.

        :param segment: a crm.segment record, or none
        """
        return not self.exempt or (segment.code or "").upper() not in self.exempt

    @cached_property
    def named_codes(self):
        """The categories of which it says something."""
        return self.exempt.union(self.by_code)

    def asking(self, kinds=None):
        """Its conditions of some kinds.

        :param kinds: codes of kinds of facts; None for all
        """
        return [c for c in self.conditions if kinds is None or c.kind in kinds]

    def role(self, key):
        """Whom a rung of the ladder tells.

        :param key: its key, with what tells it apart after the clock was set back
        """
        name = key.partition("~")[0]
        rungs = {rung["key"]: rung["whom"] for rung in self.spec.get("rungs") or ()}
        return rungs.get(name, "owner")

    def actions(self, moment):
        """The frozen actions of a moment, in order."""
        return [a for a in self.spec.get("actions") or () if a["moment"] == moment]


@dataclass(frozen=True)
class Rule:
    """The scope and the steps of one regulation.

    :param regulation_id: the regulation
    :param company_id: whose records it is about; records of no company are everybody's
    :param owner_id: who owes what nobody else owes, or 0
    :param process: its process
    :param mode: what Odoo does: silent, remind, escalate
    :param res_model: what promises are about
    :param kind: code of the kind of facts that starts it
    :param asked: which facts start it
    :param trigger: what the record must be like
    :param scope: what the counterparty must be like
    :param type_ids: counterparty types, one of them; empty for all
    :param segment_ids: categories, one of them; empty for all
    :param sale_kind_ids: kinds of sale, one of them; empty for all
    :param since: what began earlier starts nothing; None for anything
    :param until: what begins then or later starts nothing; None for anything
    :param is_additional: whether more general rules apply beside it
    :param steps: what is promised
    """

    regulation_id: int
    company_id: int
    owner_id: int
    process: str
    mode: str
    res_model: str
    kind: str
    asked: Asked
    trigger: Domain
    scope: Domain
    type_ids: frozenset
    segment_ids: frozenset
    sale_kind_ids: frozenset
    since: datetime | None
    until: datetime | None
    is_additional: bool
    steps: tuple[RuleStep, ...]

    @classmethod
    def of(cls, regulation, spec=None):
        """The rule of a regulation.

        :param regulation: a crm.regulation record
        :param spec: its specification; the one that was frozen when it was published
            if none is given
        """
        spec = spec or regulation.spec
        company_id = regulation.company_id.id
        kind = KINDS[regulation.trigger_kind]
        trigger = Domain(spec["trigger_domain"])
        wanted = Domain(spec.get("fact_domain") or [])
        settings = {**(spec.get("settings") or {}), **kind.known_of(regulation)}
        if kind.teller(Asked(regulation.res_model)) == regulation.res_model:
            # The record tells it itself, so one filter is as good as the other.
            wanted &= trigger
            trigger = Domain.TRUE
        return cls(
            regulation_id=regulation.id,
            company_id=company_id,
            owner_id=regulation.owner_id.id,
            process=regulation.process,
            mode=regulation.mode,
            res_model=regulation.res_model,
            kind=kind.code,
            asked=Asked(
                regulation.res_model,
                wanted & _of_types(spec),
                tuple(sorted(settings.items())),
                company_id,
            ),
            trigger=trigger,
            scope=Domain(spec["scope_domain"]),
            type_ids=frozenset(spec["type_ids"]),
            segment_ids=frozenset(spec["segment_ids"]),
            sale_kind_ids=frozenset(spec.get("sale_kind_ids") or ()),
            since=Datetime.to_datetime(spec["date_from"]) or None,
            until=regulation.date_until or None,
            is_additional=bool(spec.get("is_additional")),
            steps=tuple(
                _step(regulation.res_model, company_id, step) for step in spec["steps"]
            ),
        )

    @cached_property
    def is_plain(self):
        """Whether it is answered from fields alone."""
        return all(
            condition.operator in _PLAIN
            for domain in (self.asked.domain, self.trigger, self.scope)
            for condition in domain.iter_conditions()
        )

    @cached_property
    def whom(self):
        """What is equal for rules that are about the same records."""
        return (
            self.res_model, self.company_id, self.since, self.until, self.type_ids,
            self.segment_ids, self.sale_kind_ids, repr(list(self.trigger)),
            repr(list(self.scope)),
        )  # fmt: skip

    @cached_property
    def _trigger(self):
        return Sieve(self.trigger)

    @cached_property
    def _scope(self):
        return Sieve(self.scope)

    def step(self, step_id):
        """The step of an id, with the limit of everybody."""
        return next(step for step in self.steps if step.id == step_id)

    @cached_property
    def named_codes(self):
        """Codes of the categories of which some step says something."""
        return frozenset().union(*(step.named_codes for step in self.steps))

    # --- scope ----------------------------------------------------------------

    def is_time(self, instant):
        """Whether what begins at an instant can start it."""
        is_early = self.since is not None and instant < self.since
        is_late = self.until is not None and instant >= self.until
        return not is_early and not is_late

    @cached_property
    def breadth(self):
        """For whom it is, as :class:`~..core.scope.Scope`."""
        others = [] if self.scope.is_true() else [repr(list(self.scope))]
        return Scope(
            self.type_ids, self.segment_ids, self.sale_kind_ids, frozenset(others)
        )

    @cached_property
    def _occasion(self):
        """What is equal for rules of which only the most special one applies."""
        return (
            self.company_id, self.process, self.res_model, self.kind, self.asked,
            repr(list(self.trigger)),
        )  # fmt: skip

    def replaces(self, other):
        """Whether it applies instead of another one wherever it fits.

        :param other: a :class:`Rule`
        """
        return (
            not self.is_additional
            and self._occasion == other._occasion
            and self.breadth.is_narrower(other.breadth)
        )

    def fitting(self, records, subjects):
        """The records that the regulation is about.

        :param records: records of the regulation's model, superuser environment
        :param subjects: a :class:`~.subjects.Subjects`
        """
        if not self.trigger.is_true():
            records = self._trigger.sift(records)
        return self.fitting_counterparty(records, subjects)

    def fitting_counterparty(self, records, subjects):
        """The records whose company and counterparty the regulation is about."""
        records = subjects.of_company(records, self.company_id)
        for name, ids in (
            ("counterparty_type_ids", self.type_ids),
            ("own_segment_ids", self.segment_ids),
        ):
            if ids and records:
                records = subjects.having(records, name, ids)
        if self.sale_kind_ids:
            records = records.filtered(
                lambda r: not self.sale_kind_ids.isdisjoint(sale_kinds(r, subjects).ids)
            )
        if self.scope.is_true() or not records:
            return records
        wanted = self._scope.sift(subjects.partners(records))
        if not wanted:
            return records.browse()
        ids = set(wanted._ids)
        return records.filtered(lambda r: not ids.isdisjoint(subjects.partner(r)._ids))


def sale_kinds(record, subjects):
    """The kinds of sale that a record is about."""
    if "sale_kind_ids" in record._fields:
        return record.sale_kind_ids
    return subjects.lead(record).sale_kind_ids


def _of_types(spec):
    types = spec["interaction_type_ids"]
    return Domain("type_id", "in", types) if types else Domain.TRUE


def _step(model, company_id, spec):
    conditions = tuple(
        Condition(
            number,
            condition["role"],
            condition["kind"],
            Asked(
                condition.get("model") or model,
                Domain(condition["domain"]),
                company_id=company_id,
            ),
        )
        for number, condition in enumerate(conditions_of(spec))
    )
    lines = spec.get("limits") or ()
    step = RuleStep(spec["id"], spec, Step.of(spec), conditions)
    by_code = {
        code: replace(step, judged=judged)
        for code, judged in steps_by_code(
            step.judged, lines, spec.get("rungs") or ()
        ).items()
    }
    return replace(step, by_code=by_code, exempt=exempt_codes(lines))


def conditions_of(spec):
    """The conditions of a frozen step, that of its proof first.

    A step that was published before there were others has only its proof.
    """
    if "conditions" in spec:
        return spec["conditions"]
    if spec["evidence_kind"] not in KINDS:
        return []
    return [
        {
            "role": FULFIL,
            "kind": spec["evidence_kind"],
            "domain": spec["evidence_domain"],
        }
    ]


class Book:
    """All rules in force, and who listens to which model.

    :param rules: rules of the published regulations
    :param kept: rules of retired regulations whose promises are not closed yet
    """

    def __init__(self, rules, kept=()):
        self.rules = tuple(rules)
        self._in_force = {rule.regulation_id: rule for rule in self.rules}
        self._found_neighbours = {}
        self.by_regulation = {r.regulation_id: r for r in (*rules, *kept)}
        self._starting = defaultdict(lambda: defaultdict(list))
        self._listening = defaultdict(lambda: defaultdict(set))
        self._askings = []
        self._dated = defaultdict(set)
        for rule in self.rules:
            kind = KINDS[rule.kind]
            for voice in () if kind.by_time else kind.voices:
                teller = voice.teller(rule.asked)
                self._starting[teller][voice, rule.asked].append(rule)
                self._askings.append((teller, voice, rule.asked))
        for rule in self.by_regulation.values():
            for step in rule.steps:
                if step.spec.get("start_kind") == "date":
                    self._dated[rule.res_model].add(step.spec["start_field"])
                for condition in step.conditions:
                    for voice in KINDS[condition.kind].voices:
                        teller = voice.teller(condition.asked)
                        self._listening[teller][condition.kind, voice].add(step.id)
                        self._askings.append((teller, voice, condition.asked))

    @cached_property
    def _occasions(self):
        """Rules in force by what they must have in common to replace one another."""
        found = defaultdict(list)
        for rule in self.rules:
            found[rule._occasion].append(rule)
        return found

    def replacing(self, rule):
        """The rules in force that apply instead of a rule where they fit."""
        return self._neighbours(rule)[0]

    def replaced_by(self, rule):
        """The rules in force instead of which a rule applies where it fits."""
        return self._neighbours(rule)[1]

    def _neighbours(self, rule):
        """(rules that replace a rule, rules that it replaces), found once."""
        known = self._in_force.get(rule.regulation_id) is rule
        if known and rule.regulation_id in self._found_neighbours:
            return self._found_neighbours[rule.regulation_id]
        alike = self._occasions.get(rule._occasion, ())
        found = (
            tuple(other for other in alike if other.replaces(rule)),
            tuple(other for other in alike if rule.replaces(other)),
        )
        if known:
            self._found_neighbours[rule.regulation_id] = found
        return found

    def published(self, regulation_id):
        """The rule of a regulation if it is in force, else None."""
        return self._in_force.get(regulation_id)

    def starting(self, model):
        """The rules that records of a model may start, by what they ask.

        :return: {(voice of a kind, :class:`~.facts.fact.Asked`): rules}
        """
        return self._starting.get(model, {})

    def listening(self, model):
        """To whose promises a model may do something.

        :return: {(code of the kind, voice): ids of steps}
        """
        return self._listening.get(model, {})

    def dates(self, model):
        """Fields of a model from which promises begin to count."""
        return self._dated.get(model, frozenset())

    def dated(self, model):
        """The rules with a step that begins at a date of a record of a model."""
        return [
            rule
            for rule in self.rules
            if rule.res_model == model
            and any(step.spec.get("start_kind") == "date" for step in rule.steps)
        ]

    def subject_models(self):
        """Names of the models that promises are about."""
        return {rule.res_model for rule in self.by_regulation.values()}

    def created(self):
        """Names of the models whose new records tell something."""
        return {teller for teller, kind, _asked in self._askings if kind.by_creation}

    def watched(self, env):
        """Model → names of the fields whose changes tell something."""
        found = defaultdict(set)
        for teller, kind, asked in self._askings:
            if teller in env:
                found[teller] |= set(kind.watched(env, asked))
        for model, names in self._dated.items():
            found[model] |= names
        return {model: frozenset(names) for model, names in found.items() if names}
