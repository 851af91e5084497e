from odoo import models
from odoo.tools import format_date


class CrmRegulation(models.Model):
    """What the printed document asks for."""

    _inherit = "crm.regulation"

    def _report_file_name(self):
        return self.env._(
            "Regulation %(name)s, version %(version)s",
            name=self.name,
            version=self.version,
        )

    def _report_title(self):
        return self.env._("Regulation “%(name)s”", name=self.name)

    def _report_confirmation(self):
        """What everybody signs."""
        return self.env._(
            "I have read the regulation “%(name)s”, version %(version)s.",
            name=self.name,
            version=self.version,
        )

    def _report_readers(self):
        """The lines of the acknowledgement sheet.

        Before it is in force these are the people who will be asked. Whoever may read
        the regulation may print it with the names of all of them.
        """
        regulation = self.sudo()
        read = {a.user_id: a.date_read for a in regulation._asked()}
        people = regulation._asked().user_id
        if regulation.state in ("draft", "review"):
            people = regulation.reader_ids or regulation._likely_readers()
        return [
            {
                "name": user.name,
                "date_read": (
                    format_date(self.env, read[user]) if read.get(user) else ""
                ),
            }
            for user in people.sorted("name")
        ]


class CrmRegulationStep(models.Model):
    _inherit = "crm.regulation.step"

    def _sentence_control(self):
        """How the step is controlled: “Send the materials: at 75 % a reminder; …”."""
        clauses = list(self._sentence_warnings())
        return self.env._(
            "%(place)s: %(change)s",
            place=self.name,
            change="; ".join(clauses) or self.env._("no reminder"),
        )
