import hashlib
import json
import logging
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..core.scheme import Scheme
from ..core.wire import is_id, words
from ..engine.classification import Classification
from ..engine.explanation import explained_categories, for_wire
from ..engine.metrics_sql import window

COORDINATOR = "crm_segmentation.group_crm_coordinator"
# Tells our advisory locks from those of others; the second key is the segmentation.
LOCK_SPACE = 0x43524D53
_logger = logging.getLogger(__name__)


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
        [("threshold", "By thresholds")],
        default="threshold",
        required=True,
        help="By thresholds: each category says which numbers a counterparty needs.",
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
        "crm.segmentation.version", "segmentation_id", string="Versions"
    )
    spec = fields.Json(
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
    )  # fmt: skip
    def _compute_is_changed(self):
        for segmentation in self:
            published = segmentation.state == "published"
            segmentation.is_changed = (
                published and segmentation._compile() != segmentation.spec
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

    def action_publish(self):
        """Put the rule as it stands into force and classify by it.

        :return: True
        :raises UserError: the rule is incomplete; the message names what is missing
        """
        self._require_coordinator()
        for segmentation in self:
            segmentation._check_complete()
            segmentation._publish()
        return True

    def classify(self):
        """Give every covered counterparty its category by the published rule.

        :return: ``{"changed": n}``, the number of counterparties that moved
        :raises UserError: a segmentation is not published, or is being classified
            by somebody else at this moment
        """
        self._require_coordinator()
        return {
            "changed": sum(segmentation._classify("request") for segmentation in self)
        }

    def preview(self):
        """Who would move if the rule as it stands were published now.

        :return: ``{"token": text, "rows": [{"from_id", "to_id", "count", "amount"}]}``;
            ids are False for no category, ``amount`` is monthly turnover in company
            currency; the token changes when rule, day or result do
        """
        self._require_one()
        self._require_coordinator()
        self._check_complete()
        spec = self._compile()
        rows = [
            {
                "from_id": now or False,
                "to_id": after or False,
                "count": count,
                "amount": amount or 0.0,
            }
            for now, after, count, amount in self._classification(spec).matrix()
        ]
        content = json.dumps([spec, str(fields.Date.today()), rows], sort_keys=True)
        return {
            "token": hashlib.sha256(content.encode()).hexdigest()[:16],
            "rows": rows,
        }

    def set_override(self, partner_id, segment_id, reason, until=False):
        """Set a counterparty's category by hand; the computed one stays visible.

        :param partner_id: id of the counterparty
        :param segment_id: id of a category of this segmentation
        :param reason: why; kept with the author
        :param until: last day in force as a date or ISO text; False for no end
        :return: id of the membership
        :raises UserError: no reason, a strange category, a day in the past, or the
            segmentation is not published
        """
        self._require_one()
        self._require_coordinator(or_manager=True)
        self._require_published()
        partner, segment = self._check_override(partner_id, segment_id, reason)
        until = self._check_until(until)
        membership = self._membership(partner)
        values = {
            "segment_id": segment.id,
            "origin": "manual",
            "override_until": until,
            "override_reason": reason.strip(),
            "override_user_id": self.env.uid,
            "date_from": fields.Date.today(),
        }
        before = membership.segment_id
        if membership:
            membership.write(values)
        else:
            membership = membership.create(
                {
                    **values,
                    "partner_id": partner.id,
                    "segmentation_id": self.id,
                    "company_id": self.company_id.id,
                }
            )
        if before != segment:
            self._log_movement(partner, before, segment, "override")
        self.env.flush_all()
        partner.invalidate_recordset(["own_segment_ids", "segment_ids"])
        return membership.id

    def explain(self, partner_id):
        """Why a counterparty has its category.

        :param partner_id: id of the counterparty
        :return: dictionary with ``category``, ``computed``, ``origin``, ``version``,
            ``date``, ``window_from`` and ``window_to`` (the full months that count),
            ``values`` (metric code → number or False) and ``categories``, a list in
            the order of the rule: each with ``code``, ``name``, ``holds``, ``match``
            and ``conditions`` of ``metric``, ``name``, ``value``, ``operator``,
            ``threshold`` (to stay, for who is in the category), ``enter`` (to get
            in), ``met`` and ``distance`` (what is missing)
        :raises UserError: the segmentation is not published or does not cover the
            counterparty
        """
        self._require_one()
        self.check_access("read")
        self._require_published()
        partner = self._visible_partner(partner_id)
        values = self.sudo()._classification(self.spec).values(partner.id)
        if values is None:
            raise UserError(
                self.env._(
                    "crm_segmentation.not_covered: %(partner)s is not covered by "
                    "%(name)s: look at the counterparty types and at whether the "
                    "counterparty is active.",
                    partner=partner.display_name,
                    name=self.name,
                )
            )
        membership = self._membership(partner)
        start, end = window(fields.Date.today())
        return {
            "partner": partner.display_name,
            "category": membership.segment_id.code or False,
            "computed": membership.computed_segment_id.code or False,
            "origin": membership.origin or False,
            "reason": membership.override_reason or False,
            "until": str(membership.override_until or "") or False,
            "date_from": str(membership.date_from or "") or False,
            "version": self.version,
            "date": str(fields.Date.today()),
            "window_from": str(start),
            "window_to": str(end - timedelta(days=1)),
            "values": {code: for_wire(value) for code, value in values.items()},
            "categories": explained_categories(
                self, values, membership.computed_segment_id.id
            ),
        }

    def action_archive_segmentation(self):
        """Take the segmentation out of use; its history stays.

        :return: True
        """
        self._require_coordinator()
        for segmentation in self.sudo().filtered(lambda s: s.state != "archived"):
            for membership in segmentation.membership_ids:
                segmentation._log_movement(
                    membership.partner_id,
                    membership.segment_id,
                    self.env["crm.segment"],
                    "archive",
                )
            segmentation.membership_ids.unlink()
            segmentation.state = "archived"
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

    def action_preview(self):
        """The button of :meth:`preview`: the matrix now → after in a dialog."""
        self.ensure_one()
        rows = self.preview()["rows"]
        wizard = self.env["crm.segmentation.preview"].create(
            {"segmentation_id": self.id}
        )
        wizard._fill(rows)
        return wizard._open()

    def action_classify(self):
        """The button of :meth:`classify`: says how many moved."""
        changed = self.classify()["changed"]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s changed category.", count=changed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # --- nightly --------------------------------------------------------------

    @api.model
    def _cron_classify(self):
        """Classify by every published rule; each is committed before the next.

        A rule that fails is logged and stops nobody else's.
        """
        cron = self.env["ir.cron"]
        todo = self.search([("state", "=", "published")])
        cron._commit_progress(remaining=len(todo))
        for segmentation in todo:
            try:
                with self.env.cr.savepoint():
                    segmentation._classify("nightly")
            except Exception:
                _logger.exception("Segmentation %s was not classified", segmentation.id)
            if not cron._commit_progress(1):
                break

    # --- inside ---------------------------------------------------------------

    @api.model
    def _load_demo(self):
        """Called by the demo data."""
        from ..demo.medical_distributor import MedicalDistributor

        MedicalDistributor(self.sudo().env).load()

    @api.model
    def _shipped(self):
        """The drafts that come with the addon; every company gets a copy."""
        master = self.env.ref(
            "crm_segmentation.segmentation_method_example", raise_if_not_found=False
        )
        return master or self.browse()

    def _publish(self):
        spec = self._compile()
        version = self.version + 1
        self.sudo().write({"spec": spec, "version": version, "state": "published"})
        self.env["crm.segmentation.version"].sudo().create(
            {
                "segmentation_id": self.id,
                "version": version,
                "spec": spec,
                "rule": self.rule,
                "user_id": self.env.uid,
            }
        )
        self._classify("publish")

    def _classify(self, cause):
        self._require_published()
        self._lock()
        # Documents, lines and partners of this transaction count as well.
        self.env.flush_all()
        self.sudo()._end_overrides()
        changed = self.sudo()._classification(self.spec).apply(cause, self.version)
        self.sudo().last_run = fields.Datetime.now()
        self.env.invalidate_all()
        return changed

    def _classification(self, spec):
        self.env.flush_all()
        return Classification(self.env, self.id, spec, fields.Date.today())

    def _compile(self):
        """The rule as it stands, as the engine reads it and versions keep it."""
        self.ensure_one()
        scheme = Scheme(
            tuple(s._to_core() for s in self.segment_ids.sorted("sequence"))
        )
        return {
            "company_id": self.company_id.id,
            "unit": self.unit,
            "type_ids": sorted(self.counterparty_type_ids.ids),
            "untyped_buyers": self.untyped_buyers,
            "categories": scheme.to_json(),
        }

    def _end_overrides(self):
        """Give back the computed category where the last day has passed."""
        ended = self.env["crm.segment.membership"].search(
            [
                ("segmentation_id", "=", self.id),
                ("origin", "=", "manual"),
                ("override_until", "<", fields.Date.today()),
            ]
        )
        for membership in ended:
            computed = membership.computed_segment_id
            self._log_movement(
                membership.partner_id, membership.segment_id, computed, "override_end"
            )
            if not computed:
                membership.unlink()
                continue
            membership.write(
                {
                    "segment_id": computed.id,
                    "origin": "rule",
                    "date_from": fields.Date.today(),
                    "override_until": False,
                    "override_reason": False,
                    "override_user_id": False,
                }
            )
        self.env.flush_all()

    def _log_movement(self, partner, before, after, cause):
        self.env["crm.segment.movement"].sudo().create(
            {
                "partner_id": partner.id,
                "segmentation_id": self.id,
                "from_segment_id": before.id,
                "to_segment_id": after.id,
                "company_id": self.company_id.id,
                "date": fields.Date.today(),
                "cause": cause,
                "version": self.version,
            }
        )

    def _membership(self, partner):
        return (
            self.env["crm.segment.membership"]
            .sudo()
            .search(
                [("partner_id", "=", partner.id), ("segmentation_id", "=", self.id)]
            )
        )

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
            problem = self.env._("it has no categories")
        elif len(self.segment_ids.filtered("is_default")) != 1:
            problem = self.env._("exactly one category must take the rest")
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

    def _check_override(self, partner_id, segment_id, reason):
        partner = self._visible_partner(partner_id)
        segment = self.segment_ids.filtered(lambda s: s.id == segment_id)
        if not (is_id(segment_id) and segment):
            problem = self.env._(
                "the category does not belong to %(name)s", name=self.name
            )
        elif not words(reason):
            problem = self.env._("say why, in a few words")
        else:
            return partner, segment
        raise self._override_error(problem)

    def _check_until(self, until):
        if not until:
            return False
        try:
            known = isinstance(until, str | date)
            day = known and fields.Date.to_date(until)
        except ValueError:
            day = False
        if not day:
            problem = self.env._("“%(day)s” is not a day; write 2026-12-31", day=until)
        elif day < fields.Date.today():
            problem = self.env._("the last day, %(day)s, is over already", day=day)
        else:
            return day
        raise self._override_error(problem)

    def _override_error(self, problem):
        return UserError(
            self.env._(
                "crm_segmentation.override: The category was not set by hand: "
                "%(problem)s.",
                problem=problem,
            )
        )

    def _visible_partner(self, partner_id):
        partners = self.env["res.partner"]
        partner = partners.browse(partner_id if is_id(partner_id) else []).exists()
        if not partner:
            raise UserError(
                self.env._(
                    "crm_segmentation.no_partner: There is no counterparty with the id "
                    "%(id)s.",
                    id=partner_id,
                )
            )
        partner.check_access("read")
        return self._whose_category(partner)

    def _whose_category(self, partner):
        """A contact has the category of its company."""
        return partner.commercial_partner_id if self.unit == "company" else partner

    def _lock(self):
        """One run at a time: a second one is told so instead of waiting."""
        rows = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_SPACE, self.id)
        )
        if not rows[0][0]:
            raise UserError(
                self.env._(
                    "crm_segmentation.running: %(name)s is being classified right now. "
                    "Try again in a minute.",
                    name=self.name,
                )
            )
