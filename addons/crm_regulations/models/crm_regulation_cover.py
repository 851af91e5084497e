from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import is_id

from ..core.cover import ALWAYS_LATE, NEVER_FIRED, NO_PROOF, UNREAD
from ..engine.cover import AXES, DAYS, Cover

_DRAFT_FIELD = {"segment": "segment_ids", "sale_kind": "sale_kind_ids"}


class CrmRegulation(models.Model):
    """What is covered by regulations, and what is wrong among them."""

    _inherit = "crm.regulation"

    @api.model
    def coverage(self, axis="segment"):
        """What the regulations of the current company cover, computed now.

        :param axis: the rows: ``segment`` (category), ``sale_kind`` or ``department``
        :return: dictionary: ``axis``, ``days`` (of the figures), ``processes``
            (``code``, ``name``), ``rows`` (``id``, ``name``, ``cells``: ``process``,
            ``published`` and ``drafts`` (lists of ``id``, ``name``),
            ``on_time_percent`` or False, ``gap_id`` or False, ``gap``),
            ``unexplained`` (number of empty cells), ``problems`` (``code``, ``name``,
            ``count``)
        :raises UserError: an axis that is not known
        """
        self._require_coordinator(or_manager=True)
        if not isinstance(axis, str) or axis not in AXES:
            raise UserError(
                self.env._(
                    "crm_regulations.axis: “%(given)s” is not known. Say “segment”, "
                    "“sale_kind” or “department”.",
                    given=axis,
                )
            )
        found = Cover(self.env, self.env.company)
        rows = self._cover_rows(found, axis)
        cells = [cell for row in rows for cell in row["cells"]]
        return {
            "axis": axis,
            "days": DAYS,
            "processes": [
                {"code": code, "name": name} for code, name in found.processes.items()
            ],
            "rows": rows,
            "unexplained": sum(
                not (cell["published"] or cell["gap_id"]) for cell in cells
            ),
            "problems": [
                {"code": code, "name": name, "count": count}
                for code, name, _model, _ids, count in self._cover_problems(found)
            ],
        }

    @api.model
    def _cover_rows(self, found, axis):
        published = found.cells(axis, found.published)
        drafts = found.cells(axis, found.drafts)
        gaps = found.gaps(axis)
        named = {r.id: r.display_name for r in found.published | found.drafts}

        def regulations(ids):
            return [{"id": id_, "name": named[id_]} for id_ in ids]

        return [
            {
                "id": row.id,
                "name": found.names(axis)[row.id],
                "cells": [
                    {
                        "process": process,
                        "published": regulations(published[row, process]),
                        "drafts": regulations(drafts[row, process]),
                        "on_time_percent": found.on_time(published[row, process]),
                        **self._cover_gap(gaps.get((row.id, process))),
                    }
                    for process in found.processes
                ],
            }
            for row in found.rows(axis)
        ]

    @api.model
    def _cover_gap(self, gap):
        if not gap:
            return {"gap_id": False, "gap": ""}
        text = self.env._(
            "%(reason)s (%(name)s)", reason=gap.reason, name=gap.user_id.name
        )
        return {"gap_id": gap.id, "gap": text}

    @api.model
    def _cover_problems(self, found):
        """(code, what is wrong, model, ids or domain, count) of each list."""
        paper, regulation = found.paper(), "crm.regulation"
        lonely, others = found.forgotten()
        customers = [("own_segment_ids", "in", lonely)]
        if others:
            customers.append(("own_segment_ids", "not in", others))
        lists = [
            (
                "shadowed",
                self.env._("Never apply: narrower ones always take their place"),
                list(found.shadowed()),
            ),
            (
                "contradicting",
                self.env._("Contradict each other: same event, other promise"),
                found.contradicting(),
            ),
            (
                NEVER_FIRED,
                self.env._("In force for 30 days and never started"),
                paper[NEVER_FIRED],
            ),
            (
                NO_PROOF,
                self.env._("Never kept by what Odoo saw itself"),
                paper[NO_PROOF],
            ),
            (ALWAYS_LATE, self.env._("Never kept on time"), paper[ALWAYS_LATE]),
            (UNREAD, self.env._("Not read by everybody who must"), paper[UNREAD]),
            ("uncontrolled", self.env._("Nobody checks them"), found.uncontrolled()),
        ]
        steps = found.careless_steps()
        return [
            (
                "forgotten",
                self.env._("Customers under no regulation"),
                "res.partner",
                customers,
                found.forgotten_count(),
            ),
            *(
                (code, name, regulation, [("id", "in", ids)], len(ids))
                for code, name, ids in lists
            ),
            (
                "careless_steps",
                self.env._(
                    "Steps without a limit, a responsible person or a proof of Odoo's"
                ),
                "crm.regulation.step",
                [("id", "in", steps)],
                len(steps),
            ),
        ]

    @api.model
    def action_open_coverage_problem(self, code):
        """Those who are meant by one of the lists beside the coverage.

        :param code: of the list
        :return: a window action
        :raises UserError: a code that is not known
        """
        self._require_coordinator(or_manager=True)
        found = Cover(self.env, self.env.company)
        for known, name, model, domain, _count in self._cover_problems(found):
            if known == code:
                return {
                    "type": "ir.actions.act_window",
                    "name": name,
                    "res_model": model,
                    "domain": domain,
                    "views": [(False, "list"), (False, "form")],
                    "context": {"create": False},
                }
        raise UserError(
            self.env._(
                "crm_regulations.coverage_problem: “%(given)s” is no list beside the "
                "coverage.",
                given=code,
            )
        )

    @api.model
    def action_cover_cell(self, axis, row_id, process):
        """A new draft for an empty cell; nothing is saved yet.

        :param axis: ``segment``, ``sale_kind`` or ``department``
        :param row_id: id of the category, the kind of sale or the department
        :param process: code of the process
        :return: a window action
        :raises UserError: there is no such cell
        """
        self._require_coordinator()
        found = Cover(self.env, self.env.company)
        is_axis = isinstance(axis, str) and axis in AXES
        is_cell = isinstance(process, str) and process in found.processes
        if not (is_axis and is_cell and is_id(row_id) and row_id in found.names(axis)):
            raise UserError(
                self.env._(
                    "crm_regulations.coverage_cell: There is no such cell. Take axis, "
                    "row and process from the coverage."
                )
            )
        context = {"default_process": process}
        if axis in _DRAFT_FIELD:
            context[f"default_{_DRAFT_FIELD[axis]}"] = [row_id]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New regulation"),
            "res_model": "crm.regulation",
            "views": [(False, "form")],
            "context": context,
        }
