from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError

from ...core.wire import is_id, words


class CrmSegmentation(models.Model):
    """Categories set by hand."""

    _inherit = "crm.segmentation"

    def set_override(self, partner_id, segment_id, reason, until=False):
        """Set a counterparty's category by hand; the computed one stays visible.

        :param partner_id: id of the counterparty
        :param segment_id: id of a category of this segmentation
        :param reason: why; kept with the author
        :param until: last day in force as a date or ISO text; False for no end
        :return: id of the membership
        :raises UserError: no reason, a strange category, a day in the past, or the
            segmentation is not published
        """
        self._require_one()
        self._require_coordinator(or_manager=True)
        self._require_published()
        partner, segment = self._check_override(partner_id, segment_id, reason)
        until = self._check_until(until)
        membership = self._membership(partner)
        values = {
            "segment_id": segment.id,
            "origin": "manual",
            "override_until": until,
            "override_reason": reason.strip(),
            "override_user_id": self.env.uid,
        }
        before = membership.segment_id
        if before != segment:
            # Who is only given a longer time keeps the day since which it is so.
            values["date_from"] = fields.Date.today()
        if membership:
            membership.write(values)
        else:
            membership = membership.create(
                {
                    **values,
                    "partner_id": partner.id,
                    "segmentation_id": self.id,
                    "company_id": self.company_id.id,
                }
            )
        mark = self._moves_mark()
        if before != segment:
            self._log_movement(partner, before, segment, "override")
        self.env.flush_all()
        self._after_moves(mark)
        partner.invalidate_recordset(["own_segment_ids", "segment_ids"])
        return membership.id

    def give_back(self, partner_id):
        """Let the rule decide again about a counterparty set by hand.

        :param partner_id: id of the counterparty
        :return: True; also when nothing was set by hand
        :raises UserError: the segmentation is not published, or there is no such
            counterparty
        """
        self._require_one()
        self._require_coordinator(or_manager=True)
        self._require_published()
        partner = self._visible_partner(partner_id)
        self._give_back(self._membership(partner).filtered(lambda m: m.is_manual))
        return True

    def _give_back(self, memberships):
        """The computed category is in force again; without one there is none."""
        partners = memberships.partner_id
        mark = self._moves_mark()
        for membership in memberships:
            computed = membership.computed_segment_id
            if computed != membership.segment_id:
                self._log_movement(
                    membership.partner_id,
                    membership.segment_id,
                    computed,
                    "override_end",
                )
        memberships.filtered(lambda m: not m.computed_segment_id).unlink()
        for membership in memberships.exists():
            values = {} if membership.is_agreed else {"date_from": fields.Date.today()}
            membership.write(
                {
                    **values,
                    "segment_id": membership.computed_segment_id.id,
                    "origin": "rule",
                    "override_until": False,
                    "override_reason": False,
                    "override_user_id": False,
                }
            )
        self.env.flush_all()
        self._after_moves(mark)
        partners.invalidate_recordset(["own_segment_ids", "segment_ids"])

    def _log_movement(self, partner, before, after, cause):
        self.env["crm.segment.movement"].sudo().create(
            {
                "partner_id": partner.id,
                "segmentation_id": self.id,
                "from_segment_id": before.id,
                "to_segment_id": after.id,
                "company_id": self.company_id.id,
                "date": fields.Date.today(),
                "cause": cause,
                "version": self.version,
            }
        )

    def _membership(self, partner):
        return (
            self.env["crm.segment.membership"]
            .sudo()
            .search(
                [("partner_id", "=", partner.id), ("segmentation_id", "=", self.id)]
            )
        )

    def _check_override(self, partner_id, segment_id, reason):
        partner = self._visible_partner(partner_id)
        segment = self.segment_ids.filtered(lambda s: s.id == segment_id)
        if not (is_id(segment_id) and segment):
            problem = self.env._(
                "the category does not belong to %(name)s", name=self.name
            )
        elif not words(reason):
            problem = self.env._("say why, in a few words")
        else:
            return partner, segment
        raise self._override_error(problem)

    def _check_until(self, until):
        if not until:
            return False
        try:
            known = isinstance(until, str | date)
            day = known and fields.Date.to_date(until)
        except ValueError:
            day = False
        if not day:
            problem = self.env._("“%(day)s” is not a day; write 2026-12-31", day=until)
        elif day < fields.Date.today():
            problem = self.env._("the last day, %(day)s, is over already", day=day)
        else:
            return day
        raise self._override_error(problem)

    def _override_error(self, problem):
        return UserError(
            self.env._(
                "crm_segmentation.override: The category was not set by hand: "
                "%(problem)s.",
                problem=problem,
            )
        )
