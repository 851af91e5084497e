from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_segmentation.core.wire import words

from ..engine.loading import Loaded, loaded


class CrmRolloutLoad(models.Model):
    """One load of data: how much should have come, how much is there, who signs."""

    _name = "crm.rollout.load"
    _inherit = ["crm.rollout.record"]
    _description = "Data Load of a CRM Project"
    _order = "rollout_id, sequence, id"

    _guarded_fields = frozenset(
        {
            "is_signed",
            "signed_by_id",
            "date_signed",
            "signed_count",
            "signed_duplicates",
            "signed_completeness",
        }
    )
    _people_fields = ("user_id",)
    #: What may still be written into a signed load: nothing that was signed.
    _free_fields = frozenset({"sequence"})

    sequence = fields.Integer(default=10)
    name = fields.Char(string="What is loaded", required=True)
    source = fields.Char(
        required=True, help="Where the data come from: a file, a system, a person."
    )
    counterparty_type_id = fields.Many2one(
        "crm.counterparty.type",
        string="Counted",
        ondelete="restrict",
        help="Counterparties of this type are counted; all of them if it is empty.",
    )
    expected_count = fields.Integer(
        string="Expected", required=True, help="How many there are in the source."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Signs",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Compares the counts with the source and signs.",
    )
    loaded_count = fields.Integer(
        string="Loaded",
        compute="_compute_loaded",
        compute_sudo=True,
        help="How many are in the system; once it is signed: how many were then.",
    )
    difference = fields.Integer(
        compute="_compute_loaded", compute_sudo=True, help="Loaded minus expected."
    )
    duplicate_count = fields.Integer(
        string="Probably Twice", compute="_compute_loaded", compute_sudo=True
    )
    completeness = fields.Float(
        string="Known, %",
        compute="_compute_loaded",
        compute_sudo=True,
        digits=(5, 1),
        help="How much of the required information is there, on average.",
    )
    note = fields.Char(
        string="Why it differs", help="Needed when loaded and expected differ."
    )
    is_signed = fields.Boolean(string="Signed", readonly=True, copy=False)
    signed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    date_signed = fields.Datetime(string="Signed On", readonly=True, copy=False)
    signed_count = fields.Integer(readonly=True, copy=False)
    signed_duplicates = fields.Integer(readonly=True, copy=False)
    signed_completeness = fields.Float(readonly=True, copy=False)
    can_sign = fields.Boolean(compute="_compute_can_sign")

    _expected_positive = models.Constraint(
        "CHECK(expected_count >= 0)", "The expected number is 0 or more."
    )

    @api.depends("counterparty_type_id", "expected_count", "is_signed", "company_id")
    def _compute_loaded(self):
        companies = self.filtered(lambda load: not load.is_signed).company_id
        found = {company: loaded(company) for company in companies}
        for load in self:
            if load.is_signed:
                facts = Loaded(
                    load.signed_count, load.signed_duplicates, load.signed_completeness
                )
            else:
                of_company = found.get(load.company_id, {})
                facts = of_company.get(load.counterparty_type_id.id, Loaded())
            load.loaded_count = facts.count
            load.difference = facts.count - load.expected_count
            load.duplicate_count = facts.duplicates
            load.completeness = facts.completeness

    @api.depends("user_id", "rollout_id.sponsor_id")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for load in self:
            load.can_sign = self.env.user in load._signers()

    def _signers(self):
        return self.user_id | self.sudo().rollout_id.sponsor_id

    def write(self, vals):
        if vals.keys() - self._free_fields:
            self._check_unsigned()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_unsigned()

    def _check_unsigned(self):
        if self._is_unguarded():
            return
        for load in self.filtered("is_signed"):
            raise UserError(
                self.env._(
                    "crm_project_rollout.load_is_signed: “%(load)s” is signed by "
                    "%(user)s and stays as it is. Whoever signed can take the "
                    "signature back while the stage is open.",
                    load=load.name,
                    user=load.signed_by_id.sudo().name,
                )
            )

    def action_sign(self, note=False):
        """Sign that the data are here as they should be. Signed ones stay signed.

        :param note: why loaded and expected differ, if they do
        :return: True
        :raises AccessError: the caller is neither the person who signs nor the sponsor
        :raises UserError: the counts differ and nobody says why
        """
        self.check_access("read")
        for load in self.filtered(lambda load: not load.is_signed):
            load._check_signer()
            load._check_not_history()
            load._sign(fields.Datetime.now(), words(note or load.note))
        return True

    def _sign(self, when, note):
        if self.difference and not note:
            raise UserError(
                self.env._(
                    "crm_project_rollout.load_differs: “%(load)s”: %(expected)s "
                    "were expected and %(loaded)s are there. Load what is missing, or "
                    "write down why it differs.",
                    load=self.name,
                    expected=self.expected_count,
                    loaded=self.loaded_count,
                )
            )
        self._unguarded().write(
            {
                "is_signed": True,
                "signed_by_id": self.env.uid,
                "date_signed": when,
                "signed_count": self.loaded_count,
                "signed_duplicates": self.duplicate_count,
                "signed_completeness": self.completeness,
                "note": note,
            }
        )

    def action_unsign(self):
        """Take a signature back, as long as the stage is open.

        :return: True
        """
        self.check_access("read")
        for load in self.filtered("is_signed"):
            load._check_signer()
            load._check_not_history()
            load._unguarded().write(
                {"is_signed": False, "signed_by_id": False, "date_signed": False}
            )
        return True

    def _check_signer(self):
        if self.env.user not in self._signers():
            raise AccessError(
                self.env._(
                    "crm_project_rollout.not_load_signer: “%(load)s” is signed by "
                    "%(user)s or the sponsor, not by you.",
                    load=self.name,
                    user=self.user_id.sudo().name,
                )
            )

    def action_open_loaded(self):
        """The counterparties that are counted."""
        self.ensure_one()
        domain = [("counterparty_type_ids", "in", self.counterparty_type_id.ids)]
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": domain if self.counterparty_type_id else [],
        }
