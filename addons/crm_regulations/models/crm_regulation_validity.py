from odoo import api, fields, models

from ..engine.guard import repeated
from ..engine.reconciling import OVERLAP
from ..engine.retargeting import retarget
from ..engine.rules import Rule


class CrmRegulation(models.Model):
    """From when until when a version is in force, and what it takes over."""

    _inherit = "crm.regulation"

    date_until = fields.Datetime(
        string="Until",
        copy=False,
        help="What happens then or later starts no promise any more; the regulation "
        "is retired by itself.",
    )
    open_obligations = fields.Selection(
        [
            ("keep", "Keep them as they were promised"),
            ("retarget", "Measure them by the new version"),
            ("cancel", "Take them back"),
        ],
        string="Open promises of the version before",
        readonly=True,
        copy=False,
        help="What became of what was still open when this version came into force.",
    )
    is_additional = fields.Boolean(
        string="Besides more general ones",
        help="Ticked: more general regulations about the same event apply, too. "
        "Otherwise this one takes their place for whom it is.",
    )
    place = fields.Text(
        string="Beside other regulations",
        compute="_compute_place",
        help="Which of several regulations about the same event applies.",
    )

    _period = models.Constraint(
        "CHECK(date_until IS NULL OR date_from IS NULL OR date_from < date_until)",
        "The end must be later than the beginning.",
    )

    @api.depends("state", "spec", "date_from", "date_until")
    @api.depends_context("lang")
    def _compute_place(self):
        book = self._book()
        for regulation in self:
            # What is being typed may not be complete yet.
            if regulation.state == "retired" or not isinstance(regulation.id, int):
                regulation.place = False
                continue
            spec = regulation.spec or regulation._compile()
            rule = book.published(regulation.id) or Rule.of(regulation, spec)
            parts = [
                self._place_of(
                    book.replaced_by(rule),
                    regulation,
                    self.env._("Where it fits, it takes the place of: %(names)s."),
                ),
                self._place_of(
                    book.replacing(rule),
                    regulation,
                    self.env._("Where they fit, these take its place: %(names)s."),
                ),
            ]
            regulation.place = " ".join(filter(None, parts))

    def _place_of(self, rules, regulation, sentence):
        others = self.browse(rule.regulation_id for rule in rules)
        # The versions of one regulation follow one another.
        others = others.filtered(lambda other: other.code != regulation.code)
        names = ", ".join(f"“{other.display_name}”" for other in others)
        return sentence % {"names": names} if names else ""

    def _versions_in_force(self):
        """The published versions of the regulation, besides this one."""
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("code", "=", self.code),
                ("state", "=", "published"),
                ("id", "!=", self.id),
            ],
            order="version desc",
        )

    def _count_open_before(self):
        """How much is still open of what earlier versions have promised."""
        earlier = self.sudo()._versions_in_force()
        return self.env["crm.obligation"].search_count(
            [("regulation_id", "in", earlier.ids), ("date_end", "=", False)]
        )

    def action_ask_publish(self):
        """The button: publish, or ask first what people should decide.

        That is what becomes of what is still open, and whether to promise what was
        seldom kept in the past.

        :return: True, or the window action of the question
        """
        self.ensure_one()
        self._require_coordinator()
        if not self._count_open_before() and self.realism != "ideal":
            return self.action_publish()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_regulations.action_regulation_publish"
        )
        return {**action, "context": {"default_regulation_id": self.id}}

    def _in_force(self):
        """The version of the regulation that is in force now, possibly none."""
        now = fields.Datetime.now()
        versions = self | self._versions_in_force()
        return versions.filtered(
            lambda v: (
                v.state == "published"
                and (not v.date_from or v.date_from <= now)
                and (not v.date_until or v.date_until > now)
            )
        )[:1]

    def _take_over(self, open_obligations):
        """Let the version before end where this one begins.

        :param open_obligations: what becomes of its open promises
        """
        self.open_obligations = open_obligations
        previous, begin = self._versions_in_force(), self.date_from
        if begin and begin > fields.Datetime.now():
            # One that would begin only then or later never begins.
            running = previous.filtered(
                lambda v: not v.date_from or v.date_from < begin
            )
            for version in running:
                version.date_until = min(version.date_until or begin, begin)
            previous -= running
        previous._hand_over(self)

    def _hand_over(self, successor):
        """Retire, and do with what is still open what was decided.

        :param successor: the version that comes after, possibly none
        """
        self._retire()
        choice = successor.open_obligations
        owed = self.env["crm.obligation"]
        if choice in ("cancel", "retarget"):
            owed = owed.search(
                [("regulation_id", "in", self.ids), ("date_end", "=", False)]
            )
        if choice == "cancel":
            owed._take_back(self.env._("A new version was published."))
        elif choice == "retarget":
            retarget(owed, Rule.of(successor))

    @api.model
    def _retire_ended(self):
        """Retire the versions whose time is over, each committed."""
        now = fields.Datetime.now()
        over = self.sudo().search(
            [("state", "=", "published"), ("date_until", "<=", now)]
        )
        for regulation in over:
            repeated(self.env, regulation._end_in_time)
            self.env["ir.cron"]._commit_progress(1)

    def _end_in_time(self):
        rule = self._book().published(self.id)
        if rule:
            # What happened in its last hours is still its own.
            self._read_until(rule, self.date_until, OVERLAP)
        after = self._versions_in_force().filtered(lambda v: v.version > self.version)
        self._hand_over(after[-1:])
