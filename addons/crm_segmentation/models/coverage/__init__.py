from . import crm_contact_norm
from . import crm_interaction_type
