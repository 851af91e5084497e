"""The demo company: a distributor of reagents and analysers with six years of history.

Everything is relative to today and drawn with a fixed seed, so that each category has
customers whenever it is loaded.
"""

import random
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields

from ..engine.classification import Classification
from .relations import Relations

# For so long the demo company has had its categories.
PAST_MONTHS = 14
# What some customers bought more than a year ago, as a share of what they buy now:
# one grew into A, one into B, one fell out of B.
A_YEAR_AGO = {
    "Synevo East": 0.4,
    "Kharkiv Women's Health": 0.3,
    "Rivne Children's Clinic": 7,
}
# Days between two talks, by category.
CONTACT_NORMS = {"A": 14, "B": 30, "C": 60}

# name, kind, months between purchases, typical amount of one, years with us
KEY = [
    ("Dobrobut Clinic", "clinic", 1, 165_000, 9),
    ("Oberih Hospital", "clinic", 1, 148_000, 8),
    ("Central City Laboratory", "clinic", 1, 210_000, 11),
    ("Medicover Diagnostics", "clinic", 1, 132_000, 7),
    ("Synevo East", "clinic", 1, 187_000, 6),
]
REGULAR = [
    ("Pharmacy of Good Day", "pharmacy", 1, 62_000, 6),
    ("Apteka Bazhannia", "pharmacy", 1, 48_000, 4),
    ("Podil Family Clinic", "clinic", 1, 71_000, 3),
    ("Chernihiv Regional Hospital", "clinic", 2, 118_000, 12),
    ("Odesa Blood Centre", "clinic", 1, 56_000, 5),
    ("Kharkiv Women's Health", "clinic", 1, 44_000, 2),
    ("Lviv Cardio Centre", "clinic", 2, 95_000, 7),
    ("Growing Labs", "clinic", 1, 230_000, 2),
    ("MedDealer South", "dealer", 1, 84_000, 6),
    ("Vinnytsia Medical Supply", "dealer", 1, 67_000, 3),
]
OTHER = [
    ("Pharmacy No. 7", "pharmacy", 4, 9_000, 5),
    ("Pharmacy No. 12", "pharmacy", 3, 12_500, 3),
    ("Pharmacy on Rynok Square", "pharmacy", 5, 7_400, 1),
    ("Poltava Dental", "clinic", 6, 21_000, 4),
    ("Rivne Children's Clinic", "clinic", 4, 18_000, 6),
    ("Sumy Outpatient Centre", "clinic", 5, 26_000, 2),
    ("Zhytomyr Optics", "clinic", 8, 14_000, 3),
    ("Uzhhorod Physiotherapy", "clinic", 6, 11_000, 1),
    ("Cherkasy Vet Clinic", "clinic", 7, 9_900, 2),
    ("Dnipro Sports Medicine", "clinic", 3, 24_000, 4),
    ("Dr. Hanna Lysenko", "doctor", 9, 4_200, 3),
    ("Dr. Petro Moroz", "doctor", 6, 5_100, 2),
    ("Dr. Sofia Tkach", "doctor", 11, 3_800, 6),
]
NOT_CLIENTS = [
    ("Reagent Works GmbH", "supplier"),
    ("Analyser Import Ltd", "supplier"),
    ("Cold Chain Transport", "subcontractor"),
    ("LabLine Competitor", "competitor"),
    ("Southern Pharma Dealer", "dealer"),
]
# Nobody has said yet what they are, but their turnover does.
UNTYPED = ("Bila Tserkva Laboratory", "Kolomyia Maternity", "Izium Ambulance")
DOCTORS = (
    "Andrii Shevchuk", "Nataliia Koval", "Viktor Oliinyk", "Maria Hnatiuk",
    "Yurii Polishchuk", "Oksana Rudenko", "Ivan Marchenko", "Larysa Kravets",
)  # fmt: skip
TALKS = (
    ("call", "Availability of haematology reagents"),
    ("call", "Question about the invoice"),
    ("call", "Price of control samples"),
    ("visit", "Presentation of the new analyser"),
    ("meeting", "Terms for the next year"),
    ("email", "Confirmation of delivery dates"),
    ("complaint", "Damaged package"),
)
LEADS = (
    ("Analyser for a new laboratory", 480_000),
    ("Reagents for biochemistry, yearly contract", 260_000),
    ("Service contract for two analysers", 96_000),
    ("Consumables for the operating theatre", 74_000),
    ("Replacement of an old analyser", 390_000),
    ("Vaccines refrigerator", 58_000),
    ("Training of laboratory staff", 22_000),
    ("Trial of rapid tests", 15_000),
    ("Equipment for an ambulance station", 310_000),
    ("Cold chain monitoring", 44_000),
)


class MedicalDistributor:
    """Loads the demo company once.

    :param env: superuser environment during the installation of the demo data
    """

    def __init__(self, env):
        company = env.ref("crm_segmentation.demo_company")
        self.env = env(
            context={"tracking_disable": True, "mail_create_nosubscribe": True}
        )
        self.env = self.env["base"].with_company(company).env
        self.company = self.env.company
        self.random = random.Random(7)
        self.today = fields.Date.today()
        self.sales = env.ref("crm_segmentation.demo_user_sales")
        self.manager = env.ref("crm_segmentation.demo_user_manager")

    def load(self):
        """Customers, their history, the published segmentation, talks and leads."""
        # Not try_loading: it warns while modules are being installed.
        self.env["account.chart.template"]._load("generic_coa", self.company, False)
        # The chart of accounts brings a currency of its own.
        self.company.currency_id = self.env.ref("base.UAH")
        self.company.resource_calendar_id.tz = "Europe/Kyiv"
        self._team()
        self._types()
        customers = self._customers()
        self._not_clients()
        self._untyped()
        self._invoices(customers)
        self._history(customers)
        self._publish()
        partners = self.env["res.partner"].browse([p.id for p, *_rest in customers])
        self._leads(partners)
        self._talks(partners)
        Relations(self).load()

    # --- people ---------------------------------------------------------------

    def _team(self):
        team = self.env["crm.team"].create(
            {
                "name": "Medical sales",
                "company_id": self.company.id,
                "user_id": self.manager.id,
            }
        )
        self.env["crm.team.member"].create(
            {"crm_team_id": team.id, "user_id": self.sales.id}
        )
        self.team = team
        if "odoobot_state" in self.env["res.users"]._fields:
            # Otherwise the robot opens its chat over the first screen of a phone.
            users = self.env["res.users"].search([("share", "=", False)])
            users.odoobot_state = "disabled"

    def _customers(self):
        """The customers as (partner, months between purchases, amount, years)."""
        found = []
        for rows, person in (
            (KEY, self.manager),
            (REGULAR, self.sales),
            (OTHER, self.sales),
        ):
            for name, kind, gap, amount, years in rows:
                partner = self._partner(name, kind, person)
                if rows is not OTHER or years > 2:
                    partner.customer_since = self.today - relativedelta(
                        years=years, days=self.random.randint(40, 300)
                    )
                found.append((partner, gap, amount, years))
        clinics = [p for p, *_rest in found if p.is_company][: len(DOCTORS)]
        for doctor, clinic in zip(DOCTORS, clinics, strict=True):
            self.env["res.partner"].create(
                {
                    "name": doctor,
                    "parent_id": clinic.id,
                    "company_id": self.company.id,
                    "email": f"{doctor.split()[1].lower()}@example.com",
                    "function": "Head of laboratory",
                }
            )
        return found

    def _types(self):
        """The narrower types of this trade, which are shipped archived."""
        for kind in ("clinic", "pharmacy", "doctor"):
            self.env.ref(f"crm_segmentation.type_{kind}").active = True

    def _untyped(self):
        """Customers of a wholesaler whom nobody has looked at yet."""
        for number, name in enumerate(UNTYPED):
            partner = self.env["res.partner"].create(
                {"name": name, "is_company": True, "company_id": self.company.id}
            )
            self.env["crm.turnover.line"].create(
                {
                    "partner_id": partner.id,
                    "date": self.today - timedelta(days=30 + number),
                    "amount": 3_000,
                    "currency_id": self.company.currency_id.id,
                    "company_id": self.company.id,
                    "origin": "wholesaler",
                    "external_ref": f"{name}/1",
                }
            )

    def _partner(self, name, kind, person=None):
        kinds = self.env["crm.counterparty.type"].search([("code", "=", kind)])
        if kind in ("dealer", "doctor") and person:
            kinds |= self.env.ref("crm_segmentation.type_client")
        slug = "".join(c for c in name.lower() if c.isalnum())
        return self.env["res.partner"].create(
            {
                "name": name,
                "is_company": kind != "doctor",
                "company_id": self.company.id,
                "user_id": person.id if person else False,
                "email": f"{slug}@example.com",
                "phone": f"+380 44 {self.random.randint(200, 599)} "
                f"{self.random.randint(10, 99)} {self.random.randint(10, 99)}",
                "country_id": self.env.ref("base.ua").id,
                # About the oldest customers everything is known.
                **self._details(slug, person),
                "counterparty_type_ids": [Command.set(kinds.ids)],
            }
        )

    def _details(self, slug, person):
        if person != self.manager:
            return {}
        return {"vat": f"UA-{len(slug):03}{ord(slug[0])}", "street": "1 Medychna St",
                "city": "Kyiv", "property_payment_term_id": self.env.ref(
                    "account.account_payment_term_30days").id}  # fmt: skip

    def _not_clients(self):
        for name, kind in NOT_CLIENTS:
            self._partner(name, kind)

    # --- turnover -------------------------------------------------------------

    def _invoices(self, customers):
        """Three years of posted invoices, and a refund here and there."""
        product = self.env["product.product"].create(
            {"name": "Reagents", "type": "consu", "taxes_id": [Command.clear()]}
        )
        values = [
            self._invoice(partner, product, day, amount * self._trend(partner, day))
            for partner, gap, amount, years in customers
            for day in self._purchase_days(gap, min(years, 3))
        ]
        self.env["account.move"].create(values).action_post()

    def _trend(self, partner, day):
        a_year_ago = self.today - relativedelta(years=1)
        return A_YEAR_AGO.get(partner.name, 1) if day < a_year_ago else 1

    def _purchase_days(self, gap, years):
        day = self.today - timedelta(days=self.random.randint(3, 20))
        while day > self.today - relativedelta(years=years):
            yield day
            day -= relativedelta(months=gap, days=self.random.randint(-3, 3))

    def _invoice(self, partner, product, day, amount):
        refund = self.random.random() < 0.02
        price = round(amount * self.random.uniform(0.9, 1.25), -1)
        return {
            "move_type": "out_refund" if refund else "out_invoice",
            "partner_id": partner.id,
            "invoice_date": day,
            "invoice_user_id": partner.user_id.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "quantity": 1,
                        "price_unit": price * 0.1 if refund else price,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    def _history(self, customers):
        """The years before Odoo, which are no invoices here: one line a year."""
        self.env["crm.turnover.line"].create(
            [
                {
                    "partner_id": partner.id,
                    "date": self.today - relativedelta(years=back, days=100),
                    "amount": round(amount * 12 / gap * 0.7, -2),
                    "currency_id": self.company.currency_id.id,
                    "company_id": self.company.id,
                    "origin": "before Odoo",
                    "external_ref": f"{partner.name}/{back}",
                }
                for partner, gap, amount, years in customers
                for back in range(4, years + 1)
            ]
        )

    # --- categories -----------------------------------------------------------

    def _publish(self):
        example = self.env["crm.segmentation"].search(
            [("company_id", "=", self.company.id), ("code", "=", "method_example")]
        )
        clients = example.copy(
            {
                "code": "clients",
                "name": "Clients by turnover and loyalty",
                "description": "Decides how fast we answer and how often we call.",
                "sequence": 1,
            }
        )
        key, regular = clients.segment_ids[:2]
        for segment, leave in ((key, 85_000), (regular, 25_000)):
            turnover = segment.criterion_ids[0]
            turnover.write({"has_leave": True, "value_leave": leave})
        self._past_year(clients)
        clients.action_publish()
        clients.version_ids.date = self.today - relativedelta(months=PAST_MONTHS)
        self._contact_norms(clients)

    def _past_year(self, segmentation):
        """As if it had been published a year ago and been run every month since."""
        spec = segmentation._compile()
        self.env.flush_all()
        for months in range(PAST_MONTHS, 0, -1):
            is_first = months == PAST_MONTHS
            Classification(
                self.env,
                segmentation.id,
                spec,
                self.today - relativedelta(months=months),
                at_once=is_first,
            ).apply("publish" if is_first else "nightly", 1)

    def _contact_norms(self, segmentation):
        self.env["crm.contact.norm"].create(
            [
                {
                    "company_id": self.company.id,
                    "segment_id": segment.id,
                    "every_days": CONTACT_NORMS[segment.code],
                }
                for segment in segmentation.segment_ids
            ]
        )

    # --- work -----------------------------------------------------------------

    def _leads(self, partners):
        stages = self.env["crm.stage"].search([("is_won", "=", False)])
        reason = self.env["crm.lost.reason"].search([], limit=1)
        for number, (name, revenue) in enumerate(LEADS):
            lead = self.env["crm.lead"].create(
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": partners[number * 2].id,
                    "expected_revenue": revenue,
                    "user_id": (self.manager if number % 3 == 0 else self.sales).id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                    "stage_id": stages[number % len(stages)].id,
                }
            )
            if number % 5 == 4:
                lead.action_set_lost(lost_reason_id=reason.id)

    def _talks(self, partners):
        """Two months of ordinary talks, in working hours."""
        values = []
        for number in range(70):
            kind, subject = self.random.choice(TALKS)
            partner = self.random.choice(partners)
            values.append(
                {
                    "type_id": self.env.ref(
                        f"crm_segmentation.interaction_type_{kind}"
                    ).id,
                    "partner_id": partner.id,
                    "name": subject,
                    "user_id": (partner.user_id or self.sales).id,
                    "company_id": self.company.id,
                    "date": working_moment(self.today, number * 6 // 7, self.random),
                    "duration": self.random.randint(3, 40),
                    "direction": self.random.choice(("in", "out")),
                }
            )
        self.env["crm.interaction"].create(values)


def working_moment(today, days_back, rng):
    """An instant in the working hours of a working day.

    :param today: date
    :param days_back: about so many days before today, at least one
    :param rng: random.Random
    :return: naive UTC datetime
    """
    day = today - timedelta(days=max(1, days_back))
    while day.weekday() > 4:
        day -= timedelta(days=1)
    moment = datetime.combine(day, time(7, 10))
    return moment + timedelta(minutes=rng.randint(0, 7 * 60))
