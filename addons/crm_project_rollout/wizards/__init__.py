from . import crm_rollout_decide
