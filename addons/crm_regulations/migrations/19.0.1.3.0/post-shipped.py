"""Companies that were there before get the drafts that have come since."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Copy the shipped drafts to every company; what it has already stays."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"]._copy_shipped_regulations_everywhere()
