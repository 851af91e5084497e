from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

# The segmentations that are shipped, whose best category is told at once.
_SHIPPED = ("method_example", "starter")
_BEST = "A"


class CrmSegment(models.Model):
    _inherit = "crm.segment"

    is_urgent = fields.Boolean(
        string="Tell managers at once",
        help="What is overdue for these customers is told to managers at once, in "
        "their working hours. Otherwise it stands in one summary at the beginning of "
        "the next working day.",
    )

    def _auto_init(self):
        """The shipped category A is urgent from the beginning, in every company."""
        is_new = not column_exists(self.env.cr, self._table, "is_urgent")
        done = super()._auto_init()
        if is_new:
            self.env.cr.execute(
                SQL(
                    """UPDATE crm_segment SET is_urgent = TRUE
                         FROM crm_segmentation AS scheme
                        WHERE scheme.id = segmentation_id
                          AND scheme.code IN %s AND crm_segment.code = %s""",
                    _SHIPPED,
                    _BEST,
                )
            )
        return done
