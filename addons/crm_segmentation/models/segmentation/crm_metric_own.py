from psycopg2 import Error as DatabaseError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...engine.metrics.built_in import BUILT_IN
from ...engine.metrics.definition import NEEDS_MEASURE, NEEDS_NUMBER, Definition
from ...engine.metrics.own import OwnMetric
from ...engine.metrics.plan import measure

_DEFINITION = (
    "code", "res_model", "partner_path", "date_field", "measure", "aggregate", "domain",
    "window",
)  # fmt: skip
# Models of the machinery, which no sales manager would look for.
_TECHNICAL = (
    "ir.", "base.", "bus.", "mail.", "discuss.", "res.users", "res.company",
    "res.partner.bank", "payment.", "snailmail.", "calendar.filters",
    "project.collaborator", "product.supplierinfo", "crm.segment", "crm.metric",
    "crm.timeline",
    "crm.counterparty", "crm.contact", "crm.coverage",
)  # fmt: skip
# What is asked for most, offered first.
_USUAL_MODELS = (
    "crm.purchase", "sale.order", "account.move", "crm.lead", "crm.interaction",
    "calendar.attendee", "project.task", "res.partner",
)  # fmt: skip
_USUAL_DATES = ("invoice_date", "date_order", "date", "date_closed", "create_date")


class CrmMetric(models.Model):
    """Metrics that a coordinator makes without code."""

    _inherit = "crm.metric"

    res_model = fields.Char(
        string="Model",
        help="Technical name of the documents that are counted, such as sale.order.",
    )
    model_choice = fields.Selection(
        selection="_selection_model_choice",
        string="Documents",
        compute="_compute_model_choice",
        inverse="_inverse_model_choice",
        help="What is counted or added up. Only what you may read yourself is offered; "
        "the number itself is made of all documents of the company.",
    )
    partner_path = fields.Char(
        string="Counterparty",
        help="The field that leads from a document to its counterparty. For numbers "
        "on the contact itself, write id.",
    )
    date_field = fields.Char(
        string="Date",
        help="The day by which documents fall into the window, and at whose rate money "
        "is converted. Empty: all documents count.",
    )
    aggregate = fields.Selection(
        [
            ("count", "Number of documents"),
            ("sum", "Sum"),
            ("avg", "Average"),
            ("min", "Smallest value"),
            ("max", "Largest value"),
            ("count_distinct", "Number of different values"),
            ("days_since_last", "Days since the last one"),
            ("days_since_first", "Days since the first one"),
        ],
        string="Computed as",
        default="count",
        help="How the documents of one counterparty become one number.",
    )
    measure = fields.Char(
        string="Of the field",
        help="The number that is added up. Money is converted into the currency of the "
        "company at the rate of the document's day.",
    )
    domain = fields.Char(
        string="Only documents that",
        default="[]",
        help="Archived documents count only if the condition speaks of “Active”.",
    )
    window = fields.Char(
        default="all",
        help="“all”, full calendar months before the running one such as “12 months”, "
        "or days up to today such as “90 days”.",
    )
    window_unit = fields.Selection(
        [
            ("all", "ever"),
            ("months", "in the last full calendar months"),
            ("days", "in the last days, today included"),
        ],
        string="Which time",
        compute="_compute_window_parts",
        inverse="_inverse_window_parts",
    )
    window_number = fields.Integer(
        string="How many",
        compute="_compute_window_parts",
        inverse="_inverse_window_parts",
    )
    is_money = fields.Boolean(
        compute="_compute_is_money",
        help="Whether the number is an amount in the company's currency.",
    )
    formula = fields.Text(
        compute="_compute_formula", help="How the number is computed, in words."
    )
    state = fields.Selection(
        [("ready", "Ready"), ("broken", "Broken")],
        compute="_compute_state",
        search="_search_state",
        help="Broken: something that the metric reads is not there any more. "
        "Segmentations with it stay as they are until it is mended.",
    )
    problem = fields.Text(compute="_compute_state", help="Why the metric is broken.")

    # --- the definition -------------------------------------------------------

    @api.model
    def _definitions(self, codes):
        """What the engine needs to know of some metrics, as versions freeze it.

        :param codes: codes of metrics
        :return: code → frozen definition (a JSON dictionary); None for a built-in one
        """
        own = [code for code in codes if code not in BUILT_IN]
        metrics = self.sudo().with_context(active_test=False)
        found = {m.code: m._definition() for m in metrics.search([("code", "in", own)])}
        missing = [code for code in own if code not in found]
        if missing:
            raise UserError(
                self.env._(
                    "crm_segmentation.unknown_metric: There is no metric with the code "
                    "“%(code)s”.",
                    code=missing[0],
                )
            )
        return {code: found.get(code) for code in codes}

    def _definition(self):
        """The frozen definition of a user-made metric."""
        needs_measure = self.aggregate in NEEDS_MEASURE
        return {
            "model": self.res_model or False,
            "partner_path": self.partner_path or False,
            "date_field": self.date_field or False,
            "measure": (needs_measure and self.measure) or False,
            "aggregate": self.aggregate or False,
            "domain": self.domain or "[]",
            "window": self.window or False,
        }

    @api.constrains(*_DEFINITION)
    def _check_definition(self):
        """Compile the metric and run it on one counterparty, as its author may."""
        for metric in self.filtered(lambda metric: not metric.is_built_in):
            definition = metric._definition()
            # Constraints run as superuser; what counts is who wrote the metric.
            author = self.env(su=False)
            Definition(author, metric.code, definition).check_access()
            metric._run_once(definition)
            metric._check_rates()

    def _run_once(self, definition):
        company = self.env.company
        try:
            with self.env.cr.savepoint():
                measure(
                    self.env,
                    {self.code: definition},
                    company.id,
                    "commercial_partner_id",
                    fields.Date.today(),
                    company.partner_id.ids,
                )
        except DatabaseError as error:
            raise ValidationError(
                self.env._(
                    "crm_segmentation.metric_fails: Metric “%(code)s” cannot be "
                    "computed: %(error)s",
                    code=self.code,
                    error=str(error).split("\n", 1)[0],
                )
            ) from error

    def _check_rates(self):
        """Refuse amounts in a currency that nobody gave a rate."""
        names = self._own_metric(self.env.company).unrated()
        if names:
            raise ValidationError(
                self.env._(
                    "crm_segmentation.no_rate: Metric “%(code)s” reads amounts in "
                    "%(currencies)s, but %(company)s has no rate for it. Enter one "
                    "under Accounting, Currencies, or leave those documents out.",
                    code=self.code,
                    currencies=", ".join(names),
                    company=self.env.company.name,
                )
            )

    def _own_metric(self, company, owner="commercial_partner_id", today=None):
        return OwnMetric(
            self.env,
            self.code,
            self._definition(),
            company.id,
            owner,
            today or fields.Date.today(),
        )

    # --- what the form shows --------------------------------------------------

    @api.model
    def _selection_model_choice(self):
        """Models that lead to counterparties and that the user may read."""
        names = [
            name
            for name, model in self.env.items()
            if not name.startswith(_TECHNICAL) and self._leads_to_partners(model)
        ]
        models_ = self.env["ir.model"].sudo()
        found = models_.search_fetch([("model", "in", names)], ["model", "name"])
        rows = [(model.model, model.name) for model in found]
        return sorted(rows, key=lambda row: (_place(row[0]), row[1]))

    def _leads_to_partners(self, model):
        if (
            model._abstract
            or model._transient
            or not (model._auto or model._table_query)
        ):
            return False
        paths = self._partner_fields(model)
        return bool(paths) and model.has_access("read")

    def _partner_fields(self, model):
        """Names of the fields that hold a counterparty, the likeliest first."""
        found = [
            name
            for name, field in model._fields.items()
            if field.type == "many2one"
            and field.comodel_name == "res.partner"
            and field.store
        ]
        return sorted(found, key=lambda name: name != "partner_id")

    @api.depends("res_model")
    def _compute_model_choice(self):
        offered = dict(self._selection_model_choice())
        for metric in self:
            known = metric.res_model in offered
            metric.model_choice = metric.res_model if known else False

    def _inverse_model_choice(self):
        for metric in self.filtered("model_choice"):
            metric.res_model = metric.model_choice

    @api.onchange("model_choice")
    def _onchange_model_choice(self):
        """Fill in what is probably meant."""
        if not self.model_choice or self.model_choice == self.res_model:
            return
        self.res_model = self.model_choice
        model = self.env[self.res_model]
        self.partner_path = next(iter(self._partner_fields(model)), False)
        dates = [name for name in _USUAL_DATES if name in model._fields]
        self.date_field = dates[0] if dates else False
        self.measure = False
        self.domain = "[]"

    @api.depends("window")
    def _compute_window_parts(self):
        for metric in self:
            # Also a wrong number is shown as it was typed, until it is refused.
            number, _blank, unit = (metric.window or "").partition(" ")
            known = unit in ("months", "days") and number.lstrip("-").isdecimal()
            metric.window_unit = unit if known else "all"
            metric.window_number = int(number) if known else 0

    def _inverse_window_parts(self):
        for metric in self:
            metric.window = metric._window_of_parts()

    @api.onchange("window_unit", "window_number")
    def _onchange_window_parts(self):
        if self.window_unit in ("months", "days") and not self.window_number:
            self.window_number = 12 if self.window_unit == "months" else 90
        self.window = self._window_of_parts()

    def _window_of_parts(self):
        if self.window_unit in (False, "all"):
            return "all"
        return f"{self.window_number} {self.window_unit}"

    @api.depends(*_DEFINITION)
    def _compute_is_money(self):
        for metric in self:
            shipped = BUILT_IN.get(metric.code)
            metric.is_money = shipped.is_money if shipped else metric._sums_money()

    def _sums_money(self):
        model = self.env.get(self.res_model or "")
        field = model is not None and model._fields.get(self.measure or "")
        return (
            self.aggregate in NEEDS_NUMBER and bool(field) and field.type == "monetary"
        )

    @api.depends(*_DEFINITION, "description")
    @api.depends_context("lang")
    def _compute_formula(self):
        for metric in self:
            own = not metric.is_built_in and metric.res_model in self.env
            metric.formula = metric._sentence() if own else metric.description

    def _sentence(self):
        """Such as “Sum · Untaxed Amount · Sales Order · Order Date · last 6 full …”."""
        model = self.env[self.res_model]
        shown = self._fields["aggregate"]._description_selection(self.env)
        parts = [dict(shown).get(self.aggregate, "")]
        if self.aggregate in NEEDS_MEASURE:
            parts.append(self._label(model, self.measure))
        parts.append(self.env["ir.model"].sudo()._get(self.res_model).name)
        if self.date_field:
            parts.append(self._label(model, self.date_field))
        parts.append(self._window_in_words())
        return " · ".join(part for part in parts if part)

    def _window_in_words(self):
        number = self.window_number
        if self.window_unit == "months":
            return self.env._("last %(number)s full calendar months", number=number)
        if self.window_unit == "days":
            return self.env._("last %(number)s days", number=number)
        return ""

    def _label(self, model, name):
        field = model._fields.get(name or "")
        return field._description_string(self.env) if field else name

    @api.depends(*_DEFINITION)
    def _compute_state(self):
        for metric in self:
            metric.problem = metric._what_is_broken()
            metric.state = "broken" if metric.problem else "ready"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        metrics = self.sudo().with_context(active_test=False)
        # A built-in metric reads nothing that could vanish.
        own = metrics.search([("code", "not in", list(BUILT_IN))])
        broken = own.filtered(lambda metric: metric.state == "broken").ids
        parts = {"broken": ("id", "in", broken), "ready": ("id", "not in", broken)}
        wanted = [[parts[state]] for state in value if state in parts]
        return Domain.OR(wanted)

    def _what_is_broken(self):
        """Words for what a user-made metric cannot read any more; False if it can."""
        if self.is_built_in:
            return False
        try:
            self.sudo()._own_metric(self.env.company).expression.code  # noqa: B018
        except UserError as error:
            return str(error).partition(": ")[2]
        return False


def _place(model):
    """Where a model stands in the list that is offered."""
    return _USUAL_MODELS.index(model) if model in _USUAL_MODELS else len(_USUAL_MODELS)
