"""Odoo's own automation rules, which the benchmarks compare regulations with."""

import contextlib

from odoo import Command


@contextlib.contextmanager
def automations(env, count, trigger="on_create_or_write", action=None, **values):
    """So many automation rules on leads, switched off at first.

    :param env: superuser environment that is rolled back
    :param count: how many
    :param trigger: when they run
    :param action: values of their action; by default one that does nothing
    :param values: further values of each; a function gets its number
    :return: the base.automation records
    """
    model = env["ir.model"]._get("crm.lead")
    action = {"state": "code", "code": "x = 1", **(action or {})}
    rules = env["base.automation"].create(
        [
            {
                "name": f"Benchmark {number}",
                "model_id": model.id,
                "trigger": trigger,
                "active": False,
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Do",
                            "model_id": model.id,
                            "usage": "base_automation",
                            **action,
                        }
                    )
                ],
                **{
                    name: value(number) if callable(value) else value
                    for name, value in values.items()
                },
            }
            for number in range(count)
        ]
    )
    try:
        yield rules
    finally:
        # They have changed classes in memory, which no rollback brings back.
        rules.active = False
        env.flush_all()
