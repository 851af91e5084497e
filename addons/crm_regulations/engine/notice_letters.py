"""The letters in which people are told of promises, one for each person."""

from odoo.tools.misc import format_datetime

from .internal_letters import InternalLetters

REMINDER, WARNING, ESCALATION = "reminder", "warning", "escalation"
ASKED, ANSWERED = "asked", "answered"


class Letters:
    """One letter for each person.

    :param env: superuser environment
    """

    def __init__(self, env):
        self.env = env
        self.letters = InternalLetters(env)

    def send(self, notices):
        """Queue e-mails, or put it into the inbox.

        :param notices: crm.obligation.notice records
        """
        for lang, same in notices.grouped(lambda n: n.user_id.lang).items():
            for user, some in same.with_context(lang=lang).grouped("user_id").items():
                company = some[0].obligation_id.company_id
                subject, body = self._subject(some), self._body(user, some)
                self.letters.tell(user, company, subject, body)
        self.letters.queue()

    def _subject(self, notices):
        owed = notices.obligation_id
        env = notices.env
        if len(owed) > 1:
            return env._("%(count)s promises need your attention", count=len(owed))
        values = {"what": owed.name, "customer": self._customer(owed)}
        request = notices.request_id[:1]
        if request.state == "waiting":
            who = request.user_id.name or ""
            return env._("%(who)s asks to be excused: %(what)s", who=who, **values)
        if request.state == "granted":
            return env._("Excused: %(what)s (%(customer)s)", **values)
        if request:
            return env._("Not excused: %(what)s (%(customer)s)", **values)
        if owed.state == "breached":
            return env._("Overdue: %(what)s (%(customer)s)", **values)
        return env._("Due soon: %(what)s (%(customer)s)", **values)

    def _body(self, user, notices):
        return notices.env["ir.qweb"]._render(
            "crm_regulations.mail_notice",
            {
                "user": user,
                "parts": self._parts(user, notices),
                "all_url": f"{self.letters.base_url}/odoo/my-promises",
                "is_own": user in notices.obligation_id.user_id,
                "asked_url": f"{self.letters.base_url}/odoo/excuse-requests",
                "is_asked": ASKED in notices.mapped("kind"),
            },
        )

    def _parts(self, user, notices):
        """What is told, the worst first, each promise once."""
        env = notices.env
        said, parts = env["crm.obligation"], []
        for kind, title in (
            (ASKED, env._("You are asked to excuse")),
            (ANSWERED, env._("The answer to your request")),
            (ESCALATION, env._("Not done in time, so you should know")),
            (REMINDER, env._("Overdue")),
            (WARNING, env._("Due soon")),
        ):
            told = notices.filtered(lambda n, k=kind: n.kind == k)
            owed = (told.obligation_id - said).sorted("date_due")
            said |= owed
            if owed:
                # Of several requests for one promise the last one is told.
                words = {n.obligation_id: self._said(n) for n in told.sorted("id")}
                lines = [self._line(user, promise, words[promise]) for promise in owed]
                parts.append({"kind": kind, "title": title, "lines": lines})
        return parts

    def _said(self, notice):
        """What was asked or answered, in words."""
        request, env = notice.request_id, notice.env
        values = {
            "who": request.user_id.name or "",
            "by": request.answered_by_id.name or "",
            "reason": request.reason or "",
            "answer": request.answer or "",
        }
        if not request:
            return ""
        if request.state == "waiting":
            return env._("%(who)s: %(reason)s", **values)
        if request.state == "granted":
            return env._("%(by)s has excused it.", **values)
        return env._("%(by)s has not excused it: %(answer)s", **values)

    def _line(self, user, obligation, said):
        return {
            "said": said,
            "name": obligation.name,
            "customer": self._customer(obligation),
            "about": obligation.res_name or "",
            "due": format_datetime(
                obligation.env, obligation.date_due, tz=user.tz, dt_format="short"
            ),
            "remaining": obligation.remaining or "",
            "responsible": obligation.user_id.name or "",
            "url": f"{self.letters.base_url}/odoo/promises/{obligation.id}",
        }

    def _customer(self, obligation):
        return obligation.partner_id.name or obligation.res_name or ""
