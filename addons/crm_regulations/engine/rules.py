"""Which records a published regulation is about.

A rule is the frozen ``spec`` of a regulation, parsed once and cached in the registry:
hundreds of regulations that do not apply cost no query.
"""

from dataclasses import dataclass

from odoo.fields import Domain

from .facts.interaction import starting

# Conditions that are answered from fields alone, so that they cannot break the
# transaction.
_PLAIN = {
    "=", "!=", "<", "<=", ">", ">=", "in", "not in", "like", "ilike", "not like",
    "not ilike", "=like", "=ilike",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """The scope of one published regulation.

    :param regulation_id: the regulation
    :param company_id: whose records it is about; records of no company are everybody's
    :param trigger: what the record must be like
    :param interaction_type_ids: which interactions; empty for all
    :param scope: what the counterparty must be like
    :param type_ids: counterparty types, one of them; empty for all
    :param segment_ids: categories, one of them; empty for all
    """

    regulation_id: int
    company_id: int
    trigger: Domain
    interaction_type_ids: frozenset
    scope: Domain
    type_ids: frozenset
    segment_ids: frozenset

    @classmethod
    def of(cls, regulation):
        """The rule of a published regulation."""
        spec = regulation.spec
        trigger = Domain(spec["trigger_domain"])
        if regulation.trigger_kind == "interaction":
            trigger &= starting(trigger)
            if spec["date_from"]:
                trigger &= Domain("date", ">=", spec["date_from"])
        return cls(
            regulation_id=regulation.id,
            company_id=regulation.company_id.id,
            trigger=trigger,
            interaction_type_ids=frozenset(spec["interaction_type_ids"]),
            scope=Domain(spec["scope_domain"]),
            type_ids=frozenset(spec["type_ids"]),
            segment_ids=frozenset(spec["segment_ids"]),
        )

    @property
    def is_plain(self):
        """Whether it is answered from fields alone."""
        return all(
            condition.operator in _PLAIN
            for domain in (self.trigger, self.scope)
            for condition in domain.iter_conditions()
        )

    def fitting(self, records):
        """The records that the regulation is about.

        :param records: records of the regulation's model, superuser environment
        """
        if "company_id" in records._fields:
            records = records.filtered(
                lambda r: not r.company_id or r.company_id.id == self.company_id
            )
        if self.interaction_type_ids:
            records = records.filtered(
                lambda r: r.type_id.id in self.interaction_type_ids
            )
        if not self.trigger.is_true():
            records = records.filtered_domain(self.trigger)
        return self.fitting_counterparty(records)

    def fitting_counterparty(self, records):
        """The records whose counterparty the regulation is about."""
        if self.type_ids:
            records = records.filtered(
                lambda r: self._has(r, "counterparty_type_ids", self.type_ids)
            )
        if self.segment_ids:
            records = records.filtered(
                lambda r: self._has(r, "own_segment_ids", self.segment_ids)
            )
        if self.scope.is_true():
            return records
        partners = records.env["res.partner"].union(*map(counterparty, records))
        wanted = partners.filtered_domain(self.scope)
        return records.filtered(lambda r: counterparty(r) & wanted)

    def _has(self, record, field, ids):
        partner = counterparty(record)
        found = set(partner[field].ids) | set(partner.commercial_partner_id[field].ids)
        return not ids.isdisjoint(found)


def lead_of(record):
    """The lead that a record is about, possibly empty."""
    if record._name == "crm.lead":
        return record
    if "lead_id" in record._fields:
        return record.lead_id
    return record.env["crm.lead"]


def counterparty(record):
    """The counterparty that a record is about, possibly empty."""
    if record._name == "res.partner":
        return record
    return record.partner_id or lead_of(record).partner_id
