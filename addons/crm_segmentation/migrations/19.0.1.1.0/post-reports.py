from odoo.tools import SQL


def migrate(cr, version):
    """Types that came with the first version: in a call both sides talk."""
    cr.execute(
        SQL(
            """UPDATE crm_interaction_type SET is_talk = TRUE
                WHERE code IN ('call', 'meeting', 'visit')"""
        )
    )
