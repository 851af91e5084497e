"""The one collector of changes that every addon of ours subscribes to.

``models/base.py`` reports what was created. The collector remembers ids only and calls
the subscribers once per flush, before the commit, when all computed fields are there.
A subscriber extends the abstract model ``crm.changes``.
"""

_KEY = "crm_segmentation.created"


def collect_created(records):
    """Remember new records until the next flush.

    :param records: a recordset of a watched model
    """
    precommit = records.env.cr.precommit
    pending = precommit.data.setdefault(_KEY, {})
    if not pending:
        precommit.add(records.env["crm.changes"]._dispatch_pending)
    pending.setdefault(records._name, []).extend(records.ids)


def take_created(env):
    """The remembered ids, which are forgotten by this call.

    :return: dictionary of model name → list of ids in order of creation
    """
    return env.cr.precommit.data.pop(_KEY, {})
