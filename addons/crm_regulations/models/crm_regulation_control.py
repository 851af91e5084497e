from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.control import COUNT, PERCENT
from ..engine.presence import can_owe
from .crm_regulation_life import COORDINATOR

BY_PERSON, BY_OWNER, BY_COORDINATOR, BY_HEAD = (
    "user", "owner", "coordinator", "head",
)  # fmt: skip


class CrmRegulation(models.Model):
    """Who looks whether a regulation is kept: control is a step, too.

    How often and at how much belongs to the document and is frozen with it. Only the
    person may change, because people fall ill and leave.
    """

    _inherit = "crm.regulation"

    control_by = fields.Selection(
        [
            (BY_PERSON, "This person"),
            (BY_OWNER, "The regulation's owner"),
            (BY_COORDINATOR, "The CRM coordinator"),
            (BY_HEAD, "The head of the owner's department"),
        ],
        string="Who looks",
        help="Whoever looks gets a sample of promises that have ended and says of each "
        "whether it is fine. If there is no such person, the owner looks, else a CRM "
        "coordinator.",
    )
    control_user_id = fields.Many2one(
        "res.users",
        string="Person who looks",
        domain=[("share", "=", False)],
        check_company=True,
        help="May be changed while the regulation is in force.",
    )
    control_every_value = fields.Integer(string="Look every", default=1)
    control_every_unit = fields.Selection(
        [("day", "days"), ("week", "weeks"), ("month", "months")],
        string="Unit of the rhythm",
        default="month",
        required=True,
    )
    control_sample = fields.Float(string="Look at", default=5, digits=(16, 0))
    control_sample_kind = fields.Selection(
        [(COUNT, "promises"), (PERCENT, "% of the promises")],
        string="Kind of sample",
        default=COUNT,
        required=True,
        help="Drawn by lot from those that ended since the last time.",
    )
    control_days = fields.Integer(
        string="Done within (days)",
        default=7,
        help="Calendar days from the day on which the sample is drawn.",
    )
    control_note = fields.Text(
        string="What to look at",
        translate=True,
        help="What makes a promise well kept: was it really done, what did the "
        "customer get, is the excuse a good one?",
    )
    control_sentence = fields.Char(
        string="Control in words", compute="_compute_control_sentence"
    )
    control_warning = fields.Char(
        string="What the control lacks", compute="_compute_control_warning"
    )
    check_ids = fields.One2many("crm.regulation.check", "regulation_id", copy=False)
    check_count = fields.Integer(string="Checks", compute="_compute_check_count")

    _control_rhythm = models.Constraint(
        "CHECK(control_by IS NULL OR (control_every_value > 0 AND control_days >= 0))",
        "Look every 1 or more days, weeks or months; the days for it are not negative.",
    )
    _control_size = models.Constraint(
        "CHECK(control_by IS NULL OR (control_sample > 0 AND "
        "(control_sample_kind != 'percent' OR control_sample <= 100)))",
        "Look at one promise at least, or at 1 to 100 percent of them.",
    )

    @api.depends("control_by", "control_user_id", "control_every_value",
                 "control_every_unit", "control_sample",
                 "control_sample_kind")  # fmt: skip
    @api.depends_context("lang")
    def _compute_control_sentence(self):
        roles = dict(self._fields["control_by"]._description_selection(self.env))
        for regulation in self:
            who = roles.get(regulation.control_by, "")
            if regulation.control_by == BY_PERSON:
                who = regulation.control_user_id.name or who
            regulation.control_sentence = bool(regulation.control_by) and self.env._(
                "Checked by: %(who)s; how often: %(rhythm)s; sample: %(sample)s.",
                who=who,
                rhythm=regulation._control_rhythm_text(),
                sample=regulation._control_sample_text(),
            )

    def _control_rhythm_text(self):
        count = self.control_every_value
        if count == 1:
            return {
                "day": self.env._("every day"),
                "week": self.env._("every week"),
                "month": self.env._("every month"),
            }[self.control_every_unit]
        return {
            "day": self.env._("every %(count)s days", count=count),
            "week": self.env._("every %(count)s weeks", count=count),
            "month": self.env._("every %(count)s months", count=count),
        }[self.control_every_unit]

    def _control_sample_text(self):
        size = f"{self.control_sample:g}"
        if self.control_sample_kind == PERCENT:
            return self.env._("%(size)s%% of the promises", size=size)
        return self.env._("promises: %(size)s", size=size)

    @api.depends("control_by", "control_note")
    @api.depends_context("lang")
    def _compute_control_warning(self):
        for regulation in self:
            if not regulation.control_by:
                regulation.control_warning = self.env._(
                    "Nobody looks whether this regulation is kept. It can be put into "
                    "force so, but what nobody looks at is soon forgotten: say under "
                    "“Control” who looks, how often and at how many promises."
                )
            elif not regulation.control_note:
                regulation.control_warning = self.env._(
                    "It is not said what the person who looks shall look at. A word "
                    "under “Control” makes the checks comparable."
                )
            else:
                regulation.control_warning = False

    def _compute_check_count(self):
        groups = self.env["crm.regulation.check"]._read_group(
            [("regulation_id", "in", self.ids)], ["regulation_id"], ["__count"]
        )
        counts = {regulation.id: count for regulation, count in groups}
        for regulation in self:
            regulation.check_count = counts.get(regulation.id, 0)

    def action_open_checks(self):
        """The checks of this regulation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_regulation_check"
        )
        return {
            **action,
            "domain": [("regulation_id", "=", self.id)],
            "context": {},
        }

    # --- the document ---------------------------------------------------------------

    def _compile(self):
        control = self.control_by and {
            "by": self.control_by,
            "every_value": self.control_every_value,
            "every_unit": self.control_every_unit,
            "sample": self.control_sample,
            "sample_kind": self.control_sample_kind,
            "days": self.control_days,
        }
        return {**super()._compile(), "control": control or False}

    def _check_complete(self):
        done = super()._check_complete()
        for regulation in self:
            if regulation.control_by == BY_PERSON and not regulation.control_user_id:
                raise UserError(
                    self.env._(
                        "crm_regulations.control: %(name)s: choose the person who "
                        "looks whether it is kept, or leave the control empty.",
                        name=regulation.display_name,
                    )
                )
        return done

    def action_publish(self, open_obligations="keep"):
        """Put the regulation into force, see ``crm_regulation_life.py``.

        A duty to the company itself that nobody owes is owed by whoever publishes it.

        :param open_obligations: what becomes of the open obligations of the previous
            version
        :return: True
        """
        self._require_coordinator()
        ownerless = self.filtered(
            lambda r: r.trigger_kind == "in_force" and not r.owner_id
        )
        for regulation in ownerless:
            if can_owe(self.env.user, regulation.company_id):
                regulation.owner_id = self.env.user
        return super().action_publish(open_obligations=open_obligations)

    # --- who looks ------------------------------------------------------------------

    def _controllers(self):
        """Who looks whether each of these is kept, superuser.

        :return: {regulation: user}, possibly an empty one
        """
        coordinators = self.env.ref(COORDINATOR).all_user_ids
        heads = self._heads_of_owners()
        return {
            regulation: regulation._controller(coordinators, heads)
            for regulation in self
        }

    def _controller(self, coordinators, heads):
        company, owner = self.company_id, self.owner_id
        ours = coordinators.filtered(lambda user: can_owe(user, company))
        coordinator = owner if owner in ours else ours.sorted("id")[:1]
        nobody = self.env["res.users"]
        chosen = {
            BY_PERSON: self.control_user_id,
            BY_OWNER: owner,
            BY_COORDINATOR: coordinator,
            BY_HEAD: heads.get((owner, company), nobody),
        }[self.spec["control"]["by"]]
        candidates = (chosen, owner, coordinator)
        return next((user for user in candidates if can_owe(user, company)), nobody)

    def _heads_of_owners(self):
        """(Owner, company) → the head of the owner's department, else the manager."""
        asked = self.filtered(lambda r: r.spec["control"]["by"] == BY_HEAD)
        employees = self.env["hr.employee"].search(
            [
                ("user_id", "in", asked.owner_id.ids),
                ("company_id", "in", asked.company_id.ids),
            ]
        )
        found = {}
        for employee in employees:
            head = employee.department_id.manager_id - employee or employee.parent_id
            found[employee.user_id, employee.company_id] = head.user_id
        return found
