from . import crm_counterparty_type
from . import res_partner
