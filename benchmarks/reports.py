"""Reports over five years of trade, and the hand-over of a big portfolio.

``SIZE`` in the environment is the number of customers, three promises each.
"""

import os

from odoo import fields
from odoo.tools import SQL

from odoo.addons.crm_regulations.core.loyalty import Window

from bench import queries, ratio, verdict
from copies import spread
from trade import Trade

PARTNERS = int(os.environ.get("SIZE") or 50_000)
CAMPAIGNS = 20
REACHED = PARTNERS // 20  # customers of each campaign
PORTFOLIO = PARTNERS // 10


def run(env):
    """Each against a bare statement that reads the same rows."""
    reports = _Reports(env)
    for title, work, bare, goal, most in (
        ("promises and loyalty", reports.loyalty, reports.bare_loyalty, 4, 1),
        ("the effect of one campaign", reports.effect, reports.bare_effect, 6, 4),
        ("promises by regulation and month", reports.promises,
         reports.bare_promises, 5, 4),
        ("preview of a hand-over", reports.preview, reports.bare_preview, 10, 15),
    ):  # fmt: skip
        yield ratio(
            f"{title}, {PARTNERS:,} customers, against the bare sums",
            work,
            bare,
            goal,
            before=env.invalidate_all,
        )
        count = queries(env, work)
        yield verdict(f"queries of {title}", count <= most, f"{count} (at most {most})")


class _Reports:
    """Customers with purchases, promises, campaigns and a salesperson with a tenth.

    :param env: superuser environment that is rolled back
    """

    def __init__(self, env):
        self.env = env
        self.company = env.company
        trade = Trade(env, PARTNERS)
        self.window = Window.before(fields.Date.today(), 0)
        self.purchases = env["crm.purchase"]._table_query
        self.campaign = self._campaigns(trade.customer)
        leaving, successor = env["res.users"].create(
            [{"name": name, "login": name} for name in ("leaving", "successor")]
        )
        self.leaving = leaving
        for table, owner in (("res_partner", "id"), ("crm_obligation", "partner_id")):
            env.cr.execute(
                SQL(
                    "UPDATE %s SET user_id = %s WHERE %s BETWEEN %s AND %s",
                    SQL.identifier(table),
                    leaving.id,
                    SQL.identifier(owner),
                    trade.customer.id + 1,
                    trade.customer.id + PORTFOLIO,
                )
            )
        env.invalidate_all()
        self.handover = env["crm.handover"].create(
            {"from_user_id": leaving.id, "to_user_id": successor.id}
        )

    def _campaigns(self, customer):
        """Letters of so many campaigns, a month apart."""
        env = self.env
        campaigns = env["utm.campaign"].create(
            [{"title": f"Bench {number}"} for number in range(CAMPAIGNS)]
        )
        mailings = env["mailing.mailing"].create(
            [
                {
                    "subject": "Bench",
                    "campaign_id": campaign.id,
                    "mailing_model_id": env["ir.model"]._get_id("res.partner"),
                }
                for campaign in campaigns
            ]
        )
        letter = env["mailing.trace"].create(
            {
                "mass_mailing_id": mailings[0].id,
                "model": "res.partner",
                "res_id": customer.id,
                "email": "bench@example.com",
                "trace_status": "sent",
                "sent_datetime": fields.Datetime.now(),
            }
        )
        spread(
            letter,
            SQL(
                "SELECT k, n FROM generate_series(1, %s) k, generate_series(1, %s) n",
                CAMPAIGNS,
                REACHED,
            ),
            mass_mailing_id=SQL("(%s::int[])[made.k]", mailings.ids),
            campaign_id=SQL("(%s::int[])[made.k]", campaigns.ids),
            res_id=SQL(
                "%s + 1 + (made.k * 7919 + made.n * 19) %% %s", customer.id, PARTNERS
            ),
            sent_datetime=SQL(
                "model.sent_datetime - make_interval(days => 30 * made.k)"
            ),
        )
        return campaigns[0]

    # --- what is measured -------------------------------------------------------

    def loyalty(self):
        """As the pivot table asks for it."""
        found = self.env["crm.loyalty.report"].formatted_read_group(
            [("company_id", "=", self.company.id)],
            ["kept"],
            ["customers:sum", "on_time_share:avg", "repeat_share:avg", "turnover:sum"],
        )
        assert sum(row["customers:sum"] for row in found) > PARTNERS // 2, found

    def effect(self):
        # The copies of the first letter, and itself.
        assert self.campaign.effect()["reached"] == REACHED + 1

    def promises(self):
        assert self.env["crm.obligation.report"].formatted_read_group(
            [("company_id", "=", self.company.id)],
            ["newest_id", "date_due:month"],
            ["counted:sum", "on_time_share:avg", "__count"],
        )

    def preview(self):
        assert self.handover.preview()["total"]["customers"] == PORTFOLIO

    # --- baselines --------------------------------------------------------------

    def bare_loyalty(self):
        """Both sums by customer, not yet brought together."""
        days = self.window
        self.env.execute_query(
            SQL(
                """SELECT COUNT(*), SUM(counted) FROM (
                     SELECT commercial_partner_id, COUNT(*) AS counted
                       FROM crm_obligation
                      WHERE company_id = %(company)s
                        AND state IN ('done_on_time', 'done_late', 'breached')
                        AND date_due >= %(start)s AND date_due < %(end)s
                      GROUP BY 1
                      UNION ALL
                     SELECT commercial_partner_id, SUM(amount)
                       FROM (%(purchases)s) AS document
                      WHERE company_id = %(company)s
                        AND date >= %(before)s AND date < %(end)s
                      GROUP BY 1) AS part""",
                company=self.company.id,
                start=days.start,
                end=days.end,
                before=days.start_before,
                purchases=self.purchases,
            )
        )

    def bare_effect(self):
        """What the customers of its letters bought afterwards."""
        self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT letter.res_id), SUM(document.amount)
                     FROM mailing_trace AS letter
                     LEFT JOIN (%s) AS document
                       ON document.commercial_partner_id = letter.res_id
                      AND document.company_id = %s
                      AND document.date BETWEEN letter.sent_datetime::date
                                            AND letter.sent_datetime::date + 30
                    WHERE letter.campaign_id = %s""",
                self.purchases,
                self.company.id,
                self.campaign.id,
            )
        )

    def bare_promises(self):
        self.env.execute_query(
            SQL(
                """SELECT regulation_id, date_trunc('month', date_due), COUNT(*),
                          COUNT(*) FILTER (WHERE state = 'done_on_time')
                     FROM crm_obligation WHERE company_id = %s GROUP BY 1, 2""",
                self.company.id,
            )
        )

    def bare_preview(self):
        """The customers with what they bought in a year, and the open promises."""
        self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT customer.id), SUM(document.amount),
                          (SELECT COUNT(*) FROM crm_obligation
                            WHERE user_id = %(user)s AND date_end IS NULL)
                     FROM res_partner AS customer
                     LEFT JOIN (%(purchases)s) AS document
                       ON document.commercial_partner_id = customer.id
                      AND document.company_id = %(company)s
                      AND document.date >= %(start)s
                    WHERE customer.user_id = %(user)s""",
                user=self.leaving.id,
                purchases=self.purchases,
                company=self.company.id,
                start=self.window.start,
            )
        )
