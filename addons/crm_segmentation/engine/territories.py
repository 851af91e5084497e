"""Assigning territories to everybody at once.

The database names each different address once, `core/territory.py` decides it, and one
statement writes what differs. Only as many letters of a postcode are looked at as the
longest rule has, so that a million counterparties have some thousand addresses.
"""

from odoo.tools import SQL

_SAME_ADDRESS = SQL(
    """decided.company_id = address.company_id
       AND decided.country_id = address.country_id
       AND decided.state_id = address.state_id
       AND decided.code = address.code"""
)


class Territories:
    """Writes the territories of counterparties and leads.

    :param env: superuser environment
    :param where: core.territory.TerritoryMap
    """

    def __init__(self, env, where):
        self.env = env
        self.where = where

    def assign_partners(self, first_id=0, last_id=2**31 - 1):
        """Counterparties get the territory of their address, contacts their company's.

        One set by hand stays.

        :param first_id: the first counterparty; contacts count with their company
        :param last_id: the last one
        :return: number of partners whose territory changed
        """
        partner = self.env["res.partner"]
        partner.flush_model()
        rows = SQL(
            """SELECT id, company_id, country_id, state_id, zip,
                      territory_manual, territory_id
                 FROM res_partner
                WHERE id BETWEEN %s AND %s AND commercial_partner_id = id""",
            first_id,
            last_id,
        )
        self.env.cr.execute(
            SQL(
                """
                WITH decided AS (%(decided)s),
                     address AS (
                         SELECT id, territory_manual, territory_id AS now_id,
                                %(address)s
                           FROM (%(rows)s) AS address),
                     owner AS (
                         SELECT address.id,
                                CASE WHEN address.territory_manual THEN address.now_id
                                     ELSE decided.territory_id END AS territory_id
                           FROM address LEFT JOIN decided ON %(same)s)
                UPDATE res_partner
                   SET territory_id = owner.territory_id
                  FROM owner
                 WHERE res_partner.commercial_partner_id = owner.id
                   AND res_partner.territory_id IS DISTINCT FROM owner.territory_id
                """,
                decided=self._decided(rows),
                address=self._address(),
                rows=rows,
                same=_SAME_ADDRESS,
            )
        )
        changed = self.env.cr.rowcount
        partner.invalidate_model(["territory_id"])
        return changed

    def assign_leads(self, first_id=0, last_id=2**31 - 1):
        """Leads get the territory of their customer, else of their own address.

        :param first_id: the first lead
        :param last_id: the last one
        :return: number of leads whose territory changed
        """
        lead = self.env["crm.lead"]
        lead.flush_model()
        self.env["res.partner"].flush_model(["territory_id"])
        rows = SQL(
            """SELECT id, company_id, country_id, state_id, zip, partner_id
                 FROM crm_lead WHERE id BETWEEN %s AND %s""",
            first_id,
            last_id,
        )
        self.env.cr.execute(
            SQL(
                """
                WITH decided AS (%(decided)s),
                     address AS (
                         SELECT id, partner_id, %(address)s
                           FROM (%(rows)s) AS address),
                     found AS (
                         SELECT address.id,
                                COALESCE(partner.territory_id, decided.territory_id)
                                    AS territory_id
                           FROM address
                           LEFT JOIN res_partner AS partner
                                  ON partner.id = address.partner_id
                           LEFT JOIN decided ON %(same)s)
                UPDATE crm_lead
                   SET territory_id = found.territory_id
                  FROM found
                 WHERE crm_lead.id = found.id
                   AND crm_lead.territory_id IS DISTINCT FROM found.territory_id
                """,
                decided=self._decided(rows),
                address=self._address(),
                rows=rows,
                same=_SAME_ADDRESS,
            )
        )
        changed = self.env.cr.rowcount
        lead.invalidate_model(["territory_id"])
        return changed

    def _address(self):
        """An address as whole numbers and the postcode in its normal form."""
        return SQL(
            """COALESCE(address.company_id, 0) AS company_id,
               COALESCE(address.country_id, 0) AS country_id,
               COALESCE(address.state_id, 0) AS state_id,
               LEFT(UPPER(REGEXP_REPLACE(
                   COALESCE(address.zip, '') COLLATE "C", '[^A-Za-z0-9]', '', 'g')),
                   %s) AS code""",
            self.where.letters,
        )

    def _decided(self, rows):
        """The territory of each different address that has one, as rows."""
        addresses = self.env.execute_query(
            SQL("SELECT DISTINCT %s FROM (%s) AS address", self._address(), rows)
        )
        decided = [
            (company, country, state, code, territory)
            for company, country, state, code in addresses
            if (
                territory := self.where.find(
                    company or None, country or None, state or None, code
                )
            )
        ]
        columns = list(zip(*decided, strict=True)) or [()] * 5
        return SQL(
            """SELECT * FROM UNNEST(%s::int[], %s::int[], %s::int[], %s::text[],
                                    %s::int[])
                   AS decided(company_id, country_id, state_id, code, territory_id)""",
            *(list(column) for column in columns),
        )
