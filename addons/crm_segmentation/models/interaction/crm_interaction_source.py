from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_SOURCE_FIELDS = {"origin", "source_model", "source_id", "counterparty_key"}
# What people and programs may say of their own interactions.
_OWN_ORIGINS = ("manual", "call_log")


class CrmInteraction(models.Model):
    """Where an interaction came from."""

    _inherit = "crm.interaction"

    origin = fields.Selection(
        [
            ("manual", "Typed in"),
            ("call_log", "Another program"),
            ("activity", "Activity done"),
            ("meeting", "Meeting"),
            ("mail_in", "E-mail received"),
            ("mail_out", "E-mail sent"),
            ("plugin", "Mail plugin"),
        ],
        default="manual",
        required=True,
        readonly=True,
        copy=False,
        help="How it got here: somebody typed it in, or Odoo noticed it.",
    )
    source_model = fields.Char(readonly=True, copy=False)
    source_id = fields.Many2oneReference(
        model_field="source_model",
        readonly=True,
        copy=False,
        help="The message, activity or meeting it was made from.",
    )
    counterparty_key = fields.Integer(
        readonly=True,
        copy=False,
        help="The counterparty's number when it was noticed. It stays when "
        "counterparties are merged, so that nothing is noticed twice.",
    )
    logging_delay = fields.Float(
        string="Typed in after",
        compute="_compute_logging_delay",
        help="Hours between the end of the talk and typing it in. The clock of a "
        "promise runs from the end of the talk.",
    )

    _source_unique = models.UniqueIndex(
        "(source_model, source_id, counterparty_key) WHERE source_id IS NOT NULL",
        "This source has been logged for this counterparty already.",
    )

    @api.depends("date_end", "create_date", "origin")
    def _compute_logging_delay(self):
        for talk in self:
            delay = 0
            if talk.origin == "manual" and talk.create_date and talk.date_end:
                delay = (talk.create_date - talk.date_end).total_seconds() / 3600
            talk.logging_delay = max(delay, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_source(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and _SOURCE_FIELDS & vals.keys():
            raise self._source_error()
        return super().write(vals)

    def _check_source(self, vals):
        """Nobody passes off as noticed what was typed in."""
        claimed = [name for name in _SOURCE_FIELDS - {"origin"} if vals.get(name)]
        own = vals.get("origin", "manual") in _OWN_ORIGINS
        if not self.env.su and (claimed or not own):
            raise self._source_error()

    def _source_error(self):
        return UserError(
            self.env._(
                "crm_segmentation.interaction_origin: Where an interaction came from "
                "is Odoo's own note. Leave out its origin and its source."
            )
        )

    def action_open_source(self):
        """Open what an interaction was made from.

        :return: action that opens the meeting or the document
        :raises UserError: it was typed in, or its source is gone
        """
        self.ensure_one()
        self.check_access("read")
        source = self._source()
        if source and source._name != "calendar.event":
            name = "model" if source._name == "mail.message" else "res_model"
            document = self.env.get(source[name])
            source = document is not None and document.browse(source.res_id).exists()
        if not source:
            raise UserError(
                self.env._(
                    "crm_segmentation.source_gone: “%(name)s” was typed in, or what it "
                    "was made from has been deleted. The interaction itself stays.",
                    name=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": source._name,
            "res_id": source.id,
            "views": [[False, "form"]],
        }

    def _tell(self, values):
        """Write only what differs, so that nobody hears of a change that is none.

        :param values: values of plain fields
        """
        changed = {
            name: value
            for name, value in values.items()
            if any(talk[name] != value for talk in self)
        }
        if changed:
            self.write(changed)

    def _source(self):
        """The source as superuser; whether its document may be seen, Odoo decides."""
        self.ensure_one()
        if not self.source_id or self.source_model not in self.env:
            return None
        return self.env[self.source_model].sudo().browse(self.source_id).exists()

    @api.model
    def _insert_touches(self, rows, announce):
        """Write interactions that Odoo noticed, unless they are there already.

        By SQL, because the ORM knows no ``ON CONFLICT``; what the ORM does after
        writing a row is done for all of them.

        :param rows: list of field values, all with the same fields
        :param announce: whether subscribers hear of them as new records
        :return: the new records
        """
        if not rows:
            return self
        names = [name for name, field in self._fields.items() if self._is_column(field)]
        defaults = self.default_get([name for name in names if name not in rows[0]])
        rows = [{**defaults, **row} for row in rows]
        names = list(rows[0])
        now, user = self.env.cr.now(), self.env.uid
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO crm_interaction
                       (%s, create_uid, write_uid, create_date, write_date)
                   VALUES %s ON CONFLICT DO NOTHING RETURNING id""",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(
                    (*self._column_values(row, names), user, user, now, now)
                    for row in rows
                ),
            )
        )
        made = self.browse(id_ for (id_,) in inserted)
        made._after_insert(announce)
        return made

    def _is_column(self, field):
        automatic = field.compute or field.related or field.name in models.MAGIC_COLUMNS
        return field.store and field.column_type and not automatic

    def _column_values(self, row, names):
        return [
            self._fields[name].convert_to_column_insert(row[name], self, row)
            for name in names
        ]

    def _after_insert(self, announce):
        computed = [f for f in self._fields.values() if f.store and f.compute]
        for field in computed:
            self.env.add_to_compute(field, self)
        self.modified(self._fields, create=announce)
        self._refresh_touch(self.commercial_partner_id.ids)
