from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty

# What the list of customers was made from; the same until it is made anew.
_FROZEN = {
    "company_id", "product_ids", "counterparty_type_ids", "segment_ids",
    "sale_kind_ids", "territory_ids", "scope_domain", "personal_segment_ids",
    "respect_optout", "name", "body",
}  # fmt: skip
# What changes through the buttons only.
_LIFE = {
    "state", "mailing_id", "is_covered", "date_prepared", "date_start", "date_covered",
    "date_done", "recipient_ids",
}  # fmt: skip


class CrmAnnouncement(models.Model):
    """What an announcement must be like, and what nobody changes by hand."""

    _inherit = "crm.announcement"

    def _problem(self):
        """(code, words) of what keeps it from being prepared; else None."""
        scope = (
            self.counterparty_type_ids,
            self.segment_ids,
            self.sale_kind_ids,
            self.territory_ids,
            self._parsed_scope(),
        )
        if not any(scope):
            return "announcement_scope", self.env._(
                "say for whom: a counterparty type, a category, a kind of sale, a "
                "territory or a filter"
            )
        if is_html_empty(self.body):
            return "announcement_text", self.env._("write the text of the letter")
        return self._product_problem()

    def _product_problem(self):
        gone = self.with_context(active_test=False).product_ids.filtered(
            lambda product: not product.active
        )
        if not gone:
            return None
        return "announcement_product", self.env._(
            "these products are archived: %(names)s. Take them out or restore them",
            names=", ".join(gone.mapped("name")),
        )

    def _mailing_problem(self):
        everything = self.sudo()
        rows = everything.recipient_ids
        if everything.mailing_id or not rows.search_count(self._mailed_domain()):
            return None
        return "announcement_mailing", self.env._(
            "its mailing was deleted. Go back to the draft and prepare it anew"
        )

    def _refuse(self, problem):
        if problem:
            raise self._error(*problem)

    def _error(self, code, words):
        return UserError(
            self.env._(
                "crm_regulations.%(code)s: “%(name)s”: %(problem)s.",
                code=code,
                name=self.name,
                problem=words,
            )
        )

    def _require_state(self, *states):
        names = dict(self._fields["state"]._description_selection(self.env))
        if self.state not in states:
            self._refuse(
                (
                    "announcement_state",
                    self.env._(
                        "this can be done while it is: %(wanted)s; now it is: %(now)s",
                        wanted=", ".join(names[state] for state in states),
                        now=names[self.state],
                    ),
                )
            )

    def _require_one(self):
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_record: Ask this of one announcement; "
                    "%(count)s were given.",
                    count=len(self),
                )
            )

    def _require_author(self):
        self.check_access("write")

    @api.constrains("name")
    def _check_name(self):
        # Odoo would fill placeholders in with all rights.
        for announcement in self:
            if "{{" in announcement.name:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.announcement_subject: The subject cannot have "
                        "placeholders “{{ }}” here. Add them in the mailing."
                    )
                )

    @api.constrains("scope_domain")
    def _check_scope(self):
        for announcement in self:
            self.env["crm.regulation"]._check_domain(
                "res.partner",
                announcement.scope_domain,
                self._fields["scope_domain"],
            )

    def _parsed_scope(self):
        return self.env["crm.regulation"]._parse_domain(self.scope_domain)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                for name in _LIFE & vals.keys():
                    del vals[name]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and _LIFE & vals.keys():
            raise UserError(
                self.env._(
                    "crm_regulations.use_buttons: The state of an announcement changes "
                    "through its buttons only."
                )
            )
        if _FROZEN & vals.keys() and any(a.state != "draft" for a in self):
            raise UserError(
                self.env._(
                    "crm_regulations.announcement_frozen: Its list of customers is "
                    "made already. Go back to the draft to change for whom it is or "
                    "what it says; what was sent cannot be changed."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for announcement in self.filtered(lambda a: a.state in ("running", "done")):
            raise announcement._error(
                "announcement_sent",
                self.env._("it was sent; the proof of it is kept"),
            )
