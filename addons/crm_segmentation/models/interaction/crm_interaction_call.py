from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.call_life import Life
from ...core.phone import is_web_address
from ..wire_json import WireJson


class CrmInteraction(models.Model):
    """What a telephone exchange tells of a call."""

    _inherit = "crm.interaction"

    call_state = fields.Selection(
        [("ringing", "Ringing"), ("answered", "Talking"), ("ended", "Ended")],
        string="Call",
        copy=False,
        help="Where the call is, as the telephone exchange tells it.",
    )
    call_life = WireJson(
        string="Reports of the call",
        copy=False,
        help="Which report told which value, so that late ones overwrite nothing.",
    )
    phone_key = fields.Char(
        string="Number compared as",
        compute="_compute_phone_key",
        store=True,
        index="btree_not_null",
    )
    is_hidden = fields.Boolean(string="Number withheld")
    extension = fields.Char(help="The extension on our side.")
    transferred_to = fields.Char(
        help="The extension that the call was handed over to; its person owes what "
        "follows."
    )
    recording_url = fields.Char(
        string="Recording", copy=False, help="Where the recording can be heard."
    )

    @api.depends("phone", "company_id")
    def _compute_phone_key(self):
        numbers = self.env["crm.phone.number"]
        for interaction in self:
            interaction.phone_key = (
                numbers._key(interaction.phone, interaction.company_id.country_id)
                or False
            )

    @api.constrains("recording_url")
    def _check_recording_url(self):
        for interaction in self:
            if interaction.recording_url and not is_web_address(
                interaction.recording_url
            ):
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.recording: “%(url)s” is no web address; it "
                        "begins with https:// or http://.",
                        url=interaction.recording_url[:100],
                    )
                )

    def write(self, vals):
        done = super().write(vals)
        if not self.env.context.get("crm_call_report") and "call_life" not in vals:
            self._keep_corrections(vals)
        return done

    def _keep_corrections(self, names):
        """What a person has corrected no later report of the call overwrites."""
        now = self.env.cr.now().replace(microsecond=0)
        for call in self.filtered("call_life"):
            life = Life.from_json(call.call_life).corrected(list(names), now)
            call.with_context(crm_call_report=True).call_life = life.to_json()
