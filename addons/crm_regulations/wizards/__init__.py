from . import crm_obligation_excuse
from . import crm_obligation_fulfil
