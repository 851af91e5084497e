from . import crm_obligation_excuse
