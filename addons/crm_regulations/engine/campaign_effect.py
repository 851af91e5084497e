"""What campaigns cost and brought, for all of them at once."""

from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED


def campaign_effect(purchases):
    """One row per campaign and company in which it cost or brought something.

    Each source is added up first, in one reading, and joined afterwards. A customer
    counts once for a campaign, from its first touch on. What belongs to no company
    belongs to that of whoever is responsible for it. Nothing is numbered or read
    twice, so that PostgreSQL reads only one campaign if only one is asked for.

    :param purchases: SQL of the rows of crm.purchase
    :return: SQL
    """
    return SQL(
        """
        WITH letter AS NOT MATERIALIZED (
            -- Letters that were not returned.
            SELECT trace.campaign_id, trace.model, trace.res_id,
                   owner.company_id AS owner_company_id,
                   trace.sent_datetime AS date,
                   LEAST(trace.reply_datetime, trace.links_click_datetime) AS answered
              FROM mailing_trace AS trace
              JOIN mailing_mailing AS mailing ON mailing.id = trace.mass_mailing_id
              LEFT JOIN res_users AS owner ON owner.id = mailing.user_id
             WHERE trace.campaign_id IS NOT NULL
               AND trace.sent_datetime IS NOT NULL
               AND trace.trace_status NOT IN ('bounce', 'error', 'cancel')
               AND NOT COALESCE(trace.is_test_trace, FALSE)
        ), touch AS (
            -- To a customer or about a lead.
            SELECT letter.campaign_id,
                   COALESCE(partner.company_id, owner_company_id) AS company_id,
                   partner.commercial_partner_id AS partner_id,
                   letter.date, letter.answered
              FROM letter
              LEFT JOIN crm_lead AS lead
                ON letter.model = 'crm.lead' AND lead.id = letter.res_id
              JOIN res_partner AS partner
                ON partner.id = CASE letter.model WHEN 'crm.lead' THEN lead.partner_id
                                                  ELSE letter.res_id END
             WHERE letter.model IN ('res.partner', 'crm.lead')
            UNION ALL
            -- To an address of a list: whoever has it.
            SELECT letter.campaign_id,
                   COALESCE(partner.company_id, owner_company_id),
                   partner.commercial_partner_id, letter.date, letter.answered
              FROM letter
              JOIN mailing_contact AS contact ON contact.id = letter.res_id
              JOIN LATERAL (
                    SELECT company_id, commercial_partner_id FROM res_partner
                     WHERE email_normalized = contact.email_normalized AND active
                     ORDER BY id LIMIT 1
                   ) AS partner ON TRUE
             WHERE letter.model = 'mailing.contact'
            UNION ALL
            -- Announcements, however they were told.
            SELECT announcement.campaign_id, recipient.company_id,
                   partner.commercial_partner_id, recipient.date_informed, NULL
              FROM crm_announcement_recipient AS recipient
              JOIN crm_announcement AS announcement
                ON announcement.id = recipient.announcement_id
              JOIN res_partner AS partner ON partner.id = recipient.partner_id
             WHERE announcement.campaign_id IS NOT NULL
               AND recipient.date_informed IS NOT NULL
        ), reached AS (
            SELECT campaign_id, company_id, partner_id, MIN(date) AS date,
                   MIN(answered) AS answered
              FROM touch
             WHERE company_id IS NOT NULL
             GROUP BY 1, 2, 3
        ), customer AS (
            SELECT reached.*, company.crm_campaign_days AS days, bought.amount
              FROM reached
              JOIN res_company AS company ON company.id = reached.company_id
              -- Customer by customer: PostgreSQL cannot look a customer up in a union
              -- of joins, and reads all purchases for each when it expects few.
              LEFT JOIN LATERAL (
                    SELECT SUM(purchase.amount) AS amount
                      FROM (%(purchases)s) AS purchase
                     WHERE purchase.commercial_partner_id = reached.partner_id
                       AND purchase.company_id = reached.company_id
                       AND purchase.date >= reached.date::date
                       AND purchase.date <= reached.date::date
                                            + company.crm_campaign_days
                   ) AS bought ON TRUE
        ), part AS (
            SELECT campaign_id, company_id, COUNT(*) AS reached,
                   COUNT(*) FILTER (WHERE
                       answered < date + make_interval(days => days)
                       OR EXISTS (
                       SELECT FROM crm_interaction AS talk
                        WHERE talk.commercial_partner_id = customer.partner_id
                          AND talk.company_id = customer.company_id
                          AND talk.direction = 'in'
                          AND talk.date >= customer.date
                          AND talk.date < customer.date + make_interval(days => days)
                          AND (talk.outcome IS NULL
                               OR talk.outcome NOT IN %(not_reached)s)
                   )) AS responses,
                   SUM(amount) AS turnover_reached,
                   0 AS leads, 0 AS won_leads, 0 AS orders,
                   0.0 AS turnover_orders, 0.0 AS cost
              FROM customer
             GROUP BY 1, 2
            UNION ALL
            SELECT lead.campaign_id,
                   COALESCE(lead.company_id, seller.company_id, owner.company_id),
                   0, 0, 0.0,
                   COUNT(*), COUNT(*) FILTER (WHERE lead.won_status = 'won'),
                   0, 0.0, 0.0
              FROM crm_lead AS lead
              JOIN utm_campaign AS campaign ON campaign.id = lead.campaign_id
              LEFT JOIN res_users AS seller ON seller.id = lead.user_id
              LEFT JOIN res_users AS owner ON owner.id = campaign.user_id
             GROUP BY 1, 2
            UNION ALL
            SELECT campaign_id, company_id, 0, 0, 0.0, 0, 0, COUNT(*),
                   SUM(amount_untaxed / COALESCE(NULLIF(currency_rate, 0), 1)), 0.0
              FROM sale_order
             WHERE campaign_id IS NOT NULL AND state = 'sale'
             GROUP BY 1, 2
            UNION ALL
            SELECT campaign_id, company_id, 0, 0, 0.0, 0, 0, 0, 0.0, SUM(amount)
              FROM crm_campaign_cost
             GROUP BY 1, 2
        )
        SELECT campaign.id * (SELECT MAX(id) + 1 FROM res_company) + company.id AS id,
               campaign.id AS campaign_id, company.id AS company_id,
               company.currency_id,
               campaign.crm_date_start AS date_start, campaign.crm_date_end AS date_end,
               SUM(part.cost) AS cost, SUM(part.reached)::int AS reached,
               SUM(part.responses)::int AS responses, SUM(part.leads)::int AS leads,
               SUM(part.won_leads)::int AS won_leads, SUM(part.orders)::int AS orders,
               SUM(part.turnover_orders) AS turnover_orders,
               COALESCE(SUM(part.turnover_reached), 0) AS turnover_reached
          FROM part
          JOIN utm_campaign AS campaign ON campaign.id = part.campaign_id
          JOIN res_company AS company ON company.id = part.company_id
         GROUP BY campaign.id, company.id
        """,
        purchases=purchases,
        not_reached=NOT_REACHED,
    )
