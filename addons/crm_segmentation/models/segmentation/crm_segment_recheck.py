from odoo import api, fields, models
from odoo.tools import SQL

KEPT_DAYS = 3


class CrmSegmentRecheck(models.Model):
    """Counterparties to classify anew although no row of theirs tells so.

    A document was deleted or given to another counterparty, contacts were merged. Rows
    are never updated and live for some days: each segmentation reads those that came
    after its own last look, so that readers and writers never wait for each other.
    """

    _name = "crm.segment.recheck"
    _description = "Counterparty to Classify Anew"
    _rec_name = "partner_id"

    # No foreign key: the counterparty may be deleted, and nobody should wait for it.
    partner_id = fields.Integer(string="Counterparty", required=True)
    create_date = fields.Datetime(index=True)

    _partner_moment_unique = models.Constraint(
        "UNIQUE(partner_id, create_date)",
        "This counterparty waits already.",
    )

    @api.model
    def _add(self, partner_ids):
        """Have counterparties classified anew by the next incremental pass.

        :param partner_ids: ids of partners, also of deleted ones
        """
        partner_ids = sorted({id_ for id_ in partner_ids if id_})
        if not partner_ids:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_segment_recheck
                          (partner_id, create_uid, write_uid, create_date, write_date)
                   SELECT id, %(uid)s, %(uid)s, %(now)s, %(now)s
                     FROM unnest(%(ids)s) AS id
                       ON CONFLICT DO NOTHING""",
                uid=self.env.uid,
                now=self.env.cr.now(),
                ids=partner_ids,
            )
        )

    @api.model
    def _forget_old(self):
        """Delete what every segmentation has seen."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_segment_recheck
                    WHERE create_date < LEAST(
                          %s::timestamp - %s * interval '1 day',
                          (SELECT MIN(refresh_mark) FROM crm_segmentation
                            WHERE state = 'published'))""",
                self.env.cr.now(),
                KEPT_DAYS,
            )
        )
