"""What came over the wire for ``crm.interaction.log``, checked piece by piece."""

from odoo.exceptions import UserError

from ..core.call_life import STATES
from ..core.instants import parse_instant
from ..core.phone import digits, is_web_address
from ..core.wire import LONGEST_LINE, LONGEST_TEXT, is_id, is_text

LONGEST_MINUTES = 366 * 24 * 60
# The keys that are fields, and those that are not.
_FIELDS = {
    "type_id", "partner_id", "lead_id", "user_id", "company_id", "date", "duration",
    "direction", "external_ref", "name", "note", "phone", "email", "outcome",
    "extension", "transferred_to", "recording_url",
}  # fmt: skip
_FLAGS = {"hidden", "internal", "dry_run"}
_WORDS = {"type", "state", "source"}
_KEYS = _FIELDS | _FLAGS | _WORDS | {"at"}
_INSTANTS = ("date", "at")


class LoggedValues:
    """The values of one row, understood or refused.

    :param door: the model crm.interaction with the environment of the caller
    :param values: a dictionary as it came
    :param create_lead: whether an unknown caller becomes a lead
    :raises UserError: a value is not understood

    ``vals`` are the field values without company and reference, which never change.
    """

    def __init__(self, door, values, create_lead=False):
        self.env = door.env
        self._fields = door._fields
        if not isinstance(create_lead, bool):
            raise self._error(self.env._("create_lead must be true or false"))
        self.create_lead = create_lead
        if not isinstance(values, dict):
            raise self._error(self.env._("the values must be a dictionary"))
        self._check_keys(values)
        vals = {
            name: value
            for name, value in values.items()
            if value not in (None, "") and value is not False
        }
        self._check_kinds(vals)
        self.dry_run = vals.pop("dry_run", False)
        self.state = self._one_of("state", vals.pop("state", ""), ("", *STATES))
        self._one_of("direction", vals.get("direction", "in"), ("in", "out"))
        self._check_outcome(vals)
        for name in _INSTANTS:
            if name in vals:
                vals[name] = self._instant(vals[name])
        self.at = vals.pop("at", None)
        vals["type_id"] = self._type(vals)
        self._source(vals)
        vals["company_id"] = vals.get("company_id") or self.env.company.id
        self._check_ids(vals)
        self.company = self.env["res.company"].browse(vals.pop("company_id"))
        self.reference = vals.pop("external_ref", "")
        self.internal = self._our_side(vals)
        self.vals = vals

    @staticmethod
    def error(env, problem):
        """The refusal that says what is wrong."""
        return UserError(
            env._(
                "crm_segmentation.interaction: The interaction was not logged: "
                "%(problem)s.",
                problem=problem,
            )
        )

    def _error(self, problem):
        return self.error(self.env, problem)

    def _check_keys(self, values):
        unknown = sorted(str(key) for key in values.keys() - _KEYS)
        if unknown:
            raise self._error(
                self.env._(
                    "“%(keys)s” is not known; known are %(known)s",
                    keys=", ".join(unknown),
                    known=", ".join(sorted(_KEYS)),
                )
            )

    def _check_kinds(self, vals):
        """Ids are whole numbers, minutes a number, flags true, the rest is text."""
        for name, value in vals.items():
            wanted = self._misfit(name, value)
            if wanted:
                raise self._error(
                    self.env._(
                        "%(field)s: “%(value)s” is not %(wanted)s",
                        field=name,
                        value=str(value)[:50].encode(errors="replace").decode(),
                        wanted=wanted,
                    )
                )

    def _misfit(self, name, value):
        """What a value should be, or an empty text if it is that."""
        field = self._fields[name] if name in _FIELDS else None
        kind = field.type if field else "char"
        if name in _FLAGS:
            return "" if value is True else self.env._("true or false")
        if kind == "many2one":
            return "" if is_id(value) else self.env._("an id")
        if kind == "float":
            fits = type(value) in (int, float) and 0 <= value <= LONGEST_MINUTES
            return "" if fits else self.env._("a number of minutes, zero to a year")
        if name == "recording_url":
            address = self.env._("a web address that begins with https:// or http://")
            return "" if is_web_address(value) else address
        if name in _INSTANTS or name == "type":
            return ""
        longest = LONGEST_TEXT if kind == "text" else LONGEST_LINE
        text = self.env._("a text of at most %(n)s characters", n=longest)
        return "" if is_text(value, longest) else text

    def _one_of(self, name, value, known):
        if value in known:
            return value
        if name == "direction":
            raise self._error(self.env._("the direction is “in” or “out”"))
        raise self._error(
            self.env._(
                "%(field)s: “%(value)s” is not known; known are %(known)s",
                field=name,
                value=value,
                known=", ".join(filter(None, known)),
            )
        )

    def _check_outcome(self, vals):
        if "outcome" in vals:
            known = self._fields["outcome"].get_values(self.env)
            self._one_of("outcome", vals["outcome"], known)
        elif self.state == "answered":
            vals["outcome"] = "answered"
        if self.state in ("ringing", "answered", "ended"):
            vals["call_state"] = self.state
        elif self.state == "recording":
            vals["call_state"] = "ended"
        if vals.pop("hidden", False):
            vals["is_hidden"] = True
            vals.pop("phone", None)

    def _instant(self, text):
        try:
            return parse_instant(text)
        except ValueError:
            raise self._error(
                self.env._(
                    "“%(text)s” is not an instant; write 2026-05-04T10:00:00+03:00, or "
                    "without an offset for UTC",
                    text=str(text)[:50].encode(errors="replace").decode(),
                )
            ) from None

    def _type(self, vals):
        types = self.env["crm.interaction.type"]
        code = vals.pop("type", "")
        if vals.get("type_id"):
            found = types.browse(vals["type_id"]).exists()
        elif code and is_text(code):
            found = types.search([("code", "=", code)])
        else:
            found = types
        if not found:
            raise self._error(
                self.env._(
                    "say the type; known codes are %(codes)s",
                    codes=", ".join(types.search([], limit=100).mapped("code")),
                )
            )
        return found.id

    def _source(self, vals):
        name = vals.pop("source", "")
        if not name:
            return
        sources = self.env["utm.source"].sudo()
        found = sources.search([("name", "=ilike", _literal(name.strip()))], limit=1)
        if not found:
            raise self._error(
                self.env._(
                    "source: “%(name)s” is not known; known are %(known)s",
                    name=name[:50],
                    known=", ".join(sources.search([], limit=50).mapped("name")),
                )
            )
        vals["utm_source_id"] = found.id

    def _check_ids(self, vals):
        for name in ("partner_id", "lead_id", "user_id", "company_id"):
            model = self.env[self._fields[name].comodel_name]
            record = model.browse(vals.get(name)).exists()
            # An integration may not read leads at all, but it may name them.
            if name != "company_id" and model.has_access("read"):
                record = record._filtered_access("read")
            if vals.get(name) and not record:
                raise self._error(
                    self.env._(
                        "%(field)s: there is no record with the id %(id)s",
                        field=name,
                        id=vals[name],
                    )
                )
        if vals["company_id"] not in self.env.companies.ids:
            raise self._error(
                self.env._(
                    "company_id: you do not work for the company %(id)s",
                    id=vals["company_id"],
                )
            )

    def _our_side(self, vals):
        """Fill in who of us talked; tell whether the other side is one of us, too."""
        internal = vals.pop("internal", False)
        seats = self.env["crm.phone.extension"]
        for name in ("transferred_to", "extension"):
            if name in vals and "user_id" not in vals:
                user_id = seats._user_of(self.company.id, vals[name])
                if user_id:
                    vals["user_id"] = user_id
        phone = vals.get("phone", "")
        # No extension is as long as a number of somebody else's.
        if phone and len(digits(phone)) < 7 and not internal:
            internal = bool(seats._user_of(self.company.id, phone))
        return internal


def _literal(text):
    """A text for ``=ilike`` in which no character stands for others."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
