"""Mailing lists that are kept in step with categories, one statement per step."""

from odoo.tools import SQL


class MailingListSync:
    """One mailing list and the category whose counterparties are on it.

    On the list are the e-mail addresses of the counterparties and, for companies, of
    their contacts; each address once. Who was put on the list by a person stays. Who
    has opted out stays opted out, also when the category is left and reached again.

    :param segment: a crm.segment record with a mailing list, as superuser
    """

    def __init__(self, segment):
        self.env = segment.env
        self.segment = segment
        self.list_id = segment.mailing_list_id.id

    def run(self):
        """Add and remove what differs.

        :return: (number of addresses added, number of addresses removed)
        """
        self.env.flush_all()
        self._create_contacts()
        added = self._subscribe()
        removed = self._unsubscribe()
        if added or removed:
            self.env["mailing.list"].invalidate_model()
            self.env["mailing.contact"].invalidate_model()
            self.env["mailing.subscription"].invalidate_model()
        return added, removed

    def _wanted(self):
        """Addresses of the category: email, name and company name, each once."""
        contacts = (
            SQL("""OR (partner.commercial_partner_id = membership.partner_id
                       AND partner.type = 'contact')""")
            if self.segment.segmentation_id.unit == "company"
            else SQL("")
        )
        return SQL(
            """
            SELECT DISTINCT ON (partner.email_normalized)
                   partner.email_normalized AS email, partner.name,
                   partner.commercial_company_name AS company_name
              FROM crm_segment_membership AS membership
              JOIN res_partner AS partner
                ON partner.id = membership.partner_id %(contacts)s
             WHERE membership.segment_id = %(segment)s
               AND partner.active
               AND partner.email_normalized IS NOT NULL
             ORDER BY partner.email_normalized, partner.is_company DESC, partner.id
            """,
            contacts=contacts,
            segment=self.segment.id,
        )

    def _create_contacts(self):
        """Addresses that mass mailing does not know yet."""
        unknown = self.env.execute_query_dict(
            SQL(
                """
                SELECT wanted.* FROM (%s) AS wanted
                 WHERE NOT EXISTS (SELECT FROM mailing_contact
                                    WHERE email_normalized = wanted.email)
                """,
                self._wanted(),
            )
        )
        contacts = self.env["mailing.contact"].with_context(tracking_disable=True)
        contacts.create(unknown)
        self.env.flush_all()

    def _subscribe(self):
        # An address that is on the list under another contact may have opted out.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mailing_subscription
                       (contact_id, list_id, is_by_category, opt_out,
                        create_uid, write_uid, create_date, write_date)
                SELECT MIN(contact.id), %(list)s, TRUE, FALSE,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM (%(wanted)s) AS wanted
                  JOIN mailing_contact AS contact
                    ON contact.email_normalized = wanted.email
                 WHERE NOT EXISTS (
                           SELECT FROM mailing_subscription AS known
                             JOIN mailing_contact AS same
                               ON same.id = known.contact_id
                            WHERE known.list_id = %(list)s
                              AND same.email_normalized = wanted.email)
                 GROUP BY wanted.email
                    ON CONFLICT (contact_id, list_id) DO NOTHING
                """,
                list=self.list_id,
                wanted=self._wanted(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        return self.env.cr.rowcount

    def _unsubscribe(self):
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mailing_subscription AS subscription
                 USING mailing_contact AS contact
                 WHERE subscription.list_id = %s
                   AND subscription.is_by_category
                   AND NOT COALESCE(subscription.opt_out, FALSE)
                   AND contact.id = subscription.contact_id
                   AND NOT EXISTS (SELECT FROM (%s) AS wanted
                                    WHERE wanted.email = contact.email_normalized)
                """,
                self.list_id,
                self._wanted(),
            )
        )
        return self.env.cr.rowcount
