from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.crm_segmentation.core.instants import parse_instant
from odoo.addons.crm_segmentation.core.wire import LONGEST_LINE, is_text

from ..core.script import filled
from .crm_script_line import RESULTS

# With these nobody was spoken to.
_NOBODY = ("not_reached", "wrong_number")
_LONGEST_HOURS = 24


class CrmScriptTalk(models.Model):
    """A talk by a script from line to line, its end, and what follows from it."""

    _inherit = "crm.script.talk"

    def answer(self, number, answer, note=""):
        """Say what was answered.

        :param number: how many answers there were before, as :meth:`now` tells; so a
            repeated request changes nothing
        :param answer: which answer of the line, from 1
        :param note: what else was said
        :return: what :meth:`now` returns, with ``status``: updated or unchanged
        :raises UserError: the talk is over, or the line has no such answer
        """
        self._require_own()
        self._check_note(note)
        said = self.sudo().line_ids
        if type(number) is int and 0 <= number < len(said):
            if said[number].answer_number == answer:
                return {**self.now(), "status": "unchanged"}
            raise self._error(
                self.env._(
                    "answer %(number)s is given already; go back to change it",
                    number=number + 1,
                )
            )
        self._require_running()
        line = self.sudo()._line()
        if not line or number != len(said):
            raise self._error(
                self.env._(
                    "%(count)s answers are given and the talk stands there; ask where "
                    "it stands and answer that line",
                    count=len(said),
                )
            )
        count = len(line["answers"])
        if type(answer) is not int or not 1 <= answer <= count:
            raise self._error(
                self.env._(
                    "line %(line)s has the answers 1 to %(count)s",
                    line=line["code"],
                    count=count,
                )
            )
        chosen = line["answers"][answer - 1]
        self.env["crm.script.talk.line"].sudo().create(
            {
                "talk_id": self.id,
                "number": number,
                "code": line["code"],
                "text": filled(line["text"], self.sudo()._names()),
                "answer_number": answer,
                "answer": chosen["name"],
                "goto": chosen["goto"],
                "note": note or False,
            }
        )
        self.sudo().result = chosen["result"] or False
        return {**self.now(), "status": "updated"}

    def back(self):
        """Take the last answer back.

        :return: what :meth:`now` returns
        :raises UserError: the talk is over, or nothing was answered
        """
        self._require_own()
        self._require_running()
        last = self.sudo().line_ids[-1:]
        if not last:
            raise self._error(self.env._("nothing has been answered yet"))
        last.unlink()
        self.sudo().result = False
        return self.now()

    def finish(self, result=False, note="", duration=False, next_date=False):
        """End the talk: it is logged as a call, and what follows is planned.

        :param result: how it ended; left out, as the script says. It may be broken off
            at any line
        :param note: what else was said
        :param duration: minutes; left out, by the clock
        :param next_date: instant (with an offset or UTC) of the next call, needed for
            “call again”
        :return: ``{"id", "state", "result", "interaction_id", "status"}``; status is
            updated, or unchanged if it was over already
        :raises UserError: a value is missing or not understood
        """
        self._require_own()
        talk = self.sudo()
        if talk.state == "done":
            return self._outcome("unchanged")
        self._check_note(note)
        result = result or talk.result
        self._check_result(result)
        now = fields.Datetime.now()
        values = {
            "result": result,
            "note": note or False,
            "duration": self._minutes(duration, now),
            "next_date": self._next(next_date, result, now),
            "date_end": now,
            "state": "done",
        }
        talk.write(values)
        talk.interaction_id = self._log()
        self._follow()
        talk.lead_id._count_calls()
        return self._outcome("updated")

    def _outcome(self, status):
        talk = self.sudo()
        return {
            "id": talk.id,
            "state": talk.state,
            "result": talk.result,
            "interaction_id": talk.interaction_id.id or False,
            "status": status,
        }

    def _log(self):
        """The talk among the interactions, by the door for programs."""
        talk = self.sudo()
        text = talk._told()
        if talk.interaction_id:
            # It was logged before the script was opened: only its note is added.
            known = talk.interaction_id
            known.note = "\n\n".join(filter(None, [known.note, text]))
            return known
        is_asked = talk.result == "materials"
        values = {
            "type": "materials_request" if is_asked else "call",
            "direction": "in" if is_asked else "out",
            "outcome": "missed" if talk.result in _NOBODY else "answered",
            "name": talk.script_name[:LONGEST_LINE],
            "note": text,
            "date": fields.Datetime.to_string(talk.date),
            "duration": talk.duration,
            "user_id": talk.user_id.id,
            "company_id": talk.company_id.id,
            "partner_id": talk.partner_id.id,
            "lead_id": talk.lead_id.id,
            "external_ref": f"script-talk-{talk.id}",
        }
        done = self.env["crm.interaction"].log(values)
        return done["id"]

    def _told(self):
        """What was said, as a note."""
        names = dict(self._fields["result"]._description_selection(self.env))
        parts = [f"{s.text}\n— {': '.join(filter(None, [s.answer, s.note]))}"
                 for s in self.line_ids]  # fmt: skip
        return "\n\n".join(filter(None, [names[self.result], self.note, *parts]))

    def _follow(self):
        """What a result asks for."""
        talk = self.sudo()
        if talk.result == "do_not_call":
            self.env["crm.call.wish"]._keep(talk)
        if talk.next_date:
            place = talk.lead_id or talk.partner_id
            day = fields.Datetime.context_timestamp(self, talk.next_date)
            place.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=day.date(),
                summary=self.env._(
                    "Call again at %(time)s: %(script)s",
                    time=day.strftime("%H:%M"),
                    script=talk.script_name,
                ),
                user_id=talk.user_id.id,
            )

    @api.model
    def _check_note(self, note):
        if note and not is_text(note):
            raise self._error(self.env._("the note must be a text"))

    @api.model
    def _check_result(self, result):
        known = [code for code, _name in RESULTS]
        if result not in known:
            raise self._error(
                self.env._(
                    "say how the talk ended; known are %(known)s",
                    known=", ".join(known),
                )
            )

    def _minutes(self, duration, now):
        if duration is False:
            return round((now - self.sudo().date) / timedelta(minutes=1), 1)
        good = type(duration) in (int, float) and 0 <= duration <= _LONGEST_HOURS * 60
        if not good:
            raise self._error(
                self.env._("the duration is a number of minutes, at most a day")
            )
        return duration

    @api.model
    def _next(self, next_date, result, now):
        """The instant of the next call, or False."""
        if not next_date:
            if result == "call_again":
                raise self._error(self.env._("say when to call again"))
            return False
        try:
            instant = parse_instant(next_date)
        except (ValueError, TypeError, OverflowError):
            instant = None
        if instant is None or instant <= now:
            raise self._error(
                self.env._(
                    "“next_date” must be an instant to come, such as "
                    "2027-01-15 09:00:00"
                )
            )
        if result == "do_not_call":
            raise self._error(
                self.env._("who does not want to be called is not called again")
            )
        return instant
