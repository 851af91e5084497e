from odoo import fields, models
from odoo.fields import Domain

SALES = "sales_team.group_sale_salesman"


class ResPartner(models.Model):
    _inherit = "res.partner"

    workplace_ids = fields.One2many(
        "crm.affiliation",
        "person_id",
        string="Workplaces",
        copy=False,
        groups=SALES,
        help="Organizations the person belongs to beside the company of the contact. "
        "They change nothing in turnover and categories.",
    )
    affiliated_ids = fields.One2many(
        "crm.affiliation",
        "organization_id",
        string="Affiliated people",
        copy=False,
        groups=SALES,
        help="People who belong to the organization beside its own contacts.",
    )
    people_count = fields.Integer(
        string="People",
        compute="_compute_people_count",
        groups=SALES,
        help="The contacts of the organization and the people affiliated with it now.",
    )

    def _compute_people_count(self):
        contacts = dict(
            self.env["res.partner"]._read_group(
                [("parent_id", "in", self.ids), ("is_company", "=", False)],
                ["parent_id"],
                ["id:recordset"],
            )
        )
        affiliated = {
            organization: people
            for organization, people in self.env["crm.affiliation"]._read_group(
                [("organization_id", "in", self.ids), ("is_current", "=", True)],
                ["organization_id"],
                ["person_id:recordset"],
            )
        }
        for partner in self:
            people = contacts.get(partner, self.browse())
            partner.people_count = len(people | affiliated.get(partner, self.browse()))

    def action_open_people(self):
        """The contacts of an organization and the people affiliated with it."""
        self.ensure_one()
        affiliated = self.env["crm.affiliation"].search(
            [("organization_id", "=", self.id), ("is_current", "=", True)]
        )
        domain = Domain("id", "in", affiliated.person_id.ids) | Domain(
            [("parent_id", "=", self.id), ("is_company", "=", False)]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("People of %(organization)s", organization=self.name),
            "res_model": "res.partner",
            "view_mode": "list,kanban,form",
            "views": [[False, "list"], [False, "kanban"], [False, "form"]],
            "domain": list(domain),
            "context": {"default_parent_id": self.id},
        }
