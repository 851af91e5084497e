"""A customer declines a quotation on the portal.

The portal cancels the order as Odoo's own user, whoever clicked, and at once puts the
words of the customer, without which nobody can decline, on the page of the order. So
this is a refusal: an order is cancelled, and in the same transaction somebody from
outside says something there. Without such words it was cancelled for another reason: by
one of us, or because an old cart was joined with a new one.
"""

from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from odoo.addons.crm_segmentation.engine.autofill.parties import Parties

from .deal_kind import of_customers, whom
from .fact import Fact, Touched
from .kind import Kind, seconds
from .record_kind import of_company
from .tracking import flush, plain_values, values_by_label

_CANCELLED = "cancel"


class Refusal(NamedTuple):
    """A customer's no.

    :param order: the quotation
    :param date: when
    :param words: what the customer says
    """

    order: models.BaseModel
    date: object
    words: str


class Refusals(Kind):
    """The voice of orders that tells of lost deals.

    :param lost: the kind that is told so; ``asked.domain`` is about leads, so an order
        without one tells only if nothing is asked of leads
    """

    code = "deal_lost"
    model = "sale.order"
    by_creation = False
    of_one_deal = True

    def __init__(self, lost):
        self._lost = lost

    # --- signal ---------------------------------------------------------------

    def watched(self, env, asked):
        return {"state"}

    def told(self, env, asked, created, changes):
        ids = self.turned(env, asked, changes)
        states = plain_values(env[self.model].browse(ids), ["state"]) if ids else {}
        ids = [id_ for id_, now in states.items() if now["state"] == _CANCELLED]
        if not ids:
            return []
        now = env.cr.now()
        orders = env[self.model].browse(ids).exists()
        said = self._said(orders, now)
        orders = self._as_asked(orders, asked)
        refusals = [Refusal(o, now, said[o.id]) for o in orders if o.id in said]
        found = self._lost.spans(orders.opportunity_id)
        return self.stories(env, refusals, found)

    def _said(self, orders, now):
        """What customers say of orders at this moment, by id of the order."""
        messages = orders.env["mail.message"].search(
            [
                ("model", "=", self.model),
                ("res_id", "in", orders.ids),
                ("message_type", "=", "comment"),
                ("author_id.partner_share", "=", True),
                ("create_date", ">=", now),
            ],
            order="id DESC",
        )
        return {m.res_id: _text(m.body) for m in messages}

    def touched(self, records):
        found = Touched()
        parties = Parties(records.env)
        for order in records:
            places, families = whom(parties, order)
            found.add([(order._name, order.id), *places], families)
        return found

    # --- reader ---------------------------------------------------------------

    def history(self, env, asked):
        """The refusals at any time.

        :param env: superuser environment
        :param asked: an :class:`~.fact.Asked`
        :return: list of :class:`Refusal`, oldest first
        """
        orders = env[self.model].with_context(active_test=False)
        about = SQL("TRUE")
        if asked.touched is not None:
            about = SQL(
                "told.res_id = ANY(%s)", orders.search(self.narrowed(env, asked)).ids
            )
        rows = self._rows(env, about)
        orders = orders.browse(dict.fromkeys(id_ for id_, _date, _body in rows))
        known = {order.id: order for order in self._as_asked(orders.exists(), asked)}
        return [
            Refusal(known[id_], date, _text(body))
            for id_, date, body in rows
            if id_ in known
        ]

    def _rows(self, env, about):
        flush(env)
        labels = values_by_label(env[self.model], "state")
        cancelled = [name for name, values in labels.items() if values == {_CANCELLED}]
        env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (told.id) told.res_id, told.create_date, said.body
                  FROM mail_tracking_value AS value
                  JOIN mail_message AS told ON told.id = value.mail_message_id
                  JOIN mail_message AS said
                    ON said.model = told.model
                   AND said.res_id = told.res_id
                   AND said.create_date = told.create_date
                   AND said.message_type = 'comment'
                  JOIN res_partner AS customer
                    ON customer.id = said.author_id AND customer.partner_share
                 WHERE value.field_id = %s
                   AND value.new_value_char = ANY(%s)
                   AND told.model = %s
                   AND %s
                 ORDER BY told.id, said.id
                """,
                env["ir.model.fields"]._get(self.model, "state").id,
                cancelled,
                self.model,
                about,
            )
        )
        return env.cr.fetchall()

    def narrowed(self, env, asked):
        own = Domain("id", "in", asked.touched.ids(self.model))
        lead = Domain("opportunity_id", "any", self._lost.narrowed(env, asked))
        return own | lead | of_customers(asked.touched)

    # --- both -----------------------------------------------------------------

    def _as_asked(self, orders, asked):
        """The orders of the company whose leads are as asked."""
        env = orders.env
        orders = orders.filtered_domain(of_company(env, asked, self.model))
        domain = asked.domain & of_company(env, asked, self._lost.model)
        leads = orders.opportunity_id.filtered_domain(domain)
        return orders.filtered(
            lambda order: (
                order.opportunity_id in leads
                if order.opportunity_id
                else asked.domain.is_true()
            )
        )

    def stories(self, env, refusals, found):
        """The facts of refusals.

        :param env: superuser environment
        :param refusals: list of :class:`Refusal`
        :param found: {id of the lead: the times in which it was lost}
        :return: list of :class:`~.fact.Fact`
        """
        parties = Parties(env)
        return [self._fact(refusal, found, parties) for refusal in refusals]

    def _fact(self, refusal, found, parties):
        order, date, words = refusal
        lead = order.opportunity_id
        reopened = [
            span for span in found.get(lead.id, ()) if span.end and span.end <= date
        ]
        places, families = whom(parties, order)
        return Fact(
            self.code,
            self._lost.key(lead or order, len(reopened)),
            seconds(date),
            order._name,
            order.id,
            places=frozenset(places),
            families=frozenset(families),
            note=words,
        )


def _text(body):
    return html2plaintext(body or "", include_references=False).strip()
