import base64
import contextlib

from psycopg2 import IntegrityError, errors

from odoo import api, fields, models
from odoo.exceptions import MissingError, ValidationError
from odoo.fields import Command

from ..core.wire import LONGEST_LINE, LONGEST_TEXT, is_text

# Beyond this no amount is meant, and no longer every whole number exists.
LARGEST = 1e15
LARGEST_INTEGER = 2**31 - 1


class CrmCheckedValues(models.AbstractModel):
    """Records that programs make: what no field can keep is refused in our words.

    Odoo answers a wrong choice, a text for a number or an unknown field with a
    programming error.
    """

    _name = "crm.checked.values"
    _description = "Values Looked at Before They Are Kept"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_values(vals)
        return super().write(vals)

    @api.model
    def _check_values(self, vals):
        """Refuse values that their fields cannot keep.

        :param vals: name of the field → anything that came over the wire
        :raises ValidationError: ``unknown_field`` or ``bad_value``
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if field is None:
                raise ValidationError(
                    self.env._(
                        "crm_segmentation.unknown_field: %(model)s (%(name)s) has no "
                        "field “%(field)s”.",
                        model=self._description,
                        name=self._name,
                        field=name,
                    )
                )
            check = _CHECKS.get(field.type)
            empty = value is False or value is None
            wanted = check and not empty and check(self, field, value)
            if wanted:
                raise self._bad_value(field, value, wanted)
            if field.type == "one2many" and not empty:
                self._check_lines(field, value)

    @api.model
    def _check_lines(self, field, commands):
        lines = self.env[field.comodel_name]
        for command in commands:
            deals = not isinstance(command, int | models.BaseModel)
            if deals and command[0] in (Command.CREATE, Command.UPDATE):
                if isinstance(lines, self.pool["crm.checked.values"]):
                    lines._check_values(command[2])

    def _bad_value(self, field, value, wanted):
        return ValidationError(
            self.env._(
                "crm_segmentation.bad_value: %(label)s (%(model)s.%(field)s) cannot be "
                "“%(value)s”. Give %(wanted)s.",
                label=field._description_string(self.env),
                model=self._name,
                field=field.name,
                value=str(value)[:80].replace("\0", ""),
                wanted=wanted,
            )
        )


class CrmChecked(models.AbstractModel):
    """The same for records that programs set up: broken constraints have codes, too.

    Odoo says them in words that no program can tell apart.
    """

    _name = "crm.checked"
    _inherit = ["crm.checked.values"]
    _description = "Values and Constraints Told in Our Words"

    @api.model_create_multi
    def create(self, vals_list):
        with self._in_our_words("no_record"):
            return super().create(vals_list)

    def write(self, vals):
        with self._in_our_words("no_record"):
            return super().write(vals)

    def unlink(self):
        with self._in_our_words("in_use"):
            return super().unlink()

    @contextlib.contextmanager
    def _in_our_words(self, code):
        """Do something that the database may refuse; its refusal gets a code.

        Within another such block (``crm_in_our_words`` in the context) that one tells.
        """
        if self.env.context.get("crm_in_our_words"):
            yield
            return
        # It flushes first. What fails there was written before; whoever wrote it goes
        # back to a savepoint of its own and tells it.
        savepoint = self.env.cr.savepoint()
        try:
            with savepoint:
                yield
        except IntegrityError as error:
            raise self._refusal(error, code) from error
        except MissingError as error:
            if self.exists() != self:
                raise
            raise self._coded("no_record", self._no_record(str(error))) from error

    def _refusal(self, error, code):
        """A constraint of the database in words, with a code for programs."""
        words = self._sql_error_to_message(error)
        if words.startswith("crm_segmentation."):
            return ValidationError(words)
        if isinstance(error, errors.NotNullViolation):
            code = "required"
        elif isinstance(error, errors.UniqueViolation):
            code = "not_unique"
        elif isinstance(error, errors.CheckViolation):
            code = "out_of_range"
        elif code == "no_record":
            # Odoo says here that something is to be deleted.
            words = self._no_record(error.diag.message_detail or "")
        return self._coded(code, words.strip())

    def _no_record(self, detail):
        return self.env._(
            "a record that is referred to does not exist. %(detail)s",
            detail=detail.split("\n")[-1],
        )

    def _coded(self, code, words):
        return ValidationError(
            self.env._(
                "crm_segmentation.%(code)s: %(model)s: %(words)s",
                code=code,
                model=self._description,
                words=words,
            )
        )


# --- what each kind of field takes; the answer says what is wanted instead ----------


def _choice(model, field, value):
    if value == "":
        return None
    known = field.get_values(model.env)
    if isinstance(value, str) and value in known:
        return None
    return model.env._("one of: %(known)s", known=", ".join(known))


def _number(model, _field, value):
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = None
    if isinstance(value, int | float) and -LARGEST <= value <= LARGEST:
        return None
    return model.env._("a number")


def _integer(model, _field, value):
    try:
        fits = not isinstance(value, list | dict)
        fits = fits and abs(int(value)) <= LARGEST_INTEGER
    except (TypeError, ValueError, OverflowError):
        fits = False
    return None if fits else model.env._("a whole number")


def _date(model, _field, value):
    try:
        known = fields.Date.to_date(value) or value == ""
    except (TypeError, ValueError, AttributeError):
        known = False
    return None if known else model.env._("a day such as 2026-12-31")


def _instant(model, _field, value):
    try:
        known = fields.Datetime.to_datetime(value) or value == ""
    except (TypeError, ValueError, AttributeError):
        known = False
    return (
        None if known else model.env._("an instant in UTC such as 2026-12-31 17:00:00")
    )


def _record(model, _field, value):
    if isinstance(value, models.BaseModel):
        return None
    known = type(value) is int and 0 < value <= LARGEST_INTEGER
    return None if known else model.env._("the id of a record")


def _records(model, _field, value):
    if isinstance(value, models.BaseModel):
        return None
    if isinstance(value, list | tuple) and all(map(_is_command, value)):
        return None
    return model.env._("a list of commands such as [0, 0, {…}] or [6, 0, [ids]]")


def _is_command(part):
    if isinstance(part, int):
        return True
    if not isinstance(part, list | tuple) or not part or part[0] not in range(7):
        return False
    if part[0] in (Command.CREATE, Command.UPDATE):
        return len(part) == 3 and isinstance(part[2], dict)
    if part[0] == Command.SET:
        return len(part) == 3 and all(type(id_) is int for id_ in part[2])
    return part[0] == Command.CLEAR or len(part) > 1


def _text(model, field, value):
    is_code = field.name == "code"
    longest = LONGEST_LINE if is_code else LONGEST_TEXT
    # Other texts may be given as data, such as a condition.
    if is_text(value, longest) or not (is_code or isinstance(value, str)):
        return None
    return model.env._(
        "text of at most %(longest)s ordinary characters", longest=longest
    )


def _file(model, _field, value):
    try:
        base64.b64decode(value)
    except (TypeError, ValueError):
        return model.env._("a file in base64")
    return None


_CHECKS = {
    "binary": _file,
    "selection": _choice,
    "float": _number,
    "monetary": _number,
    "integer": _integer,
    "date": _date,
    "datetime": _instant,
    "many2one": _record,
    "one2many": _records,
    "many2many": _records,
    "char": _text,
    "text": _text,
}


class CrmCounterpartyType(models.Model):
    _name = "crm.counterparty.type"
    _inherit = ["crm.counterparty.type", "crm.checked"]


class CrmCounterpartyRequirement(models.Model):
    _name = "crm.counterparty.requirement"
    _inherit = ["crm.counterparty.requirement", "crm.checked"]


class CrmInteractionType(models.Model):
    _name = "crm.interaction.type"
    _inherit = ["crm.interaction.type", "crm.checked"]


class CrmTurnoverLine(models.Model):
    _name = "crm.turnover.line"
    _inherit = ["crm.turnover.line", "crm.checked"]


class CrmTerritory(models.Model):
    _name = "crm.territory"
    _inherit = ["crm.territory", "crm.checked"]


class CrmSaleKind(models.Model):
    _name = "crm.sale.kind"
    _inherit = ["crm.sale.kind", "crm.checked"]


class CrmMetric(models.Model):
    _name = "crm.metric"
    _inherit = ["crm.metric", "crm.checked"]


class CrmSegmentation(models.Model):
    _name = "crm.segmentation"
    _inherit = ["crm.segmentation", "crm.checked"]


class CrmSegment(models.Model):
    _name = "crm.segment"
    _inherit = ["crm.segment", "crm.checked"]


class CrmSegmentCriterion(models.Model):
    _name = "crm.segment.criterion"
    _inherit = ["crm.segment.criterion", "crm.checked"]


class CrmContactNorm(models.Model):
    _name = "crm.contact.norm"
    _inherit = ["crm.contact.norm", "crm.checked"]


class CrmInteraction(models.Model):
    # Its constraints are told by crm.interaction.log(), which retries.
    _name = "crm.interaction"
    _inherit = ["crm.interaction", "crm.checked.values"]
