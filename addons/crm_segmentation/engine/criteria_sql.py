"""The SQL visitor of the criterion tree in ``core/scheme.py``."""

from odoo.tools import SQL

from ..core.scheme import Comparison, Group, Scheme
from .metrics.plan import metric_column

# Fixed texts, because an operator cannot be a query parameter.
_OPERATORS = {op: SQL(op) for op in (">=", ">", "<=", "<")}


def scheme_to_sql(scheme: Scheme, current: SQL) -> SQL:
    """One CASE in the order of the categories.

    :param scheme: the categories
    :param current: SQL of the id of the category that the partner is in
    :return: SQL of the id of the category that the partner gets
    """
    branches = [
        SQL(
            "WHEN %s THEN %s",
            rule_to_sql(category.rule, SQL("%s = %s", current, category.id)),
            category.id,
        )
        for category in scheme.categories
        if category.rule is not None
    ]
    if not branches:
        return SQL("%s::int", scheme.default)
    return SQL("CASE %s ELSE %s::int END", SQL(" ").join(branches), scheme.default)


def rule_to_sql(node: Comparison | Group, staying: SQL) -> SQL:
    """A condition that never holds for a metric without a value.

    It may be NULL then, which a CASE takes for false; there is no negation in a rule.
    """
    if isinstance(node, Group):
        word = SQL(" AND ") if node.match == "all" else SQL(" OR ")
        return SQL("(%s)", word.join(rule_to_sql(part, staying) for part in node.parts))
    threshold = SQL("%s::float8", node.enter)
    if node.leave is not None and node.leave != node.enter:
        threshold = SQL(
            "CASE WHEN %s THEN %s::float8 ELSE %s::float8 END",
            staying,
            node.leave,
            node.enter,
        )
    return SQL(
        "%s %s %s", metric_column(node.key), _OPERATORS[node.operator], threshold
    )
