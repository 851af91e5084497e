from odoo import fields, models


class MailActivity(models.Model):
    """An activity shows an obligation to the person who owes it."""

    _inherit = "mail.activity"

    obligation_id = fields.Many2one(
        "crm.obligation", ondelete="cascade", index="btree_not_null"
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        """Finishing the activity fulfils the obligation behind it."""
        owed = self.obligation_id.sudo().filtered(lambda o: not o.date_end)
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if owed and not self.env.context.get("crm_obligation_closed"):
            owed.fulfil(feedback or self.env._("The activity was marked as done."))
        return done
