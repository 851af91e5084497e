"""KPIs: figures of a company, month by month, read from what the system knows.

A KPI answers for any past month, so a baseline exists on the day on which a CRM project
begins. All months of any number of KPIs are read in one statement, with full rights
inside the company, so that everybody sees the same number.
"""

from . import contact, customers, deals, money, records
from .registry import REGISTRY, Kpi, read, register
