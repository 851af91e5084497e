from . import base
from . import crm_changes
from . import crm_where_used

# First, because its memberships are also a relation table of counterparties.
from . import segmentation
from . import counterparty
from . import interaction
from . import turnover
from . import relation
from . import coverage
from . import ir_module_module
from . import res_company
from . import crm_checked
