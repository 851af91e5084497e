"""What stands in the database after a load: counted, never typed."""

from dataclasses import dataclass

from odoo.fields import Domain

from . import duplicates
from .queries import counterparties


@dataclass(frozen=True)
class Loaded:
    """Counterparties of one type as they are now; ``completeness`` in percent."""

    count: int = 0
    duplicates: int = 0
    completeness: float = 0.0


def loaded(company):
    """Count the counterparties of a company by type.

    :param company: a ``res.company`` record with full rights
    :return: ``{type id: Loaded}``; under False all counterparties
    """
    partners = company.env["res.partner"]
    everybody = counterparties(company)
    twice = everybody & Domain("id", "in", duplicates.surplus(company))
    found, repeated = _by_type(partners, everybody), _by_type(partners, twice)
    return {
        type_id: Loaded(count, repeated.get(type_id, (0, 0))[0], completeness or 0.0)
        for type_id, (count, completeness) in found.items()
    }


def _by_type(partners, domain):
    wanted = ["__count", "completeness:avg"]
    ((count, average),) = partners._read_group(domain, [], wanted)
    typed = partners._read_group(
        domain & Domain("counterparty_type_ids", "!=", False),
        ["counterparty_type_ids"],
        wanted,
    )
    return {False: (count, average)} | {
        type_.id: (count, average) for type_, count, average in typed
    }
