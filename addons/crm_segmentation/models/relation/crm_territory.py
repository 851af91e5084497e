from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from ...core.territory import TerritoryMap
from ...engine.territories import Territories

# So many counterparties are assigned between two commits of the scheduled job.
BATCH = 100_000


class CrmTerritory(models.Model):
    _name = "crm.territory"
    _description = "Territory"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name", "code"]
    _check_company_auto = True

    name = fields.Char(required=True, help="Such as “South” or “Left bank”.")
    complete_name = fields.Char(
        string="Full name", compute="_compute_complete_name", store=True, recursive=True
    )
    code = fields.Char(
        required=True,
        help="Short name without spaces for integrations, such as “south”.",
    )
    active = fields.Boolean(
        default=True, help="An archived territory gets nobody by its rules."
    )
    parent_id = fields.Many2one(
        "crm.territory",
        string="Part of",
        ondelete="restrict",
        index=True,
        help="The larger territory. Searching by it finds the counterparties of all "
        "its parts.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.territory", "parent_id", string="Parts")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        check_company=True,
        index=True,
        help="Who looks after the territory.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our company",
        index=True,
        help="Only counterparties of this company belong to it, and they look here "
        "first. Empty: for the counterparties of all companies.",
    )
    rule_ids = fields.One2many(
        "crm.territory.rule",
        "territory_id",
        string="Addresses",
        copy=False,
        help="Which addresses belong to the territory. The narrowest rule of all "
        "territories wins.",
    )
    note = fields.Text(string="Notes")
    partner_count = fields.Integer(
        string="Counterparties",
        compute="_compute_partner_count",
        help="Counterparties of the territory and its parts, without their contacts.",
    )

    _code_unique = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "Another territory has this code already."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for territory in self:
            above = territory.parent_id.complete_name
            name = territory.name or ""
            territory.complete_name = f"{above} / {name}" if above else name

    def _compute_partner_count(self):
        below = self.search([("id", "child_of", self.ids)])
        counts = dict(
            self.env["res.partner"]._read_group(
                [("territory_id", "in", below.ids), ("parent_id", "=", False)],
                ["territory_id"],
                ["__count"],
            )
        )
        for territory in self:
            territory.partner_count = sum(
                counts.get(part, 0)
                for part in below
                if part.parent_path.startswith(territory.parent_path or "-")
            )

    # --- keeping the tree and the rules sound -----------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        territories = super().create(vals_list)
        if any(vals.get("rule_ids") for vals in vals_list):
            self._rules_changed()
        return territories

    def write(self, vals):
        if vals.get("parent_id"):
            self._check_no_cycle(vals["parent_id"])
        result = super().write(vals)
        if {"active", "company_id"} & vals.keys():
            self.rule_ids._check_conflicts()
            self._rules_changed()
        return result

    def unlink(self):
        # Whoever was put here by hand is again where the rules say.
        self.env["res.partner"].sudo().with_context(active_test=False).search(
            [("territory_id", "in", self.ids), ("territory_manual", "=", True)]
        ).write({"territory_manual": False})
        result = super().unlink()
        self.env["res.partner"].invalidate_model(["territory_id"])
        self.env["crm.lead"].invalidate_model(["territory_id"])
        self._rules_changed()
        return result

    def _check_no_cycle(self, parent_id):
        parent = self.browse(parent_id).exists()
        above = {int(label) for label in (parent.parent_path or "").split("/") if label}
        inside = self.filtered(lambda territory: territory.id in above)
        if inside:
            raise ValidationError(
                self.env._(
                    "crm_segmentation.territory_cycle: “%(territory)s” cannot be a "
                    "part of “%(parent)s”, which is a part of it. Choose a territory "
                    "outside of it.",
                    territory=inside[0].name,
                    parent=parent.name,
                )
            )

    @api.constrains("company_id", "parent_id")
    def _check_company_of_parts(self):
        for territory in self:
            for whole, part in [
                (territory.parent_id, territory),
                *((territory, child) for child in territory.child_ids),
            ]:
                if whole.company_id and part.company_id != whole.company_id:
                    raise ValidationError(
                        self.env._(
                            "crm_segmentation.territory_company: “%(part)s” is a part "
                            "of “%(territory)s” and must belong to the same company.",
                            part=part.name,
                            territory=whole.name,
                        )
                    )

    @api.model
    def _rules_changed(self):
        """Forget the compiled rules and have everybody assigned anew, soon."""
        self.env.registry.clear_cache()
        cron = self.env.ref("crm_segmentation.ir_cron_territories", False)
        if cron:
            cron.sudo()._trigger()

    # --- assigning ----------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _map(self):
        """The rules of all active territories, compiled and cached."""
        rules = self.env["crm.territory.rule"].sudo().with_context(active_test=False)
        found = rules.search([("territory_id.active", "=", True)], order="id")
        return TerritoryMap(found._claims())

    @api.model
    def _cron_assign(self):
        """Assign everybody in batches, each committed."""
        cron = self.env["ir.cron"]
        territories = Territories(self.sudo().env, self._map())
        batches = [
            (work, first)
            for table, work in (
                ("res.partner", territories.assign_partners),
                ("crm.lead", territories.assign_leads),
            )
            for first in range(0, self._last_id(table) + 1, BATCH)
        ]
        cron._commit_progress(remaining=len(batches))
        for work, first in batches:
            work(first, first + BATCH - 1)
            if not cron._commit_progress(1):
                break

    @api.model
    def _last_id(self, model):
        last = self.env[model].sudo().with_context(active_test=False)
        return last.search([], order="id desc", limit=1).id or 0

    def action_assign(self):
        """Assign all counterparties and leads by the rules, now.

        :return: a notice of how many were changed
        :raises AccessError: not by a coordinator
        """
        if not self.env.su and not self.env.user.has_group(
            "crm_segmentation.group_crm_coordinator"
        ):
            raise AccessError(
                self.env._(
                    "crm_segmentation.coordinator_only: Assigning territories is the "
                    "CRM coordinator's work. Ask the coordinator to do it."
                )
            )
        territories = Territories(self.sudo().env, self._map())
        partners = territories.assign_partners()
        leads = territories.assign_leads()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(partners)s contacts and %(leads)s leads have another territory "
                    "now.",
                    partners=partners,
                    leads=leads,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_partners(self):
        """The counterparties of the territory and its parts."""
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_segmentation.one_territory: Open the counterparties of one "
                    "territory at a time."
                )
            )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_segmentation.action_counterparty"
            ),
            "name": self.name,
            "path": False,
            "domain": [("territory_id", "child_of", self.id)],
            "context": {"search_default_companies_and_persons": 1},
        }
