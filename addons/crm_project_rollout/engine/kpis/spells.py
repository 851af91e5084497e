"""Shares of counterparties by month, without a row for each month of each of them.

A spell says that something is true of a counterparty from one month until before
another: SQL of rows (partner_id, start, stop), both as timestamps. Spells of one
counterparty do not overlap. Equal spells are counted together before they are laid out
by month, so the work does not grow with the number of months.
"""

from odoo.tools import SQL


def members(category_ids, back=0):
    """Who was in one of the categories at the end of each month, from the movements.

    :param back: the end of the month so many months earlier counts
    :return: SQL of spells
    """
    stays = SQL(
        """
        SELECT partner_id,
               date_trunc('month', date::timestamp) + %(back)s AS start,
               date_trunc('month', until::timestamp) + %(back)s AS stop
          FROM (SELECT partner_id, to_segment_id, date,
                       LEAD(date) OVER (PARTITION BY partner_id, segmentation_id
                                        ORDER BY date, id) AS until
                  FROM crm_segment_movement
                 WHERE segmentation_id IN (SELECT segmentation_id FROM crm_segment
                                            WHERE id = ANY(%(categories)s))) AS stay
         WHERE to_segment_id = ANY(%(categories)s)
        """,
        categories=list(category_ids),
        back=SQL("make_interval(months => %s)", back),
    )
    return apart(stays)


def apart(spells):
    """Make spells of such that overlap, or whose ``stop`` is NULL: for ever."""
    return SQL(
        """
        SELECT partner_id, start, stop
          FROM (SELECT partner_id, COALESCE(stop, 'infinity') AS stop,
                       GREATEST(start, MAX(COALESCE(stop, 'infinity')) OVER (
                           PARTITION BY partner_id ORDER BY start
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS start
                  FROM (%s) AS spell) AS spell
         WHERE start < stop
        """,
        spells,
    )


def share(reading, whole, part):
    """Of those of whom one thing is true in a month, those of whom both are, %.

    :param whole: SQL of spells
    :param part: SQL of spells
    :return: SQL of rows (month, value)
    """
    counted = SQL(
        """
        SELECT start, stop, COUNT(*) AS whole, 0 AS part
          FROM %(whole)s GROUP BY start, stop
         UNION ALL
        SELECT GREATEST(whole.start, part.start), LEAST(whole.stop, part.stop), 0,
               COUNT(*)
          FROM %(whole)s AS whole JOIN (%(part)s) AS part
            ON part.partner_id = whole.partner_id
           AND part.start < whole.stop AND part.stop > whole.start
         GROUP BY 1, 2
        """,
        whole=reading.table("whole", whole),
        part=part,
    )
    return percent(reading, counted)


def percent(reading, counted):
    """Lay counted spells out by month.

    :param counted: SQL of rows (start, stop, whole, part)
    :return: SQL of rows (month, value): the part of the whole, %
    """
    return SQL(
        """
        SELECT month, 100.0 * SUM(part) / SUM(whole) AS value
          FROM %s AS month
          JOIN (%s) AS counted ON start <= month AND month < stop
         WHERE month < %s
         GROUP BY month HAVING SUM(whole) > 0
        """,
        reading.months,
        counted,
        reading.until,
    )
