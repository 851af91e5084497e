from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Companies that are there already get their copy of the new shipped draft."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    starter = env.ref("crm_segmentation.segmentation_starter", raise_if_not_found=False)
    if starter:
        companies = env["res.company"].with_context(active_test=False).search([])
        companies._copy_shipped_segmentations(starter)
