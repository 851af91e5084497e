from odoo import api, models

from ..engine.blocking import hindering_steps


class CrmRegulation(models.Model):
    """What the rules in force hinder."""

    _inherit = "crm.regulation"

    @api.model
    def _hindering_steps(self, model):
        """Which steps in force hinder what on the records of a model.

        It is kept in memory with the rules, see ``_hindered`` of every model.

        :param model: name of the model
        :return: {act: frozenset of ids of steps}
        """
        everywhere = self.with_env(self.env(su=True, context={}))
        return hindering_steps(everywhere.env, everywhere._book(), model)

    @api.depends("step_ids.block_sentence")
    def _compute_sentence(self):
        done = super()._compute_sentence()
        for regulation in self:
            blocking = regulation.step_ids.filtered("block_sentence")
            lines = [f"• {step.name}: {step.block_sentence}" for step in blocking]
            regulation.sentence = "\n".join([regulation.sentence or "", *lines])
        return done
