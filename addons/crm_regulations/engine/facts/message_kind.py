"""What letters from and to customers have in common."""

from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from odoo.addons.crm_segmentation.core.touch import is_automatic_mail, plugin_direction
from odoo.addons.crm_segmentation.engine.changes import stored_values

from ...core.letter import NOTICE, OURS, ROBOT, THEIRS, UNKNOWN, direction
from ...core.step import FULFIL
from .document_kind import DocumentKind, own
from .documents import id_of

# The talk of visitors and colleagues in chats is no letter.
_CHAT = "discuss.channel"
_AUTOMATIC, _PLUGIN = "automatic", "plugin"
#: The notes of the mail plugin that carry letters.
LOGGED = Domain("touch_mark", "=", _PLUGIN)
# What everybody may read on the pages of all models, as comments.
_EVERYBODYS = Domain(
    "subtype_id", "any", [("internal", "=", False), ("res_model", "=", False)]
)


class MessageKind(DocumentKind):
    """A kind that messages in one direction tell."""

    model = "mail.message"
    date_field = "date"
    document_fields = ("model", "res_id")
    # Not the text, which is long and seldom asked for.
    made_of = (
        "author_id", "date", "is_internal", "message_id", "message_type", "model",
        "res_id", "subject", "subtype_id", "touch_mark",
    )  # fmt: skip
    #: ``in`` or ``out``.
    way = ""
    #: Kinds of messages that may go this way.
    types = ()

    def telling(self, messages):
        """From memory: this is asked of every message of the whole database."""
        kinds = dict(stored_values(messages, "message_type"))
        subtypes = dict(stored_values(messages, "subtype_id"))
        marks = dict(stored_values(messages, "touch_mark"))
        models = dict(stored_values(messages, "model"))
        comment = id_of(messages.env, "mail.mt_comment")
        return messages.browse(
            id_
            for id_, kind in kinds.items()
            if models.get(id_) != _CHAT
            and (
                marks.get(id_) == _PLUGIN
                or (
                    kind in self.types
                    and marks.get(id_) != _AUTOMATIC
                    and (kind != NOTICE or subtypes.get(id_) == comment)
                )
            )
        )

    def meant(self, role, asked):
        written = Domain("message_type", "in", self.types)
        written &= Domain("touch_mark", "!=", _AUTOMATIC)
        # Most messages are notices that Odoo makes: of a stage, of an activity.
        written &= Domain("message_type", "!=", NOTICE) | _EVERYBODYS
        return (
            asked.domain
            & (written | LOGGED)
            & Domain("model", "!=", _CHAT)
            & Domain("date", "!=", False)
        )

    def found_by(self, env, asked, *domains):
        """Domain of the messages that one of some domains finds, and of those touched.

        Each is a search of its own, because PostgreSQL has an index for each of them,
        but not for any of them.
        """
        messages = env[self.model]
        wanted = self.meant(FULFIL, asked) & self.within(asked)
        parts = SQL(" UNION ").join(
            messages._search(wanted & domain).select()
            for domain in (*domains, own(asked, self.model))
        )
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN (%s)", SQL.identifier(alias, "id"), parts
            )
        )

    def is_mine(self, documents, message):
        """Whether somebody wrote a message in this direction."""
        return self.way == _direction(documents, message)


def is_logged(message):
    """Whether it is a note of the mail plugin that carries a letter."""
    return message.touch_mark == _PLUGIN


def _direction(documents, message):
    """Who wrote a message for the other side: ``in``, ``out`` or empty."""
    author = _author(documents, message)
    if is_logged(message):
        if author != OURS:
            return ""
        addresses = (message.author_id.email_normalized, message.author_id.email)
        return plugin_direction(html2plaintext(message.body or ""), addresses)
    if message.message_type == "email" and is_automatic_mail({}, message.subject):
        return ""
    subtype = message.subtype_id
    is_comment = subtype.id == documents.comment_id
    return direction(
        message.message_type,
        author,
        is_note=message.is_internal or subtype.internal,
        is_sent=is_comment and bool(message.partner_ids),
    )


def _author(documents, message):
    author = message.author_id
    if not author:
        return UNKNOWN
    if author.id == documents.robot_id:
        return ROBOT
    return OURS if documents.is_ours(author) else THEIRS
