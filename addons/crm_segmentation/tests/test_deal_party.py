from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SegmentationCommon


@tagged("post_install", "-at_install")
class TestDealParty(SegmentationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            code: cls.env.ref(f"crm_segmentation.deal_role_{code}")
            for code in ("competitor", "dealer", "subcontractor", "influencer")
        }
        cls.rival = cls._partner(
            "Rival",
            counterparty_type_ids=cls.env.ref("crm_segmentation.type_competitor").ids,
        )
        cls.customer = cls._partner()
        cls.lead = cls._deal(cls.sales)

    @classmethod
    def _deal(cls, user, **values):
        return cls.env["crm.lead"].create(
            {
                "name": "Analyser",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": user and user.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _party(cls, lead=None, role="competitor", partner=None, **values):
        return cls.env["crm.deal.party"].create(
            {
                "lead_id": (lead or cls.lead).id,
                "role_id": cls.roles[role].id,
                "partner_id": (partner or cls.rival).id,
                **values,
            }
        )

    def test_shipped_roles(self):
        for code, role in self.roles.items():
            self.assertEqual(role.code, code)
            types = role.counterparty_type_ids.mapped("code")
            self.assertEqual(types, [] if code == "influencer" else [code])
        self.assertEqual(
            [code for code, role in self.roles.items() if role.is_rival],
            ["competitor"],
        )

    def test_on_lead_order_and_partner(self):
        self._party(note="Cheaper")
        doctor = self._doctor(self.rival)
        self._party(role="influencer", partner=doctor)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": self.lead.id,
                "company_id": self.company.id,
                "user_id": self.sales.id,
            }
        )
        self.assertEqual(order.deal_party_ids, self.lead.deal_party_ids)
        self.assertEqual(self.rival.deal_count, 1, "two parts in one deal")
        self.assertEqual(doctor.deal_count, 1)
        self.assertEqual(self.customer.deal_count, 0)
        deals = self.env["crm.lead"].search(self.rival.action_open_deals()["domain"])
        self.assertEqual(deals, self.lead)
        self.assertEqual(
            self.lead.deal_party_ids.mapped("display_name"),
            ["Competitor: Rival", f"Influencer: {doctor.display_name}"],
        )

    def test_form_suggests_but_does_not_force(self):
        with Form(self.lead.with_user(self.sales)) as form:
            with form.deal_party_ids.new() as party:
                party.role_id = self.roles["competitor"]
                self.assertEqual(
                    party.role_type_ids.ids,
                    self.roles["competitor"].counterparty_type_ids.ids,
                )
                party.partner_id = self.rival
                party.won = True
                # Only a rival wins.
                party.role_id = self.roles["dealer"]
                self.assertFalse(party.won)
        self._party(partner=self.customer)

    def test_refused(self):
        foreign = self.env["res.company"].create({"name": "South Med"})
        theirs = self._partner("Theirs", company_id=foreign.id)
        self._party(won=True)
        other = self._partner("Other rival")
        cases = [
            (
                ValidationError,
                "crm_segmentation.party_cannot_win",
                {"role": "dealer", "won": True, "lead": self._deal(self.sales)},
            ),
            (ValidationError, "crm_segmentation.party_company", {"partner": theirs}),
            (IntegrityError, "crm_deal_party_once", {}),
            (IntegrityError, "one_winner", {"partner": other, "won": True}),
        ]
        for error, code, values in cases:
            with (
                self.subTest(code),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(error, code),
                self.env.cr.savepoint(),
            ):
                self._party(**values)

    def test_merged_leads(self):
        second = self._deal(self.sales)
        dealer = self._partner("Dealer")
        other = self._partner("Other rival")
        self._party(note="Cheaper")
        self._party(role="dealer", partner=dealer, note="Old friend")
        self._party(second, note="Faster", won=True)
        self._party(second, role="influencer", partner=dealer)
        third = self._deal(self.sales)
        self._party(third, partner=other, won=True)
        merged = (
            (self.lead + second + third).with_user(self.manager).merge_opportunity()
        )
        self.env.invalidate_all()
        rows = {
            (party.role_id.code, party.partner_id): (party.note, party.won)
            for party in merged.sudo().deal_party_ids
        }
        self.assertEqual(
            set(rows),
            {
                ("competitor", self.rival),
                ("competitor", other),
                ("dealer", dealer),
                ("influencer", dealer),
            },
        )
        notes, _won = rows["competitor", self.rival]
        self.assertEqual(set(notes.split("; ")), {"Cheaper", "Faster"})
        self.assertEqual(sum(won for _note, won in rows.values()), 1)

    def test_merged_partners(self):
        twin = self._partner("Rival")
        self._party()
        won = self._party(partner=twin, won=True)
        other = self._party(role="dealer", partner=twin)
        self.env.flush_all()
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        with mute_logger("odoo.addons.base.partner.merge"):
            merge._merge((self.rival + twin).ids, self.rival)
        self.env.invalidate_all()
        self.assertEqual(self.lead.deal_party_ids, won + other)
        self.assertEqual((won + other).partner_id, self.rival)
        self.assertEqual((won + other).commercial_partner_id, self.rival)

    def test_deletion(self):
        party = self._party()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.rival.unlink()
        self.lead.unlink()
        self.assertFalse(party.exists())

    # --- who may what -----------------------------------------------------------------

    def test_salesperson_sees_own_deals_only(self):
        mine = self._party()
        free = self._party(self._deal(self.env["res.users"]))
        other = self._deal(self.manager)
        theirs = self._party(other)
        parties = self.env["crm.deal.party"].with_user(self.sales)
        everything = mine + free + theirs
        self.assertEqual(
            parties.search([("id", "in", everything.ids)]), (mine + free).sorted()
        )
        with self.assertRaises(AccessError):
            theirs.with_user(self.sales).note = "Mine"
        with self.assertRaises(AccessError):
            parties.create(
                {
                    "lead_id": other.id,
                    "role_id": self.roles["dealer"].id,
                    "partner_id": self.rival.id,
                }
            )
        self.env.invalidate_all()
        self.assertEqual(self.rival.with_user(self.sales).deal_count, 2)
        mine.with_user(self.sales).note = "Cheaper"
        mine.with_user(self.sales).unlink()
        for user in (self.manager, self.coordinator):
            theirs.with_user(user).note = user.name

    def test_own_order_of_a_colleagues_deal(self):
        other = self._deal(self.manager)
        party = self._party(other)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "opportunity_id": other.id,
                "company_id": self.company.id,
                "user_id": self.sales.id,
            }
        )
        self.env.invalidate_all()
        self.assertFalse(order.with_user(self.sales).deal_party_ids)
        self.env.invalidate_all()
        self.assertEqual(order.with_user(self.manager).deal_party_ids, party)

    def test_others(self):
        self._party()
        parties = self.env["crm.deal.party"]
        self.assertFalse(parties.with_user(self.integration).has_access("read"))
        company = self.env["res.company"].create({"name": "South Med"})
        foreign = self._user("mgr2", "sales_team.group_sale_manager", company)
        theirs = parties.with_user(foreign).with_context(
            allowed_company_ids=company.ids
        )
        self.assertFalse(theirs.search([("lead_id", "=", self.lead.id)]))
        with self.assertRaises(AccessError):
            self.roles["dealer"].with_user(self.sales).name = "X"
        self.roles["dealer"].with_user(self.coordinator).write(
            {"counterparty_type_ids": [Command.clear()]}
        )
