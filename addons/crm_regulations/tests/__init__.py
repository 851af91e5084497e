from . import test_autofill
from . import test_calendars
from . import test_obligation
from . import test_opening
from . import test_judge
from . import test_limit

from . import test_proof
from . import test_regulation
from . import test_roles
from . import test_screens
from . import test_sweep
from . import test_translation
from . import test_worktime
from . import test_category_use
from . import test_course
from . import test_history
from . import test_fact_contract_completed
from . import test_fact_document_overdue
from . import test_fact_document_paid
from . import test_fact_order_confirmed
from . import test_fact_purchase_late
from . import test_rhythm
from . import test_fact_activity_done
from . import test_fact_call_missed
from . import test_fact_interaction
from . import test_fact_mailing
from . import test_fact_meeting_held
from . import test_fact_message_in
from . import test_fact_message_out
from . import test_fact_survey_answered
from . import test_subject
from . import test_fact_created
from . import test_fact_date_reached
from . import test_fact_deal_lost
from . import test_fact_deal_won
from . import test_fact_field_set
from . import test_filter
from . import test_past
from . import test_tracking
from . import test_bad_settings
from . import test_performance
from . import test_ringing
from . import test_roster
from . import test_duty
from . import test_missed_call




from . import test_after_meeting
from . import test_service_queue
from . import test_roles_daily
from . import test_talk_screens
