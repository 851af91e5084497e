"""Which customers have asked for or bought a kind of sale."""

from odoo.tools import SQL

from odoo.addons.crm_segmentation.engine.sale_kinds import LEAD_TABLE, ORDER_TABLE


def customers_of_sale_kinds(kind_ids, company_id):
    """Customers with a deal or an order of one of some kinds of sale.

    :param kind_ids: ids of kinds of sale
    :param company_id: whose deals and orders
    :return: SQL in brackets that gives ids of commercial partners
    """
    kinds = list(kind_ids)
    return SQL(
        """(SELECT partner.commercial_partner_id
              FROM crm_lead AS lead
              JOIN %(lead_kinds)s AS kind ON kind.lead_id = lead.id
              JOIN res_partner AS partner ON partner.id = lead.partner_id
             WHERE kind.kind_id = ANY(%(kinds)s)
               AND (lead.company_id IS NULL OR lead.company_id = %(company)s)
             UNION
            SELECT partner.commercial_partner_id
              FROM sale_order AS bought
              JOIN %(order_kinds)s AS kind ON kind.order_id = bought.id
              JOIN res_partner AS partner ON partner.id = bought.partner_id
             WHERE kind.kind_id = ANY(%(kinds)s) AND bought.state = 'sale'
               AND bought.company_id = %(company)s)""",
        lead_kinds=SQL.identifier(LEAD_TABLE),
        order_kinds=SQL.identifier(ORDER_TABLE),
        kinds=kinds,
        company=company_id,
    )
