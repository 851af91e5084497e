from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..core.handover import LEAD
from ..engine.handover_pack import Pack
from ..engine.portfolio import turnover

FIGURES = (
    "customers", "turnover", "leads", "expected", "quotations", "promises",
    "activities",
)  # fmt: skip
MONTHS = 12


class CrmHandoverLine(models.Model):
    """Customers of one category: how many there are and who gets them."""

    _name = "crm.handover.line"
    _description = "Share of a Hand-over"
    _order = "handover_id, id"
    _check_company_auto = True

    handover_id = fields.Many2one(
        "crm.handover", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="handover_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    segment_id = fields.Many2one(
        "crm.segment",
        string="Category of the share",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
        check_company=True,
    )
    name = fields.Char(string="Category", compute="_compute_name")
    user_id = fields.Many2one(
        "res.users",
        string="Other successor",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: these customers go where the others go.",
    )
    successor_id = fields.Many2one(
        "res.users", string="Goes to", compute="_compute_successor_id"
    )
    customers = fields.Integer(compute="_compute_figures")
    turnover = fields.Monetary(
        compute="_compute_figures",
        help="What they bought in the last 12 months, without tax.",
    )
    leads = fields.Integer(compute="_compute_figures", help="Only open ones.")
    expected = fields.Monetary(
        compute="_compute_figures",
        help="What the open leads are expected to bring.",
    )
    quotations = fields.Integer(
        compute="_compute_figures", help="Not confirmed yet. Orders stay."
    )
    promises = fields.Integer(compute="_compute_figures", help="Only open ones.")
    activities = fields.Integer(compute="_compute_figures")
    frozen = WireJson(help="What was handed over: figures and ids.")

    _category_unique = models.UniqueIndex(
        "(handover_id, COALESCE(segment_id, 0))",
        "crm_regulations.handover_twice: A category stands in two rows of the "
        "hand-over. Keep one of them.",
    )

    @api.depends("segment_id.display_name")
    @api.depends_context("lang")
    def _compute_name(self):
        for line in self:
            line.name = self._named(line.segment_id.id)

    @api.model
    def _named(self, segment_id):
        segment = self.env["crm.segment"].browse(segment_id or ())
        return segment.display_name or self.env._("Without a category")

    @api.depends("user_id", "handover_id.to_user_id")
    def _compute_successor_id(self):
        for line in self:
            line.successor_id = line.user_id or line.handover_id.to_user_id

    @api.depends("frozen", "segment_id", "handover_id.from_user_id")
    def _compute_figures(self):
        for handover, lines in self.grouped("handover_id").items():
            open_ones = lines.filtered(lambda line: not line.frozen)
            figures = handover._figures() if open_ones else {}
            for line in lines:
                figure = line.frozen or figures.get(line.segment_id.id or 0, {})
                line.update({name: figure.get(name, 0) for name in FIGURES})

    @api.constrains("user_id")
    def _check_user_id(self):
        self.handover_id._check_people()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.handover_id._refuse_own(vals)
        lines = super().create(vals_list)
        lines.handover_id._refuse_done({"line_ids"})
        return lines

    def write(self, vals):
        self.handover_id._refuse_done(vals)
        self.handover_id._refuse_own(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self.handover_id._refuse_done({"line_ids"})

    def _freeze(self, items):
        """Keep what is handed over now."""
        figures = self.handover_id._figures(items)
        for line in self:
            category = line.segment_id.id or 0
            mine = [item for item in items if item.category == category]
            line.sudo().frozen = {
                **figures.get(category, dict.fromkeys(FIGURES, 0)),
                "customer_ids": sorted({i.customer for i in mine if i.customer}),
                "lead_ids": [i.id for i in mine if i.model == LEAD and not i.customer],
            }

    # --- on paper ------------------------------------------------------------------

    def _print(self):
        """The papers for the successors of these rows, each once."""
        first = {line.successor_id: line for line in reversed(self)}
        return self.env.ref("crm_regulations.action_report_handover").report_action(
            [line.id for line in self if first[line.successor_id] == line]
        )

    def action_print(self):
        """The paper for the successor of this row, with all that goes there."""
        self.ensure_one()
        return self._print()

    def _same_successor(self):
        return self.handover_id.line_ids.filtered(
            lambda line: line.successor_id == self.successor_id
        )

    def _pack(self):
        """What the successor has to know, for the paper.

        :return: a :class:`~..engine.handover_pack.Pack`
        """
        self.ensure_one()
        self.check_access("read")
        lines = self._same_successor()
        handover = self.handover_id
        company = handover.company_id.sudo()
        if handover.state == "done":
            ids = [id_ for line in lines for id_ in line.frozen["customer_ids"]]
            loose = [id_ for line in lines for id_ in line.frozen["lead_ids"]]
        else:
            mine = {line.segment_id.id or 0 for line in lines}
            items = [i for i in handover._items() if i.category in mine]
            ids = {item.customer for item in items if item.customer}
            loose = [i.id for i in items if i.model == LEAD and not i.customer]
        since = fields.Date.context_today(self) - relativedelta(months=MONTHS)
        env = self.env(su=True, context={**self.env.context, "active_test": True})
        return Pack(
            company.with_env(env).with_company(company),
            env["res.partner"].with_company(company).browse(ids).exists(),
            turnover(env, ids, company, since),
            env["crm.lead"].browse(loose).exists(),
        )

    def _pack_title(self):
        return self.env._(
            "Customers of %(before)s for %(after)s",
            before=self.handover_id.from_user_id.sudo().name,
            after=self.successor_id.sudo().name or self.env._("nobody yet"),
        )

    def _pack_file_name(self):
        return self._pack_title()
