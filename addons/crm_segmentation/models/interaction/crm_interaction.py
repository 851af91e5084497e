from datetime import timedelta

from odoo import api, fields, models


class CrmInteraction(models.Model):
    _name = "crm.interaction"
    _description = "Interaction"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    # Replies to an interaction are everybody's work who may read it.
    _mail_post_access = "read"

    name = fields.Char(string="Subject", help="What it was about, in a few words.")
    type_id = fields.Many2one(
        "crm.interaction.type", required=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Counterparty",
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Company",
        store=True,
        index="btree_not_null",
    )
    segment_ids = fields.Many2many(
        related="commercial_partner_id.own_segment_ids",
        related_sudo=False,
        string="Categories",
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Lead or opportunity",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Our person",
        default=lambda self: self.env.user,
        index=True,
        help="Who talked or wrote for us.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Our company",
        required=True,
        default=lambda self: self.env.company,
    )
    date = fields.Datetime(
        string="When",
        required=True,
        default=fields.Datetime.now,
        index=True,
        help="The beginning of the talk, or the moment of the letter.",
    )
    duration = fields.Float(
        string="Minutes", help="How long the talk took, in minutes."
    )
    date_end = fields.Datetime(
        string="Ended",
        compute="_compute_date_end",
        store=True,
        help="Promises run from here, not from when it was typed in.",
    )
    direction = fields.Selection(
        [("in", "From the counterparty"), ("out", "From us")],
        default="in",
        required=True,
    )
    outcome = fields.Selection(
        [
            ("answered", "Answered"),
            ("missed", "Missed"),
            ("voicemail", "Voicemail"),
            ("busy", "Busy"),
            ("held", "Held"),
            ("moved", "Moved"),
            ("no_show", "Nobody came"),
        ],
        help="How it ended. Missed, busy and moved ones are tries: they are no touch.",
    )
    note = fields.Text(help="What was said and agreed.")
    phone = fields.Char(
        help="The number of the other side, if no counterparty is known."
    )
    email = fields.Char(help="The address of the other side.")
    external_ref = fields.Char(
        string="Reference",
        copy=False,
        help="Its name in the telephone exchange or another system; logging it again "
        "under the same reference updates it.",
    )

    _reference_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "An interaction with this reference is there already.",
    )
    _crm_changed_idx = models.Index("(write_date)")

    @api.depends("date", "duration")
    def _compute_date_end(self):
        for interaction in self:
            interaction.date_end = interaction.date and interaction.date + timedelta(
                minutes=interaction.duration or 0
            )

    @api.depends("name", "type_id", "partner_id")
    def _compute_display_name(self):
        for interaction in self:
            parts = (
                interaction.type_id.name,
                interaction.partner_id.display_name,
                interaction.name,
            )
            interaction.display_name = ": ".join(part for part in parts if part)

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        if self.lead_id.partner_id and not self.partner_id:
            self.partner_id = self.lead_id.partner_id

    @api.model_create_multi
    def create(self, vals_list):
        # An interaction is a log line: it announces itself to nobody.
        quiet = self.with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        interactions = super(CrmInteraction, quiet).create(vals_list)
        return interactions.with_env(self.env)

    def _read_group_groupby(self, alias, groupby_spec, query):
        # The ORM groups by related fields only if they are read by the superuser.
        if groupby_spec == "segment_ids":
            groupby_spec = "commercial_partner_id.own_segment_ids"
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["partner_id"]
