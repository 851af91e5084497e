from odoo import Command


def uninstall_hook(env):
    """Take back the project rights that this addon gave to CRM coordinators."""
    env.ref("crm_segmentation.group_crm_coordinator").write(
        {"implied_ids": [Command.unlink(env.ref("project.group_project_manager").id)]}
    )
