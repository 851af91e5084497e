from odoo import api, fields, models
from odoo.tools import SQL

# A line's id is that of its record times this, plus the place of its source.
_SOURCES = 8
_ON_FORM = 40
_RECORD_ID = SQL("source.id")


class CrmTimeline(models.Model):
    """Everything that happened with a counterparty, newest first.

    The lines are read where they are: no table, no view. Each source contributes the
    records that the user may read, by the access rights and record rules of its own
    model. Asked by ``commercial_partner_id``, every source is read by an index.
    """

    _name = "crm.timeline"
    _description = "Timeline of a Counterparty"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"
    _depends = {
        "crm.interaction": [
            "date", "name", "partner_id", "commercial_partner_id", "user_id",
            "company_id", "type_id", "outcome",
        ],
        "calendar.attendee": ["event_id", "partner_id"],
        "calendar.event": ["start", "name", "user_id", "partner_ids", "active"],
        "sale.order": [
            "date_order", "name", "partner_id", "user_id", "company_id", "state",
            "amount_total", "currency_id",
        ],
        "account.move": [
            "invoice_date", "name", "partner_id", "invoice_user_id", "company_id",
            "state", "move_type", "amount_total", "currency_id",
        ],
        "crm.segment.movement": [
            "date", "partner_id", "company_id", "from_segment_id", "to_segment_id",
        ],
        "crm.segment": ["code"],
        "res.partner": ["commercial_partner_id", "partner_share"],
    }  # fmt: skip

    date = fields.Datetime(string="When", readonly=True)
    kind = fields.Selection(
        [
            ("interaction", "Interaction"),
            ("meeting", "Meeting"),
            ("quotation", "Quotation"),
            ("order", "Order"),
            ("invoice", "Invoice"),
            ("refund", "Credit note"),
            ("bill", "Bill"),
            ("category", "Category"),
        ],
        string="What",
        readonly=True,
    )
    type_id = fields.Many2one("crm.interaction.type", readonly=True)
    name = fields.Char(string="Subject", readonly=True)
    outcome = fields.Selection(
        lambda self: (
            self.env["crm.interaction"]
            ._fields["outcome"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    partner_id = fields.Many2one("res.partner", string="With", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Counterparty", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Our person", readonly=True)
    company_id = fields.Many2one("res.company", string="Our company", readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)

    @property
    def _table_query(self):
        sources = (
            self._interactions(),
            self._meetings(),
            self._orders(),
            self._invoices(),
            self._movements(),
        )
        return SQL(" UNION ALL ").join(source for source in sources if source)

    def _source(self, place, model, select, join, domain, line_id=_RECORD_ID):
        """The lines of one model, as the user may read them.

        :param place: a number from 0 to 7 that no other source has
        :param model: name of the model
        :param select: SQL of the columns after id, model and record id
        :param join: SQL after FROM; the model's table is called ``source``
        :param domain: which of its records are lines
        :param line_id: SQL of a number that no other line of this source has
        :return: SQL, None if the user may not read the model
        """
        records = self.env[model]
        if not records.has_access("read"):
            return None
        readable = records.with_context(active_test=False)._search(domain)
        return SQL(
            """SELECT %s::bigint * %s + %s AS id, %s AS res_model,
                      source.id AS res_id, %s
                 FROM %s WHERE source.id IN %s""",
            line_id,
            _SOURCES,
            place,
            model,
            select,
            join,
            readable.subselect(),
        )

    def _interactions(self):
        return self._source(
            0,
            "crm.interaction",
            SQL(
                """'interaction' AS kind, source.date, source.name::varchar AS name,
                   source.type_id, source.outcome, source.partner_id,
                   source.commercial_partner_id, source.user_id, source.company_id,
                   NULL::numeric AS amount, NULL::integer AS currency_id"""
            ),
            SQL("crm_interaction AS source"),
            [("commercial_partner_id", "!=", False)],
        )

    def _meetings(self):
        domain = [("active", "=", True)]
        if not self.env.su:
            # Others' private meetings: Odoo would call them “Busy”.
            domain += self.env["calendar.event"]._get_default_privacy_domain()
        return self._source(
            1,
            "calendar.event",
            SQL(
                """'meeting' AS kind, source.start AS date, source.name,
                   NULL::integer AS type_id, NULL::varchar AS outcome,
                   guest.partner_id, guest.commercial_partner_id, source.user_id,
                   NULL::integer AS company_id, NULL::numeric AS amount,
                   NULL::integer AS currency_id"""
            ),
            # One line per meeting and counterparty, not per guest.
            SQL(
                """(SELECT attendee.event_id, partner.commercial_partner_id,
                           MIN(attendee.id) AS id,
                           MIN(attendee.partner_id) AS partner_id
                      FROM calendar_event_res_partner_rel AS rel
                      JOIN res_partner AS partner ON partner.id = rel.res_partner_id
                      JOIN calendar_attendee AS attendee
                        ON attendee.event_id = rel.calendar_event_id
                       AND attendee.partner_id = rel.res_partner_id
                     WHERE partner.partner_share
                     GROUP BY 1, 2) AS guest
                   JOIN calendar_event AS source ON source.id = guest.event_id"""
            ),
            domain,
            line_id=SQL("guest.id"),
        )

    def _orders(self):
        return self._source(
            2,
            "sale.order",
            SQL(
                """CASE WHEN source.state = 'sale' THEN 'order' ELSE 'quotation' END,
                   source.date_order, source.name, NULL::integer, NULL::varchar,
                   partner.id, partner.commercial_partner_id, source.user_id,
                   source.company_id, source.amount_total, source.currency_id"""
            ),
            SQL(
                """sale_order AS source
                   JOIN res_partner AS partner ON partner.id = source.partner_id"""
            ),
            [("state", "!=", "cancel")],
        )

    def _invoices(self):
        return self._source(
            3,
            "account.move",
            SQL(
                """CASE WHEN source.move_type IN ('out_invoice', 'out_receipt')
                        THEN 'invoice'
                        WHEN source.move_type = 'out_refund' THEN 'refund'
                        ELSE 'bill' END,
                   source.invoice_date::timestamp, source.name, NULL::integer,
                   NULL::varchar, partner.id, partner.commercial_partner_id,
                   source.invoice_user_id, source.company_id, source.amount_total,
                   source.currency_id"""
            ),
            SQL(
                """account_move AS source
                   JOIN res_partner AS partner ON partner.id = source.partner_id"""
            ),
            [("state", "=", "posted"), ("move_type", "!=", "entry")],
        )

    def _movements(self):
        return self._source(
            4,
            "crm.segment.movement",
            SQL(
                """'category', source.date::timestamp,
                   CONCAT(COALESCE(old.code, '–'), ' → ', COALESCE(new.code, '–')),
                   NULL::integer, NULL::varchar, partner.id,
                   partner.commercial_partner_id, NULL::integer, source.company_id,
                   NULL::numeric, NULL::integer"""
            ),
            SQL(
                """crm_segment_movement AS source
                   JOIN res_partner AS partner ON partner.id = source.partner_id
                   LEFT JOIN crm_segment AS old ON old.id = source.from_segment_id
                   LEFT JOIN crm_segment AS new ON new.id = source.to_segment_id"""
            ),
            [],
        )

    def action_open_source(self):
        """The record behind the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    timeline_ids = fields.Many2many(
        "crm.timeline",
        string="Timeline",
        compute="_compute_timeline_ids",
        help="The newest lines; the button shows all of them.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_timeline_ids(self):
        lines = self.env["crm.timeline"]
        for partner in self:
            # Read on the form, one counterparty at a time.
            company = partner.commercial_partner_id
            partner.timeline_ids = lines.has_access("read") and lines.search(
                [("commercial_partner_id", "in", company.ids)], limit=_ON_FORM
            )

    def action_open_timeline(self):
        """Everything that happened with this counterparty."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_timeline"
        )
        company = self.commercial_partner_id
        return {
            **action,
            "display_name": self.env._("Timeline of %(name)s", name=company.name),
            "domain": [("commercial_partner_id", "=", company.id)],
        }
