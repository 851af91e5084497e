"""Why a partner has its category, told by the same tree that decided it."""

from datetime import date

from odoo.tools.misc import formatLang

from ..core.scheme import Scheme


class Telling:
    """Puts numbers, conditions and days of one segmentation into words.

    :param segmentation: a crm.segmentation record, in the reader's environment
    """

    def __init__(self, segmentation):
        self.env = segmentation.env
        self.segmentation = segmentation
        everything = self.env["crm.metric"].with_context(active_test=False)
        self.metrics = {metric.code: metric for metric in everything.search_fetch([])}
        self.currency = segmentation.company_id.currency_id

    def name(self, code):
        """What a metric is called; its code if it is gone."""
        metric = self.metrics.get(code)
        return metric.name if metric else code

    def number(self, code, value, basis="value"):
        """A metric's number as people read it: with its currency, unit or percent.

        :param code: code of the metric
        :param value: the number; False or None where there is none
        :param basis: ``value``, or ``share`` and ``quantile``, which are percentages
        """
        if value is False or value is None:
            return "–"
        if basis != "value":
            return f"{self._plain(value)} %"
        if self._is_money(code):
            return formatLang(self.env, value, currency_obj=self.currency)
        unit = self.metrics[code].unit if code in self.metrics else ""
        return f"{self._plain(value)} {unit or ''}".strip()

    def measured(self, condition):
        """The number of a condition in words, also for shares and ranks."""
        number = self.number(
            condition["metric"], condition["value"], condition["basis"]
        )
        if condition["value"] is False or condition["basis"] == "value":
            return number
        if condition["basis"] == "share":
            return self.env._("bigger ones hold %(percent)s", percent=number)
        return self.env._("better than %(percent)s", percent=number)

    def needed(self, condition, key="threshold"):
        """What a condition asks for in words, such as “at least 80 % …”."""
        words = {
            ">=": self.env._("at least"),
            ">": self.env._("more than"),
            "<=": self.env._("at most"),
            "<": self.env._("less than"),
        }
        number = self.number(condition["metric"], condition[key], condition["basis"])
        asked = f"{words[condition['operator']]} {number}"
        if condition["basis"] == "share":
            return self.env._("%(asked)s of the total held by bigger ones", asked=asked)
        if condition["basis"] == "quantile":
            return self.env._("better than %(asked)s of the others", asked=asked)
        return asked

    def missing(self, condition):
        """What is missing to meet a condition, such as “12,400.00 € more”."""
        if condition["distance"] is False:
            return self.env._("no number yet")
        number = self.number(
            condition["metric"], condition["distance"], condition["basis"]
        )
        if condition["operator"] in (">", ">="):
            return self.env._("%(number)s more", number=number)
        return self.env._("%(number)s less", number=number)

    def day(self, text):
        """A day in the reader's format.

        :param text: an ISO date; anything empty gives an empty text
        """
        if not text:
            return ""
        pattern = self.env["res.lang"]._get_data(code=self.env.lang).date_format
        return date.fromisoformat(str(text)[:10]).strftime(pattern or "%Y-%m-%d")

    def values(self, values):
        """All numbers of a movement in a line, in the order of the metrics."""
        told = {
            code: self.number(*code.split(":")[:1], value, *code.split(":")[1:])
            for code, value in (values or {}).items()
            if value is not None and value is not False
        }
        order = [code for code in self.metrics if code in told]
        order += [code for code in told if code not in self.metrics]
        return "; ".join(
            f"{self.name(code.split(':')[0])}: {told[code]}" for code in order
        )

    def _is_money(self, code):
        return code in self.metrics and self.metrics[code].is_money

    def _plain(self, value):
        digits = 0 if value == int(value) else 2
        return formatLang(self.env, value, digits=digits)


def metric_formatter(segmentation):
    """How people read a metric's value: with its currency or unit.

    :param segmentation: whose company's currency counts
    :return: function of (metric code, value or False or None) giving text
    """
    return Telling(segmentation).number


def explained_categories(segmentation, values, current_id):
    """Every category of the published rule with its conditions, in order.

    :param segmentation: a published crm.segmentation record
    :param values: name of the number → value or None, as measured now
    :param current_id: id of the category that the rule gave last, for thresholds to
        stay
    :return: list of dictionaries ready for the wire, see ``crm.segmentation.explain``
    """
    telling = Telling(segmentation)
    categories = segmentation.with_context(active_test=False).segment_ids
    names = {segment.id: segment.name for segment in categories}
    scheme = Scheme.from_json(segmentation.sudo().spec["categories"])
    given = scheme.decide(values, current_id)
    return [
        {
            "id": category.id,
            "code": category.code,
            "name": names.get(category.id, category.code),
            "holds": (
                category.rule.evaluate(values, category.id == current_id)
                if category.rule
                else given == category.id
            ),
            "given": given == category.id,
            "match": category.rule.match if category.rule else "all",
            "conditions": [
                _condition(telling, comparison, values, category.id == current_id)
                for comparison in (category.rule.comparisons() if category.rule else ())
            ],
        }
        for category in scheme.categories
    ]


def _condition(telling, comparison, values, staying):
    told = {
        "metric": comparison.metric,
        "basis": comparison.basis,
        "name": telling.name(comparison.metric),
        "value": for_wire(values.get(comparison.key)),
        "operator": comparison.operator,
        "threshold": comparison.threshold(staying),
        "enter": comparison.enter,
        "met": comparison.evaluate(values, staying),
        "distance": for_wire(comparison.distance(values, staying)),
    }
    told["value_text"] = telling.measured(told)
    told["needed_text"] = telling.needed(told)
    told["enter_text"] = telling.needed(told, "enter")
    told["missing_text"] = "" if told["met"] else telling.missing(told)
    return told


def next_step(env, categories, given_id, ladder):
    """What is missing for the next better category.

    :param env: environment of the reader
    :param categories: what :func:`explained_categories` gave
    :param given_id: id of the category that the rule gives
    :param ladder: ids of the categories that are steps between better and worse
    :return: dictionary with ``category`` and ``text``; False if there is none better
    """
    steps = [category for category in categories if category["id"] in ladder]
    places = [category["id"] for category in steps]
    if given_id not in places or not places.index(given_id):
        return False
    better = steps[places.index(given_id) - 1]
    unmet = [
        f"{condition['name']}: {condition['missing_text']}"
        for condition in better["conditions"]
        if not condition["met"]
    ]
    if not unmet:
        return False
    word = env._(" and ") if better["match"] == "all" else env._(" or ")
    return {
        "category": better["code"],
        "text": env._(
            "Missing for %(category)s: %(missing)s.",
            category=better["code"],
            missing=word.join(unmet),
        ),
    }


def for_wire(value):
    """A number as it may go over the wire: XML-RPC knows no None."""
    return False if value is None else value
