from odoo import models
from odoo.exceptions import UserError

# What programs write is looked at before we and PostgreSQL work with it, so that each
# refusal has a code and words. That is why the check comes first in each class.


class CrmRolloutWire(models.AbstractModel):
    """Records of a CRM project as programs meet them."""

    _name = "crm.rollout.wire"
    _inherit = ["crm.checked"]
    _description = "Record of a CRM Project Looked at Before It Is Kept"

    def ensure_one(self):
        """One record, else a refusal with a code: Odoo's own is a programming error."""
        if len(self) == 1:
            return self
        raise UserError(
            self.env._(
                "crm_project_rollout.one_record: This is done with one record of "
                "“%(model)s” at a time; %(count)s were given.",
                model=self._description,
                count=len(self),
            )
        )


class CrmRollout(models.Model):
    _name = "crm.rollout"
    _inherit = ["crm.rollout.wire", "crm.rollout"]


class CrmRolloutStage(models.Model):
    _name = "crm.rollout.stage"
    _inherit = ["crm.rollout.wire", "crm.rollout.stage"]


class CrmRolloutQuestion(models.Model):
    _name = "crm.rollout.question"
    _inherit = ["crm.rollout.wire", "crm.rollout.question"]


class CrmRolloutCriterion(models.Model):
    _name = "crm.rollout.criterion"
    _inherit = ["crm.rollout.wire", "crm.rollout.criterion"]


class CrmRolloutDecision(models.Model):
    _name = "crm.rollout.decision"
    _inherit = ["crm.rollout.wire", "crm.rollout.decision"]


class CrmRolloutCondition(models.Model):
    _name = "crm.rollout.condition"
    _inherit = ["crm.rollout.wire", "crm.rollout.condition"]


class CrmRolloutTemplate(models.Model):
    _name = "crm.rollout.template"
    _inherit = ["crm.rollout.wire", "crm.rollout.template"]


class CrmRolloutTemplateStage(models.Model):
    _name = "crm.rollout.template.stage"
    _inherit = ["crm.rollout.wire", "crm.rollout.template.stage"]


class CrmRolloutTemplateQuestion(models.Model):
    _name = "crm.rollout.template.question"
    _inherit = ["crm.rollout.wire", "crm.rollout.template.question"]


class CrmRolloutTemplateCriterion(models.Model):
    _name = "crm.rollout.template.criterion"
    _inherit = ["crm.rollout.wire", "crm.rollout.template.criterion"]


class CrmRolloutTemplateFit(models.Model):
    _name = "crm.rollout.template.fit"
    _inherit = ["crm.rollout.wire", "crm.rollout.template.fit"]


class CrmRolloutTemplateRole(models.Model):
    _name = "crm.rollout.template.role"
    _inherit = ["crm.rollout.wire", "crm.rollout.template.role"]


class CrmRolloutTemplateRisk(models.Model):
    _name = "crm.rollout.template.risk"
    _inherit = ["crm.rollout.wire", "crm.rollout.template.risk"]


class CrmRolloutProblem(models.Model):
    _name = "crm.rollout.problem"
    _inherit = ["crm.rollout.wire", "crm.rollout.problem"]


class CrmRolloutFit(models.Model):
    _name = "crm.rollout.fit"
    _inherit = ["crm.rollout.wire", "crm.rollout.fit"]


class CrmRolloutDepartment(models.Model):
    _name = "crm.rollout.department"
    _inherit = ["crm.rollout.wire", "crm.rollout.department"]


class CrmRolloutMember(models.Model):
    _name = "crm.rollout.member"
    _inherit = ["crm.rollout.wire", "crm.rollout.member"]


class CrmRolloutBudget(models.Model):
    _name = "crm.rollout.budget"
    _inherit = ["crm.rollout.wire", "crm.rollout.budget"]


class CrmRolloutKickoff(models.Model):
    _name = "crm.rollout.kickoff"
    _inherit = ["crm.rollout.wire", "crm.rollout.kickoff"]


class CrmRolloutKickoffAttendee(models.Model):
    _name = "crm.rollout.kickoff.attendee"
    _inherit = ["crm.rollout.wire", "crm.rollout.kickoff.attendee"]


class CrmRolloutRisk(models.Model):
    _name = "crm.rollout.risk"
    _inherit = ["crm.rollout.wire", "crm.rollout.risk"]


class CrmRolloutGoal(models.Model):
    _name = "crm.rollout.goal"
    _inherit = ["crm.rollout.wire", "crm.rollout.goal"]


class CrmRolloutKpi(models.Model):
    _name = "crm.rollout.kpi"
    _inherit = ["crm.rollout.wire", "crm.rollout.kpi"]


class CrmRolloutKpiEntry(models.Model):
    _name = "crm.rollout.kpi.entry"
    _inherit = ["crm.rollout.wire", "crm.rollout.kpi.entry"]


class CrmPlanLine(models.Model):
    _name = "crm.plan.line"
    _inherit = ["crm.rollout.wire", "crm.plan.line"]


class CrmRolloutLoad(models.Model):
    _name = "crm.rollout.load"
    _inherit = ["crm.rollout.wire", "crm.rollout.load"]


class CrmRolloutTraining(models.Model):
    _name = "crm.rollout.training"
    _inherit = ["crm.rollout.wire", "crm.rollout.training"]


class CrmRolloutTrainingParticipant(models.Model):
    _name = "crm.rollout.training.participant"
    _inherit = ["crm.rollout.wire", "crm.rollout.training.participant"]


class CrmRolloutTrial(models.Model):
    _name = "crm.rollout.trial"
    _inherit = ["crm.rollout.wire", "crm.rollout.trial"]


class CrmRolloutCutover(models.Model):
    _name = "crm.rollout.cutover"
    _inherit = ["crm.rollout.wire", "crm.rollout.cutover"]


class CrmRolloutAct(models.Model):
    _name = "crm.rollout.act"
    _inherit = ["crm.rollout.wire", "crm.rollout.act"]


class CrmRolloutHandover(models.Model):
    _name = "crm.rollout.handover"
    _inherit = ["crm.rollout.wire", "crm.rollout.handover"]


class CrmRolloutImprovement(models.Model):
    _name = "crm.rollout.improvement"
    _inherit = ["crm.rollout.wire", "crm.rollout.improvement"]
