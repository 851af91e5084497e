from odoo import fields, models
from odoo.tools import SQL


class CrmPlanFact(models.Model):
    """Plan against fact: month × product category × territory × salesperson.

    Fact is what was invoiced (credit notes subtracted) and turnover outside accounting;
    what wholesalers have sold on stands beside it. A query, not a table.
    """

    _name = "crm.plan.fact"
    _description = "Plan and Fact"
    _auto = False
    _order = "month desc, id"
    _rec_name = "month"
    _depends = {
        "account.move": [
            "company_id", "commercial_partner_id", "invoice_date", "invoice_user_id",
            "move_type", "state",
        ],
        "account.move.line": [
            "balance", "display_type", "move_id", "product_id", "quantity",
        ],
        "crm.plan.line": [
            "amount", "company_id", "month", "product_categ_id", "quantity", "source",
            "territory_id", "user_id",
        ],
        "crm.turnover.line": [
            "amount_company", "commercial_partner_id", "company_id", "date",
            "product_categ_id",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "res.partner": ["territory_id", "user_id"],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(readonly=True)
    product_categ_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    territory_id = fields.Many2one("crm.territory", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    plan_amount = fields.Monetary(string="Plan", readonly=True)
    fact_amount = fields.Monetary(string="Fact", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="Fact minus plan: below zero, too little was sold."
    )
    sell_out_amount = fields.Monetary(string="Sell-out", readonly=True)
    plan_quantity = fields.Float(
        string="Plan (Quantity)", digits=(16, 2), readonly=True
    )
    fact_quantity = fields.Float(
        string="Fact (Quantity)", digits=(16, 2), readonly=True
    )
    sell_out_quantity = fields.Float(
        string="Sell-out (Quantity)", digits=(16, 2), readonly=True
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT ROW_NUMBER() OVER (ORDER BY figure.company_id, figure.month,
                       figure.product_categ_id, figure.territory_id, figure.user_id)
                       AS id,
                   figure.company_id, company.currency_id, figure.month,
                   figure.product_categ_id, figure.territory_id, figure.user_id,
                   SUM(plan_amount) AS plan_amount, SUM(fact_amount) AS fact_amount,
                   SUM(fact_amount) - SUM(plan_amount) AS difference,
                   SUM(sell_out_amount) AS sell_out_amount,
                   SUM(plan_quantity) AS plan_quantity,
                   SUM(fact_quantity) AS fact_quantity,
                   SUM(sell_out_quantity) AS sell_out_quantity
              FROM (%s UNION ALL %s UNION ALL %s) AS figure
              JOIN res_company AS company ON company.id = figure.company_id
             GROUP BY figure.company_id, company.currency_id, figure.month,
                      figure.product_categ_id, figure.territory_id, figure.user_id
            """,
            self._planned(),
            self._invoiced(),
            self._outside(),
        )

    @staticmethod
    def _planned():
        return SQL(
            """
            SELECT company_id, month, product_categ_id, territory_id, user_id,
                   CASE source WHEN 'plan' THEN amount ELSE 0 END AS plan_amount,
                   0 AS fact_amount,
                   CASE source WHEN 'plan' THEN 0 ELSE amount END AS sell_out_amount,
                   CASE source WHEN 'plan' THEN quantity ELSE 0 END AS plan_quantity,
                   0 AS fact_quantity,
                   CASE source WHEN 'plan' THEN 0 ELSE quantity END
                       AS sell_out_quantity
              FROM crm_plan_line
            """
        )

    @staticmethod
    def _invoiced():
        return SQL(
            """
            SELECT move.company_id,
                   date_trunc('month', move.invoice_date::timestamp)::date,
                   template.categ_id, partner.territory_id, move.invoice_user_id,
                   0, -line.balance, 0, 0,
                   line.quantity * CASE move.move_type
                       WHEN 'out_refund' THEN -1 ELSE 1 END,
                   0
              FROM account_move AS move
              JOIN account_move_line AS line ON line.move_id = move.id
              LEFT JOIN product_product AS product ON product.id = line.product_id
              LEFT JOIN product_template AS template
                ON template.id = product.product_tmpl_id
              LEFT JOIN res_partner AS partner
                ON partner.id = move.commercial_partner_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND line.display_type = 'product'
            """
        )

    @staticmethod
    def _outside():
        return SQL(
            """
            SELECT line.company_id, date_trunc('month', line.date::timestamp)::date,
                   line.product_categ_id, partner.territory_id, partner.user_id,
                   0, line.amount_company, 0, 0, 0, 0
              FROM crm_turnover_line AS line
              LEFT JOIN res_partner AS partner
                ON partner.id = line.commercial_partner_id
            """
        )
