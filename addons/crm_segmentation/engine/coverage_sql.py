"""Who is touched how often, and how often they should be.

A touch is an interaction that took place. It is a talk if both sides had their say: the
counterparty called or wrote, or the type of the interaction is a talk in itself. A
missed call, a meeting that was moved and the like are no touches. Interactions with the
contacts of a company count for the company, those with a person also for the person.
"""

from odoo.tools import SQL

from ..core.touch import NOT_REACHED


def touches(company_ids, date_from=None):
    """One row per owner, company and interaction type (0 = any type).

    :param company_ids: whose interactions
    :param date_from: first day that counts; None for all
    :return: SQL with the columns owner_id, company_id, type_id, touches, talks,
        last_touch, last_talk
    """
    since = SQL("") if date_from is None else SQL("AND date_end >= %s", date_from)
    return SQL(
        """
        SELECT owner_id, company_id, COALESCE(type_id, 0) AS type_id,
               COUNT(*) AS touches,
               COUNT(*) FILTER (WHERE is_talk) AS talks,
               MAX(date_end) AS last_touch,
               MAX(date_end) FILTER (WHERE is_talk) AS last_talk
          FROM (SELECT owner.id AS owner_id, interaction.company_id,
                       interaction.type_id, interaction.date_end,
                       (interaction.direction = 'in' OR kind.is_talk) AS is_talk
                  FROM crm_interaction AS interaction
                  JOIN crm_interaction_type AS kind ON kind.id = interaction.type_id
                 CROSS JOIN UNNEST(ARRAY[
                       interaction.commercial_partner_id,
                       NULLIF(interaction.partner_id,
                              interaction.commercial_partner_id)]) AS owner(id)
                 WHERE owner.id IS NOT NULL
                   AND interaction.company_id = ANY(%(companies)s)
                   AND COALESCE(interaction.outcome, '') <> ALL(%(in_vain)s)
                   %(since)s) AS touch
         GROUP BY GROUPING SETS ((owner_id, company_id, type_id),
                                 (owner_id, company_id))
        """,
        companies=list(company_ids),
        in_vain=list(NOT_REACHED),
        since=since,
    )


def norms(company_ids):
    """The contact norm of every counterparty: the most specific one that fits.

    A norm for a category beats one for a type; one for both beats either. Between
    equals the more frequent wins. Norms of different interaction types stand beside
    each other.

    :param company_ids: whose norms
    :return: SQL with the columns id (unique), norm_id, partner_id, company_id,
        type_id (0 = any interaction), segment_id, every_days
    """
    return SQL(
        """
        SELECT DISTINCT ON (fit.partner_id, fit.company_id, fit.type_id)
               fit.partner_id::bigint * 2048 + fit.slot AS id,
               fit.norm_id, fit.partner_id, fit.company_id, fit.type_id,
               fit.segment_id, fit.every_days
          FROM (SELECT norm.slot, norm.id AS norm_id, member.partner_id,
                       norm.company_id, norm.type_id, norm.segment_id,
                       norm.every_days, norm.counterparty_type_id
                  FROM (%(norms)s) AS norm
                  JOIN crm_segment_membership AS member
                    ON member.segment_id = norm.segment_id
                 WHERE norm.counterparty_type_id IS NULL
                    OR EXISTS (SELECT FROM crm_counterparty_type_partner_rel AS typed
                                WHERE typed.partner_id = member.partner_id
                                  AND typed.type_id = norm.counterparty_type_id)
                 UNION ALL
                SELECT norm.slot, norm.id, typed.partner_id,
                       norm.company_id, norm.type_id, norm.segment_id,
                       norm.every_days, norm.counterparty_type_id
                  FROM (%(norms)s) AS norm
                  JOIN crm_counterparty_type_partner_rel AS typed
                    ON typed.type_id = norm.counterparty_type_id
                 WHERE norm.segment_id IS NULL) AS fit
          JOIN res_partner AS partner
            ON partner.id = fit.partner_id
           AND partner.active
           AND (partner.company_id IS NULL OR partner.company_id = fit.company_id)
         ORDER BY fit.partner_id, fit.company_id, fit.type_id,
                  (fit.segment_id IS NOT NULL) DESC,
                  (fit.counterparty_type_id IS NOT NULL) DESC,
                  fit.every_days, fit.norm_id
        """,
        norms=SQL(
            """SELECT id, company_id, segment_id, counterparty_type_id, every_days,
                      COALESCE(interaction_type_id, 0) AS type_id,
                      ROW_NUMBER() OVER (ORDER BY id) AS slot
                 FROM crm_contact_norm
                WHERE active AND company_id = ANY(%s)""",
            list(company_ids),
        ),
    )


def turnover(company_ids, date_from, date_to):
    """Untaxed turnover per counterparty and company in a window, as metrics count it.

    :param date_from: first day of the window
    :param date_to: first day after it
    :return: SQL with the columns owner_id, company_id, turnover
    """
    return SQL(
        """
        SELECT owner_id, company_id, SUM(amount) AS turnover
          FROM (SELECT commercial_partner_id AS owner_id, company_id,
                       amount_untaxed_signed AS amount
                  FROM account_move
                 WHERE state = 'posted'
                   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND company_id = ANY(%(companies)s)
                   AND invoice_date >= %(start)s AND invoice_date < %(end)s
                 UNION ALL
                SELECT commercial_partner_id, company_id, amount_company
                  FROM crm_turnover_line
                 WHERE company_id = ANY(%(companies)s)
                   AND date >= %(start)s AND date < %(end)s) AS document
         GROUP BY owner_id, company_id
        """,
        companies=list(company_ids),
        start=date_from,
        end=date_to,
    )
