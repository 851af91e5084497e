from odoo import models
from odoo.tools import format_datetime

from ..exceptions import PromiseHinders

# So many are named; more nobody reads before he opens them.
_NAMED = 3


class CrmObligation(models.Model):
    """What a person is told whom an open promise hinders."""

    _inherit = "crm.obligation"

    def _refusal(self, env):
        """The exception that says what is missing, for whom and by when.

        :param env: the environment of the person who is hindered
        :return: an exception with a button that opens the promises, as far as the
            person may see them
        """
        # The person is hindered whatever companies the caller's context names.
        env = env(context={key: env.context.get(key) for key in ("lang", "tz")})
        told = self.with_env(env(su=True))
        if not env.user._is_internal():
            return PromiseHinders(
                env._(
                    "crm_regulations.blocked: We still have something to do for you "
                    "before this can be done. Please get in touch with us."
                )
            )
        text = env._(
            "crm_regulations.blocked: This can be done as soon as what was promised is "
            "done:\n%(promises)s\nDo it, or ask a sales manager to excuse it.",
            promises="\n".join(told._hindrances(env)),
        )
        action = told.with_env(env(su=False))._open_hindering()
        button = env._("Open what is missing")
        return PromiseHinders(text, action, button)

    def _hindrances(self, env):
        """One line for each promise, of other companies only how many there are."""
        ours = self.filtered(lambda o: o.company_id in env.user.company_ids)
        lines = [promise._hindrance(env) for promise in ours[:_NAMED]]
        if len(ours) > _NAMED:
            lines.append(env._("• and %(count)s more", count=len(ours) - _NAMED))
        if self - ours:
            lines.append(
                env._(
                    "• promises of another company: %(count)s", count=len(self - ours)
                )
            )
        return lines

    def _hindrance(self, env):
        words = {
            "what": self.name,
            "customer": self.partner_id.name or self.res_name or "",
            "due": format_datetime(env, self.date_due, dt_format="short"),
            "who": self.user_id.name or env._("nobody"),
        }
        if self.date_paused:
            return env._(
                "• %(what)s, for %(customer)s; its clock is stopped, but it is still "
                "owed by %(who)s",
                **words,
            )
        if self.state == "breached":
            return env._(
                "• %(what)s, for %(customer)s; overdue since %(due)s; owed by %(who)s",
                **words,
            )
        return env._(
            "• %(what)s, for %(customer)s; by %(due)s; owed by %(who)s", **words
        )

    def _open_hindering(self):
        """An action that opens those that the person may see, or None."""
        seen = self._filtered_access("read")
        if not seen:
            return None
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("What is missing"),
            "res_model": self._name,
            "target": "current",
        }
        if len(seen) == 1:
            return {**action, "res_id": seen.id, "views": [(False, "form")]}
        return {
            **action,
            "domain": [("id", "in", seen.ids)],
            "views": [(False, "list"), (False, "form")],
        }
