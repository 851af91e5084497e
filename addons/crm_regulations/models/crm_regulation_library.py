from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import is_id, is_text

from ..core.category_limits import codes_of
from ..core.library import without

TAKEN, IN_USE, FAILED = "taken", "in_use", "failed"
_IN_USE = ("review", "published")
#: Category → the column with its limit.
_COLUMNS = {"A": "library_limit_a", "B": "library_limit_b", "C": "library_limit_c"}
_MANY = 1000


class CrmRegulation(models.Model):
    """The library: ready regulations that one takes into use."""

    _inherit = "crm.regulation"

    is_library = fields.Boolean(
        string="Ready, not taken into use",
        readonly=True,
        copy=False,
        index=True,
        help="It came with the program and nobody has taken it into use yet.",
    )
    in_use = fields.Boolean(
        string="In use",
        compute="_compute_in_use",
        help="A version of it is in force or waits for its approval.",
    )
    library_sentence = fields.Text(
        string="What is promised", compute="_compute_library_sentence"
    )
    library_is_plain = fields.Boolean(
        compute="_compute_library_unit",
        help="It has one step and all its limits are counted in one unit, so that they "
        "can be changed in the list.",
    )
    library_unit = fields.Selection(
        selection=lambda self: (
            self.env["crm.regulation.step"]
            ._fields["limit_unit"]
            ._description_selection(self.env)
        ),
        string="Counted in",
        compute="_compute_library_unit",
    )
    library_limit_a = fields.Float(
        string="A",
        digits=(16, 2),
        compute="_compute_library_limits",
        inverse="_inverse_library_limit_a",
        help="Limit for category A. 0: it is not owed to them.",
    )
    library_limit_b = fields.Float(
        string="B",
        digits=(16, 2),
        compute="_compute_library_limits",
        inverse="_inverse_library_limit_b",
        help="Limit for category B. 0: it is not owed to them.",
    )
    library_limit_c = fields.Float(
        string="C and others",
        digits=(16, 2),
        compute="_compute_library_limits",
        inverse="_inverse_library_limit_c",
        help="Limit for category C. Others have it, too, unless the regulation says "
        "otherwise. 0: it is not owed to them.",
    )

    @api.model
    def _shipped(self):
        """The drafts that came with the addon, those of the main company."""
        data = self.env["ir.model.data"].sudo()
        rows = data.search(
            [
                ("module", "=", "crm_regulations"),
                ("model", "=", self._name),
                ("name", "=like", "regulation\\_%"),
            ]
        )
        return self.browse(rows.mapped("res_id")).exists().sorted("id")

    # --- what stands in the list ------------------------------------------------

    @api.depends("code", "company_id", "state")
    def _compute_in_use(self):
        used = self.search_fetch(
            [
                ("company_id", "in", self.company_id.ids),
                ("code", "in", self.mapped("code")),
                ("state", "in", _IN_USE),
            ],
            ["company_id", "code"],
        )
        known = {(one.company_id, one.code) for one in used}
        for regulation in self:
            regulation.in_use = (regulation.company_id, regulation.code) in known

    @api.depends(
        "step_ids.limit_unit", "step_ids.limit_ids.is_owed",
        "step_ids.limit_ids.limit_unit",
    )  # fmt: skip
    def _compute_library_unit(self):
        for regulation in self:
            step = regulation._first_step()
            owed = step.limit_ids.filtered("is_owed")
            units = {step.limit_unit, *owed.mapped("limit_unit")}
            regulation.library_is_plain = len(regulation.step_ids) == len(units) == 1
            regulation.library_unit = step.limit_unit

    @api.depends(
        "library_is_plain", "step_ids.limit_value", "step_ids.limit_ids.is_owed",
        "step_ids.limit_ids.segment_codes", "step_ids.limit_ids.limit_value",
    )  # fmt: skip
    def _compute_library_limits(self):
        for regulation in self:
            step = regulation._first_step()
            for code, column in _COLUMNS.items():
                value, _unit = step._limit_of(code) if step else (0, False)
                regulation[column] = value if regulation.library_is_plain else 0

    @api.depends("step_ids.sentence", "step_ids.sequence")
    @api.depends_context("lang")
    def _compute_library_sentence(self):
        for regulation in self:
            said = regulation.step_ids.mapped("sentence")
            regulation.library_sentence = "\n".join(said)

    def _first_step(self):
        """The first step; it keeps what is read for many regulations at once."""
        return next(iter(self.step_ids), self.step_ids)

    def _inverse_library_limit_a(self):
        self._set_library_limit("A")

    def _inverse_library_limit_b(self):
        self._set_library_limit("B")

    def _inverse_library_limit_c(self):
        self._set_library_limit("C")

    def _set_library_limit(self, code):
        for regulation in self:
            if not regulation.library_is_plain:
                raise UserError(
                    self.env._(
                        "crm_regulations.library_limit: The limits of %(name)s are "
                        "counted in different units or belong to several steps. Open "
                        "it and change them there.",
                        name=regulation.name,
                    )
                )
            regulation.step_ids._set_limit_of(code, regulation[_COLUMNS[code]])

    # --- taking into use --------------------------------------------------------

    def write(self, vals):
        if "state" in vals:
            vals = {**vals, "is_library": False}
        return super().write(vals)

    @api.model
    def library(self):
        """The ready regulations of the company, those in use, too.

        :return: list of dictionaries with ``id``, ``code``, ``name``, ``process``,
            ``sentence``, ``limits`` (category A, B and C → ``value``, 0 if it is not
            owed, and ``unit``; of the first step), ``owner_id`` and ``in_use``
        """
        return [
            {
                "id": regulation.id,
                "code": regulation.code,
                "name": regulation.name,
                "process": regulation.process,
                "sentence": regulation.sentence or "",
                "limits": regulation._library_limits(),
                "owner_id": regulation.owner_id.id,
                "in_use": regulation.in_use,
            }
            for regulation in self._library_of_company()
        ]

    def _library_limits(self):
        step = self._first_step()
        limits = {code: step._limit_of(code) for code in _COLUMNS if step}
        return {
            code: {"value": value, "unit": unit}
            for code, (value, unit) in limits.items()
        }

    @api.model
    def _library_of_company(self):
        """Of each ready regulation the version that matters: in use, else the last."""
        codes = self._shipped_codes()
        versions = self.search(
            [("company_id", "=", self.env.company.id), ("code", "in", codes)],
            order="process, sequence, name, version",
        )
        found = {}
        for regulation in versions:
            held = found.get(regulation.code)
            if not held or held.state != "published":
                found[regulation.code] = regulation
        return self.union(*found.values())

    @api.model
    def _shipped_codes(self):
        given = self.env.company.sudo().crm_library_given or ""
        return given.split()

    @api.model
    def action_library(self):
        """Open the library of the company: ready regulations, also those in use.

        :return: a window action
        """
        self._require_coordinator()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_library_window"
        )
        return {**action, "domain": [("id", "in", self._library_of_company().ids)]}

    def action_take_into_use(self):
        """Take the ready regulations that are ticked into use.

        :return: a window action that shows what became of each
        """
        self._require_coordinator()
        if not self:
            raise UserError(
                self.env._(
                    "crm_regulations.library_tick: Tick the regulations first that you "
                    "want to take into use, on the left of their lines."
                )
            )
        results = [self._taken(one, one.owner_id or self.env.user) for one in self]
        dialog = self.env["crm.regulation.taking"].create(
            {"line_ids": [Command.create(dict(result)) for result in results]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Taken into use"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def take_into_use(self, codes, owner_id=False):
        """Take ready regulations of the company into use.

        Each gets the caller as its author and is handed over for review. Where the
        company asks for no second person, or there is none, it comes into force and
        only counts. Those that cannot be taken stay as they are; the others are done.

        :param codes: list of codes of :meth:`library`
        :param owner_id: id of the user who keeps them true; by default the caller, or
            whoever is the owner already
        :return: list of ``{"code", "status", "message"}``; the status is ``taken``,
            ``in_use`` or ``failed``
        :raises UserError: a code that the library does not have; no such owner
        """
        self._require_coordinator()
        found = self._asked_of_library(codes)
        owner = self._asked_owner(owner_id)
        return [
            {
                key: value
                for key, value in self._taken(
                    one, owner or one.owner_id or self.env.user
                ).items()
                if key != "name"
            }
            for one in found
        ]

    def _asked_of_library(self, codes):
        """The regulations that are meant, each once."""
        if not isinstance(codes, list) or not codes or len(codes) > _MANY:
            raise UserError(
                self.env._(
                    "crm_regulations.library_codes: Give a list of codes of ready "
                    'regulations, for example ["materials_2h"].'
                )
            )
        known = {one.code: one for one in self._library_of_company()}
        wrong = [c for c in codes if not is_text(c) or c not in known]
        if wrong:
            raise UserError(
                self.env._(
                    "crm_regulations.library_code: %(company)s has no ready regulation "
                    "%(codes)s. Ask library() for those that there are.",
                    company=self.env.company.name,
                    codes=", ".join(f"“{code}”" for code in wrong[:10]),
                )
            )
        return [known[code] for code in dict.fromkeys(codes)]

    def _asked_owner(self, owner_id):
        users = self.env["res.users"]
        if owner_id is False:
            return users
        owner = users.browse(owner_id if is_id(owner_id) else ()).exists()
        company = self.env.company
        known = owner.sudo()
        if not (
            known and known.active and not known.share and company in known.company_ids
        ):
            raise UserError(
                self.env._(
                    "crm_regulations.library_owner: The owner must be the id of an "
                    "active user of %(company)s, or false for yourself.",
                    company=company.name,
                )
            )
        return owner

    @api.model
    def _taken(self, regulation, owner):
        """Take one into use, or say why not.

        :return: ``{"code", "name", "status", "message"}``
        """
        status, message = self._take(regulation, owner)
        return {
            "code": regulation.code,
            "name": regulation.name,
            "status": status,
            "message": message,
        }

    def _take(self, regulation, owner):
        if regulation.state != "draft" or regulation.in_use:
            return IN_USE, self.env._("It is in use already.")
        try:
            with self.env.cr.savepoint():
                regulation.sudo().write(
                    {"owner_id": owner.id, "author_id": self.env.uid}
                )
                regulation.action_submit()
                if regulation._needs_another(self.env.user):
                    return TAKEN, self.env._(
                        "It waits for the approval of a second person: %(people)s.",
                        people=regulation.sudo()._told_approvers(),
                    )
                regulation.action_publish()
        except UserError as error:
            return FAILED, str(error)
        if regulation.mode == "silent":
            return TAKEN, self.env._("It is in force and only counts.")
        return TAKEN, self.env._("It is in force.")


class CrmRegulationStep(models.Model):
    """The limit of one category, as it is read and changed in the library."""

    _inherit = "crm.regulation.step"

    def _limit_of(self, code):
        """The limit that holds for a category.

        :param code: such as “A”
        :return: number and unit; 0: it is not owed
        """
        line = self._limit_line(code)
        if line and not line.is_owed:
            return 0.0, self.limit_unit
        held = line or self
        return held.limit_value, held.limit_unit

    def _limit_line(self, code):
        return self.limit_ids.filtered(
            lambda li: code in codes_of(li.segment_codes or "")
        )

    def _set_limit_of(self, code, value):
        """Change the limit of one category; C stands for all others, too.

        :param value: in the unit of the step; 0: it is not owed
        """
        self.ensure_one()
        line = self._limit_line(code)
        if value < 0 or (code == "C" and not line and not value):
            raise UserError(
                self.env._(
                    "crm_regulations.library_zero: %(step)s: a limit must be more than "
                    "zero. 0, for “not owed”, is possible for categories A and B, and "
                    "for C where C has a limit of its own.",
                    step=self.name,
                )
            )
        values = {"is_owed": bool(value), "limit_unit": self.limit_unit}
        if value:
            values["limit_value"] = value
        if code == "C" and not line:
            self.limit_value = value
        elif line and (code == "C" or codes_of(line.segment_codes) == (code,)):
            line.write(values)
        else:
            if line:
                line.segment_codes = without(line.segment_codes, code)
            self.limit_ids = [Command.create({"segment_codes": code, **values})]
