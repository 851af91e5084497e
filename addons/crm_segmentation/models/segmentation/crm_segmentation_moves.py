from odoo import models
from odoo.tools import SQL


class CrmSegmentation(models.Model):
    """What happens after categories in force have changed."""

    _inherit = "crm.segmentation"

    def _classify(self, cause, **options):
        mark = self._moves_mark()
        changed = super()._classify(cause, **options)
        self._after_moves(mark, everybody=options.get("partner_ids") is None)
        return changed

    def action_archive_segmentation(self):
        mark = self._moves_mark()
        done = super().action_archive_segmentation()
        for segmentation in self:
            segmentation._after_moves(mark, everybody=True)
        return done

    # --- what others extend ---------------------------------------------------

    def _after_moves(self, mark, everybody=False):
        """Follow the changes of category. Extend it with ``super()``.

        Called in the transaction that changed them, after all rows are written. An
        extension that has nothing to do must cost next to nothing: it runs each night
        and after each document.

        :param mark: what :meth:`_moves_mark` gave before; see :meth:`_moves_since`
        :param everybody: whether all counterparties were computed, so that whoever
            keeps something in step may put all of it right
        """
        self.ensure_one()

    def _moves_since(self, mark):
        """The changes since a mark.

        :param mark: what :meth:`_moves_mark` gave before
        :return: SQL of one row per counterparty: ``partner_id``, ``from_segment_id``
            and ``to_segment_id``, NULL for no category
        """
        return SQL(
            """
            SELECT partner_id,
                   (ARRAY_AGG(from_segment_id ORDER BY id))[1] AS from_segment_id,
                   (ARRAY_AGG(to_segment_id ORDER BY id DESC))[1] AS to_segment_id
              FROM crm_segment_movement
             WHERE segmentation_id = %s AND id > %s
             GROUP BY partner_id
            """,
            self.id,
            mark,
        )

    def _moves_mark(self):
        """Where the history ends now; changes that come are behind it."""
        self.env["crm.segment.movement"].flush_model()
        rows = self.env.execute_query(
            SQL("SELECT COALESCE(MAX(id), 0) FROM crm_segment_movement")
        )
        return rows[0][0]
