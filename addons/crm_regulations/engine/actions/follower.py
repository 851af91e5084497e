"""Somebody follows the record."""

from collections import defaultdict

from .kind import Action


class Follower(Action):
    code = "follower"

    def words(self):
        return self.env._("A follower was added.")

    def problems(self):
        return {**self.lost(), **self.nobody()}

    def run(self, obligations):
        for model, ids in self.pages(obligations).items():
            followed = defaultdict(list)
            for obligation, id_ in ids.items():
                followed[self.person_of[obligation].partner_id].append(id_)
            for partner, some in followed.items():
                self.env[model].browse(some).message_subscribe(partner.ids)
