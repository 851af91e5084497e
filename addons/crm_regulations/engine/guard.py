"""Running rules so that the failure of one hurts nobody."""

import logging

import psycopg2

from odoo.exceptions import ConcurrencyError
from odoo.service import model as service

_logger = logging.getLogger(__name__)
#: What Odoo repeats as a whole, because another transaction was in the way.
REPEATED = (psycopg2.OperationalError, psycopg2.InterfaceError, ConcurrencyError)


def guarded(env, items, work, blame):
    """Do work on items and survive its failure.

    On failure the batch is halved until the item at fault stands alone and becomes an
    incident. A conflict with another transaction is raised, so that Odoo repeats the
    whole.

    :param env: superuser environment
    :param items: a list or recordset; not empty
    :param work: function of a part of the items
    :param blame: function of one item: (regulation, record) for the incident
    :return: list of what it returned for the parts that went well
    """
    # What people wrote must not be lost together with the savepoint.
    env.flush_all()
    try:
        with env.cr.savepoint(flush=False):
            result = work(items)
            env.flush_all()
            return [result]
    except REPEATED:
        raise
    except Exception as error:  # whatever a rule may raise, the user's save goes on
        env.transaction.clear()
        if len(items) > 1:
            half = len(items) // 2
            first = guarded(env, items[:half], work, blame)
            return first + guarded(env, items[half:], work, blame)
        regulation, record = blame(items[0])
        _logger.info("%s on %s: %s", regulation.display_name, record, error)
        env["crm.regulation.incident"]._record(regulation, record, error)
        return []


def repeated(env, work):
    """Do a part of a scheduled job and commit it; again if others were in its way.

    Odoo repeats what people do, but no scheduled job: that would wait for its next
    run, of a nightly one until tomorrow.

    :param env: superuser environment
    :param work: function without arguments that can be done again after a rollback
    :return: what it returned
    """
    return service.retrying(work, env)
