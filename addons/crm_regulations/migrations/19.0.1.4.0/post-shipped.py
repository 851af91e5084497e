"""The first two drafts, where nobody has touched them, are as they are shipped now.

The drafts that have come since are copied by the data of the library.
"""

from odoo import SUPERUSER_ID, Command, api

# Code → what its only step has got since.
_NEW = {
    "materials_2h": {"outside": "opening", "opening_minutes": 60},
    "service_4wh": {
        "limit_ids": [
            Command.create(
                {"segment_codes": "A", "limit_value": 2, "limit_unit": "work_hour"}
            )
        ]
    },
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    drafts = env["crm.regulation"].search(
        [("code", "in", list(_NEW)), ("state", "=", "draft"), ("version", "=", 1)]
    )
    for draft in drafts:
        draft.is_library = True
        step = draft.step_ids
        if len(step) == 1 and step.write_date == step.create_date:
            step.write(_NEW[draft.code])
