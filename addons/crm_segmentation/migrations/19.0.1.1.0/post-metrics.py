from odoo.tools import SQL


def migrate(cr, version):
    """Metrics that were there before are as a new installation has them.

    They know now which end of them is the good one, stand where they belong among the
    new ones, and their descriptions say what they count in today's words.
    """
    cr.execute(
        SQL(
            "UPDATE crm_metric SET better = 'low' WHERE code = %s",
            "days_since_purchase",
        )
    )
    cr.execute(
        SQL(
            "UPDATE crm_metric SET sequence = 60 WHERE code = %s AND sequence = 50",
            "tenure_years",
        )
    )
    cr.execute(
        SQL(
            """UPDATE crm_metric
                  SET description = description || jsonb_build_object('en_US',
                          regexp_replace(
                              replace(description ->> 'en_US',
                                      'refunds', 'credit notes'),
                              'in company currency\\.$',
                              'in company currency at the rate of each document''s '
                              'day.'))
                WHERE code IN ('document_count', 'turnover_month_avg',
                               'turnover_total')"""
        )
    )
