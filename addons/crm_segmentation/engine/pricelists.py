"""Pricelists that follow categories, for any number of counterparties at once.

The rule is ``core/following.py``; a test holds the two equal.
"""

from odoo.tools import SQL


def follow_pricelists(env, company_id, moves):
    """Give counterparties, and their contacts, the pricelists of their categories.

    Odoo keeps a counterparty's own pricelist per company, and the same on all
    contacts of a company.

    :param env: superuser environment
    :param company_id: whose prices
    :param moves: SQL of rows ``partner_id``, ``before`` and ``after``: ids of the
        pricelists that the category left and the category entered give, or NULL; at
        most one row per counterparty
    :return: number of counterparties and contacts whose pricelist changed
    """
    env["res.partner"].flush_model()
    env.cr.execute(
        SQL(
            """
            WITH move AS (
                SELECT partner_id, before, after
                  FROM (%(moves)s) AS given
                 WHERE before IS DISTINCT FROM after),
            wanted AS (
                SELECT partner.id, move.after
                  FROM move
                  JOIN res_partner AS partner
                    ON partner.commercial_partner_id = move.partner_id
                 WHERE (%(own)s IS NULL OR %(own)s = move.before)
                   AND %(own)s IS DISTINCT FROM move.after)
            UPDATE res_partner AS partner
               SET specific_property_product_pricelist = NULLIF(
                       COALESCE(partner.specific_property_product_pricelist, '{}')
                           - %(company)s::text
                       || CASE WHEN wanted.after IS NULL THEN '{}'::jsonb
                               ELSE jsonb_build_object(%(company)s::text, wanted.after)
                          END,
                       '{}'),
                   write_uid = %(uid)s,
                   write_date = %(now)s
              FROM wanted
             WHERE partner.id = wanted.id
            """,
            moves=moves,
            own=_own(company_id),
            company=str(company_id),
            uid=env.uid,
            now=env.cr.now(),
        )
    )
    changed = env.cr.rowcount
    if changed:
        env["res.partner"].invalidate_model()
    return changed


def _own(company_id):
    return SQL(
        """NULLIF(partner.specific_property_product_pricelist ->> %s, 'false')::int""",
        str(company_id),
    )
