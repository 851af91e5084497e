from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...core.wire import is_id
from ...engine.flow_sql import flow, movers


class CrmSegmentation(models.Model):
    """Who went from which category to which in a period."""

    _inherit = "crm.segmentation"

    @api.readonly
    def category_flow(self, date_from=False, date_to=False):
        """The categories at the beginning of a period and at its end.

        :param date_from: first day, a date or ISO text; a year ago without it
        :param date_to: last day; today without it
        :return: ``{"name", "currency", "date_from", "date_to", "categories": [{"id",
            "code", "name", "color"}], "links": [{"from_id", "to_id", "count",
            "amount"}]}``; an id of False means without a category; ``amount`` is
            monthly turnover as last measured, in company currency
        :raises UserError: not one segmentation, or the days make no period
        """
        self._require_one()
        self.check_access("read")
        start, end = self._flow_period(date_from, date_to)
        self.env["crm.segment.movement"].flush_model()
        rows = self.env.execute_query(flow(self.id, start, end))
        return {
            "name": self.name,
            "currency": self.company_id.currency_id.id,
            "date_from": str(start),
            "date_to": str(end),
            "categories": [
                {"id": s.id, "code": s.code, "name": s.name, "color": s.color}
                for s in self.segment_ids.sorted("sequence")
            ],
            "links": [
                {
                    "from_id": before or False,
                    "to_id": after or False,
                    "count": count,
                    "amount": float(amount or 0),
                }
                for before, after, count, amount in rows
            ],
        }

    def action_open_flow(self, from_id=False, to_id=False, date_from="", date_to=""):
        """The counterparties of one flow of :meth:`category_flow`, as a list.

        :param from_id: id of the category before; False for those without one
        :param to_id: id of the category at the end; False for those without one
        :return: the action
        :raises UserError: a strange category, or the days make no period
        """
        self._require_one()
        self.check_access("read")
        start, end = self._flow_period(date_from, date_to)
        before, after = self._flow_segment(from_id), self._flow_segment(to_id)
        self.env["crm.segment.movement"].flush_model()
        query = movers(self.id, start, end, before.id or None, after.id or None)
        partner_ids = [row[0] for row in self.env.execute_query(query)]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_counterparty"
        )
        return {
            **action,
            "display_name": self.env._(
                "%(before)s → %(after)s",
                before=before.code or self.env._("none"),
                after=after.code or self.env._("none"),
            ),
            "domain": [("id", "in", partner_ids)],
            "context": {},
        }

    def action_flow(self):
        """The flow picture of this segmentation."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "crm_segmentation.category_flow",
            "name": self.env._("Flow between categories"),
            "params": {"segmentation_id": self.id},
        }

    def _flow_period(self, date_from, date_to):
        end = self._flow_day(date_to) or fields.Date.today()
        start = self._flow_day(date_from) or end - relativedelta(years=1)
        if start > end:
            raise self._flow_error(
                self.env._(
                    "the first day, %(start)s, is after the last one, %(end)s",
                    start=start,
                    end=end,
                )
            )
        return start, end

    def _flow_day(self, value):
        if not value:
            return None
        try:
            day = fields.Date.to_date(value)
        except (ValueError, TypeError, AttributeError):
            day = None
        if not day:
            raise self._flow_error(
                self.env._("“%(day)s” is not a day; write 2026-12-31", day=value)
            )
        return day

    def _flow_segment(self, segment_id):
        if not segment_id:
            return self.env["crm.segment"]
        segment = self.segment_ids.filtered(lambda s: s.id == segment_id)
        if not (is_id(segment_id) and segment):
            raise self._flow_error(
                self.env._(
                    "there is no category with the id %(id)s in %(name)s",
                    id=segment_id,
                    name=self.name,
                )
            )
        return segment

    def _flow_error(self, problem):
        return UserError(
            self.env._(
                "crm_segmentation.flow: The flow cannot be shown: %(problem)s.",
                problem=problem,
            )
        )
