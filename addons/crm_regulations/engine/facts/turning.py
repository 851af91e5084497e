"""When a field that Odoo tracks took a value.

Tracking keeps the label of a selection in the language of whoever changed it, so the
labels of all languages are looked for. Its rows are written in the transaction of the
change: the moment is the one that the signal tells.
"""

from odoo.tools import SQL


def moments(model, name, values):
    """The moments at which records took one of some values after another one, as SQL.

    :param model: name of the model
    :param name: name of a selection field of it
    :param values: list of values of the field
    :return: SQL with the columns res_id and moment
    """
    return SQL(
        """
        SELECT message.res_id, tracking.create_date AS moment
          FROM mail_tracking_value AS tracking
          JOIN mail_message AS message ON message.id = tracking.mail_message_id
          JOIN ir_model_fields AS field ON field.id = tracking.field_id
         WHERE field.model = %(model)s
           AND field.name = %(name)s
           AND message.model = %(model)s
           AND tracking.new_value_char IN (%(labels)s)
           AND COALESCE(tracking.old_value_char, '') NOT IN (%(labels)s)
        """,
        model=model,
        name=name,
        labels=_labels(list(values)),
    )


def _labels(values):
    return SQL(
        """SELECT label.value
             FROM ir_model_fields_selection AS choice,
                  jsonb_each_text(choice.name) AS label
            WHERE choice.field_id = field.id
              AND choice.value = ANY(%s)""",
        values,
    )


def first(records, name, values):
    """When records first took one of some values, as far as it was tracked.

    :param records: records of one model
    :param name: name of a selection field
    :param values: list of values of the field
    :return: {id: naive UTC instant in whole seconds}
    """
    return _moments(records, name, values, SQL("MIN"))


def last(records, name, values):
    """The same for the last time."""
    return _moments(records, name, values, SQL("MAX"))


def _moments(records, name, values, which):
    rows = records.env.execute_query(
        SQL(
            """SELECT res_id, date_trunc('second', %(which)s(moment))
                 FROM (%(moments)s) AS turned
                WHERE res_id = ANY(%(ids)s)
                GROUP BY res_id""",
            which=which,
            moments=moments(records._name, name, values),
            ids=list(records._ids),
        )
    )
    return dict(rows)


def last_change(records, name):
    """When a tracked many2one of records changed last.

    :return: {id: naive UTC instant in whole seconds}
    """
    rows = records.env.execute_query(
        SQL(
            """SELECT message.res_id, date_trunc('second', MAX(tracking.create_date))
                 FROM mail_message AS message
                 JOIN mail_tracking_value AS tracking
                   ON tracking.mail_message_id = message.id
                 JOIN ir_model_fields AS field ON field.id = tracking.field_id
                WHERE message.model = %(model)s
                  AND message.res_id = ANY(%(ids)s)
                  AND field.model = %(model)s
                  AND field.name = %(name)s
                GROUP BY message.res_id""",
            model=records._name,
            name=name,
            ids=list(records._ids),
        )
    )
    return dict(rows)


def within(column, asked):
    """SQL that limits an instant to the time that is asked for.

    :param column: SQL of the instant
    :param asked: an :class:`~.fact.Asked`
    """
    conditions = [SQL("TRUE")]
    if asked.start is not None:
        conditions.append(SQL("%s >= %s", column, asked.start))
    if asked.end is not None:
        conditions.append(SQL("%s < %s", column, asked.end))
    return SQL(" AND ").join(conditions)
