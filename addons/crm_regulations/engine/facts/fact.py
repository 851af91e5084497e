"""What the files beside this one deal in: facts, what is asked, who may be touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from odoo.fields import Domain

from ..sieve import Sieve

SYSTEM, ATTESTED = "system", "attested"


@dataclass(frozen=True)
class Fact:
    """Something that happened.

    :param kind: code of its kind
    :param key: natural name, the same for ever and from whoever tells it
    :param date: when it happened (a talk: when it ended), naive UTC, whole seconds
    :param res_model: model of the record that tells it
    :param res_id: id of that record
    :param since: when it began, if that was earlier
    :param places: (model, id) of other records that it is about
    :param families: ids of the commercial counterparties that it is about
    :param grade: ``system``, or ``attested`` if a person only says so
    :param note: what is worth keeping of it, for example the reason of a loss
    :param is_guess: the time is a guess; skipped where the promise is there already
    """

    kind: str
    key: str
    date: datetime
    res_model: str
    res_id: int
    since: datetime | None = None
    places: frozenset = frozenset()
    families: frozenset = frozenset()
    grade: str = SYSTEM
    note: str = ""
    is_guess: bool = False

    @property
    def begin(self) -> datetime:
        """When it began."""
        return self.date if self.since is None else min(self.since, self.date)

    @property
    def teller(self) -> tuple[str, int]:
        """The record that tells it."""
        return self.res_model, self.res_id

    def subject_ids(self, model: str) -> list[int]:
        """The records of a model that it is about.

        :param model: name of the model; for ``res.partner`` the counterparties
        """
        if self.res_model == model:
            return [self.res_id]
        ids = {id_ for place, id_ in self.places if place == model}
        if not ids and model == "res.partner":
            ids = self.families
        return sorted(ids)


@dataclass(frozen=True)
class Asked:
    """Which facts of a kind somebody wants to hear of.

    :param model: model of the regulation's records; for kinds that any record can tell
        it is the one that tells
    :param domain: what the record that tells must be like
    :param settings: further settings of the kind as (name, value) pairs
    :param company_id: whose facts; records of no company are everybody's
    :param start: first instant, or None
    :param end: first instant after them, or None
    :param touched: whom they must be about; None for anybody
    """

    model: str
    domain: Domain = Domain.TRUE
    settings: tuple[tuple[str, object], ...] = ()
    company_id: int = 0
    start: datetime | None = None
    end: datetime | None = None
    touched: Touched | None = None

    @cached_property
    def _digest(self) -> int:
        # The values of a domain's conditions may be lists.
        domain = repr(list(self.domain))
        return hash((self.model, domain, self.settings, self.company_id))

    def __hash__(self):
        return self._digest

    @cached_property
    def sieve(self) -> Sieve:
        """What is asked of the record that tells, ready for being put to records."""
        return Sieve(self.domain)

    @cached_property
    def derived(self) -> dict:
        """What a kind works out from what is asked, kept as long as it is asked."""
        return {}

    def setting(self, name: str, default=None):
        """One of the further settings."""
        return dict(self.settings).get(name, default)

    def includes(self, instant: datetime) -> bool:
        """Whether an instant is in the time that is asked for."""
        return (self.start is None or instant >= self.start) and (
            self.end is None or instant < self.end
        )


@dataclass
class Touched:
    """Records and counterparties that facts are about, or promises.

    :param places: model → ids
    :param families: ids of commercial counterparties
    """

    places: dict = field(default_factory=lambda: defaultdict(set))
    families: set = field(default_factory=set)

    __hash__ = object.__hash__

    def add(self, places: Iterable[tuple[str, int]], families: Iterable[int]) -> None:
        """Include more."""
        for model, id_ in places:
            if id_:
                self.places[model].add(id_)
        self.families.update(id_ for id_ in families if id_)

    def ids(self, model: str) -> list[int]:
        """The records of a model that are included."""
        return sorted(self.places.get(model, ()))

    def __bool__(self):
        return bool(self.families) or any(self.places.values())


@dataclass(frozen=True)
class About:
    """What a promise is about, as far as facts can touch it.

    :param id: id of the obligation
    :param key: natural name of what started it
    :param since: from when on facts count
    :param subject: (model, id) of its record
    :param lead_id: its lead, or 0
    :param places: (model, id) of its record, lead and counterparties
    :param families: ids of its commercial counterparties
    """

    id: int
    key: str
    since: datetime
    subject: tuple[str, int]
    lead_id: int
    places: frozenset
    families: frozenset
