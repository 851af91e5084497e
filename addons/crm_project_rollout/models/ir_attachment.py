from odoo import api, models
from odoo.exceptions import AccessError

# What a file is: by changing one of these it becomes another paper.
_CONTENT = frozenset({"datas", "raw", "name", "type", "url", "res_model", "res_id"})


class IrAttachment(models.Model):
    """The papers of gates are changed where they are approved, not behind it."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._check_not_gate_paper()
        return attachments

    def write(self, vals):
        self._check_not_gate_paper()
        if _CONTENT & vals.keys():
            self._check_not_proof()
        done = super().write(vals)
        if {"res_model", "res_field"} & vals.keys():
            self._check_not_gate_paper()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_gate_paper(self):
        self._check_not_gate_paper()
        self._check_not_proof()

    def _check_not_proof(self):
        """The proofs of a problem are frozen with it when gate 1 is passed."""
        problems = self.env["crm.rollout.problem"].sudo()
        problems.search([("attachment_ids", "in", self.ids)])._check_not_history()

    def _check_not_gate_paper(self):
        # The fields themselves keep their files with full rights.
        if self.env.su:
            return
        for file in self.sudo():
            if file.res_field and (file.res_model or "").startswith("crm.rollout."):
                raise AccessError(
                    self.env._(
                        "crm_project_rollout.paper_is_guarded: The file “%(file)s” "
                        "belongs to a record of a CRM project. Change it on that "
                        "record, which notes who approves it.",
                        file=file.name,
                    )
                )
