"""An e-mail to the customer or to one of us."""

from ..contact_cap import ContactCap
from .kind import CUSTOMER, Action, spoken
from .letter import Letter, addressed


class Email(Action):
    code = "email"

    def words(self):
        return self.env._(
            "E-mail “%(subject)s”.",
            subject=spoken(self.spec["letter"]["subject"], self.env.lang),
        )

    @property
    def _model(self):
        return self.spec["letter"]["model"]

    def _record_id(self, obligation):
        is_own = self._model == "crm.obligation"
        return obligation.id if is_own else obligation.res_id

    def _recipient(self, obligation):
        if self.spec["whom"] == CUSTOMER:
            return addressed(obligation.partner_id)
        return addressed(self.person_of[obligation].partner_id)

    @property
    def _materials(self):
        """The materials that the customer gets with it."""
        materials = self.env["crm.material"]
        if self.spec["whom"] != CUSTOMER:
            return materials
        # Earlier versions of a regulation did not note the template.
        return materials._of_template([self.spec["letter"].get("template_id")])

    def problems(self):
        ids = [self._record_id(obligation) for obligation in self.obligations]
        there = set(self.env[self._model].browse(ids).exists()._ids)
        gone = self.env._("the record that it is about was deleted")
        found = {}
        expired = self._materials.filtered("is_expired")[:1]
        if expired:
            return dict.fromkeys(self.obligations, expired._expired_words().rstrip("."))
        for obligation in self.obligations:
            if self._record_id(obligation) not in there:
                found[obligation] = gone
            elif not self._recipient(obligation):
                found[obligation] = self._unreachable(obligation)
        return found

    def held_back(self):
        if self.spec["whom"] != CUSTOMER:
            return {}
        return ContactCap(self.obligations).held_back()

    def _unreachable(self, obligation):
        if self.spec["whom"] == CUSTOMER:
            person = obligation.partner_id
        else:
            person = self.person_of[obligation]
        if not person:
            return self.env._("nobody is there who could be meant")
        return self.env._("%(name)s has no e-mail address", name=person.name)

    def run(self, obligations):
        pages = {
            obligation: (model, id_)
            for model, ids in self.pages(obligations).items()
            for obligation, id_ in ids.items()
        }
        is_ours = self.spec["whom"] != CUSTOMER
        Letter(self.env, self.spec["letter"]).queue(
            [
                (
                    self._record_id(obligation),
                    self._recipient(obligation),
                    # What colleagues get is not shown to the customer.
                    None if is_ours else pages.get(obligation),
                    obligation.company_id,
                )
                for obligation in obligations
            ]
        )
        if not is_ours:
            ContactCap(obligations).note(obligations, self.spec["key"])
        self._materials._use(
            "letter",
            [
                {
                    "key": f"{self.spec['key']},{obligation.id}",
                    "user_id": obligation.user_id.id,
                    "partner_id": self._recipient(obligation).id,
                    "company_id": obligation.company_id.id,
                    "obligation_id": obligation.id,
                }
                for obligation in obligations
            ],
        )
