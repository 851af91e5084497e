"""A letter whose text was frozen when the regulation was published."""

from collections import defaultdict

from .kind import spoken


class Letter:
    """Makes e-mails and puts them into the queue; nothing is sent here.

    They are written by Odoo, so they never prove a promise.

    :param env: superuser environment
    :param spec: its frozen texts: ``model``, ``subject`` and ``body`` by language,
        ``email_from``, ``reply_to``, ``attachment_ids`` and ``author_id``: with whose
        rights it is rendered
    """

    def __init__(self, env, spec):
        self.env = env
        self.spec = spec
        self._replies = {}

    def queue(self, letters):
        """Queue one e-mail for each letter.

        :param letters: (id of the rendered record, res.partner record that gets it,
            page as (model, id) or None, res.company record) tuples
        """
        by_lang = defaultdict(list)
        for letter in letters:
            by_lang[letter[1].lang or self.env.lang].append(letter)
        files = self.env["ir.attachment"].browse(self.spec["attachment_ids"]).exists()
        self._replies = self._reply_addresses(letters)
        mails = []
        for lang, some in by_lang.items():
            texts = self._texts(lang, [letter[0] for letter in some])
            mails += [self._mail(texts, files, *letter) for letter in some]
        self.env["mail.mail"].create(mails)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _reply_addresses(self, letters):
        """Page → where replies belong, so that Odoo need not ask for each letter."""
        ids = defaultdict(list)
        for _id, _partner, page, _company in letters:
            if page and hasattr(self.env[page[0]], "_notify_get_reply_to"):
                ids[page[0]].append(page[1])
        default = letters[0][3].email_formatted or self.env.user.email_formatted
        return {
            (model, id_): address
            for model, some in ids.items()
            for id_, address in self.env[model]
            .browse(some)
            ._notify_get_reply_to(default=default)
            .items()
        }

    def _texts(self, lang, ids):
        """Name of the part → {id of the record: text}."""
        renderer = self._renderer().with_context(lang=lang)
        return {
            part: renderer._render_template(
                source, self.spec["model"], ids, engine=engine, options=options
            )
            for part, source, engine, options in (
                ("subject", spoken(self.spec["subject"], lang), _INLINE, {}),
                ("body", spoken(self.spec["body"], lang), "qweb", _ABSOLUTE),
                ("email_from", self.spec["email_from"], _INLINE, {}),
                ("reply_to", self.spec["reply_to"], _INLINE, {}),
            )
        }

    def _renderer(self):
        """With the rights of whoever published it, not with all."""
        author = self.env["res.users"].browse(self.spec["author_id"]).exists()
        env = self.env(user=author, su=False) if author else self.env
        return env["mail.template"]

    def _mail(self, texts, files, id_, partner, page, company):
        sender = texts["email_from"][id_] or company.email_formatted
        reply_to = texts["reply_to"][id_] or self._replies.get(page) or sender
        return {
            "subject": texts["subject"][id_],
            "body_html": texts["body"][id_],
            "email_from": sender or self.env.user.email_formatted,
            "recipient_ids": [(4, partner.id)],
            "attachment_ids": [(4, file.id) for file in files],
            "author_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "base.partner_root"
            ),
            "message_type": "auto_comment",
            "reply_to": reply_to or self.env.user.email_formatted,
            **({"model": page[0], "res_id": page[1]} if page else {}),
        }


_INLINE = "inline_template"
# Links of a page lead nowhere in a letter.
_ABSOLUTE = {"post_process": True}


def addressed(partner):
    """The one of a person and the company whose e-mail is known, possibly none."""
    for one in (partner, partner.commercial_partner_id):
        if one.email:
            return one
    return partner.browse()
