"""A message went out to the customer.

What counts: a comment or an e-mail that one of our people wrote, not an internal note
and not an automatic reply. It went to the customer when the customer or a colleague of
the customer's company is among its recipients: then the proof is the system's. A message
on the customer's, the lead's or the subject's own page that names no such recipient is
taken as the author's word.
"""

from odoo.fields import Domain

from .fact import Evidence

MODEL = "mail.message"
_TYPES = ("comment", "email_outgoing")


def is_outgoing(message):
    """Whether one of our people wrote the message for the outside."""
    return (
        message.message_type in _TYPES
        and not message.is_internal
        and not message.subtype_id.internal
        and bool(message.author_id)
        and not message.author_id.partner_share
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


def evidence(obligations, domains):
    """The first message to each customer since the talk that began the promise.

    :param obligations: crm.obligation records
    :param domains: obligation id → further domain on the message
    :return: obligation id → :class:`~.fact.Evidence`
    """
    candidates = (
        obligations.env[MODEL]
        .search(_candidates(obligations), order="date, id")
        .filtered(is_outgoing)
    )
    families = {message: _recipients(message) for message in candidates}
    found = {}
    for obligation in obligations:
        for message in candidates.filtered_domain(domains[obligation.id]):
            if message.date < obligation.date_fact:
                continue
            reached = obligation.commercial_partner_id in families[message]
            if reached or (message.model, message.res_id) in _pages(obligation):
                grade = "system" if reached else "attested"
                found[obligation.id] = Evidence(message.date, grade, MODEL, message.id)
                break
    return found


def _candidates(obligations):
    contacts = obligations.env["res.partner"].search(
        [("commercial_partner_id", "in", obligations.commercial_partner_id.ids)]
    )
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
