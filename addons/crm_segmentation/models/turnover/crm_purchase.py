from odoo import fields, models
from odoo.tools import SQL


class CrmPurchase(models.Model):
    """What counterparties bought, from accounting and from before or beside it."""

    _name = "crm.purchase"
    _description = "Purchase"
    _auto = False
    _order = "date desc, id desc"

    name = fields.Char(string="Document", readonly=True)
    kind = fields.Selection(
        [
            ("out_invoice", "Invoice"),
            ("out_receipt", "Sales receipt"),
            ("out_refund", "Credit note"),
            ("line", "Turnover outside accounting"),
        ],
        readonly=True,
    )
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Counterparty", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Company", readonly=True
    )
    amount = fields.Monetary(
        readonly=True,
        help="Without tax, in company currency at the rate of the document's day; "
        "credit notes are negative.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_id = fields.Many2one("res.company", string="Our company", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    turnover_line_id = fields.Many2one("crm.turnover.line", readonly=True)

    @property
    def _table_query(self):
        self.env["account.move"].flush_model()
        self.env["crm.turnover.line"].flush_model()
        # Even and odd numbers, so that the two kinds of documents never meet.
        return SQL(
            """
            SELECT move.id * 2 AS id, move.name, move.move_type AS kind,
                   move.invoice_date AS date, move.partner_id,
                   move.commercial_partner_id, move.amount_untaxed_signed AS amount,
                   company.currency_id, move.company_id,
                   move.invoice_user_id AS user_id, move.id AS move_id,
                   NULL::int AS turnover_line_id
              FROM account_move AS move
              JOIN res_company AS company ON company.id = move.company_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            UNION ALL
            SELECT line.id * 2 + 1, COALESCE(line.external_ref, line.origin), 'line',
                   line.date, line.partner_id, line.commercial_partner_id,
                   line.amount_company, company.currency_id, line.company_id,
                   NULL::int, NULL::int, line.id
              FROM crm_turnover_line AS line
              JOIN res_company AS company ON company.id = line.company_id
            """
        )

    def action_open(self):
        """Open the document itself."""
        self.ensure_one()
        document = self.move_id or self.turnover_line_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
