from odoo.fields import Domain
from odoo.tests import tagged

from odoo.addons.crm_regulations.engine.facts.among import among

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestAmong(RegulationsCommon):
    def test_the_same_as_in(self):
        partners = self.env["res.partner"]
        company = partners.create({"name": "House", "is_company": True})
        people = partners.create(
            [{"name": name, "parent_id": company.id} for name in ("Ann", "Bob")]
        )
        ids = {people[0].id, company.id}
        self.assertEqual(set(partners.search(among("id", ids))._ids), ids)
        family = among("commercial_partner_id", [company.id])
        self.assertEqual(partners.search(family), company | people)
        children = partners.search(
            Domain("child_ids", "any", family & among("id", ids))
        )
        self.assertEqual(children, company)

    def test_among_none(self):
        self.assertTrue(among("id", ()).is_false())
