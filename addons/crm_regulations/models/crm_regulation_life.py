from odoo import fields, models
from odoo.exceptions import AccessError, UserError

COORDINATOR = "crm_segmentation.group_crm_coordinator"


class CrmRegulation(models.Model):
    """From the draft to the version that is retired."""

    _inherit = "crm.regulation"

    def action_submit(self):
        """Hand a draft over for approval.

        :return: True
        """
        self._require_coordinator()
        self._require_state("draft")
        self._check_complete()
        self.sudo().write({"state": "review"})
        return True

    def action_publish(self, open_obligations="keep"):
        """Put the regulation into force; the previous version is retired.

        :param open_obligations: what becomes of the open obligations of the previous
            version: ``keep``, ``retarget`` (measured by the new version, the time that
            has passed counts) or ``cancel``
        :return: True
        :raises UserError: the regulation is incomplete or not a draft
        """
        self._require_coordinator()
        self._require_state("draft", "review")
        choices = dict(self._fields["open_obligations"].selection)
        if not isinstance(open_obligations, str) or open_obligations not in choices:
            raise UserError(
                self.env._(
                    "crm_regulations.open_obligations: “%(given)s” is not known. Say "
                    "“keep”, “retarget” or “cancel”.",
                    given=open_obligations,
                )
            )
        self._check_complete()
        self._settle_approval()
        for regulation in self.sudo():
            regulation.write(
                {
                    "spec": regulation._compile(),
                    "state": "published",
                    "date_published": fields.Datetime.now(),
                }
            )
            regulation._take_over(open_obligations)
        self.env.registry.clear_cache()
        return True

    def action_retire(self):
        """Take a published regulation out of force; its open obligations stay.

        :return: True
        """
        self._require_coordinator()
        self._require_state("published")
        self.sudo()._retire()
        return True

    def _retire(self):
        """No new promises from now on; superuser."""
        self.write({"state": "retired"})

    def action_new_version(self):
        """Open the draft of the next version; it is made when there is none.

        :return: a window action
        """
        self.ensure_one()
        self._require_coordinator()
        last = self.search(
            [("company_id", "=", self.company_id.id), ("code", "=", self.code)],
            order="version desc",
            limit=1,
        )
        draft = last
        if last.state in ("published", "retired"):
            version = last.version + 1
            draft = self.sudo().copy(
                {"code": self.code, "version": version, "origin_id": self.id}
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def _compile(self):
        """The regulation in the form that the engine reads and that never changes."""
        self.ensure_one()
        return {
            "trigger_domain": self._parse_domain(self.trigger_domain),
            "fact_domain": self._parse_domain(self.fact_domain),
            "settings": self._compile_settings(),
            "interaction_type_ids": (
                self.interaction_type_ids.ids
                if self.trigger_kind == "interaction"
                else []
            ),
            "type_ids": self.counterparty_type_ids.ids,
            "segment_ids": self.segment_ids.ids,
            "sale_kind_ids": self.sale_kind_ids.ids,
            "scope_domain": self._parse_domain(self.scope_domain),
            "date_from": fields.Datetime.to_string(self.date_from) or False,
            "is_additional": self.is_additional,
            "steps": [step._compile() for step in self.step_ids],
        }

    def _compile_settings(self):
        """What the kind of facts must know besides the filter."""
        if self.trigger_kind == "date_reached":
            return {
                "date_field": self.trigger_date_field,
                "offset_hours": self.trigger_offset_hours,
            }
        if self.trigger_kind == "document_overdue":
            return {"offset_hours": self.trigger_offset_hours}
        if self.trigger_kind == "purchase_late":
            return {"factor": self.trigger_factor}
        return {}

    def _check_complete(self):
        for regulation in self:
            if not regulation.step_ids:
                raise UserError(
                    self.env._(
                        "crm_regulations.incomplete: %(name)s promises nothing yet. "
                        "Add at least one step.",
                        name=regulation.display_name,
                    )
                )
            regulation.step_ids._check_usable()

    def _require_state(self, *states):
        names = dict(self._fields["state"]._description_selection(self.env))
        for regulation in self:
            if regulation.state not in states:
                raise UserError(
                    self.env._(
                        "crm_regulations.wrong_state: %(name)s is “%(state)s”; this "
                        "can be done only while it is: %(wanted)s.",
                        name=regulation.display_name,
                        state=names[regulation.state],
                        wanted=", ".join(names[state] for state in states),
                    )
                )

    def _require_coordinator(self, or_manager=False):
        user = self.env.user
        allowed = self.env.su or user.has_group(COORDINATOR)
        if or_manager:
            allowed = allowed or user.has_group("sales_team.group_sale_manager")
        if not allowed:
            raise AccessError(
                self.env._(
                    "crm_regulations.coordinator_only: This is the CRM coordinator's "
                    "work. Ask the coordinator, or an administrator for the role."
                )
            )
        self.check_access("read")
