from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.territory import Claim, PostcodeError, conflicts, parse_postcodes
from ...core.wire import LONGEST_TEXT, is_text


class CrmTerritoryRule(models.Model):
    _name = "crm.territory.rule"
    _description = "Addresses of a Territory"
    _order = "territory_id, sequence, id"
    _rec_name = "territory_id"

    territory_id = fields.Many2one(
        "crm.territory", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="territory_id.company_id")
    sequence = fields.Integer(default=10)
    country_id = fields.Many2one(
        "res.country",
        default=lambda self: self.env.company.country_id,
        ondelete="restrict",
        help="Empty: every address that no other rule takes.",
    )
    state_ids = fields.Many2many(
        "res.country.state",
        relation="crm_territory_rule_state_rel",
        string="States",
        domain="[('country_id', '=', country_id)]",
        help="Empty: the whole country.",
    )
    postcodes = fields.Text(
        help="Empty: all. Otherwise parted by commas: 01 is every postcode that begins "
        "with 01; 01000..04999 is a range. The narrowest rule wins.",
    )
    meaning = fields.Char(
        string="In words",
        compute="_compute_meaning",
        help="How the postcodes are understood.",
    )

    @api.depends("postcodes")
    def _compute_meaning(self):
        for rule in self:
            try:
                pairs = parse_postcodes(rule.postcodes or "")
            except PostcodeError:
                rule.meaning = ""
                continue
            texts = [
                self.env._("from %(first)s to %(last)s", first=first, last=last)
                if first != last
                else self.env._("beginning with %(first)s", first=first)
                for first, last in pairs[:5]
            ]
            if len(pairs) > 5:
                texts.append(self.env._("%(count)s more", count=len(pairs) - 5))
            rule.meaning = "; ".join(texts) or self.env._("all")

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["crm.territory"]._rules_changed()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env["crm.territory"]._rules_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["crm.territory"]._rules_changed()
        return result

    @api.constrains("territory_id", "country_id", "state_ids", "postcodes")
    def _check_rule(self):
        for rule in self:
            rule._check_country()
            rule._check_postcodes()
        self._check_conflicts()

    def _check_country(self):
        if not self.country_id and (self.state_ids or (self.postcodes or "").strip()):
            raise ValidationError(
                self.env._(
                    "crm_segmentation.territory_country: “%(territory)s”: name the "
                    "country that the states and postcodes belong to.",
                    territory=self.territory_id.name,
                )
            )
        foreign = self.state_ids.filtered(
            lambda state: state.country_id != self.country_id
        )
        if foreign:
            raise ValidationError(
                self.env._(
                    "crm_segmentation.territory_state: “%(territory)s”: %(state)s is "
                    "no state of %(country)s. Make a rule of its own for each country.",
                    territory=self.territory_id.name,
                    state=foreign[0].name,
                    country=self.country_id.name,
                )
            )

    def _check_postcodes(self):
        text = self.postcodes or ""
        try:
            if not is_text(text, LONGEST_TEXT):
                raise PostcodeError("many", text[:30])
            parse_postcodes(text)
        except PostcodeError as error:
            raise ValidationError(
                self.env._(
                    "crm_segmentation.territory_postcodes: “%(territory)s”: %(reason)s",
                    territory=self.territory_id.name,
                    reason=self._postcode_reason(error),
                )
            ) from None

    def _postcode_reason(self, error):
        part = error.part
        if error.reason == "empty":
            return self.env._(
                "“%(part)s” has no Latin letters or digits. Write 01, or 01000..04999 "
                "for a range.",
                part=part,
            )
        if error.reason == "long":
            return self.env._("“%(part)s” is too long for a postcode.", part=part)
        if error.reason == "uneven":
            return self.env._(
                "the ends of the range “%(part)s” must have the same length, such as "
                "01000..04999.",
                part=part,
            )
        if error.reason == "backwards":
            return self.env._(
                "the range “%(part)s” begins after its end. Turn it round.", part=part
            )
        return self.env._(
            "a rule takes at most 2,000 postcodes. Use beginnings or ranges, or "
            "several rules."
        )

    # --- conflicts ------------------------------------------------------------------

    def _check_conflicts(self):
        if not self:
            return
        rules = self.sudo().with_context(active_test=False)
        active = rules.search([("territory_id.active", "=", True)])
        for one, two in conflicts(active._claims()):
            raise ValidationError(self._conflict_text(one, two))

    def _conflict_text(self, one, two):
        names = {
            territory.id: territory.complete_name
            for territory in self.env["crm.territory"]
            .sudo()
            .browse([one.territory, two.territory])
        }
        return self.env._(
            "crm_segmentation.territory_conflict: “%(one)s” and “%(two)s” claim the "
            "same addresses: %(where)s and %(there)s. Let one of them be narrower, or "
            "take it from one of them.",
            one=names[one.territory],
            two=names[two.territory],
            where=self._claim_text(one),
            there=self._claim_text(two),
        )

    @api.model
    def _claim_text(self, claim):
        country = self.env["res.country"].browse(claim.country or [])
        state = self.env["res.country.state"].browse(claim.state or [])
        parts = [country.name or self.env._("every country")]
        if state:
            parts.append(state.name)
        if claim.last:
            parts.append(
                claim.first
                if claim.first == claim.last
                else f"{claim.first}..{claim.last}"
            )
        return ", ".join(parts)

    def _claims(self):
        """The rules as claims of core.territory, one per state and interval."""
        claims = []
        for rule in self:
            territory = rule.territory_id
            intervals = parse_postcodes(rule.postcodes or "") or [("", "")]
            claims.extend(
                Claim(
                    territory=territory.id,
                    company=territory.company_id.id or None,
                    country=rule.country_id.id or None,
                    state=state,
                    first=first,
                    last=last,
                )
                for state in rule.state_ids.ids or [None]
                for first, last in intervals
            )
        return claims
