"""Touches with counterparties.

Every interaction of the company that has begun by the end of today, in either
direction. Tries do not count: missed and busy calls, voicemail, meetings that were
moved or to which nobody came. Interactions of a company's contacts count for the
company (owner ``commercial_partner_id``), or each for its own person (owner
``partner_id``).
"""

from datetime import timedelta

from odoo.tools import SQL

from ...core.touch import NOT_REACHED
from .windows import last_year, only_partners


def interactions(company_id, owner, today, partner_ids=None):
    """One row per partner that was ever talked to.

    :param company_id: whose interactions
    :param owner: ``commercial_partner_id`` or ``partner_id``: for whom they count
    :param today: the day of the computation
    :param partner_ids: only these partners' interactions; None for everybody's
    :return: SQL with the columns owner_id, touches, last_date
    """
    owner = SQL.identifier(owner)
    return SQL(
        """
        SELECT %(owner)s AS owner_id,
               COUNT(*) FILTER (WHERE date >= %(start)s) AS touches,
               MAX(date)::date AS last_date
          FROM crm_interaction
         WHERE company_id = %(company)s
           AND date < %(tomorrow)s
           AND (outcome IS NULL OR outcome NOT IN %(not_reached)s)
           AND %(owner)s IS NOT NULL
           %(only)s
         GROUP BY 1
        """,
        owner=owner,
        start=last_year(today)[0],
        tomorrow=today + timedelta(days=1),
        company=company_id,
        not_reached=NOT_REACHED,
        only=only_partners(owner, partner_ids),
    )


def interaction_count(today):
    """Interactions of the last 12 months up to and including today; 0 if none."""
    return SQL("COALESCE(interactions.touches, 0)::float8")


def days_since_interaction(today):
    """Days from the last interaction to today; none if there never was one."""
    return SQL("(%s::date - interactions.last_date)::float8", today)
