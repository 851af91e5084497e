from . import crm_today
