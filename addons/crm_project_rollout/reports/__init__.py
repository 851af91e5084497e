from . import crm_rollout_portfolio, crm_rollout_status
from . import crm_plan_fact
