"""What the regulations of a company cover, read for all of them at once."""

from collections import defaultdict
from datetime import timedelta
from functools import cached_property

from odoo.fields import Datetime, Domain
from odoo.tools import SQL

from ..core import cover
from ..core.cover import Covering, Row
from .facts import KINDS
from .rules import Rule

#: The time for which it is counted how well promises were kept, in days.
DAYS = 90
#: Axis → model of its rows, and the field of an explained cell.
AXES = {
    "segment": ("crm.segment", "segment_id"),
    "sale_kind": ("crm.sale.kind", "sale_kind_id"),
    "department": ("hr.department", "department_id"),
}


def unexplained_cells(env, company, axes=("segment",)):
    """Cells of the coverage that no published regulation covers and nobody explained.

    :param env: any environment
    :param company: a res.company record
    :param axes: ``segment``, ``sale_kind``, ``department``
    :return: list of dictionaries: axis, id, name and process of each
    """
    found = Cover(env, company)
    return [
        {"axis": axis, "id": row.id, "name": found.names(axis)[row.id],
         "process": process}
        for axis in axes
        for (row, process), ids in found.cells(axis, found.published).items()
        if not ids and (row.id, process) not in found.gaps(axis)
    ]  # fmt: skip


class Cover:
    """The coverage of one company.

    :param env: any environment
    :param company: a res.company record
    """

    def __init__(self, env, company):
        self.env = env(su=True)
        self.company = company.with_env(self.env)
        self.now = Datetime.now()
        self._names, self._rows = {}, {}

    @cached_property
    def processes(self):
        """Code → name of all processes."""
        field = self.env["crm.regulation"]._fields["process"]
        return dict(field._description_selection(self.env))

    @cached_property
    def published(self):
        return self._of("published")

    @cached_property
    def drafts(self):
        """Drafts and what is in review; those that only change one in force as well."""
        return self._of("draft", "review")

    def _of(self, *states):
        return self.env["crm.regulation"].search(
            [("company_id", "=", self.company.id), ("state", "in", states)]
        )

    # --- the matrix -------------------------------------------------------------

    def rows(self, axis):
        """The rows of an axis, as :class:`~..core.cover.Row`."""
        if axis not in self._rows:
            records = self._records(axis)
            self._names[axis] = {r.id: self._name(axis, r) for r in records}
            self._rows[axis] = [Row(axis, r.id, self._types(axis, r)) for r in records]
        return self._rows[axis]

    def names(self, axis):
        """Id → name of the rows of an axis."""
        self.rows(axis)
        return self._names[axis]

    def _records(self, axis):
        model, _field = AXES[axis]
        domain = {
            "segment": [
                ("segmentation_id.company_id", "=", self.company.id),
                ("segmentation_id.state", "=", "published"),
            ],
            "sale_kind": [],
            "department": [("company_id", "in", [self.company.id, False])],
        }[axis]
        found = self.env[model].search(domain)
        if axis == "segment":
            found = found.sorted(lambda s: (s.segmentation_id.id, s.sequence, s.id))
        return found

    def _name(self, axis, record):
        if axis == "segment" and self._has_many_segmentations:
            return f"{record.segmentation_id.name}: {record.display_name}"
        return record.display_name

    @cached_property
    def _has_many_segmentations(self):
        return len(self._records("segment").segmentation_id) > 1

    def _types(self, axis, record):
        if axis != "segment":
            return frozenset()
        return frozenset(record.segmentation_id.counterparty_type_ids.ids)

    def cells(self, axis, regulations):
        """{(row, process): ids of regulations}."""
        wanted = set(regulations.ids)
        coverings = [one for one in self._coverings if one.id in wanted]
        return cover.cells(self.rows(axis), self.processes, coverings)

    def gaps(self, axis):
        """{(row id, process): explanation}."""
        field = AXES[axis][1]
        return {(gap[field].id, gap.process): gap for gap in self._gaps if gap[field]}

    @cached_property
    def _gaps(self):
        return self.env["crm.regulation.gap"].search(
            [("company_id", "=", self.company.id)]
        )

    @cached_property
    def _coverings(self):
        everything = self.published | self.drafts
        people = self._people(everything)
        return [self._covering(r, people.get(r.id, frozenset())) for r in everything]

    def _covering(self, regulation, departments):
        rule = self._rule(regulation)
        return Covering(
            regulation.id,
            regulation.process,
            rule.breadth if rule else _breadth(regulation),
            (rule._occasion if rule else ("draft", regulation.id)),
            tuple(sorted(map(_promise, regulation.step_ids))),
            bool(rule and rule.is_additional),
            departments,
            regulation.res_model == "res.company",
        )

    def _rule(self, regulation):
        """Its rule if it is in force; a draft may not be complete yet."""
        if regulation.state != "published" or regulation.trigger_kind not in KINDS:
            return None
        readable = self.env["crm.regulation"]._book()
        return readable.published(regulation.id) or Rule.of(regulation)

    def _people(self, regulations):
        """Regulation id → departments of those who must keep it."""
        people = {
            r.id: r.reader_ids | r.step_ids.responsible_user_id for r in regulations
        }
        users = self.env["res.users"].union(*people.values())
        employees = self.env["hr.employee"].search(
            [("user_id", "in", users.ids), ("company_id", "=", self.company.id)]
        )
        of = {e.user_id.id: e.department_id.id for e in employees if e.department_id}
        return {
            id_: frozenset(of[user.id] for user in some if user.id in of)
            for id_, some in people.items()
        }

    # --- how well they are kept -------------------------------------------------

    @cached_property
    def figures(self):
        """Regulation id → {state: promises that were due in the last 90 days}."""
        since = self.now - timedelta(days=DAYS)
        return self._counted(
            Domain("date_due", ">=", since) & Domain("date_due", "<=", self.now)
        )

    @cached_property
    def _ever(self):
        return self._counted(Domain.TRUE)

    def _counted(self, domain):
        found = defaultdict(dict)
        domain &= Domain("regulation_id", "in", self.published.ids)
        owed = self.env["crm.obligation"]
        for regulation, state, count in owed._read_group(
            domain, ["regulation_id", "state"], ["__count"]
        ):
            found[regulation.id][state] = count
        return found

    def on_time(self, ids):
        """On time % of some regulations together; False if nothing has ended."""
        total = defaultdict(int)
        for id_ in ids:
            for state, count in self.figures.get(id_, {}).items():
                total[state] += count
        ended = sum(total[s] for s in ("done_on_time", "done_late", "breached"))
        return self.env["crm.obligation"]._on_time(total) if ended else False

    # --- what is wrong ------------------------------------------------------------

    @cached_property
    def _in_force(self):
        published = set(self.published.ids)
        return [one for one in self._coverings if one.id in published]

    def shadowed(self):
        """Id → ids of those that take its place."""
        return cover.shadowed(self._in_force)

    def contradicting(self):
        """Ids of those that promise otherwise than another one."""
        return sorted(
            {id_ for pair in cover.contradicting(self._in_force) for id_ in pair}
        )

    def paper(self):
        """Reason → ids of regulations that are only paper."""
        proved = dict(
            self.env["crm.obligation"]._read_group(
                [
                    ("regulation_id", "in", self.published.ids),
                    ("evidence_grade", "=", "system"),
                    ("state", "in", ("done_on_time", "done_late")),
                ],
                ["regulation_id"],
                ["__count"],
            )
        )
        found = defaultdict(list)
        for regulation in self.published:
            age = self.now - (regulation.date_published or self.now)
            for reason in cover.paper(
                age / timedelta(days=1),
                self._ever.get(regulation.id, {}),
                proved.get(regulation, 0),
                regulation.reader_count,
                regulation.read_count,
            ):
                found[reason].append(regulation.id)
        return found

    def careless_steps(self):
        """Ids of steps without a limit, a responsible person or a proof of Odoo's."""
        return [
            step.id
            for step in (self.published | self.drafts).step_ids
            if step.limit_value <= 0
            or step.evidence_kind == "manual"
            or not _has_responsible(step)
        ]

    def uncontrolled(self):
        """Ids of regulations in force that nobody checks."""
        return self.published.filtered(lambda r: not r.control_by).ids

    def forgotten(self):
        """Categories that no regulation in force is about, and the others.

        :return: two lists of ids
        """
        touched = defaultdict(bool)
        for (row, _process), ids in self.cells("segment", self.published).items():
            touched[row.id] |= bool(ids)
        lonely = [id_ for id_, is_touched in touched.items() if not is_touched]
        return lonely, [id_ for id_, is_touched in touched.items() if is_touched]

    def forgotten_count(self):
        """How many customers have only such categories; counted by category."""
        lonely, others = self.forgotten()
        if not lonely:
            return 0
        self.env["crm.segment.membership"].flush_model()
        ((count,),) = self.env.execute_query(
            SQL(
                """SELECT COUNT(DISTINCT partner_id)
                     FROM crm_segment_membership AS member
                    WHERE segment_id = ANY(%s)
                      AND NOT EXISTS (SELECT FROM crm_segment_membership AS other
                                       WHERE other.partner_id = member.partner_id
                                         AND other.segment_id = ANY(%s))""",
                lonely,
                others,
            )
        )
        return count


def _breadth(regulation):
    """The scope of a draft."""
    filter_ = (regulation.scope_domain or "[]").strip()
    return cover.Scope(
        frozenset(regulation.counterparty_type_ids.ids),
        frozenset(regulation.segment_ids.ids),
        frozenset(regulation.sale_kind_ids.ids),
        frozenset() if filter_ == "[]" else frozenset({filter_}),
    )


def _promise(step):
    """What a step promises, by whom."""
    return (
        step.limit_value, step.limit_unit, step.responsible_kind,
        step.responsible_user_id.id or 0,
    )  # fmt: skip


def _has_responsible(step):
    """Whether somebody would owe it for sure."""
    owner = step.regulation_id.owner_id
    if step.responsible_kind == "fixed":
        person = step.responsible_user_id
        return bool(person and person.active or owner and owner.active)
    return bool(owner and owner.active)
