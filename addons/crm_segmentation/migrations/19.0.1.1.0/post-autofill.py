from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """What was typed in or logged so far, and which activities become interactions."""
    cr.execute(
        "UPDATE crm_interaction SET origin = 'call_log'"
        " WHERE external_ref IS NOT NULL AND origin = 'manual'"
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["mail.activity.type"]._map_to_interactions()
