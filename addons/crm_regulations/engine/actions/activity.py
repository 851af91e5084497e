"""Something is to be done: an activity on the page of the record."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from .kind import Action, spoken


class Activity(Action):
    """Finishing it does not finish the promise, whose own activity stands beside it."""

    code = "activity"

    def words(self):
        return self.env._(
            "Activity: %(summary)s.",
            summary=spoken(self.spec["summary"], self.env.lang),
        )

    def problems(self):
        return {**self.lost(), **self.nobody()}

    def run(self, obligations):
        type_ = self._type()
        values = [
            {
                "activity_type_id": type_.id,
                "res_model_id": self.env["ir.model"]._get_id(model),
                "res_id": id_,
                "user_id": person.id,
                "summary": spoken(self.spec["summary"], person.lang),
                "date_deadline": self._deadline(obligation, person),
            }
            for model, ids in self.pages(obligations).items()
            for obligation, id_ in ids.items()
            for person in [self.person_of[obligation]]
        ]
        quick = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quick.create(values)

    def _deadline(self, obligation, person):
        here = obligation.with_context(tz=person.tz)
        today = fields.Datetime.context_timestamp(here, fields.Datetime.now()).date()
        return today + timedelta(days=self.spec["days"])

    def _type(self):
        """Its type; a to-do if the type was deleted, which is told as an incident."""
        type_ = self.env["mail.activity.type"].browse(self.spec["activity_type_id"])
        if type_.exists():
            return type_
        regulation = self.obligations.regulation_id
        error = UserError(
            self.env._(
                "crm_regulations.activity_type: the activity type “%(name)s” was "
                "deleted; a to-do is made instead. Publish a new version with another "
                "type.",
                name=self.spec["activity_type"],
            )
        )
        self.env["crm.regulation.incident"]._record(regulation, regulation, error)
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        return todo or self.env["mail.activity.type"]
