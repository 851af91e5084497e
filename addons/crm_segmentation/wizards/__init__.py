from . import crm_segmentation_preview
