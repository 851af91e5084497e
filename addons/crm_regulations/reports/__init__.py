from . import crm_today
from . import crm_quality_rate
