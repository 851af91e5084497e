"""What Odoo does by itself when a promise begins, is warned of, is broken or kept.

One file for each kind of action. Only the frozen specification of an action is read.
"""

from .activity import Activity
from .announcement import Announcement
from .email import Email
from .follower import Follower
from .note import Note
from .reassign import Reassign
from .server import Server
from .survey import Survey

#: Code → class of a kind of action.
ACTIONS = {
    kind.code: kind
    for kind in (
        Activity,
        Email,
        Survey,
        Announcement,
        Note,
        Follower,
        Reassign,
        Server,
    )  # fmt: skip
}
