from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, tagged

from odoo.addons.crm_project_rollout.core import chain

from .common import RolloutCommon

NODES = st.tuples(st.sampled_from(chain.KINDS), st.integers(1, 3))
SLOW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
ANY_EDGES = st.frozensets(st.tuples(NODES, NODES), max_size=12)


@tagged("post_install", "-at_install")
class TestChainCore(BaseCase):
    EDGES = (
        (("problem", 1), ("goal", 1)),
        (("goal", 1), ("task", 1)),
        (("goal", 2), ("task", 2)),
        (("task", 1), ("segment", 1)),
        (("segment", 1), ("regulation", 1)),
        (("segment", 1), ("regulation", 2)),
        (("regulation", 1), ("promises", 1)),
    )

    def test_there_and_back_without_neighbours(self):
        found = chain.reach(self.EDGES, ("regulation", 1))
        self.assertEqual(
            found,
            {(kind, 1) for kind in chain.KINDS},
        )
        self.assertEqual(chain.reach(self.EDGES, ("goal", 9)), {("goal", 9)})

    def test_gaps(self):
        nodes = {node for edge in self.EDGES for node in edge} | {("problem", 2)}
        self.assertEqual(
            chain.gaps(nodes, self.EDGES),
            {
                "problem_without_goal": [2],
                "goal_without_task": [],
                "task_without_effect": [2],
                "category_without_regulation": [],
                "regulation_without_promise": [2],
            },
        )

    @SLOW
    @given(ANY_EDGES, NODES)
    def test_reach_is_the_same_from_the_other_end(self, edges, start):
        for other in chain.reach(edges, start):
            self.assertIn(start, chain.reach(edges, other))

    @SLOW
    @given(ANY_EDGES)
    def test_every_gap_is_a_node_without_the_next_link(self, edges):
        nodes = {node for edge in edges for node in edge}
        found = chain.gaps(nodes, edges)
        for rule in chain.RULES:
            for kind, id_ in nodes:
                leads = any(
                    cause == (kind, id_) and effect[0] in rule.onward
                    for cause, effect in edges
                )
                if kind == rule.kind:
                    self.assertEqual(id_ in found[rule.code], not leads)


@tagged("post_install", "-at_install")
class TestChain(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ours = cls.env(user=cls.coordinator)
        domain = [("company_id", "=", cls.company.id)]
        cls.scheme = ours["crm.segmentation"].search(
            [*domain, ("code", "=", "method_example")]
        )
        cls.scheme.action_publish()
        cls.regulation = ours["crm.regulation"].search(
            [*domain, ("code", "=", "materials_2h")]
        )
        cls.regulation.action_publish()
        cls.segment = cls.scheme.segment_ids[0]
        cls.task, cls.idle = ours["project.task"].create(
            [
                {"name": name, "project_id": cls.rollout.project_id.id}
                for name in ("Build the mail", "Drink tea")
            ]
        )
        cls.task.crm_segment_ids = cls.segment
        cls.env.flush_all()

    def gaps(self):
        return {gap["code"]: gap["ids"] for gap in self.rollout.gaps()}

    def test_gaps_name_the_records(self):
        found = self.gaps()
        self.assertEqual(found["task_without_effect"], self.idle.ids)
        self.assertNotIn(self.segment.id, found["category_without_regulation"])
        self.assertIn(self.regulation.id, found["regulation_without_promise"])
        self.idle.crm_regulation_ids = self.regulation
        self.assertEqual(self.gaps()["task_without_effect"], [])
        self.assertEqual(found["goal_without_task"], [])

    def _goal(self, **values):
        return (
            self.env["crm.rollout.goal"]
            .with_user(self.coordinator)
            .create(
                {
                    "rollout_id": self.rollout.id,
                    "kpi_id": self.env.ref("crm_project_rollout.kpi_turnover").id,
                    "name": "More turnover",
                    **values,
                }
            )
        )

    def test_from_the_problem_to_the_task_and_back(self):
        problem, other = self.env["crm.rollout.problem"].create(
            [{"rollout_id": self.rollout.id, "name": name} for name in ("A", "B")]
        )
        goal = self._goal(problem_ids=problem.ids)
        self.assertEqual(problem.goal_ids, goal)
        self.assertEqual(self.gaps()["problem_without_goal"], other.ids)
        self.assertEqual(self.gaps()["goal_without_task"], goal.ids)
        goal.task_ids = self.task
        self.assertEqual(self.gaps()["goal_without_task"], [])
        parts = self.rollout.chain("segment", self.segment.id)
        found = {part["kind"]: [r["id"] for r in part["records"]] for part in parts}
        self.assertEqual(found["problem"], problem.ids)
        self.assertEqual(found["goal"], goal.ids)

    def test_a_problem_of_another_rollout_is_refused(self):
        problem = self.env["crm.rollout.problem"].create(
            {"rollout_id": self.new_rollout(name="Second").id, "name": "Elsewhere"}
        )
        with self.assertRefused("problem_elsewhere", ValidationError):
            self._goal(problem_ids=problem.ids)

    def test_the_chain_stays_in_its_company(self):
        domain = [("company_id", "=", self.other_company.id)]
        scheme = self.env["crm.segmentation"].search(
            [*domain, ("code", "=", "method_example")]
        )
        regulation = self.env["crm.regulation"].search(domain, limit=1)
        for name, brought in (
            ("crm_segment_ids", scheme.segment_ids[:1]),
            ("crm_regulation_ids", regulation),
        ):
            self.assertTrue(brought)
            with self.assertRefused("chain_other_company", ValidationError):
                self.idle.sudo()[name] = brought
        # A task that belongs to no CRM project may be for anybody.
        task = self.env["project.task"].create({"name": "Anything"})
        task.crm_regulation_ids = regulation

    def test_from_the_task_to_its_promises(self):
        parts = {
            part["kind"]: part for part in self.rollout.chain("task", self.task.id)
        }
        self.assertEqual(
            [record["id"] for record in parts["segment"]["records"]], self.segment.ids
        )
        self.assertIn(
            self.regulation.id,
            [record["id"] for record in parts["regulation"]["records"]],
        )
        back = self.rollout.chain("regulation", self.regulation.id)
        tasks = next(part for part in back if part["kind"] == "task")["records"]
        self.assertEqual([task["name"] for task in tasks], ["Build the mail"])

    def test_wrong_link(self):
        for kind, id_ in (
            ("tasks", 1),
            ("task", 987654321),
            ("task", "1"),
            (["task"], 1),
            (None, None),
        ):
            with self.assertRefused("unknown_link", ValidationError):
                self.rollout.chain(kind, id_)
        for call in ("gaps", "action_open_gaps"):
            with self.assertRaises(AccessError):
                getattr(self.rollout.with_user(self.stranger), call)()

    def test_page_of_the_chain(self):
        action = self.rollout.action_open_gaps()
        page = self.env[action["res_model"]].browse(action["res_id"])
        page = page.with_user(self.coordinator)
        gap = page.line_ids.filtered(lambda line: line.count == 1)[:1]
        opened = gap.action_open()
        self.assertEqual(
            self.env[opened["res_model"]].search(opened["domain"]), self.idle
        )
        page.start = self.task
        self.assertIn(self.segment.display_name, page.chain_html)
