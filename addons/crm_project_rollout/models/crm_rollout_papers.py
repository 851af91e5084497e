from odoo import models

from ..core import fit
from ..engine.page import page_words


class CrmRollout(models.Model):
    """What stands on the printed papers of a CRM project."""

    _inherit = "crm.rollout"

    def _paper_words(self):
        """How numbers and days are written, in the reader's language."""
        return page_words(self.env)

    def _fit_page(self):
        """The reasoning on fit: as it was decided, or as it stands now.

        :return: dictionary with ``decision``, ``problems``, ``statements``, ``summary``
        """
        self.ensure_one()
        decision = self.fit_decision_id
        protocol = (decision.protocol or {}) if decision else {}
        now = {
            "problems": [line._protocol_line() for line in self.problem_ids],
            "fit": [line._protocol_line() for line in self.fit_ids],
        }
        kept = {**now, **{key: protocol[key] for key in now if key in protocol}}
        found = fit.judge(
            fit.Statement(
                line["statement"],
                line["kind"],
                line["weight"],
                int(line["score"]) if line["score"] else None,
            )
            for line in kept["fit"]
        )
        return {
            "decision": decision,
            "problems": kept["problems"],
            "cost": sum(line["cost"] for line in kept["problems"]),
            "statements": kept["fit"],
            "summary": self._fit_in_words(found).splitlines(),
        }

    def _label(self, model, name, value):
        """A value of a selection in the reader's language."""
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env)).get(value, "")

    def _money(self, amount):
        return self.company_id.currency_id.with_env(self.env).format(amount)


class CrmRolloutDecision(models.Model):
    _inherit = "crm.rollout.decision"

    def _protocol_rows(self):
        """Questions and criteria of the gate as the decider saw them."""
        self.ensure_one()
        protocol = self.protocol or {}
        return protocol.get("questions", []), self._criteria_lines()
