"""Running the actions of steps, each once for each promise.

The log has an action under its key before anything is done, in the same savepoint: who
finds the key there does nothing, and what fails is undone together with its key.
"""

from collections import defaultdict

from odoo.exceptions import UserError

from .actions import ACTIONS
from .guard import guarded
from .steps import Steps

ACTED = "acted"


def act(env, reached):
    """Do what is to be done at moments that promises have reached.

    :param env: superuser environment
    :param reached: moment → crm.obligation records
    """
    steps = Steps(env)
    for moment, obligations in reached.items():
        for step, some in obligations.grouped("step_id").items():
            regulation = some[0].regulation_id
            for spec in steps.get(regulation.id, step.id).actions(moment):
                _run(env, spec, some)


def _run(env, spec, obligations):
    """One action on promises; the failure of one hurts no other."""
    failed = []

    def work(some):
        _do(env, spec, some)

    def blame(obligation):
        failed.append(obligation.id)
        return obligation.regulation_id, obligation

    guarded(env, obligations, work, blame)
    env["crm.obligation.event"]._add(
        {
            "obligation_id": id_,
            "kind": ACTED,
            "key": spec["key"],
            "note": env._("An action failed; the reason stands among failed rules."),
        }
        for id_ in failed
    )


def _do(env, spec, obligations):
    action = ACTIONS[spec["kind"]](spec, obligations)
    problems, done = action.problems(), action.words()
    # Letters that cannot be written use up nothing of the cap.
    held_back = {o: t for o, t in action.held_back().items() if o not in problems}
    left_out = {**held_back, **problems}
    fresh = env["crm.obligation.event"]._add(
        {
            "obligation_id": obligation.id,
            "kind": ACTED,
            "key": spec["key"],
            "note": f"{done} {_not_done(env, left_out, obligation)}".strip(),
        }
        for obligation in obligations
    )
    ids = {row[0] for row in fresh}
    todo = obligations.filtered(lambda o: o.id in ids and o not in left_out)
    if todo:
        action.run(todo)
    _report(env, done, {o: text for o, text in problems.items() if o.id in ids})


def _not_done(env, problems, obligation):
    if obligation not in problems:
        return ""
    return env._("Not done: %(problem)s.", problem=problems[obligation])


def _report(env, done, problems):
    """What could not be done is told to the coordinator, the same of a rule once."""
    alike = defaultdict(list)
    for obligation, text in problems.items():
        alike[text].append(obligation)
    for text, some in alike.items():
        error = UserError(
            env._(
                "crm_regulations.action: %(action)s Not done: %(problem)s.",
                action=done,
                problem=text,
            )
        )
        for obligation in some:
            env["crm.regulation.incident"]._record(
                obligation.regulation_id, obligation, error
            )
