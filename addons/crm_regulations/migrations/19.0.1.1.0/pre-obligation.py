"""Promises that were made before the engine kept their end and what comes of them."""


def migrate(cr, version):
    """Fill the new columns, so that their constraints and the sweep find them."""
    cr.execute(
        """
        ALTER TABLE crm_obligation
          ADD COLUMN IF NOT EXISTS date_end timestamp,
          ADD COLUMN IF NOT EXISTS date_begun timestamp,
          ADD COLUMN IF NOT EXISTS paused_seconds double precision,
          ADD COLUMN IF NOT EXISTS series_number integer,
          ADD COLUMN IF NOT EXISTS attempts integer,
          ADD COLUMN IF NOT EXISTS is_stale boolean,
          ADD COLUMN IF NOT EXISTS alarms jsonb
        """
    )
    cr.execute(
        """
        UPDATE crm_obligation
           SET date_end = CASE WHEN state NOT IN ('open', 'breached')
                               THEN COALESCE(date_done, write_date) END,
               date_begun = date_start,
               paused_seconds = 0,
               series_number = 1,
               attempts = 0,
               is_stale = FALSE,
               alarms = CASE WHEN state = 'open' THEN
                    CASE WHEN date_warn >= next_check
                         THEN jsonb_build_array(jsonb_build_array(
                              to_char(date_warn, 'YYYY-MM-DD HH24:MI:SS'),
                              'warned', ''))
                         ELSE '[]'::jsonb END
                    || jsonb_build_array(jsonb_build_array(
                       to_char(date_due, 'YYYY-MM-DD HH24:MI:SS'), 'breached', ''))
                    ELSE '[]'::jsonb END
         WHERE date_begun IS NULL
        """
    )
