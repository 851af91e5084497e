from odoo.tools import SQL


def migrate(cr, version):
    """Interactions of known counterparties need no number to compare.

    The column is made here, so that Odoo does not compute it for all of them.
    """
    cr.execute(
        SQL("ALTER TABLE crm_interaction ADD COLUMN IF NOT EXISTS phone_key VARCHAR")
    )
