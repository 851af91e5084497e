"""A record was created, for example a lead."""

from .fact import Fact


def facts(records):
    """One fact per record.

    :param records: records of any model
    :return: list of facts; the clock starts when the record was created
    """
    return [
        Fact(f"created:{r._name},{r.id}", r._name, r.id, r.create_date) for r in records
    ]
