from odoo import Command

from odoo.addons.crm_segmentation.hooks import delete_all, forget


def uninstall_hook(env):
    """Leave nothing behind: neither rows that hold others back nor rights given.

    CRM projects go before the templates, which cannot be deleted while they are used;
    CRM coordinators lose the project rights that this addon gave them.
    """
    delete_all(env, "crm_rollout_condition", "crm_rollout_decision", "crm_rollout")
    env.ref("crm_segmentation.group_crm_coordinator").write(
        {"implied_ids": [Command.unlink(env.ref("project.group_project_manager").id)]}
    )
    forget(env, "crm_project_rollout")
