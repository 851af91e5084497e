from . import crm_counterparty_type
from . import crm_counterparty_type_use
from . import res_partner
