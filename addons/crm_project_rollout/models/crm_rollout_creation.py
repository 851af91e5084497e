from odoo import Command, api, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_segmentation.core.wire import is_text


class CrmRollout(models.Model):
    """How a CRM project is made from its template, with its project and its tasks."""

    _inherit = "crm.rollout"

    def _fill_from_template(self):
        """Copy the stages of the template and make the project with its tasks."""
        self.ensure_one()
        template = self.template_id
        template._check_complete()
        if not self.project_id:
            self._unguarded().project_id = self._create_project()
        stages = self.env["crm.rollout.stage"]._unguarded()
        stages.create(
            [
                {**stage._prepare_stage_vals(), "rollout_id": self.id}
                for stage in template.stage_ids
            ]
        )
        self.sudo().stage_ids._create_tasks()

    def _create_project(self):
        return self.env["project.project"].create(
            {
                "name": self.name,
                "company_id": self.company_id.id,
                "user_id": self.coordinator_id.id,
                "type_ids": [
                    Command.create({"name": name, "sequence": sequence, "fold": fold})
                    for sequence, (name, fold) in enumerate(
                        [
                            (self.env._("To do"), False),
                            (self.env._("In progress"), False),
                            (self.env._("Done"), True),
                        ]
                    )
                ],
            }
        )

    @api.model
    def create_from_template(self, template_id, values):
        """Create a CRM project with its seven stages and its project, and start it.

        :param template_id: id of a ``crm.rollout.template``
        :param values: ``{"sponsor_id": …}`` and, if the default is not right,
            ``name``, ``coordinator_id`` (the caller), ``company_id`` (the caller's),
            ``project_id`` (a new project)
        :return: the id of the ``crm.rollout``, running, its first stage open
        :raises ValidationError: the template, a key or a value is wrong; each message
            begins with a code
        """
        template = self._known("crm.rollout.template", "template_id", template_id)
        template._check_complete()
        vals = self._check_start_values(values)
        company = self.env["res.company"].browse(vals["company_id"])
        vals.setdefault(
            "name",
            self.env._(
                "CRM project of %(company)s (%(template)s)",
                company=company.name,
                template=template.name,
            ),
        )
        rollout = self.with_company(company).create(
            {**vals, "template_id": template.id}
        )
        rollout.action_start()
        return rollout.id

    _value_models = {
        "coordinator_id": "res.users",
        "sponsor_id": "res.users",
        "company_id": "res.company",
        "project_id": "project.project",
    }

    def _check_start_values(self, values):
        """The values of :meth:`create_from_template`, checked and completed."""
        if not isinstance(values, dict):
            self._refuse_value("values", values)
        unknown = sorted(map(str, values.keys() - {"name", *self._value_models}))
        if unknown:
            raise ValidationError(
                self.env._(
                    "crm_project_rollout.unknown_values: %(unknown)s cannot be given. "
                    "Possible are: %(known)s.",
                    unknown=", ".join(unknown),
                    known=", ".join(sorted({"name", *self._value_models})),
                )
            )
        vals = {key: value for key, value in values.items() if value}
        vals.setdefault("company_id", self.env.company.id)
        vals.setdefault("coordinator_id", self.env.uid)
        if "sponsor_id" not in vals:
            self._refuse_sponsor_missing()
        for key, model in self._value_models.items():
            if key in vals:
                self._known(model, key, vals[key])
        if not is_text(vals.get("name", "")):
            self._refuse_value("name", vals["name"])
        if vals["company_id"] not in self.env.companies.ids:
            self._refuse_value("company_id", vals["company_id"])
        return vals

    def _known(self, model, key, record_id):
        """The record with an id that the caller may see, else a clear refusal."""
        is_id = isinstance(record_id, int) and not isinstance(record_id, bool)
        record = self.env[model]
        if is_id:
            # Who has left is told apart from who never was: see _check_not_left.
            everybody = record.with_context(active_test=model != "res.users")
            record = everybody.search([("id", "=", record_id)]).with_env(self.env)
        if record:
            return record
        return self._refuse_value(key, record_id)

    def _refuse_value(self, key, value):
        codes = {
            "template_id": "unknown_template",
            "coordinator_id": "unknown_user",
            "sponsor_id": "unknown_user",
            "user_id": "unknown_user",
            "company_id": "unknown_company",
            "project_id": "unknown_project",
        }
        code = codes.get(key, "wrong_value")
        raise ValidationError(
            self.env._(
                "crm_project_rollout.%(code)s: %(key)s cannot be %(value)s: there is "
                "no such record, or you have no access to it. Give the id of a record "
                "that you can open.",
                code=code,
                key=key,
                value=repr(value)[:80],
            )
            if code != "wrong_value"
            else self.env._(
                "crm_project_rollout.wrong_value: %(key)s cannot be %(value)s. Give "
                "“values” as names with values, and “name” as text.",
                key=key,
                value=repr(value)[:80],
            )
        )

    def _refuse_sponsor_missing(self):
        raise ValidationError(
            self.env._(
                "crm_project_rollout.sponsor_missing: A CRM project needs a sponsor "
                "who decides at every gate. Name one, best the head of the company."
            )
        )
