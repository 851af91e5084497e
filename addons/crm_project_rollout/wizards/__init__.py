from . import crm_rollout_decide, crm_rollout_decide_fit
