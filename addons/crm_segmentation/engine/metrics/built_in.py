"""The catalogue of the built-in metrics: what each reads and how it is computed."""

from dataclasses import dataclass

from . import deals, interactions, payments, purchases
from .windows import window  # noqa: F401 - the window that explanations name

SOURCES = {
    "purchases": purchases.purchases,
    "payments": payments.payments,
    "deals": deals.deals,
    "interactions": interactions.interactions,
}


@dataclass(frozen=True)
class BuiltIn:
    """A metric that the addon ships.

    :param sql: function of today giving SQL of a double precision value, NULL where a
        counterparty has no number
    :param reads: names of the :data:`SOURCES` that the SQL reads
    :param is_money: whether the value is an amount in the company's currency
    """

    sql: callable
    reads: tuple = ("purchases",)
    is_money: bool = False


BUILT_IN = {
    "turnover_month_avg": BuiltIn(purchases.turnover_month_avg, is_money=True),
    "turnover_total": BuiltIn(purchases.turnover_total, is_money=True),
    "document_count": BuiltIn(purchases.document_count),
    "days_since_purchase": BuiltIn(purchases.days_since_purchase),
    "days_since_first_purchase": BuiltIn(purchases.days_since_first_purchase),
    "tenure_years": BuiltIn(purchases.tenure_years),
    "payment_delay_days": BuiltIn(payments.payment_delay_days, ("payments",)),
    "overdue_amount": BuiltIn(payments.overdue_amount, ("payments",), is_money=True),
    "overdue_share_of_month": BuiltIn(
        payments.overdue_share_of_month, ("purchases", "payments")
    ),
    "won_count": BuiltIn(deals.won_count, ("deals",)),
    "interaction_count": BuiltIn(interactions.interaction_count, ("interactions",)),
    "days_since_interaction": BuiltIn(
        interactions.days_since_interaction, ("interactions",)
    ),
}

CODES = tuple(BUILT_IN)
MONEY = tuple(code for code, metric in BUILT_IN.items() if metric.is_money)
