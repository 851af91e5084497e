import contextlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...core.metrics import LONGEST_CODE, code_from, is_code, spelled_window
from ...core.wire import LONGEST_LINE, is_text
from ...engine.metrics.built_in import BUILT_IN

# What a coordinator may change of a built-in metric.
_FREE = {"name", "description", "sequence"}


class CrmMetric(models.Model):
    """One number per counterparty: shipped with the addon, or made by a coordinator."""

    _name = "crm.metric"
    _description = "Metric"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Short name for integrations, in small Latin letters, digits and "
        "underscores; made up from the name if left empty.",
    )
    unit = fields.Char(
        translate=True, help="In what the number is counted: money, years, days …"
    )
    description = fields.Text(
        translate=True, help="How the number is computed, in words."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive a metric that is not needed for new categories."
    )
    better = fields.Selection(
        [("high", "The more, the better"), ("low", "The less, the better")],
        string="Ranking",
        default="high",
        required=True,
        help="Which end of the ranking is the good one, such as the less, the better "
        "for days since the last purchase.",
    )
    is_built_in = fields.Boolean(
        string="Built in", compute="_compute_is_built_in", search="_search_is_built_in"
    )

    _code_unique = models.UniqueIndex(
        "(code)",
        "crm_segmentation.metric_code: Another metric has this code already.",
    )

    @api.depends("code")
    def _compute_is_built_in(self):
        for metric in self:
            metric.is_built_in = metric.code in BUILT_IN

    def _search_is_built_in(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("code", "in" if True in value else "not in", list(BUILT_IN))]

    @api.constrains("code")
    def _check_code(self):
        for metric in self:
            if not is_code(metric.code):
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.metric_code: “%(code)s” cannot be the code "
                        "of a metric. Use at most %(longest)s small Latin letters, "
                        "digits and underscores, a letter first, or leave it empty.",
                        code=metric.code,
                        longest=LONGEST_CODE,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        taken = self._taken_codes()
        for vals in vals_list:
            self._check_texts(vals)
            self._check_values(vals)
            self._spell(vals)
            if not vals.get("code"):
                vals["code"] = code_from(str(vals.get("name") or ""), taken)
            elif vals["code"] in taken:
                raise self._code_taken(vals["code"])
            elif vals["code"] in BUILT_IN and not self.env.su:
                raise self._code_taken(vals["code"])
            taken.add(vals["code"])
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._check_texts(vals)
        self._spell(vals)
        if not self.env.su and vals.keys() - _FREE:
            self._refuse_built_in()
        if vals.get("code") and self.filtered(lambda m: m.code != vals["code"]):
            if len(self) > 1 or vals["code"] in self._taken_codes() | BUILT_IN.keys():
                raise self._code_taken(vals["code"])
            self._refuse_new_code()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_built_in(self):
        self._refuse_built_in()

    def _taken_codes(self):
        metrics = self.sudo().with_context(active_test=False)
        return set(metrics.search_fetch([], ["code"]).mapped("code"))

    @api.model
    def _spell(self, vals):
        """Write a definition as it is kept, however a program has spelled it."""
        if "window" in vals:
            vals["window"] = spelled_window(vals["window"])
        domain = vals.get("domain")
        if isinstance(domain, str) and domain.strip():
            with contextlib.suppress(ValueError, RecursionError):
                # JSON says true and null where Python says True and None.
                vals["domain"] = str(json.loads(domain))

    def _check_texts(self, vals):
        """Refuse what no column can keep, before PostgreSQL does it in its words."""
        for name, value in vals.items():
            if isinstance(value, str) and not is_text(value, self._longest(name)):
                raise UserError(
                    self.env._(
                        "crm_segmentation.metric_text: “%(field)s” is longer than "
                        "%(longest)s characters or has characters that cannot be kept.",
                        field=name,
                        longest=self._longest(name),
                    )
                )

    def _longest(self, name):
        # Conditions and descriptions may be long.
        return 10_000 if name in ("domain", "description") else LONGEST_LINE

    def _code_taken(self, code):
        return ValidationError(
            self.env._(
                "crm_segmentation.metric_code: Another metric has the code “%(code)s” "
                "already. Choose another one, or leave it empty.",
                code=code,
            )
        )

    def _refuse_built_in(self):
        shipped = self.filtered("is_built_in")
        if shipped:
            raise UserError(
                self.env._(
                    "crm_segmentation.metric_built_in: %(names)s belongs to the addon: "
                    "its name and description can be changed, nothing else, and it "
                    "cannot be deleted. Make a metric of your own instead.",
                    names=", ".join(shipped.mapped("name")),
                )
            )
