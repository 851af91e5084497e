"""What publishing would do, kept row by row by the statement that publishes."""

from odoo.tools import SQL

from ..core.spec import AMOUNT
from .metrics.plan import metric_column


def insert_moves(classification, preview_id):
    """Keep who would move, or stays by hand against the rule, for a preview.

    One statement inside the database: nothing passes through Python.

    :param classification: the computation as publishing makes it
    :param preview_id: id of the crm.segmentation.preview
    :return: number of rows
    """
    env = classification.env
    env.cr.execute(
        SQL(
            """
            INSERT INTO crm_segmentation_preview_move
                   (preview_id, partner_id, from_segment_id, to_segment_id,
                    rule_segment_id, kind, amount,
                    create_uid, write_uid, create_date, write_date)
            SELECT %(preview)s, partner_id, segment_id, after_id, target_id,
                   CASE WHEN by_hand THEN 'by_hand'
                        WHEN held_id = after_id THEN 'waited'
                        ELSE 'moves' END,
                   %(amount)s, %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM (%(verdicts)s) AS verdict
             WHERE segment_id IS DISTINCT FROM after_id
                OR (by_hand AND target_id IS DISTINCT FROM after_id)
            """,
            preview=preview_id,
            amount=metric_column(AMOUNT),
            uid=env.uid,
            now=env.cr.now(),
            verdicts=classification.verdicts(),
        )
    )
    return env.cr.rowcount
