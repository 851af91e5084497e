"""Why a partner has its category, told by the same tree that decided it."""

from odoo.tools.misc import formatLang

from ..core.scheme import Scheme
from .metrics.built_in import MONEY


def explained_categories(segmentation, values, current_id):
    """Every category of the published rule with its conditions, in order.

    :param segmentation: a published crm.segmentation record
    :param values: metric code → value or None, as measured now
    :param current_id: id of the category that the rule gave last, for thresholds to
        stay
    :return: list of dictionaries ready for the wire, see ``crm.segmentation.explain``
    """
    env = segmentation.env
    metrics = {m.code: m.name for m in env["crm.metric"].search_fetch([])}
    names = {segment.id: segment.name for segment in segmentation.segment_ids}
    scheme = Scheme.from_json(segmentation.spec["categories"])
    return [
        {
            "code": category.code,
            "name": names.get(category.id, category.code),
            "holds": (
                category.rule.evaluate(values, category.id == current_id)
                if category.rule
                else scheme.decide(values, current_id) == category.id
            ),
            "match": category.rule.match if category.rule else "all",
            "conditions": [
                _condition(comparison, metrics, values, category.id == current_id)
                for comparison in (category.rule.comparisons() if category.rule else ())
            ],
        }
        for category in scheme.categories
    ]


def _condition(comparison, metrics, values, staying):
    return {
        "metric": comparison.metric,
        "name": metrics.get(comparison.metric, comparison.metric),
        "value": for_wire(values.get(comparison.metric)),
        "operator": comparison.operator,
        "threshold": comparison.threshold(staying),
        "enter": comparison.enter,
        "met": comparison.evaluate(values, staying),
        "distance": for_wire(comparison.distance(values, staying)),
    }


def metric_formatter(segmentation):
    """How people read a metric's value: with its currency or unit.

    :param segmentation: whose company's currency counts
    :return: function of (metric code, value or False or None) giving text
    """
    env = segmentation.env
    units = {m.code: m.unit for m in env["crm.metric"].search_fetch([])}
    currency = segmentation.company_id.currency_id

    def text(code, value):
        if value is False or value is None:
            return "–"
        if code in MONEY:
            return formatLang(env, value, currency_obj=currency)
        number = formatLang(env, value, digits=0 if value == int(value) else 2)
        return f"{number} {units.get(code) or ''}".strip()

    return text


def for_wire(value):
    """A number as it may go over the wire: XML-RPC knows no None."""
    return False if value is None else value
