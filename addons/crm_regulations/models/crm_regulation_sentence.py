from ast import literal_eval

from odoo import api, fields, models
from odoo.tools import LazyTranslate
from odoo.tools.misc import get_lang

from ..core.category_limits import codes_of
from ..core.plural import is_single
from ..core.step import FULFIL

_lt = LazyTranslate(__name__)

# A limit in words: for one, for several. After the words, Russian and Ukrainian have
# the genitive, which is the same for 2 and 5.
_WITHIN = {
    "minute": (
        _lt("within %(number)s working minute"),
        _lt("within %(number)s working minutes"),
    ),
    "hour": (
        _lt("within %(number)s hour by the clock"),
        _lt("within %(number)s hours by the clock"),
    ),
    "work_hour": (
        _lt("within %(number)s working hour"),
        _lt("within %(number)s working hours"),
    ),
    "work_day": (
        _lt("within %(number)s working day"),
        _lt("within %(number)s working days"),
    ),
    "day": (
        _lt("within %(number)s calendar day"),
        _lt("within %(number)s calendar days"),
    ),
}
_AFTER = {
    "minute": (
        _lt("%(number)s working minute late %(whom)s is told"),
        _lt("%(number)s working minutes late %(whom)s is told"),
    ),
    "hour": (
        _lt("%(number)s hour late %(whom)s is told"),
        _lt("%(number)s hours late %(whom)s is told"),
    ),
    "work_hour": (
        _lt("%(number)s working hour late %(whom)s is told"),
        _lt("%(number)s working hours late %(whom)s is told"),
    ),
    "work_day": (
        _lt("%(number)s working day late %(whom)s is told"),
        _lt("%(number)s working days late %(whom)s is told"),
    ),
    "day": (
        _lt("%(number)s calendar day late %(whom)s is told"),
        _lt("%(number)s calendar days late %(whom)s is told"),
    ),
}

# Shipped counterparty types; one that was renamed is said by its name.
_TYPES = {
    "client": _lt("a client"),
    "dealer": _lt("a dealer"),
    "supplier": _lt("a supplier"),
    "subcontractor": _lt("a subcontractor"),
    "competitor": _lt("a competitor"),
    "clinic": _lt("a clinic"),
    "pharmacy": _lt("a pharmacy"),
    "doctor": _lt("a doctor"),
}

# What a counterparty does in an interaction of a shipped type.
_DOES = {
    "call": _lt("talks to us on the phone"),
    "meeting": _lt("meets with us"),
    "visit": _lt("is visited by us"),
    "email": _lt("exchanges e-mails with us"),
    "materials_request": _lt("asks for materials"),
    "service_request": _lt("asks for service"),
    "complaint": _lt("complains"),
}

# What starts a regulation: something that a counterparty does or gets.
_DEED = {
    "message_in": _lt("When %(whom)s writes to us"),
    "message_out": _lt("When %(whom)s gets a message from us"),
    "call_missed": _lt("When %(whom)s calls and nobody answers"),
    "document_paid": _lt("When %(whom)s pays an invoice"),
    "document_overdue": _lt("When %(whom)s does not pay an invoice in time"),
    "purchase_late": _lt("When %(whom)s does not buy for longer than usual"),
    "survey_answered": _lt("When %(whom)s answers a questionnaire"),
    "mailing_sent": _lt("When %(whom)s gets a mailing"),
}
# Or something that happens; with whom is said in brackets, if not with just anybody.
_EVENT = {
    "meeting_held": _lt("When a meeting was held"),
    "deal_won": _lt("When a deal is won"),
    "deal_lost": _lt("When a deal is lost or refused"),
    "order_confirmed": _lt("When an order is confirmed"),
    "contract_completed": _lt("When a contract is completed"),
    "in_force": _lt("When this has come into force"),
    "mailing_bounced": _lt("When a mailing comes back"),
}
# The same, where the kind of record must be said, too.
_RECORD_EVENT = {
    "activity_done": _lt("When an activity was done"),
    "created": _lt("When a new record appears"),
    "field_set": _lt("When a record comes to fit the filter"),
    "date_reached": _lt("When a date of the record has come"),
}

# Who owes it, what, within how long.
_DUTY = {
    "handler": _lt("whoever talked to the customer must %(do)s %(within)s"),
    "salesperson": _lt("the salesperson must %(do)s %(within)s"),
    "fixed": _lt("%(who)s must %(do)s %(within)s"),
    "owner": _lt("the owner of the regulation must %(do)s %(within)s"),
}

_PROOF = {
    "interaction": _lt("a logged interaction"),
    "message_in": _lt("a message from the customer"),
    "message_out": _lt("an outgoing message"),
    "meeting_held": _lt("a meeting that was held"),
    "activity_done": _lt("an activity that was done"),
    "created": _lt("a new record"),
    "field_set": _lt("the record fits a filter"),
    "deal_won": _lt("a won deal"),
    "deal_lost": _lt("a lost deal"),
    "order_confirmed": _lt("a confirmed order"),
    "contract_completed": _lt("a completed contract"),
    "document_paid": _lt("a paid invoice"),
    "survey_answered": _lt("an answered questionnaire"),
    "mailing_sent": _lt("a delivered mailing"),
    "manual": _lt("a person's word"),
}
# Filters of outgoing messages that have words of their own, without their signs.
_ATTACHED = ("attachment_ids", "!=", False)
_LINKED = ("body", "ilike", "href=")
_LETTERS = {
    frozenset({_ATTACHED, _LINKED}): _lt(
        "an outgoing e-mail with an attachment or link"
    ),
    frozenset({_ATTACHED}): _lt("an outgoing e-mail with an attachment"),
}

_WHOM = {
    "responsible": _lt("the responsible person"),
    "deputy": _lt("the deputy"),
    "team_leader": _lt("the team leader"),
    "department_manager": _lt("the head of the department"),
    "next_manager": _lt("the next manager above"),
    "owner": _lt("the owner of the regulation"),
    "coordinator": _lt("the CRM coordinator"),
}


def _lower_first(text):
    """A title inside a sentence; abbreviations stay."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


class CrmRegulationSentence(models.AbstractModel):
    """What sentences are made of."""

    _name = "crm.regulation.sentence"
    _description = "Regulations in Words"

    def _say(self, pattern, **words):
        """A pattern in the reader's language, with its words put in."""
        return self.env._(pattern) % words  # pylint: disable=translation-not-lazy

    def _say_number(self, patterns, number, **words):
        """The pattern for one or for several.

        :param patterns: for one, for several
        """
        lang = get_lang(self.env)
        text = f"{number:g}".replace(".", lang.decimal_point)
        one, several = patterns
        pattern = one if is_single(number, lang.code) else several
        return self._say(pattern, number=text, **words)

    def _say_limit(self, record):
        """“within 2 working hours”.

        :param record: a record with ``limit_value`` and ``limit_unit``
        """
        value, unit = record.limit_value, record.limit_unit
        if unit not in _WITHIN:
            return f"{value:g} {record._label('limit_unit')}"
        return self._say_number(_WITHIN[unit], value)

    def _say_or(self, texts):
        """“a client, a dealer or a clinic”."""
        *first, last = texts
        if not first:
            return last
        return self.env._("%(first)s or %(last)s", first=", ".join(first), last=last)

    def _label(self, field):
        """The chosen value of a selection as people see it."""
        names = dict(self._fields[field]._description_selection(self.env))
        return names.get(self[field], self[field] or "")


class CrmRegulationStep(models.Model):
    """A step in words: short for who owes it, complete for the document."""

    _name = "crm.regulation.step"
    _inherit = ["crm.regulation.step", "crm.regulation.sentence"]

    sentence_full = fields.Text(
        string="In words",
        compute="_compute_sentence_full",
        help="Who does what by when, what proves it, and who is told.",
    )

    @api.depends(
        "name", "limit_value", "limit_unit", "ends_with_day", "limit_ids.segment_codes",
        "limit_ids.is_owed", "limit_ids.limit_value", "limit_ids.limit_unit",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sentence(self):
        for step in self:
            step.limit_text = step._sentence_limit()
            step.sentence = step.env._(
                "%(what)s %(within)s", what=step.name or "…", within=step.limit_text
            )

    @api.depends(
        "sentence", "responsible_kind", "responsible_user_id.name", "start_kind",
        "start_step_id.name", "start_field", "evidence_kind", "evidence_domain",
        "condition_ids.role", "condition_ids.kind", "warn_percent", "rung_ids.basis",
        "rung_ids.value", "rung_ids.unit", "rung_ids.whom", "rung_ids.sequence",
        "rung_ids.segment_codes",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sentence_full(self):
        for step in self:
            step.sentence_full = "; ".join(filter(None, step._sentence_clauses()))

    def _sentence_limit(self):
        others = self.limit_ids.sorted("sequence").mapped("sentence")
        return ", ".join([self._sentence_within(), *others])

    def _sentence_limit_of(self, segment):
        """The limit of a category alone.

        :param segment: a crm.segment record, or none
        """
        code = (segment.code or "").upper()
        for line in self.limit_ids:
            if line.is_owed and code in codes_of(line.segment_codes):
                return line._say_limit(line)
        return self._sentence_within()

    def _sentence_within(self):
        """The limit of everybody."""
        within = self._say_limit(self)
        if self.ends_with_day and self.limit_unit == "work_day":
            return self.env._("%(within)s, until the end of the day", within=within)
        return within

    def _sentence_clauses(self):
        """What the complete sentence says, one thing after the other."""
        yield self._sentence_duty()
        yield self._sentence_start()
        yield self.env._("proof: %(proof)s", proof=self._sentence_proof())
        yield from self._sentence_warnings()

    def _sentence_warnings(self):
        """Who is reminded or told, and when."""
        if self.warn_percent:
            yield self.env._("at %(percent)s %% a reminder", percent=self.warn_percent)
        for rung in self.rung_ids.sorted("sequence"):
            yield rung._sentence()

    def _sentence_duty(self):
        kind, person = self.responsible_kind, self.responsible_user_id
        words = {"do": _lower_first(self.name or "…"), "within": self.limit_text}
        if kind == "fixed" and not person:
            kind = ""
        if kind in _DUTY:
            return self._say(_DUTY[kind], who=person.name, **words)
        return self.env._(
            "%(who)s: %(do)s %(within)s",
            who=_lower_first(self._label("responsible_kind")),
            **words,
        )

    def _sentence_start(self):
        if self.start_kind == "step" and self.start_step_id:
            return self.env._(
                "the time counts from when “%(step)s” was done",
                step=self.start_step_id.name,
            )
        if self.start_kind == "date" and self.start_field:
            return self.env._(
                "the time counts from a date of the record (%(field)s)",
                field=self.start_field,
            )
        return ""

    def _sentence_proof(self):
        kinds = [(self.evidence_kind, self.evidence_domain)]
        kinds += [(c.kind, c.domain) for c in self.condition_ids if c.role == FULFIL]
        said = [self._sentence_of_proof(*kind) for kind in kinds]
        return self._say_or(list(dict.fromkeys(said)))

    def _sentence_of_proof(self, kind, text):
        terms = _terms(text)
        if kind == "message_out" and terms in _LETTERS:
            return self.env._(_LETTERS[terms])
        names = dict(self.env["crm.regulation"]._selection_kind())
        proof = (
            self.env._(_PROOF[kind])
            if kind in _PROOF
            else _lower_first(names.get(kind, kind or "…"))
        )
        if not terms or kind in ("manual", "field_set"):
            return proof
        return self.env._("%(proof)s that fits the filter", proof=proof)


def _terms(text):
    """The comparisons of a filter; empty if there are none."""
    try:
        parsed = literal_eval(text or "[]")
        return frozenset(tuple(term) for term in parsed if not isinstance(term, str))
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        # Comparisons with lists, and what is no filter yet.
        return frozenset({text})


class CrmRegulationStepLimit(models.Model):
    """A limit of some categories in words."""

    _name = "crm.regulation.step.limit"
    _inherit = ["crm.regulation.step.limit", "crm.regulation.sentence"]

    sentence = fields.Char(compute="_compute_sentence")

    @api.depends("segment_codes", "is_owed", "limit_value", "limit_unit")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for line in self:
            codes = self._say_or(list(codes_of(line.segment_codes or "…")))
            if line.is_owed:
                within = self._say_limit(line)
                text = line.env._(
                    "for %(codes)s %(within)s", codes=codes, within=within
                )
            else:
                text = line.env._("not for %(codes)s", codes=codes)
            line.sentence = text


class CrmRegulationRung(models.Model):
    _name = "crm.regulation.rung"
    _inherit = ["crm.regulation.rung", "crm.regulation.sentence"]

    def _sentence(self):
        """“4 working hours late the team leader is told”."""
        codes = codes_of(self.segment_codes or "")
        if not codes:
            return self._sentence_told()
        return self.env._(
            "for %(codes)s: %(told)s",
            codes=", ".join(codes),
            told=self._sentence_told(),
        )

    def _sentence_told(self):
        whom = (
            self.env._(_WHOM[self.whom])
            if self.whom in _WHOM
            else _lower_first(self._label("whom"))
        )
        if self.basis == "percent":
            return self.env._(
                "at %(percent)s %% %(whom)s is told",
                percent=f"{self.value:g}",
                whom=whom,
            )
        if not self.value or self.unit not in _AFTER:
            return self.env._("as soon as it is late %(whom)s is told", whom=whom)
        return self._say_number(_AFTER[self.unit], self.value, whom=whom)


class CrmRegulation(models.Model):
    """The whole regulation as a person would say it."""

    _name = "crm.regulation"
    _inherit = ["crm.regulation", "crm.regulation.sentence"]

    @api.depends(
        "trigger_kind", "res_model", "interaction_type_ids.name", "segment_ids.code",
        "counterparty_type_ids.name", "sale_kind_ids.name", "trigger_domain",
        "scope_domain", "fact_domain", "step_ids.sentence_full", "step_ids.sequence",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sentence(self):
        for regulation in self:
            when = regulation._sentence_when()
            steps = regulation.step_ids.mapped("sentence_full")
            if len(steps) == 1:
                regulation.sentence = regulation.env._(
                    "%(when)s, %(duty)s.", when=when, duty=steps[0]
                )
            else:
                lines = [f"• {step}." for step in steps]
                regulation.sentence = "\n".join([f"{when}:", *lines])

    def _sentence_when(self):
        when = self._sentence_fact()
        filters = (self.trigger_domain, self.fact_domain, self.scope_domain)
        if any(_terms(text) for text in filters):
            return self.env._("%(when)s and further conditions are met", when=when)
        return when

    def _sentence_fact(self):
        kind = self.trigger_kind
        if kind == "interaction":
            return self._sentence_interaction()
        if kind in _DEED:
            return self._say(_DEED[kind], whom=self._sentence_whom())
        if kind in _EVENT:
            return self._sentence_aside(self.env._(_EVENT[kind]))
        record = dict(self._selection_res_model()).get(self.res_model)
        if kind in _RECORD_EVENT:
            event = self.env._(_RECORD_EVENT[kind])
        else:
            fact = dict(self._selection_kind()).get(kind, "…")
            event = self.env._("When this happens: %(fact)s", fact=_lower_first(fact))
        return self._sentence_aside(event, record or self.res_model or "…")

    def _sentence_interaction(self):
        types = self.interaction_type_ids
        whom = self._sentence_whom()
        if not types:
            return self.env._("When %(whom)s is in touch with us", whom=whom)
        if all(type_.code in _DOES for type_ in types):
            does = self._say_or([self.env._(_DOES[type_.code]) for type_ in types])
            return self.env._("When %(whom)s %(does)s", whom=whom, does=does)
        event = self.env._("When there was an interaction")
        return self._sentence_aside(event, ", ".join(types.mapped("name")))

    def _sentence_aside(self, event, details=""):
        """“When a deal is won (counterparty: a client of category A)”."""
        aside = [details] if details else []
        if self.counterparty_type_ids or self.segment_ids or self.sale_kind_ids:
            whom = self._sentence_whom()
            aside.append(self.env._("counterparty: %(whom)s", whom=whom))
        return f"{event} ({'; '.join(aside)})" if aside else event

    def _sentence_whom(self):
        """“a client or a dealer of category A or B”."""
        types = self.counterparty_type_ids
        whom = self.env._("a counterparty")
        if types:
            whom = self._say_or([self._sentence_type(type_) for type_ in types])
        codes = [code for code in self.segment_ids.mapped("code") if code]
        if codes:
            whom = self.env._(
                "%(who)s of category %(categories)s",
                who=whom,
                categories=self._say_or(list(dict.fromkeys(codes))),
            )
        if self.sale_kind_ids:
            whom = self.env._(
                "%(who)s (kind of sale: %(kinds)s)",
                who=whom,
                kinds=", ".join(self.sale_kind_ids.mapped("name")),
            )
        return whom

    def _sentence_type(self, type_):
        said = self.env._(_TYPES[type_.code]) if type_.code in _TYPES else ""
        name = type_.name or "…"
        if name.lower() in said.lower():
            return said
        return self.env._("a counterparty of type “%(type)s”", type=name)
