"""Running a rule so that its failure hurts nobody."""

import logging

import psycopg2

from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)


def guarded(regulation, records, work):
    """Do the work of a regulation on records and survive its failure.

    On failure the batch is halved until the record at fault stands alone and becomes an
    incident. A conflict with another transaction is raised, so that Odoo repeats the
    whole.

    :param regulation: crm.regulation record, superuser environment
    :param records: what the work is done on; not empty
    :param work: function of a part of the records
    :return: list of what it returned for the parts that went well
    """
    env = regulation.env
    # What people wrote must not be lost together with the savepoint.
    env.flush_all()
    try:
        with env.cr.savepoint(flush=False):
            result = work(records)
            env.flush_all()
            return [result]
    except (psycopg2.OperationalError, ConcurrencyError):
        raise
    except Exception as error:  # whatever a rule may raise, the user's save goes on
        env.transaction.clear()
        if len(records) > 1:
            half = len(records) // 2
            first = guarded(regulation, records[:half], work)
            return first + guarded(regulation, records[half:], work)
        _logger.info("%s on %s: %s", regulation.display_name, records, error)
        env["crm.regulation.incident"]._record(regulation, records, error)
        return []
