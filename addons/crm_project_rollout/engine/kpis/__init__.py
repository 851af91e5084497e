"""KPIs: figures of a company, month by month, read from what the system knows.

A KPI answers for any past month, so a baseline exists on the day on which a CRM project
begins. Each reads all months of a company in one statement, with full rights inside the
company, so that everybody sees the same number.
"""

from . import contact, customers, deals, money, records
from .purchases import PurchaseKpi
from .registry import REGISTRY, Kpi, register
