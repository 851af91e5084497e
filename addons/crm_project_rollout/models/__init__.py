from . import (
    crm_rollout_guarded,
    crm_rollout_template,
    crm_rollout,
    crm_rollout_stage,
    crm_rollout_stage_line,
    crm_rollout_question,
    crm_rollout_criterion,
    crm_rollout_decision,
    crm_rollout_condition,
    crm_rollout_hooks,
    project_project,
)
