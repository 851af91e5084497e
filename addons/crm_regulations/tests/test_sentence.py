from odoo import Command
from odoo.tests import tagged

from .common import RegulationsCommon

_LETTER = '["|", ("attachment_ids", "!=", False), ("body", "ilike", "href=")]'


@tagged("post_install", "-at_install")
class TestSentence(RegulationsCommon):
    def _materials(self, **values):
        """What the brief of every company says: materials within two hours."""
        scheme = self._by_turnover()
        step = {
            "name": "Send the materials",
            "limit_value": 2,
            "limit_unit": "hour",
            "responsible_kind": "salesperson",
            "evidence_domain": _LETTER,
            "rung_ids": [Command.create({"value": 4, "unit": "work_hour"})],
        }
        values = {
            "interaction_type_ids": [Command.set(self.materials.ids)],
            "counterparty_type_ids": [Command.set(self.client.ids)],
            "segment_ids": [Command.set(scheme.segment_ids[0].ids)],
            **values,
        }
        return self._draft(step, **values)

    def test_everything_in_one_sentence(self):
        self.assertEqual(
            self._materials().sentence,
            "When a client of category A asks for materials, the salesperson must send "
            "the materials within 2 hours by the clock; proof: an outgoing e-mail with "
            "an attachment or link; at 75 % a reminder; 4 working hours late the team "
            "leader is told.",
        )

    def test_several_steps(self):
        self.assertEqual(
            self._draft(
                {"warn_percent": 0},
                {"name": "FAQ", "limit_value": 1, "responsible_kind": "fixed",
                 "responsible_user_id": self.manager.id, "evidence_kind": "manual"},
                interaction_type_ids=[Command.set((self.materials | self.service).ids)],
            ).sentence,
            "When a counterparty asks for materials or asks for service:\n"
            "• whoever talked to the customer must answer within 4 working hours; "
            "proof: an outgoing message.\n"
            f"• {self.manager.name} must FAQ within 1 working hour; proof: a person's "
            "word; at 75 % a reminder.",
        )  # fmt: skip

    def test_the_short_one_stays_short(self):
        step = self._materials().step_ids
        self.assertEqual(
            step.sentence, "Send the materials within 2 hours by the clock"
        )
        self.assertEqual(step.limit_text, "within 2 hours by the clock")

    def test_limits(self):
        step = self._draft().step_ids
        for value, unit, said in (
            (1, "minute", "within 1 working minute"),
            (1.5, "work_hour", "within 1.5 working hours"),
            (1, "day", "within 1 calendar day"),
            (3, "work_day", "within 3 working days"),
        ):
            step.write({"limit_value": value, "limit_unit": unit})
            self.assertEqual(step.limit_text, said)
        step.ends_with_day = True
        step.limit_unit = "work_day"
        self.assertEqual(
            step.limit_text, "within 3 working days, until the end of the day"
        )

    def test_whom(self):
        own = self.env["crm.counterparty.type"].create(
            {"code": "vip", "name": "Very important"}
        )
        draft = self._draft(
            interaction_type_ids=[Command.set(self.materials.ids)],
            counterparty_type_ids=[Command.set((self.client | self.dealer).ids)],
            sale_kind_ids=[
                Command.set(self.env.ref("crm_segmentation.sale_kind_services").ids)
            ],
        )
        services = draft.sale_kind_ids.name
        self.assertTrue(
            draft.sentence.startswith(
                f"When a client or a dealer (kind of sale: {services}) asks for "
                "materials, "
            )
        )
        draft.counterparty_type_ids = own
        self.assertIn("a counterparty of type “Very important”", draft.sentence)
        self.client.name = "Customer"
        draft.counterparty_type_ids = self.client
        self.assertIn(
            "a counterparty of type “Customer”", draft.sentence, "as it is called here"
        )

    def test_filters_are_told(self):
        draft = self._draft(trigger_domain='[("name", "ilike", "x")]')
        draft.step_ids.evidence_domain = '[("id", "in", [1, 2])]'
        self.assertIn("and further conditions are met", draft.sentence)
        self.assertIn("an outgoing message that fits the filter", draft.sentence)

    def test_other_proof(self):
        condition = {"role": "fulfil", "kind": "interaction"}
        step = {"condition_ids": [Command.create(condition)]}
        self.assertIn(
            "proof: an outgoing message or a logged interaction;",
            self._draft(step).sentence,
        )

    def test_ladder(self):
        rungs = [
            {"basis": "percent", "value": 50, "whom": "responsible"},
            {"value": 0, "whom": "department_manager"},
            {"value": 1, "unit": "work_day", "whom": "owner"},
        ]
        self.assertTrue(
            self._draft(
                {"warn_percent": 0, "rung_ids": [Command.create(r) for r in rungs]}
            ).sentence.endswith(
                "proof: an outgoing message; at 50 % the responsible person is told; "
                "as soon as it is late the head of the department is told; 1 working "
                "day late the owner of the regulation is told."
            )
        )

    def test_beginning(self):
        draft = self._draft({}, {"name": "Call"})
        first, second = draft.step_ids
        second.write({"start_kind": "step", "start_step_id": first.id})
        self.assertIn("the time counts from when “Answer” was done", draft.sentence)

    def test_what_happens_with_whom_in_brackets(self):
        """Just anybody is not worth a word."""
        scheme, types = self._by_turnover(), [Command.set(self.client.ids)]
        top = [Command.set(scheme.segment_ids[0].ids)]
        for values, beginning in (
            ({"trigger_kind": "deal_won"}, "When a deal is won:"),
            ({"trigger_kind": "deal_won", "counterparty_type_ids": types},
             "When a deal is won (counterparty: a client):"),
            ({"trigger_kind": "created", "res_model": "crm.lead"},
             "When a new record appears (Lead):"),
            ({"trigger_kind": "created", "res_model": "crm.lead", "segment_ids": top},
             "When a new record appears (Lead; counterparty: a counterparty of "
             "category A):"),
        ):  # fmt: skip
            with self.subTest(beginning=beginning):
                draft = self.env["crm.regulation"].new(values)
                self.assertEqual(draft.sentence, beginning)

    def test_every_kind_has_its_words(self):
        """Also those that somebody adds: the words of the choice are taken then."""
        regulations = self.env["crm.regulation"]
        for kind, _name in regulations._selection_trigger_kind():
            draft = regulations.new({"trigger_kind": kind, "res_model": "crm.lead"})
            with self.subTest(kind=kind):
                self.assertTrue(draft.sentence.startswith("When "))
                self.assertNotIn("%(", draft.sentence)
                self.assertNotIn("When this happens", draft.sentence)
        steps = self.env["crm.regulation.step"]
        for name in ("evidence_kind", "responsible_kind", "limit_unit"):
            for value, _name in steps._fields[name]._description_selection(self.env):
                step = steps.new({"name": "Do", "limit_value": 1, name: value})
                with self.subTest(name=name, value=value):
                    self.assertIn(" do within 1 ", step.sentence_full)
                    self.assertNotIn("%(", step.sentence_full)

    def test_an_empty_one(self):
        draft = self.env["crm.regulation"].new({})
        self.assertEqual(draft.sentence, "When a counterparty is in touch with us:")

    # --- other languages ------------------------------------------------------

    def _in(self, lang, record):
        self.env["res.lang"]._activate_lang(lang)
        self.env.ref("base.module_crm_segmentation")._update_translations([lang])
        self.env.ref("base.module_crm_regulations")._update_translations([lang])
        record.step_ids.with_context(lang=lang).name = {
            "ru_RU": "Отправить материалы",
            "uk_UA": "Надіслати матеріали",
        }[lang]
        return record.with_context(lang=lang)

    def test_russian(self):
        russian = self._in("ru_RU", self._materials())
        self.assertEqual(
            russian.sentence,
            "Когда клиент категории A просит материалы, менеджер клиента должен "
            "отправить материалы в течение 2 часов (круглосуточно); "
            "подтверждение: исходящее письмо с вложением или ссылкой; на отметке 75 % "
            "— напоминание; по истечении 4 рабочих часов после срока об этом узнаёт "
            "руководитель команды.",
        )
        for value, said in (
            (1, "в течение 1 рабочего часа"),
            (21, "в течение 21 рабочего часа"),
            (11, "в течение 11 рабочих часов"),
            (2.5, "в течение 2,5 рабочего часа"),
        ):
            russian.step_ids.write({"limit_value": value, "limit_unit": "work_hour"})
            self.assertEqual(russian.step_ids.limit_text, said)

    def test_ukrainian(self):
        ukrainian = self._in("uk_UA", self._materials())
        self.assertEqual(
            ukrainian.sentence,
            "Коли клієнт категорії A просить матеріали, продавець клієнта має "
            "надіслати матеріали протягом 2 годин (цілодобово); "
            "підтвердження: вихідний лист із вкладенням або посиланням; на позначці "
            "75 % — нагадування; після спливу 4 робочих годин понад строк про це "
            "дізнається керівник команди.",
        )
