"""Promises of the demo company: two regulations in force for a quarter.

The talks of the last weeks are logged, the letters that answered them are put on the
customers' pages, and the engine does the rest: it opens, proves and judges as it does
in daily work. What is still open is due in the coming hours.
"""

import random
from datetime import timedelta

from odoo import Command, fields

from odoo.addons.crm_segmentation.demo.medical_distributor import working_moment

from ..engine.opening import open_told
from .campaign import Campaign
from .materials import Materials
from .new_product import NewProduct
from .talks import Talks

MATERIALS = (
    "Price list of reagents", "Catalogue of analysers", "Certificate of conformity",
    "Instruction for control samples", "Comparison with the old analyser",
)  # fmt: skip
SERVICE = (
    "Analyser reports error 42", "Refrigerator alarm at night",
    "Printer of the analyser", "Calibration fails", "Leak under the washing unit",
)  # fmt: skip
# What became of each request, over and over: minutes until the answer, None for never.
ANSWERS = (25, 70, 90, 45, None, 200, 30, 100, 60, None, 20, 400)


class Promises:
    """Loads the demo promises once.

    :param env: superuser environment during the installation of the demo data
    """

    def __init__(self, env):
        company = env.ref("crm_segmentation.demo_company")
        env = env(context={"tracking_disable": True, "mail_create_nosubscribe": True})
        self.env = env["base"].with_company(company).env
        self.company = company
        self.random = random.Random(11)
        self.now = fields.Datetime.now()
        self.sales = env.ref("crm_segmentation.demo_user_sales")
        self.manager = env.ref("crm_segmentation.demo_user_manager")
        self.coordinator = env.ref("crm_segmentation.demo_user_coordinator")

    def load(self):
        """Departments, the regulations in force, requests and their answers."""
        self._departments()
        self._materials()
        self._publish()
        interactions = self._requests() | self._requests_of_today()
        open_told(self.env, "crm.interaction", interactions.ids, {})
        while self.env["crm.obligation"]._sweep_batch(self.now):
            pass
        self._excuse()
        self._plan()
        Talks(self).load()
        NewProduct(self).load()
        Campaign(self).load()
        Materials(self).load()

    def _departments(self):
        sales = self.env["hr.department"].create(
            {"name": "Medical sales", "company_id": self.company.id}
        )
        calendar = self.company.resource_calendar_id.id
        heads = {self.manager: "Head of sales", self.sales: "Medical representative"}
        for user, job in {**heads, self.coordinator: "CRM coordinator"}.items():
            employee = self.env["hr.employee"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "job_title": job,
                    "company_id": self.company.id,
                    "department_id": sales.id,
                    "resource_calendar_id": calendar,
                }
            )
            if user == self.manager:
                sales.manager_id = employee

    def _materials(self):
        """What a salesperson sends, and what is said on the phone."""
        price, script = self.env["crm.material"].create(
            [
                {
                    "name": "Price list 2026",
                    "kind": "proposal",
                    "company_id": self.company.id,
                    "owner_id": self.coordinator.id,
                    "url": "https://example.com/price-list",
                },
                {
                    "name": "Script: error on the analyser",
                    "kind": "call_script",
                    "company_id": self.company.id,
                    "owner_id": self.coordinator.id,
                    "text": "<ol><li>Which error does the screen show?</li><li>When "
                    "did it begin?</li><li>Can the laboratory work without it "
                    "today?</li></ol>",
                },
            ]
        )
        for code, material in (("materials_2h", price), ("service_4wh", script)):
            self._regulation(code).step_ids.material_ids = material
        # This company sends price lists around the clock.
        self._regulation("materials_2h").step_ids.outside = "leave"

    def _plan(self):
        """Calls that the salesperson has planned without any promise."""
        leads = self.env["crm.lead"].search(
            [("user_id", "=", self.sales.id), ("type", "=", "opportunity")], limit=2
        )
        for days, lead in enumerate(leads):
            lead.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=fields.Date.add(self.now.date(), days=days),
                summary="Ask about the decision",
                user_id=self.sales.id,
            )

    def _regulation(self, code):
        return self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("code", "=", code)]
        )

    def _publish(self):
        regulations = self.env["crm.regulation"].search(
            [
                ("company_id", "=", self.company.id),
                ("code", "in", ("materials_2h", "service_4wh")),
            ]
        )
        regulations.write(
            {
                "mode": "remind",
                "owner_id": self.coordinator.id,
                "author_id": self.coordinator.id,
                "approver_id": self.manager.id,
            }
        )
        regulations.action_publish()
        regulations.with_user(self.manager).action_acknowledge()

    # --- requests and answers -------------------------------------------------

    def _requests(self):
        """Requests of the last eight weeks with the letters that answered them."""
        interactions = self.env["crm.interaction"]
        for number in range(48):
            moment = working_moment(self.now.date(), 2 + number, self.random)
            interaction = self._request(number, moment)
            minutes = ANSWERS[number % len(ANSWERS)]
            if minutes is not None:
                self._answer(interaction, minutes)
            interactions |= interaction
        return interactions

    def _requests_of_today(self):
        """Requests that are waiting for their answers now."""
        interactions = self.env["crm.interaction"]
        for number, minutes in enumerate((5, 20, 35, 50)):
            interactions |= self._request(number, self.now - timedelta(minutes=minutes))
        return interactions

    def _request(self, number, moment):
        kind, subjects = (
            ("service_request", SERVICE)
            if number % 3 == 2
            else ("materials_request", MATERIALS)
        )
        partners = self._customers()
        partner = partners[(number * 5) % len(partners)]
        return self.env["crm.interaction"].create(
            {
                "type_id": self.env.ref(f"crm_segmentation.interaction_type_{kind}").id,
                "partner_id": partner.id,
                "name": subjects[number % len(subjects)],
                "user_id": (self.manager if number % 4 == 1 else self.sales).id,
                "company_id": self.company.id,
                "date": moment,
                "duration": self.random.randint(2, 12),
                "direction": "in",
            }
        )

    def _answer(self, interaction, minutes):
        """A letter with the file on the customer's page, so long after the talk."""
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{interaction.name}.txt",
                "raw": interaction.name.encode(),
                "res_model": "res.partner",
                "res_id": interaction.partner_id.id,
            }
        )
        self.env["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": interaction.partner_id.id,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": interaction.user_id.partner_id.id,
                "partner_ids": [Command.set(interaction.partner_id.ids)],
                "subject": interaction.name,
                "body": self.env._("Good day! Please find it attached."),
                "date": interaction.date_end + timedelta(minutes=minutes),
                "attachment_ids": [Command.set(attachment.ids)],
            }
        )

    def _customers(self):
        return self.env["res.partner"].search(
            [
                ("company_id", "=", self.company.id),
                ("counterparty_type_ids.code", "=", "client"),
                ("parent_id", "=", False),
            ],
            order="id",
        )

    def _excuse(self):
        """The manager excused one: there was no electricity."""
        broken = self.env["crm.obligation"].search(
            [("company_id", "=", self.company.id), ("state", "=", "breached")],
            order="date_due",
            limit=1,
        )
        broken.with_user(self.manager).excuse("Power cut in the whole district")
        cancelled = self.env["crm.obligation"].search(
            [("company_id", "=", self.company.id), ("state", "=", "breached")],
            order="date_due",
            limit=1,
        )
        cancelled.with_user(self.manager).cancel("The client called back: not needed.")
        self._ask()

    def _ask(self):
        """The salesperson asks to be excused: one waits, the other one was declined."""
        broken = self.env["crm.obligation"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "in", ("breached", "done_late")),
                ("user_id", "=", self.sales.id),
            ],
            order="state, date_due",
            limit=2,
        )
        asked = broken.with_user(self.sales)
        asked[:1].ask_excuse("The head nurse was on holiday and nobody else decides")
        asked[1:].ask_excuse("I forgot")
        asked[1:].request_ids.with_user(self.manager).decline(
            "Please put it into your plan for tomorrow"
        )
