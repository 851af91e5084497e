"""The customer is invited to a survey, for example a quality sheet."""

from ..contact_cap import ContactCap
from .kind import Action
from .letter import Letter, addressed


class Survey(Action):
    code = "survey"

    def words(self):
        return self.env._(
            "Invitation to the survey “%(name)s”.", name=self.spec["survey"]
        )

    @property
    def _survey(self):
        return self.env["survey.survey"].browse(self.spec["survey_id"])

    def problems(self):
        if not self._survey.exists() or not self._survey.active:
            words = self.env._(
                "the survey “%(name)s” is closed or was deleted",
                name=self.spec["survey"],
            )
            return dict.fromkeys(self.obligations, words)
        return {
            obligation: self._unreachable(obligation)
            for obligation in self.obligations
            if not addressed(obligation.partner_id)
        }

    def held_back(self):
        return ContactCap(self.obligations).held_back()

    def _unreachable(self, obligation):
        if not obligation.partner_id:
            return self.env._("the customer is not known")
        return self.env._(
            "%(name)s has no e-mail address", name=obligation.partner_id.name
        )

    def run(self, obligations):
        partners = [addressed(obligation.partner_id) for obligation in obligations]
        limited = self._survey.is_attempts_limited
        limited &= self._survey.access_mode != "public"
        answers = self.env["survey.user_input"]
        answers = answers.create(
            [
                {
                    "survey_id": self._survey.id,
                    "partner_id": partner.id,
                    "email": partner.email,
                    "nickname": partner.name,
                    **(
                        {"invite_token": answers._generate_invite_token()}
                        if limited
                        else {}
                    ),
                }
                for partner in partners
            ]
        )
        Letter(self.env, self.spec["letter"]).queue(
            [
                (answer.id, partner, None, obligation.company_id)
                for answer, partner, obligation in zip(
                    answers, partners, obligations, strict=True
                )
            ]
        )
        ContactCap(obligations).note(obligations, self.spec["key"])
