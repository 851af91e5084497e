from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class CrmRolloutRecord(models.AbstractModel):
    """What is written down while one stage is worked on, and frozen with its gate.

    It may be prepared before the stage opens. Once the stage is passed or the CRM
    project has ended nobody changes it any more, whatever the rights.
    """

    _name = "crm.rollout.record"
    _inherit = ["crm.rollout.guarded"]
    _description = "Record of a Stage of a CRM Project"

    _guarded_on_write = frozenset({"rollout_id"})
    _stage_number = 6
    #: Fields with people of the company.
    _people_fields = ()

    rollout_id = fields.Many2one(
        "crm.rollout",
        string="CRM Project",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="rollout_id.company_id", store=True, index=True
    )
    is_locked = fields.Boolean(
        compute="_compute_is_locked", help="The stage is passed; nothing changes here."
    )

    @api.depends("rollout_id.stage_ids.state", "rollout_id.state")
    def _compute_is_locked(self):
        for record in self:
            stage = record._stage()
            record.is_locked = bool(stage) and stage._is_locked()

    def _stage(self):
        """The stage that the record belongs to, with full rights."""
        return self.sudo().rollout_id.stage_ids.filtered(
            lambda stage: stage.number == self._stage_number
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # Also where somebody outside may write, such as into the trial run.
        records.rollout_id.check_access("read")
        records._check_may_be_added()
        records._check_people()
        return records

    def write(self, vals):
        self._check_not_history()
        done = super().write(vals)
        if vals.keys() & set(self._people_fields):
            self._check_people()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        self._check_not_history()

    def _check_may_be_added(self):
        self._check_not_history()

    def _check_not_history(self):
        if self._is_unguarded():
            return
        for rollout in self.rollout_id:
            stage = self.filtered(lambda r, rollout=rollout: r.rollout_id == rollout)
            stage = stage._stage()
            if stage and stage._is_locked():
                stage._refuse_closed()

    def _check_people(self):
        for record in self:
            for name in record._people_fields:
                for user in record[name].sudo():
                    record._check_insider(user)

    def _check_insider(self, user):
        company = self.rollout_id.sudo().company_id
        if user.share or company not in user.company_ids:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.person_outside: %(user)s does not work in "
                    "%(company)s. Choose somebody who does, or give this user the "
                    "company first.",
                    user=user.name,
                    company=company.name,
                )
            )

    def _is_keeper(self):
        """Whether the present user runs the CRM project: coordinator or sponsor."""
        user = self.env.user
        rollout = self.rollout_id.sudo()
        return (
            user in rollout.coordinator_id | rollout.sponsor_id
            or user.has_group("crm_segmentation.group_crm_coordinator")
            or user.has_group("base.group_system")
        )

    def _check_may_act(self, people):
        """Refuse whoever is neither one of these people nor runs the CRM project."""
        if self.env.user in people or self._is_keeper():
            return
        names = (people | self.rollout_id.sudo().coordinator_id).sudo().mapped("name")
        raise AccessError(
            self.env._(
                "crm_project_rollout.not_yours: “%(record)s” is in the hands of "
                "%(people)s. Ask one of them.",
                record=self.display_name,
                people=", ".join(names),
            )
        )

    def _check_known_ids(self, model, ids, key):
        """The records of ids that came over the wire, else a clear refusal."""
        is_list = isinstance(ids, list | tuple) and all(
            isinstance(id_, int) and not isinstance(id_, bool) for id_ in ids
        )
        found = self.env[model].browse(ids if is_list else []).exists()
        if not is_list or len(found) != len(set(ids)):
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.unknown_ids: %(key)s cannot be %(value)s. "
                    "Give a list of ids of records that you can open.",
                    key=key,
                    value=repr(ids)[:80],
                )
            )
        return found

    def _refuse_guarded(self, names):
        if not names:
            return
        labels = [self._fields[name].string for name in sorted(names)]
        raise AccessError(
            self.env._(
                "crm_project_rollout.field_is_guarded: %(model)s: %(fields)s cannot be "
                "written directly. Use the buttons of the record: they note who did it "
                "and when.",
                model=self.env["ir.model"]._get(self._name).sudo().name,
                fields=", ".join(labels),
            )
        )
