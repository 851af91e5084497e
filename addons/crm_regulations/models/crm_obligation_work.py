from odoo import models


class CrmObligation(models.Model):
    """The buttons of daily work that lead somewhere."""

    _inherit = "crm.obligation"

    def action_fulfil_note(self):
        """Ask how it was done, for one promise or for many."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_today_done"
        )
        return {**action, "context": {"default_obligation_ids": self.ids}}

    def action_pause(self):
        """Ask why the clock of these promises stops."""
        return self._ask("action_obligation_word", default_word="pause")

    def action_excuse(self):
        """Ask why these promises are excused."""
        return self._ask("action_obligation_excuse")

    def _ask(self, name, **defaults):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_regulations.{name}"
        )
        return {**action, "context": {"active_ids": self.ids, **defaults}}

    def action_write(self):
        """A letter to the customer, on the page where the work is done.

        What is owed comes with it: the files of the step's materials, and the text of
        a template if one fits the page.
        """
        self.ensure_one()
        self.check_access("read")
        obligation = self.sudo()
        action = self._composer(
            *obligation._activity_place(),
            obligation.partner_id,
            obligation.material_ids,
        )
        # What is sent is counted as used for this promise.
        action["context"]["crm_obligation_id"] = self.id
        return action

    def _composer(self, model, res_id, partner, materials=()):
        """The dialog of a letter."""
        materials = self.env["crm.material"].sudo().union(*materials)
        materials._refuse_expired()
        fitting = materials.template_id.filtered(lambda t: t.model == model)
        return {
            "name": self.env._("Write to the customer"),
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": model,
                "default_res_ids": [res_id],
                "default_composition_mode": "comment",
                "default_partner_ids": partner.ids,
                "default_attachment_ids": materials.attachment_ids.ids,
                "default_template_id": fitting[:1].id,
                **({} if fitting else materials._default_letter()),
                "default_subtype_xmlid": "mail.mt_comment",
            },
        }

    def action_open_promise(self):
        """The promise itself, from the page of what it is about."""
        self.ensure_one()
        return self._window(self._name, self.id)

    def action_open_material(self):
        """What is to be used for it: the material, or the list of all of them."""
        self.check_access("read")
        return self.sudo().material_ids.with_env(self.env).action_use()

    def action_explain(self):
        """Show how the due time and the verdict came about, see :meth:`explain`."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "crm_regulations.explanation",
            "name": self.env._("How was this computed?"),
            "target": "new",
            "params": {"obligation_id": self.id},
        }
