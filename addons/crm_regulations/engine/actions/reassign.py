"""The promise goes to somebody else."""

from collections import defaultdict

from .kind import Action


class Reassign(Action):
    code = "reassign"

    def words(self):
        return self.env._("It is passed on.")

    def problems(self):
        return self.nobody()

    def run(self, obligations):
        passed = defaultdict(lambda: obligations.browse())
        for obligation in obligations:
            person = self.person_of[obligation]
            if not obligation.date_end and person != obligation.user_id:
                passed[person] |= obligation
        for person, some in passed.items():
            some._pass_to(person)
