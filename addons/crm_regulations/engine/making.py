"""From beginnings to the rows of obligations: who owes what by when.

Nothing is written here, so a trial on the past makes the very rows that opening does.
"""

from collections import defaultdict
from dataclasses import dataclass

from odoo.models import BaseModel

from ..core.case import Heard
from ..core.judge import alarms, judge
from ..core.step import AGAIN, FIRST, NEXT, RHYTHM, START, shifted
from .clocks import Clocks
from .duties import Duties
from .facts.days import begin, zone
from .presence import Presence
from .rows import BEGINS, REMINDED, case_values, triples
from .rules import Rule, RuleStep, sale_kinds
from .subjects import Subjects

# Records that tell of a talk, so that whoever handles them is the one who talked.
TALKS = frozenset({"calendar.event", "crm.interaction"})
# What a promise has from the fact that began it, and what it shares with its series.
OF_BEGINNING = (
    "regulation_id", "process", "mode", "company_id", "res_model", "res_id",
    "res_name", "lead_id", "partner_id", "commercial_partner_id", "segment_id",
    "territory_id", "sale_kind_id", "fact_model", "fact_res_id", "fact_note",
)  # fmt: skip
OF_SERIES = (
    *OF_BEGINNING, "step_id", "user_id", "absent_user_id", "calendar_id",
    "evidence_kind", "serial_key", "series_key", "series_start",
)  # fmt: skip

_OF_PARTNER = ("commercial_partner_id", "territory_id", "user_id")


@dataclass(slots=True)
class Owed:
    """What is owed on a record, before the judge has said anything of it.

    :param rule: whose step it is
    :param record: the record
    :param step: the step with the limit of the category
    :param start: what begins it
    :param calendar: by whose hours it counts, or none
    :param columns: columns of its row that do not depend on the verdict
    """

    rule: Rule
    record: BaseModel
    step: RuleStep
    start: Heard
    calendar: BaseModel
    columns: dict


@dataclass(slots=True)
class _Matter:
    """What all promises about a record have in common, whatever the rule.

    :param columns: columns of their rows
    :param partner: the counterparty, or none
    :param segments: categories of the customer in the company
    :param handler: who handles the record, or nobody
    :param salesperson: the salesperson of the lead or the customer, or nobody
    """

    columns: dict
    partner: BaseModel
    segments: BaseModel
    handler: BaseModel
    salesperson: BaseModel


class Rows:
    """Makes the rows of obligations of one company."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.clocks = Clocks(env, company, is_quick=True)
        self.subjects = Subjects(env)
        self.duties = Duties(env, company)
        self._matters = {}
        self.presence = Presence(env)
        self._talkers = {}
        self._owing = {}

    def of(self, beginnings):
        """One row for each beginning and step that begins with it."""
        return [
            {**self._filed(owed), **self._row(owed)} for owed in self.owed(beginnings)
        ]

    def owed(self, beginnings):
        """The same for who judges by himself and files nothing.

        :return: list of :class:`Owed`
        """
        by_model = defaultdict(list)
        for beginning in beginnings:
            by_model[beginning.rule.res_model].append(beginning)
        self._meet({b.fact.teller for b in beginnings if b.fact.teller[0] in TALKS
                    and b.fact.res_model != b.rule.res_model})  # fmt: skip
        found = []
        for model, some in by_model.items():
            # One recordset, so that what is read of one record is read of all.
            records = self.env[model].browse(b.res_id for b in some)
            self._read(records)
            for beginning, record in zip(some, records, strict=True):
                common = self._common(beginning, record)
                for step in beginning.rule.steps:
                    start = self._start(step, beginning, record)
                    if start and self.is_owed(step, common):
                        found.append(
                            self._owed(common, step, start, beginning.rule, record)
                        )
        return found

    def is_owed(self, step, row):
        """Whether a step is owed to the category of a row."""
        return not step.named_codes or step.is_owed(self._segment(row))

    def category(self, rule, record):
        """The category of the customer of a record that a rule goes by."""
        return _category(self._matter(record).segments, rule)

    def _segment(self, row):
        return self.env["crm.segment"].browse(row["segment_id"] or [])

    def after(self, before, key, rule, step, end):
        """The row of a step that begins at the end of another one's promise.

        :param before: the columns of that promise
        :param key: its natural name
        :return: columns; None if the record is gone or nothing is owed to its category
        """
        owed = self.owed_after(before, key, rule, step, end)
        return owed and self._row(owed)

    def owed_after(self, before, key, rule, step, end):
        """The same as an :class:`Owed`, or None."""
        if not self.is_owed(step, before):
            return None
        record = self.env[before["res_model"]].browse(before["res_id"]).exists()
        if not record:
            return None
        # What was only owed was never filed.
        common = {name: before[name] for name in OF_BEGINNING if name in before}
        return self._owed(common, step, Heard(end, START, key), rule, record)

    def _common(self, beginning, record):
        """What the obligations of all steps share."""
        rule, fact = beginning.rule, beginning.fact
        matter = self._matter(record)
        return {
            **matter.columns,
            "regulation_id": rule.regulation_id,
            "process": rule.process,
            "mode": rule.mode,
            "company_id": rule.company_id,
            "segment_id": _category(matter.segments, rule).id or None,
            "fact_model": fact.res_model,
            "fact_res_id": fact.res_id,
            "fact_note": fact.note or None,
        }

    def _matter(self, record):
        key = record._name, record.id
        if key not in self._matters:
            self._matters[key] = self._read_matter(record)
        return self._matters[key]

    def _read(self, records):
        """Read of records and counterparties what will be asked one by one."""
        self.subjects.prefetch(records)
        partners = self.subjects.partners(records)
        partners.fetch(_OF_PARTNER)
        (partners.commercial_partner_id - partners).fetch(_OF_PARTNER)

    def _read_matter(self, record):
        partner = self.subjects.partner(record)
        company = partner.commercial_partner_id
        lead = self.subjects.lead(record)
        segments = company.own_segment_ids
        return _Matter(
            columns={
                "res_model": record._name,
                "res_id": record.id,
                "res_name": _name(record),
                "lead_id": lead.id or None,
                "partner_id": partner.id or None,
                "commercial_partner_id": company.id or None,
            },
            partner=partner,
            segments=segments
            and segments.filtered(lambda s: s.company_id == self.company),
            handler=self.subjects.user(record),
            salesperson=lead.user_id or partner.user_id or company.user_id,
        )

    def _owed(self, common, step, start, rule, record):
        if step.named_codes:
            step = step.limited(self._segment(common))
        debtor, user = self._responsible(step, rule, record, common, start)
        calendar = self.clocks.calendar(step, user)
        one_at_a_time = step.judged.recurrence in (NEXT, AGAIN)
        columns = {
            **common,
            "step_id": step.id,
            "serial_key": f"{record._name},{record.id}" if one_at_a_time else None,
            "user_id": user.id or None,
            "absent_user_id": debtor.id if debtor.id != user.id else None,
            "calendar_id": calendar.id or None,
            "evidence_kind": step.spec["evidence_kind"],
            "fact_key": start.key,
            "date_fact": start.begin,
            "date_start": start.date,
        }
        return Owed(rule, record, step, start, calendar, columns)

    def _filed(self, owed):
        """Columns that nothing is decided by, only looked for and counted."""
        kinds = sale_kinds(owed.record, self.subjects)._ids
        partner = self._matter(owed.record).partner
        territory = partner.territory_id or partner.commercial_partner_id.territory_id
        return {
            "territory_id": territory.id or None,
            "sale_kind_id": _preferred(kinds, owed.rule.sale_kind_ids),
        }

    def _row(self, owed):
        """The columns of what is owed, with what the judge says at its beginning."""
        case, coming = self._begun(owed.step, owed.calendar, owed.start)
        coming = all_coming(owed.columns["mode"], case, coming)
        is_series = owed.step.judged.recurrence in (AGAIN, RHYTHM)
        return {
            **owed.columns,
            **case_values(case, sorted(coming)),
            "series_key": case.key if is_series else None,
            "series_start": case.start if is_series else None,
            "date_fact": case.since,
            "date_begun": case.start,
        }

    def _begun(self, step, calendar, start):
        """The promise at its very beginning, and what comes of it by itself."""

        def begun(clock):
            (case,) = judge(step.judged, [start], clock, start.begin)
            coming = triples(alarms(step.judged, case, clock))
            if step.judged.recurrence == RHYTHM:
                after = step.judged.every.times(case.start, 1, clock.zone)
                coming.append((after, BEGINS, ""))
            return case, coming

        return self.clocks.judged(step, calendar, start.begin, begun)

    def _start(self, step, beginning, record):
        """What begins a step; None if something else must happen first."""
        kind, fact = step.spec.get("start_kind", "trigger"), beginning.fact
        key = step_key(step, beginning)
        if kind == "trigger":
            return Heard(fact.date, START, key, fact.begin)
        if kind == "date":
            date = date_of(record, step.spec["start_field"], self.company)
            if date:
                offset = step.spec["start_offset"], step.spec["start_offset_unit"]
                return Heard(shifted(date, *offset), START, key)
        return None

    # --- who owes it ----------------------------------------------------------

    def _responsible(self, step, rule, record, common, start):
        """Who owes a step on a record; few people owe many promises.

        :return: that person, and who does the work while that person is away
        """
        matter = self._matter(record)
        handler = self._talker(common) or matter.handler
        salesperson = matter.salesperson
        duty = ()
        if step.spec["responsible_kind"] == "duty":
            duty = self.duties.users(rule, start.date)._ids
        key = step.id, handler._ids, salesperson._ids, duty
        if key not in self._owing:
            self._owing[key] = self._find_responsible(step, rule, *key[1:])
        return self._owing[key]

    def _find_responsible(self, step, rule, handler, salesperson, duty):
        """Who owes it: as the step says, else the first of those who come after.

        All are given as tuples of ids of users.
        """
        users = self.env["res.users"]
        fixed = users.browse(step.spec["responsible_user_id"] or [])
        owner = users.browse(rule.owner_id or [])
        first = {
            "handler": handler,
            "salesperson": salesperson,
            "fixed": fixed._ids,
            "owner": owner._ids,
            "duty": duty,
        }[step.spec["responsible_kind"]]
        candidates = users.browse(
            (*first, *fixed._ids, *salesperson, *handler, *owner._ids)
        )
        debtor = next((user for user in candidates if self.can_owe(user)), users)
        return debtor, self.presence.stand_in(debtor, self.company, owner)

    def _talker(self, common):
        """Who talked to the customer, if the promise begins with a talk."""
        teller = common["fact_model"], common["fact_res_id"]
        if teller[0] not in TALKS or teller == (common["res_model"], common["res_id"]):
            return self.env["res.users"]
        if teller not in self._talkers:
            self._meet([teller])
        return self._talkers[teller]

    def _meet(self, tellers):
        """Read who handles the talks that tell.

        :param tellers: (model, id) of records, some may be gone
        """
        nobody = self.env["res.users"]
        self._talkers.update(dict.fromkeys(tellers, nobody))
        for model in TALKS:
            talks = self.env[model].browse(i for name, i in tellers if name == model)
            for talk in talks.exists() if talks else ():
                self._talkers[model, talk.id] = self.subjects.user(talk)

    def can_owe(self, user):
        """Whether somebody can be owing in the company."""
        return self.presence.able(user, self.company)


def step_key(step, beginning):
    """The natural name of what a beginning begins of a step."""
    if step.judged.recurrence in (FIRST, RHYTHM):
        # The first one of a record is the only one.
        return f"first:{beginning.rule.res_model},{beginning.res_id}"
    return beginning.key


def date_of(record, name, company):
    """The instant of a date field of a record; a day begins in the company's zone.

    :return: naive UTC instant, or None if the field is empty
    """
    value = record[name]
    if not value:
        return None
    if record._fields[name].type == "datetime":
        return value
    return begin(value, zone(company))


def _category(segments, rule):
    """The category that counts: one that the rule names, else the first there is."""
    if not segments:
        return segments
    by_id = segments.filtered(lambda s: s.id in rule.segment_ids)
    if by_id or not rule.named_codes:
        return (by_id or segments)[:1]
    by_code = segments.filtered(lambda s: (s.code or "").upper() in rule.named_codes)
    return (by_code or segments)[:1]


def _preferred(ids, wanted):
    """One of the wanted ids, else the first there is, else None."""
    return next((id_ for id_ in ids if id_ in wanted), ids[0] if ids else None)


def all_coming(mode, case, coming):
    """What comes by itself, and that whoever owes it is told at its beginning.

    :param coming: (instant, kind, key) triples
    """
    return [*coming, *([] if mode == "silent" else [(case.since, REMINDED, "")])]


def column(record, name):
    value = record[name]
    return (value.id if hasattr(value, "ids") else value) or None


def _name(record):
    """What the record is called, without what is shown beside it anyway."""
    name = record._rec_name and record[record._rec_name]
    # Some records are named after another one.
    return (isinstance(name, str) and name) or record.display_name
