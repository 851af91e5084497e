from . import queries, need_queries
