from odoo import models


class CrmRollout(models.Model):
    """What other files of the CRM project know; each extends its own with ``super()``.

    The figures, the act and the chain are read from here, so that they neither know
    nor care which stage keeps the records.
    """

    _inherit = "crm.rollout"

    def _departments_in_scope(self):
        """The departments that take part: all that have people, unless somebody chose.

        :return: ``{rollout: hr.department records}``
        """
        everything = self.env["hr.department"].search(
            [
                ("company_id", "in", [*self.company_id.ids, False]),
                ("member_ids", "!=", False),
            ]
        )
        return {
            rollout: everything.filtered(
                lambda department, company=rollout.company_id: (
                    department.company_id <= company
                )
            )
            for rollout in self
        }

    def _goal_lines(self):
        """Target against actual of the goals, for the act and the status.

        :return: list of dictionaries with ``name``, ``unit``, ``baseline``, ``target``,
            ``actual`` (numbers or False), ``date`` (text), ``verdict`` (in words),
            ``cause`` (why it differs, in words) and ``is_watched`` (whether it is an
            extra result without a target); ``unit_code`` and ``verdict_code`` are for
            reading them in another language
        """
        self.ensure_one()
        return []

    def _goal_lines_in_words(self, lines):
        """Lines of :meth:`_goal_lines` that were kept, in the reader's language."""
        return lines

    def _verdict_proposal(self):
        """What the rule of success says about the CRM project as a whole.

        :return: ``reached``, ``partly``, ``missed``, or False when there is no rule
        """
        self.ensure_one()
        return False

    def _verdict_rule_text(self):
        """The rule of success, word for word as it was frozen; empty without one."""
        self.ensure_one()
        return ""

    def _risk_lines(self):
        """The risks that matter now, for the status.

        :return: list of dictionaries with ``name``, ``level``, ``owner``, ``response``
        """
        self.ensure_one()
        return []

    def _health_text(self):
        """How the CRM project is, in one sentence; empty if nobody computes it."""
        self.ensure_one()
        return ""

    def _take_over(self, improvements):
        """Make the problems of this new CRM project from improvements of the last one.

        :param improvements: ``crm.rollout.improvement`` records
        """
        self.ensure_one()

    def _chain_records(self):
        """The first links of the chain: problems and goals.

        :return: ``{"problem": (model name, records), "goal": (model name, records)}``,
            without what is not there
        """
        self.ensure_one()
        return {}

    def _chain_links(self):
        """How problems, goals and tasks hang together.

        :return: list of pairs of nodes, such as ``(("problem", 1), ("goal", 5))`` and
            ``(("goal", 5), ("task", 9))``
        """
        self.ensure_one()
        return []
