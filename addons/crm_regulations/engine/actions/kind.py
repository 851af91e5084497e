"""What kinds of actions have in common."""

from functools import cached_property

from ..ladder import by_role

#: Not a role of ours: who gets the promise.
CUSTOMER = "customer"


class Action:
    """An action on promises that have reached its moment.

    :param spec: its frozen specification, see ``crm.regulation.action._compile``
    :param obligations: crm.obligation records of one regulation, superuser environment
    """

    code = ""

    def __init__(self, spec, obligations):
        self.spec = spec
        self.env = obligations.env
        self.obligations = obligations

    def words(self):
        """What is done, for the log."""
        raise NotImplementedError

    def problems(self):
        """What keeps it from being done: {obligation: words}."""
        return {}

    def held_back(self):
        """What is left out on purpose, which is no failure: {obligation: words}."""
        return {}

    def run(self, obligations):
        """Do it; whatever it raises is undone and becomes an incident.

        :param obligations: those without a problem that were not acted upon before
        """
        raise NotImplementedError

    # --- for the kinds --------------------------------------------------------

    @cached_property
    def person_of(self):
        """Obligation → the person of the action's role, possibly nobody."""
        return {
            obligation: person
            for person, some in by_role(self.obligations, self.spec["whom"]).items()
            for obligation in some
        }

    def nobody(self):
        """{obligation: words} of those for which nobody has the role."""
        words = self.env._("nobody is there who could be meant")
        return {o: words for o, person in self.person_of.items() if not person}

    def pages(self, obligations):
        """Where it is seen: model → {obligation: id of the record}; what is gone is
        left out."""
        found = {}
        for obligation in obligations:
            model, id_ = obligation._activity_place()
            if id_:
                found.setdefault(model, {})[obligation] = id_
        return {
            model: {o: id_ for o, id_ in ids.items() if id_ in there}
            for model, ids in found.items()
            for there in [set(self.env[model].browse(ids.values()).exists()._ids)]
        }

    def lost(self):
        """{obligation: words} of those whose page is gone."""
        pages = self.pages(self.obligations)
        there = {obligation for ids in pages.values() for obligation in ids}
        words = self.env._("the record that it is about has no page any more")
        return {o: words for o in self.obligations if o not in there}


def spoken(texts, lang):
    """A frozen text in somebody's language.

    :param texts: {language code: text}
    :param lang: the wanted one; else English, else any
    """
    return texts.get(lang or "") or texts.get("en_US") or next(iter(texts.values()), "")
