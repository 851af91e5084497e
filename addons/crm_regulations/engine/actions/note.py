"""A note on the page of the record."""

from odoo.tools.mail import plaintext2html

from .kind import Action, spoken


class Note(Action):
    code = "note"

    def words(self):
        return self.env._("A note was written on the record.")

    def problems(self):
        return self.lost()

    def run(self, obligations):
        for model, ids in self.pages(obligations).items():
            records = self.env[model].browse(dict.fromkeys(ids.values()))
            records._message_log_batch(
                {
                    id_: plaintext2html(
                        spoken(self.spec["text"], obligation.user_id.lang)
                    )
                    for obligation, id_ in ids.items()
                }
            )
