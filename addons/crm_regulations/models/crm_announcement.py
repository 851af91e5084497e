from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import is_html_empty

from odoo.addons.crm_segmentation.core.wire import is_id, is_text

from ..core.announcing import CALL, EXCLUDED, INFORMED, PERSONAL, PLANNED, figures
from ..engine.announcing import Recipients
from .crm_announcement_recipient import REASONS, STATES

# What the list of customers was made from; the same until it is made anew.
_FROZEN = {
    "company_id", "product_ids", "counterparty_type_ids", "segment_ids",
    "sale_kind_ids", "territory_ids", "scope_domain", "personal_segment_ids",
    "respect_optout", "name", "body",
}  # fmt: skip
# What changes through the buttons only.
_LIFE = {
    "state", "mailing_id", "is_covered", "date_prepared", "date_start", "date_covered",
    "date_done", "recipient_ids",
}  # fmt: skip


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

    # --- life -----------------------------------------------------------------

    def action_prepare(self):
        """Freeze who is to be told and prepare the mailing; nothing is sent yet.

        :return: True; prepared already, nothing changes
        :raises UserError: no scope, nobody fits, a product is archived, no text
        """
        self._require_author()
        for announcement in self.filtered(lambda a: a.state != "prepared"):
            announcement._require_state("draft")
            announcement._refuse(announcement._problem())
            announcement._prepare()
        return True

    def _prepare(self):
        # Found with the rights of whoever prepares it, written by Odoo.
        if not Recipients(self).insert():
            self._refuse(
                (
                    "announcement_nobody",
                    self.env._(
                        "no customer fits. Choose more types, categories or territories"
                    ),
                )
            )
        everything = self.sudo()
        everything.write(
            {
                "state": "prepared",
                "date_prepared": fields.Datetime.now(),
                "mailing_id": everything._make_mailing().id,
            }
        )

    def _make_mailing(self):
        """The mailing to those who can be written to; empty if nobody can."""
        mailings = self.env["mailing.mailing"]
        rows = self.env["crm.announcement.recipient"]
        if not rows.search_count(self._mailed_domain(), limit=1):
            return mailings
        return mailings.create(
            {
                "subject": self.name,
                "mailing_type": "mail",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                # Not the ids: there may be tens of thousands.
                "mailing_domain": repr(
                    [("announcement_recipient_ids", "any", self._mailed_domain())]
                ),
                "body_arch": self.body,
                "body_html": self.body,
                "user_id": self.user_id.id,
                "use_exclusion_list": True,
            }
        )

    def _mailed_domain(self):
        return [("announcement_id", "=", self.id), ("is_mailed", "=", True)]

    def action_send(self):
        """Put the mailing into Odoo's queue and begin to count.

        :return: True
        :raises UserError: not prepared, sent already, the mailing was deleted, a
            product was archived
        """
        self._require_author()
        for announcement in self:
            announcement._require_state("prepared")
            announcement._refuse(
                announcement._product_problem() or announcement._mailing_problem()
            )
            # The mailing tells the announcement that it is on its way.
            announcement.sudo().mailing_id.action_put_in_queue()
            if announcement.state == "prepared":
                announcement.sudo()._start()
        return True

    def _start(self):
        """It is on its way: from now on customers are to be told; superuser."""
        for announcement in self.filtered(lambda a: a.state == "prepared"):
            Recipients(announcement).start()
            announcement.write(
                {"state": "running", "date_start": fields.Datetime.now()}
            )
            # These few begin promises, so the change is one that is heard.
            announcement.recipient_ids.search(
                [
                    ("announcement_id", "=", announcement.id),
                    ("way", "=", "personal"),
                    ("state", "=", PLANNED),
                ]
            ).write({"state": PERSONAL})

    def _on_its_way(self, state):
        """The mailing was put into the queue or has gone out; superuser.

        :param state: that of the mailing
        """
        self.filtered(lambda a: a.state == "prepared")._start()
        if state == "done":
            self._follow()

    def action_reset(self):
        """Back to the draft: the list of customers and the mailing are thrown away.

        :return: True
        :raises UserError: it was sent
        """
        self._require_author()
        for announcement in self:
            announcement._require_state("prepared", "draft")
            everything = announcement.sudo()
            everything.mailing_id.unlink()
            everything.recipient_ids.unlink()
            everything.write({"state": "draft", "date_prepared": False})
        return True

    def action_close(self):
        """Nothing more is done; what is not told stays as it is.

        :return: True
        """
        self._require_author()
        for announcement in self:
            announcement._require_state("running")
            announcement.sudo()._follow()
            announcement.sudo().write(
                {"state": "done", "date_done": fields.Datetime.now()}
            )
        return True

    def action_refresh(self):
        """Read now what became of the letters.

        :return: True
        """
        self.check_access("read")
        self.sudo()._follow()
        return True

    def _follow(self):
        """Read what became of the letters and see whether enough are told."""
        running = self.filtered(lambda a: a.state == "running")
        for announcement in running:
            Recipients(announcement).follow()
        running._settle_target()

    def _settle_target(self):
        counts = self._counts()
        for announcement in self:
            found = figures(
                counts.get(announcement.id, {}), announcement.target_percent
            )
            # Once reached it stays so: what is told cannot be taken back.
            if found["reached"] and not announcement.is_covered:
                announcement.write(
                    {"is_covered": True, "date_covered": fields.Datetime.now()}
                )

    @api.model
    def _cron_follow(self):
        """Every few minutes: what became of the letters of running announcements."""
        running = self.sudo().search([("state", "=", "running")])
        for announcement in running:
            announcement._follow()
            self.env["ir.cron"]._commit_progress(1)

    def mark_told(self, partner_ids, note=""):
        """Say that customers were told, by phone or in person.

        :param partner_ids: ids of customers, or of their contacts
        :param note: how, in a few words
        :return: ``told``: how many were told now, ``unchanged``: how many knew already
        :raises UserError: not running, no text, or somebody who is not in the list
        :raises AccessError: somebody else's customer
        """
        self._require_one()
        self.check_access("read")
        self._require_state("running")
        rows = self._rows_of(partner_ids, note)
        fresh = rows.filtered(lambda row: row.state not in INFORMED)
        fresh.sudo()._tell(note)
        return {"told": len(fresh), "unchanged": len(rows) - len(fresh)}

    def _rows_of(self, partner_ids, note):
        """The rows of customers that a person names, checked."""
        if note and not is_text(note):
            problem = self.env._("the note must be a text that says how it was done")
        elif not isinstance(partner_ids, list | tuple) or not all(
            is_id(id_) for id_ in partner_ids
        ):
            problem = self.env._("partner_ids must be a list of ids")
        else:
            partners = self.env["res.partner"].browse(dict.fromkeys(partner_ids))
            customers = {
                partner.id: partner.commercial_partner_id.id
                for partner in partners.exists().sudo()
            }
            rows = self.env["crm.announcement.recipient"].search(
                [
                    ("announcement_id", "=", self.id),
                    ("partner_id", "in", list(customers.values())),
                ]
            )
            there = set(rows.partner_id.ids)
            missing = sorted(
                id_ for id_ in set(partner_ids) if customers.get(id_) not in there
            )
            if not missing:
                return rows
            problem = self.env._(
                "these customers are not in your list: %(ids)s", ids=missing
            )
        raise self._error("announcement_told", problem)

    # --- what is refused --------------------------------------------------------

    def _problem(self):
        """(code, words) of what keeps it from being prepared; else None."""
        scope = (
            self.counterparty_type_ids,
            self.segment_ids,
            self.sale_kind_ids,
            self.territory_ids,
            self._parsed_scope(),
        )
        if not any(scope):
            return "announcement_scope", self.env._(
                "say for whom: a counterparty type, a category, a kind of sale, a "
                "territory or a filter"
            )
        if is_html_empty(self.body):
            return "announcement_text", self.env._("write the text of the letter")
        return self._product_problem()

    def _product_problem(self):
        gone = self.with_context(active_test=False).product_ids.filtered(
            lambda product: not product.active
        )
        if not gone:
            return None
        return "announcement_product", self.env._(
            "these products are archived: %(names)s. Take them out or restore them",
            names=", ".join(gone.mapped("name")),
        )

    def _mailing_problem(self):
        everything = self.sudo()
        rows = everything.recipient_ids
        if everything.mailing_id or not rows.search_count(self._mailed_domain()):
            return None
        return "announcement_mailing", self.env._(
            "its mailing was deleted. Go back to the draft and prepare it anew"
        )

    def _refuse(self, problem):
        if problem:
            raise self._error(*problem)

    def _error(self, code, words):
        return UserError(
            self.env._(
                "crm_regulations.%(code)s: “%(name)s”: %(problem)s.",
                code=code,
                name=self.name,
                problem=words,
            )
        )

    def _require_state(self, *states):
        names = dict(self._fields["state"]._description_selection(self.env))
        if self.state not in states:
            self._refuse(
                (
                    "announcement_state",
                    self.env._(
                        "this can be done while it is: %(wanted)s; now it is: %(now)s",
                        wanted=", ".join(names[state] for state in states),
                        now=names[self.state],
                    ),
                )
            )

    def _require_one(self):
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_record: Ask this of one announcement; "
                    "%(count)s were given.",
                    count=len(self),
                )
            )

    def _require_author(self):
        self.check_access("write")

    @api.constrains("name")
    def _check_name(self):
        # Odoo would fill placeholders in with all rights.
        for announcement in self:
            if "{{" in announcement.name:
                raise ValidationError(
                    self.env._(
                        "crm_regulations.announcement_subject: The subject cannot have "
                        "placeholders “{{ }}” here. Add them in the mailing."
                    )
                )

    @api.constrains("scope_domain")
    def _check_scope(self):
        for announcement in self:
            self.env["crm.regulation"]._check_domain(
                "res.partner",
                announcement.scope_domain,
                self._fields["scope_domain"],
            )

    def _parsed_scope(self):
        return self.env["crm.regulation"]._parse_domain(self.scope_domain)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                for name in _LIFE & vals.keys():
                    del vals[name]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and _LIFE & vals.keys():
            raise UserError(
                self.env._(
                    "crm_regulations.use_buttons: The state of an announcement changes "
                    "through its buttons only."
                )
            )
        if _FROZEN & vals.keys() and any(a.state != "draft" for a in self):
            raise UserError(
                self.env._(
                    "crm_regulations.announcement_frozen: Its list of customers is "
                    "made already. Go back to the draft to change for whom it is or "
                    "what it says; what was sent cannot be changed."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for announcement in self.filtered(lambda a: a.state in ("running", "done")):
            raise announcement._error(
                "announcement_sent",
                self.env._("it was sent; the proof of it is kept"),
            )

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


class ProductTemplate(models.Model):
    """The button that begins an announcement."""

    _inherit = "product.template"

    def action_announce(self):
        """Open a new announcement about these products; nothing is saved yet.

        :return: a window action
        :raises UserError: a product is archived
        """
        self.check_access("read")
        archived = self.filtered(lambda product: not product.active)
        if archived:
            raise UserError(
                self.env._(
                    "crm_regulations.announcement_product: %(names)s: archived "
                    "products are not announced. Restore them first.",
                    names=", ".join(archived.mapped("name")),
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Announcement"),
            "res_model": "crm.announcement",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"announced_product_ids": self.ids},
        }
