from odoo import Command


def uninstall_hook(env):
    """Leave nothing behind: neither rows that hold others back nor rights given.

    CRM projects go before the templates, which cannot be deleted while they are used;
    CRM coordinators lose the project rights that this addon gave them.
    """
    env.cr.execute("TRUNCATE crm_rollout CASCADE")
    env.invalidate_all()
    env.ref("crm_segmentation.group_crm_coordinator").write(
        {"implied_ids": [Command.unlink(env.ref("project.group_project_manager").id)]}
    )
