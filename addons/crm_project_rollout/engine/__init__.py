from . import queries
from . import need_queries
from . import segmentation_queries
from . import regulation_queries
from . import system_queries
from . import kpis
from . import goal_queries
