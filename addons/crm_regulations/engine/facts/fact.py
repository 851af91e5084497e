"""The two things that the files beside this one return."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Fact:
    """Something that happened and may start promises.

    :param key: natural key, unique per fact for ever
    :param res_model: model of the subject
    :param res_id: id of the subject
    :param date: when the clock starts, naive UTC
    """

    key: str
    res_model: str
    res_id: int
    date: datetime


@dataclass(frozen=True)
class Evidence:
    """What proves that a promise was kept.

    :param date: when, naive UTC
    :param grade: ``system`` or ``attested``
    :param res_model: model of the proof
    :param res_id: id of the proof
    """

    date: datetime
    grade: str
    res_model: str
    res_id: int
