import base64
import pathlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from ..core import turnover_csv
from ..engine.turnover_import import TurnoverImport

SHOWN_PROBLEMS = 20
_lt = LazyTranslate(__name__)

# What is wrong and what would be right, by the kind of problem.
WORDS = {
    "encoding": _lt("this is not UTF-8 text. Save the list as “CSV UTF-8”."),
    "quoting": _lt("a quotation mark is not closed."),
    "empty": _lt(
        "there are no purchases. The first line names the columns customer, "
        "date and amount; each further line is a purchase."
    ),
    "column_missing": _lt("this column is missing; the file has: %(value)s."),
    "column_twice": _lt("two columns are called so: %(value)s. Rename one."),
    "too_many_values": _lt(
        "%(value)s values are more than there are columns. Put quotation marks "
        "around a value that holds the separator."
    ),
    "customer_empty": _lt("the customer is missing."),
    "date": _lt("“%(value)s” is no date. Write 2024-03-31, 20240331 or 31.03.2024."),
    "date_early": _lt("%(value)s is before the year 1900."),
    "date_future": _lt("%(value)s is in the future."),
    "amount": _lt("“%(value)s” is no amount. Write 1234.50 or 1234,50."),
    "amount_ambiguous": _lt(
        "“%(value)s” may be a thousand or a decimal number. Write two "
        "decimals, as in 1234.50."
    ),
    "amount_large": _lt("%(value)s is too large."),
    "reference_twice": _lt(
        "“%(value)s” stands in an earlier line, too. A reference names one "
        "line; leave the column out if yours names a document of several lines."
    ),
    "currency": _lt("the currency “%(value)s” is unknown or not active in Odoo."),
    "category": _lt("there is no product category “%(value)s” in Odoo."),
    "customer_ambiguous": _lt(
        "several counterparties in Odoo fit “%(value)s”. Merge them, or look "
        "for known customers by something else."
    ),
    "customer_shared": _lt(
        "“%(value)s” and another customer of the list fit the same "
        "counterparty in Odoo. Look for known customers by something else."
    ),
}


class CrmTurnoverImport(models.TransientModel):
    _name = "crm.turnover.import"
    _description = "Import Turnover"

    file = fields.Binary(
        string="List of purchases",
        attachment=False,
        help="A CSV file with the columns customer, date and amount; name, reference, "
        "currency and product category may stand beside them.",
    )
    filename = fields.Char()
    origin = fields.Char(
        string="Name of the list",
        help="Loading again under the same name adds only the lines that are new.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our company",
        required=True,
        default=lambda self: self.env.company,
    )
    match_by = fields.Selection(
        [
            ("name", "Name"),
            ("ref", "Reference"),
            ("none", "Nothing: all are new"),
        ],
        string="Known customers by",
        default="name",
        required=True,
        help="How customers of the list who are in Odoo already are found. Once "
        "loaded, a customer is remembered under the id in the list.",
    )
    as_companies = fields.Boolean(
        string="New customers are companies",
        default=True,
        help="Switch it off if they are persons.",
    )
    shift = fields.Boolean(
        string="Move dates to end yesterday",
        help="For a trial with an old list: all dates move by the same number of days, "
        "so that the last purchase was yesterday.",
    )
    state = fields.Selection(
        [
            ("new", "Not checked"),
            ("wrong", "With mistakes"),
            ("ready", "Ready to load"),
        ],
        default="new",
        readonly=True,
    )
    problems = fields.Text(readonly=True)
    line_count = fields.Integer(string="Purchases", readonly=True)
    customer_count = fields.Integer(string="Customers", readonly=True)
    date_first = fields.Date(string="First purchase", readonly=True)
    date_last = fields.Date(string="Last purchase", readonly=True)

    @api.onchange("file", "filename")
    def _onchange_file(self):
        self.state = "new"
        if self.filename and not self.origin:
            self.origin = pathlib.PurePath(self.filename).stem

    @api.onchange("origin", "company_id", "match_by", "shift")
    def _onchange_choices(self):
        self.state = "new"

    # --- public methods -------------------------------------------------------

    @api.model
    def load_csv(
        self, content, origin, shift=False, match_by="name", as_companies=True
    ):
        """Load a list of purchases as customers and turnover lines, and classify.

        :param content: text of a CSV with the columns customer, date and amount, and
            maybe name, reference, currency, product category
        :param origin: name of the list; the same lines under the same name are loaded
            once
        :param shift: whether to move all dates so that the last purchase is yesterday
        :param match_by: how customers who are in Odoo already are found: ``name``,
            ``ref`` or ``none``
        :param as_companies: whether new customers are companies, not persons
        :return: ``{"customers", "new_customers", "lines", "new_lines", "shift_days",
            "changed"}``, all numbers
        :raises UserError: the list has mistakes, which are named; nothing was loaded
        """
        loader = self._prepare(
            str(content).encode(),
            origin,
            shift=shift,
            match_by=match_by,
            as_companies=as_companies,
        )
        result = loader.load(shift=shift)
        return {**result, "changed": loader.classify()}

    def action_check(self):
        """Read the whole list and show what is in it, or what is wrong with it."""
        self.ensure_one()
        try:
            purchases = self._loader().purchases
        except UserError as error:
            self.write({"state": "wrong", "problems": str(error).partition(": ")[2]})
            return self._open()
        dates = [purchase.date for purchase in purchases]
        self.write(
            {
                "state": "ready",
                "problems": False,
                "line_count": len(purchases),
                "customer_count": len({purchase.customer for purchase in purchases}),
                "date_first": min(dates),
                "date_last": max(dates),
            }
        )
        return self._open()

    def action_load(self):
        """Load the list, classify and show the lines."""
        self.ensure_one()
        loader = self._loader()
        result = loader.load(shift=self.shift)
        changed = loader.classify()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_turnover_line"
        )
        message = self.env._(
            "%(lines)s of %(total)s purchases and %(customers)s new customers were "
            "loaded; %(changed)s counterparties changed category.",
            lines=result["new_lines"],
            total=result["lines"],
            customers=result["new_customers"],
            changed=changed,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {**action, "domain": [("origin", "=", self.origin)]},
            },
        }

    # --- inside ---------------------------------------------------------------

    def _loader(self):
        return self.with_company(self.company_id)._prepare(
            base64.b64decode(self.file or b""),
            self.origin,
            shift=self.shift,
            match_by=self.match_by,
            as_companies=self.as_companies,
        )

    @api.model
    def _prepare(self, content, origin, shift, match_by="name", as_companies=True):
        """A checked loader for the current company.

        :param content: the file's bytes
        :raises UserError: the list has mistakes
        """
        self._require_coordinator()
        origin = (origin or "").strip()
        if not origin:
            raise UserError(
                self.env._(
                    "crm_segmentation.import_origin: Give the list a name, such as "
                    "that of the wholesaler or the program it comes from."
                )
            )
        today = None if shift else fields.Date.context_today(self)
        found = turnover_csv.read(content, today)
        if found.problems:
            raise self._mistakes(found.problems)
        loader = TurnoverImport(
            self.env, self.env.company, origin, found.purchases, match_by, as_companies
        )
        problems = loader.problems(found.columns)
        if problems:
            raise self._mistakes(problems)
        return loader

    def _require_coordinator(self):
        if not self.env.su and not self.env.user.has_group(
            "crm_segmentation.group_crm_coordinator"
        ):
            raise AccessError(
                self.env._(
                    "crm_segmentation.coordinator_only: Importing turnover is the CRM "
                    "coordinator's work. Ask the coordinator to do it."
                )
            )

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import turnover"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _mistakes(self, problems):
        shown = [self._problem_text(problem) for problem in problems[:SHOWN_PROBLEMS]]
        rest = len(problems) - len(shown)
        if rest:
            shown.append(self.env._("… and %(count)s more mistakes.", count=rest))
        return UserError(
            self.env._(
                "crm_segmentation.turnover_list: Nothing was loaded, because the list "
                "has mistakes:\n%(mistakes)s",
                mistakes="\n".join(shown),
            )
        )

    def _problem_text(self, problem):
        if problem.column:
            place = self.env._(
                "Line %(line)s, column “%(column)s”",
                line=problem.line,
                column=problem.column,
            )
        else:
            place = self.env._("Line %(line)s", line=problem.line)
        return f"{place}: {self._problem_words(problem)}"

    def _problem_words(self, problem):
        """What is wrong and what would be right."""
        words = self.env._(WORDS[problem.kind])
        return words % {"value": problem.value}
