from odoo import api, fields, models
from odoo.tools import SQL

from ...core.touch import NOT_REACHED
from ..crm_changes import merged

# What decides which interaction is the first and which is the last.
_DECIDING = {"partner_id", "date", "outcome", "utm_source_id"}


class CrmInteraction(models.Model):
    """The first and the last touch of every counterparty."""

    _inherit = "crm.interaction"

    is_first_contact = fields.Boolean(
        string="First contact",
        readonly=True,
        copy=False,
        help="Nobody talked with this counterparty before. Tries do not count: "
        "missed calls, meetings that nobody came to.",
    )
    utm_source_id = fields.Many2one(
        "utm.source",
        string="Heard of us through",
        ondelete="restrict",
        index="btree_not_null",
        help="What they answered at the first contact. It is kept on the "
        "counterparty, where the first answer stays.",
    )
    asks_source = fields.Boolean(
        compute="_compute_asks_source",
        help="This is the first contact and nobody has asked yet.",
    )

    _first_contact_idx = models.Index("(commercial_partner_id) WHERE is_first_contact")
    _touch_idx = models.Index("(commercial_partner_id, date)")

    @api.depends("partner_id", "utm_source_id")
    def _compute_asks_source(self):
        companies = self.partner_id.commercial_partner_id.sudo()
        touched = self.sudo()._read_group(
            [
                ("commercial_partner_id", "in", companies.ids),
                ("is_first_contact", "=", True),
            ],
            ["commercial_partner_id"],
            ["id:array_agg"],
        )
        first = {partner.id: ids for partner, ids in touched}
        for interaction in self:
            company = interaction.partner_id.commercial_partner_id.sudo()
            others = set(first.get(company.id, ())) - set(interaction._origin.ids)
            asked = interaction.utm_source_id or company.utm_source_id
            interaction.asks_source = bool(company) and not asked and not others

    @api.model_create_multi
    def create(self, vals_list):
        interactions = super().create(vals_list)
        self._refresh_touch(interactions.commercial_partner_id.ids)
        return interactions

    def write(self, vals):
        if not _DECIDING & vals.keys():
            return super().write(vals)
        before = self.commercial_partner_id.ids
        done = super().write(vals)
        self._refresh_touch(before + self.commercial_partner_id.ids)
        return done

    def unlink(self):
        before = self.commercial_partner_id.ids
        done = super().unlink()
        self._refresh_touch(before)
        return done

    @api.model
    def _refresh_touch(self, partner_ids):
        """Write anew which interaction is the first and when the last one was.

        Only differences are written, by three statements for any number of
        counterparties. The counterparty's source is written once, when it has none.

        :param partner_ids: ids of commercial counterparties
        """
        ids = sorted(set(partner_ids))
        if not ids:
            return
        self.flush_model(["commercial_partner_id", "date", "outcome", "utm_source_id"])
        self.env["res.partner"].flush_model(["last_interaction_date", "utm_source_id"])
        reached = SQL("(outcome IS NULL OR outcome NOT IN %s)", NOT_REACHED)
        changed = self._run_touch(
            """UPDATE res_partner AS partner SET last_interaction_date = touch.date
                 FROM (SELECT id, (SELECT MAX(date) FROM crm_interaction
                                    WHERE commercial_partner_id = one.id AND %(reached)s
                                  ) AS date
                         FROM UNNEST(%(ids)s) AS one(id)) AS touch
                WHERE partner.id = touch.id
                  AND partner.last_interaction_date IS DISTINCT FROM touch.date
            RETURNING partner.id""",
            ids=ids,
            reached=reached,
        )
        changed += self._run_touch(
            """UPDATE res_partner AS partner SET utm_source_id = answer.source_id
                 FROM (SELECT id, (SELECT utm_source_id FROM crm_interaction
                                    WHERE commercial_partner_id = one.id
                                      AND utm_source_id IS NOT NULL
                                    ORDER BY date, id LIMIT 1) AS source_id
                         FROM UNNEST(%(ids)s) AS one(id)) AS answer
                WHERE partner.id = answer.id
                  AND partner.utm_source_id IS NULL
                  AND answer.source_id IS NOT NULL
            RETURNING partner.id""",
            ids=ids,
        )
        partners = self.env["res.partner"].browse(changed)
        partners.invalidate_recordset(
            ["last_interaction_date", "utm_source_id"], flush=False
        )
        flagged = self._run_touch(
            """WITH first AS (
                   SELECT (SELECT id FROM crm_interaction
                            WHERE commercial_partner_id = one.id AND %(reached)s
                            ORDER BY date, id LIMIT 1) AS id
                     FROM UNNEST(%(ids)s) AS one(id)),
               flagged AS (
                   SELECT id FROM crm_interaction
                    WHERE is_first_contact
                      AND (commercial_partner_id = ANY(%(ids)s)
                           OR commercial_partner_id IS NULL)),
               wrong AS (
                   (SELECT id FROM first EXCEPT SELECT id FROM flagged)
                   UNION ALL
                   (SELECT id FROM flagged EXCEPT SELECT id FROM first))
               UPDATE crm_interaction AS talk
                  SET is_first_contact = NOT COALESCE(talk.is_first_contact, FALSE)
                 FROM wrong WHERE wrong.id = talk.id
            RETURNING talk.id""",
            ids=ids,
            reached=reached,
        )
        self.browse(flagged).invalidate_recordset(["is_first_contact"], flush=False)

    def _run_touch(self, statement, **values):
        """Two calls with one customer at once: Odoo repeats the later one, unlogged."""
        self.env.cr.execute(SQL(statement, **values), log_exceptions=False)
        return [row[0] for row in self.env.cr.fetchall()]


class CrmChanges(models.AbstractModel):
    _inherit = "crm.changes"

    @api.model
    def _watched_fields(self):
        # It follows the contact to another company without a write of ours.
        ours = {"crm.interaction": frozenset({"commercial_partner_id"})}
        return merged(super()._watched_fields(), ours)

    @api.model
    def _on_changed(self, model, changes):
        done = super()._on_changed(model, changes)
        if model == "crm.interaction":
            moved = {
                id_: old["commercial_partner_id"]
                for id_, old in changes.items()
                if "commercial_partner_id" in old
            }
            now = self.env[model].browse(moved).exists().commercial_partner_id.ids
            self.env[model]._refresh_touch(now + [id_ for id_ in moved.values() if id_])
        return done


class MergePartners(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """The merged counterparty keeps all numbers and has one first contact."""
        numbers = self.env["crm.phone.number"]
        for partner in src_partners.filtered("phone"):
            numbers._remember(dst_partner, partner.phone, partner.name)
        done = super()._update_foreign_keys(src_partners, dst_partner)
        both = src_partners | dst_partner
        self.env.invalidate_all()
        self.env["crm.interaction"]._refresh_touch(both.commercial_partner_id.ids)
        return done
