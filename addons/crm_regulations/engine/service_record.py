"""What one customer was promised in a time and got: every figure in one statement.

The figures are complete, whoever asks: see :mod:`..models.res_partner_service_record`
for who may.
"""

from collections import namedtuple

from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.touch import NOT_REACHED

from ..core.figures import Tally
from . import figures

#: Instants (naive UTC) and days of a period; the end of the instants is not in it.
Period = namedtuple("Period", "start end first last")
_NONE = Tally(), {"p50": None}


class ServiceRecord:
    """The figures of one customer with one of our companies.

    :param partner: the customer, a commercial partner in a superuser environment
    :param company: a res.company record
    :param period: a :class:`Period`
    """

    def __init__(self, partner, company, period):
        self._env = partner.env
        self._partner, self._company, self._period = partner, company, period

    def promises(self):
        """Promises that were due in the period, of regulations shown to customers.

        :return: ({crm.regulation record: (Tally, reaction)}, (Tally, reaction) of all)
        """
        domain = [
            *self._mine(),
            ("regulation_id.on_service_record", "=", True),
            ("date_due", ">=", self._period.start),
            ("date_due", "<", self._period.end),
        ]
        found, everything = figures.by(self._env, domain, "newest_id")
        regulations = self._env["crm.regulation"]
        by_rule = {regulations.browse(id_): figure for id_, figure in found.items()}
        return by_rule, everything or _NONE

    def quality(self):
        """Quality sheets with marks that were answered in the period.

        :return: crm.quality.answer records, the oldest first
        """
        domain = [*self._mine(), *self._happened(), ("score", ">", 0)]
        return self._env["crm.quality.answer"].search(domain, order="date, id")

    def touches(self):
        """Talks, letters and meetings in which the customer was reached.

        :return: [(crm.interaction.type record, count)], the most frequent first
        """
        domain = [
            *self._mine(),
            *self._happened(),
            ("outcome", "not in", NOT_REACHED),
        ]
        groups = self._env["crm.interaction"]._read_group(
            domain, ["type_id"], ["__count"]
        )
        return sorted(groups, key=lambda group: (-group[1], group[0].id))

    def agreements(self):
        """What was agreed in meetings and had to be done in the period.

        :return: :class:`Tally`
        """
        [row] = self._env.execute_query(
            SQL(
                """SELECT COUNT(*) FILTER (WHERE date_done <= date_deadline),
                          COUNT(*) FILTER (WHERE date_done > date_deadline),
                          COUNT(*) FILTER (WHERE date_done IS NULL
                                             AND date_deadline < %(today)s),
                          COUNT(*) FILTER (WHERE date_done IS NULL
                                             AND date_deadline >= %(today)s)
                     FROM (%(rows)s) AS agreed""",
                today=self._env.cr.now().date(),
                rows=self._agreed(),
            )
        )
        on_time, late, breached, still_open = row
        return Tally(on_time=on_time, late=late, breached=breached, open=still_open)

    def _agreed(self):
        query = self._env["crm.agreement"]._search(
            [
                ("partner_id.commercial_partner_id", "=", self._partner.id),
                ("company_id", "=", self._company.id),
                ("date_deadline", ">=", self._period.first),
                ("date_deadline", "<=", self._period.last),
            ]
        )
        table = SQL.identifier(query.table)
        return query.select(SQL("%s.date_done", table), SQL("%s.date_deadline", table))

    def _mine(self):
        return [
            ("commercial_partner_id", "=", self._partner.id),
            ("company_id", "=", self._company.id),
        ]

    def _happened(self):
        return [("date", ">=", self._period.start), ("date", "<", self._period.end)]
