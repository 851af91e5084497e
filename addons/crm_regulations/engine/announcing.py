"""The customers of an announcement, found, frozen and followed by few statements."""

from odoo.fields import Domain
from odoo.tools import SQL

from ..core.announcing import (
    BY_CALL,
    BY_MAIL,
    CALL,
    CANCELLED,
    EXCLUDED,
    INFORMED,
    NOT_AT_ALL,
    OF_LETTERS,
    PERSONALLY,
    PLANNED,
    REASONS,
    TRACES,
    WAITING,
)
from .contact_cap import letters
from .sale_kinds_of import customers_of_sale_kinds

# What of a customer answers to each reason of the core.
_HOLDS = {
    "blacklisted": SQL("black.id IS NOT NULL"),
    "opted_out": SQL("opted.email IS NOT NULL"),
    "bad_email": SQL("chosen.email IS NULL AND customer.email > ''"),
    "no_email": SQL("chosen.email IS NULL"),
}


class Recipients:
    """Those whom one announcement is for.

    :param announcement: a crm.announcement record
    """

    def __init__(self, announcement):
        self.announcement = announcement
        self.env = announcement.env
        self.company = announcement.company_id

    # --- freezing -------------------------------------------------------------

    def insert(self):
        """Freeze the customers in scope; who is there already stays as it is.

        :return: how many were added
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_announcement_recipient (
                       announcement_id, company_id, partner_id, contact_id, email,
                       segment_id, user_id, way, reason, state, is_mailed,
                       told_percent, create_uid, create_date, write_uid, write_date)
                SELECT %(announcement)s, %(company)s, partner_id, contact_id, email,
                       segment_id, user_id, way,
                       CASE WHEN reason IS NULL AND way = %(mail)s AND place > 1
                            THEN 'same_email' ELSE reason END,
                       CASE WHEN way = %(none)s THEN %(excluded)s ELSE %(planned)s END,
                       way = %(mail)s AND place = 1,
                       0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (SELECT judged.*,
                               ROW_NUMBER() OVER (PARTITION BY way, email
                                                  ORDER BY partner_id) AS place
                          FROM (%(judged)s) AS judged) AS numbered
                    ON CONFLICT (announcement_id, partner_id) DO NOTHING
                """,
                announcement=self.announcement.id,
                company=self.company.id,
                mail=BY_MAIL,
                none=NOT_AT_ALL,
                excluded=EXCLUDED,
                planned=PLANNED,
                uid=self.env.uid,
                now=self.env.cr.now(),
                judged=self._judged(),
            )
        )
        self.env["crm.announcement.recipient"].invalidate_model(flush=False)
        return self.env.cr.rowcount

    def _judged(self):
        """One row for each customer: whom to write to, by which way, and why not."""
        cap = self.company.crm_contact_cap
        reasons = [r for r in REASONS if r[0] != "cap" or cap]
        holds = {**_HOLDS, "cap": SQL("got.letters >= %s", cap)}
        reason = SQL(" ").join(
            SQL("WHEN %s THEN %s", holds[name], name) for name, _way in reasons
        )
        way = SQL(" ").join(
            SQL("WHEN %s THEN %s", holds[name], way) for name, way in reasons
        )
        personal = SQL("COALESCE(category.is_personal, FALSE)")
        return SQL(
            """
            SELECT customer.id AS partner_id, chosen.contact_id, chosen.email,
                   category.segment_id,
                   COALESCE(seller.user_id, %(user)s) AS user_id,
                   CASE WHEN %(personal)s THEN %(personally)s
                        %(way)s ELSE %(mail)s END AS way,
                   CASE WHEN %(personal)s THEN NULL %(reason)s END AS reason
              FROM res_partner AS customer
              LEFT JOIN (%(contacts)s) AS chosen ON chosen.partner_id = customer.id
              LEFT JOIN (%(categories)s) AS category
                ON category.partner_id = customer.id
              LEFT JOIN (%(sellers)s) AS seller ON seller.user_id = customer.user_id
              LEFT JOIN mail_blacklist AS black
                ON black.active AND black.email = chosen.email
              LEFT JOIN (%(opted)s) AS opted ON opted.email = chosen.email
              LEFT JOIN (%(letters)s) AS got ON got.customer_id = customer.id
             WHERE customer.id IN %(scope)s
            """,
            user=self.announcement.user_id.id or self.env.uid,
            personal=personal,
            personally=PERSONALLY,
            way=way,
            mail=BY_MAIL,
            reason=reason,
            contacts=self._contacts(),
            categories=self._categories(),
            sellers=self._sellers(),
            opted=self._opted_out(),
            letters=letters(self.env.cr.now()),
            scope=self.scope().subselect(),
        )

    def scope(self):
        """The customers, as a query with the rights of whoever prepares it."""
        partners = self.env["res.partner"].with_context(active_test=True)
        query = partners._search(self.domain())
        id_ = SQL.identifier(query.table, "id")
        commercial = SQL.identifier(query.table, "commercial_partner_id")
        query.add_where(SQL("%s = %s", id_, commercial))
        query.add_where(SQL("%s NOT IN (SELECT partner_id FROM res_company)", id_))
        return query

    def domain(self):
        """What a counterparty must be like."""
        announcement = self.announcement
        domain = Domain("company_id", "in", [False, self.company.id])
        # Our own people are no customers.
        domain &= Domain("partner_share", "=", True)
        for field, records in (
            ("counterparty_type_ids", announcement.counterparty_type_ids),
            ("own_segment_ids", announcement.segment_ids),
        ):
            if records:
                domain &= Domain(field, "in", records.ids)
        if announcement.territory_ids:
            domain &= Domain("territory_id", "child_of", announcement.territory_ids.ids)
        if announcement.sale_kind_ids:
            kinds = announcement.sale_kind_ids.ids
            domain &= Domain(
                "id", "in", customers_of_sale_kinds(kinds, self.company.id)
            )
        return domain & Domain(announcement._parsed_scope())

    def _contacts(self):
        """The company's address, else that of its first contact with one."""
        return SQL(
            """
            SELECT DISTINCT ON (commercial_partner_id)
                   commercial_partner_id AS partner_id, id AS contact_id,
                   email_normalized AS email
              FROM res_partner
             WHERE active AND email_normalized IS NOT NULL
               AND (id = commercial_partner_id OR type = 'contact')
             ORDER BY commercial_partner_id, id != commercial_partner_id, id
            """
        )

    def _categories(self):
        """The category of each customer, one that is told personally before others."""
        return SQL(
            """
            SELECT DISTINCT ON (partner_id) partner_id, segment_id,
                   segment_id = ANY(%(personal)s) AS is_personal
              FROM crm_segment_membership
             WHERE company_id = %(company)s
             ORDER BY partner_id, segment_id = ANY(%(personal)s) DESC, segmentation_id
            """,
            personal=self.announcement.personal_segment_ids.ids,
            company=self.company.id,
        )

    def _sellers(self):
        """People of the company who work here."""
        return SQL(
            """
            SELECT person.id AS user_id
              FROM res_users AS person
              JOIN res_company_users_rel AS works
                ON works.user_id = person.id AND works.cid = %s
             WHERE person.active AND NOT COALESCE(person.share, FALSE)
            """,
            self.company.id,
        )

    def _opted_out(self):
        """Addresses that have left a mailing list, if that is respected."""
        return SQL(
            """
            SELECT DISTINCT contact.email_normalized AS email
              FROM mailing_subscription AS subscription
              JOIN mailing_contact AS contact ON contact.id = subscription.contact_id
             WHERE subscription.opt_out AND %s
            """,
            self.announcement.respect_optout,
        )

    # --- following ------------------------------------------------------------

    def start(self):
        """What was planned begins; those to be told personally are left to the ORM."""
        for way, state in ((BY_MAIL, WAITING), (BY_CALL, CALL)):
            self._move(
                SQL("way = %s AND state = %s", way, PLANNED), SQL("state = %s", state)
            )

    def follow(self):
        """Read what became of the letters; who could not be reached is to be called.

        :return: how many customers changed
        """
        self.env["mailing.trace"].flush_model()
        mailing = self.announcement.mailing_id
        if not mailing:
            return self._move(
                SQL("state = %s", WAITING),
                SQL("state = %s, reason = 'failed'", CALL),
            )
        return self._move(
            SQL(
                """way = %(mail)s AND recipient.email = letter.email
                   AND letter.state IS NOT NULL
                   AND (recipient.state = ANY(%(states)s)
                        OR recipient.reason = ANY(%(failed)s)
                           AND recipient.state = %(call)s)
                   AND (recipient.state != letter.state
                        OR letter.reason IS NOT NULL
                           AND recipient.reason IS DISTINCT FROM letter.reason)
                """,
                mail=BY_MAIL,
                states=[WAITING, *INFORMED[:3]],
                failed=list(OF_LETTERS),
                call=CALL,
            ),
            SQL(
                """state = letter.state,
                   reason = COALESCE(letter.reason,
                                     NULLIF(NULLIF(recipient.reason, 'bounced'),
                                            'failed')),
                   date_informed = CASE WHEN letter.state = ANY(%(told)s)
                                        THEN COALESCE(recipient.date_informed,
                                                      letter.date) END,
                   told_percent = CASE WHEN letter.state = ANY(%(told)s)
                                       THEN 100 ELSE 0 END""",
                told=list(INFORMED),
            ),
            SQL("FROM (%s) AS letter", self._letters(mailing)),
        )

    def _letters(self, mailing):
        """The best that happened to each address."""
        states = SQL(" ").join(
            SQL("WHEN %s THEN %s", status, state) for status, state, _reason in TRACES
        )
        reasons = SQL(" ").join(
            SQL("WHEN %s THEN %s", status, reason)
            for status, _state, reason in TRACES
            if reason
        )
        left = SQL(" ").join(
            SQL("WHEN trace_status = 'cancel' AND failure_type = %s THEN %s",
                failure, reason)
            for failure, reason in CANCELLED
        )  # fmt: skip
        return SQL(
            """
            SELECT DISTINCT ON (email) email,
                   CASE WHEN trace_status = 'cancel' AND failure_type = ANY(%(alone)s)
                        THEN %(excluded)s
                        ELSE CASE trace_status %(states)s END END AS state,
                   CASE %(left)s
                        ELSE CASE trace_status %(reasons)s END END AS reason,
                   COALESCE(sent_datetime, write_date) AS date
              FROM mailing_trace
             WHERE mass_mailing_id = %(mailing)s
               AND NOT COALESCE(is_test_trace, FALSE)
             ORDER BY email, ARRAY_POSITION(%(order)s, trace_status::text), id DESC
            """,
            alone=[failure for failure, _reason in CANCELLED],
            excluded=EXCLUDED,
            states=states,
            left=left,
            reasons=reasons,
            mailing=mailing.id,
            order=[status for status, _state, _reason in TRACES],
        )

    def _move(self, wanted, values, source=None):
        recipients = self.env["crm.announcement.recipient"]
        recipients.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_announcement_recipient AS recipient
                      SET %s, write_uid = %s, write_date = %s
                       %s
                    WHERE announcement_id = %s AND %s""",
                values,
                self.env.uid,
                self.env.cr.now(),
                source or SQL(""),
                self.announcement.id,
                wanted,
            )
        )
        if self.env.cr.rowcount:
            recipients.invalidate_model(flush=False)
        return self.env.cr.rowcount
