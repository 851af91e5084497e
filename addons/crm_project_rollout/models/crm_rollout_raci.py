from odoo import fields, models

_PARTS = [
    ("r", "Does it"),
    ("a", "Answers for it"),
    ("c", "Is asked"),
    ("i", "Is told"),
]


def _part(number):
    return fields.Selection(
        _PARTS,
        string=f"Stage {number}",
        help="Does the work, answers for it (one person), is asked before, or is told "
        "afterwards.",
    )


class CrmRolloutRaci(models.AbstractModel):
    """Who does what in each of the seven stages."""

    _name = "crm.rollout.raci"
    _description = "Who Does What in the Stages"

    raci_1 = _part(1)
    raci_2 = _part(2)
    raci_3 = _part(3)
    raci_4 = _part(4)
    raci_5 = _part(5)
    raci_6 = _part(6)
    raci_7 = _part(7)

    _raci_fields = tuple(f"raci_{number}" for number in range(1, 8))

    def _prepare_raci(self):
        self.ensure_one()
        return {name: self[name] for name in self._raci_fields}
