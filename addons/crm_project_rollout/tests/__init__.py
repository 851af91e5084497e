from . import (
    test_access,
    test_conditions,
    test_creation,
    test_decisions,
    test_gate,
    test_criteria,
    test_live_queries,
    test_system,
    test_acceptance,
    test_system_screens,
    test_tour,
    test_tour_whole_chain,
)
