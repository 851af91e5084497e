"""Talks by the shipped scripts, letters with a price list, and quality sheets.

The regulation that asks customers stays a draft, because it would write to them; the
one about low marks is in force, and one customer gave one.
"""

from datetime import timedelta

from odoo import fields

from ..engine.opening import open_told

# The script, the answers one after the other, and when to call again.
TALKS = (
    ("cold", (1, 1, 1, 1), None),
    ("cold", (1, 2), 2),
    ("cold", (3,), None),
    ("call", (1, 1, 1, 1), None),
)
# Marks of each customer, and their words; the last one has not answered.
SHEETS = (
    ((5, 5, 5, 5), "Everything was fine, thank you."),
    ((4, 3, 5, 4), "The delivery came a day later than agreed."),
    ((2, 1, 2, 2), "We waited for the engineer for a week and nobody called."),
    (None, ""),
)


class Materials:
    """Loads them once.

    :param promises: the :class:`~.promises.Promises` that are being loaded
    """

    def __init__(self, promises):
        self.env = promises.env
        self.company = promises.company
        self.sales = promises.sales
        self.manager = promises.manager
        self.coordinator = promises.coordinator
        self.customers = promises._customers()
        self.now = fields.Datetime.now()

    def load(self):
        """Talks, a price list that was sent, and answers of customers."""
        self._talks()
        self._letters()
        self._publish()
        answers = self._sheets()
        open_told(self.env, answers._name, answers.ids, {})

    def _talks(self):
        leads = self.env["crm.lead"].search(
            [("company_id", "=", self.company.id), ("won_status", "=", "pending")],
            limit=len(TALKS),
            order="id",
        )
        talks = self.env(user=self.sales.id, su=False)["crm.script.talk"]
        for lead, (name, answers, days) in zip(leads, TALKS, strict=False):
            script = self.env.ref(f"crm_regulations.material_script_{name}")
            lead.sudo().user_id = self.sales
            told = talks.start(script.id, lead._name, lead.id)
            talk = talks.browse(told["id"])
            for number, answer in enumerate(answers):
                talk.answer(number, answer)
            later = days and fields.Datetime.to_string(self.now + timedelta(days=days))
            talk.finish(duration=4, next_date=later or False)

    def _letters(self):
        price = self.env["crm.material"].search([("name", "=", "Price list 2026")])
        price.date_expiry = self.now.date() + timedelta(days=10)
        price._use(
            "letter",
            [
                {
                    "key": f"demo,{number}",
                    "user_id": self.sales.id,
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                }
                for number, customer in enumerate(self.customers[:5])
            ],
        )

    def _publish(self):
        low = self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("code", "=", "quality_low")]
        )
        low.write(
            {
                "mode": "remind",
                "owner_id": self.coordinator.id,
                "author_id": self.coordinator.id,
                "approver_id": self.manager.id,
            }
        )
        low.action_publish()

    def _sheets(self):
        sheet = self.env.ref("crm_regulations.survey_quality_sheet")
        scales = sheet.question_ids.filtered(lambda q: q.question_type == "scale")
        words = sheet.question_ids - scales
        invited = self.env["survey.user_input"].create(
            [
                {
                    "survey_id": sheet.id,
                    "partner_id": customer.id,
                    "crm_company_id": self.company.id,
                }
                for customer in self.customers[: len(SHEETS)]
            ]
        )
        for one, (marks, text) in zip(invited, SHEETS, strict=False):
            if marks:
                for question, mark in zip(scales, marks, strict=True):
                    one._save_lines(question, str(mark))
                one._save_lines(words, text)
                one._mark_done()
        return self.env["crm.quality.answer"].search(
            [("input_id", "in", invited.ids)], order="id"
        )
