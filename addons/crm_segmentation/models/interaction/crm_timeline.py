from odoo import api, fields, models
from odoo.tools import SQL

# A line's id is that of its record times this, plus the place of its source.
_SOURCES = 8
_ON_FORM = 40
_GUESTS = SQL(
    """(SELECT attendee.event_id, partner.commercial_partner_id,
               MIN(attendee.id) AS id, MIN(attendee.partner_id) AS partner_id
          FROM calendar_event_res_partner_rel AS rel
          JOIN res_partner AS partner ON partner.id = rel.res_partner_id
          JOIN calendar_attendee AS attendee
            ON attendee.event_id = rel.calendar_event_id
           AND attendee.partner_id = rel.res_partner_id
         WHERE partner.partner_share
         GROUP BY 1, 2)"""
)
# A meeting that became an interaction is one line, not two.
_UNLOGGED = SQL(
    """LATERAL (SELECT 1 WHERE NOT EXISTS (
           SELECT FROM crm_interaction AS talk
            WHERE talk.source_model = 'calendar.event'
              AND talk.source_id = calendar_event.id))"""
)
# A meeting that was held is there as an interaction, with its outcome.
_NOT_LOGGED = SQL(
    """NOT EXISTS (SELECT FROM crm_interaction AS logged
                    WHERE logged.source_model = 'calendar.event'
                      AND logged.source_id = calendar_event.id
                      AND logged.commercial_partner_id = guest.commercial_partner_id)"""
)


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
            "company_id", "type_id", "outcome", "source_model", "source_id",
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

    def _source(
        self, place, model, columns, domain, joins=(), line_id=None, where=None
    ):
        """The lines of one model, as the user may read them.

        :param place: a number from 0 to 7 that no other source has
        :param model: name of the model
        :param columns: SQL of the columns after id, model and record id
        :param domain: which of its records are lines
        :param joins: (kind, alias, table, condition) of what the columns need
        :param line_id: SQL of a number that no other line of this source has
        :param where: SQL of a further condition
        :return: SQL, None if the user may not read the model
        """
        records = self.env[model].with_context(active_test=False)
        if not records.has_access("read"):
            return None
        query = records._search(domain)
        for join in joins:
            query.add_join(*join)
        if where:
            query.add_where(where)
        record_id = SQL.identifier(records._table, "id")
        return query.select(
            SQL("%s::bigint * %s + %s AS id", line_id or record_id, _SOURCES, place),
            SQL("%s AS res_model", model),
            SQL("%s AS res_id", record_id),
            columns,
        )

    def _interactions(self):
        return self._source(
            0,
            "crm.interaction",
            SQL(
                """'interaction' AS kind, crm_interaction.date,
                   crm_interaction.name::varchar AS name, crm_interaction.type_id,
                   crm_interaction.outcome, crm_interaction.partner_id,
                   crm_interaction.commercial_partner_id, crm_interaction.user_id,
                   crm_interaction.company_id, NULL::numeric AS amount,
                   NULL::integer AS currency_id"""
            ),
            [("commercial_partner_id", "!=", False)],
        )

    def _meetings(self):
        return self._source(
            1,
            "calendar.event",
            SQL(
                """'meeting', calendar_event.start, calendar_event.name, NULL::integer,
                   NULL::varchar, guest.partner_id, guest.commercial_partner_id,
                   calendar_event.user_id, NULL::integer, NULL::numeric,
                   NULL::integer"""
            ),
            [("active", "=", True), *self._meetings_seen()],
            # One line per meeting and counterparty, not per guest.
            [
                ("JOIN", "guest", _GUESTS, SQL("guest.event_id = calendar_event.id")),
                ("JOIN", "unlogged", _UNLOGGED, SQL("TRUE")),
            ],
            line_id=SQL("guest.id"),
            where=_NOT_LOGGED,
        )

    def _meetings_seen(self):
        """Without others' private meetings, which Odoo calls “Busy”."""
        if self.env.su:
            return []
        private = self.env["res.users.settings"].sudo()
        private = private._search([("calendar_default_privacy", "=", "private")])
        return [
            "|", "|", "|",
            ("privacy", "in", ("public", "confidential")),
            ("user_id", "=", self.env.uid),
            ("partner_ids", "in", self.env.user.partner_id.ids),
            "&", ("privacy", "=", False),
            ("user_id", "not in", private.subselect("user_id")),
        ]  # fmt: skip

    def _orders(self):
        return self._source(
            2,
            "sale.order",
            SQL(
                """CASE sale_order.state WHEN 'sale' THEN 'order' ELSE 'quotation' END,
                   sale_order.date_order, sale_order.name, NULL::integer, NULL::varchar,
                   partner.id, partner.commercial_partner_id, sale_order.user_id,
                   sale_order.company_id, sale_order.amount_total,
                   sale_order.currency_id"""
            ),
            [("state", "!=", "cancel")],
            [self._partner_of("sale_order")],
        )

    def _invoices(self):
        return self._source(
            3,
            "account.move",
            SQL(
                """CASE WHEN account_move.move_type IN ('out_invoice', 'out_receipt')
                        THEN 'invoice'
                        WHEN account_move.move_type = 'out_refund' THEN 'refund'
                        ELSE 'bill' END,
                   account_move.invoice_date::timestamp, account_move.name,
                   NULL::integer, NULL::varchar, partner.id,
                   partner.commercial_partner_id, account_move.invoice_user_id,
                   account_move.company_id, account_move.amount_total,
                   account_move.currency_id"""
            ),
            [("state", "=", "posted"), ("move_type", "!=", "entry")],
            [self._partner_of("account_move")],
        )

    def _movements(self):
        table = "crm_segment_movement"
        codes = [
            (
                "LEFT JOIN",
                alias,
                "crm_segment",
                SQL(
                    "%s = %s",
                    SQL.identifier(alias, "id"),
                    SQL.identifier(table, column),
                ),
            )
            for alias, column in (
                ("old_segment", "from_segment_id"),
                ("new_segment", "to_segment_id"),
            )
        ]
        return self._source(
            4,
            "crm.segment.movement",
            SQL(
                """'category', crm_segment_movement.date::timestamp,
                   CONCAT(COALESCE(old_segment.code, '–'), ' → ',
                          COALESCE(new_segment.code, '–')),
                   NULL::integer, NULL::varchar, partner.id,
                   partner.commercial_partner_id, NULL::integer,
                   crm_segment_movement.company_id, NULL::numeric, NULL::integer"""
            ),
            [],
            [self._partner_of(table), *codes],
        )

    def _partner_of(self, table):
        """The join of a record's partner, whose company the lines are asked for."""
        condition = SQL("partner.id = %s", SQL.identifier(table, "partner_id"))
        return ("JOIN", "partner", "res_partner", condition)

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
