from . import crm_obligation_excuse
from . import crm_obligation_excuse_window
from . import crm_obligation_fulfil
from . import crm_obligation_word
from . import crm_regulation_repair
from . import crm_meeting_minutes
