"""A message went out to the customer.

What counts: a comment or an e-mail that one of our people wrote, not an internal note
and not an automatic reply. It went to the customer when the customer or a colleague of
the customer's company is among its recipients: then the proof is the system's. A
message on the customer's, the lead's or the subject's own page that is addressed to
nobody is taken as the author's word; one that is addressed to somebody else proves
nothing.
"""

from collections import defaultdict

from odoo.fields import Domain

from odoo.addons.crm_segmentation.engine.changes import stored_values

from .fact import Evidence

MODEL = "mail.message"
IS_FOUND = True
_WRITTEN = ("comment", "email_outgoing")
# What a program posts for a person who named no type over the wire.
_TYPES = (*_WRITTEN, "notification")


def maybe(messages):
    """Those of new messages that may be outgoing, from memory and without a query.

    :param messages: mail.message records; some may be deleted already
    """
    kinds = dict(stored_values(messages, "message_type"))
    subtypes = dict(stored_values(messages, "subtype_id"))
    spoken = messages.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
    return messages.browse(
        id_
        for id_ in messages._ids
        if kinds.get(id_) in _WRITTEN
        or (kinds.get(id_) in _TYPES and subtypes.get(id_) == spoken)
    )


def is_outgoing(message):
    """Whether one of our people wrote the message for the outside."""
    return (
        (message.message_type in _WRITTEN or _is_addressed(message))
        and not message.is_internal
        and not message.subtype_id.internal
        and bool(message.author_id)
        and not message.author_id.partner_share
    )


def _is_addressed(message):
    """A notification that somebody sent to somebody, unlike those Odoo makes itself."""
    return (
        message.message_type == "notification"
        and bool(message.partner_ids)
        and message.subtype_id == message.env.ref("mail.mt_comment")
        and message.author_id != message.env.ref("base.partner_root")
    )


def signalled(messages):
    """The open obligations that new messages may prove.

    :param messages: mail.message records
    :return: domain on crm.obligation, without state and kind of evidence
    """
    outgoing = messages.filtered(is_outgoing)
    domains = [
        Domain("commercial_partner_id", "in", _recipients(outgoing).ids),
    ]
    for model, group in outgoing.grouped("model").items():
        ids = group.mapped("res_id")
        domains.append(Domain([("res_model", "=", model), ("res_id", "in", ids)]))
        if model == "crm.lead":
            domains.append(Domain("lead_id", "in", ids))
        elif model == "res.partner":
            families = messages.env[model].browse(ids).commercial_partner_id
            domains.append(Domain("commercial_partner_id", "in", families.ids))
    return Domain.OR(domains) if outgoing else Domain.FALSE


def evidence(obligations, domain):
    """The first message to each customer since the talk that began the promise.

    :param obligations: crm.obligation records
    :param domain: what the message must be like
    :return: obligation id → :class:`~.fact.Evidence`
    """
    messages = (
        obligations.env[MODEL]
        .search(_candidates(obligations), order="date, id")
        .filtered(is_outgoing)
        .filtered_domain(domain)
    )
    by_family, by_page = defaultdict(list), defaultdict(list)
    for message in messages:
        for family in _recipients(message):
            by_family[family.id].append(message)
        if not message.partner_ids:
            by_page[message.model, message.res_id].append(message)
    found = {}
    for obligation in obligations:
        proofs = [("system", m) for m in by_family[_family(obligation).id]]
        proofs += [
            ("attested", m) for page in _pages(obligation) for m in by_page[page]
        ]
        proofs = [(g, m) for g, m in proofs if m.date >= obligation.date_fact]
        if proofs:
            # Of the same message the better grade counts.
            grade, first = min(
                proofs, key=lambda p: (p[1].date, p[1].id, p[0] != "system")
            )
            found[obligation.id] = Evidence(first.date, grade, MODEL, first.id)
    return found


def _family(obligation):
    """The customer's company; a lead may have got its customer since."""
    return (
        obligation.commercial_partner_id
        or obligation.lead_id.partner_id.commercial_partner_id
    )


def _candidates(obligations):
    families = obligations.env["res.partner"].union(*map(_family, obligations))
    contacts = families.search([("commercial_partner_id", "in", families.ids)])
    places = [Domain("partner_ids", "in", contacts.ids)]
    pages = {}
    for obligation in obligations:
        for model, res_id in _pages(obligation):
            pages.setdefault(model, set()).add(res_id)
    places += [
        Domain([("model", "=", model), ("res_id", "in", list(ids))])
        for model, ids in pages.items()
    ]
    return (
        Domain("message_type", "in", _TYPES)
        & Domain("date", ">=", min(obligations.mapped("date_fact")))
        & Domain.OR(places)
    )


def _pages(obligation):
    """The pages on which a message is about this promise."""
    return {
        (obligation.res_model, obligation.res_id),
        ("crm.lead", obligation.lead_id.id),
        ("res.partner", obligation.partner_id.id),
        ("res.partner", obligation.commercial_partner_id.id),
    }


def _recipients(messages):
    """The companies that the messages were addressed to or delivered to."""
    partners = messages.partner_ids | messages.notified_partner_ids
    return partners.commercial_partner_id
