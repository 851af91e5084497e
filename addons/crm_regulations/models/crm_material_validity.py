from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# How long before the end its owner is told.
WARN_DAYS = 14
_REVIEW_DAYS = 180
_COORDINATOR = "crm_segmentation.group_crm_coordinator"


class CrmMaterial(models.Model):
    """Until when a material may be used, and when somebody looks at it again."""

    _inherit = "crm.material"

    date_expiry = fields.Date(
        string="Valid until",
        copy=False,
        tracking=True,
        help="After this day it cannot be sent any more. Its owner is told two weeks "
        "before. Empty: without an end.",
    )
    review_days = fields.Integer(
        string="Look at it every (days)",
        default=_REVIEW_DAYS,
        help="Whether it is still right: prices, names, pictures.",
    )
    date_review = fields.Date(
        string="Look at it on",
        copy=False,
        default=lambda self: (
            fields.Date.context_today(self) + timedelta(days=_REVIEW_DAYS)
        ),
        help="The regulation “Review of materials” begins on this day.",
    )
    date_reviewed = fields.Date(string="Looked at", readonly=True, copy=False)
    is_expired = fields.Boolean(
        string="Expired", compute="_compute_is_expired", search="_search_is_expired"
    )
    date_expiry_told = fields.Date(
        copy=False, help="The end of which the owner has been told."
    )

    _review_days_range = models.Constraint(
        "CHECK(review_days > 0 AND review_days <= 3650)",
        "Look at it every 1 to 3650 days.",
    )

    @api.depends("date_expiry")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for material in self:
            material.is_expired = bool(material.date_expiry) and (
                material.date_expiry < today
            )

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        expired = fields.Domain("date_expiry", "<", fields.Date.context_today(self))
        return expired if True in value else ~expired

    def _refuse_expired(self):
        """Refuse to send or to use what is not valid any more.

        :raises UserError: which, since when, and who can change that
        """
        for material in self.sudo():
            if material.is_expired:
                raise UserError(
                    self.env._(
                        "crm_regulations.material_expired: %(reason)s Ask "
                        "%(owner)s for a new version, or to press “Still valid”.",
                        reason=material._expired_words(),
                        owner=material.owner_id.name
                        or self.env._("the CRM coordinator"),
                    )
                )

    def _expired_words(self):
        return self.env._(
            "“%(name)s”, version %(version)s, was valid until %(date)s.",
            name=self.name,
            version=self.version,
            date=fields.Date.to_string(self.date_expiry),
        )

    def action_still_valid(self):
        """Its owner has looked at it: it stays as it is, and valid.

        :return: True
        :raises AccessError: neither the owner nor a coordinator
        """
        for material in self:
            material._require_owner()
            today = fields.Date.context_today(material)
            until = today + timedelta(days=material.review_days)
            if material.date_expiry and material.date_expiry < until:
                material.sudo().date_expiry = until
            material._reviewed(self.env._("Still valid"))
        return True

    def _reviewed(self, words):
        """Somebody has looked at it; whoever had promised to has kept it."""
        today = fields.Date.context_today(self)
        material = self.sudo()
        material.write(
            {
                "date_reviewed": today,
                "date_review": today + timedelta(days=material.review_days),
            }
        )
        material.activity_ids.filtered(lambda a: a.crm_material_warning).action_done()
        owed = self.env["crm.obligation"].sudo()
        owed.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("date_end", "=", False),
            ]
        ).fulfil(words)

    def _require_owner(self):
        self.check_access("read")
        user = self.env.user
        if self.sudo().owner_id != user and not user.has_group(_COORDINATOR):
            raise AccessError(
                self.env._(
                    "crm_regulations.not_owner: “%(name)s” is kept up to date by "
                    "%(owner)s. That person or the CRM coordinator can do this.",
                    name=self.name,
                    owner=self.sudo().owner_id.name or self.env._("nobody"),
                )
            )

    @api.model
    def _cron_warn_expiry(self):
        """Tell owners two weeks before, once for each end."""
        cron = self.env["ir.cron"]
        while materials := self._soon_expired():
            materials._warn_owners()
            if not cron._commit_progress(len(materials)):
                break

    @api.model
    def _soon_expired(self):
        soon = fields.Date.today() + timedelta(days=WARN_DAYS)
        materials = self.search(
            [
                ("date_expiry", "<=", soon),
                ("owner_id.active", "=", True),
                ("date_expiry_told", "=", False),
            ],
            limit=100,
        )
        return materials

    def _warn_owners(self):
        for material in self:
            owner = material.owner_id
            text = material.with_context(lang=owner.lang)
            material.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=material.date_expiry,
                user_id=owner.id,
                crm_material_warning=True,
                summary=text.env._(
                    "“%(name)s” is valid until %(date)s only: make a new version or "
                    "press “Still valid”",
                    name=text.name,
                    date=fields.Date.to_string(material.date_expiry),
                ),
            )
            material.date_expiry_told = material.date_expiry

    def write(self, vals):
        # Another end is told anew.
        if "date_expiry" in vals and "date_expiry_told" not in vals:
            vals = {**vals, "date_expiry_told": False}
        return super().write(vals)


class MailActivity(models.Model):
    _inherit = "mail.activity"

    crm_material_warning = fields.Boolean(
        copy=False, help="It tells that a material will expire."
    )
