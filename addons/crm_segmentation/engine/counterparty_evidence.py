"""What a counterparty's documents say about its type, for everybody at once."""

from odoo.tools import SQL


class Evidence:
    """Who is a counterparty at all, and which types documents suggest.

    :param env: environment; read as the superuser, access is the caller's business
    :param company_ids: whose documents count, and whose counterparties
    :param sources: list of (id of a type, key of a reason, SQL with one column: whose
        document)
    """

    def __init__(self, env, company_ids, sources=()):
        self.env = env
        self.company_ids = list(company_ids)
        self.sources = sources

    def counterparties(self):
        """Ids of all counterparties, as SQL.

        Left out are own companies, addresses and contacts of others, and whoever logs
        in here or works for us, also in former times.
        """
        return SQL(
            """
            SELECT partner.id
              FROM res_partner AS partner
             WHERE partner.active
               AND partner.commercial_partner_id = partner.id
               AND COALESCE(partner.type, 'contact') = 'contact'
               AND (partner.company_id IS NULL OR partner.company_id = ANY(%(ours)s))
               AND NOT EXISTS (SELECT FROM res_company
                                WHERE res_company.partner_id = partner.id)
               AND NOT EXISTS (SELECT FROM res_users
                                WHERE res_users.partner_id = partner.id)
               %(no_employees)s
            """,
            ours=self.company_ids,
            no_employees=self._no_employees(),
            to_flush=self._flushed("active", "parent_id", "type", "company_id"),
        )

    def untyped(self):
        """Ids of the counterparties without a type in use, as SQL."""
        return SQL(
            """
            %s AND NOT EXISTS (
                SELECT FROM crm_counterparty_type_partner_rel AS typed
                  JOIN crm_counterparty_type AS type
                    ON type.id = typed.type_id AND type.active
                 WHERE typed.partner_id = partner.id)
            """,
            self.counterparties(),
            to_flush=self._flushed("counterparty_type_ids"),
        )

    def suggested(self, type_ids):
        """Ids of counterparties whose documents suggest a type they lack, as SQL.

        :param type_ids: one of these types
        """
        return SQL(
            """
            SELECT evidence.partner_id
              FROM (%(evidence)s) AS evidence
             WHERE evidence.type_id = ANY(%(types)s)
               AND evidence.partner_id IN (%(counterparties)s)
               AND NOT EXISTS (
                   SELECT FROM crm_counterparty_type_partner_rel AS typed
                    WHERE typed.partner_id = evidence.partner_id
                      AND typed.type_id = evidence.type_id)
            """,
            evidence=self._evidence(),
            types=list(type_ids),
            counterparties=self.counterparties(),
            to_flush=self._flushed("counterparty_type_ids"),
        )

    def reasons(self, partner_ids):
        """How many documents of which kind speak for which type.

        :param partner_ids: counterparties that are asked about
        :return: list of (id of the counterparty, id of the type, key of the reason,
            number of documents)
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT partner_id, type_id, reason, COUNT(*)
                  FROM (%s) AS evidence
                 WHERE partner_id = ANY(%s)
                 GROUP BY partner_id, type_id, reason
                 ORDER BY partner_id, type_id, COUNT(*) DESC
                """,
                self._evidence(),
                list(partner_ids),
            )
        )

    def give(self, partner_ids, type_ids):
        """Give types to counterparties; whoever has one keeps it.

        The counterparties count as changed, so that their category is looked at anew.

        :return: ids of the counterparties that got a type
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH given AS (
                    INSERT INTO crm_counterparty_type_partner_rel
                           (partner_id, type_id)
                    SELECT partner_id, type_id
                      FROM UNNEST(%(partners)s) AS partner_id,
                           UNNEST(%(types)s) AS type_id
                        ON CONFLICT DO NOTHING
                 RETURNING partner_id)
                UPDATE res_partner
                   SET write_date = %(now)s, write_uid = %(uid)s
                 WHERE id IN (SELECT partner_id FROM given)
                RETURNING id
                """,
                partners=list(partner_ids),
                types=list(type_ids),
                now=self.env.cr.now(),
                uid=self.env.uid,
                to_flush=self._flushed("counterparty_type_ids"),
            )
        )
        return [row[0] for row in rows]

    # --- inside ---------------------------------------------------------------

    def _evidence(self):
        """One row per document: partner_id, type_id, reason."""
        parts = [
            SQL(
                "SELECT document.partner_id, %s AS type_id, %s AS reason "
                "FROM (%s) AS document(partner_id)",
                type_id,
                reason,
                source,
            )
            for type_id, reason, source in self.sources
        ]
        nobody = SQL("SELECT NULL::int AS partner_id, 0 AS type_id, '' AS reason")
        return SQL(" UNION ALL ").join([*parts, SQL("%s WHERE FALSE", nobody)])

    def _no_employees(self):
        """Employees' contacts, where Odoo knows employees."""
        employee = self.env.get("hr.employee")
        if employee is None or "work_contact_id" not in employee._fields:
            return SQL("")
        return SQL(
            """AND NOT EXISTS (SELECT FROM hr_employee
                                WHERE hr_employee.work_contact_id = partner.id)"""
        )

    def _flushed(self, *names):
        fields = self.env["res.partner"]._fields
        return tuple(fields[name] for name in names)


def documents(company_ids):
    """The documents that Odoo has by itself.

    :param company_ids: whose documents
    :return: list of (code of a type, key of a reason, SQL with one column)
    """
    ours = list(company_ids)
    return [
        (
            "client",
            "invoice",
            _moves(ours, ("out_invoice", "out_refund", "out_receipt")),
        ),
        (
            "client",
            "order",
            SQL(
                """SELECT buyer.commercial_partner_id
                     FROM sale_order
                     JOIN res_partner AS buyer ON buyer.id = sale_order.partner_id
                    WHERE sale_order.state = 'sale'
                      AND sale_order.company_id = ANY(%s)""",
                ours,
            ),
        ),
        (
            "client",
            "turnover",
            SQL(
                """SELECT commercial_partner_id FROM crm_turnover_line
                    WHERE company_id = ANY(%s)""",
                ours,
            ),
        ),
        ("supplier", "bill", _moves(ours, ("in_invoice", "in_refund", "in_receipt"))),
    ]


def _moves(company_ids, kinds):
    return SQL(
        """SELECT commercial_partner_id FROM account_move
            WHERE state = 'posted' AND move_type IN %s AND company_id = ANY(%s)""",
        kinds,
        company_ids,
    )
