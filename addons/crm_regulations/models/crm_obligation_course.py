from functools import partial

from odoo import api, fields, models
from odoo.tools.mail import plaintext2html

from ..core.case import Heard
from ..core.step import CANCEL, VOID
from ..engine import sweep
from ..engine.guard import repeated
from ..engine.settling import settle, settle_new


class CrmObligation(models.Model):
    """What the engine does to promises between their beginning and their end."""

    _inherit = "crm.obligation"

    def _rule_step(self):
        """The frozen step by which it is judged."""
        self.ensure_one()
        rule = self.env["crm.regulation"]._rule_of(self.regulation_id.sudo())
        return rule.step(self.step_id.id).limited(self.segment_id.sudo())

    @api.model
    def _after_opening(self, rows):
        """Log the opening and take proof that is there already.

        :param rows: {id: its columns} of new promises
        """
        self.env["crm.obligation.event"]._add(
            [
                *(
                    {"obligation_id": id_, "kind": "opened", "note": row["fact_note"]}
                    for id_, row in rows.items()
                ),
                *self._covered(rows),
            ]
        )
        settle_new(self.env, rows)
        now = fields.Datetime.now()
        if any(row["next_check"] and row["next_check"] <= now for row in rows.values()):
            self._wake_sweep()

    @api.model
    def _covered(self, rows):
        """Lines for the log: instead of which more general regulations these are.

        :param rows: {id: its columns} of new promises
        """
        regulations = self.env["crm.regulation"]
        book = regulations._book()
        for id_, row in rows.items():
            rule = book.published(row["regulation_id"])
            for other in book.replaced_by(rule) if rule else ():
                if other.is_time(row["date_fact"]):
                    general = regulations.browse(other.regulation_id)
                    yield {
                        "obligation_id": id_,
                        "kind": "covers",
                        "key": str(general.id),
                        "note": general.display_name,
                    }

    @api.model
    def _end_deleted(self, model, ids):
        """Nothing is left to do about records that are gone."""
        owed = self.search(
            [
                ("res_model", "=", model),
                ("res_id", "in", ids),
                ("date_end", "=", False),
            ]
        )
        now = fields.Datetime.now()
        note = self.env._("The record it was about was deleted.")
        told = {
            o.id: [Heard(now, CANCEL, "deleted", condition=-1, only=o.fact_key)]
            for o in owed
        }
        settle(owed, kinds=(), told=told, note=note)

    def _take_back(self, note):
        """Cancel what a decision about its regulation has ended.

        :param note: why, in words
        """
        now = fields.Datetime.now()
        told = {
            o.id: [Heard(now, VOID, "new_version", condition=-1, only=o.fact_key)]
            for o in self
        }
        settle(self, kinds=(), told=told, note=note)

    def _move(self, record):
        """Follow the record into which the one they are about was merged."""
        for model, group in self.grouped("res_model").items():
            for res_id, same in group.grouped("res_id").items():
                same._log("moved", key=f"{model},{res_id}")
        about = self.filtered(lambda o: o.res_model == record._name)
        about.write({"res_id": record.id})
        if record._name == "crm.lead":
            self.write({"lead_id": record.id})

    def _pass_to(self, user, note="", absent=None):
        """Somebody else owes it from now on, possibly nobody.

        :param user: the person
        :param note: why, in words; else from whom to whom
        :param absent: who gets it back after an absence, if anybody does
        """
        if not self:
            return
        now = fields.Datetime.now()
        self.env["crm.obligation.event"]._add(
            {
                "obligation_id": obligation.id,
                "kind": "reassigned",
                "key": f"{obligation.user_id.id}:{now}",
                "note": note
                or self.env._(
                    "From %(before)s to %(after)s.",
                    before=obligation.user_id.name or self.env._("nobody"),
                    after=user.name or self.env._("nobody"),
                ),
            }
            for obligation in self
        )
        self.activity_ids.unlink()
        self.write(
            {"user_id": user.id, "absent_user_id": absent.id if absent else False}
        )
        self.filtered(lambda o: o.mode != "silent")._create_activities()

    def _log(self, kind, key="", note=False, by_person=False):
        """One event per obligation; the same one twice is one."""
        self.env["crm.obligation.event"]._add(
            {
                "obligation_id": obligation.id,
                "kind": kind,
                "key": key,
                "note": note or None,
                "by_person": by_person,
            }
            for obligation in self
        )

    def _create_activities(self):
        """An activity per obligation on the page where the work is done.

        One that was passed on before anybody was told has it already.
        """
        fresh = self.filtered(lambda o: o.user_id and not o.activity_ids)
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        pages = {owed: owed._activity_place() for owed in fresh}
        values = [
            {
                "obligation_id": obligation.id,
                "activity_type_id": todo.id if todo else False,
                "res_model_id": self.env["ir.model"]._get_id(model),
                "res_id": record_id,
                "user_id": obligation.user_id.id,
                "summary": obligation.name,
                "note": plaintext2html(obligation.regulation_id.purpose or ""),
                "date_deadline": fields.Datetime.context_timestamp(
                    obligation, obligation.date_due
                ).date(),
            }
            for user, owed in fresh.grouped("user_id").items()
            for obligation in owed.with_context(lang=user.lang, tz=user.tz)
            for model, record_id in [pages[obligation]]
            if record_id
        ]
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        for model in {model for model, _id in pages.values()}:
            # Odoo will ask for the names one by one; now they are read at once.
            ids = {id_ for place, id_ in pages.values() if place == model and id_}
            quick.env[model].browse(ids).mapped("display_name")
        quick.create(values)

    def _activity_place(self):
        """Model and id of the page: the subject, else the lead, else the customer."""
        if "activity_ids" in getattr(self.env.get(self.res_model), "_fields", ()):
            return self.res_model, self.res_id
        if self.lead_id:
            return "crm.lead", self.lead_id.id
        return "res.partner", self.partner_id.id

    def _end_activities(self):
        """Finish the activities of what was done, and drop those of the rest."""
        done = self.filtered(lambda o: o.state in ("done_on_time", "done_late"))
        (self - done).activity_ids.unlink()
        activities = done.activity_ids.filtered("active")
        if activities:
            activities.with_context(crm_obligation_closed=True).action_done()

    @api.model
    def _cron_sweep(self):
        """Remind, warn and mark what is overdue, batch by batch, each committed.

        First promises find those who are there; last, people are told.
        """
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        repeated(self.env, self.env["crm.absence"]._keep)
        remaining = self.search_count([("next_check", "<", now)], limit=100_000)
        cron._commit_progress(remaining=remaining)
        for done in self._swept(now):
            if not cron._commit_progress(done):
                break
        notices = self.env["crm.obligation.notice"]
        while repeated(self.env, partial(notices._tell_some, now)):
            # What is left when the time is over is told by the next run.
            if not cron._commit_progress(0):
                break

    @api.model
    def _swept(self, now):
        """Look at all that is due, batch by batch.

        :return: how many each time, when they are committed
        """
        since = None
        while True:
            begin = since
            done, since = repeated(self.env, partial(self._sweep_on, now, begin))
            if done:
                yield done
            elif begin is None:
                return
            # Else what was locked or became due behind us comes at last.

    @api.model
    def _sweep_batch(self, now):
        """Look at one batch; returns how many, 0 when nothing is left."""
        return self._sweep_on(now, None)[0]

    @api.model
    def _sweep_on(self, now, since):
        """Look at the next batch.

        :param since: where the batch before ended; None for the first
        :return: (how many, where they end)
        """
        batch, end = sweep.due_batch(self.env, now, since)
        sweep.advance(batch, now)
        self.env.flush_all()
        return len(batch), end

    @api.model
    def _wake_sweep(self):
        """Have the sweep look right after the commit."""
        precommit = self.env.cr.precommit
        # Forgotten by a rollback, as the trigger is.
        if not precommit.data.get("crm_regulations.sweep"):
            precommit.data["crm_regulations.sweep"] = True
            precommit.add(self.sudo()._trigger_sweep)

    @api.model
    def _trigger_sweep(self):
        id_ = self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_regulations.ir_cron_sweep"
        )
        if id_:
            self.env["ir.cron"].browse(id_)._trigger()
