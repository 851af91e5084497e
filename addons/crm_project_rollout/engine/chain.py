"""The chain of one CRM project, read for all its links at once."""

from odoo.addons.crm_regulations.engine.cover import Cover

from ..core import chain as rules

MODELS = {
    "task": "project.task",
    "segment": "crm.segment",
    "regulation": "crm.regulation",
    "promises": "crm.regulation",
}


class Chain:
    """Problems, goals, tasks, categories, regulations and promises of a CRM project.

    :param rollout: one ``crm.rollout`` record with full rights
    """

    def __init__(self, rollout):
        self.rollout = rollout
        self.env = rollout.env
        self.names, self.edges, self.models = {}, set(), dict(MODELS)
        self.figures = {}
        self._read_parts()
        self._read_tasks()
        self._read_coverage()

    def reach(self, node):
        """What leads to a node and what follows from it.

        :param node: ``(kind, id)``
        :return: ``{kind: list of ids}`` in the order of the chain
        """
        found = rules.reach(self.edges, node)
        return {
            kind: sorted(id_ for one, id_ in found if one == kind)
            for kind in rules.KINDS
        }

    def gaps(self):
        """``{code: ids}`` of what leads nowhere."""
        return rules.gaps(self.names, self.edges)

    def _add(self, kind, records):
        for record in records:
            self.names[kind, record.id] = record.display_name

    def _read_parts(self):
        """What other files of the CRM project know: problems, goals and their links."""
        for kind, (model, records) in self.rollout._chain_records().items():
            self.models[kind] = model
            self._add(kind, records)
        self.edges |= set(self.rollout._chain_links())

    def _read_tasks(self):
        tasks = self.env["project.task"].search(
            [("project_id", "=", self.rollout.project_id.id)]
        )
        tasks -= self.rollout.stage_ids.task_id
        self._add("task", tasks)
        for task in tasks:
            self._link(("task", task.id), "segment", task.crm_segment_ids)
            self._link(("task", task.id), "regulation", task.crm_regulation_ids)

    def _link(self, node, kind, records):
        self._add(kind, records)
        self.edges |= {(node, (kind, record.id)) for record in records}

    def _read_coverage(self):
        cover = Cover(self.env, self.rollout.company_id)
        self._add("regulation", cover.published)
        for id_, name in cover.names("segment").items():
            self.names["segment", id_] = name
        for (row, _process), ids in cover.cells("segment", cover.published).items():
            self.edges |= {(("segment", row.id), ("regulation", id_)) for id_ in ids}
        for regulation, state, count in self.env["crm.obligation"]._read_group(
            [("regulation_id", "in", cover.published.ids)],
            ["regulation_id", "state"],
            ["__count"],
        ):
            node = ("promises", regulation.id)
            self.names[node] = regulation.display_name
            self.edges.add((("regulation", regulation.id), node))
            self.figures.setdefault(regulation.id, {})[state] = count
