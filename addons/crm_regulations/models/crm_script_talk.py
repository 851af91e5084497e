from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL

from odoo.addons.crm_segmentation.core.wire import LONGEST_LINE, is_id, is_text
from odoo.addons.crm_segmentation.models.wire_json import WireJson

from ..core.script import filled
from .crm_script_line import RESULTS

_SUBJECTS = {
    "crm.lead": "lead_id",
    "res.partner": "partner_id",
    "crm.interaction": "interaction_id",
}


class CrmScriptTalk(models.Model):
    """One talk that follows a script: what was said, answered and reached."""

    _name = "crm.script.talk"
    _description = "Talk by a Script"
    _order = "date desc, id desc"
    _rec_name = "script_name"
    _check_company_auto = True

    script_id = fields.Many2one(
        "crm.material", ondelete="set null", index="btree_not_null"
    )
    script_name = fields.Char(string="Script's name", readonly=True)
    kind = fields.Selection(
        [("call_script", "Call"), ("cold_call_script", "Cold call")], readonly=True
    )
    version = fields.Integer(readonly=True)
    spec = WireJson(readonly=True, help="The script as it was at the beginning.")
    user_id = fields.Many2one(
        "res.users", string="Who called", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        check_company=True,
    )
    lead_id = fields.Many2one(
        "crm.lead",
        string="Lead or opportunity",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        check_company=True,
    )
    interaction_id = fields.Many2one(
        "crm.interaction", ondelete="set null", index="btree_not_null", readonly=True
    )
    date = fields.Datetime(string="When", required=True, readonly=True)
    date_end = fields.Datetime(string="Ended", readonly=True)
    duration = fields.Float(string="Minutes", readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")],
        default="running",
        required=True,
        readonly=True,
    )
    result = fields.Selection(RESULTS, readonly=True)
    next_date = fields.Datetime(string="Call again on", readonly=True)
    note = fields.Text(readonly=True)
    external_ref = fields.Char(
        string="Reference",
        readonly=True,
        copy=False,
        help="Its name in another system; starting it again under the same reference "
        "starts no second talk.",
    )
    line_ids = fields.One2many(
        "crm.script.talk.line", "talk_id", string="What was said"
    )

    _reference_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "A talk with this reference is there already.",
    )
    _lead_done_idx = models.Index("(lead_id, date) WHERE state = 'done'")

    # --- beginning ------------------------------------------------------------

    @api.model
    def choices(self, res_model, res_id):
        """What can be said to somebody, before the talk begins.

        :param res_model: crm.lead, res.partner or crm.interaction
        :param res_id: its id
        :return: ``{"who", "phone", "warning", "running", "scripts": [{"id", "name",
            "kind"}]}``; ``running`` is the own talk that was not ended, or False
        """
        self._require_salesperson()
        subject = self._subject(res_model, res_id)
        who = self._who(subject)
        running = self.search(
            [
                ("user_id", "=", self.env.uid),
                ("state", "=", "running"),
                (_SUBJECTS[res_model], "=", subject.id),
            ],
            limit=1,
        )
        scripts = self.env["crm.material"].search(
            [
                ("is_script", "=", True),
                ("script_line_ids", "!=", False),
                ("company_id", "in", [False, who["company_id"]]),
            ]
        )
        names = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "who": who["name"],
            "phone": who["phone"],
            "warning": who["warning"],
            "running": running.id or False,
            "scripts": [
                {"id": one.id, "name": one.name, "kind": names[one.kind]}
                for one in scripts
            ],
        }

    @api.model
    def start(self, script_id, res_model, res_id, external_ref=False):
        """Begin a talk by a script.

        :param script_id: a material that has the lines of a script
        :param res_model: crm.lead, res.partner or crm.interaction
        :param res_id: with whom, or what was logged already
        :param external_ref: the same reference begins no second talk
        :return: what :meth:`now` returns, with ``status``: created or unchanged
        :raises UserError: there is no such script, or nobody to talk to
        """
        self._require_salesperson()
        subject = self._subject(res_model, res_id)
        who = self._who(subject)
        known = self._known(external_ref, who["company_id"])
        if known:
            return {**known.now(), "status": "unchanged"}
        script = self._script(script_id, who["company_id"])
        talk = self.sudo().create(
            {
                "script_id": script.id,
                "script_name": script.name,
                "kind": script.kind,
                "version": script.version,
                "spec": script._script_spec(),
                "user_id": self.env.uid,
                "company_id": who["company_id"],
                "partner_id": who["partner_id"],
                "lead_id": who["lead_id"],
                "interaction_id": who["interaction_id"],
                "date": fields.Datetime.now(),
            }
        )
        talk._claim(external_ref)
        script.sudo()._use("script", [talk._used()])
        return {**talk.with_env(self.env).now(), "status": "created"}

    def _claim(self, external_ref):
        """Take a reference, unless another request takes the same one right now.

        Odoo then repeats this request, which finds what the other one has begun. By
        SQL, because the ORM would log the expected conflict as an error.
        """
        if not external_ref:
            return
        claim = SQL(
            "UPDATE crm_script_talk SET external_ref = %s WHERE id = %s",
            external_ref,
            self.id,
        )
        self.flush_recordset()
        try:
            self.env.cr.execute(claim, log_exceptions=False)
        except errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        self.invalidate_recordset(["external_ref"])

    def _used(self):
        """For the count of what is used."""
        return {
            "key": f"{self._name},{self.id}",
            "user_id": self.user_id.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
        }

    @api.model
    def _known(self, external_ref, company_id):
        """The talk that was begun under a reference."""
        if not external_ref:
            return self.browse()
        if not is_text(external_ref, LONGEST_LINE):
            raise self._error(
                self.env._("the reference must be a text of at most 255 characters")
            )
        return self.search(
            [("external_ref", "=", external_ref), ("company_id", "=", company_id)]
        )

    @api.model
    def _script(self, script_id, company_id):
        scripts = self.env["crm.material"]
        script = scripts.browse(script_id).exists() if is_id(script_id) else scripts
        if script:
            script.check_access("read")
        fits = script.company_id.id in (False, company_id)
        if not (script.active and fits and script.script_line_ids):
            raise self._error(
                self.env._(
                    "there is no script %(id)s that can be used for it; choose a call "
                    "script that has lines and belongs to the same company",
                    id=str(script_id)[:50],
                )
            )
        script._refuse_expired()
        return script

    @api.model
    def _subject(self, res_model, res_id):
        """With whom or about what is talked."""
        if res_model not in _SUBJECTS or not is_id(res_id):
            raise self._error(
                self.env._(
                    "say with whom: “crm.lead”, “res.partner” or “crm.interaction” and "
                    "an id"
                )
            )
        subject = self.env[res_model].browse(res_id).exists()
        if not subject:
            raise self._error(
                self.env._("the record %(id)s has been deleted", id=res_id)
            )
        subject.check_access("read")
        return subject

    @api.model
    def _who(self, subject):
        """Names and places of those who are talked to."""
        is_partner = subject._name == "res.partner"
        is_talk = subject._name == "crm.interaction"
        partner = subject if is_partner else subject.partner_id
        lead = subject if subject._name == "crm.lead" else self.env["crm.lead"]
        if is_talk:
            lead = subject.lead_id
        company = subject.company_id or lead.company_id or self.env.company
        return {
            "partner_id": partner.id,
            "lead_id": lead.id,
            "interaction_id": subject.id if is_talk else False,
            "company_id": company.id,
            "name": partner.display_name or lead.sudo().contact_name or lead.sudo().name
            or subject.display_name,
            "phone": partner.sudo().phone or lead.sudo().phone or "",
            "warning": self.env["crm.call.wish"]._warning(partner, lead),
        }  # fmt: skip

    # --- the talk -------------------------------------------------------------

    def now(self):
        """Where the talk stands.

        :return: ``{"id", "state", "number", "script", "who", "phone", "warning",
            "line": {"code", "text", "hint", "answers": [{"number", "name"}]} or False,
            "result", "said": [{"text", "answer", "note"}]}``; ``number`` is how many
            answers there are
        """
        self._require_one()
        self.check_access("read")
        talk = self.sudo()
        line = talk._line()
        names = talk._names()
        return {
            "id": talk.id,
            "state": talk.state,
            "number": len(talk.line_ids),
            "script": talk.script_name,
            "who": names["customer"],
            "phone": talk.partner_id.phone or talk.lead_id.phone or "",
            "warning": self.env["crm.call.wish"]._warning(
                talk.partner_id, talk.lead_id
            ),
            "line": line
            and {
                "code": line["code"],
                "text": filled(line["text"], names),
                "hint": filled(line["hint"], names),
                "answers": [
                    {"number": number, "name": answer["name"]}
                    for number, answer in enumerate(line["answers"], 1)
                ],
            },
            "result": talk.result or False,
            "said": [
                {"text": s.text, "answer": s.answer, "note": s.note or ""}
                for s in talk.line_ids
            ],
        }

    def _line(self):
        """The line that is to be said now; False when the talk has come to an end."""
        if self.state == "done" or self.result:
            return False
        last = self.line_ids[-1:]
        code = last.goto if last else self.spec[0]["code"]
        return next((line for line in self.spec if line["code"] == code), False)

    def _names(self):
        """What comes in place of the places of a text."""
        partner, lead = self.partner_id, self.lead_id
        company = partner.commercial_partner_id
        return {
            "customer": partner.name or lead.contact_name or lead.partner_name
            or lead.name or "",
            "company": company.name or lead.partner_name or partner.name or "",
            "me": self.user_id.name or "",
            "us": self.company_id.name,
        }  # fmt: skip

    def action_open(self):
        """Go on with a talk, or look at it.

        :return: an action
        """
        self.ensure_one()
        return self._dialog("crm.script.talk", self.id)

    @api.model
    def _dialog(self, res_model, res_id):
        """The dialog in which one talks."""
        return {
            "type": "ir.actions.client",
            "tag": "crm_regulations.script_talk",
            "name": self.env._("Call by the script"),
            "target": "new",
            "params": {"res_model": res_model, "res_id": res_id},
        }

    # --- checks ---------------------------------------------------------------

    @api.model
    def _error(self, problem):
        return UserError(
            self.env._("crm_regulations.talk: %(problem)s.", problem=problem)
        )

    @api.model
    def _require_salesperson(self):
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(
                self.env._(
                    "crm_regulations.talk: Only salespeople call by a script. Ask an "
                    "administrator for the rights of a salesperson."
                )
            )

    def _require_one(self):
        if len(self) != 1:
            raise self._error(
                self.env._(
                    "ask this of one talk; %(count)s were given", count=len(self)
                )
            )

    def _require_own(self):
        self._require_one()
        self.check_access("read")
        if self.sudo().user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "crm_regulations.talk: This is the talk of %(name)s. Begin one of "
                    "your own.",
                    name=self.sudo().user_id.name or "",
                )
            )

    def _require_running(self):
        if self.sudo().state != "running":
            raise self._error(self.env._("the talk is over; begin a new one"))


class CrmScriptTalkLine(models.Model):
    """What was said at one line, and what was answered."""

    _name = "crm.script.talk.line"
    _description = "Answer in a Talk"
    _order = "talk_id desc, number"
    _rec_name = "text"

    talk_id = fields.Many2one(
        "crm.script.talk", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="talk_id.company_id", store=True)
    user_id = fields.Many2one(related="talk_id.user_id", store=True)
    number = fields.Integer(required=True, readonly=True)
    code = fields.Char(string="Line", readonly=True)
    text = fields.Text(string="We said", readonly=True)
    answer_number = fields.Integer(readonly=True)
    answer = fields.Char(string="They answered", readonly=True)
    goto = fields.Char(readonly=True)
    note = fields.Text(readonly=True)

    _number_unique = models.Constraint(
        "UNIQUE(talk_id, number)", "This line has been answered already."
    )
