from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ..core.announcing import CALL, EXCLUDED, INFORMED, PERSONAL, figures
from .crm_announcement_recipient import REASONS, STATES


class CrmAnnouncement(models.Model):
    """Something new, told to every customer whom it concerns, with a proof for each."""

    _name = "crm.announcement"
    _inherit = ["crm.checked", "mail.thread", "mail.activity.mixin"]
    _description = "Announcement"
    _check_company_auto = True
    _order = "id desc"

    name = fields.Char(
        string="Subject", required=True, help="The subject of the letter."
    )
    body = fields.Html(
        string="Text",
        help="What customers are told. Placeholders and layout can be added in the "
        "mailing before it is sent.",
    )
    product_ids = fields.Many2many(
        "product.template", string="Products", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        tracking=True,
        help="Sends it, and calls customers that have no salesperson.",
    )
    counterparty_type_ids = fields.Many2many(
        "crm.counterparty.type",
        string="Counterparty types",
        default=lambda self: self._default_types(),
        help="Empty: any type.",
    )
    segment_ids = fields.Many2many(
        "crm.segment",
        string="Categories",
        check_company=True,
        help="Empty: every category.",
    )
    sale_kind_ids = fields.Many2many(
        "crm.sale.kind",
        string="Kinds of sale",
        help="Only customers who have asked for or bought something of this kind. "
        "Empty: everybody.",
    )
    territory_ids = fields.Many2many(
        "crm.territory", string="Territories", help="With those below. Empty: all."
    )
    scope_domain = fields.Char(
        string="Only counterparties",
        default="[]",
        help="A further filter on the counterparty.",
    )
    personal_segment_ids = fields.Many2many(
        "crm.segment",
        "crm_announcement_personal_rel",
        string="Told personally",
        check_company=True,
        default=lambda self: self._default_personal(),
        help="Customers of these categories get no mailing: their salesperson tells "
        "them.",
    )
    respect_optout = fields.Boolean(
        string="Leave out who opted out",
        default=True,
        help="Whoever has left any mailing list of yours gets no letter either. The "
        "blacklist is always respected.",
    )
    target_percent = fields.Float(
        string="To be told, %", default=95, digits=(5, 1), required=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("prepared", "Prepared"),
            ("running", "Running"),
            ("done", "Closed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    mailing_id = fields.Many2one(
        "mailing.mailing", ondelete="set null", readonly=True, copy=False, index=True
    )
    mailing_state = fields.Selection(
        related="mailing_id.state", string="State of the mailing", related_sudo=True
    )
    recipient_ids = fields.One2many(
        "crm.announcement.recipient", "announcement_id", string="Customers"
    )
    date_prepared = fields.Datetime(string="Prepared on", readonly=True, copy=False)
    date_start = fields.Datetime(string="Sent on", readonly=True, copy=False)
    date_done = fields.Datetime(string="Closed on", readonly=True, copy=False)
    is_covered = fields.Boolean(
        string="Target reached", readonly=True, copy=False, tracking=True
    )
    date_covered = fields.Datetime(
        string="Target reached on", readonly=True, copy=False
    )

    total_count = fields.Integer(string="In scope", compute="_compute_figures")
    informed_count = fields.Integer(string="Told", compute="_compute_figures")
    excluded_count = fields.Integer(string="Left out", compute="_compute_figures")
    open_count = fields.Integer(string="Not told yet", compute="_compute_figures")
    call_count = fields.Integer(string="To call", compute="_compute_figures")
    coverage_percent = fields.Float(
        string="Told, %",
        compute="_compute_figures",
        digits=(5, 1),
        help="Told ÷ all in scope. Who was left out is in the whole, too, and stands "
        "beside it.",
    )
    figures_text = fields.Text(string="In figures", compute="_compute_figures")

    _target = models.Constraint(
        "CHECK(target_percent > 0 AND target_percent <= 100)",
        "The share to be told must be more than 0 and at most 100 percent.",
    )

    @api.model
    def _default_types(self):
        client = self.env.ref("crm_segmentation.type_client", raise_if_not_found=False)
        return client or self.env["crm.counterparty.type"]

    @api.model
    def _default_personal(self):
        return self.env["crm.segment"].search(
            [
                ("code", "=", "A"),
                ("segmentation_id.state", "=", "published"),
                ("company_id", "=", self.env.company.id),
            ]
        )

    @api.model
    def default_get(self, fields_list):
        """Products that somebody announces give the subject and a first text."""
        values = super().default_get(fields_list)
        ids = self.env.context.get("announced_product_ids")
        if ids:
            products = self.env["product.template"].browse(ids)
            names = products.mapped("name")
            values["product_ids"] = [Command.set(products.ids)]
            values["name"] = self.env._("New: %(names)s", names=", ".join(names))
            values["body"] = self._first_text(names)
        return values

    @api.model
    def _first_text(self, names):
        items = Markup("").join(Markup("<li>{}</li>").format(name) for name in names)
        greeting = self.env._("Good day! We have something new for you:")
        return Markup("<p>{}</p><ul>{}</ul>").format(greeting, items)

    # --- figures --------------------------------------------------------------

    @api.depends("recipient_ids.state", "target_percent")
    @api.depends_context("lang")
    def _compute_figures(self):
        counts = self._counts()
        for announcement in self:
            mine = counts.get(announcement._origin.id, {})
            found = figures(mine, announcement.target_percent)
            announcement.total_count = found["total"]
            announcement.informed_count = found["informed"]
            announcement.excluded_count = found["excluded"]
            announcement.open_count = found["open"]
            announcement.call_count = mine.get(CALL, 0) + mine.get(PERSONAL, 0)
            announcement.coverage_percent = found["percent"]
            announcement.figures_text = announcement._figures_text(mine)

    def _counts(self, by="state"):
        """Announcement id → {state: number of customers}; everybody's."""
        groups = (
            self.env["crm.announcement.recipient"]
            .sudo()
            ._read_group(
                [("announcement_id", "in", self.ids)],
                ["announcement_id", by],
                ["__count"],
            )
        )
        found = {}
        for announcement, value, count in groups:
            found.setdefault(announcement.id, {})[value] = count
        return found

    def _figures_text(self, counts):
        """The counts in words, the states in their order."""
        names = self.env["crm.announcement.recipient"]._fields["state"]
        return ", ".join(
            f"{name}: {counts[state]}"
            for state, name in names._description_selection(self.env)
            if counts.get(state)
        )

    def coverage(self):
        """How far it has come.

        :return: dictionary: ``total``, ``informed``, ``excluded``, ``open``,
            ``percent`` (informed ÷ total), ``target_percent``, ``reached``,
            ``by_state`` and ``by_reason`` (code → count), ``not_informed`` (the first
            100 customers that are not told yet: ``partner_id``, ``name``, ``state``,
            ``reason``, ``user_id``)
        """
        self._require_one()
        self.check_access("read")
        self.sudo()._follow()
        counts = self._counts().get(self.id, {})
        reasons = self._counts("reason").get(self.id, {})
        waiting = self.env["crm.announcement.recipient"].search(
            [
                ("announcement_id", "=", self.id),
                ("state", "not in", [*INFORMED, EXCLUDED]),
            ],
            limit=100,
        )
        return {
            **figures(counts, self.target_percent),
            "target_percent": self.target_percent,
            "by_state": {code: counts.get(code, 0) for code, _name in STATES},
            "by_reason": {code: reasons.get(code, 0) for code, _name in REASONS},
            "not_informed": [
                {
                    "partner_id": row.partner_id.id,
                    "name": row.partner_id.display_name or "",
                    "state": row.state,
                    "reason": row.reason or "",
                    "user_id": row.user_id.id or False,
                }
                for row in waiting
            ],
        }

    # --- screens ----------------------------------------------------------------

    def action_open_recipients(self):
        """The customers; which ones is said by the context."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_announcement_recipient"
        )
        chosen = self.env.context.get("announcement_filter")
        return {
            **action,
            "domain": [("announcement_id", "=", self.id)],
            "context": {f"search_default_{chosen}": 1} if chosen else {},
        }

    def action_open_mailing(self):
        """The mailing, for whoever may see it."""
        self.ensure_one()
        if not self.mailing_id.has_access("read"):
            raise AccessError(
                self.env._(
                    "crm_regulations.mailing_access: Mailings are open to the users of "
                    "Email Marketing."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "res_id": self.mailing_id.id,
            "view_mode": "form",
        }
