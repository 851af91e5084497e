"""Deals that were won.

A won lead or opportunity is one whose status in Odoo is “won”, archived or not. It
counts for the company that it belongs to; one without a company is everybody's. It
counts for its customer: for the company of that contact (owner
``commercial_partner_id``) or for the contact itself (owner ``partner_id``). There is no
window. Leads merged into another one are one lead.
"""

from odoo.tools import SQL

from .windows import only_partners

_OWNERS = {"commercial_partner_id": "commercial_partner_id", "partner_id": "id"}


def deals(company_id, owner, today, partner_ids=None):
    """One row per partner that ever gave us a deal.

    :param company_id: whose leads
    :param owner: ``commercial_partner_id`` or ``partner_id``: for whom they count
    :param today: the day of the computation
    :param partner_ids: only these partners' leads; None for everybody's
    :return: SQL with the columns owner_id, won
    """
    owner = SQL("customer.%s", SQL.identifier(_OWNERS[owner]))
    return SQL(
        """
        SELECT %(owner)s AS owner_id, COUNT(*) AS won
          FROM crm_lead AS lead
          JOIN res_partner AS customer ON customer.id = lead.partner_id
         WHERE lead.won_status = 'won'
           AND (lead.company_id = %(company)s OR lead.company_id IS NULL)
           %(only)s
         GROUP BY 1
        """,
        owner=owner,
        company=company_id,
        only=only_partners(owner, partner_ids),
    )


def won_count(today):
    """Won leads and opportunities ever; 0 if there is none."""
    return SQL("COALESCE(deals.won, 0)::float8")
