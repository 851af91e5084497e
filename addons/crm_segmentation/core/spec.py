"""The frozen rule of a published segmentation, as plain JSON."""

from __future__ import annotations

from .scheme import Scheme
from .stability import Stability

# The contract promises the turnover of each move, so it is always computed.
AMOUNT = "turnover_month_avg"
OUTLOOK_MARGIN = 10.0


def complete(spec: dict) -> dict:
    """A frozen rule with the parts that older versions did not have yet.

    :param spec: what was published, by this version of the addon or an earlier one
    :return: the same with ``metrics`` (code → definition, None for a built-in one),
        ``low_is_better`` (codes), ``stability`` and ``outlook_margin``
    """
    scheme = Scheme.from_json(spec["categories"])
    ids = [category.id for category in scheme.categories]
    return {
        "low_is_better": [],
        "outlook_margin": OUTLOOK_MARGIN,
        **spec,
        "categories": scheme.to_json(),
        "metrics": spec.get("metrics") or dict.fromkeys(measured(scheme)),
        "stability": Stability.from_json(spec.get("stability"), ids).to_json(),
    }


def measured(scheme: Scheme) -> list[str]:
    """Codes of the metrics that a computation by a scheme needs, each once."""
    return list(dict.fromkeys([AMOUNT, *scheme.metrics()]))
