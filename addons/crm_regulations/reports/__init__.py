from . import crm_today
from . import crm_quality_rate
from . import crm_obligation_report
from . import crm_control_board
from . import crm_control_correct
from . import crm_control_report
