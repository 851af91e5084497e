from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..core.judge import Heard
from ..core.step import VOID
from ..engine.settling import settle

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
            version: ``keep`` or ``cancel``
        :return: True
        :raises UserError: the regulation is incomplete or not a draft
        """
        self._require_coordinator()
        self._require_state("draft", "review")
        if open_obligations not in ("keep", "cancel"):
            raise UserError(
                self.env._(
                    "crm_regulations.open_obligations: “%(given)s” is not known. Say "
                    "“keep” or “cancel”.",
                    given=open_obligations,
                )
            )
        self._check_complete()
        self._settle_approval()
        for regulation in self.sudo():
            previous = regulation._in_force()
            previous._retire(cancel=open_obligations == "cancel")
            regulation.write(
                {
                    "spec": regulation._compile(),
                    "state": "published",
                    "date_published": fields.Datetime.now(),
                }
            )
        self.env.registry.clear_cache()
        return True

    def action_retire(self):
        """Take a published regulation out of force; its open obligations stay.

        :return: True
        """
        self._require_coordinator()
        self._require_state("published")
        self.sudo()._retire()
        self.env.registry.clear_cache()
        return True

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

    def _in_force(self):
        """The version of the regulation that is in force, possibly none."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("code", "=", self.code),
                ("state", "=", "published"),
            ],
            limit=1,
        )

    def _retire(self, cancel=False):
        self.write({"state": "retired"})
        if cancel:
            owed = self.env["crm.obligation"].search(
                [("regulation_id", "in", self.ids), ("date_end", "=", False)]
            )
            now = fields.Datetime.now()
            note = self.env._("A new version was published.")
            told = {
                o.id: [Heard(now, VOID, "new_version", condition=-1, only=o.fact_key)]
                for o in owed
            }
            settle(owed, kinds=(), told=told, note=note)

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
