import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.crm_segmentation.core.wire import is_id

from ..core import goals as rule
from ..engine import kpis
from ..engine.page import number

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
# More months in one answer than anybody looks at.
MOST_MONTHS = 240


class CrmRolloutKpi(models.Model):
    """A figure of the company that a goal may be about, month by month.

    Those whose code ``engine/kpis`` knows are measured; of the others somebody
    enters a value for each month. An entry also fills a month of a measured KPI of
    which the system knows nothing, such as one before Odoo.
    """

    _name = "crm.rollout.kpi"
    _description = "KPI"
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code"]

    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Short name without spaces for integrations, such as “market_share”.",
    )
    unit = fields.Selection(
        [
            ("percent", "%"),
            ("money", "Company currency"),
            ("number", "Count"),
            ("days", "Days"),
            ("hours", "Hours"),
        ],
        required=True,
        default="number",
    )
    direction = fields.Selection(
        [("raise", "More is better"), ("lower", "Less is better")],
        string="Which Way is Good",
        required=True,
        default="raise",
    )
    description = fields.Text(
        translate=True, help="What exactly is counted, so that nobody has to ask."
    )
    is_computed = fields.Boolean(
        string="Measured",
        compute="_compute_is_computed",
        search="_search_is_computed",
        help="Odoo measures it for any month, also past ones. The others need an entry "
        "for each month.",
    )
    by_category = fields.Boolean(compute="_compute_is_computed")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Only for CRM projects of this company. Empty: for all.",
    )
    active = fields.Boolean(default=True)
    entry_ids = fields.One2many("crm.rollout.kpi.entry", "kpi_id", string="Entries")
    goal_ids = fields.One2many("crm.rollout.goal", "kpi_id", string="Goals")
    last_value_text = fields.Char(
        string="Last Full Month", compute="_compute_last_value_text"
    )

    _code_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "Another KPI has this code already."
    )

    @api.depends("code")
    def _compute_is_computed(self):
        for kpi in self:
            reader = kpi._reader()
            kpi.is_computed = bool(reader)
            kpi.by_category = bool(reader and reader.by_category)

    def _search_is_computed(self, operator, value):
        if operator != "in" or len(set(value)) != 1:
            return NotImplemented
        shared = [("company_id", "=", False), ("code", "in", list(kpis.REGISTRY))]
        if True in value:
            return shared
        return ["!", "&", *shared]

    @api.depends("code", "unit", "entry_ids.value")
    @api.depends_context("company", "lang")
    def _compute_last_value_text(self):
        full = rule.last_full_month(self._yesterday())
        running = rule.shifted(full, 1)
        values = self._values(self.env.company, full, running)
        for kpi in self:
            value = values[kpi][running if kpi._is_present_only() else full]
            kpi.last_value_text = kpi._text(value, self.env.company)

    def _yesterday(self):
        return fields.Date.subtract(fields.Date.context_today(self), days=1)

    @api.constrains("code")
    def _check_code(self):
        for kpi in self:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", kpi.code or ""):
                raise ValidationError(
                    self.env._(
                        "crm_project_rollout.wrong_code: “%(code)s” cannot be the code "
                        "of a KPI. Use small Latin letters, digits and underscores, "
                        "such as “market_share”.",
                        code=kpi.code or "",
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        for kpi in self:
            if kpi.is_computed:
                raise UserError(
                    self.env._(
                        "crm_project_rollout.kpi_is_shipped: “%(kpi)s” is measured by "
                        "Odoo and cannot be deleted. Archive it instead.",
                        kpi=kpi.name,
                    )
                )

    def write(self, vals):
        if {"code", "company_id"} & vals.keys():
            for kpi in self:
                same = vals.get("code", kpi.code) == kpi.code
                if not same or vals.get("company_id", kpi.company_id.id) != (
                    kpi.company_id.id
                ):
                    kpi._refuse_identity()
        self._check_not_signed(vals)
        return super().write(vals)

    def _check_not_signed(self, vals):
        """A signed goal would mean something else: 20 % would become 20 days."""
        for kpi in self:
            names = [name for name in ("unit", "direction") if name in vals]
            is_same = all(vals[name] == kpi[name] for name in names)
            signed = not is_same and kpi.sudo().goal_ids.filtered("is_frozen")
            if signed:
                raise UserError(
                    self.env._(
                        "crm_project_rollout.kpi_is_signed: Unit and direction of "
                        "“%(kpi)s” stay as they are, because the goal “%(goal)s” was "
                        "signed with them. Make another KPI.",
                        kpi=kpi.name,
                        goal=signed[0].name,
                    )
                )

    def _refuse_identity(self):
        raise UserError(
            self.env._(
                "crm_project_rollout.kpi_identity: Code and company of “%(kpi)s” stay "
                "as they are, because goals and entries rest on them. Make another "
                "KPI.",
                kpi=self.name,
            )
        )

    def _reader(self):
        """Who measures it; None for what is entered."""
        return None if self.company_id else kpis.REGISTRY.get(self.code)

    def _is_present_only(self):
        reader = self._reader()
        return bool(reader and reader.is_present_only)

    def _months(self, company, first, last, category=None):
        """The values of all months of this KPI: see :meth:`_values`.

        :return: ``{month: number or None}``
        """
        self.ensure_one()
        return self._values(company, first, last, category)[self]

    def _values(self, company, first, last, category=None):
        """The values of all months, measured or, where nothing is known, entered.

        :param company: one ``res.company``
        :param first: first day of a month
        :param last: first day of the same or a later month
        :param category: a ``crm.segment``, or nothing
        :return: ``{kpi: {month: number or None}}``
        """
        readers = {kpi: kpi._reader() for kpi in self}
        measured = kpis.read(
            set(filter(None, readers.values())),
            company.sudo(),
            first,
            last,
            category and category.sudo(),
        )
        months = rule.month_range(first, last)
        values = {
            kpi: measured.get(readers[kpi]) or dict.fromkeys(months) for kpi in self
        }
        if not category:
            self._fill_entered(values, company, first, last)
        return values

    def _fill_entered(self, values, company, first, last):
        """Put what was entered where nothing is known."""
        gaps = self.filtered(lambda kpi: None in values[kpi].values())
        if not gaps:
            return
        entries = (
            self.env["crm.rollout.kpi.entry"]
            .sudo()
            .search_fetch(
                [
                    ("kpi_id", "in", gaps.ids),
                    ("company_id", "=", company.id),
                    ("month", ">=", first),
                    ("month", "<=", last),
                ],
                ["kpi_id", "month", "value"],
            )
        )
        for entry in entries:
            months = values[entry.kpi_id.with_env(self.env)]
            if months.get(entry.month) is None:
                months[entry.month] = entry.value

    def months(self, first, last, company_id=False, segment_id=False):
        """The values of some months.

        :param first: a month such as ``"2026-01"``
        :param last: the same or a later month
        :param company_id: whose; the caller's company if left out
        :param segment_id: only the customers of this category, for KPIs that can
        :return: ``{"2026-01": number or False}``
        """
        self.ensure_one()
        self.check_access("read")
        self._check_may_read_figures()
        first, last = self._month("first", first), self._month("last", last)
        if not 0 <= rule.months_between(first, last) < MOST_MONTHS:
            self._refuse_months(first, last)
        company = self._company(company_id)
        category = self._category(segment_id, company)
        values = self._months(company, first, last, category)
        return {
            f"{month:%Y-%m}": False if value is None else value
            for month, value in sorted(values.items())
        }

    def _check_may_read_figures(self):
        """Figures of the whole company are for those who lead it."""
        user = self.env.user
        groups = (
            "sales_team.group_sale_manager",
            "crm_segmentation.group_crm_coordinator",
            "base.group_system",
        )
        if not self.env.su and not any(user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "crm_project_rollout.figures_of_company: Figures of the whole "
                    "company are for its sales managers and CRM coordinators. In a CRM "
                    "project you see those of its goals."
                )
            )

    def _month(self, key, text):
        if not isinstance(text, str) or not _MONTH.fullmatch(text):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.wrong_month: %(key)s cannot be %(value)s. "
                    "Give a month such as “2026-01”.",
                    key=key,
                    value=repr(text)[:80],
                )
            )
        return fields.Date.to_date(f"{text[:7]}-01")

    def _refuse_months(self, first, last):
        raise ValidationError(
            self.env._(
                "crm_project_rollout.wrong_months: From %(first)s to %(last)s is no "
                "period of 1 to %(most)s months. Give the earlier month first.",
                first=f"{first:%Y-%m}",
                last=f"{last:%Y-%m}",
                most=MOST_MONTHS,
            )
        )

    def _company(self, company_id):
        if company_id is False:
            return self.env.company
        if not is_id(company_id) or company_id not in self.env.companies.ids:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.unknown_company: company_id cannot be "
                    "%(value)s. Give the id of one of your companies.",
                    value=repr(company_id)[:80],
                )
            )
        return self.env["res.company"].browse(company_id)

    def _category(self, segment_id, company):
        if segment_id is False:
            return None
        category = self.env["crm.segment"]
        if is_id(segment_id):
            category = category.search(
                [
                    ("id", "=", segment_id),
                    ("segmentation_id.company_id", "=", company.id),
                ]
            )
        if not category or not self.by_category:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.no_such_category: “%(kpi)s” cannot be "
                    "measured for the category %(value)s: it is no category of "
                    "%(company)s, or this KPI does not go by category.",
                    kpi=self.name,
                    value=repr(segment_id)[:80],
                    company=company.name,
                )
            )
        return category

    def _text(self, value, company):
        """A value with its unit, for people; a dash for none."""
        if value is None:
            return "–"
        if self.unit == "money":
            return company.currency_id.format(round(value))
        decimals = 1 if self.unit == "percent" else 2 if abs(value) < 1000 else 0
        text = number(self.env, value, decimals)
        endings = {
            "percent": "%",
            "days": self.env._("days"),
            "hours": self.env._("h"),
        }
        ending = endings.get(self.unit)
        return f"{text} {ending}" if ending else text

    def action_entries(self):
        """The values that somebody has entered."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.rollout.kpi.entry",
            "view_mode": "list,kanban,form",
            "domain": [("kpi_id", "=", self.id)],
            "context": {"default_kpi_id": self.id},
        }
