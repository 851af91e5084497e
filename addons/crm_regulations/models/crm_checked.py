from odoo import models

# What programs write is looked at before we and PostgreSQL work with it, so that each
# refusal has a code and words. That is why the check comes first in each class.


class CrmRegulation(models.Model):
    _name = "crm.regulation"
    _inherit = ["crm.checked", "crm.regulation"]


class CrmRegulationStep(models.Model):
    _name = "crm.regulation.step"
    _inherit = ["crm.checked", "crm.regulation.step"]


class CrmRegulationCondition(models.Model):
    _name = "crm.regulation.condition"
    _inherit = ["crm.checked", "crm.regulation.condition"]


class CrmRegulationRung(models.Model):
    _name = "crm.regulation.rung"
    _inherit = ["crm.checked", "crm.regulation.rung"]


class CrmRegulationStepLimit(models.Model):
    _name = "crm.regulation.step.limit"
    _inherit = ["crm.checked", "crm.regulation.step.limit"]


class CrmRegulationSubject(models.Model):
    _name = "crm.regulation.subject"
    _inherit = ["crm.checked", "crm.regulation.subject"]


class CrmRegulationAction(models.Model):
    _name = "crm.regulation.action"
    _inherit = ["crm.checked", "crm.regulation.action"]
