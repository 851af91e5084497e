from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.blocking import ARCHIVE, CONFIRM, DELETE, LEAVE, LOSE, WIN, in_order
from ..engine.blocking import BLOCK, fitting_acts

# Act → the field that says whether it is hindered.
_FIELDS = {
    LEAVE: "block_leave",
    WIN: "block_win",
    LOSE: "block_lose",
    ARCHIVE: "block_archive",
    DELETE: "block_delete",
    CONFIRM: "block_confirm",
}


class CrmRegulationStep(models.Model):
    """A promise that stands in the way until it is kept."""

    _inherit = "crm.regulation.step"

    enforcement = fields.Selection(
        selection_add=[("block", "Hinder")],
        ondelete={"block": "set default"},
        string="While it is not done",
        help="Watch: nothing is hindered, lateness is shown. Hinder: until it is done, "
        "what is ticked below is refused on the record itself, its deal and the orders "
        "of the deal, whoever tries it and in whatever way. A sales manager can excuse "
        "the promise to get through. A regulation that only counts hinders nobody.",
    )
    block_leave = fields.Boolean(
        string="Leave the stage",
        default=True,
        help="Also by winning the deal, if it changes its stage then.",
    )
    block_win = fields.Boolean(string="Win the deal", default=True)
    block_lose = fields.Boolean(string="Lose the deal", default=True)
    block_archive = fields.Boolean(
        string="Archive",
        default=True,
        help="Also by losing the deal: a lost deal is an archived one.",
    )
    block_delete = fields.Boolean(
        string="Delete",
        default=True,
        help="What is merged into another deal or contact takes its promises along, so "
        "merging is allowed.",
    )
    block_confirm = fields.Boolean(
        string="Confirm the order",
        default=True,
        help="An order that the customer has signed or paid stays a quotation, and its "
        "salesperson is told.",
    )
    block_fitting = fields.Char(
        string="What it can hinder", compute="_compute_block_fitting"
    )
    block_sentence = fields.Char(
        string="What it hinders", compute="_compute_block_sentence"
    )

    @api.depends("regulation_id.res_model")
    def _compute_block_fitting(self):
        for step in self:
            acts = fitting_acts(self.env, step.regulation_id.res_model)
            step.block_fitting = ",".join(in_order(acts))

    @api.depends("enforcement", "regulation_id.res_model", *_FIELDS.values())
    @api.depends_context("lang")
    def _compute_block_sentence(self):
        names = self._act_names()
        for step in self:
            acts = step._blocked_acts()
            step.block_sentence = bool(acts) and self.env._(
                "Until it is done, nobody can: %(acts)s.",
                acts=", ".join(names[act] for act in acts),
            )

    @api.model
    def _act_names(self):
        """Act → what it is called after “nobody can”."""
        return {
            LEAVE: self.env._("leave the stage"),
            WIN: self.env._("win the deal"),
            LOSE: self.env._("lose the deal"),
            ARCHIVE: self.env._("archive"),
            DELETE: self.env._("delete"),
            CONFIRM: self.env._("confirm the order"),
        }

    def _blocked_acts(self):
        """The acts that the step hinders, in the order in which they are told."""
        if self.enforcement != BLOCK:
            return []
        fitting = fitting_acts(self.env, self.regulation_id.res_model)
        return in_order({act for act in fitting if self[_FIELDS[act]]})

    def _compile(self):
        return {
            **super()._compile(),
            "enforcement": self.enforcement,
            "blocks": self._blocked_acts(),
        }

    def _check_usable(self):
        for step in self.filtered(lambda s: s.enforcement == BLOCK):
            if not step._blocked_acts():
                raise UserError(
                    self.env._(
                        "crm_regulations.hinders_nothing: %(step)s shall hinder, but "
                        "nothing is ticked that can be done to its record. Tick what "
                        "is refused until it is done, or choose “Watch”.",
                        step=step.name,
                    )
                )
        return super()._check_usable()
