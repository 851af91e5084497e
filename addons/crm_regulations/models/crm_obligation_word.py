from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_segmentation.core.instants import parse_instant
from odoo.addons.crm_segmentation.core.wire import is_text, words

from ..core.case import BREACHED, EXCUSED, LATE, Heard
from ..core.step import EXCUSE, FULFIL, PAUSE, RESUME, VOID
from ..engine import bulk
from ..engine.calendars import FARTHEST
from ..engine.settling import settle

MANAGERS = (
    "sales_team.group_sale_manager",
    "crm_segmentation.group_crm_coordinator",
)


class CrmObligation(models.Model):
    """What people say of promises."""

    _inherit = "crm.obligation"

    def fulfil(self, note=""):
        """Say that it was done; counts as attested.

        :param note: how, in a few words
        :return: True
        :raises UserError: it is closed already, or the note is no text
        """
        if note and not is_text(note):
            raise UserError(
                self.env._(
                    "crm_regulations.note: The note must be a text that says how it "
                    "was done."
                )
            )
        self._require_own_or_manager()
        self._require_open()
        self._say(FULFIL, note)
        return True

    def excuse(self, reason, until=False):
        """Excuse obligations; they are counted apart from kept and broken promises.

        :param reason: why; kept with the author
        :param until: an instant (with an offset or UTC) until which it may still be
            kept: kept by then, it counts as excused; if not, as broken since then.
            False: for good
        :return: True
        :raises UserError: no reason, no instant to come, or closed already otherwise
            than by lateness
        """
        self._require_manager(self.env._("excuse a promise"))
        reason = self._reason(reason, self.env._("it is excused"))
        until = self._until(until)
        self._refuse_closed(self.filtered(lambda o: not o._is_excusable(until)))
        ended = self.filtered("date_end")
        ended.sudo()._excuse_ended(reason)
        (self - ended)._say(EXCUSE, reason, until)
        self.sudo()._grant_requests()
        return True

    def pause(self, reason):
        """Stop the clock, for example while the customer does not answer.

        :param reason: why; kept with the author
        :return: True
        :raises UserError: no reason, closed, overdue or paused already
        """
        self._require_own_or_manager()
        reason = self._reason(reason, self.env._("the clock stops"))
        self._require_open()
        self._refuse_unless(
            lambda o: o.state != EXCUSED,
            "excused",
            self.env._("is excused for some time; its clock does not stop"),
        )
        now = fields.Datetime.now()
        self._refuse_unless(
            # It may be overdue before the clock has noticed.
            lambda o: o.state == "open" and (o.date_paused or o.date_due >= now),
            "overdue",
            self.env._("is overdue; what is late cannot be paused, only done"),
        )
        self._refuse_unless(
            lambda o: not o.date_paused, "paused", self.env._("is paused already")
        )
        self._say(PAUSE, reason)
        return True

    def resume(self):
        """Let the clock go on; the due time moves by the time of the pause.

        :return: True
        :raises UserError: closed, or not paused
        """
        self._require_own_or_manager()
        self._require_open()
        self._refuse_unless(
            lambda o: o.date_paused, "not_paused", self.env._("is not paused")
        )
        self._say(RESUME)
        return True

    def cancel(self, reason):
        """Take back a promise that should not have been made.

        :param reason: why; kept with the author
        :return: True
        :raises UserError: no reason, or closed already
        """
        self._require_manager(self.env._("cancel a promise"))
        reason = self._reason(reason, self.env._("it is cancelled"))
        self._require_open()
        self._say(VOID, reason)
        return True

    def action_fulfil(self):
        """The button of :meth:`fulfil`."""
        return self.fulfil()

    @api.model
    def _until(self, until):
        """The instant until which something is excused, or None for good."""
        if not until:
            return None
        try:
            instant = parse_instant(until)
        except (ValueError, TypeError, OverflowError):
            instant = None
        now = fields.Datetime.now()
        if instant is None or not now < instant < now + FARTHEST:
            raise UserError(
                self.env._(
                    "crm_regulations.until: “until” must be an instant to come, such "
                    "as 2026-12-31 17:00:00; leave it out to excuse for good."
                )
            )
        return instant

    def _say(self, role, note="", until=None):
        """A person's word about open promises.

        :param role: what it does, see :mod:`core.step`
        :param note: what was said
        :param until: until when it is excused
        """
        now = fields.Datetime.now()
        key = f"{self.env.uid}:{fields.Datetime.to_string(now)}"
        told = {
            obligation.id: [
                Heard(
                    now,
                    role,
                    key,
                    grade="attested",
                    # No condition of the step: one word is enough.
                    condition=-1,
                    until=until,
                    # What a person says of it is meant for it, whatever the time.
                    only=obligation.fact_key,
                    source=(obligation.res_model, obligation.res_id),
                )
            ]
            for obligation in self.sudo()
        }
        # An incident would keep silent about what a person has asked for.
        settle(self.sudo(), kinds=(), told=told, note=note, is_safe=False)

    def _is_excusable(self, until=None):
        """Whether an excuse changes anything; what has ended gets no more time."""
        self.ensure_one()
        return not self.date_end or (not until and self.state in (LATE, BREACHED))

    def _excuse_ended(self, reason):
        """Nothing is left to do about these; only their count changes."""
        bulk.update(
            self.env,
            self._name,
            [
                {"id": o.id, "state": EXCUSED, "date_breach": None, "note": reason}
                for o in self
            ],
        )
        self._log("excused", note=reason, by_person=True)

    def _reason(self, reason, what):
        """A person's reason, in words."""
        if not words(reason):
            raise UserError(
                self.env._(
                    "crm_regulations.reason: Say why %(what)s, in a few words.",
                    what=what,
                )
            )
        return words(reason)

    def _require_open(self):
        self._refuse_closed(self.filtered("date_end"))

    def _refuse_unless(self, holds, code, problem):
        """Refuse promises for which something does not hold."""
        for obligation in self.filtered(lambda o: not holds(o)):
            raise UserError(
                self.env._(
                    "crm_regulations.%(code)s: “%(name)s” for %(customer)s "
                    "%(problem)s.",
                    code=code,
                    name=obligation.name,
                    customer=obligation.partner_id.name or obligation.res_name,
                    problem=problem,
                )
            )

    def _refuse_closed(self, closed):
        names = dict(self._fields["state"]._description_selection(self.env))
        for obligation in closed:
            raise UserError(
                self.env._(
                    "crm_regulations.step_closed: “%(name)s” for %(customer)s is "
                    "closed already: %(state)s.",
                    name=obligation.name,
                    customer=obligation.partner_id.name or obligation.res_name,
                    state=names[obligation.state],
                )
            )

    def _is_manager(self):
        return self.env.su or any(self.env.user.has_group(group) for group in MANAGERS)

    def _are_my_people_s(self):
        """Whether the user manages the departments of those who owe these promises."""
        if not self:
            return self.env.user._is_department_head()
        return all(obligation.is_of_my_people for obligation in self.sudo())

    def _require_own_or_manager(self):
        self.check_access("read")
        strange = self.sudo().filtered(
            lambda o: o.user_id != self.env.user and not o.is_of_my_people
        )
        if strange and not self._is_manager():
            raise AccessError(
                self.env._(
                    "crm_regulations.not_yours: “%(name)s” is owed by %(user)s. That "
                    "person or a sales manager can close it.",
                    name=strange[0].name,
                    user=strange[0].user_id.name or self.env._("nobody"),
                )
            )

    def _require_manager(self, what):
        self.check_access("read")
        if not (self._is_manager() or self._are_my_people_s()):
            raise AccessError(
                self.env._(
                    "crm_regulations.manager_only: Only a sales manager, the head of "
                    "the department or the CRM coordinator can %(what)s.",
                    what=what,
                )
            )
