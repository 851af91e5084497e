from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...core.spec import complete
from ...core.wire import is_id, is_text
from ...engine.coverage_reasons import reasons_not_covered
from ...engine.explanation import (
    Telling,
    explained_categories,
    for_wire,
    next_step,
)
from ...engine.metrics.purchases import purchases
from ...engine.metrics.windows import window

# So many changes of category are told, the newest first.
SHOWN_HISTORY = 20


class CrmSegmentation(models.Model):
    """Why a counterparty has its category."""

    _inherit = "crm.segmentation"

    def explain(self, partner_id):
        """Why a counterparty has its category.

        :param partner_id: id of the counterparty; a contact has the category of its
            company
        :return: dictionary with

            - ``partner``, ``partner_id`` and ``asked`` (the contact that was asked
              for, or False)
            - ``category`` (in force), ``computed``, ``origin``, ``reason``, ``until``
              and ``author`` of a category set by hand, ``date_from``
            - ``held``: what stability holds back, False or ``category``, ``since``,
              ``until`` (the day from which it may change, False if somebody must
              confirm it) and ``text``
            - ``outlook``: ``close``, ``risk`` or False
            - ``version``, ``published_by``, ``published_on``, ``date``,
              ``window_from`` and ``window_to`` (the full months that count)
            - ``covered`` and ``not_covered``, reasons of ``code`` and ``text``
            - ``values``: name of the number → number or False
            - ``tenure``: ``date``, ``source`` (``entered``, ``first_purchase`` or
              False) and ``text``
            - ``next``: False, or ``category`` and ``text`` of what is missing for it
            - ``categories`` in the order of the rule: ``id``, ``code``, ``name``,
              ``holds``, ``given`` (by the rule alone), ``match`` and ``conditions``
              of ``metric``, ``basis``, ``name``, ``value``, ``operator``,
              ``threshold`` (to stay, for who is in the category), ``enter`` (to get
              in), ``met``, ``distance`` (what is missing) and the same as texts
            - ``history``: the last changes, ``date``, ``from``, ``to``, ``cause``,
              ``cause_text``, ``version``, ``values`` and ``values_text``
        :raises UserError: the segmentation is not published, or does not cover the
            counterparty, which has no category by hand either
        """
        self._require_one()
        self.check_access("read")
        self._require_published()
        told = self._explain(partner_id)
        if not told["covered"] and not told["category"]:
            raise UserError(
                self.env._(
                    "crm_segmentation.not_covered: %(partner)s is not covered by "
                    "%(name)s: %(reasons)s.",
                    partner=told["partner"],
                    name=self.name,
                    reasons="; ".join(r["text"] for r in told["not_covered"]),
                )
            )
        return told

    def action_documents(self, partner_id, metric):
        """The documents behind a number of a counterparty.

        :param partner_id: id of the counterparty
        :param metric: code of the metric
        :return: an action for the web client
        :raises UserError: there is no such counterparty or metric
        """
        self._require_one()
        self.check_access("read")
        partner = self._visible_partner(partner_id)
        found = self.env["crm.metric"].search(
            [("code", "=", metric if is_text(metric) else False)]
        )
        if not found:
            raise UserError(
                self.env._(
                    "crm_segmentation.unknown_metric: There is no metric with the "
                    "code “%(code)s”.",
                    code=metric,
                )
            )
        return found._action_documents(partner, self.company_id, fields.Date.today())

    # --- inside ---------------------------------------------------------------

    def _explain(self, partner_id):
        """What :meth:`explain` tells, also of who is not covered."""
        asked = self._visible_asked(partner_id)
        partner = self._visible_partner(partner_id)
        membership = self._membership(partner)
        values = self.sudo()._classification(self.spec).values(partner.id)
        start, end = window(fields.Date.today())
        return {
            "partner": partner.display_name,
            "partner_id": partner.id,
            "asked": asked.display_name if asked != partner else False,
            **self._told_membership(membership),
            **self._told_version(),
            "date": str(fields.Date.today()),
            "window_from": str(start),
            "window_to": str(end - timedelta(days=1)),
            "tenure": self._told_tenure(partner),
            "history": self._told_history(partner),
            **self._told_rule(partner, membership, values),
        }

    def _told_membership(self, membership):
        return {
            "category": membership.segment_id.code or False,
            "computed": membership.computed_segment_id.code or False,
            "origin": membership.origin or False,
            "reason": membership.override_reason or False,
            "until": str(membership.override_until or "") or False,
            "author": membership.override_user_id.name or False,
            "date_from": str(membership.date_from or "") or False,
            "held": self._told_held(membership),
            "outlook": membership.outlook or False,
        }

    def _told_rule(self, partner, membership, values):
        """What the numbers say; nothing of who is not covered."""
        if values is None:
            reasons = reasons_not_covered(self, partner)
            return {
                "covered": False,
                "not_covered": reasons,
                "values": {},
                "categories": [],
                "next": False,
            }
        computed = membership.computed_segment_id.id
        categories = explained_categories(self, values, computed)
        given = next((c["id"] for c in categories if c["given"]), False)
        return {
            "covered": True,
            "not_covered": [],
            "values": {code: for_wire(value) for code, value in values.items()},
            "categories": categories,
            "next": next_step(self.env, categories, given, self._ladder_ids()),
        }

    def _ladder_ids(self):
        """Ids of the categories that are steps between better and worse."""
        spec = complete(self.sudo().spec)
        return {step["id"] for step in spec["stability"]["steps"] if step["on_ladder"]}

    def _told_held(self, membership):
        """What the numbers deserve while stability holds it back."""
        if not membership.held_back:
            return False
        telling = Telling(self)
        wanted = membership.wanted_segment_id.code or "–"
        names = {"category": wanted, "since": telling.day(membership.wanted_since)}
        if membership.held_back == "promotion":
            until = False
            text = self.env._(
                "The numbers deserve %(category)s since %(since)s; a person has to "
                "confirm the promotion.",
                **names,
            )
        else:
            until = str(membership.wanted_due or "") or False
            text = self.env._(
                "The numbers deserve only %(category)s since %(since)s. The category "
                "changes on %(day)s, unless they recover.",
                **names,
                day=telling.day(until),
            )
        return {
            "category": wanted,
            "since": str(membership.wanted_since or "") or False,
            "until": until,
            "text": text,
        }

    def _told_version(self):
        version = self.sudo().version_ids.filtered(
            lambda row: row.version == self.version
        )
        return {
            "version": self.version,
            "published_by": version.user_id.name or False,
            "published_on": str(version.date or "") or False,
        }

    def _told_tenure(self, partner):
        """From which day the counterparty counts as a customer, and how it is known."""
        entered = partner.customer_since
        first = not entered and self._first_purchase(partner)
        told = Telling(self)
        if entered:
            source, text = (
                "entered",
                self.env._(
                    "Customer since %(day)s (entered).", day=told.day(str(entered))
                ),
            )
        elif first:
            source, text = (
                "first_purchase",
                self.env._(
                    "Customer since %(day)s (first purchase).",
                    day=told.day(str(first)),
                ),
            )
        else:
            source, text = False, self.env._("Has not bought anything yet.")
        day = str(entered or first or "") or False
        return {"date": day, "source": source, "text": text}

    def _first_purchase(self, partner):
        """The day of the first purchase, as the numbers reckon it."""
        owner = "commercial_partner_id" if self.unit == "company" else "partner_id"
        bought = purchases(self.company_id.id, owner, fields.Date.today(), partner.ids)
        rows = self.env.execute_query(SQL("SELECT first_date FROM (%s) AS it", bought))
        return rows and rows[0][0]

    def _told_history(self, partner):
        movements = self.env["crm.segment.movement"].search(
            [("partner_id", "=", partner.id), ("segmentation_id", "=", self.id)],
            limit=SHOWN_HISTORY,
        )
        causes = dict(movements._fields["cause"]._description_selection(self.env))
        telling = Telling(self)
        return [
            {
                "date": str(movement.date),
                "from": movement.from_segment_id.code or False,
                "to": movement.to_segment_id.code or False,
                "cause": movement.cause,
                "cause_text": causes[movement.cause],
                "version": movement.version,
                "values": {
                    code: for_wire(value)
                    for code, value in (movement.metric_values or {}).items()
                },
                "values_text": telling.values(movement.metric_values),
            }
            for movement in movements
        ]

    def _visible_asked(self, partner_id):
        partners = self.env["res.partner"]
        partner = partners.browse(partner_id if is_id(partner_id) else []).exists()
        if not partner:
            raise UserError(
                self.env._(
                    "crm_segmentation.no_partner: There is no counterparty with the id "
                    "%(id)s.",
                    id=partner_id,
                )
            )
        partner.check_access("read")
        return partner

    def _visible_partner(self, partner_id):
        """Whose category it is: a contact has that of its company."""
        return self._whose_category(self._visible_asked(partner_id))

    def _whose_category(self, partner):
        """A contact has the category of its company."""
        return partner.commercial_partner_id if self.unit == "company" else partner
