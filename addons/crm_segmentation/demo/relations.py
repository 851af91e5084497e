"""Territories, workplaces, parties of deals and kinds of sale of the demo company."""

from dateutil.relativedelta import relativedelta

from odoo import Command

# name, code, postcodes, responsible
TERRITORIES = (
    ("Kyiv", "kyiv", "01..08", "sales"),
    ("North and centre", "north", "10..28, 36..42", "manager"),
    ("West", "west", "29..35, 43..48, 76..82, 88..90", "sales"),
    ("South", "south", "54..57, 65..68, 73..75", "manager"),
    ("East", "east", "49..53, 61..64, 69..72, 83..87, 91..94", "sales"),
)
# Where the customers are; those left out stand in the list of gaps.
ADDRESSES = {
    "Dobrobut Clinic": ("Kyiv", "01030"),
    "Oberih Hospital": ("Kyiv", "03057"),
    "Central City Laboratory": ("Kyiv", "04053"),
    "Medicover Diagnostics": ("Kyiv", "02095"),
    "Synevo East": ("Kharkiv", "61022"),
    "Pharmacy of Good Day": ("Kyiv", "01001"),
    "Podil Family Clinic": ("Kyiv", "04070"),
    "Chernihiv Regional Hospital": ("Chernihiv", "14029"),
    "Odesa Blood Centre": ("Odesa", "65044"),
    "Kharkiv Women's Health": ("Kharkiv", "61000"),
    "Lviv Cardio Centre": ("Lviv", "79015"),
    "MedDealer South": ("Odesa", "65026"),
    "Vinnytsia Medical Supply": ("Vinnytsia", "21018"),
    "Pharmacy on Rynok Square": ("Lviv", "79008"),
    "Poltava Dental": ("Poltava", "36000"),
    "Rivne Children's Clinic": ("Rivne", "33028"),
    "Sumy Outpatient Centre": ("Sumy", "40000"),
    "Zhytomyr Optics": ("Zhytomyr", "10014"),
    "Uzhhorod Physiotherapy": ("Uzhhorod", "88000"),
    "Cherkasy Vet Clinic": ("Cherkasy", "18000"),
    "Dnipro Sports Medicine": ("Dnipro", "49000"),
}
# product category, its kind of sale, a product, its price
PRODUCTS = (
    ("Reagents and consumables", "consumables", "Biochemistry reagents, set", 8_400),
    ("Analysers", "equipment", "Haematology analyser", 390_000),
    ("Service and training", "services", "Service contract, a year", 48_000),
)


class Relations:
    """Loads them after the customers and leads.

    :param distributor: demo.medical_distributor.MedicalDistributor, whose customers
        and leads are there
    """

    def __init__(self, distributor):
        self.env = distributor.env
        self.company = distributor.company
        self.today = distributor.today
        self.people = {"sales": distributor.sales, "manager": distributor.manager}

    def load(self):
        """Territories first, so that the addresses find them."""
        self._territories()
        self._addresses()
        self._workplaces()
        self._kinds_of_sale()
        self._parties()

    def _find(self, model, name):
        return self.env[model].search(
            [("name", "=", name), ("company_id", "=", self.company.id)], limit=1
        )

    def _territories(self):
        country = self.env.ref("base.ua")
        whole = self.env["crm.territory"].create(
            {"name": "Ukraine", "code": "ua", "company_id": self.company.id}
        )
        self.env["crm.territory"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "parent_id": whole.id,
                    "company_id": self.company.id,
                    "user_id": self.people[person].id,
                    "rule_ids": [
                        Command.create(
                            {"country_id": country.id, "postcodes": postcodes}
                        )
                    ],
                }
                for name, code, postcodes, person in TERRITORIES
            ]
        )

    def _addresses(self):
        for name, (city, postcode) in ADDRESSES.items():
            self._find("res.partner", name).write({"city": city, "zip": postcode})

    def _workplaces(self):
        """Two doctors who are found in more than one clinic."""
        role = self.env.ref("crm_segmentation.affiliation_role_visiting")
        head = self.env.ref("crm_segmentation.affiliation_role_head")
        for doctor, clinic, what, years, main in (
            ("Nataliia Koval", "Podil Family Clinic", role, 3, True),
            ("Nataliia Koval", "Dobrobut Clinic", head, 1, False),
            ("Dr. Hanna Lysenko", "Lviv Cardio Centre", role, 2, True),
        ):
            self.env["crm.affiliation"].create(
                {
                    "person_id": self._find("res.partner", doctor).id,
                    "organization_id": self._find("res.partner", clinic).id,
                    "role_id": what.id,
                    "date_from": self.today - relativedelta(years=years),
                    "is_main": main,
                    "note": "Tuesdays and Thursdays" if main else False,
                }
            )

    def _kinds_of_sale(self):
        products = self.env["product.product"]
        for category, kind, product, price in PRODUCTS:
            categ = self.env["product.category"].create(
                {
                    "name": category,
                    "sale_kind_id": self.env.ref(
                        f"crm_segmentation.sale_kind_{kind}"
                    ).id,
                }
            )
            products |= products.create(
                {
                    "name": product,
                    "categ_id": categ.id,
                    "list_price": price,
                    "type": "service" if kind == "services" else "consu",
                    "company_id": self.company.id,
                }
            )
        for name, sold in (
            ("Analyser for a new laboratory", products[1:]),
            ("Reagents for biochemistry, yearly contract", products[0]),
        ):
            lead = self._find("crm.lead", name)
            self.env["sale.order"].create(
                {
                    "partner_id": lead.partner_id.id,
                    "opportunity_id": lead.id,
                    "company_id": self.company.id,
                    "user_id": lead.user_id.id,
                    "order_line": [
                        Command.create({"product_id": product.id}) for product in sold
                    ],
                }
            )

    def _parties(self):
        """A rival in one deal, and one that won another."""
        for lead, role, partner, won, note in (
            ("Analyser for a new laboratory", "competitor", "LabLine Competitor",
             False, "Offers three years of warranty"),
            ("Analyser for a new laboratory", "influencer", "Nataliia Koval",
             False, "Worked with our analyser before"),
            ("Analyser for a new laboratory", "subcontractor", "Cold Chain Transport",
             False, "Carries and installs it"),
            ("Replacement of an old analyser", "competitor", "LabLine Competitor",
             True, "Five percent cheaper"),
            ("Vaccines refrigerator", "dealer", "Southern Pharma Dealer", False, ""),
        ):  # fmt: skip
            found = self.env["crm.lead"].with_context(active_test=False)
            found = found.search(
                [("name", "=", lead), ("company_id", "=", self.company.id)], limit=1
            )
            self.env["crm.deal.party"].create(
                {
                    "lead_id": found.id,
                    "role_id": self.env.ref(f"crm_segmentation.deal_role_{role}").id,
                    "partner_id": self._find("res.partner", partner).id,
                    "won": won,
                    "note": note,
                }
            )
