from odoo import models
from odoo.exceptions import AccessError


class CrmRolloutPlan(models.AbstractModel):
    """A record of a stage of which some fields go on living after the gate.

    The plan is frozen with the stage; what happens to it (money spent, a risk that came
    true) is written until the CRM project ends.
    """

    _name = "crm.rollout.plan"
    _inherit = ["crm.rollout.record"]
    _description = "Plan of a CRM Project"

    _stage_number = 2
    #: Fields that are written until the CRM project ends.
    _living_fields = frozenset()

    def write(self, vals):
        if self._is_unguarded() or not vals.keys() <= self._living_fields:
            return super().write(vals)
        self.check_access("write")
        self._check_not_ended()
        super(CrmRolloutPlan, self._unguarded()).write(vals)
        if vals.keys() & set(self._people_fields):
            self._check_people()
        self.check_access("write")
        return True

    def _check_not_ended(self):
        for rollout in self.sudo().rollout_id:
            if rollout.state not in ("draft", "running"):
                rollout._refuse_not_running()

    def _check_insider(self, user):
        result = super()._check_insider(user)
        self.rollout_id.sudo()._check_not_left(user)
        return result

    def _check_keeper(self):
        """Refuse whoever does not run the CRM project."""
        if not self._is_keeper():
            raise AccessError(
                self.env._(
                    "crm_project_rollout.not_keeper: This is done by the coordinator "
                    "%(coordinator)s of “%(rollout)s”, not by you.",
                    coordinator=self.rollout_id.sudo().coordinator_id.name,
                    rollout=self.rollout_id.sudo().name,
                )
            )
