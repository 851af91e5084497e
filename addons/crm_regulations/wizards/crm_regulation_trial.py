from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.crm_segmentation.models.wire_json import WireJson


class CrmRegulationTrial(models.TransientModel):
    """Tries a regulation on the past, beside another version if wanted."""

    _name = "crm.regulation.trial"
    _description = "Try a Regulation on the Past"

    regulation_id = fields.Many2one(
        "crm.regulation",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    company_id = fields.Many2one(related="regulation_id.company_id")
    other_id = fields.Many2one(
        "crm.regulation",
        string="Beside",
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('id', '!=', regulation_id)]",
        help="Another version, or another regulation, tried on the same time.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.today() - timedelta(days=365),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.today() - timedelta(days=1),
    )
    result = WireJson(readonly=True)
    other_result = WireJson(readonly=True)
    report = fields.Html(compute="_compute_report", sanitize=False)

    @api.depends("result", "other_result")
    def _compute_report(self):
        for trial in self:
            trial.report = trial.result and self._rendered(
                trial.regulation_id, trial.result, trial.other_id, trial.other_result
            )

    def action_try(self):
        """Try, and show what would have come of it; nothing is written elsewhere."""
        self.ensure_one()
        self.result = self.regulation_id.backtest(self.date_from, self.date_to)
        self.other_result = self.other_id and self.other_id.backtest(
            self.date_from, self.date_to
        )
        return self._reopen()

    def action_attach(self):
        """Keep the result with the regulation."""
        self.ensure_one()
        self.regulation_id._require_coordinator(or_manager=True)
        # What a client sends as a result is not taken for one.
        result = self.regulation_id.backtest(self.date_from, self.date_to)
        self.env["crm.regulation.backtest"]._attach(self.regulation_id, result)
        return {"type": "ir.actions.act_window_close"}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Try on the past"),
        }

    @api.model
    def _rendered(self, regulation, result, other=None, other_result=None):
        """The figures as a page.

        :param regulation: crm.regulation record
        :param result: what its ``backtest`` returned
        :param other: the regulation beside it, if any
        :param other_result: the same of the other one
        :return: HTML
        """
        columns = [(regulation, result)]
        if other and other_result:
            columns.append((other, other_result))
        return self.env["ir.qweb"]._render(
            "crm_regulations.trial_report",
            {
                "columns": columns,
                "sentences": self._sentences,
                "counted": self._counted,
                "groups": {
                    "category": self.env._("Category"),
                    "person": self.env._("Person"),
                    "team": self.env._("Team"),
                    "month": self.env._("Month"),
                },
                "states": {
                    "breached": self.env._("never"),
                    "done_late": self.env._("late"),
                    "done_on_time": self.env._("on time"),
                },
                "step_names": {
                    step.code: step.name
                    for step in (regulation | (other or regulation)).step_ids
                },
                "times": self._times,
            },
        )

    def _counted(self, counts):
        """How many came out how, in a sentence."""
        return self.env._(
            "Promises: %(count)s. On time: %(on_time)s, late: %(late)s, never: "
            "%(never)s, still open: %(open)s, cancelled: %(cancelled)s.",
            **counts,
        )

    def _sentences(self, step):
        """What the times of a step say.

        :param step: a step of what a regulation's ``backtest`` returned
        :return: list of sentences
        """
        said = [
            self.env._("Above: done within so much working time.")
            if step["in_working_time"]
            else self.env._("Above: done within so much time by the clock.")
        ]
        units = {
            "minute": self.env._("min"),
            "hour": self.env._("h"),
            "day": self.env._("d"),
        }
        for proposed in step["proposed"]:
            percent = proposed["percent"]
            if proposed["unit"]:
                length = f"{proposed['value']:g} {units[proposed['unit']]}"
                said.append(
                    self.env._(
                        "%(percent)s %% of the cases already meet %(length)s.",
                        percent=percent,
                        length=length,
                    )
                )
            else:
                said.append(
                    self.env._(
                        "Fewer than %(percent)s %% were done at all.", percent=percent
                    )
                )
        working = step["working"]
        if working["promised"] is not False:
            said.append(
                self.env._(
                    "If each took its whole time, %(promised)s working hours were "
                    "promised, and %(people)s people had %(available)s. Promises run "
                    "side by side.",
                    **working,
                )
            )
        return said

    def _times(self, example):
        """When an example began, when it was due and when it was done."""
        return self.env._(
            "(from %(start)s, due %(due)s, done %(done)s)",
            start=self._local(example["date_start"]),
            due=self._local(example["date_due"]),
            done=self._local(example["date_done"]),
        )

    def _local(self, text):
        """An instant of a result as the user's clock shows it."""
        if not text:
            return "—"
        moment = fields.Datetime.context_timestamp(
            self, fields.Datetime.to_datetime(text)
        )
        return f"{moment:%Y-%m-%d %H:%M}"
