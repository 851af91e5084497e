from . import crm_interaction_type
from . import crm_interaction
from . import crm_interaction_log
from . import crm_lead
from . import res_partner
