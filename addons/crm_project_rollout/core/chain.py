"""The chain from a problem to its result: what belongs together, and where it breaks.

A node is a pair ``(kind, id)``; an edge is a pair of nodes, cause and effect.
"""

from collections import defaultdict
from dataclasses import dataclass

#: The kinds of nodes, from the cause to the result.
KINDS = ("problem", "goal", "task", "segment", "regulation", "promises")


@dataclass(frozen=True)
class Rule:
    """What every node of a kind must lead to.

    :param code: stable name of the gap
    :param kind: the kind of the nodes
    :param onward: kinds, one of which must follow
    """

    code: str
    kind: str
    onward: tuple


#: A broken link is shown, never hidden.
RULES = (
    Rule("problem_without_goal", "problem", ("goal",)),
    Rule("goal_without_task", "goal", ("task",)),
    Rule("task_without_effect", "task", ("segment", "regulation")),
    Rule("category_without_regulation", "segment", ("regulation",)),
    Rule("regulation_without_promise", "regulation", ("promises",)),
)


def reach(edges, start):
    """Everything that leads to a node and everything that follows from it.

    :param edges: pairs of nodes
    :param start: a node
    :return: set of nodes, the start included
    """
    onward, back = defaultdict(set), defaultdict(set)
    for cause, effect in edges:
        onward[cause].add(effect)
        back[effect].add(cause)
    return _walk(onward, start) | _walk(back, start)


def _walk(steps, start):
    seen, waiting = {start}, [start]
    while waiting:
        fresh = steps.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return seen


def gaps(nodes, edges):
    """Nodes that lead nowhere.

    :param nodes: all nodes
    :param edges: pairs of nodes
    :return: ``{code of the rule: sorted ids}``, one entry for each rule
    """
    followed = defaultdict(set)
    for cause, effect in edges:
        followed[cause].add(effect[0])
    return {
        rule.code: sorted(
            id_
            for kind, id_ in nodes
            if kind == rule.kind and not followed[kind, id_] & set(rule.onward)
        )
        for rule in RULES
    }
