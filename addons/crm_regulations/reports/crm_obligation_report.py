from odoo import api, fields, models
from odoo.tools import SQL


def _like_promise(name):
    """The choices of a field of crm.obligation, in the reader's language."""

    def selection(records):
        field = records.env["crm.obligation"]._fields[name]
        return field._description_selection(records.env)

    return selection


class CrmObligationReport(models.Model):
    """One row per promise, with what managers group and count by.

    A query, not a table; the id of a row is that of its promise. Joins are by unique
    keys only, so that PostgreSQL leaves out those that nobody asks for.
    """

    _name = "crm.obligation.report"
    _description = "Promises Kept"
    _auto = False
    _order = "date_due desc, id desc"
    _rec_name = "name"
    _depends = {
        "crm.lead": ["team_id"],
        "crm.obligation": [
            "commercial_partner_id", "company_id", "date_done", "date_due", "date_end",
            "date_paused", "date_start", "evidence_grade", "lead_id", "note",
            "partner_id", "paused_seconds", "process", "regulation_id", "res_name",
            "segment_id", "state", "step_id", "user_id",
        ],
        "crm.regulation": ["code", "company_id", "state"],
        "hr.department": ["manager_id"],
        "hr.employee": ["company_id", "current_version_id", "user_id"],
        "hr.version": ["department_id"],
        "res.users": ["sale_team_id"],
    }  # fmt: skip

    obligation_id = fields.Many2one("crm.obligation", string="Promise", readonly=True)
    name = fields.Char(
        string="What is owed", related="obligation_id.name", related_sudo=False
    )
    res_name = fields.Char(string="About", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    regulation_id = fields.Many2one(
        "crm.regulation", string="Regulation (version)", readonly=True
    )
    newest_id = fields.Many2one(
        "crm.regulation",
        string="Regulation",
        readonly=True,
        help="All versions of a regulation together, called like the newest one.",
    )
    step_id = fields.Many2one("crm.regulation.step", readonly=True)
    process = fields.Selection(_like_promise("process"), readonly=True)
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        help="Where the responsible person works now.",
    )
    team_id = fields.Many2one(
        "crm.team",
        string="Sales team",
        readonly=True,
        help="The team of the lead, else of the responsible person.",
    )
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    manager_id = fields.Many2one(
        "res.users", string="Head of the department", readonly=True
    )
    segment_id = fields.Many2one("crm.segment", string="Category", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Customer company", readonly=True
    )
    date_due = fields.Datetime(string="Due", readonly=True)
    date_done = fields.Datetime(string="Done", readonly=True)
    date_end = fields.Datetime(
        string="Ended", readonly=True, help="Since when nothing is left to do."
    )
    state = fields.Selection(_like_promise("state"), readonly=True)
    evidence_grade = fields.Selection(_like_promise("evidence_grade"), readonly=True)
    cause = fields.Selection(
        [
            ("nobody", "Nobody was responsible"),
            ("explained", "Late, with an explanation"),
            ("late", "Late, without a word"),
            ("unanswered", "Not done, nobody answered"),
            ("excused", "Excused"),
        ],
        readonly=True,
        help="Why a promise was not kept on time, as far as Odoo knows.",
    )
    reason = fields.Char(
        string="Reason in words",
        readonly=True,
        help="What was said when it was excused or done late.",
    )
    counted = fields.Integer(
        readonly=True,
        help="1 for what is in the percentage: done on time, done late or overdue.",
    )
    on_time = fields.Integer(
        string="On time", readonly=True, help="1 for what was done on time."
    )
    on_time_share = fields.Float(
        string="On time, %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Done on time out of done on time, done late and overdue. Excused, "
        "cancelled and open promises are left out.",
    )
    is_overdue = fields.Integer(
        string="Overdue now",
        readonly=True,
        help="1 for what should have been done and still waits to be done.",
    )
    is_excused = fields.Integer(
        string="Excused", readonly=True, help="1 for what was excused."
    )
    is_open = fields.Integer(
        string="Open",
        readonly=True,
        help="1 for what has still to be done and is not overdue.",
    )
    reaction_minutes = fields.Float(
        string="Reaction (minutes)",
        readonly=True,
        aggregator="avg",
        digits=(12, 0),
        help="By the clock, from the beginning to the proof, without pauses; only of "
        "what was done.",
    )
    late_minutes = fields.Float(
        string="Late by (minutes)",
        readonly=True,
        aggregator="avg",
        digits=(12, 0),
        help="By the clock; of what was done late or is overdue.",
    )
    is_of_my_people = fields.Boolean(
        string="My people's",
        compute="_compute_is_of_my_people",
        search="_search_is_of_my_people",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT owed.id, owed.id AS obligation_id, owed.res_name, owed.company_id,
                   owed.regulation_id, newest.id AS newest_id, owed.step_id,
                   owed.process, version.department_id,
                   COALESCE(lead.team_id, person.sale_team_id) AS team_id,
                   owed.user_id, head.user_id AS manager_id, owed.segment_id,
                   owed.partner_id, owed.commercial_partner_id, owed.date_due,
                   owed.date_done, owed.date_end, owed.state, owed.evidence_grade,
                   CASE WHEN owed.state = 'excused' THEN 'excused'
                        WHEN owed.state NOT IN ('done_late', 'breached') THEN NULL
                        WHEN owed.user_id IS NULL THEN 'nobody'
                        WHEN owed.note <> '' THEN 'explained'
                        WHEN owed.state = 'done_late' THEN 'late'
                        ELSE 'unanswered' END AS cause,
                   CASE WHEN owed.state IN ('excused', 'done_late', 'breached')
                        THEN LEFT(owed.note, 200) END AS reason,
                   (owed.state IN ('done_on_time', 'done_late', 'breached'))::int
                       AS counted,
                   (owed.state = 'done_on_time')::int AS on_time,
                   CASE owed.state WHEN 'done_on_time' THEN 100.0
                                   WHEN 'done_late' THEN 0.0
                                   WHEN 'breached' THEN 0.0 END AS on_time_share,
                   (owed.date_end IS NULL AND owed.date_paused IS NULL
                    AND owed.date_due < %(now)s
                    AND owed.state IN ('open', 'breached'))::int AS is_overdue,
                   (owed.state = 'excused')::int AS is_excused,
                   (owed.state = 'open')::int AS is_open,
                   CASE WHEN owed.state IN ('done_on_time', 'done_late') THEN
                        GREATEST(0, EXTRACT(EPOCH FROM owed.date_done - owed.date_start)
                                    - COALESCE(owed.paused_seconds, 0))::float8 / 60
                   END AS reaction_minutes,
                   CASE WHEN owed.state IN ('done_late', 'breached') THEN
                        GREATEST(0, EXTRACT(EPOCH FROM
                            COALESCE(owed.date_done, owed.date_end, %(now)s)
                            - owed.date_due))::float8 / 60
                   END AS late_minutes
              FROM crm_obligation AS owed
              LEFT JOIN crm_regulation AS regulation
                ON regulation.id = owed.regulation_id
              LEFT JOIN (SELECT company_id, code, MAX(id) AS id
                           FROM crm_regulation
                          WHERE state IN ('published', 'retired')
                          GROUP BY company_id, code) AS newest
                ON newest.company_id = regulation.company_id
               AND newest.code = regulation.code
              LEFT JOIN crm_lead AS lead ON lead.id = owed.lead_id
              LEFT JOIN res_users AS person ON person.id = owed.user_id
              LEFT JOIN hr_employee AS employee
                ON employee.user_id = owed.user_id
               AND employee.company_id = owed.company_id
              LEFT JOIN hr_version AS version
                ON version.id = employee.current_version_id
              LEFT JOIN hr_department AS department
                ON department.id = version.department_id
              LEFT JOIN hr_employee AS head ON head.id = department.manager_id
            """,
            now=fields.Datetime.now(),
        )

    @api.depends("user_id", "company_id")
    @api.depends_context("uid")
    def _compute_is_of_my_people(self):
        people = self.env.user._headed_people()
        for row in self:
            row.is_of_my_people = row.user_id.id in people.get(row.company_id.id, ())

    def _search_is_of_my_people(self, operator, value):
        return self.env["crm.obligation"]._search_is_of_my_people(operator, value)

    def action_open(self):
        """The promise itself.

        :return: a window action
        """
        self.ensure_one()
        return self.obligation_id._window("crm.obligation", self.id)
