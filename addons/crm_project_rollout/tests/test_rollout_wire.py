import json
import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import RolloutCommon

# What each may: + gets an answer, - has no right (403), ! is refused in words that
# begin with a code (422). In the order of WHO; the stranger coordinates another
# company. Names in braces are ids of :meth:`setUpClass`.
WHO = ("coordinator", "sponsor", "member", "salesperson", "stranger")
TABLE = [
    ("crm.rollout", "create_from_template", "!!!!!", ["{template}", {}]),
    ("crm.rollout", "action_start", "+----", []),
    ("crm.rollout", "action_refresh", "++++-", []),
    ("crm.rollout", "action_request_decision", "+----", []),
    ("crm.rollout", "action_decide", "-+---", []),
    ("crm.rollout", "action_decide_fit", "-!---", []),
    ("crm.rollout", "decide_fit", "-!---", ["is_crm", "Customers notice"]),
    ("crm.rollout", "action_not_crm", "-!---", ["Why"]),
    ("crm.rollout", "action_stop", "-!---", [""]),
    ("crm.rollout", "action_fill_fit", "!----", []),
    ("crm.rollout", "fit_result", "++++-", []),
    ("crm.rollout", "adoption", "++++-", []),
    ("crm.rollout", "gaps", "++++-", []),
    ("crm.rollout", "chain", "++++-", ["problem", "{problem}"]),
    ("crm.rollout", "goal_tree", "++++-", []),
    ("crm.rollout", "next_rollout", "!----", []),
    ("crm.rollout", "action_next_rollout", "!----", []),
    ("crm.rollout", "action_fill_example", "!----", []),
    ("crm.rollout", "action_open_act", "+++--", []),
    ("crm.rollout", "action_open_gaps", "++++-", []),
    ("crm.rollout", "action_open_goals", "++++-", []),
    ("crm.rollout", "action_open_orphans", "++++-", []),
    ("crm.rollout", "action_open_tasks", "++++-", []),
    ("crm.rollout", "action_invite_consultant", "+----", []),
    ("crm.rollout.stage", "decide", "-!---", ["go", "All there"]),
    ("crm.rollout.stage", "action_decide", "-+---", []),
    ("crm.rollout.stage", "action_open", "++++-", []),
    ("crm.rollout.criterion", "action_approve", "-!---", []),
    ("crm.rollout.criterion", "action_open_offenders", "!!!!-", []),
    ("crm.rollout.goal", "action_measure", "+----", []),
    ("crm.rollout.goal", "series", "+++--", []),
    ("crm.rollout.goal", "explain", "++---", ["A strike"]),
    ("crm.rollout.goal", "replace", "-!---", [{"target": 30}, "Less money"]),
    ("crm.rollout.goal", "action_replace", "+++--", []),
    ("crm.rollout.goal", "action_open", "+++--", []),
    ("crm.rollout.kpi", "months", "+---+", ["2026-01", "2026-03"]),
    ("crm.rollout.kpi", "action_entries", "+++++", []),
    ("crm.plan.line", "load_lines", "+---+", [[{"month": "2026-01", "amount": 5}]]),
    ("crm.rollout.kickoff", "action_invite_scope", "++---", []),
    ("crm.rollout.kickoff", "action_schedule", "++---", []),
    ("crm.rollout.kickoff", "action_ask_absentees", "!!---", []),
    ("crm.rollout.kickoff", "action_acknowledge", "!!!--", []),
    ("crm.rollout.load", "action_sign", "!!---", []),
    ("crm.rollout.load", "action_unsign", "+++--", []),
    ("crm.rollout.load", "action_open_loaded", "+++--", []),
    ("crm.rollout.training", "invite", "+----", [["{salesperson}"]]),
    ("crm.rollout.training", "action_invite_everybody", "+----", []),
    ("crm.rollout.training", "mark", "++---", [["{salesperson}"], True, "passed"]),
    ("crm.rollout.training", "action_plan", "+----", []),
    ("crm.rollout.trial", "action_make_task", "+++--", []),
    ("crm.rollout.cutover", "action_done", "!!---", ["It works"]),
    ("crm.rollout.act", "action_sign", "-!---", []),
    ("crm.rollout.act", "action_unsign", "+++--", []),
    ("crm.rollout.handover", "action_acknowledge", "--+--", []),
    ("crm.rollout.condition", "action_close", "++++-", ["Here"]),
    ("crm.rollout.portfolio", "action_open", "+++--", []),
    ("crm.rollout.decide", "action_decide", "-----", []),
    ("crm.rollout.decide.fit", "action_decide", "-----", []),
    ("crm.rollout.goal.replace", "action_replace", "-----", []),
    ("crm.rollout.gaps.line", "action_open", "-----", []),
]
# Given in the place of each argument, and written into each field.
NONSENSE = (None, "\0", 10**30, ["a"], {"a": {}}, "2026-99-99")
CODE = re.compile(r"crm_(project_rollout|segmentation)\.[a-z_]+: ")


def _has_none(value):
    if isinstance(value, dict):
        return any(map(_has_none, value.values()))
    return value is None or (isinstance(value, list) and any(map(_has_none, value)))


@tagged("post_install", "-at_install")
class TestRolloutWire(RolloutCommon, HttpCase):
    """Every public method as programs call it, by each role, right and wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls.new_user("rt_member", "base.group_user")
        cls.rollout.stage_id.with_user(cls.sponsor).decide(
            "conditional", "The rest follows", [{"name": "Name them"}]
        )
        values = {
            "problem": {"name": "Late", "owner_id": cls.coordinator.id},
            "member": {"user_id": cls.member.id},
            "goal": {"kpi_id": cls.env.ref("crm_project_rollout.kpi_turnover").id}
            | {"baseline": 10, "target": 20, "date": "2031-01-01"},
            "kickoff": {"date_start": "2031-01-01 10:00:00"}
            | {"speaker_id": cls.sponsor.id},
            "load": {"name": "Clients", "source": "List", "expected_count": 3}
            | {"user_id": cls.coordinator.id},
            "training": {"name": "Calls", "date": "2031-01-01 10:00:00"},
            "trial": {"name": "Slow"},
            "cutover": {"name": "Switch"},
            "act": {},
            "handover": {"name": "Categories", "user_id": cls.member.id},
            "risk": {"name": "Nobody comes"},
            "budget": {"name": "Licences"},
            "improvement": {"name": "Telephone"},
        }
        cls.ids = {"rollout": cls.rollout.id, "template": cls.template.id}
        for name, vals in values.items():
            vals = {"rollout_id": cls.rollout.id, **vals}
            if name == "problem":
                # Stage 1 is passed.
                record = cls.env[f"crm.rollout.{name}"]._unguarded().create(vals)
            else:
                record = (
                    cls.env[f"crm.rollout.{name}"]
                    .with_user(cls.coordinator)
                    .create(vals)
                )
            cls.ids[name] = record.id
        line = cls.rollout.condition_ids
        line._unguarded().user_id = cls.salesperson
        stage = cls.rollout.stage_id
        cls.ids |= {
            "stage": stage.id,
            "criterion": stage.criterion_ids.filtered(
                lambda c: c.kind == "document"
            ).id,
            "question": stage.question_ids[0].id,
            "condition": line.id,
            "portfolio": cls.rollout.id,
            "kpi": cls.env.ref("crm_project_rollout.kpi_turnover").id,
            "salesperson": cls.salesperson.id,
        }
        cls.users = {name: getattr(cls, name) for name in WHO}
        cls.keys = {
            name: cls.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
            for name, user in cls.users.items()
        }
        cls.env.flush_all()

    def json2(self, who, model, method, **body):
        return self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body),
            headers={
                "Authorization": f"Bearer {self.keys[who]}",
                "Content-Type": "application/json",
            },
        )

    def args(self, values):
        """The same with ids in the place of names in braces."""
        if isinstance(values, list):
            return [self.args(value) for value in values]
        is_name = isinstance(values, str) and values.startswith("{")
        return self.ids[values[1:-1]] if is_name else values

    def call_values(self, model, method, values):
        """The arguments of a row by name, with the ids of its record."""
        function = getattr(type(self.env[model]), method)
        code = function.__code__
        names = code.co_varnames[1 : code.co_argcount]
        body = dict(zip(names, self.args(values), strict=False))
        if not getattr(function, "_api_model", False):
            name = model.removeprefix("crm.rollout.").split(".")[-1]
            # Of the dialogs nobody has one.
            body["ids"] = [self.ids.get(name, 10**9)]
        return body

    def assertHonest(self, response):
        """An answer without null, or a refusal in words; never a programming error."""
        self.assertIn(response.status_code, (200, 403, 404, 422), response.text[:400])
        if response.status_code == 200:
            self.assertFalse(_has_none(response.json()), response.text[:400])
        if response.status_code == 422 and "missing a required" not in response.text:
            self.assertRegex(response.json()["message"], CODE)

    def test_each_method_by_each_role(self):
        marks = {200: "+", 403: "-", 404: "-", 422: "!"}
        found = []
        for model, method, wanted, values in TABLE:
            body = self.call_values(model, method, values)
            got = ""
            for who in WHO:
                with self.subTest(model=model, method=method, who=who):
                    response = self.json2(who, model, method, **body)
                    self.assertHonest(response)
                    got += marks[response.status_code]
            if got != wanted:
                found.append((model, method, got, wanted))
        self.assertFalse(found)

    def test_the_table_is_whole(self):
        """A new public method has to say who may call it."""
        own = set()
        for name, model in self.registry.items():
            if not name.startswith(("crm.rollout", "crm.plan")):
                continue
            for base in model.mro():
                if "crm_project_rollout" not in base.__module__:
                    continue
                own |= {
                    (name, key)
                    for key, value in vars(base).items()
                    if callable(value) and not key.startswith("_")
                }
        ours = {"create", "write", "unlink", "copy_data", "default_get", "ensure_one"}
        ours = {(name, key) for name, key in own if key not in ours}
        self.assertEqual(ours, {row[:2] for row in TABLE})

    def test_nonsense_in_each_argument(self):
        for model, method, _wanted, values in TABLE:
            body = self.call_values(model, method, values)
            for name in body.keys() - {"ids"}:
                for value in NONSENSE:
                    who = "sponsor" if _wanted[0] == "-" else "coordinator"
                    with self.subTest(model=model, method=method, **{name: value}):
                        self.assertHonest(
                            self.json2(who, model, method, **{**body, name: value})
                        )
            for ids in ([], [10**9], body.get("ids", []) * 2):
                if "ids" in body:
                    with self.subTest(model=model, method=method, ids=ids):
                        self.assertHonest(
                            self.json2(
                                "coordinator", model, method, **{**body, "ids": ids}
                            )
                        )

    def test_nonsense_in_each_field(self):
        """Written in one call each; what fields cannot keep is said in words."""
        names = ("rollout", "stage", "question", "criterion", "problem", "member")
        names += ("goal", "kickoff", "load", "training", "trial", "cutover", "act")
        names += ("handover", "risk", "budget", "improvement", "kpi", "template")
        for name in names:
            model = "crm.rollout" if name == "rollout" else f"crm.rollout.{name}"
            record = self.env[model].with_user(self.coordinator).browse(self.ids[name])
            for field in record._fields.values():
                if not any("crm_project" in module for module in field._modules):
                    continue
                for value in NONSENSE:
                    with self.subTest(model=model, field=field.name, value=value):
                        self.assertWritten(record, field.name, value)

    def assertWritten(self, record, name, value):
        """Kept, or refused; anything else is an error of the program."""
        try:
            with self.env.cr.savepoint():
                record.write({name: value})
                record.flush_recordset()
        except UserError:
            record.invalidate_recordset()

    def test_xml_rpc(self):
        """The same answers can be told in XML, which knows no None."""
        database = self.env.cr.dbname
        for model, method, wanted, values in TABLE:
            if wanted[0] != "+":
                continue
            body = self.call_values(model, method, values)
            ids = body.pop("ids", None)
            with self.subTest(model=model, method=method):
                answer = self.xmlrpc_object.execute_kw(
                    database,
                    self.coordinator.id,
                    self.keys["coordinator"],
                    model,
                    method,
                    [] if ids is None else [ids],
                    body,
                )
                self.assertIsNotNone(answer)
