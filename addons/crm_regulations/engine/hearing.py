"""What is heard about promises: each question is asked once for all of them."""

from collections import defaultdict
from dataclasses import replace

from ..core.case import Heard
from .facts import KINDS
from .facts.fact import About, Touched


def heard_about(env, owed, kinds=None):
    """What the readers tell of promises, each question asked once for all of them.

    :param env: superuser environment
    :param owed: (:class:`~.facts.fact.About`, :class:`~.rules.RuleStep`) pairs
    :param kinds: codes of the kinds of facts that are asked for; None for all
    :return: id of the obligation → list of :class:`~..core.case.Heard`
    """
    questions, found = defaultdict(list), defaultdict(list)
    for about_one, step in owed:
        for condition in step.asking(kinds):
            key = condition.kind, condition.asked, condition.role
            questions[key].append((about_one, condition))
    for (code, asked, role), some in questions.items():
        abouts = [about_one for about_one, _condition in some]
        told = KINDS[code].concerning(env, narrowed(asked, abouts), abouts, role)
        for about_one, condition in some:
            found[about_one.id] += [
                heard_as(fact, grade, condition)
                for fact, grade in told.get(about_one.id, ())
            ]
    return found


def about(obligation):
    """A promise as facts see it."""
    lead = obligation.lead_id
    # A lead may have got its customer since.
    family = obligation.commercial_partner_id or lead.partner_id.commercial_partner_id
    return about_row(
        obligation.id,
        {
            "fact_key": obligation.fact_key,
            "date_fact": obligation.date_fact,
            "res_model": obligation.res_model,
            "res_id": obligation.res_id,
            "lead_id": lead.id,
            "partner_id": obligation.partner_id.id,
            "commercial_partner_id": family.id,
        },
    )


def about_row(id_, row):
    """The same from the columns of its row.

    :param id_: how it is told apart
    :param row: its columns
    :return: a :class:`~.facts.fact.About`
    """
    subject, family = (row["res_model"], row["res_id"]), row["commercial_partner_id"]
    places = {
        subject, ("crm.lead", row["lead_id"]), ("res.partner", row["partner_id"]),
        ("res.partner", family),
    }  # fmt: skip
    return About(
        id=id_,
        key=row["fact_key"],
        since=row["date_fact"],
        subject=subject,
        lead_id=row["lead_id"] or 0,
        places=frozenset(place for place in places if place[1]),
        families=frozenset([family] if family else ()),
    )


def narrowed(asked, abouts):
    """The same question about some promises only."""
    touched = Touched()
    for about_one in abouts:
        touched.add(about_one.places, about_one.families)
    start = min(about_one.since for about_one in abouts)
    return replace(asked, start=start, touched=touched)


def heard_as(fact, grade, condition):
    """A fact in the part that it plays."""
    return Heard(
        fact.date,
        condition.role,
        fact.key,
        grade=grade,
        condition=condition.number,
        source=fact.teller,
    )
