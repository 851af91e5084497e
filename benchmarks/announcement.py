"""Preparing an announcement to many customers and reading what became of it."""

from odoo import Command
from odoo.tools import SQL

from bench import queries, ratio, verdict
from copies import copy

MANY = 50_000


def run(env):
    """Freeze the recipients, against a bare INSERT … SELECT of identical rows."""
    new = _Announcement(env)
    new.remember()
    yield ratio(
        f"prepare an announcement to {MANY:,} customers against a bare INSERT … SELECT "
        "of identical rows",
        new.prepare,
        new.insert,
        goal=1.5,
        rounds=3,
        before=new.forget,
    )
    new.forget()
    count = queries(env, new.prepare)
    yield verdict("queries of preparing it", count <= 60, f"{count} (at most 60)")
    new.send()
    yield ratio(
        f"read what became of {MANY:,} letters against a bare UPDATE of as many rows",
        new.follow,
        new.update,
        goal=1.5,
        rounds=3,
        before=new.wait,
    )


class _Announcement:
    """Customers of a type of their own, each with an address, and an announcement.

    :param env: superuser environment that is rolled back
    """

    def __init__(self, env):
        self.env = env
        kind = env["crm.counterparty.type"].create({"name": "Bench", "code": "bench"})
        customer = env["res.partner"].create(
            {"name": "Bench", "is_company": True, "email": "bench@example.com"}
        )
        address = SQL("'bench' || made.id || '@example.com'")
        self.customers = copy(
            customer,
            MANY,
            commercial_partner_id=SQL("made.id"),
            email=address,
            email_normalized=address,
        )
        env.cr.execute(
            SQL(
                """INSERT INTO crm_counterparty_type_partner_rel (partner_id, type_id)
                   SELECT UNNEST(%s), %s""",
                self.customers,
                kind.id,
            )
        )
        env.cr.execute("ANALYZE res_partner, crm_counterparty_type_partner_rel")
        env.invalidate_all()
        self.announcement = env["crm.announcement"].create(
            {
                "name": "Benchmark",
                "body": "<p>New</p>",
                "counterparty_type_ids": [Command.set(kind.ids)],
                "personal_segment_ids": [Command.clear()],
            }
        )

    def prepare(self):
        self.announcement.action_prepare()
        self.env.cr.flush()

    def forget(self):
        """As if nothing had been prepared yet."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM crm_announcement_recipient WHERE announcement_id = %s",
                self.announcement.id,
            )
        )
        self.announcement.mailing_id.unlink()
        self.announcement.state = "draft"
        self.env.cr.flush()
        self.env.invalidate_all()

    def remember(self):
        """The rows that are made, for the baseline."""
        self.prepare()
        self.env.cr.execute(
            "CREATE TEMPORARY TABLE bench_rows ON COMMIT DROP AS "
            "SELECT * FROM crm_announcement_recipient"
        )
        self.env.cr.execute("SELECT COUNT(*) FROM bench_rows WHERE is_mailed")
        ((count,),) = self.env.cr.fetchall()
        assert count == MANY, f"{count} customers get a letter"

    def insert(self):
        self.env.cr.execute(
            "INSERT INTO crm_announcement_recipient SELECT * FROM bench_rows"
        )

    def send(self):
        """It is on its way, and all letters arrived."""
        self.announcement.action_send()
        self.env.cr.flush()
        trace = self.env["mailing.trace"].create(
            {
                "mass_mailing_id": self.announcement.mailing_id.id,
                "model": "res.partner",
                "res_id": self.customers[0],
                "email": "bench@example.com",
                "trace_status": "sent",
            }
        )
        copy(
            trace,
            MANY,
            res_id=SQL("%s + made.id %% %s", self.customers[0], MANY),
            email=SQL(
                "'bench' || (%s + made.id %% %s) || '@example.com'",
                self.customers[0],
                MANY,
            ),
        )

    def wait(self):
        """As if no letter had arrived yet."""
        self.env.cr.execute(
            "UPDATE crm_announcement_recipient SET state = 'waiting', told_percent = 0"
        )
        self.announcement.is_covered = False
        self.env.cr.flush()
        self.env.cr.execute("ANALYZE crm_announcement_recipient")

    def follow(self):
        self.announcement._follow()
        self.env.cr.flush()
        assert self.announcement.is_covered, "nothing was read"

    def update(self):
        self.env.cr.execute(
            "UPDATE crm_announcement_recipient SET state = 'sent', told_percent = 100"
        )
