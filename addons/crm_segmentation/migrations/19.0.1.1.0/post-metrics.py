from odoo.tools import SQL


def migrate(cr, version):
    """Metrics that were there before know now which end of them is the good one."""
    cr.execute(
        SQL(
            "UPDATE crm_metric SET better = 'low' WHERE code = %s",
            "days_since_purchase",
        )
    )
