"""Whose word a message is."""

from __future__ import annotations

OUT, IN = "out", "in"
# Who wrote a message.
OURS, THEIRS, UNKNOWN, ROBOT = "ours", "theirs", "unknown", "robot"

#: Kinds of messages in which our people write to somebody.
SENT = ("comment", "email", "email_outgoing")
#: Kinds of messages in which a customer writes to us.
RECEIVED = ("comment", "email")
#: What Odoo writes itself, and what a program posts that names no kind.
NOTICE = "notification"


def direction(message_type: str, author: str, is_note: bool, is_sent: bool) -> str:
    """Who of both sides wrote a message for the other one.

    :param message_type: Odoo's ``message_type``
    :param author: ``ours``, ``theirs``, ``unknown`` or ``robot``: Odoo itself
    :param is_note: whether only employees may see it
    :param is_sent: whether it is a comment that names recipients; that tells what a
        program posts for a person from the notices that Odoo makes
    :return: ``out``, ``in``, or empty: it is a note, a notice or an automatic message
    """
    if is_note:
        return ""
    if author == OURS and (message_type in SENT or message_type == NOTICE and is_sent):
        return OUT
    if author == THEIRS and message_type in RECEIVED:
        return IN
    # A comment without an author is a visitor's, an e-mail is a letter of a stranger.
    if author == UNKNOWN and message_type == "email":
        return IN
    return ""
