from . import crm_category_history
from . import crm_segment_movement_report
from . import crm_contact_plan
from . import crm_coverage
