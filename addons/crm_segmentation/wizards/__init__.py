from . import crm_segmentation_preview
from . import crm_turnover_import
