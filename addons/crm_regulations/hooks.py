from odoo.addons.crm_segmentation.hooks import delete_all, forget


def uninstall_hook(env):
    """Delete the rows that would hold others back when Odoo deletes our records.

    The activities of promises go with them.
    """
    env.cr.execute("UPDATE crm_regulation SET origin_id = NULL")
    delete_all(env, "crm_obligation", "crm_regulation", "crm_material")
    forget(env, "crm_regulations")
