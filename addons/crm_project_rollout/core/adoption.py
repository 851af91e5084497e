"""Do people work in the system, or beside it?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Month:
    """What was done in one month.

    :param workers: people who should work in the system
    :param active: how many of them logged an interaction or fulfilled a promise
    :param interactions: how many interactions were logged
    :param proved: promises kept that the system itself has seen
    :param attested: promises kept because a person says so
    """

    workers: int = 0
    active: int = 0
    interactions: int = 0
    proved: int = 0
    attested: int = 0

    @property
    def active_percent(self):
        """Active people among those who should be; None when nobody should."""
        return 100 * self.active / self.workers if self.workers else None

    @property
    def interactions_each(self):
        """Interactions per person who should work; None when nobody should."""
        return self.interactions / self.workers if self.workers else None

    @property
    def proved_percent(self):
        """Promises the system has seen among all kept ones; None without any."""
        kept = self.proved + self.attested
        return 100 * self.proved / kept if kept else None


def month_of(workers, touches, kept):
    """Put one month together.

    :param workers: ids of the people who should work
    :param touches: ``{person id: number of interactions}``; None for nobody's
    :param kept: ``{(person id, grade): number of promises}``
    :return: a :class:`Month`
    """
    busy = set(touches) | {person for person, _grade in kept}
    return Month(
        workers=len(workers),
        active=len(set(workers) & busy),
        interactions=sum(touches.values()),
        proved=sum(n for (_person, grade), n in kept.items() if grade == "system"),
        attested=sum(n for (_person, grade), n in kept.items() if grade == "attested"),
    )
