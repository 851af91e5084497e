"""Whose category may have changed since the last look, without looking at everybody.

Documents, partners and whatever metrics read carry the moment of their last change. A
transaction writes the moment at which it *began*, so the next look begins before the
oldest transaction that is still running, and a bit earlier. What leaves no row behind
(a deletion, a document that changes its partner) is in ``crm.segment.recheck``.
"""

from odoo.tools import SQL

from .metrics.built_in import BUILT_IN

# Beyond so many partners measuring everybody is cheaper.
MANY = 10_000
OVERLAP_MINUTES = 5


def horizon(env):
    """The moment from which on the next look must look.

    :param env: environment at the beginning of its transaction
    :return: UTC datetime: before every change that this transaction cannot see
    """
    rows = env.execute_query(
        SQL(
            """SELECT (LEAST(now(), MIN(xact_start)) - %s * interval '1 minute')
                      AT TIME ZONE 'UTC'
                 FROM pg_stat_activity
                WHERE datname = current_database()""",
            OVERLAP_MINUTES,
        )
    )
    return rows[0][0]


class Changed:
    """The partners whom a segmentation must look at again.

    :param env: superuser environment
    :param spec: the complete frozen rule
    :param mark: UTC datetime; changes since then count
    """

    def __init__(self, env, spec, mark):
        self.env = env
        self.spec = spec
        self.mark = mark
        company = spec["unit"] == "company"
        self.owner = SQL.identifier("commercial_partner_id" if company else "id")
        self.document_owner = SQL.identifier(
            "commercial_partner_id" if company else "partner_id"
        )

    def partner_ids(self):
        """Ids of the partners; None when there are more than :data:`MANY`."""
        queries = [self._partners(), self._rechecks()]
        for source in self._sources():
            queries.extend(_SOURCES[source](self))
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner_id FROM (%s) AS changed
                    WHERE partner_id IS NOT NULL LIMIT %s""",
                SQL(" UNION ALL ").join(queries),
                MANY + 1,
            )
        )
        own = self._of_own_metrics()
        if own is None or len(rows) > MANY:
            return None
        return sorted({row[0] for row in rows} | own)

    def _sources(self):
        """The built-in sources that the rule reads; purchases always are."""
        wanted = {"purchases"}
        for code, definition in self.spec["metrics"].items():
            if definition is None:
                wanted.update(BUILT_IN[code].reads)
        return sorted(wanted)

    def _partners(self):
        """Partners themselves, and who becomes or stops being one of our own people."""
        return SQL(
            """SELECT id AS partner_id FROM res_partner WHERE write_date >= %(mark)s
                UNION ALL
               SELECT commercial_partner_id FROM res_partner
                WHERE write_date >= %(mark)s
                UNION ALL
               SELECT partner_id FROM res_users WHERE write_date >= %(mark)s
                UNION ALL
               SELECT partner_id FROM res_company WHERE write_date >= %(mark)s""",
            mark=self.mark,
        )

    def _rechecks(self):
        return SQL(
            "SELECT partner_id FROM crm_segment_recheck WHERE create_date >= %s",
            self.mark,
        )

    def _moves(self):
        # Whatever its company: it may have been another one before.
        return SQL(
            """SELECT %s FROM account_move WHERE write_date >= %s
                  AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
            self.document_owner,
            self.mark,
        )

    def _lines(self):
        return SQL(
            "SELECT %s FROM crm_turnover_line WHERE write_date >= %s",
            self.document_owner,
            self.mark,
        )

    def _leads(self):
        return SQL(
            """SELECT partner.%s FROM crm_lead
                 JOIN res_partner AS partner ON partner.id = crm_lead.partner_id
                WHERE crm_lead.write_date >= %s""",
            self.owner,
            self.mark,
        )

    def _interactions(self):
        return SQL(
            "SELECT %s FROM crm_interaction WHERE write_date >= %s",
            self.document_owner,
            self.mark,
        )

    def _of_own_metrics(self):
        """Partners of changed records that user-made metrics read."""
        found = set()
        for model, path in own_paths(self.spec):
            if model not in self.env or not self.env[model]._log_access:
                continue
            records = self.env[model].with_context(active_test=False)
            changed = records.search([("write_date", ">=", self.mark)], limit=MANY + 1)
            if len(changed) > MANY:
                return None
            found.update(owners(changed, path))
        return found


def owners(records, path):
    """Ids of the partners that records count for, whatever the unit.

    :param records: records of any model
    :param path: path of many2one fields to a partner; ``id`` for partners themselves
    :return: set of ids, also of the partners' companies
    """
    partners = records if path == "id" else records.mapped(path)
    return {*partners.ids, *partners.commercial_partner_id.ids}


def own_paths(spec):
    """What the user-made metrics of a rule read.

    :param spec: a frozen rule, also one that was published before they existed
    :return: sorted pairs (model, path from it to a partner)
    """
    return sorted(
        {
            (definition["model"], definition["partner_path"])
            for definition in (spec.get("metrics") or {}).values()
            if definition
        }
    )


_SOURCES = {
    "purchases": lambda changed: [changed._moves(), changed._lines()],
    "payments": lambda changed: [],  # invoices, which are written when they are paid
    "deals": lambda changed: [changed._leads()],
    "interactions": lambda changed: [changed._interactions()],
}
