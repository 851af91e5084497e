"""The history of categories as flows and sizes, from the movements alone.

A movement says who went where on which day; what somebody was in on any day is the last
movement before it. Nothing else is kept, so the past never changes with the present.
"""

from odoo.tools import SQL

# A longer list of ids is too much for the browser; nobody reads it either.
LONGEST_LIST = 20_000
# What the movement itself has measured, in company currency.
AMOUNT = SQL("(metric_values ->> 'turnover_month_avg')::numeric")


def flow(segmentation_id, date_from, date_to):
    """Where counterparties were at the beginning of a period and at its end.

    :param segmentation_id: id of a segmentation
    :param date_from: first day of the period; what counts is the evening before
    :param date_to: last day of the period
    :return: SQL of rows (id of the category before or NULL, after or NULL, number of
        counterparties, their monthly turnover as last measured)
    """
    return SQL(
        """
        SELECT before_id, after_id, COUNT(*) AS count, SUM(amount) AS amount
          FROM (SELECT partner_id,
                       (ARRAY_AGG(to_segment_id ORDER BY date DESC, id DESC)
                            FILTER (WHERE date < %(date_from)s))[1] AS before_id,
                       (ARRAY_AGG(to_segment_id ORDER BY date DESC, id DESC))[1]
                            AS after_id,
                       (ARRAY_AGG(%(amount)s ORDER BY date DESC, id DESC)
                            FILTER (WHERE metric_values IS NOT NULL))[1] AS amount
                  FROM crm_segment_movement
                 WHERE segmentation_id = %(segmentation)s
                   AND date <= %(date_to)s
                 GROUP BY partner_id) AS partner
         WHERE before_id IS NOT NULL OR after_id IS NOT NULL
         GROUP BY before_id, after_id
         ORDER BY before_id NULLS FIRST, after_id NULLS LAST
        """,
        amount=AMOUNT,
        segmentation=segmentation_id,
        date_from=date_from,
        date_to=date_to,
    )


def movers(segmentation_id, date_from, date_to, before_id, after_id):
    """The counterparties of one flow, at most :data:`LONGEST_LIST` of them.

    :param before_id: id of the category before the period; None for none
    :param after_id: id of the category at its end; None for none
    :return: SQL of one column, partner_id
    """
    return SQL(
        """
        SELECT partner_id
          FROM crm_segment_movement
         WHERE segmentation_id = %(segmentation)s AND date <= %(date_to)s
         GROUP BY partner_id
        HAVING (ARRAY_AGG(to_segment_id ORDER BY date DESC, id DESC)
                    FILTER (WHERE date < %(date_from)s))[1]
               IS NOT DISTINCT FROM %(before)s
           AND (ARRAY_AGG(to_segment_id ORDER BY date DESC, id DESC))[1]
               IS NOT DISTINCT FROM %(after)s
         ORDER BY partner_id
         LIMIT %(longest)s
        """,
        longest=LONGEST_LIST,
        segmentation=segmentation_id,
        date_from=date_from,
        date_to=date_to,
        before=SQL("%s::int", before_id),
        after=SQL("%s::int", after_id),
    )


def sizes(today):
    """How many counterparties each category had at the end of each month.

    Each movement takes one from where the counterparty was and adds one to where it
    went; the running sum is the size. So it costs one reading of the movements.

    :param today: the running month ends here
    :return: SQL of rows (id, segmentation_id, company_id, segment_id, date, count,
        amount), one per category and month since its first movement
    """
    return SQL(
        """
        WITH step AS (
            SELECT segmentation_id, company_id, date, to_segment_id,
                   COALESCE(%(amount)s, 0) AS amount,
                   LAG(to_segment_id) OVER line AS from_segment_id,
                   LAG(COALESCE(%(amount)s, 0)) OVER line AS amount_before
              FROM crm_segment_movement
            WINDOW line AS (PARTITION BY segmentation_id, partner_id ORDER BY date, id)
        ), change AS (
            SELECT segmentation_id, company_id, segment_id,
                   DATE_TRUNC('month', date)::date AS month,
                   SUM(sign) AS count, SUM(sign * amount) AS amount
              FROM (SELECT segmentation_id, company_id, date, 1 AS sign, amount,
                           to_segment_id AS segment_id
                      FROM step
                     UNION ALL
                    SELECT segmentation_id, company_id, date, -1, amount_before,
                           from_segment_id
                      FROM step) AS both_ends
             WHERE segment_id IS NOT NULL
             GROUP BY segmentation_id, company_id, segment_id, month
        ), month AS (
            SELECT segmentation_id, company_id, segment_id, calendar.day::date AS month
              FROM (SELECT segmentation_id, company_id, segment_id, MIN(month) AS first
                      FROM change
                     GROUP BY segmentation_id, company_id, segment_id) AS born,
                   GENERATE_SERIES(born.first, %(today)s::date, INTERVAL '1 month')
                       AS calendar(day)
        )
        SELECT ROW_NUMBER() OVER (ORDER BY segment_id, month.month) AS id,
               segmentation_id,
               company_id,
               segment_id,
               LEAST((month.month + INTERVAL '1 month - 1 day')::date, %(today)s::date)
                   AS date,
               SUM(COALESCE(change.count, 0)) OVER running AS count,
               SUM(COALESCE(change.amount, 0)) OVER running AS amount
          FROM month
          LEFT JOIN change
         USING (segmentation_id, company_id, segment_id, month)
        WINDOW running AS (PARTITION BY segment_id ORDER BY month.month)
        """,
        amount=AMOUNT,
        today=today,
    )


def net_changes(segmentation_id, day, causes):
    """By how many counterparties each category has grown or shrunk on a day.

    :param causes: causes of movements that count
    :return: SQL of rows (segment_id, change, came, went, new, gone): ``new`` of those
        who came had no category before, ``gone`` of those who went have none now
    """
    return SQL(
        """
        SELECT segment_id,
               SUM(sign),
               COUNT(*) FILTER (WHERE sign > 0),
               COUNT(*) FILTER (WHERE sign < 0),
               COUNT(*) FILTER (WHERE sign > 0 AND other_id IS NULL),
               COUNT(*) FILTER (WHERE sign < 0 AND other_id IS NULL)
          FROM (SELECT to_segment_id AS segment_id, 1 AS sign,
                       from_segment_id AS other_id
                  FROM crm_segment_movement AS arrival
                 WHERE %(those)s
                 UNION ALL
                SELECT from_segment_id, -1, to_segment_id
                  FROM crm_segment_movement AS departure
                 WHERE %(those)s) AS change
         WHERE segment_id IS NOT NULL
         GROUP BY segment_id
        """,
        those=SQL(
            "segmentation_id = %s AND date = %s AND cause = ANY(%s)",
            segmentation_id,
            day,
            list(causes),
        ),
    )
