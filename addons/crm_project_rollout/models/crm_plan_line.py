import math
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_segmentation.core.wire import is_id

from ..core import goals as rule

_KEY = ("month", "product_categ_id", "territory_id", "user_id", "source")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
# More lines in one call would keep the caller waiting for minutes.
MOST_LINES = 10_000


class CrmPlanLine(models.Model):
    """What is to be sold, or what wholesalers have sold on, in a month."""

    _name = "crm.plan.line"
    _description = "Plan Figure"
    _order = "month desc, id"
    _rec_name = "month"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: rule.month_of(fields.Date.context_today(self)),
        help="Any day of the month; the first one is kept.",
    )
    product_categ_id = fields.Many2one(
        "product.category", string="Product Category", index="btree_not_null"
    )
    territory_id = fields.Many2one(
        "crm.territory", index="btree_not_null", check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    amount = fields.Monetary(help="Without tax, in company currency.")
    quantity = fields.Float(digits=(16, 2))
    source = fields.Selection(
        [("plan", "Plan"), ("sell_out", "Sell-out of wholesalers")],
        required=True,
        default="plan",
        help="Plan: what we want to sell. Sell-out: what wholesalers have sold on, a "
        "fact of its own beside our invoices.",
    )

    _key_unique = models.UniqueIndex(
        "(company_id, month, COALESCE(product_categ_id, 0), COALESCE(territory_id, 0), "
        "COALESCE(user_id, 0), source)",
        "There is a figure for this month, category, territory and person already. "
        "Change that one.",
    )
    _month_first = models.Constraint(
        "CHECK(EXTRACT(day FROM month) = 1)", "The month is kept as its first day."
    )

    @api.depends("month", "product_categ_id", "territory_id", "user_id")
    def _compute_display_name(self):
        for line in self:
            parts = (
                f"{line.month:%Y-%m}" if line.month else "",
                line.product_categ_id.name,
                line.territory_id.name,
                line.user_id.name,
            )
            line.display_name = ", ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normal(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normal(vals))

    @staticmethod
    def _normal(vals):
        if not vals.get("month"):
            return vals
        month = rule.month_of(fields.Date.to_date(vals["month"]))
        return {**vals, "month": month}

    @api.model
    def load_lines(self, rows):
        """Load plan or sell-out figures; the same key again replaces the figures.

        :param rows: list of dictionaries with ``month`` (``"2026-01"``), ``amount``
            and, as far as wanted, ``quantity``, ``product_categ_id``,
            ``territory_id``, ``user_id`` (ids), ``source`` (``plan`` or
            ``sell_out``), ``company_id``
        :return: ``{"created": n, "updated": n, "unchanged": n}``
        :raises ValidationError: one of the rows is wrong; then none is loaded. The
            message tells the number of each wrong row, the first is 1.
        """
        self.browse().check_access("create")
        self.browse().check_access("write")
        vals_list = self._checked_rows(rows)
        known = self._known_lines(vals_list)
        new, counts = [], {"created": 0, "updated": 0, "unchanged": 0}
        for vals in vals_list:
            line = known.get(self._key(vals))
            if not line:
                new.append(vals)
                continue
            figures = {name: vals[name] for name in ("amount", "quantity")}
            same = all(
                line._fields[name].convert_to_cache(value, line) == line[name]
                for name, value in figures.items()
            )
            counts["unchanged" if same else "updated"] += 1
            if not same:
                line.write(figures)
        self.create(new)
        counts["created"] = len(new)
        return counts

    def _known_lines(self, vals_list):
        if not vals_list:
            return {}
        months = [vals["month"] for vals in vals_list]
        lines = self.search(
            [
                ("company_id", "in", list({vals["company_id"] for vals in vals_list})),
                ("month", ">=", min(months)),
                ("month", "<=", max(months)),
            ]
        )
        return {
            self._key(
                {
                    "company_id": line.company_id.id,
                    "month": line.month,
                    "source": line.source,
                    "product_categ_id": line.product_categ_id.id,
                    "territory_id": line.territory_id.id,
                    "user_id": line.user_id.id,
                }
            ): line
            for line in lines
        }

    @staticmethod
    def _key(vals):
        return (vals["company_id"], *(vals[name] or False for name in _KEY))

    def _checked_rows(self, rows):
        is_list = isinstance(rows, list | tuple) and 0 < len(rows) <= MOST_LINES
        if not is_list or not all(isinstance(row, dict) for row in rows):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.wrong_rows: “rows” has to be a list of 1 to "
                    "%(most)s dictionaries.",
                    most=MOST_LINES,
                )
            )
        allowed = self._allowed_ids(rows)
        vals_list, problems, seen = [], [], {}
        for number, row in enumerate(rows, start=1):
            problem = self._row_problem(row, allowed)
            if not problem:
                vals = self._row_vals(row)
                key = self._key(vals)
                if key in seen:
                    problem = self.env._("the same as row %(number)s", number=seen[key])
                seen.setdefault(key, number)
                vals_list.append(vals)
            if problem:
                problems.append(
                    self.env._(
                        "row %(number)s: %(problem)s", number=number, problem=problem
                    )
                )
        if problems:
            self._refuse_rows(problems)
        return vals_list

    def _refuse_rows(self, problems):
        shown = problems[:20]
        raise ValidationError(
            self.env._(
                "crm_project_rollout.rows_refused: Nothing was loaded, because "
                "%(count)s rows are wrong:\n%(rows)s",
                count=len(problems),
                rows="\n".join([*shown, "…"] if len(problems) > len(shown) else shown),
            )
        )

    _row_models = {
        "product_categ_id": "product.category",
        "territory_id": "crm.territory",
        "user_id": "res.users",
    }

    def _allowed_ids(self, rows):
        """``{key: ids}`` of the records that the rows name and the caller may see."""
        allowed = {"company_id": set(self.env.companies.ids)}
        for key, model in self._row_models.items():
            ids = {row[key] for row in rows if is_id(row.get(key))}
            allowed[key] = set(self.env[model].search([("id", "in", list(ids))]).ids)
        return allowed

    def _row_problem(self, row, allowed):
        known = {"month", "amount", "quantity", "source", *allowed}
        unknown = sorted(str(key) for key in row.keys() - known)
        if unknown:
            return self.env._(
                "%(keys)s cannot be given, only %(known)s",
                keys=", ".join(unknown)[:80],
                known=", ".join(sorted(known)),
            )
        month = row.get("month")
        if not isinstance(month, str) or not _MONTH.fullmatch(month):
            return self.env._("month has to be such as “2026-01”")
        for key in ("amount", "quantity"):
            value = row.get(key, 0)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not math.isfinite(value) or abs(value) >= 1e15:
                return self.env._("%(key)s has to be a number", key=key)
        if row.get("source", "plan") not in ("plan", "sell_out"):
            return self.env._("source has to be “plan” or “sell_out”")
        for key, ids in allowed.items():
            value = row.get(key) or False
            if value is not False and (not is_id(value) or value not in ids):
                return self.env._(
                    "%(key)s cannot be %(value)s: there is no such record, or you have "
                    "no access to it",
                    key=key,
                    value=repr(value)[:40],
                )
        return ""

    def _row_vals(self, row):
        return {
            "company_id": row.get("company_id") or self.env.company.id,
            "month": fields.Date.to_date(f"{row['month'][:7]}-01"),
            "amount": row.get("amount", 0),
            "quantity": row.get("quantity", 0),
            "source": row.get("source", "plan"),
            **{key: row.get(key) or False for key in self._row_models},
        }
