"""Reading the definition of a user-made metric: what its names mean in this database.

A definition is a dictionary of plain values, as versions freeze it: ``model``,
``partner_path``, ``date_field``, ``measure``, ``aggregate``, ``domain`` and ``window``.
Every name in it may be wrong, or may have become wrong since it was written down
because an addon was uninstalled; each is refused with words that name it.
"""

import ast

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...core.metrics import parse_window

NEEDS_NUMBER = ("sum", "avg", "min", "max")
NEEDS_MEASURE = (*NEEDS_NUMBER, "count_distinct")
NEEDS_DATE = ("days_since_last", "days_since_first")
AGGREGATES = ("count", *NEEDS_MEASURE, *NEEDS_DATE)
# Models that a category is told in, of which none may be made.
_MADE_OF_CATEGORIES = ("crm.segment", "crm.timeline")
# People read their own rows of these, but a metric would count everybody's.
_PRIVATE = ("ir.", "bus.", "res.users.")
ITSELF = "id"  # the path of a metric on the counterparty's own fields


def _literal(text):
    try:
        return ast.literal_eval(text)
    except ValueError as error:
        # Python names the place in its memory.
        raise ValueError(text) from error


class Definition:
    """One definition, with its names resolved.

    :param env: environment for look-ups and, in :meth:`check_access`, the author's
    :param code: code of the metric, for messages
    :param values: the frozen dictionary
    """

    def __init__(self, env, code, values):
        self.env = env
        self.code = code
        self.values = values

    # --- what it says ---------------------------------------------------------

    @property
    def model(self):
        """The model of the documents, as empty recordset."""
        name = self.values.get("model")
        if not name:
            raise self._wrong(
                "metric_model", self.env._("choose the documents that are counted.")
            )
        if not isinstance(name, str) or name not in self.env:
            raise self._wrong(
                "metric_model",
                self.env._(
                    "there is no model “%(model)s” in this database.", model=name
                ),
            )
        model = self.env[name]
        if model._abstract or model._transient:
            raise self._wrong(
                "metric_model",
                self.env._("“%(model)s” keeps no documents.", model=name),
            )
        self._refuse_cycle(name, name)
        return model

    @property
    def partner_path(self):
        """The steps from a document to its counterparty."""
        path = self.values.get("partner_path")
        model = self.model
        if not path:
            raise self._wrong(
                "metric_path",
                self.env._("choose the field that leads to the counterparty."),
            )
        if path == ITSELF and model._name == "res.partner":
            return [ITSELF]
        steps = self.steps(model, path)
        wrong = next((f for _m, f in steps if f.type != "many2one"), None)
        if wrong is not None or steps[-1][1].comodel_name != "res.partner":
            raise self._wrong(
                "metric_path",
                self.env._(
                    "the path “%(path)s” does not lead from %(model)s to a "
                    "counterparty. Choose fields that hold one record each, the last "
                    "of them a contact.",
                    path=path,
                    model=model._description,
                ),
            )
        return [field.name for _model, field in steps]

    @property
    def date_field(self):
        """The field of the document's day; None without one."""
        name = self.values.get("date_field")
        if not name:
            if self.aggregate in NEEDS_DATE or self.window.unit != "all":
                raise self._wrong(
                    "metric_date",
                    self.env._("choose the date field by which documents count."),
                )
            return None
        field = self._field(name)
        if field.type not in ("date", "datetime"):
            raise self._wrong(
                "metric_date",
                self.env._("the field “%(field)s” is not a date.", field=name),
            )
        return field

    @property
    def measure(self):
        """The field that is summed up or looked at; None for counting."""
        if self.aggregate not in NEEDS_MEASURE:
            return None
        name = self.values.get("measure")
        if not name:
            raise self._wrong(
                "metric_measure",
                self.env._("choose the field whose values are taken."),
            )
        field = self._field(name)
        number = field.type in ("integer", "float", "monetary")
        if self.aggregate in NEEDS_NUMBER and not number:
            raise self._wrong(
                "metric_measure",
                self.env._("the field “%(field)s” is not a number.", field=name),
            )
        if not number and field.type not in ("char", "many2one", "selection", "date"):
            raise self._wrong(
                "metric_measure",
                self.env._(
                    "values of the field “%(field)s” cannot be counted.", field=name
                ),
            )
        return field

    @property
    def aggregate(self):
        """One of :data:`AGGREGATES`."""
        aggregate = self.values.get("aggregate")
        if aggregate not in AGGREGATES:
            raise self._wrong(
                "metric_measure",
                self.env._(
                    "“%(aggregate)s” is no way to compute a number. Known ways: "
                    "%(known)s.",
                    aggregate=aggregate,
                    known=", ".join(AGGREGATES),
                ),
            )
        return aggregate

    @property
    def window(self):
        """The time over which documents count."""
        window = parse_window(self.values.get("window"))
        if window is None:
            raise self._wrong(
                "metric_window",
                self.env._(
                    "“%(window)s” is no window. Write “all”, or a number of at least 1 "
                    "with “months” or “days”, such as “12 months”.",
                    window=self.values.get("window"),
                ),
            )
        return window

    @property
    def domain(self):
        """The condition on documents, every field of it looked up."""
        text = self.values.get("domain") or "[]"
        try:
            parts = _literal(text)
            if not isinstance(parts, list | tuple):
                raise ValueError(self.env._("it is not a list."))  # noqa: TRY301
            domain = Domain(parts)
        except (
            ValueError,
            TypeError,
            SyntaxError,
            MemoryError,
            RecursionError,
        ) as error:
            raise self._bad_domain(text, error) from error
        list(self.domain_steps(self.model, domain))
        return domain

    @property
    def company_field(self):
        """Name of the field by which documents belong to a company; None without."""
        field = self.model._fields.get("company_id")
        if field is None or field.comodel_name != "res.company":
            return None
        return field.name if field._description_searchable else None

    @property
    def is_money(self):
        """Whether the result is an amount of money."""
        measure = self.measure
        return self.aggregate in NEEDS_NUMBER and measure.type == "monetary"

    # --- who may --------------------------------------------------------------

    def check_access(self):
        """Refuse models and fields that the user of the environment may not read."""
        model = self.model
        self._check_readable(model)
        steps = list(self.domain_steps(model, self.domain))
        if self.partner_path != [ITSELF]:
            steps += self.steps(model, self.values["partner_path"])
        steps += [(model, f) for f in (self.date_field, self.measure) if f is not None]
        for owner, field in steps:
            self._check_readable(owner)
            if not owner._has_field_access(field, "read"):
                raise self._no_access(f"{owner._name}.{field.name}")
            if field.comodel_name:
                self._check_readable(self.env[field.comodel_name])

    def _check_readable(self, model):
        if model._name.startswith(_PRIVATE) or not model.has_access("read"):
            raise self._no_access(model._name)

    def _no_access(self, name):
        return AccessError(
            self.env._(
                "crm_segmentation.metric_access: Metric “%(code)s”: you may not read "
                "“%(name)s”, so a metric of yours may not, either.",
                code=self.code,
                name=name,
            )
        )

    # --- names ----------------------------------------------------------------

    def steps(self, model, path):
        """The fields along a dotted path.

        :return: list of (model as empty recordset, field)
        """
        found = []
        for name in str(path).split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                raise self._no_field(path, name, model)
            self._refuse_cycle(field.comodel_name, path)
            found.append((model, field))
            model = self.env[field.comodel_name] if field.comodel_name else None
        return found

    def domain_steps(self, model, domain):
        """The fields that a domain reads, also those inside of “any” conditions.

        :return: iterator of (model as empty recordset, field)
        """
        for condition in domain.iter_conditions():
            if condition.operator.endswith("!"):
                raise self._bad_domain(condition.operator, condition.operator)
            steps = self._condition_steps(model, condition.field_expr)
            yield from steps
            if condition.operator in ("any", "not any"):
                name = steps[-1][1].comodel_name
                if not name:
                    raise self._bad_domain(condition, condition.field_expr)
                owner = self.env[name]
                yield from self.domain_steps(owner, Domain(condition.value))

    def _condition_steps(self, model, path):
        """As :meth:`steps`, but “date.month_number” and properties end at the field."""
        names = path.split(".")
        steps = []
        for name in names:
            steps = self.steps(model, ".".join([*(f.name for _m, f in steps), name]))
            if not steps[-1][1].comodel_name:
                break
        return steps

    def _field(self, name):
        """A field of the documents that the database can read."""
        [*_steps, (model, field)] = self.steps(self.model, name)
        if len(_steps):
            raise self._wrong(
                "metric_field",
                self.env._(
                    "“%(field)s” belongs to another record. Choose a field of "
                    "%(model)s itself.",
                    field=name,
                    model=self.model._description,
                ),
            )
        if not (field.store and field.column_type) and not field.related:
            raise self.not_stored(name)
        return field

    def not_stored(self, name):
        """The refusal of a field that is computed whenever it is shown."""
        return self._wrong(
            "metric_field",
            self.env._(
                "the field “%(field)s” is not stored in the database, so nothing can "
                "be computed of it.",
                field=name,
            ),
        )

    def _no_field(self, path, name, model):
        return self._wrong(
            "metric_field",
            self.env._(
                "there is no field “%(field)s” in “%(path)s” of %(model)s. It may have "
                "gone with an app that was uninstalled.",
                field=name,
                path=path,
                model=model._name if model is not None else self.values["model"],
            ),
        )

    def _refuse_cycle(self, model_name, path):
        if model_name and model_name.startswith(_MADE_OF_CATEGORIES):
            raise self._wrong(
                "metric_cycle",
                self.env._(
                    "“%(path)s” reads categories, and categories are computed from "
                    "metrics: that would go round in circles.",
                    path=path,
                ),
            )

    def _bad_domain(self, text, error):
        return self._wrong(
            "metric_domain",
            self.env._(
                "the condition “%(domain)s” cannot be read: %(error)s",
                domain=str(text)[:200],
                error=str(error)[:200],
            ),
        )

    def _wrong(self, error_code, words):
        return ValidationError(
            self.env._(
                "crm_segmentation.%(error_code)s: Metric “%(code)s”: %(words)s",
                error_code=error_code,
                code=self.code,
                words=words,
            )
        )
