from odoo import fields, models
from odoo.exceptions import AccessError


class CrmRolloutHandover(models.Model):
    """What somebody takes over from the CRM project, and that the person says so."""

    _name = "crm.rollout.handover"
    _inherit = ["crm.rollout.record"]
    _description = "Hand-Over of a CRM Project"
    _order = "rollout_id, sequence, id"

    _stage_number = 7
    _guarded_fields = frozenset({"is_acknowledged", "date_acknowledged"})
    _people_fields = ("user_id",)

    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="What",
        required=True,
        help="Such as: care for the categories, the control board, the telephony.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="To Whom",
        required=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date = fields.Date(string="From", required=True, default=fields.Date.context_today)
    note = fields.Char(help="Where things are written down, who helps at first.")
    is_acknowledged = fields.Boolean(string="Acknowledged", readonly=True, copy=False)
    date_acknowledged = fields.Datetime(
        string="Acknowledged On", readonly=True, copy=False
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    def _compute_is_mine(self):
        for line in self:
            line.is_mine = line.user_id == self.env.user

    def write(self, vals):
        done = super().write(vals)
        if {"name", "user_id"} & vals.keys() and not self._is_unguarded():
            # What was acknowledged was something else, or by somebody else.
            self.filtered("is_acknowledged")._unguarded().write(
                {"is_acknowledged": False, "date_acknowledged": False}
            )
        return done

    def action_acknowledge(self):
        """Say “I have taken it over”. Said again, the first time counts.

        :return: True
        :raises AccessError: it is handed over to somebody else
        """
        self.check_access("read")
        for line in self.filtered(lambda line: not line.is_acknowledged):
            if line.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "crm_project_rollout.not_handed_to_you: “%(line)s” is handed "
                        "over to %(user)s; nobody else can acknowledge it.",
                        line=line.name,
                        user=line.user_id.sudo().name,
                    )
                )
            line._unguarded().write(
                {"is_acknowledged": True, "date_acknowledged": fields.Datetime.now()}
            )
        return True
