from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import is_id

from ..engine import figures
from .crm_control_board import GROUPS

# What a row of the control board is about → the field of the corrective action.
ABOUT = {
    "regulation": "regulation_id",
    "department": "department_id",
    "person": "user_id",
}


class CrmObligationReport(models.Model):
    """From a bad row of the control board to a corrective action."""

    _inherit = "crm.obligation.report"

    @api.model
    def control_board(self, date_from, date_to, group_by="regulation"):
        board = super().control_board(date_from, date_to, group_by=group_by)
        may = self.env["crm.corrective.action"].has_access("create")
        return {**board, "may_correct": may and group_by in ABOUT}

    @api.model
    def corrective_action(self, date_from, date_to, group_by, row_id):
        """A new corrective action about a row of the board, or the one that is open.

        Nothing is saved: the form opens filled in. Of a person and of a department the
        regulation is proposed that is broken most.

        :param date_from: first day of the board, ``2026-05-01``
        :param date_to: its last day
        :param group_by: regulation, department or person
        :param row_id: the ``id`` of the row
        :return: a window action
        :raises UserError: no such days, no such grouping or row
        :raises AccessError: who may make no corrective actions
        """
        actions = self.env["crm.corrective.action"]
        actions.check_access("create")
        start, stop = self._corrected_time(date_from, date_to)
        if not (isinstance(group_by, str) and group_by in ABOUT and is_id(row_id)):
            raise self._no_such_row()
        column, text = GROUPS[group_by], fields.Datetime.to_string
        domain = [*self._board_domain(start, stop), [column, "=", row_id]]
        tallies, _causes = figures.broken(self.env, domain)
        rules = {id_: tally.broken for id_, tally in tallies.items() if id_}
        if not rules:
            raise self._no_such_row()
        worst = max(rules, key=lambda id_: (rules[id_], -id_))
        about = {"regulation_id": worst, ABOUT[group_by]: row_id}
        regulation = self.env["crm.regulation"].sudo().browse(worst)
        about["company_id"] = regulation.company_id.id
        found = actions.search(self._corrected_already(about, regulation), limit=1)
        context = {f"default_{name}": value for name, value in about.items()}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Corrective action"),
            "res_model": actions._name,
            "res_id": found.id,
            "views": [[False, "form"]],
            "context": {
                **context,
                "default_date_from": text(start),
                "default_date_to": text(stop),
            },
        }

    def _corrected_time(self, date_from, date_to):
        """The time of the board as far as it is over."""
        first, last = self._board_days(date_from, date_to)
        start, end = self._board_instant(first), self._board_instant(last, days=1)
        now = fields.Datetime.now()
        if start >= now:
            raise self._no_such_row()
        return start, min(end, now)

    def _corrected_already(self, about, regulation):
        """The open action about the same, whichever version it was made of."""
        return [
            ("state", "=", "open"),
            ("company_id", "=", about["company_id"]),
            ("code", "=", regulation.code),
            ("user_id", "=", about.get("user_id", False)),
            ("department_id", "=", about.get("department_id", False)),
        ]

    def _no_such_row(self):
        return UserError(
            self.env._(
                "crm_regulations.corrective_row: In these days there is no such row of "
                "the control board. Give the id of a row that was grouped by one of "
                "these: %(known)s.",
                known=", ".join(ABOUT),
            )
        )
