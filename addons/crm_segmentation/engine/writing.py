"""Writing what a classification found: only what differs, and why it does."""

from odoo.tools import SQL

from .metrics.plan import metric_column


class Writing:
    """The differences between what is stored and what is right, into the database.

    Everything happens in the caller's transaction: a run that is killed has changed
    nothing, and the next one finds the same differences.

    :param classification: what is right
    :param cause: why it is computed, kept on the movements
    :param version: version of the segmentation, kept on the movements
    """

    def __init__(self, classification, cause, version):
        self.classification = classification
        self.env = classification.env
        self.stamp = {
            "segmentation": classification.segmentation_id,
            "company": classification.spec["company_id"],
            "today": classification.today,
            "cause": cause,
            "version": version,
            "uid": self.env.uid,
            "now": self.env.cr.now(),
        }

    def run(self):
        """Write the differences.

        :return: number of partners whose category in force changed
        """
        if not self._find_changes():
            return 0
        self._delete()
        self._update()
        self._insert()
        return self._write_movements()

    def _execute(self, query):
        self.env.cr.execute(SQL(query, **self.stamp))
        return self.env.cr.rowcount

    def _find_changes(self):
        self.env.cr.execute("DROP TABLE IF EXISTS crm_classification_change")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE crm_classification_change ON COMMIT DROP AS
                SELECT partner_id, is_new, segment_id, after_id, next_id, wanted_id,
                       wanted_since, outlook, by_hand, %(held_back)s AS held_back,
                       was_by_hand AND override_until < %(today)s AS override_ended,
                       computed_id IS DISTINCT FROM next_id AS is_computed_anew,
                       CASE WHEN is_covered
                             AND segment_id IS DISTINCT FROM after_id
                            THEN %(values)s END AS metric_values
                  FROM (%(verdicts)s) AS verdict
                 WHERE computed_id IS DISTINCT FROM next_id
                    OR segment_id IS DISTINCT FROM after_id
                    OR held_id IS DISTINCT FROM wanted_id
                    OR held_since IS DISTINCT FROM wanted_since
                    OR old_outlook IS DISTINCT FROM outlook
                    OR was_by_hand <> by_hand
                """,
                values=self._values_as_json(),
                held_back=self.classification.held_back(),
                verdicts=self.classification.verdicts(),
                today=self.classification.today,
            )
        )
        return self.env.cr.rowcount

    def _values_as_json(self):
        pairs = [
            SQL("%s::text, %s", key, metric_column(key))
            for key in self.classification.keys
        ]
        return SQL("jsonb_build_object(%s)", SQL(", ").join(pairs))

    def _delete(self):
        """Partners that are covered no more: archived, merged, of another type."""
        self._execute(
            """DELETE FROM crm_segment_membership AS membership
                USING crm_classification_change AS change
                WHERE membership.segmentation_id = %(segmentation)s
                  AND membership.partner_id = change.partner_id
                  AND change.after_id IS NULL"""
        )

    def _update(self):
        """A category set by hand stays beside the computed one until its last day."""
        self._execute(
            """
            UPDATE crm_segment_membership AS kept
               SET segment_id = change.after_id,
                   computed_segment_id = change.next_id,
                   computed_since = CASE WHEN change.is_computed_anew
                                         THEN %(today)s::date
                                         ELSE kept.computed_since END,
                   date_from = CASE WHEN change.segment_id <> change.after_id
                                    THEN %(today)s::date
                                    ELSE kept.date_from END,
                   wanted_segment_id = change.wanted_id,
                   wanted_since = change.wanted_since,
                   held_back = change.held_back,
                   outlook = change.outlook,
                   origin = CASE WHEN change.by_hand THEN 'manual' ELSE 'rule' END,
                   override_until = CASE WHEN change.by_hand
                                         THEN kept.override_until END,
                   override_reason = CASE WHEN change.by_hand
                                          THEN kept.override_reason END,
                   override_user_id = CASE WHEN change.by_hand
                                           THEN kept.override_user_id END,
                   write_uid = %(uid)s,
                   write_date = %(now)s
              FROM crm_classification_change AS change
             WHERE kept.segmentation_id = %(segmentation)s
               AND kept.partner_id = change.partner_id
               AND NOT change.is_new
               AND change.after_id IS NOT NULL
            """
        )

    def _insert(self):
        self._execute(
            """
            INSERT INTO crm_segment_membership
                   (partner_id, segmentation_id, segment_id, computed_segment_id,
                    computed_since, date_from, wanted_segment_id, wanted_since,
                    held_back, outlook, origin, company_id,
                    create_uid, write_uid, create_date, write_date)
            SELECT partner_id, %(segmentation)s, after_id, next_id,
                   %(today)s, %(today)s, wanted_id, wanted_since,
                   held_back, outlook, 'rule', %(company)s,
                   %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM crm_classification_change
             WHERE is_new AND after_id IS NOT NULL
                ON CONFLICT DO NOTHING
            """
        )

    def _write_movements(self):
        """The history of those whose category in force changed; returns how many."""
        return self._execute(
            """
            INSERT INTO crm_segment_movement
                   (partner_id, segmentation_id, from_segment_id, to_segment_id,
                    date, cause, version, metric_values, company_id,
                    create_uid, write_uid, create_date, write_date)
            SELECT partner_id, %(segmentation)s, segment_id, after_id, %(today)s,
                   CASE WHEN override_ended THEN 'override_end' ELSE %(cause)s END,
                   %(version)s, metric_values, %(company)s,
                   %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM crm_classification_change
             WHERE segment_id IS DISTINCT FROM after_id
            """
        )


def end_all(env, segmentation_id, version, today):
    """Take everybody's category of a segmentation away; the history tells it.

    :param env: environment whose cursor is used; access is the caller's business
    :param segmentation_id: id of the segmentation
    :param version: version of its rule, kept on the movements
    :param today: the day of the movements
    """
    stamp = {
        "segmentation": segmentation_id,
        "version": version,
        "today": today,
        "uid": env.uid,
        "now": env.cr.now(),
    }
    env.cr.execute(
        SQL(
            """
            WITH ended AS (
                DELETE FROM crm_segment_membership
                 WHERE segmentation_id = %(segmentation)s
                RETURNING partner_id, segment_id, company_id)
            INSERT INTO crm_segment_movement
                   (partner_id, segmentation_id, from_segment_id, date, cause, version,
                    company_id, create_uid, write_uid, create_date, write_date)
            SELECT partner_id, %(segmentation)s, segment_id, %(today)s, 'archive',
                   %(version)s, company_id, %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM ended
            """,
            **stamp,
        )
    )
