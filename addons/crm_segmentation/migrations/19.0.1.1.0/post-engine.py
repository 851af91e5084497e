"""Rules and memberships of 19.0.1.0.0 get what stability and own metrics need."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_segmentation.core.spec import complete


def migrate(cr, version):
    """Published rules name their metrics, bases and stability: all at once, as before.

    The frozen text of a rule is not changed in meaning, so a segmentation does not look
    as if its editor differed from what is published.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for model in ("crm.segmentation", "crm.segmentation.version"):
        for record in env[model].search([("spec", "!=", False)]):
            record.spec = complete(record.spec)
    env.flush_all()
    cr.execute(
        """UPDATE crm_segment_membership SET computed_since = date_from
            WHERE computed_since IS NULL AND computed_segment_id IS NOT NULL"""
    )
