"""The customer is invited to a survey, for example a quality sheet."""

from datetime import timedelta

from odoo import fields

from ...core.step import VOID
from ..contact_cap import ContactCap
from .kind import Action
from .letter import Letter, addressed

#: At most one quality sheet for each contact in so many days.
PAUSE_DAYS = 90


class Survey(Action):
    code = "survey"

    def words(self):
        return self.env._(
            "Invitation to the survey “%(name)s”.", name=self.spec["survey"]
        )

    @property
    def _survey(self):
        return self.env["survey.survey"].browse(self.spec["survey_id"])

    @property
    def _materials(self):
        """The materials that are this sheet."""
        materials = self.env["crm.material"]
        return materials.search([("survey_id", "=", self.spec["survey_id"])])

    def problems(self):
        if not self._survey.exists() or not self._survey.active:
            words = self.env._(
                "the survey “%(name)s” is closed or was deleted",
                name=self.spec["survey"],
            )
            return dict.fromkeys(self.obligations, words)
        expired = self._materials.filtered("is_expired")[:1]
        if expired:
            return dict.fromkeys(self.obligations, expired._expired_words().rstrip("."))
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
        asked = self._asked_lately(obligations)
        self._spare(asked)
        obligations = obligations.filtered(lambda o: o not in asked)
        if obligations:
            self._invite(obligations)

    def _invite(self, obligations):
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
                    "lang_id": self._language(partner),
                    "crm_obligation_id": obligation.id,
                    "crm_company_id": obligation.company_id.id,
                    "crm_action_key": self.spec["key"],
                    **(
                        {"invite_token": answers._generate_invite_token()}
                        if limited
                        else {}
                    ),
                }
                for partner, obligation in zip(partners, obligations, strict=True)
            ]
        )
        self._queue(self.spec["letter"], answers)
        ContactCap(obligations).note(obligations, self.spec["key"])
        self._count(answers)
        self._note_on_orders(obligations)

    def _language(self, partner):
        """The one of the letter, if the survey speaks it; else the reader's browser."""
        language = self.env["res.lang"]._lang_get(partner.lang)
        spoken = self._survey._get_supported_lang_codes()
        return language.id if language.code in spoken else False

    @staticmethod
    def _queue(letter, answers):
        Letter(answers.env, letter).queue(
            [
                (answer.id, answer.partner_id, None, answer.crm_company_id)
                for answer in answers
            ]
        )

    def _count(self, answers):
        """Materials that are this sheet were used."""
        self._materials._use(
            "sheet",
            [
                {
                    "key": f"{answer._name},{answer.id}",
                    "user_id": answer.crm_obligation_id.user_id.id,
                    "partner_id": answer.partner_id.id,
                    "company_id": answer.crm_company_id.id,
                    "obligation_id": answer.crm_obligation_id.id,
                }
                for answer in answers
            ],
        )

    def _note_on_orders(self, obligations):
        """That they were invited stands on the orders, where it proves the promise."""
        if not self._survey.crm_quality_sheet:
            return
        ids = [o.res_id for o in obligations if o.res_model == "sale.order"]
        orders = self.env["sale.order"].browse(ids).exists()
        orders.filtered(lambda order: not order.crm_quality_invited).write(
            {"crm_quality_invited": fields.Datetime.now()}
        )

    # --- not too often --------------------------------------------------------

    def _asked_lately(self, obligations):
        """Promises whose customers were asked a short time ago: {obligation: when}.

        Also those whose customer is asked for another promise right now.
        """
        if not self._survey.crm_quality_sheet:
            return {}
        now = fields.Datetime.now()
        partner_of = {o: addressed(o.partner_id) for o in obligations}
        last = dict(
            self.env["survey.user_input"]._read_group(
                [
                    ("survey_id.crm_quality_sheet", "=", True),
                    ("test_entry", "=", False),
                    ("partner_id", "in", [p.id for p in partner_of.values()]),
                    ("crm_company_id", "in", obligations.company_id.ids),
                    ("create_date", ">", now - timedelta(days=PAUSE_DAYS)),
                ],
                ["partner_id"],
                ["create_date:max"],
            )
        )
        asked = {}
        for obligation, partner in partner_of.items():
            if partner in last:
                asked[obligation] = last[partner]
            last[partner] = now
        return asked

    def _spare(self, asked):
        """Nothing is owed to a customer who was asked a short time ago."""
        for obligation, date in asked.items():
            if not obligation.date_end:
                obligation._say(
                    VOID,
                    self.env._(
                        "The customer was asked on %(date)s; nobody is asked more than "
                        "once in %(days)s days.",
                        date=fields.Date.to_string(date),
                        days=PAUSE_DAYS,
                    ),
                )


def remind(answers):
    """Send the letters of invitations once more.

    :param answers: survey.user_input records of promises, superuser environment
    """
    by_letter = {}
    for answer in answers:
        owed = answer.crm_obligation_id
        letter = _letter(owed.regulation_id.spec, owed.step_id.id, answer)
        if letter:
            by_letter.setdefault(answer.crm_action_key, (letter, answers.browse()))
            kept, some = by_letter[answer.crm_action_key]
            by_letter[answer.crm_action_key] = (kept, some | answer)
    for letter, some in by_letter.values():
        Survey._queue(letter, some)


def _letter(spec, step_id, answer):
    """The frozen letter with which somebody was invited; None: it is not there."""
    actions = [
        action
        for step in (spec or {}).get("steps", ())
        if step["id"] == step_id
        for action in step["actions"]
    ]
    found = (a for a in actions if a["key"] == answer.crm_action_key)
    return next((action["letter"] for action in found), None)
