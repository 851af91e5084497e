from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestFixed(RegulationsCommon):
    """What was published stands as it is, whichever way somebody tries to change it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.draft = cls._draft().with_user(cls.coordinator)
        cls.regulation = cls._regulation(
            {
                "condition_ids": [Command.create({"kind": "deal_lost"})],
                "rung_ids": [Command.create({"value": 4})],
                "limit_ids": [Command.create({"segment_codes": "A"})],
                "action_ids": [Command.create({"kind": "note", "text": "Hello"})],
            }
        ).with_user(cls.coordinator)

    def _parts(self):
        """One record of every model that regulations consist of."""
        step = self.regulation.step_ids
        found, models = step, [step]
        for field in step._fields.values():
            if field.type == "one2many" and issubclass(
                self.env.registry[field.comodel_name],
                self.env.registry["crm.regulation.part"],
            ):
                self.assertTrue(step[field.name], f"{field.name}: add one above")
                models.append(step[field.name][:1])
                found = step[field.name]
        self.assertTrue(found)
        return models

    def _other_value(self, part):
        """A change of some field of a part, and of its place."""
        yield {"sequence": 77}
        yield {"step_id" if "step_id" in part._fields else "regulation_id": (
            self.draft.step_ids if "step_id" in part._fields else self.draft
        ).id}  # fmt: skip
        for name, field in part._fields.items():
            if field.type == "float" and field.store and not field.related:
                yield {name: 33.0}
                return

    def _snapshot(self):
        return [
            {
                name: part[name]
                for name, field in part.sudo()._fields.items()
                if field.store and name not in ("write_date", "write_uid")
            }
            for part in [self.regulation, *self._parts()]
        ]

    def _fixed(self, *acts):
        before = self._snapshot()
        for number, act in enumerate(acts):
            with (
                self.subTest(number=number),
                self.assertRaisesRegex(
                    UserError, "^crm_regulations.published_is_fixed: "
                ),
            ):
                act()
        self.env.invalidate_all()
        self.assertEqual(self._snapshot(), before)

    def test_parts(self):
        for part in self._parts():
            owner = self.regulation.step_ids
            if part == owner:
                owner = self.regulation
            [line] = [
                name
                for name, field in owner._fields.items()
                if field.type == "one2many" and field.comodel_name == part._name
            ]
            values = list(self._other_value(part))
            self._fixed(
                *(lambda v=v, p=part: p.write(v) for v in values),
                part.unlink,
                part.copy,
                lambda p=part: p.copy(
                    {
                        "regulation_id" if p._name.endswith("step") else "step_id": (
                            p._whole().id if p._name.endswith("step") else p.step_id.id
                        )
                    }
                ),
                *(
                    lambda o=owner, n=line, c=command: o.write({n: [c]})
                    for command in (
                        Command.update(part.id, values[-1]),
                        Command.delete(part.id),
                        Command.unlink(part.id),
                        Command.clear(),
                        Command.set([]),
                        Command.create({"name": "More"} if line == "step_ids" else {}),
                    )
                ),
            )

    def test_a_new_part(self):
        step = self.regulation.step_ids
        self._fixed(
            lambda: step.create({"regulation_id": self.regulation.id, "name": "More"}),
            *(
                lambda part=part: part.create({"step_id": step.id})
                for part in self._parts()[1:]
            ),
        )

    def test_through_the_document(self):
        step = self.regulation.step_ids
        self._fixed(
            lambda: self.regulation.write(
                {"step_ids": [Command.update(step.id, {"rung_ids": [Command.clear()]})]}
            ),
            lambda: self.regulation.web_save(
                {"step_ids": [[1, step.id, {"limit_value": 3}]]}, {}
            ),
            lambda: self.draft.write({"step_ids": [Command.link(step.id)]}),
            lambda: self.draft.write({"step_ids": [Command.set(step.ids)]}),
        )

    def test_translations(self):
        russian = {"ru_RU": "Другое", "en_US": "Other"}
        step = self.regulation.step_ids
        self._fixed(
            lambda: self.regulation.update_field_translations("name", russian),
            lambda: self.regulation.update_field_translations("purpose", russian),
            lambda: step.update_field_translations("name", russian),
            lambda: self.regulation.with_context(lang="ru_RU").write({"name": "Друг"}),
            lambda: step.with_context(lang="ru_RU").write({"name": "Другое"}),
        )
        self.assertEqual(step.with_context(lang="ru_RU").name, "Answer")

    def test_import(self):
        """What a file says of a record that is there, is a change like any other."""
        self.env["ir.model.data"].create(
            {
                "module": "__test__",
                "name": "in_force",
                "model": "crm.regulation",
                "res_id": self.regulation.id,
            }
        )
        before = self._snapshot()
        answer = self.regulation.load(["id", "name"], [["__test__.in_force", "Other"]])
        self.assertFalse(answer["ids"])
        self.assertEqual(self._snapshot(), before)

    def test_what_may_change(self):
        self.regulation.write(
            {"date_review": "2027-01-01", "reader_ids": [Command.set(self.sales.ids)]}
        )
        self.regulation.activity_schedule("mail.mail_activity_data_todo")
        self.assertEqual(self.regulation.reader_ids, self.sales)

    def test_a_copy_is_a_draft(self):
        copy = self.regulation.copy()
        self.assertEqual((copy.state, copy.spec), ("draft", False))
        copy.step_ids.limit_value = 1
        copy.step_ids.rung_ids.unlink()
        self.assertEqual(self.regulation.step_ids.limit_value, 4)
        self.assertEqual(len(self.regulation.step_ids.rung_ids), 1)
