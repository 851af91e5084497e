"""What would be there twice, or point at itself, when contacts become one."""

from odoo.tools import SQL


def drop_affiliations(env, source_ids, target_id):
    """Delete affiliations that the merge makes equal, or of somebody with himself.

    Of two main workplaces of one time, the one that was entered last stays marked.

    :param env: environment of the merge
    :param source_ids: ids of the partners that will be deleted
    :param target_id: id of the partner that stays
    """
    who = {"sources": list(source_ids), "target": target_id}
    merged = SQL(
        """SELECT id, date_from, date_to, role_id, is_main,
                  CASE WHEN person_id = ANY(%(sources)s) THEN %(target)s
                       ELSE person_id END AS person_id,
                  CASE WHEN organization_id = ANY(%(sources)s) THEN %(target)s
                       ELSE organization_id END AS organization_id,
                  person_id = ANY(%(sources)s) OR organization_id = ANY(%(sources)s)
                      AS moves
             FROM crm_affiliation
            WHERE %(target)s IN (person_id, organization_id)
               OR person_id = ANY(%(sources)s) OR organization_id = ANY(%(sources)s)""",
        **who,
    )
    env.cr.execute(
        SQL(
            """
            DELETE FROM crm_affiliation
             WHERE id IN (
                SELECT id
                  FROM (SELECT id, person_id, organization_id,
                               ROW_NUMBER() OVER (
                                   PARTITION BY person_id, organization_id, role_id,
                                                date_from
                                       ORDER BY moves, id) AS place
                          FROM (%s) AS merged) AS ranked
                 WHERE place > 1 OR person_id = organization_id)
            """,
            merged,
        )
    )
    env.cr.execute(
        SQL(
            """
            WITH merged AS (%s)
            UPDATE crm_affiliation
               SET is_main = FALSE
              FROM merged AS mine
              JOIN merged AS newer
                ON newer.person_id = mine.person_id AND newer.id > mine.id
               AND newer.is_main
               AND COALESCE(newer.date_from <= mine.date_to, TRUE)
               AND COALESCE(mine.date_from <= newer.date_to, TRUE)
             WHERE crm_affiliation.id = mine.id AND mine.is_main
            """,
            merged,
        )
    )
    env["crm.affiliation"].invalidate_model()


def drop_parties(env, source_ids, target_id):
    """Delete parties of a deal that the merge makes equal; a victory stays known.

    :param env: environment of the merge
    :param source_ids: ids of the partners that will be deleted
    :param target_id: id of the partner that stays
    """
    env.cr.execute(
        SQL(
            """
            DELETE FROM crm_deal_party
             WHERE id IN (
                SELECT id
                  FROM (SELECT id, ROW_NUMBER() OVER (
                                   PARTITION BY lead_id, role_id
                                       ORDER BY COALESCE(won, FALSE) DESC,
                                                partner_id = %s DESC, id) AS place
                          FROM crm_deal_party
                         WHERE partner_id = %s OR partner_id = ANY(%s)) AS ranked
                 WHERE place > 1)
            """,
            target_id,
            target_id,
            list(source_ids),
        )
    )
    env["crm.deal.party"].invalidate_model()
