from . import crm_counterparty_key
from . import crm_turnover_line
from . import crm_purchase
