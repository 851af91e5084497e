from odoo import Command, api, fields, models, tools
from odoo.exceptions import ValidationError

from ...core.type_tree import ancestors
from .crm_counterparty_requirement import AT_ONCE


class CrmCounterpartyType(models.Model):
    """What a type requires to be known, and how much of it is."""

    _inherit = "crm.counterparty.type"

    parent_id = fields.Many2one(
        "crm.counterparty.type",
        string="Kind of",
        ondelete="restrict",
        index=True,
        help="A clinic is a kind of client: whoever gets this type gets the other one, "
        "too, and what it requires.",
    )
    requirement_ids = fields.One2many(
        "crm.counterparty.requirement",
        "type_id",
        string="Required information",
        copy=True,
    )
    partner_count = fields.Integer(
        string="Number of counterparties", compute="_compute_figures"
    )
    completeness_average = fields.Integer(
        string="Known on average",
        compute="_compute_figures",
        help="The average completeness of its counterparties, in percent.",
    )
    incomplete_count = fields.Integer(string="Incomplete", compute="_compute_figures")
    unused_count = fields.Integer(
        string="Asked for, but used nowhere", compute="_compute_requirement_figures"
    )
    waiting_count = fields.Integer(
        string="Not in force yet",
        compute="_compute_requirement_figures",
        help="Blocking requirements that only warn until they are switched on.",
    )

    untyped_count = fields.Integer(
        string="Without a type", compute="_compute_untyped_count"
    )

    def _compute_untyped_count(self):
        count = self.env["res.partner"].search_count([("is_untyped", "=", True)])
        self.untyped_count = count

    def _compute_figures(self):
        partners = self.env["res.partner"]
        figures = {
            type_: (count, average)
            for type_, count, average in partners._read_group(
                [("counterparty_type_ids", "in", self.ids)],
                ["counterparty_type_ids"],
                ["__count", "completeness:avg"],
            )
        }
        incomplete = dict(
            partners._read_group(
                [
                    ("counterparty_type_ids", "in", self.ids),
                    ("completeness_level", "not in", ("full", False)),
                ],
                ["counterparty_type_ids"],
                ["__count"],
            )
        )
        for type_ in self:
            count, average = figures.get(type_, (0, 0))
            type_.partner_count = count
            type_.completeness_average = int(average or 0)
            type_.incomplete_count = incomplete.get(type_, 0)

    @api.depends("requirement_ids")
    def _compute_requirement_figures(self):
        for type_ in self:
            asked = type_.requirement_ids
            type_.unused_count = len(asked.filtered("is_unused"))
            type_.waiting_count = len(
                asked.filtered(lambda r: r.level == "block" and not r.is_enforced)
            )

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "crm_segmentation.type_cycle: A counterparty type cannot be a kind "
                    "of itself. Choose another one under “Kind of”."
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._with_new_partners(vals) for vals in vals_list]
        types = super().create(vals_list)
        self.env.registry.clear_cache()
        partners = types.partner_ids
        if partners:
            partners._check_required({})
            partners._refresh_completeness()
        return types

    def write(self, vals):
        vals = self._with_new_partners(vals)
        partners = self.env["res.partner"]
        if "partner_ids" in vals:
            partners = self._partners_touched(vals["partner_ids"])
        touched = ["counterparty_type_ids"] if partners else []
        with partners._keeping_required(touched):
            result = super().write(vals)
        if {"active", "parent_id"} & vals.keys():
            self.env.registry.clear_cache()
        if "active" in vals:
            self._refresh_completeness()
        return result

    def unlink(self):
        partners = self.partner_ids
        result = super().unlink()
        self.env.registry.clear_cache()
        partners._refresh_completeness()
        return result

    # --- what the screens call ------------------------------------------------

    def action_open_partners(self):
        """The counterparties of this type."""
        self.ensure_one()
        return self._open("crm_segmentation.action_counterparty")

    def action_open_incomplete(self):
        """The counterparties of this type about whom something is missing."""
        self.ensure_one()
        return self._open("crm_segmentation.action_counterparty_incomplete")

    def action_open_untyped(self):
        """The counterparties without any type."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_segmentation.action_counterparty_untyped"
        )

    @api.model
    def action_suggest(self):
        """The dialog that gives types to many at once."""
        return self.env["crm.counterparty.suggestion"]._open_new()

    def _open(self, action):
        action = self.env["ir.actions.act_window"]._for_xml_id(action)
        domain = [("counterparty_type_ids", "in", self.ids)]
        if action["xml_id"] == "crm_segmentation.action_counterparty_incomplete":
            domain.append(("completeness", "<", 100))
        return {**action, "domain": domain, "context": {}, "name": self.display_name}

    def action_enforce(self):
        """Let everything of this type that blocks refuse from now on."""
        waiting = self.requirement_ids.filtered(lambda r: r.level == "block")
        return waiting.action_enforce()

    # --- completeness ---------------------------------------------------------

    def _refresh_completeness(self):
        """Measure the counterparties of these types anew; very many by the cron."""
        if not self.ids:
            return
        holders = self.env["res.partner"].sudo().with_context(active_test=False)
        domain = [("counterparty_type_ids", "in", self.ids)]
        if holders.search_count(domain, limit=AT_ONCE + 1) > AT_ONCE:
            self.env.ref("crm_segmentation.ir_cron_completeness").sudo()._trigger()
            return
        holders.search(domain)._refresh_completeness()

    @api.model
    def _refresh_everybody(self, batch=AT_ONCE):
        """Repair: measure everybody, batch by batch, each committed.

        :param batch: so many counterparties at once
        """
        measure = self.env["crm.counterparty.requirement"]._measure()
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=partners.search_count([]))
        ids = [0]
        while ids := partners._search(
            [("id", ">", ids[-1])], order="id", limit=batch
        ).get_result_ids():
            measure.refresh(partner_ids=ids, skip_locked=True)
            if not progress(len(ids)):
                break
        partners.invalidate_model(["completeness", "completeness_level"], flush=False)

    # --- inside ---------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _ancestors(self):
        """What each type is a kind of, see :func:`core.type_tree.ancestors`."""
        types = self.sudo().with_context(active_test=False)
        kinds = types.search([("parent_id", "!=", False)])
        return ancestors({kind.id: kind.parent_id.id for kind in kinds})

    @api.model
    def _with_new_partners(self, vals):
        """Values in which counterparties made on the fly are made already."""
        commands = vals.get("partner_ids")
        if not commands or not any(_is_new(command) for command in commands):
            return vals
        partners = self.env["res.partner"]
        return {
            **vals,
            "partner_ids": [
                Command.link(partners.create(command[2]).id)
                if _is_new(command)
                else command
                for command in commands
            ],
        }

    def _partners_touched(self, commands):
        """Counterparties that commands on ``partner_ids`` may add or take away."""
        touched, replaced = set(), not commands
        for command in commands or ():
            if isinstance(command, int):
                replaced = True
                touched.add(command)
            elif command[0] in (Command.SET, Command.CLEAR):
                replaced = True
                touched.update(command[2] or ())
            else:
                touched.add(command[1])
        if replaced:
            touched.update(self.partner_ids.ids)
        return self.env["res.partner"].browse(touched)


def _is_new(command):
    return not isinstance(command, int) and command[0] == Command.CREATE
