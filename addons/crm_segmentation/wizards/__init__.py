from . import crm_counterparty_suggestion
from . import crm_interaction_backfill
from . import crm_segment_explanation
from . import crm_segment_override
from . import crm_segmentation_preview
from . import crm_turnover_import
from . import crm_where_used_dialog
from . import crm_interaction_assign
