from odoo.addons.crm_segmentation.hooks import delete_all, forget


def uninstall_hook(env):
    """Delete the rows that would hold others back when Odoo deletes our records.

    The activities of promises go with them.
    """
    disarm_mailings(env)
    env.cr.execute("UPDATE crm_regulation SET origin_id = NULL")
    delete_all(env, "crm_obligation", "crm_regulation", "crm_material")
    forget(env, "crm_regulations")


def disarm_mailings(env):
    """Mailings of announcements find their recipients by our rows, which will be gone.

    They must neither fail nor go to somebody else.
    """
    env["mailing.mailing"].flush_model()
    env.cr.execute(
        """UPDATE mailing_mailing
              SET mailing_domain = '[("id", "in", [])]',
                  state = CASE WHEN state = 'done' THEN state ELSE 'draft' END
            WHERE mailing_domain LIKE '%announcement_recipient_ids%'"""
    )
    env["mailing.mailing"].invalidate_model(flush=False)
