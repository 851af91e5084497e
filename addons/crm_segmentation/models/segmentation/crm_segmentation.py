from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...core.spec import complete
from ...engine.writing import end_all
from ..wire_json import WireJson

COORDINATOR = "crm_segmentation.group_crm_coordinator"


class CrmSegmentation(models.Model):
    _name = "crm.segmentation"
    _description = "Segmentation"
    _inherit = ["mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Short name without spaces for integrations; made up if left empty.",
    )
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True, help="What the categories are used for.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="Whose documents count. Each company has its own segmentations.",
    )
    unit = fields.Selection(
        [("company", "Companies"), ("person", "Persons")],
        default="company",
        required=True,
        help="Companies: documents of all contacts count for their company. "
        "Persons: each person is classified, also one who works for several clinics.",
    )
    method = fields.Selection(
        [
            ("threshold", "By thresholds"),
            ("share", "By share of the turnover (ABC)"),
            ("quantile", "By rank among all (RFM)"),
        ],
        default="threshold",
        required=True,
        help="By thresholds: each category says which numbers a counterparty needs. "
        "By share: A is the few who make the first 80 % of the turnover. By rank: "
        "better than so many percent of all. A condition may look at its number in "
        "another way than the others.",
    )
    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type",
        string="Counterparty Types",
        help="Who is classified. Empty: every counterparty.",
    )
    untyped_buyers = fields.Boolean(
        string="Also buyers without a type",
        default=True,
        help="A counterparty that has bought but has no type yet is classified too.",
    )
    segment_ids = fields.One2many(
        "crm.segment", "segmentation_id", string="Categories", copy=True
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("archived", "Archived")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    version = fields.Integer(
        readonly=True, copy=False, help="Counts the rules that were published."
    )
    version_ids = fields.One2many(
        "crm.segmentation.version",
        "segmentation_id",
        string="Versions",
        # Who may not read versions still reads segmentations whole.
        groups=COORDINATOR,
    )
    spec = WireJson(
        readonly=True,
        copy=False,
        help="The rule in force, frozen when it was published.",
    )
    is_changed = fields.Boolean(
        string="Rule changed since publishing",
        compute="_compute_is_changed",
    )
    rule = fields.Text(compute="_compute_rule", help="All categories in words.")
    last_run = fields.Datetime(string="Last classified on", readonly=True, copy=False)
    membership_ids = fields.One2many("crm.segment.membership", "segmentation_id")
    partner_count = fields.Integer(
        string="Classified", compute="_compute_partner_count"
    )

    _code_company_unique = models.Constraint(
        "UNIQUE(company_id, code)",
        "Another segmentation of this company has this code already.",
    )

    # --- computed fields ------------------------------------------------------

    @api.depends(
        "spec", "unit", "counterparty_type_ids", "untyped_buyers",
        "segment_ids.sequence", "segment_ids.is_default", "segment_ids.match",
        "segment_ids.code",
        "segment_ids.criterion_ids.metric_id", "segment_ids.criterion_ids.operator",
        "segment_ids.criterion_ids.value_enter",
        "segment_ids.criterion_ids.value_leave", "segment_ids.criterion_ids.has_leave",
        "segment_ids.criterion_ids.basis",
        "segment_ids.on_ladder", "segment_ids.grace_days",
        "segment_ids.min_stay_days",
        "promotion", "one_step", "demote_on", "outlook_margin",
    )  # fmt: skip
    def _compute_is_changed(self):
        for segmentation in self:
            published = segmentation.state == "published"
            segmentation.is_changed = published and segmentation._compile() != complete(
                segmentation.spec
            )

    @api.depends("segment_ids.code", "segment_ids.rule")
    @api.depends_context("lang")
    def _compute_rule(self):
        for segmentation in self:
            segmentation.rule = "\n".join(
                f"{segment.code}: {segment.rule}"
                for segment in segmentation.segment_ids
            )

    def _compute_partner_count(self):
        counts = dict(
            self.env["crm.segment.membership"]._read_group(
                [("segmentation_id", "in", self.ids)], ["segmentation_id"], ["__count"]
            )
        )
        for segmentation in self:
            segmentation.partner_count = counts.get(segmentation, 0)

    @api.constrains("company_id")
    def _check_company_stays(self):
        for segmentation in self.filtered("version"):
            if segmentation.spec["company_id"] != segmentation.company_id.id:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.company_is_fixed: %(name)s has been "
                        "published for a company and stays with it. Copy it for "
                        "another one.",
                        name=segmentation.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        for segmentation in self.filtered("version"):
            raise UserError(
                self.env._(
                    "crm_segmentation.has_history: %(name)s has been published, and "
                    "the history of its categories is kept. Archive it instead.",
                    name=segmentation.name,
                )
            )

    @api.depends("name", "company_id")
    def _compute_display_name(self):
        several = len(self.env.companies) > 1
        for segmentation in self:
            company = f" ({segmentation.company_id.name})" if several else ""
            name = segmentation.name
            segmentation.display_name = name and f"{name}{company}"

    def write(self, vals):
        if {"state", "spec", "version"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "crm_segmentation.use_buttons: The state and the published rule "
                    "change through “Publish” and “Take out of use” only."
                )
            )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        taken = self._taken_codes()
        for vals in vals_list:
            self._check_values(vals)
            if not self.env.su:
                for field in ("state", "spec", "version"):
                    vals.pop(field, None)
            vals["code"] = vals.get("code") or self._free_code(taken)
            taken.add(vals["code"])
        return super().create(vals_list)

    def copy_data(self, default=None):
        taken = self._taken_codes()
        found = []
        for vals in super().copy_data(default):
            code = vals.get("code") or self._free_code(taken)
            taken.add(code)
            found.append({**vals, "code": code})
        return found

    def _taken_codes(self):
        rows = self.env.execute_query(SQL("SELECT code FROM crm_segmentation"))
        return {row[0] for row in rows}

    def _free_code(self, taken):
        """A code for a segmentation that was made without one."""
        number = len(taken) + 1
        while f"segmentation_{number}" in taken:
            number += 1
        return f"segmentation_{number}"

    # --- public methods -------------------------------------------------------

    def action_archive_segmentation(self):
        """Take the segmentation out of use; its history stays.

        :return: True
        """
        self._require_coordinator()
        for segmentation in self.sudo().filtered(lambda s: s.state != "archived"):
            segmentation._lock()
            self.env.flush_all()
            end_all(
                self.env, segmentation.id, segmentation.version, fields.Date.today()
            )
            segmentation.state = "archived"
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        return True

    def action_open_partners(self):
        """All counterparties that have a category of this segmentation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_counterparty"
        )
        return {
            **action,
            "display_name": self.name,
            "domain": [("own_segment_ids.segmentation_id", "=", self.id)],
            "context": {"search_default_by_own_segment": 1},
        }

    # --- inside ---------------------------------------------------------------

    @api.model
    def _load_demo(self):
        """Called by the demo data."""
        from ...demo.medical_distributor import MedicalDistributor

        MedicalDistributor(self.sudo().env).load()

    @api.model
    def _shipped(self):
        """The drafts that come with the addon; every company gets a copy."""
        masters = self.browse()
        for name in ("segmentation_starter", "segmentation_method_example"):
            masters |= (
                self.env.ref(f"crm_segmentation.{name}", raise_if_not_found=False)
                or self.browse()
            )
        return masters

    # --- checks ---------------------------------------------------------------

    def _require_coordinator(self, or_manager=False):
        allowed = self.env.su or self.env.user.has_group(COORDINATOR)
        if or_manager:
            allowed = allowed or self.env.user.has_group(
                "sales_team.group_sale_manager"
            )
        if not allowed:
            raise AccessError(
                self.env._(
                    "crm_segmentation.coordinator_only: This is the CRM coordinator's "
                    "work. Ask the coordinator, or an administrator for the role."
                )
            )
        self.check_access("write" if not or_manager else "read")

    def _require_one(self):
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_segmentation.one_record: Ask this of one segmentation; "
                    "%(count)s were given.",
                    count=len(self),
                )
            )

    def _require_published(self):
        for segmentation in self:
            if segmentation.state != "published":
                raise UserError(
                    self.env._(
                        "crm_segmentation.not_published: %(name)s is not published, so "
                        "there is no rule to go by. Publish it first.",
                        name=segmentation.name,
                    )
                )

    def _check_complete(self):
        self.ensure_one()
        if self.state == "archived":
            problem = self.env._("it is archived")
        elif not self.segment_ids:
            problem = self.env._(
                "it has no categories; add them on the page “Categories”, or start "
                "again with “Guided set-up”"
            )
        elif len(self.segment_ids.filtered("is_default")) != 1:
            problem = self.env._(
                "exactly one category must take the rest; open a category and switch "
                "“Takes the rest” on or off"
            )
        else:
            empty = self.segment_ids.filtered(
                lambda s: s.is_default == bool(s.criterion_ids)
            )
            if not empty:
                return
            problem = self.env._(
                "category %(codes)s: the one that takes the rest has no conditions, "
                "every other one needs at least one",
                codes=", ".join(empty.mapped("code")),
            )
        raise UserError(
            self.env._(
                "crm_segmentation.incomplete: %(name)s cannot be used yet: "
                "%(problem)s.",
                name=self.name,
                problem=problem,
            )
        )
