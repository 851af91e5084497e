from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.announcing import INFORMED, TOLD
from ..core.step import FULFIL

STATES = [
    ("planned", "Planned"),
    ("waiting", "Waits for its letter"),
    ("personal", "To tell personally"),
    ("to_call", "To call"),
    ("sent", "Delivered"),
    ("opened", "Opened"),
    ("replied", "Replied"),
    ("told", "Told in person"),
    ("excluded", "Left out"),
]
REASONS = [
    ("blacklisted", "On the blacklist"),
    ("opted_out", "Opted out"),
    ("no_email", "No e-mail address"),
    ("bad_email", "Wrong e-mail address"),
    ("cap", "Enough letters lately"),
    ("same_email", "Same address as another customer"),
    ("bounced", "The letter came back"),
    ("failed", "The letter could not be sent"),
]


class CrmAnnouncementRecipient(models.Model):
    """What became of one customer of an announcement."""

    _name = "crm.announcement.recipient"
    _description = "Customer of an Announcement"
    _order = "id"
    _rec_name = "partner_id"

    announcement_id = fields.Many2one(
        "crm.announcement", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Written to",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    email = fields.Char(readonly=True)
    phone = fields.Char(related="partner_id.phone")
    announcement_body = fields.Html(
        string="What to tell", related="announcement_id.body"
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Category",
        readonly=True,
        ondelete="set null",
        help="When the list was made.",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", readonly=True, index=True
    )
    way = fields.Selection(
        [
            ("mail", "By letter"),
            ("call", "By phone"),
            ("personal", "Personally"),
            ("none", "Not at all"),
        ],
        string="How",
        required=True,
        readonly=True,
    )
    is_mailed = fields.Boolean(string="Gets the letter", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="planned")
    reason = fields.Selection(REASONS, string="Why", readonly=True)
    date_informed = fields.Datetime(string="Told on", readonly=True)
    told_by_id = fields.Many2one("res.users", string="Told by", readonly=True)
    proof = fields.Selection(
        [("call", "A call that the telephone exchange reported"),
         ("word", "A person's word")],
        readonly=True,
        help="For customers that were told in person.",
    )  # fmt: skip
    note = fields.Text(string="What was said", readonly=True)
    is_to_tell = fields.Boolean(compute="_compute_is_to_tell")
    told_percent = fields.Float(
        string="Told, %", readonly=True, aggregator="avg", digits=(5, 1)
    )

    _once = models.Constraint(
        "UNIQUE(announcement_id, partner_id)",
        "The customer is in this announcement already.",
    )
    _mailed_idx = models.Index("(announcement_id, contact_id) WHERE is_mailed")

    @api.depends("state", "announcement_id.state")
    def _compute_is_to_tell(self):
        for row in self:
            running = row.announcement_id.state == "running"
            row.is_to_tell = running and row.state not in INFORMED

    # --- told ---------------------------------------------------------------------

    def action_told(self):
        """The customer was told, in one tap.

        :return: True
        """
        self._mark()
        return True

    def _mark(self, note=""):
        """Say of these rows that their customers were told; checked."""
        for announcement, rows in self.grouped("announcement_id").items():
            announcement.mark_told(rows.partner_id.ids, note)

    def _tell(self, note="", proof="word", date=None):
        """Customers know; superuser. What was promised about them is done.

        :param note: what was said
        :param proof: ``call`` or ``word``
        :param date: naive UTC instant; now if none is given
        """
        # What is closed stays as it was.
        fresh = self.filtered("is_to_tell")
        if not fresh:
            return
        fresh.write(
            {
                "state": TOLD,
                "told_percent": 100.0,
                "proof": proof,
                "note": note or False,
                "told_by_id": self.env.uid,
                "date_informed": date or fields.Datetime.now(),
            }
        )
        if proof == "word":
            fresh._fulfil(note)
        fresh.announcement_id._settle_target()

    def _fulfil(self, note):
        """A person's word keeps the promises about these customers."""
        # What began a moment ago may still wait to be told.
        self.env["crm.changes"]._dispatch_pending()
        owed = self.env["crm.obligation"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("date_end", "=", False),
            ]
        )
        if owed:
            owed._say(FULFIL, note or self.env._("The customer was told."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(row.announcement_id.state in ("running", "done") for row in self):
            raise UserError(
                self.env._(
                    "crm_regulations.announcement_sent: It was sent; who was told and "
                    "who was not is kept."
                )
            )


class ResPartner(models.Model):
    """By this the mailing finds those who get it."""

    _inherit = "res.partner"

    announcement_recipient_ids = fields.One2many(
        "crm.announcement.recipient", "contact_id", string="Announcements"
    )


class CrmObligation(models.Model):
    """Whoever keeps the promise about a customer has told the customer."""

    _inherit = "crm.obligation"

    def _say(self, role, note="", until=None):
        done = super()._say(role, note, until)
        if role == FULFIL:
            rows = self.env["crm.announcement.recipient"]
            rows = rows.sudo().browse(
                owed.res_id for owed in self.sudo() if owed.res_model == rows._name
            )
            if rows:
                rows.exists()._tell(note)
        return done


class MailingMailing(models.Model):
    """The mailing of an announcement tells it that it is on its way."""

    _inherit = "mailing.mailing"

    def write(self, vals):
        done = super().write(vals)
        if vals.get("state") in ("in_queue", "sending", "done"):
            announcements = self.env["crm.announcement"].sudo()
            announcements.search([("mailing_id", "in", self.ids)])._on_its_way(
                vals["state"]
            )
        return done
