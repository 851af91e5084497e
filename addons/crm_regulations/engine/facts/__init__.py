"""What can happen to a customer: one file per kind of fact, each with a signal and a
reader, see :mod:`.kind`.
"""

from .activity_done import ActivityDone
from .call_missed import CallMissed
from .contract_completed import ContractCompleted
from .created import Created
from .date_reached import DateReached
from .deal_lost import DealLost
from .deal_won import DealWon
from .document_overdue import DocumentOverdue
from .document_paid import DocumentPaid
from .field_set import FieldSet
from .in_force import InForce
from .interaction import Interaction
from .mailing_bounced import MailingBounced
from .mailing_sent import MailingSent
from .meeting_held import MeetingHeld
from .message_in import MessageIn
from .message_out import MessageOut
from .order_confirmed import OrderConfirmed
from .purchase_late import PurchaseLate
from .survey_answered import SurveyAnswered

_ALL = (
    ActivityDone, CallMissed, ContractCompleted, Created, DateReached, DealLost,
    DealWon, DocumentOverdue, DocumentPaid, FieldSet, InForce, Interaction,
    MailingBounced, MailingSent, MeetingHeld, MessageIn, MessageOut, OrderConfirmed,
    PurchaseLate, SurveyAnswered,
)  # fmt: skip

#: Code → the kind. A person's word (``manual``) is none: nothing tells it.
KINDS = {kind.code: kind() for kind in _ALL}
