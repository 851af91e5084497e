"""A counterparty buys less often than it used to: see :mod:`core.rhythm`.

A purchase is what the metrics call so: a posted invoice or sales receipt, or a line of
turnover from outside accounting; those of a company's contacts count for the company.
The fact is of the day on which the silence after a purchase became longer than the
setting ``factor`` (1.5 without it) times the usual gap, and lies at its beginning in
the time zone of our company. It belongs to that silence: after the next purchase there
may be another one. Archived counterparties and our own people are never late.

History is read with what is known today: a purchase that is recorded afterwards for
the time of a silence ends it in hindsight.
"""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_segmentation.engine.autofill.parties import Parties

from ...core.rhythm import FEWEST, first_that_matters, late_silences
from ...core.step import START
from .days import begin, day_of, zone
from .fact import Fact, Touched
from .kind import Kind

_DAY = timedelta(days=1)


class PurchaseLate(Kind):
    code = "purchase_late"
    model = "res.partner"
    by_creation = False
    by_time = True

    # --- signal ---------------------------------------------------------------

    def told(self, env, asked, created, changes):
        return []

    def touched(self, records):
        touched = Touched()
        families = records.commercial_partner_id
        touched.add({(self.model, id_) for id_ in records._ids}, families._ids)
        return touched

    # --- reader ---------------------------------------------------------------

    def recounted(self, env, asked, role=START):
        late = self._late(env, asked, _whom(asked))
        domain = self.meant(role, asked) & Domain("id", "in", list(late))
        partners = env[self.model].with_context(active_test=False).search(domain)
        return self.in_time(self._facts(partners, asked, late), asked)

    def meant(self, role, asked):
        domain = asked.domain & Domain("active", "=", True)
        if asked.company_id:
            domain &= Domain("company_id", "in", [asked.company_id, False])
        return domain

    def facts(self, records, asked):
        return self._facts(records, asked, self._late(records.env, asked, records._ids))

    def _facts(self, partners, asked, late):
        parties = Parties(partners.env)
        tzinfo = zone(_company(partners.env, asked))
        return [
            Fact(
                self.code,
                f"{self.code}:{self.model},{partner.id}:{silence.last}",
                begin(silence.late, tzinfo),
                self.model,
                partner.id,
                families=frozenset({partner.id}),
            )
            for partner in partners
            if not parties.is_ours(partner)
            for silence in late.get(partner.id, ())
        ]

    def _late(self, env, asked, partner_ids):
        """The silences in which counterparties became late in the time asked for.

        :param partner_ids: ids of commercial counterparties; None for all
        :return: {id: list of Silence}
        """
        first, today = self._days(env, asked)
        # They begin at midnight, so most of the time there is nothing to look for.
        if first is not None and first > today:
            return {}
        factor = float(asked.setting("factor", 1.5))
        since = first and first_that_matters(first, factor)
        found = {}
        for partner_id, days in self._bought(env, asked, since, today, partner_ids):
            late = list(late_silences(days, factor, today, first))
            if late:
                found[partner_id] = late
        return found

    def _days(self, env, asked):
        """The days that began in the time that is asked for.

        :return: (first day or None, last day)
        """
        tzinfo = zone(_company(env, asked))
        now = env.cr.now()
        end = now if asked.end is None else min(now, asked.end - timedelta(seconds=1))
        today = day_of(end, tzinfo)
        if asked.start is None:
            return None, today
        first = day_of(asked.start, tzinfo)
        return first + _DAY if begin(first, tzinfo) < asked.start else first, today

    def _bought(self, env, asked, since, today, partner_ids):
        """The days of purchase of counterparties that may have a rhythm.

        :return: rows (id, list of days in order)
        """
        domain = (
            Domain("kind", "!=", "out_refund")
            & Domain("commercial_partner_id", "!=", False)
            & Domain("date", "<=", today)
        )
        if since is not None:
            domain &= Domain("date", ">=", since)
        if asked.company_id:
            domain &= Domain("company_id", "=", asked.company_id)
        if partner_ids is not None:
            domain &= Domain("commercial_partner_id", "in", list(partner_ids))
        query = env["crm.purchase"]._search(domain)
        days = query.select(
            SQL("DISTINCT commercial_partner_id AS owner_id"), SQL("date AS day")
        )
        return env.execute_query(
            SQL(
                """SELECT owner_id, array_agg(day ORDER BY day)
                     FROM (%s) AS purchase
                    GROUP BY owner_id HAVING COUNT(*) >= %s""",
                days,
                FEWEST,
            )
        )

    def narrowed(self, env, asked):
        return Domain("id", "in", _whom(asked))


def _whom(asked):
    """Ids of the counterparties that are asked for; None for all."""
    touched = asked.touched
    if touched is None:
        return None
    return sorted({*touched.families, *touched.ids("res.partner")})


def _company(env, asked):
    return env["res.company"].browse(asked.company_id) or env.company
