from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.chain import KINDS, RULES
from ..engine.chain import Chain


class ProjectTask(models.Model):
    """What a task of a CRM project brings about."""

    _inherit = "project.task"

    crm_segment_ids = fields.Many2many(
        "crm.segment",
        "crm_rollout_task_segment_rel",
        string="For Categories",
        help="The categories of customers that the task is for.",
    )
    crm_regulation_ids = fields.Many2many(
        "crm.regulation",
        "crm_rollout_task_regulation_rel",
        string="Brings Regulations",
        help="The regulations that come of the task.",
    )
    has_crm_rollout = fields.Boolean(compute="_compute_has_crm_rollout")

    @api.constrains("crm_segment_ids", "crm_regulation_ids", "project_id")
    def _check_crm_chain_company(self):
        """Everybody of the CRM project reads the chain: it stays in the company."""
        for task in self.sudo():
            company = task.project_id.crm_rollout_ids.company_id
            brought = [*task.crm_segment_ids, *task.crm_regulation_ids]
            for record in brought if company else ():
                if record.company_id != company:
                    raise ValidationError(
                        self.env._(
                            "crm_project_rollout.chain_other_company: “%(record)s” "
                            "belongs to %(other)s, the CRM project of the task "
                            "“%(task)s” to %(company)s. Choose one of %(company)s.",
                            record=record.display_name,
                            other=record.company_id.name,
                            task=task.name,
                            company=company.name,
                        )
                    )

    def _compute_has_crm_rollout(self):
        for task in self:
            task.has_crm_rollout = bool(task.sudo().project_id.crm_rollout_ids)


class CrmRollout(models.Model):
    """From any problem to its result and back, and where the chain is broken."""

    _inherit = "crm.rollout"

    def chain(self, kind, record_id):
        """What leads to a record and what follows from it.

        :param kind: ``problem``, ``goal``, ``task``, ``segment``, ``regulation`` or
            ``promises`` (of the regulation with that id)
        :param record_id: its id
        :return: list of dictionaries in the order of the chain: ``kind``, ``label``,
            ``model``, ``records`` (``id``, ``name``, and of promises ``figures``: how
            many in which state)
        :raises ValidationError: there is no such link in this CRM project
        """
        self.ensure_one()
        self.check_access("read")
        chain = Chain(self.sudo())
        if not isinstance(kind, str) or type(record_id) is not int:
            self._refuse_link(kind, record_id)
        if (kind, record_id) not in chain.names:
            self._refuse_link(kind, record_id)
        labels = self._chain_labels()
        return [
            {
                "kind": of_kind,
                "label": labels[of_kind],
                "model": chain.models.get(of_kind, ""),
                "records": [
                    {
                        "id": id_,
                        "name": chain.names.get((of_kind, id_), ""),
                        "figures": chain.figures.get(id_, {})
                        if of_kind == "promises"
                        else {},
                    }
                    for id_ in ids
                ],
            }
            for of_kind, ids in chain.reach((kind, record_id)).items()
        ]

    def gaps(self):
        """The broken links of the chain.

        :return: list of dictionaries: ``code``, ``name`` (what is wrong), ``count``,
            ``model``, ``ids``
        """
        self.ensure_one()
        self.check_access("read")
        chain = Chain(self.sudo())
        found, words = chain.gaps(), self._gap_words()
        return [
            {
                "code": rule.code,
                "name": words[rule.code],
                "count": len(found[rule.code]),
                "model": chain.models.get(rule.kind, ""),
                "ids": found[rule.code],
            }
            for rule in RULES
            if rule.kind in chain.models
        ]

    def action_open_gaps(self):
        """Show the broken links."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["crm.rollout.gaps"].create({"rollout_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Chain and gaps"),
            "res_model": "crm.rollout.gaps",
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _chain_models(self):
        """Kind → model of what a chain can be asked of.

        Whoever adds problems and goals adds their models here with ``super()``.
        """
        return {
            "task": "project.task",
            "segment": "crm.segment",
            "regulation": "crm.regulation",
        }

    def _chain_labels(self):
        words = (
            self.env._("Problems"),
            self.env._("Goals"),
            self.env._("Tasks"),
            self.env._("Categories"),
            self.env._("Regulations"),
            self.env._("Promises"),
        )
        return dict(zip(KINDS, words, strict=True))

    def _gap_words(self):
        return {
            "problem_without_goal": self.env._("Problems without a goal"),
            "goal_without_task": self.env._("Goals without a task"),
            "task_without_effect": self.env._(
                "Tasks that are for no category and bring no regulation"
            ),
            "category_without_regulation": self.env._(
                "Categories without a regulation"
            ),
            "regulation_without_promise": self.env._(
                "Regulations that never led to a promise"
            ),
        }

    def _refuse_link(self, kind, record_id):
        raise ValidationError(
            self.env._(
                "crm_project_rollout.unknown_link: “%(rollout)s” has no %(kind)s with "
                "the id %(id)s in its chain. Kinds are: %(kinds)s.",
                rollout=self.name,
                kind=repr(kind)[:40],
                id=repr(record_id)[:40],
                kinds=", ".join(KINDS),
            )
        )
