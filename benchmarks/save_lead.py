"""What a lead costs with many regulations in force, against none."""

from odoo import Command

from bench import ratio

REGULATIONS = 200


def run(env):
    """Saving one lead with 200 regulations that do not apply, and with none."""
    regulations = env["crm.regulation"].create(
        [
            {
                "name": f"Benchmark {number}",
                "code": f"benchmark_{number}",
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "trigger_domain": "[('name', '=', 'never')]",
                "step_ids": [Command.create({"name": "Do", "limit_value": 1})],
            }
            for number in range(REGULATIONS)
        ]
    )
    regulations.action_publish()
    published = regulations.ids

    def save():
        env["crm.lead"].create({"name": "Benchmark"})
        env.cr.flush()

    def with_regulations():
        _force(env, published)
        save()

    def without():
        _force(env, ())
        save()

    title = f"save a lead with {REGULATIONS} regulations that do not apply"
    yield ratio(title, with_regulations, without, goal=1.1, rounds=15)


def _force(env, ids):
    """Put exactly these regulations into force, without the cost of doing so."""
    env.flush_all()
    states = {True: "published", False: "retired"}
    for in_force, state in states.items():
        env.cr.execute(
            "UPDATE crm_regulation SET state = %s"
            " WHERE code LIKE 'benchmark%%' AND (id = ANY(%s)) = %s",
            [state, list(ids), in_force],
        )
    env.invalidate_all()
    env.registry.clear_cache()
    env["crm.lead"]._watched()
    env["crm.regulation"]._rules()
