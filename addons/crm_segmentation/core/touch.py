"""What of a company's daily work is a touch with a counterparty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

#: Outcomes of tries: nobody was talked to.
NOT_REACHED = ("missed", "voicemail", "busy", "moved", "no_show")
#: Header → the values that give a robot away; None: whatever it says.
_ROBOT_HEADERS: Mapping[str, frozenset | None] = {
    # RFC 3834, section 5: anything but “no” is automatic.
    "auto-submitted": None,
    "x-autoreply": None,
    "x-autorespond": None,
    "x-auto-reply": None,
    # Widespread, though RFC 2076 discourages it.
    "precedence": frozenset({"auto_reply", "bulk", "junk", "list"}),
    # RFC 2369: newsletters and mailing lists.
    "list-unsubscribe": None,
}
# How Exchange, Outlook, Gmail and their translations begin an automatic reply.
_ROBOT_SUBJECT = re.compile(
    r"\s*(automatic reply|auto[- ]?reply|out of (the )?office|autoreply|auto:|"
    r"automatische antwort|abwesenheitsnotiz|réponse automatique|"
    r"автоматическ(ий|ая) ответ|автоответ|автоматична відповідь|автовідповідь)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WRITTEN = ("email", "comment")


def is_automatic_mail(headers: Mapping[str, str], subject: str) -> bool:
    """Whether a robot wrote an e-mail.

    :param headers: header names in any case → values
    :param subject: its subject, may be empty
    :return: True for automatic replies, newsletters and mailing lists
    :source: RFC 3834, section 5; RFC 2369
    """
    for name, value in headers.items():
        name, value = name.lower(), str(value or "").strip().lower()
        if name == "auto-submitted" and value.startswith("no"):
            continue
        if name in _ROBOT_HEADERS:
            telling = _ROBOT_HEADERS[name]
            if telling is None or value in telling:
                return True
    return bool(_ROBOT_SUBJECT.match(subject or ""))


def origin_of_message(
    message_type: str, mark: str, is_note: bool, author: str
) -> str | None:
    """Which kind of touch a message is.

    :param message_type: Odoo's ``message_type``
    :param mark: ``automatic``, ``plugin`` or empty
    :param is_note: whether only employees may see it
    :param author: ``ours``, ``theirs`` or ``unknown``
    :return: ``mail_in``, ``mail_out``, ``plugin``, or None: it is no touch
    """
    if mark == "automatic":
        return None
    if mark == "plugin":
        return "plugin" if author == "ours" else None
    if message_type not in _WRITTEN or is_note:
        return None
    if author == "ours":
        return "mail_out"
    if author == "theirs" or message_type == "email":
        return "mail_in"
    return None


def plugin_direction(text: str, own_addresses: Iterable[str]) -> str:
    """Who wrote the e-mail that the mail plugin logged.

    :param text: the logged text, which begins with the sender
    :param own_addresses: e-mail addresses of the person who logged it
    :return: ``out`` if the first address in the text is an own one, else ``in``
    """
    first = _ADDRESS.search(text or "")
    own = {address.lower() for address in own_addresses if address}
    return "out" if first and first.group().lower() in own else "in"


def done_at(day: date | None, written: datetime) -> datetime:
    """When something was done of which only the day is kept.

    :param day: the day it was done; None: the day it was written
    :param written: when that was saved, UTC
    :return: the saving, if it was on that day or before it; else noon of that day
    """
    if day is None or day >= written.date():
        return written
    return datetime.combine(day, time(12))


def minutes_between(start: datetime, stop: datetime, whole_day: bool) -> float:
    """How long a meeting took.

    :param start: its beginning
    :param stop: its end
    :param whole_day: whether it has no hours
    :return: minutes; 0 for a meeting without hours or with an end before its beginning
    """
    if whole_day or stop <= start:
        return 0.0
    return (stop - start).total_seconds() / 60
