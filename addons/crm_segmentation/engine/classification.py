"""Classifying partners: one statement decides for all of them.

The same statement serves the nightly run, the preview before publishing and the values
in an explanation, so that the three cannot disagree. Only differences are written, and
metric values are kept only where a partner moves.
"""

from odoo.tools import SQL

from ..core.scheme import Scheme
from .criteria_sql import scheme_to_sql
from .metrics.plan import MetricPlan, metric_column

# The contract promises the turnover of each move, so it is always computed.
AMOUNT = "turnover_month_avg"


class Classification:
    """One computation of one segmentation on one day.

    :param env: environment whose cursor is used; access is the caller's business
    :param segmentation_id: id of the segmentation
    :param spec: the compiled rule, see ``crm.segmentation._compile``
    :param today: the day of the computation
    """

    def __init__(self, env, segmentation_id, spec, today):
        self.env = env
        self.segmentation_id = segmentation_id
        self.spec = spec
        self.today = today
        self.scheme = Scheme.from_json(spec["categories"])
        self.metrics = list(dict.fromkeys([AMOUNT, *self.scheme.metrics()]))

    # --- answers --------------------------------------------------------------

    def matrix(self):
        """Who is where now and would be where, as counts and money.

        :return: list of (id of the category now or None, id after or None, count,
            monthly turnover)
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT membership.segment_id AS now,
                       CASE WHEN %(by_hand)s THEN membership.segment_id
                            ELSE verdict.target_id END AS after,
                       COUNT(*),
                       SUM(%(amount)s)
                  FROM (%(verdicts)s) AS verdict
                  FULL JOIN (%(memberships)s) AS membership
                    ON membership.partner_id = verdict.partner_id
                 GROUP BY now, after
                 ORDER BY now NULLS FIRST, after NULLS LAST
                """,
                by_hand=self._stays_by_hand(),
                amount=metric_column(AMOUNT),
                verdicts=self._verdicts(),
                memberships=self._memberships(),
            )
        )

    def values(self, partner_id):
        """The metric values of one partner.

        :return: metric code → value or None; None when the segmentation does not
            cover the partner
        """
        rows = self.env.execute_query_dict(self._verdicts([partner_id]))
        if not rows:
            return None
        return {code: rows[0][f"metric_{code}"] for code in self.metrics}

    def apply(self, cause, version):
        """Write what differs: memberships, and a movement for each of them.

        :param cause: why it is computed, kept on the movements
        :param version: version of the segmentation, kept on the movements
        :return: number of partners whose category changed
        """
        self._find_changes()
        stamp = self._stamp(cause, version)
        self._remove_memberships()
        self._write_memberships(stamp)
        return self._write_movements(stamp)

    # --- statements -----------------------------------------------------------

    def _verdicts(self, partner_ids=None):
        """One row per covered partner: its category now, after, and the values."""
        plan = self._plan(partner_ids)
        return SQL(
            """
            WITH population AS (%(population)s),
                 %(sources)s,
                 measured AS (
                     SELECT population.id AS partner_id,
                            membership.segment_id AS current_id,
                            membership.computed_segment_id AS computed_id,
                            %(metrics)s
                       FROM population
                       %(joins)s
                       LEFT JOIN crm_segment_membership AS membership
                              ON membership.partner_id = population.id
                             AND membership.segmentation_id = %(segmentation)s
                      WHERE %(covered)s)
            SELECT measured.*, %(target)s AS target_id FROM measured
            """,
            population=self._population(partner_ids),
            sources=plan.expressions,
            metrics=plan.columns,
            joins=plan.joins,
            segmentation=self.segmentation_id,
            covered=self._covered(plan),
            target=scheme_to_sql(self.scheme, SQL("computed_id")),
        )

    def _plan(self, partner_ids=None):
        return MetricPlan(
            self.env,
            dict.fromkeys(self.metrics),
            self.spec["company_id"],
            self._owner(),
            self.today,
            partner_ids,
        )

    def _memberships(self):
        return SQL(
            "SELECT * FROM crm_segment_membership WHERE segmentation_id = %s",
            self.segmentation_id,
        )

    def _stays_by_hand(self):
        """Whether a category set by hand outlives this computation.

        It does until its last day, unless the partner was covered and is no more.
        """
        return SQL(
            """(membership.origin = 'manual'
                AND COALESCE(membership.override_until >= %s, TRUE)
                AND (verdict.target_id IS NOT NULL
                     OR membership.computed_segment_id IS NULL))""",
            self.today,
        )

    def _owner(self):
        company = self.spec["unit"] == "company"
        return "commercial_partner_id" if company else "partner_id"

    def _population(self, partner_ids):
        """Active partners of the unit, without our own companies and people."""
        unit = (
            SQL("partner.commercial_partner_id = partner.id")
            if self.spec["unit"] == "company"
            else SQL("NOT COALESCE(partner.is_company, FALSE)")
        )
        only = (
            SQL("")
            if partner_ids is None
            else SQL("AND partner.id = ANY(%s)", partner_ids)
        )
        return SQL(
            """
            SELECT partner.id, partner.customer_since
              FROM res_partner AS partner
             WHERE partner.active
               AND %(unit)s
               AND (partner.company_id IS NULL OR partner.company_id = %(company)s)
               AND NOT EXISTS (SELECT FROM res_company
                                WHERE res_company.partner_id = partner.id)
               AND NOT EXISTS (SELECT FROM res_users
                                WHERE res_users.partner_id = partner.id
                                  AND NOT COALESCE(res_users.share, FALSE))
               %(only)s
            """,
            unit=unit,
            company=self.spec["company_id"],
            only=only,
        )

    def _covered(self, plan):
        """Partners of the wanted types and, if asked for, buyers without a type."""
        if not self.spec["type_ids"]:
            return SQL("TRUE")
        relation = SQL(
            """SELECT FROM crm_counterparty_type_partner_rel AS typed
                WHERE typed.partner_id = population.id"""
        )
        wanted = SQL("EXISTS (%s AND typed.type_id = ANY(%s))", relation, self._types())
        if not self.spec["untyped_buyers"]:
            return wanted
        return SQL(
            "(%s OR (%s AND NOT EXISTS (%s)))", wanted, plan.has_bought, relation
        )

    def _types(self):
        return list(self.spec["type_ids"])

    def _values_as_json(self):
        pairs = [
            SQL("%s, %s", SQL("%s::text", code), SQL("verdict.%s", metric_column(code)))
            for code in self.metrics
        ]
        return SQL("jsonb_build_object(%s)", SQL(", ").join(pairs))

    # --- writing --------------------------------------------------------------

    def _find_changes(self):
        """Partners whose computed category differs, also those covered no more."""
        self.env.cr.execute("DROP TABLE IF EXISTS crm_classification_change")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE crm_classification_change ON COMMIT DROP AS
                SELECT COALESCE(verdict.partner_id, membership.partner_id)
                           AS partner_id,
                       verdict.target_id,
                       membership.segment_id,
                       membership.origin,
                       CASE WHEN verdict.partner_id IS NOT NULL THEN %(values)s END
                           AS metric_values
                  FROM (%(verdicts)s) AS verdict
                  FULL JOIN (%(memberships)s) AS membership
                    ON membership.partner_id = verdict.partner_id
                 WHERE verdict.target_id
                       IS DISTINCT FROM membership.computed_segment_id
                """,
                values=self._values_as_json(),
                verdicts=self._verdicts(),
                memberships=self._memberships(),
            )
        )

    def _remove_memberships(self):
        """Partners that are covered no more: archived, merged, of another type."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_segment_membership AS membership
                    USING crm_classification_change AS change
                    WHERE membership.segmentation_id = %s
                      AND membership.partner_id = change.partner_id
                      AND change.target_id IS NULL""",
                self.segmentation_id,
            )
        )

    def _write_memberships(self, stamp):
        """The new categories; one that was set by hand stays beside the computed."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_segment_membership AS kept
                       (partner_id, segmentation_id, segment_id, computed_segment_id,
                        date_from, origin, company_id,
                        create_uid, write_uid, create_date, write_date)
                SELECT partner_id, %(segmentation)s, target_id, target_id, %(today)s,
                       'rule', %(company)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM crm_classification_change
                 WHERE target_id IS NOT NULL
                    ON CONFLICT (partner_id, segmentation_id) DO UPDATE
                   SET computed_segment_id = EXCLUDED.computed_segment_id,
                       segment_id = CASE WHEN kept.origin = 'manual'
                                         THEN kept.segment_id
                                         ELSE EXCLUDED.segment_id END,
                       date_from = CASE WHEN kept.origin = 'manual'
                                        THEN kept.date_from
                                        ELSE EXCLUDED.date_from END,
                       write_uid = EXCLUDED.write_uid,
                       write_date = EXCLUDED.write_date
                """,
                **stamp,
            )
        )

    def _write_movements(self, stamp):
        """The history of those whose category in force changed; returns how many."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_segment_movement
                       (partner_id, segmentation_id, from_segment_id, to_segment_id,
                        date, cause, version, metric_values, company_id,
                        create_uid, write_uid, create_date, write_date)
                SELECT partner_id, %(segmentation)s, segment_id, target_id, %(today)s,
                       %(cause)s, %(version)s, metric_values, %(company)s,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM crm_classification_change
                 WHERE origin IS DISTINCT FROM 'manual' OR target_id IS NULL
                """,
                **stamp,
            )
        )
        return self.env.cr.rowcount

    def _stamp(self, cause, version):
        return {
            "segmentation": self.segmentation_id,
            "company": self.spec["company_id"],
            "today": self.today,
            "cause": cause,
            "version": version,
            "uid": self.env.uid,
            "now": self.env.cr.now(),
        }
