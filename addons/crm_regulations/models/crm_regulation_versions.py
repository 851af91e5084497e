from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import is_id

from ..core.difference import ADDED, CHANGED, MOVED, REMOVED, Line, Told, difference

# What is no part of the text of a regulation.
_UNTOLD = {
    "id", "display_name", "create_uid", "create_date", "write_uid", "write_date",
    "company_id", "sequence", "code", "regulation_id", "step_id", "version",
    "origin_id", "state", "spec", "author_id", "approver_id", "date_approved",
    "date_published", "date_reconciled", "date_review", "date_review_told",
    "readers_chosen", "reader_ids", "editor_id", "mode", "open_obligations",
    "date_from", "date_until",
}  # fmt: skip
# Of what Odoo itself adds to documents.
_FOREIGN = ("message_", "activity_", "my_activity_", "rating_", "website_")
# Sentences that say what they are about.
_EVIDENT = ("limit", "rung")


class CrmRegulationTold(models.AbstractModel):
    """A record as a text that is compared with another version of it."""

    _name = "crm.regulation.told"
    _description = "Read-out of a Regulation"

    def _told(self):
        """The record with its parts in words.

        :return: a :class:`core.difference.Told`
        """
        self.ensure_one()
        lines, parts = [], []
        for name, field in sorted(
            self._fields.items(), key=lambda item: item[1]._sequence
        ):
            if name in self._untold() or name.startswith(_FOREIGN) or not field.store:
                continue
            if field.type == "one2many":
                if isinstance(self[name], self.pool["crm.regulation.told"]):
                    parts += [part._told() for part in self[name]]
            elif field.related is None and (text := self._told_text(field)) is not None:
                label = field._description_string(self.env)
                lines.append(Line(name, label, text))
        return Told(
            self._told_key(),
            self._told_kind(),
            self._told_name(),
            tuple(self._told_lines(lines)),
            tuple(parts),
        )

    def _untold(self):
        """Names of fields that are not told."""
        return _UNTOLD

    def _told_lines(self, lines):
        """What is told of the fields; some are told together."""
        return lines

    def _told_kind(self):
        """What it is, inside a sentence."""
        return self.env["ir.model"]._get(self._name).name

    def _told_key(self):
        """By what the same part is found again in another version."""
        return self._told_name()

    def _told_name(self):
        return self.display_name

    def _told_text(self, field):
        """A value in words; None for what is not told."""
        value = self[field.name]
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "selection":
            names = dict(field._description_selection(self.env))
            return names.get(value, value or "")
        if field.type in ("many2one", "many2many"):
            return ", ".join(value.mapped("display_name"))
        if field.type in ("float", "integer", "monetary"):
            return f"{value:g}"
        if field.type == "date":
            return fields.Date.to_string(value) or ""
        if field.type == "datetime":
            return fields.Datetime.to_string(value) or ""
        if field.type in ("char", "text"):
            return "" if value in (False, "[]") else value
        return None


class CrmRegulationPart(models.AbstractModel):
    _name = "crm.regulation.part"
    _inherit = ["crm.regulation.part", "crm.regulation.told"]


class CrmRegulationStep(models.Model):
    _inherit = "crm.regulation.step"

    def _told_kind(self):
        return self.env._("step")

    def _told_key(self):
        return self.code

    def _told_name(self):
        return self.name

    def _untold(self):
        return super()._untold() | {"limit_value", "limit_unit", "ends_with_day"}

    def _told_lines(self, lines):
        label = self._fields["limit_text"]._description_string(self.env)
        return [Line("limit", label, self.limit_text), *lines]


class CrmRegulationCondition(models.Model):
    _inherit = "crm.regulation.condition"

    def _told_kind(self):
        return self.env._("condition")

    def _told_key(self):
        return f"{self.role} {self.kind}"

    def _told_name(self):
        names = dict(self._fields["role"]._description_selection(self.env))
        kinds = dict(self._selection_kind())
        return f"{names.get(self.role)}: {kinds.get(self.kind)}"


class CrmRegulationRung(models.Model):
    _inherit = "crm.regulation.rung"

    def _told_kind(self):
        return self.env._("escalation")

    def _told_key(self):
        return f"{self.whom} {self.segment_codes or ''}"

    def _told_name(self):
        return self._sentence()

    def _untold(self):
        return super()._untold() | {"basis", "value", "unit", "whom", "segment_codes"}

    def _told_lines(self, lines):
        return [Line("rung", self.env._("Escalation"), self._sentence()), *lines]


class CrmRegulationStepLimit(models.Model):
    _inherit = "crm.regulation.step.limit"

    def _told_kind(self):
        return self.env._("limit of a category")

    def _told_key(self):
        return self.segment_codes

    def _told_name(self):
        return self.segment_codes

    def _untold(self):
        return super()._untold() | {
            "segment_codes", "is_owed", "limit_value", "limit_unit",
        }  # fmt: skip

    def _told_lines(self, lines):
        label = self.env._("Time limit")
        return [Line("limit", label, self.sentence), *lines]


class CrmRegulationAction(models.Model):
    _inherit = "crm.regulation.action"

    def _told_kind(self):
        return self.env._("action")

    def _told_key(self):
        return f"{self.moment} {self.kind} {self.whom}"

    def _told_name(self):
        moments = dict(self._fields["moment"]._description_selection(self.env))
        return f"{moments.get(self.moment)}: {self.sentence}"


class CrmRegulation(models.Model):
    """All versions of a regulation, and what is different in them."""

    _name = "crm.regulation"
    _inherit = ["crm.regulation", "crm.regulation.told"]

    version_ids = fields.Many2many(
        "crm.regulation", string="Versions", compute="_compute_versions"
    )
    version_count = fields.Integer(compute="_compute_versions")
    difference = fields.Html(
        string="What is different",
        compute="_compute_difference",
        sanitize=False,
        help="What this version says otherwise than the one before.",
    )

    @api.depends("code", "company_id", "version")
    def _compute_versions(self):
        chain = self.search(
            [
                ("code", "in", self.mapped("code")),
                ("company_id", "in", self.company_id.ids),
            ],
            order="version desc",
        )
        grouped = chain.grouped(lambda r: (r.company_id, r.code))
        none = self.browse()
        for regulation in self:
            key = (regulation.company_id, regulation.code)
            regulation.version_ids = grouped.get(key, none)
            regulation.version_count = len(regulation.version_ids)

    @api.depends("sentence", "name", "purpose", "origin_id", "version")
    @api.depends_context("lang")
    def _compute_difference(self):
        for regulation in self:
            before = regulation._previous()
            page = bool(before) and regulation._difference_page(before)
            regulation.difference = page

    def _previous(self):
        """The version before this one, possibly none."""
        earlier = self.version_ids.filtered(lambda r: r.version < self.version)
        return earlier[:1]

    def _difference_page(self, before):
        lines = [change["text"] for change in self._compared(before)]
        if not lines:
            lines = [self.env._("Both versions say the same.")]
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        title = self.env._(
            "Version %(after)s compared with version %(before)s:",
            after=self.version,
            before=before.version,
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (title, items)

    def action_open_version(self):
        """Open this version.

        :return: a window action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def compare(self, other_id):
        """What this version says otherwise than another one.

        :param other_id: id of the other version, or of any regulation
        :return: a list of dictionaries: ``kind`` (changed, added, removed, moved),
            ``place`` (the step in which it is, or empty), ``label`` (what is
            different), ``before`` and ``after`` (in words) and ``text`` (all of it as
            a sentence)
        :raises UserError: no such regulation
        """
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_record: Ask this of one regulation; %(count)s "
                    "were given.",
                    count=len(self),
                )
            )
        self.check_access("read")
        other = self.browse(other_id if is_id(other_id) else ()).exists()
        other = other._filtered_access("read")
        if not other:
            raise UserError(
                self.env._(
                    "crm_regulations.compare: There is no regulation with the id "
                    "%(id)s. Choose one of the versions.",
                    id=str(other_id)[:80],
                )
            )
        return self._compared(other)

    def _compared(self, other):
        before, after = other.sudo()._told(), self.sudo()._told()
        return [self._told_change(change) for change in difference(before, after)]

    def _told_change(self, change):
        part = change.part
        if part is None:
            label, before, after = change.label, change.before, change.after
        else:
            label = part.kind
            before = part.name if change.kind != ADDED else ""
            after = part.name if change.kind != REMOVED else ""
        place = " – ".join(change.place)
        said = self._told_sentence(change, before, after)
        if place:
            said = self.env._("%(place)s: %(change)s", place=place, change=said)
        return {
            "kind": change.kind,
            "place": place,
            "label": label,
            "before": before,
            "after": after,
            "text": said,
        }

    def _told_sentence(self, change, before, after):
        """“within 4 working hours → within 2 working hours”, “new step “Call back””."""
        if change.kind == CHANGED:
            nothing = self.env._("nothing")
            words = {"before": before or nothing, "after": after or nothing}
            if change.key in _EVIDENT:
                return self.env._("%(before)s → %(after)s", **words)
            return self.env._(
                "%(what)s: %(before)s → %(after)s", what=change.label, **words
            )
        words = {"what": change.part.kind, "name": change.part.name}
        if change.kind == ADDED:
            return self.env._("new %(what)s “%(name)s”", **words)
        if change.kind == MOVED:
            return self.env._("%(what)s “%(name)s” stands elsewhere", **words)
        return self.env._("%(what)s “%(name)s” was removed", **words)
