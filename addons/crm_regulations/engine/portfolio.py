"""What a salesperson has in one company, each record with its customer's category."""

from odoo.tools import SQL

from ..core.handover import Item

#: Activities on these pages are about a customer.
_PAGES = ("crm.interaction", "crm.lead", "res.partner", "sale.order")
_READ = {
    "crm.interaction": ["company_id", "partner_id"],
    "crm.lead": [
        "active", "company_id", "expected_revenue", "partner_id", "user_id",
        "won_status",
    ],
    "crm.obligation": [
        "absent_user_id", "commercial_partner_id", "company_id", "date_end", "user_id",
    ],
    "crm.segment.membership": ["partner_id", "segment_id"],
    "mail.activity": ["active", "obligation_id", "res_id", "res_model", "user_id"],
    "res.partner": ["active", "commercial_partner_id", "company_id", "user_id"],
    "sale.order": ["company_id", "partner_id", "state", "user_id"],
}  # fmt: skip


def portfolio(env, user, company):
    """Customers and contacts, open leads, open quotations, promises and activities.

    Customers and leads of no company belong to every company. Promises that
    somebody else does for the person during an absence are the person's. Activities
    that only show a promise are left out: they go with it.

    :param env: superuser environment; what somebody has does not depend on who looks
    :param user: the salesperson
    :param company: our company
    :return: list of :class:`~..core.handover.Item`, in a fixed order
    """
    for model, names in _READ.items():
        env[model].flush_model(names)
    rows = env.execute_query(
        SQL(
            """
            SELECT owned.model, owned.id, COALESCE(owned.customer_id, 0),
                   COALESCE(category.segment_id, 0), COALESCE(owned.amount, 0)
              FROM (%(owned)s) AS owned (model, id, customer_id, amount)
              LEFT JOIN LATERAL (
                    SELECT member.segment_id
                      FROM crm_segment_membership AS member
                     WHERE member.partner_id = owned.customer_id
                       AND member.company_id = %(company)s
                     ORDER BY member.segmentation_id
                     LIMIT 1) AS category ON TRUE
             ORDER BY owned.model, owned.id
            """,
            owned=_owned(user, company),
            company=company.id,
        )
    )
    return [Item(*row) for row in rows]


def _owned(user, company):
    return SQL(
        """
        SELECT 'res.partner', id, commercial_partner_id, 0
          FROM res_partner
         WHERE user_id = %(user)s AND active
           AND (company_id IS NULL OR company_id = %(company)s)
        UNION ALL
        SELECT 'crm.lead', lead.id, customer.commercial_partner_id,
               lead.expected_revenue
          FROM crm_lead AS lead
          LEFT JOIN res_partner AS customer ON customer.id = lead.partner_id
         WHERE lead.user_id = %(user)s AND lead.active AND lead.won_status = 'pending'
           AND (lead.company_id IS NULL OR lead.company_id = %(company)s)
        UNION ALL
        SELECT 'sale.order', sale.id, customer.commercial_partner_id, 0
          FROM sale_order AS sale
          JOIN res_partner AS customer ON customer.id = sale.partner_id
         WHERE sale.user_id = %(user)s AND sale.state IN ('draft', 'sent')
           AND sale.company_id = %(company)s
        UNION ALL
        SELECT 'crm.obligation', owed.id, owed.commercial_partner_id, 0
          FROM crm_obligation AS owed
         WHERE (owed.user_id = %(user)s OR owed.absent_user_id = %(user)s)
           AND owed.date_end IS NULL AND owed.company_id = %(company)s
        UNION ALL
        SELECT 'mail.activity', todo.id, customer.commercial_partner_id, 0
          FROM mail_activity AS todo
          LEFT JOIN crm_obligation AS owed ON owed.id = todo.obligation_id
          LEFT JOIN crm_lead AS lead
            ON todo.res_model = 'crm.lead' AND lead.id = todo.res_id
          LEFT JOIN sale_order AS sale
            ON todo.res_model = 'sale.order' AND sale.id = todo.res_id
          LEFT JOIN crm_interaction AS talk
            ON todo.res_model = 'crm.interaction' AND talk.id = todo.res_id
          LEFT JOIN res_partner AS customer
            ON customer.id = CASE WHEN todo.res_model = 'res.partner' THEN todo.res_id
                                  ELSE COALESCE(lead.partner_id, sale.partner_id,
                                                talk.partner_id) END
         WHERE todo.user_id = %(user)s AND todo.active
           AND todo.res_model = ANY(%(pages)s)
           AND (owed.id IS NULL OR owed.date_end IS NOT NULL)
           AND COALESCE(lead.company_id, sale.company_id, talk.company_id,
                        customer.company_id, %(company)s) = %(company)s
        """,
        user=user.id,
        company=company.id,
        pages=list(_PAGES),
    )


def turnover(env, customers, company, since):
    """What customers bought from a day on, without tax, in the company's currency.

    :param env: superuser environment
    :param customers: ids of customers' companies
    :param company: our company
    :param since: the first day
    :return: id of the customer → amount; customers who bought nothing are left out
    """
    bought = env["crm.purchase"]._read_group(
        [
            ("commercial_partner_id", "in", list(customers)),
            ("company_id", "=", company.id),
            ("date", ">=", since),
        ],
        ["commercial_partner_id"],
        ["amount:sum"],
    )
    return {customer.id: amount for customer, amount in bought}
