from . import crm_territory
from . import crm_territory_rule
from . import res_partner_territory
from . import crm_lead_territory
from . import res_company
