"""Classifying many customers against the bare aggregate of the same columns."""

from odoo import Command, fields
from odoo.tools import SQL

from odoo.addons.crm_segmentation.engine.metrics.purchases import purchases

from bench import ratio

PARTNERS = 50_000
LINES = 5  # turnover lines per partner


def run(env):
    """A run in which nothing changes, and the aggregate that it cannot do without."""
    segmentation = _segmentation(env)
    _rows(env)
    segmentation.action_publish()

    def classify():
        assert segmentation.classify() == {"changed": 0}

    def aggregate():
        today = fields.Date.today()
        columns = purchases(env.company.id, "commercial_partner_id", today)
        env.cr.execute(
            SQL("SELECT COUNT(*) FROM (%s) AS p WHERE documents > 0", columns)
        )

    title = f"classify {PARTNERS:,} partners, nothing moves, against the bare aggregate"
    yield ratio(title, classify, aggregate, goal=1.5)


def _segmentation(env):
    metric = env.ref("crm_segmentation.metric_turnover_month_avg")
    return env["crm.segmentation"].create(
        {
            "name": "Benchmark",
            "code": "benchmark",
            "segment_ids": [
                Command.create(
                    {
                        "name": code,
                        "code": code,
                        "sequence": number,
                        "criterion_ids": [
                            Command.create(
                                {"metric_id": metric.id, "value_enter": value}
                            )
                        ],
                    }
                )
                for number, (code, value) in enumerate((("A", 800), ("B", 300)))
            ]
            + [
                Command.create(
                    {"name": "C", "code": "C", "sequence": 9, "is_default": True}
                )
            ],
        }
    )


def _rows(env):
    """Partners and lines by SQL, spread evenly over two years and 0 to 1,000."""
    model = env["res.partner"].create({"name": "Bench", "is_company": True})
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            WITH fresh AS (SELECT nextval('res_partner_id_seq') AS id
                             FROM generate_series(1, %(partners)s))
            INSERT INTO res_partner
            SELECT (jsonb_populate_record(model, jsonb_build_object(
                       'id', fresh.id, 'commercial_partner_id', fresh.id))).*
              FROM res_partner AS model, fresh WHERE model.id = %(model)s;
            INSERT INTO crm_turnover_line
                   (partner_id, commercial_partner_id, date, amount, amount_company,
                    currency_id, company_id, origin)
            SELECT id, id, %(today)s::date - ((id * 31 + n * 137) %% 700)::int,
                   (id * 7 + n * 300) %% 9000, (id * 7 + n * 300) %% 9000,
                   %(currency)s, %(company)s, 'bench'
              FROM res_partner, generate_series(1, %(lines)s) AS n
             WHERE name = 'Bench';
            ANALYZE res_partner; ANALYZE crm_turnover_line
            """,
            partners=PARTNERS,
            model=model.id,
            today=fields.Date.today(),
            currency=env.company.currency_id.id,
            company=env.company.id,
            lines=LINES,
        )
    )
    env.invalidate_all()
