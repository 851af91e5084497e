from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_segmentation.core.wire import words

from .crm_regulation import FREE_FIELDS, LIFE_FIELDS
from .crm_regulation_life import COORDINATOR

_APPROVERS = ("sales_team.group_sale_manager", COORDINATOR)


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_regulation_approval = fields.Boolean(
        string="Regulations need the approval of a second person",
        default=True,
        help="Whoever wrote a regulation cannot put it into force alone, unless "
        "nobody else in the company could approve it.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_regulation_approval = fields.Boolean(
        related="company_id.crm_regulation_approval", readonly=False
    )


class CrmRegulation(models.Model):
    """A second person looks before a promise is made to customers."""

    _inherit = "crm.regulation"

    date_approved = fields.Datetime(string="Approved on", readonly=True, copy=False)
    editor_id = fields.Many2one(
        "res.users",
        string="Last changed by",
        readonly=True,
        copy=False,
        help="Whoever has changed the text last cannot approve it alone either.",
    )
    can_approve = fields.Boolean(compute="_compute_can_approve")
    can_publish = fields.Boolean(compute="_compute_can_approve")
    may_review = fields.Boolean(compute="_compute_can_approve")

    @api.depends("author_id", "editor_id", "approver_id", "company_id", "state")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        """Which buttons would be accepted of whoever looks."""
        user = self.env.user
        is_coordinator = user.has_group(COORDINATOR)
        is_admin = user.has_group("base.group_system")
        for regulation in self:
            is_open = regulation.state in ("draft", "review")
            alone = is_open and not regulation._needs_another(user)
            regulation.may_review = regulation._is_approver(user)
            regulation.can_approve = regulation.may_review and alone
            regulation.can_publish = (
                is_coordinator
                and is_open
                and (alone or is_admin or bool(regulation.approver_id))
            )

    def action_approve(self):
        """Approve a regulation in review; the approver is the caller.

        Whoever wrote it may approve it only if nobody else in the company could.

        :return: True
        :raises UserError: not in review, or the caller is the author
        """
        self._require_approver()
        self._require_state("review")
        for regulation in self.sudo():
            if regulation._needs_another(self.env.user) and not self.env.su:
                raise UserError(
                    self.env._(
                        "crm_regulations.own_approval: You wrote %(name)s yourself, so "
                        "somebody else must approve it. These people can: %(people)s.",
                        name=regulation.display_name,
                        people=regulation._told_approvers(),
                    )
                )
            regulation._approve(self.env.user)
        return True

    def action_reject(self, reason):
        """Send a regulation in review back to its author.

        :param reason: what is to be changed; it is kept in the chatter
        :return: True
        :raises UserError: not in review, or no reason
        """
        self._require_approver()
        self._require_state("review")
        reason = words(reason)
        if not reason:
            raise UserError(
                self.env._(
                    "crm_regulations.reason: Say in a few words what is to be changed "
                    "before it can be approved."
                )
            )
        for regulation in self.sudo():
            regulation.write(
                {"state": "draft", "approver_id": False, "date_approved": False}
            )
            regulation._tell(self.env._("Sent back: %(reason)s", reason=reason))
        return True

    def _is_approver(self, user):
        """Whether somebody approves regulations of the company.

        :param user: sales manager, coordinator, or head of one of its departments
        """
        return any(
            user.has_group(group) for group in _APPROVERS
        ) or user._is_department_head(self.sudo().company_id)

    def _require_approver(self):
        self.check_access("read")
        user = self.env.user
        if not self.env.su and not all(one._is_approver(user) for one in self):
            raise AccessError(
                self.env._(
                    "crm_regulations.approver_only: Sales managers, heads of "
                    "departments and the CRM coordinator approve regulations. Ask one "
                    "of them."
                )
            )

    def _settle_approval(self):
        """Publishing by another person than the author is an approval.

        :raises UserError: the author publishes what nobody has approved
        """
        if not self.env.su:
            for regulation in self.sudo():
                regulation._settle_approval_of(self.env.user)

    def _settle_approval_of(self, user):
        if self.approver_id or not self.company_id.crm_regulation_approval:
            return
        if not self._needs_another(user):
            self._approve(user)
        elif user.has_group("base.group_system"):
            self._tell(
                self.env._(
                    "Published without approval: an administrator put the own "
                    "regulation into force."
                )
            )
        else:
            raise UserError(
                self.env._(
                    "crm_regulations.not_approved: %(name)s must be approved by a "
                    "second person before it comes into force. Hand it over for "
                    "review; these people can approve it: %(people)s.",
                    name=self.display_name,
                    people=self._told_approvers(),
                )
            )

    def _approve(self, user):
        """Note an approval, and in words that it is the author's own."""
        self.write({"approver_id": user.id, "date_approved": fields.Datetime.now()})
        if user not in self._writers():
            return
        if self.company_id.crm_regulation_approval:
            note = self.env._(
                "Approved by the author, because nobody else in %(company)s could "
                "approve it.",
                company=self.company_id.name,
            )
        else:
            note = self.env._(
                "Approved by the author: %(company)s has switched the approval of a "
                "second person off.",
                company=self.company_id.name,
            )
        self._tell(note)

    def _writers(self):
        """Who wrote it, and who has changed it last."""
        return self.author_id | self.editor_id

    def _needs_another(self, user):
        """Whether somebody else than a user must approve it."""
        regulation = self.sudo()
        return (
            regulation.company_id.crm_regulation_approval
            and user in regulation._writers()
            and bool(regulation._other_approvers())
        )

    def _other_approvers(self):
        """Who could approve it and has not written it."""
        return self._possible_approvers() - self._writers()

    def _possible_approvers(self):
        """The active sales managers, coordinators and heads of the company."""
        groups = [self.env.ref(group).id for group in _APPROVERS]
        users = self.env["res.users"].sudo()
        departments = self.env["hr.department"].sudo()
        heads = departments.search(
            [
                ("manager_id.user_id", "!=", False),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        ).manager_id.user_id
        return users.search(
            [
                ("share", "=", False),
                ("company_ids", "in", self.company_id.ids),
                "|",
                ("all_group_ids", "in", groups),
                ("id", "in", heads.ids),
            ]
        )

    def _told_approvers(self):
        others = self._other_approvers()
        names = others[:5].mapped("name")
        return ", ".join(names + ["…"] * (len(others) > 5))

    def _tell(self, text):
        """A note in the chatter in the name of whoever acts; superuser environment."""
        for regulation in self:
            regulation.message_post(
                body=text,
                author_id=self.env.user.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )

    # --- what was approved is what stands there --------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        forged = {f"default_{field}" for field in LIFE_FIELDS}
        if self.env.su or not forged & self.env.context.keys():
            return super().create(vals_list)
        context = self.env.context
        kept = {name: context[name] for name in context.keys() - forged}
        honest = self.with_context(kept)  # pylint: disable=context-overridden
        return super(CrmRegulation, honest).create(vals_list).with_env(self.env)

    def write(self, vals):
        done = super().write(vals)
        if not self.env.su and vals.keys() - FREE_FIELDS - LIFE_FIELDS:
            self._note_change()
        return done

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        by_hand = not self.env.su
        if by_hand:
            self._refuse_if_published()
        done = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if by_hand:
            self._note_change()
        return done

    def _note_change(self):
        """A person has changed the text; nobody else has seen it yet."""
        others = self.sudo().filtered(lambda r: r.editor_id != self.env.user)
        others.write({"editor_id": self.env.uid})
        self._take_approval_back()

    def _take_approval_back(self):
        changed = self.sudo().filtered(lambda r: r.state == "review" and r.approver_id)
        changed.write({"approver_id": False, "date_approved": False})
        changed._tell(
            self.env._(
                "The approval was taken back, because the regulation was changed."
            )
        )


class CrmRegulationPart(models.AbstractModel):
    """A change of a part is a change of the regulation."""

    _inherit = "crm.regulation.part"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._note_change()
        return parts

    def write(self, vals):
        before = self._whole()
        done = super().write(vals)
        (before | self._whole())._note_change()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_note_change(self):
        self._note_change()

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        if not self.env.su:
            self._whole()._refuse_if_published()
        done = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        self._note_change()
        return done

    def _note_change(self):
        if not self.env.su:
            self._whole()._note_change()
