from psycopg2 import errors

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ...core.instants import parse_instant
from ...core.wire import LONGEST_LINE, LONGEST_TEXT, is_id, is_text

LONGEST_MINUTES = 366 * 24 * 60
# What an integration may say of an interaction.
_LOG_KEYS = {
    "type", "type_id", "partner_id", "lead_id", "user_id", "company_id", "date",
    "duration", "direction", "external_ref", "name", "note", "phone", "email",
}  # fmt: skip


class CrmInteraction(models.Model):
    """The door for integrations."""

    _inherit = "crm.interaction"

    @api.model
    def log(self, values, create_lead=False):
        """Log an interaction, or update the one with the same reference.

        :param values: ``type`` (code) or ``type_id``; ``partner_id``, ``lead_id``,
            ``user_id``, ``company_id``, ``date`` (instant, with an offset or UTC),
            ``duration`` (minutes), ``direction`` (in, out), ``external_ref`` (unique
            per company), ``name``, ``note``, ``phone``, ``email``
        :param create_lead: make a lead when no counterparty is known
        :return: ``{"id": id, "status": "created" | "updated" | "unchanged"}``
        :raises UserError: a value is not understood; nothing is logged
        """
        self.browse().check_access("create")
        if not isinstance(create_lead, bool):
            raise self._log_error(self.env._("create_lead must be true or false"))
        vals = self._log_vals(values)
        company = vals["company_id"]
        reference = vals.get("external_ref")
        known = reference and self.search(
            [("company_id", "=", company), ("external_ref", "=", reference)], limit=1
        )
        if known:
            return known._log_update(vals)
        if create_lead and not vals.get("partner_id") and not vals.get("lead_id"):
            vals["lead_id"] = self._log_lead(vals).id
        if not vals.get("partner_id") and vals.get("lead_id"):
            # An integration names leads that it may not read.
            lead = self.env["crm.lead"].sudo().browse(vals["lead_id"])
            vals["partner_id"] = lead.partner_id.id or False
        return {"id": self._log_create(vals).id, "status": "created"}

    @api.model
    def log_many(self, rows):
        """Log several interactions; a wrong row does not spoil the others.

        :param rows: list of dictionaries as for :meth:`log`
        :return: one entry per row: that of :meth:`log`, or ``{"error": text}``
        """
        if not isinstance(rows, list):
            raise self._log_error(self.env._("the rows must be a list of dictionaries"))
        results = []
        for row in rows:
            try:
                with self.env.cr.savepoint():
                    results.append(self.log(row))
            except UserError as error:
                results.append({"error": str(error)})
        return results

    def _log_create(self, vals):
        """The new interaction, unless another call logs the same one right now.

        Odoo then repeats this call, which finds what the other one has made. By SQL,
        because the ORM would log the expected conflict as an error.
        """
        reference = vals.pop("external_ref", False)
        interaction = self.create(vals)
        if reference:
            claim = SQL(
                "UPDATE crm_interaction SET external_ref = %s WHERE id = %s",
                reference,
                interaction.id,
            )
            try:
                self.env.cr.execute(claim, log_exceptions=False)
            except errors.UniqueViolation as error:
                raise ConcurrencyError(str(error)) from error
            interaction.invalidate_recordset(["external_ref"])
        return interaction

    def _log_update(self, vals):
        self.ensure_one()
        changed = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if not changed:
            return {"id": self.id, "status": "unchanged"}
        self.write(changed)
        return {"id": self.id, "status": "updated"}

    def _log_vals(self, values):
        """Field values from what came over the wire, checked."""
        if not isinstance(values, dict):
            raise self._log_error(self.env._("the values must be a dictionary"))
        unknown = sorted(values.keys() - _LOG_KEYS)
        if unknown:
            raise self._log_error(
                self.env._(
                    "“%(keys)s” is not known; known are %(known)s",
                    keys=", ".join(unknown),
                    known=", ".join(sorted(_LOG_KEYS)),
                )
            )
        vals = {
            name: value
            for name, value in values.items()
            if name != "type" and value not in (None, "") and value is not False
        }
        self._log_check_kinds(vals)
        vals["type_id"] = self._log_type(values)
        if "date" in vals:
            vals["date"] = self._log_instant(vals["date"])
        if vals.get("direction", "in") not in ("in", "out"):
            raise self._log_error(self.env._("the direction is “in” or “out”"))
        vals["company_id"] = vals.get("company_id") or self.env.company.id
        self._log_check_ids(vals)
        return vals

    def _log_type(self, values):
        types = self.env["crm.interaction.type"]
        if values.get("type_id"):
            found = types.browse(values["type_id"]).exists()
        elif is_text(values.get("type")):
            found = types.search([("code", "=", values["type"])])
        else:
            found = types
        if not found:
            raise self._log_error(
                self.env._(
                    "say the type; known codes are %(codes)s",
                    codes=", ".join(types.search([], limit=100).mapped("code")),
                )
            )
        return found.id

    def _log_check_kinds(self, vals):
        """Ids are whole numbers, minutes a number, the rest but the date is text."""
        for name, value in vals.items():
            field = self._fields[name]
            if field.type == "many2one":
                fits = is_id(value)
                wanted = self.env._("an id")
            elif field.type == "float":
                fits = type(value) in (int, float) and 0 <= value <= LONGEST_MINUTES
                wanted = self.env._("a number of minutes, zero to a year")
            else:
                longest = LONGEST_LINE if field.type == "char" else LONGEST_TEXT
                fits = is_text(value, longest) or name == "date"
                wanted = self.env._("a text of at most %(n)s characters", n=longest)
            if not fits:
                raise self._log_error(
                    self.env._(
                        "%(field)s: “%(value)s” is not %(wanted)s",
                        field=name,
                        value=str(value)[:50].encode(errors="replace").decode(),
                        wanted=wanted,
                    )
                )

    def _log_instant(self, text):
        try:
            return parse_instant(text)
        except ValueError:
            raise self._log_error(
                self.env._(
                    "“%(text)s” is not an instant; write 2026-05-04T10:00:00+03:00, or "
                    "without an offset for UTC",
                    text=text,
                )
            ) from None

    def _log_check_ids(self, vals):
        for name in ("partner_id", "lead_id", "user_id", "company_id"):
            model = self.env[self._fields[name].comodel_name]
            record = model.browse(vals.get(name)).exists()
            # An integration may not read leads at all, but it may name them.
            if name != "company_id" and model.has_access("read"):
                record = record._filtered_access("read")
            if vals.get(name) and not record:
                raise self._log_error(
                    self.env._(
                        "%(field)s: there is no record with the id %(id)s",
                        field=name,
                        id=vals[name],
                    )
                )
        if vals["company_id"] not in self.env.companies.ids:
            raise self._log_error(
                self.env._(
                    "company_id: you do not work for the company %(id)s",
                    id=vals["company_id"],
                )
            )

    def _log_lead(self, vals):
        title = vals.get("name") or vals.get("phone") or vals.get("email")
        return (
            self.env["crm.lead"]
            .sudo()
            .create(
                {
                    "name": title or self.env._("Unknown caller"),
                    "phone": vals.get("phone"),
                    "email_from": vals.get("email"),
                    "user_id": vals.get("user_id") or False,
                    "company_id": vals["company_id"],
                }
            )
        )

    def _log_error(self, problem):
        return UserError(
            self.env._(
                "crm_segmentation.interaction: The interaction was not logged: "
                "%(problem)s.",
                problem=problem,
            )
        )
