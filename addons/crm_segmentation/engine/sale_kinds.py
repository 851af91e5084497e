"""Kinds of sale of all orders and leads at once, by what the product categories say.

The ORM keeps them up to date while orders are worked on; these statements follow when a
category gets another kind. They write the same, and only what differs.
"""

from odoo.tools import SQL

ORDER_TABLE = "crm_sale_kind_order_rel"
LEAD_TABLE = "crm_sale_kind_lead_rel"
LAST = 2**31 - 1


def last_id(env, table):
    """The highest id of a table, 0 when it is empty."""
    return env.execute_query(
        SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table))
    )[0][0]


def apply_to_orders(env, first_id=0, last_id=LAST):
    """Orders get the kinds of the categories of their products.

    :param env: superuser environment
    :param first_id: the first order
    :param last_id: the last one
    :return: number of orders that changed
    """
    env["product.category"].flush_model()
    env["product.template"].flush_model(["categ_id"])
    env["sale.order"].flush_model(["sale_kind_ids"])
    env["sale.order.line"].flush_model()
    wanted = SQL(
        """SELECT DISTINCT line.order_id AS owner_id,
                  category.effective_sale_kind_id AS kind_id
             FROM sale_order_line AS line
             JOIN product_product AS product ON product.id = line.product_id
             JOIN product_template AS template ON template.id = product.product_tmpl_id
             JOIN product_category AS category ON category.id = template.categ_id
            WHERE category.effective_sale_kind_id IS NOT NULL
              AND line.display_type IS NULL
              AND NOT COALESCE(line.is_downpayment, FALSE)
              AND line.order_id BETWEEN %s AND %s""",
        first_id,
        last_id,
    )
    return _write(env["sale.order"], ORDER_TABLE, "order_id", wanted, first_id, last_id)


def apply_to_leads(env, first_id=0, last_id=LAST):
    """Leads get the kinds of their orders, unless theirs were set by hand.

    :param env: superuser environment
    :param first_id: the first lead
    :param last_id: the last one
    :return: number of leads that changed
    """
    env["sale.order"].flush_model(["opportunity_id", "state", "sale_kind_ids"])
    env["crm.lead"].flush_model(["sale_kind_ids", "sale_kind_manual"])
    wanted = SQL(
        """SELECT DISTINCT sale.opportunity_id AS owner_id, kind.kind_id
             FROM sale_order AS sale
             JOIN %s AS kind ON kind.order_id = sale.id
             JOIN crm_lead AS lead ON lead.id = sale.opportunity_id
            WHERE sale.state <> 'cancel'
              AND NOT COALESCE(lead.sale_kind_manual, FALSE)
              AND sale.opportunity_id BETWEEN %s AND %s
            UNION
           SELECT kind.lead_id, kind.kind_id
             FROM %s AS kind
             JOIN crm_lead AS lead ON lead.id = kind.lead_id
            WHERE lead.sale_kind_manual AND lead.id BETWEEN %s AND %s""",
        SQL.identifier(ORDER_TABLE),
        first_id,
        last_id,
        SQL.identifier(LEAD_TABLE),
        first_id,
        last_id,
    )
    return _write(env["crm.lead"], LEAD_TABLE, "lead_id", wanted, first_id, last_id)


def _write(model, table, owner, wanted, first_id, last_id):
    """Make the relation what is wanted, and count the owners that changed."""
    model.env.cr.execute(
        SQL(
            """
            WITH wanted AS MATERIALIZED (%(wanted)s),
                 gone AS (
                     DELETE FROM %(table)s AS now
                      WHERE now.%(owner)s BETWEEN %(first)s AND %(last)s
                        AND NOT EXISTS (SELECT FROM wanted
                                         WHERE wanted.owner_id = now.%(owner)s
                                           AND wanted.kind_id = now.kind_id)
                     RETURNING now.%(owner)s AS owner_id),
                 come AS (
                     INSERT INTO %(table)s (%(owner)s, kind_id)
                     SELECT owner_id, kind_id FROM wanted
                         ON CONFLICT DO NOTHING
                     RETURNING %(owner)s AS owner_id)
            SELECT COUNT(*) FROM (SELECT owner_id FROM gone
                                   UNION SELECT owner_id FROM come) AS changed
            """,
            wanted=wanted,
            table=SQL.identifier(table),
            owner=SQL.identifier(owner),
            first=first_id,
            last=last_id,
        )
    )
    model.invalidate_model(["sale_kind_ids"])
    return model.env.cr.fetchone()[0]


def create_relation(cr, table, owner):
    """Make a relation table ahead of Odoo, as Odoo would.

    Odoo computes a stored field of all records when it makes its table. No category
    has a kind of sale then, so that there is nothing to compute.

    :param cr: cursor
    :param table: name of the relation
    :param owner: name of the column beside ``kind_id``
    """
    names = {
        "table": SQL.identifier(table),
        "owner": SQL.identifier(owner),
        "kind": SQL.identifier("kind_id"),
    }
    cr.execute(
        SQL(
            """CREATE TABLE %(table)s (%(owner)s INTEGER NOT NULL,
                                       %(kind)s INTEGER NOT NULL,
                                       PRIMARY KEY (%(owner)s, %(kind)s));
               CREATE INDEX ON %(table)s (%(kind)s, %(owner)s)""",
            **names,
        )
    )
