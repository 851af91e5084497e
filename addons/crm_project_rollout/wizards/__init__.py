from . import (
    crm_rollout_dialog,
    crm_rollout_decide,
    crm_rollout_decide_fit,
    crm_rollout_gaps,
    crm_rollout_goal_replace,
)
