from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.actions.kind import CUSTOMER

_OWN = "crm.obligation"
_ANSWER = "survey.user_input"
_INVITATION = "survey.mail_template_user_input_invite"
# What each kind cannot do without.
_NEEDS = {
    "activity": "activity_type_id",
    "email": "template_id",
    "survey": "survey_id",
    "announcement": "mailing_id",
    "note": "text",
    "server": "server_action_id",
}


# What only one of us can do.
_OURS = ("activity", "announcement", "follower", "reassign")


class CrmRegulationAction(models.Model):
    """What Odoo does by itself at a moment of a promise."""

    _name = "crm.regulation.action"
    _inherit = ["crm.regulation.part"]
    _description = "Action of a Step"
    _order = "sequence, id"

    step_id = fields.Many2one(
        "crm.regulation.step", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="step_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    moment = fields.Selection(
        [
            ("opened", "When it is promised"),
            ("warned", "At the warning"),
            ("breached", "When it is overdue"),
            ("fulfilled", "When it is done"),
        ],
        string="When",
        default="opened",
        required=True,
        help="Once for each promise, within minutes. While a regulation only counts, "
        "nothing is done.",
    )
    kind = fields.Selection(
        [
            ("activity", "Plan an activity"),
            ("email", "Send an e-mail"),
            ("survey", "Invite to a survey"),
            ("announcement", "Prepare a mailing to all its customers"),
            ("note", "Write a note on the record"),
            ("follower", "Add a follower"),
            ("reassign", "Pass the promise on"),
            ("server", "Run a server action"),
        ],
        string="What Odoo does",
        default="activity",
        required=True,
        help="A server action can be chosen by an administrator only.",
    )
    whom = fields.Selection(
        selection="_selection_whom",
        string="For whom",
        default="responsible",
        required=True,
        help="If nobody has this role, the next one above; the owner of the "
        "regulation at last. Whoever is away is replaced by the deputy.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        ondelete="set null",
        default=lambda self: self.env.ref(
            "mail.mail_activity_data_todo", raise_if_not_found=False
        ),
    )
    summary = fields.Char(translate=True, help="What is to be done.")
    days = fields.Integer(string="Due in days", help="0: on the same day.", default=0)
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail template",
        ondelete="set null",
        help="Its text is frozen when the regulation is put into force.",
    )
    survey_id = fields.Many2one("survey.survey", ondelete="set null")
    mailing_id = fields.Many2one(
        "mailing.mailing",
        ondelete="set null",
        domain=[("mailing_type", "=", "mail")],
        help="Its subject and text are frozen when the regulation is put into force. A "
        "new mailing is made of them for the customers of the regulation; a person "
        "looks at it and sends it.",
    )
    text = fields.Text(translate=True, help="What the note says.")
    server_action_id = fields.Many2one(
        "ir.actions.server",
        ondelete="set null",
        help="It runs with all rights. Only an administrator can choose it.",
    )
    res_model = fields.Selection(related="step_id.regulation_id.res_model")
    template_model = fields.Char(compute="_compute_template_model")
    sentence = fields.Char(string="In words", compute="_compute_sentence")

    _days_range = models.Constraint(
        "CHECK(days >= 0 AND days <= 3650)", "Due in 0 or more days."
    )

    @api.model
    def _selection_whom(self):
        rungs = self.env["crm.regulation.rung"]._fields["whom"]
        return [
            (CUSTOMER, self.env._("The customer")),
            *rungs._description_selection(self.env),
        ]

    @api.depends("kind", "res_model")
    def _compute_template_model(self):
        for action in self:
            is_survey = action.kind == "survey"
            action.template_model = _ANSWER if is_survey else action.res_model

    @api.depends(
        "kind", "whom", "summary", "template_id", "survey_id", "mailing_id",
        "server_action_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_sentence(self):
        names = dict(self._fields["whom"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for action in self:
            what = (
                action.summary
                if action.kind == "activity"
                else action.sudo()[_NEEDS.get(action.kind, "summary")]
            )
            what = getattr(what, "display_name", what) or ""
            parts = [kinds.get(action.kind, ""), what.splitlines()[0] if what else ""]
            if action.kind not in ("note", "server"):
                parts.append(names.get(action.whom, ""))
            action.sentence = " · ".join(filter(None, parts))

    # --- saving ---------------------------------------------------------------

    @api.constrains("kind", "whom", "template_id", "server_action_id")
    def _check_fits(self):
        for action in self:
            problem = action._misfit()
            if problem:
                raise ValidationError(action._in_words(problem))

    def _misfit(self):
        """What does not go together, in words; empty if all does."""
        if self.whom == CUSTOMER and self.kind in _OURS:
            return self.env._("choose one of us; the customer cannot do this")
        if self.kind == "email":
            return self._template_misfit(self.step_id.regulation_id.res_model, _OWN)
        if self.kind == "survey":
            return self._template_misfit(_ANSWER)
        model = self.sudo().server_action_id.model_id.model
        wanted = (self.step_id.regulation_id.res_model, _OWN)
        if self.kind == "server" and model and model not in wanted:
            return self.env._(
                "the server action is made for “%(model)s”, the promise is about "
                "“%(wanted)s”",
                model=self.sudo().server_action_id.model_id.name,
                wanted=self._model_name(wanted[0]),
            )
        return ""

    def _template_misfit(self, *wanted):
        model = self.sudo().template_id.model
        if not model or model in wanted:
            return ""
        return self.env._(
            "the e-mail template is made for “%(model)s”; choose one for “%(wanted)s”",
            model=self._model_name(model),
            wanted=self._model_name(wanted[0]),
        )

    def _model_name(self, model):
        return self.env["ir.model"].sudo()._get(model).name or model

    def _in_words(self, problem, code="action"):
        return self.env._(
            "crm_regulations.%(code)s: %(step)s, %(action)s: %(problem)s.",
            code=code,
            step=self.step_id.name,
            action=dict(self._fields["kind"]._description_selection(self.env))[
                self.kind
            ],
            problem=problem,
        )

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        made._require_administrator()
        return made

    def write(self, vals):
        # Neither what it was nor what it becomes.
        self._require_administrator()
        done = super().write(vals)
        self._require_administrator()
        return done

    def _require_administrator(self):
        """Server actions run with all rights, so they are the administrator's.

        A new version takes over what an administrator has chosen.
        """
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        if any(action.kind == "server" or action.server_action_id for action in self):
            raise AccessError(
                self.env._(
                    "crm_regulations.administrator_only: Only an administrator can "
                    "choose a server action or change one that was chosen. Take "
                    "another kind of action, or ask an administrator."
                )
            )

    # --- publishing -----------------------------------------------------------

    def _check_usable(self):
        """Refuse to publish what could never be done.

        :raises UserError: what is missing, closed or cannot be rendered
        """
        for action in self:
            problem = action._unusable()
            if problem:
                raise UserError(action._in_words(problem))
            action._check_letter()

    def _unusable(self):
        needed = _NEEDS.get(self.kind)
        if needed and not self.sudo()[needed]:
            return self.env._(
                "“%(field)s” is empty or was deleted; fill it in",
                field=self._fields[needed]._description_string(self.env),
            )
        if self.kind == "activity" and not self.summary:
            return self.env._("say in the summary what is to be done")
        return (
            self._misfit()
            or (self.kind == "survey" and self._survey_problem())
            or (self._letter_template() and self._template_problem())
        )

    def _survey_problem(self):
        survey = self.sudo().survey_id
        if survey.users_login_required:
            return self.env._(
                "the survey demands a login, which customers do not have; change that "
                "in the survey"
            )
        try:
            survey.check_validity()
        except UserError as error:
            return str(error).rstrip(".")
        return ""

    def _letter_template(self):
        """The template of its e-mail, if it sends one."""
        templates = self.env["mail.template"].sudo()
        if self.kind == "email":
            return self.sudo().template_id
        if self.kind == "survey":
            usual = self.env.ref(_INVITATION, raise_if_not_found=False)
            return self.sudo().template_id or (usual.sudo() if usual else templates)
        return templates

    def _template_problem(self):
        template = self._letter_template()
        if not template.subject or not template.body_html:
            return self.env._("the e-mail template has no subject or no text")
        if template.report_template_ids:
            return self.env._(
                "the e-mail template attaches a report; take the report out, or attach "
                "a file"
            )
        return ""

    def _check_letter(self):
        """Refuse a template that cannot be rendered, in whatever language."""
        template = self._letter_template()
        if not template:
            return
        renderer = self._renderer(template)
        try:
            sample = renderer.env[template.model].search([], order="id desc", limit=1)
            for lang, _name in self.env["res.lang"].get_installed():
                for part in ("subject", "body_html", "email_from", "reply_to"):
                    renderer.with_context(lang=lang)._render_template(
                        template.with_context(lang=lang)[part] or "",
                        template.model,
                        sample.ids,
                        engine="qweb" if part == "body_html" else "inline_template",
                    )
        except Exception as error:
            # Whatever a template may raise: the first line says it, the rest is code.
            words = str(error).strip().splitlines() or [type(error).__name__]
            problem = self.env._(
                "the e-mail template “%(name)s” cannot be rendered: %(error)s",
                name=template.name,
                error=words[-1][:300].rstrip(").") if words else "",
            )
            raise UserError(self._in_words(problem, "template")) from error

    def _renderer(self, template):
        """Who renders a template: the author of a survey's answer is Odoo itself."""
        if template.model == _ANSWER:
            return self.env["mail.template"].sudo()
        return self.env(su=False)["mail.template"]

    def _compile(self):
        """The action in the form that the engine reads."""
        self.ensure_one()
        return {
            "key": f"action_{self.id}",
            "moment": self.moment,
            "kind": self.kind,
            "whom": self.whom,
            **getattr(self, f"_compile_{self.kind}", dict)(),
        }

    def _compile_activity(self):
        return {
            "activity_type_id": self.activity_type_id.id,
            "activity_type": self.activity_type_id.name,
            "summary": self._texts(self, "summary"),
            "days": self.days,
        }

    def _compile_email(self):
        return {"letter": self._compile_letter()}

    def _compile_survey(self):
        survey = self.sudo().survey_id
        return {
            "survey_id": survey.id,
            "survey": survey.title,
            "letter": self._compile_letter(),
        }

    def _compile_announcement(self):
        """The text and whom it goes to, as they are now."""
        mailing, regulation = self.sudo().mailing_id, self.step_id.regulation_id
        return {
            "mailing": mailing.subject,
            "subject": self._texts(mailing, "subject"),
            "body": self._texts(mailing, "body_html"),
            "type_ids": regulation.counterparty_type_ids.ids,
            "segment_ids": regulation.segment_ids.ids,
            "scope": regulation._parse_domain(regulation.scope_domain),
        }

    def _compile_note(self):
        return {"text": self._texts(self, "text")}

    def _compile_server(self):
        action = self.sudo().server_action_id
        return {
            "server_action_id": action.id,
            "server_action": action.name,
            "model": action.model_id.model,
        }

    def _compile_letter(self):
        """The texts of the e-mail: whoever edits the template later changes nothing."""
        template = self._letter_template()
        return {
            "model": template.model,
            "template_id": template.id,
            "subject": self._texts(template, "subject"),
            "body": self._texts(template, "body_html"),
            "email_from": template.email_from or "",
            "reply_to": template.reply_to or "",
            "attachment_ids": template.attachment_ids.ids,
            "author_id": False if template.model == _ANSWER else self.env.uid,
        }

    def _texts(self, record, name):
        """A translated text in all languages that are installed."""
        return {
            lang: str(record.with_context(lang=lang)[name] or "")
            for lang, _name in self.env["res.lang"].get_installed()
        }


class CrmRegulationStep(models.Model):
    _inherit = "crm.regulation.step"

    action_ids = fields.One2many(
        "crm.regulation.action",
        "step_id",
        string="Actions",
        copy=True,
        help="At the beginning, the warning, the breach and the end of a promise.",
    )

    def _check_usable(self):
        done = super()._check_usable()
        self.action_ids._check_usable()
        return done

    def _compile(self):
        actions = [action._compile() for action in self.action_ids]
        return {**super()._compile(), "actions": actions}


class CrmRegulation(models.Model):
    _inherit = "crm.regulation"

    def action_publish(self, open_obligations="keep"):
        done = super().action_publish(open_obligations)
        for regulation in self.sudo():
            regulation._freeze_attachments()
        return done

    def _freeze_attachments(self):
        """Keep copies of what is attached to e-mails: a template may lose its own."""
        spec = self.spec
        letters = [
            action["letter"]
            for step in spec["steps"]
            for action in step["actions"]
            if action.get("letter", {}).get("attachment_ids")
        ]
        for letter in letters:
            files = self.env["ir.attachment"].browse(letter["attachment_ids"])
            kept = files.copy({"res_model": self._name, "res_id": self.id})
            letter["attachment_ids"] = kept.ids
        if letters:
            self.spec = spec
