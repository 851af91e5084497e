from . import crm_rollout_decide
from . import crm_rollout_goal_replace
