from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.repair import Repair


class CrmRegulationRepair(models.TransientModel):
    """Replays the history of a regulation and shows what it says of its promises."""

    _name = "crm.regulation.repair"
    _description = "Repair Promises from the History"

    regulation_id = fields.Many2one(
        "crm.regulation",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
        domain=[("state", "in", ("published", "retired"))],
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.today() - timedelta(days=30),
    )
    date_to = fields.Date(string="To", required=True, default=fields.Date.today)
    was_looked = fields.Boolean()
    silence = fields.Char(
        help="What Odoo's history does not tell, so that it cannot be repaired."
    )
    line_ids = fields.One2many("crm.regulation.repair.line", "repair_id")

    def action_look(self):
        """Show what differs; nothing is changed."""
        self.ensure_one()
        self._check_usable()
        missing, different = self._repair().findings()
        lines = [self._missing_line(found) for found in missing]
        lines += [self._different_line(found) for found in different]
        self.line_ids.unlink()
        self.write(
            {
                "was_looked": True,
                "silence": self._silence(),
                "line_ids": [fields.Command.create(line) for line in lines],
            }
        )
        return self._reopen()

    def action_apply(self):
        """Make promises as the history says, those that are chosen."""
        self.ensure_one()
        self._check_usable()
        chosen = {line.key: line.after for line in self.line_ids if line.is_chosen}
        repair = self._repair()
        missing, different = repair.findings()
        # What has changed since it was shown was not agreed to.
        missing = [m for m in missing if self._missing_line(m)["key"] in chosen]
        different = [
            d
            for d in different
            for line in [self._different_line(d)]
            if chosen.get(line["key"]) == line["after"]
        ]
        repair.apply(missing, different)
        return self.action_look()

    def _check_usable(self):
        self.env["crm.regulation"]._require_coordinator()
        self.regulation_id.check_access("read")
        if not self.regulation_id.spec:
            raise UserError(
                self.env._(
                    "crm_regulations.repair: %(name)s has never been in force, so it "
                    "has made no promises.",
                    name=self.regulation_id.display_name,
                )
            )
        if self.date_to < self.date_from:
            raise UserError(
                self.env._(
                    "crm_regulations.repair: The time ends before it begins; exchange "
                    "the two days."
                )
            )

    def _repair(self):
        start = datetime.combine(self.date_from, datetime.min.time())
        end = datetime.combine(self.date_to, datetime.min.time()) + timedelta(days=1)
        regulation = self.regulation_id.sudo().with_context(active_test=False)
        begin = regulation.date_from or regulation.date_published
        return Repair(regulation, max(start, begin), end)

    def _silence(self):
        return self.regulation_id.sudo()._silence() or False

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    # --- lines ----------------------------------------------------------------

    def _missing_line(self, found):
        beginning = found.beginning
        record = self.env[beginning.rule.res_model].sudo().browse(beginning.res_id)
        return {
            "key": f"missing:{found.step_id}:{beginning.key}",
            "name": record.display_name,
            "before": self.env._("not promised"),
            "after": self.env._(
                "promised, from %(date)s (UTC)", date=beginning.fact.date
            ),
        }

    def _different_line(self, found):
        obligation = found.obligation
        names = {
            "state": self.env._("state"),
            "date_due": self.env._("due"),
            "date_done": self.env._("done"),
            "evidence_grade": self.env._("proof"),
        }

        def told(place):
            return ", ".join(
                f"{names[name]}: {self._in_words(obligation, name, pair[place])}"
                for name, pair in found.changes.items()
            )

        return {
            "key": f"different:{obligation.id}",
            "obligation_id": obligation.id,
            "name": f"{obligation.name}: {obligation.res_name or ''}",
            "before": told(0),
            "after": told(1),
        }

    @api.model
    def _in_words(self, obligation, name, value):
        field = obligation._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        return str(value) if value else "–"


class CrmRegulationRepairLine(models.TransientModel):
    _name = "crm.regulation.repair.line"
    _description = "Difference between a Promise and the History"

    repair_id = fields.Many2one(
        "crm.regulation.repair", required=True, ondelete="cascade"
    )
    key = fields.Char(required=True, readonly=True)
    is_chosen = fields.Boolean(string="Take over", default=True)
    obligation_id = fields.Many2one("crm.obligation", readonly=True, ondelete="cascade")
    name = fields.Char(string="Promise", readonly=True)
    before = fields.Char(string="As it stands", readonly=True)
    after = fields.Char(string="As the history says", readonly=True)
