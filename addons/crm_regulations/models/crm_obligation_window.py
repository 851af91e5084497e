from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_segmentation.core.instants import parse_instant
from odoo.addons.crm_segmentation.core.wire import is_id

# Where something happened: name of the argument → the field that says so.
_PLACES = {
    "territory_ids": "territory_id",
    "department_ids": "user_id.employee_ids.department_id",
    "user_ids": "user_id",
    "regulation_ids": "regulation_id",
}


class CrmObligation(models.Model):
    """A power cut or a stocktaking excuses everything that was due meanwhile."""

    _inherit = "crm.obligation"

    @api.model
    def excuse_window(self, date_from, date_to, reason, place=None):
        """Excuse all promises that were due in a time and are not kept on time.

        :param date_from: first instant, with an offset or UTC
        :param date_to: last instant
        :param reason: why; kept with the author on each of them
        :param place: dictionary of lists of ids: ``territory_ids`` (with those below),
            ``department_ids`` (with those below), ``user_ids``, ``regulation_ids``;
            all that are given must fit; empty for the whole company
        :return: ``{"excused": number}``
        :raises UserError: no reason, or a wrong time or place
        """
        self._require_manager(self.env._("excuse promises"))
        found = self.search(self._window_domain(date_from, date_to, place))
        reason = self._reason(reason, self.env._("they are excused"))
        if found:
            found.excuse(reason)
        return {"excused": len(found)}

    @api.model
    def _window_domain(self, date_from, date_to, place=None):
        """The promises of a time and a place that an excuse would change."""
        start, end = self._window_instants(date_from, date_to)
        place = {} if place is None or place is False else place
        if not isinstance(place, dict):
            raise self._wrong_place(place)
        domain = Domain(
            [
                ("date_due", ">=", start),
                ("date_due", "<=", end),
                ("state", "in", ("open", "breached", "done_late")),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        if not self._is_manager():
            # Heads of departments excuse their people, not themselves.
            domain &= Domain("is_of_my_people", "=", True)
        for name, ids in place.items():
            if name not in _PLACES or not self._is_ids(ids):
                raise self._wrong_place(name)
            if ids:
                is_tree = name in ("territory_ids", "department_ids")
                operator = "child_of" if is_tree else "in"
                domain &= Domain(_PLACES[name], operator, list(ids))
        return domain

    @api.model
    def _wrong_place(self, name):
        return UserError(
            self.env._(
                "crm_regulations.window: “%(name)s” is no list of ids of %(known)s.",
                name=name,
                known=", ".join(_PLACES),
            )
        )

    @api.model
    def _is_ids(self, ids):
        return isinstance(ids, list | tuple) and all(map(is_id, ids))

    @api.model
    def _window_instants(self, date_from, date_to):
        try:
            start, end = parse_instant(date_from), parse_instant(date_to)
        except (ValueError, TypeError, OverflowError) as error:
            raise UserError(
                self.env._(
                    "crm_regulations.window: The time must be two instants such as "
                    "2026-05-04 10:00:00."
                )
            ) from error
        if end < start:
            raise UserError(
                self.env._(
                    "crm_regulations.window: The time ends before it begins; exchange "
                    "the two instants."
                )
            )
        return start, end
