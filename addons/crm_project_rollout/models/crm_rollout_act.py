from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..engine.page import page_words

_VERDICTS = [
    ("reached", "Reached"),
    ("partly", "Reached in part"),
    ("missed", "Not reached"),
]


class CrmRolloutAct(models.Model):
    """The act of acceptance: what was promised, what came of it, who takes it over.

    The sponsor signs it; with the signature the figures stay as they were.
    """

    _name = "crm.rollout.act"
    _inherit = ["crm.rollout.record"]
    _description = "Act of Acceptance"
    _rec_name = "rollout_id"
    _stage_number = 7

    _guarded_fields = frozenset(
        {"is_signed", "signed_by_id", "date_signed", "snapshot"}
    )

    verdict = fields.Selection(
        _VERDICTS,
        compute="_compute_verdict",
        store=True,
        readonly=False,
        help="By the rule of success that was agreed in stage 2.",
    )
    verdict_reason = fields.Text(
        string="Why", help="What caused the difference between target and actual."
    )
    extra_results = fields.Text(help="What else has changed, wanted or not.")
    open_points = fields.Text(help="What is not done yet, who does it, until when.")
    is_signed = fields.Boolean(string="Signed", readonly=True, copy=False)
    signed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    date_signed = fields.Datetime(string="Signed On", readonly=True, copy=False)
    snapshot = WireJson(
        readonly=True, copy=False, help="The figures as they were signed."
    )
    can_sign = fields.Boolean(compute="_compute_can_sign")
    content = fields.Html(compute="_compute_content", sanitize=False)

    _once = models.Constraint(
        "UNIQUE(rollout_id)", "This CRM project has its act of acceptance already."
    )

    @api.depends("rollout_id")
    def _compute_verdict(self):
        for act in self:
            act.verdict = act.verdict or (
                act.rollout_id and act.rollout_id._verdict_proposal()
            )

    @api.depends("rollout_id.sponsor_id", "rollout_id.coordinator_id")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for act in self:
            rollout = act.sudo().rollout_id
            is_sponsor = rollout.sponsor_id == self.env.user
            act.can_sign = is_sponsor and not rollout._judges_own_work()

    @api.depends("snapshot", "is_signed")
    @api.depends_context("lang")
    def _compute_content(self):
        for act in self:
            act.content = self.env["ir.qweb"]._render(
                "crm_project_rollout.act_figures", {"page": act._page()}
            )

    def write(self, vals):
        if not self._is_unguarded():
            self._check_unsigned()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if not self._is_unguarded():
            self._check_unsigned()

    def _check_unsigned(self):
        for act in self.filtered("is_signed"):
            raise UserError(
                self.env._(
                    "crm_project_rollout.act_is_signed: The act of “%(rollout)s” is "
                    "signed and stays as it is. The sponsor can take the signature "
                    "back while stage 7 is open.",
                    rollout=act.rollout_id.name,
                )
            )

    def action_sign(self):
        """Sign the act; the figures stay as they are now. A signed one stays signed.

        :return: True
        :raises AccessError: the caller is not the sponsor, or leads the CRM project
            although somebody else could sign
        :raises UserError: the verdict is missing
        """
        self.check_access("read")
        for act in self.filtered(lambda act: not act.is_signed):
            act._check_sponsor()
            if act.rollout_id._judges_own_work():
                act._stage()._refuse_own_judge()
            act._check_not_history()
            act._check_stage_reached()
            if not act.verdict:
                raise UserError(
                    self.env._(
                        "crm_project_rollout.verdict_missing: Say in the act of "
                        "“%(rollout)s” whether the CRM project has reached what it "
                        "wanted, then sign.",
                        rollout=act.rollout_id.name,
                    )
                )
            act._unguarded().write(
                {
                    "snapshot": act._facts(),
                    "is_signed": True,
                    "signed_by_id": self.env.uid,
                    "date_signed": fields.Datetime.now(),
                }
            )
            act.rollout_id.sudo().message_post(
                body=self.env._("The act of acceptance is signed."),
                author_id=self.env.user.partner_id.id,
            )
        return True

    def action_unsign(self):
        """Take the signature back, as long as stage 7 is open.

        :return: True
        """
        self.check_access("read")
        for act in self.filtered("is_signed"):
            act._check_sponsor()
            act._check_not_history()
            act._unguarded().write(
                {
                    "is_signed": False,
                    "signed_by_id": False,
                    "date_signed": False,
                    "snapshot": False,
                }
            )
        return True

    def _check_stage_reached(self):
        if self._stage().state == "pending":
            raise UserError(
                self.env._(
                    "crm_project_rollout.act_too_early: The act of “%(rollout)s” is "
                    "signed in stage 7, when its figures are known. First pass the "
                    "gates before it.",
                    rollout=self.rollout_id.name,
                )
            )

    def _check_sponsor(self):
        sponsor = self.sudo().rollout_id.sponsor_id
        if self.env.user != sponsor:
            raise AccessError(
                self.env._(
                    "crm_project_rollout.not_sponsor: The act of “%(rollout)s” is "
                    "signed by the sponsor %(sponsor)s, not by you.",
                    rollout=self.rollout_id.name,
                    sponsor=sponsor.name,
                )
            )

    def _facts(self):
        """The figures of this moment, as they are frozen."""
        rollout = self.rollout_id.sudo()
        return {
            "sponsor": rollout.sponsor_id.name,
            "coordinator": rollout.coordinator_id.name,
            "rule": rollout._verdict_rule_text(),
            "goals": rollout._goal_lines(),
            "adoption": rollout.adoption(),
            "handovers": [
                {
                    "name": line.name,
                    "user": line.user_id.name,
                    "date": fields.Date.to_string(line.date),
                    "is_acknowledged": line.is_acknowledged,
                }
                for line in rollout.handover_ids
            ],
            "conditions": [
                condition._in_words()
                for condition in rollout.condition_ids
                if not condition.is_closed
            ],
        }

    def _page(self):
        """What the act shows: the signed figures, or those of now."""
        self.ensure_one()
        facts = self._signed_facts() if self.is_signed else self._facts()
        return {**facts, "is_signed": self.is_signed, **page_words(self.env)}

    def _signed_facts(self):
        """The signed figures and people, in the language of whoever reads them."""
        rollout = self.rollout_id.sudo()
        facts = self.snapshot
        return {
            "coordinator": rollout.coordinator_id.name,
            **facts,
            "sponsor": self.signed_by_id.sudo().name,
            # Frozen since gate 2, so it is the same rule.
            "rule": facts["rule"] and rollout._verdict_rule_text(),
            "goals": rollout._goal_lines_in_words(facts["goals"]),
        }
