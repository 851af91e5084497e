"""Is this a CRM project at all? What scored statements say, and how sure that is.

The company scores how far each statement holds. A statement speaks for one of four
cures: relations with customers, logistics, management accounting, or something else.
"""

from dataclasses import dataclass

CRM, LOGISTICS, ACCOUNTING, OTHER = "crm", "logistics", "accounting", "other"
KINDS = (CRM, LOGISTICS, ACCOUNTING, OTHER)
TOP_SCORE = 3
# Less than this between the first and the second is no answer: one person who scores
# one statement differently would turn it round.
CLOSE_MARGIN = 10

NOTHING, INCOMPLETE, NO_PAIN, CLOSE, CLEAR = (
    "nothing", "incomplete", "no_pain", "close", "clear",
)  # fmt: skip
MOST_REASONS = 3


@dataclass(frozen=True)
class Statement:
    """One statement; ``score`` is 0 (not true of us) to 3 (entirely true), or None."""

    text: str
    kind: str
    weight: int = 1
    score: int | None = None

    @property
    def points(self):
        """What it adds to its kind; nothing as long as nobody has scored it."""
        return self.weight * (self.score or 0)


@dataclass(frozen=True)
class Fit:
    """What the answers say.

    ``percents`` holds (kind, percent or None) in the order of :data:`KINDS`, only for
    kinds with statements; ``best`` is the first kind and ``margin`` how many points it
    is ahead of the second; ``reasons`` are the statements that weigh most in it.
    """

    verdict: str
    percents: tuple = ()
    best: str = ""
    margin: float = 0.0
    reasons: tuple = ()
    answered: int = 0
    asked: int = 0


def percent(statements):
    """How far the scored statements hold, 0 to 100.

    :param statements: :class:`Statement` objects of one kind
    :return: a number, or None when none is scored
    """
    scored = [s for s in statements if s.score is not None]
    most = TOP_SCORE * sum(s.weight for s in scored)
    return 100 * sum(s.points for s in scored) / most if most else None


def judge(statements):
    """Say what hurts most: customers, logistics, accounting or something else.

    :param statements: :class:`Statement` objects
    :return: a :class:`Fit`
    """
    statements = tuple(statements)
    by_kind = {
        kind: [s for s in statements if s.kind == kind]
        for kind in KINDS
        if any(s.kind == kind for s in statements)
    }
    percents = tuple((kind, percent(lines)) for kind, lines in by_kind.items())
    answered = sum(s.score is not None for s in statements)
    known = {"percents": percents, "answered": answered, "asked": len(statements)}
    if not answered:
        return Fit(NOTHING, **known)
    if any(value is None for _kind, value in percents):
        return Fit(INCOMPLETE, **known)
    # Stable: of equals the earlier kind comes first, and the margin 0 says it is equal.
    ranked = sorted(percents, key=lambda pair: -pair[1])
    best, top = ranked[0]
    if not top:
        return Fit(NO_PAIN, **known)
    margin = top - ranked[1][1] if len(ranked) > 1 else top
    return Fit(
        CLOSE if margin < CLOSE_MARGIN else CLEAR,
        best=best,
        margin=margin,
        reasons=_reasons(by_kind[best]),
        **known,
    )


def _reasons(statements):
    """The statements that carry the verdict, the heaviest first."""
    telling = sorted((s for s in statements if s.points), key=lambda s: -s.points)
    return tuple(s.text for s in telling[:MOST_REASONS])
