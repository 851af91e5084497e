from odoo.tests import tagged

from .common import RegulationsCommon


@tagged("post_install", "-at_install")
class TestTranslation(RegulationsCommon):
    """The companies' own drafts are read in everybody's language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.module = cls.env.ref("base.module_crm_regulations")
        cls.module._update_translations(["ru_RU"])
        company = cls.env["res.company"].create({"name": "Late"})
        cls.draft = cls.env["crm.regulation"].search(
            [("company_id", "=", company.id), ("code", "=", "materials_2h")]
        )

    def _forget_russian(self, record):
        """As it is when the copy was made before the translations were loaded."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table}"
            " SET name = jsonb_build_object('en_US', name ->> 'en_US') WHERE id = %s",
            record.ids,
        )
        self.env.invalidate_all()

    def test_copies_made_before_the_translations_get_them(self):
        shipped = self.env.ref("crm_regulations.regulation_materials_2h")
        for copy, master in (
            (self.draft, shipped),
            (self.draft.step_ids, shipped.step_ids),
        ):
            self._forget_russian(copy)
            russian = copy.with_context(lang="ru_RU")
            self.assertEqual(russian.name, copy.with_context(lang="en_US").name)
            self.module._update_translations(["ru_RU"])
            self.assertNotEqual(russian.name, copy.with_context(lang="en_US").name)
            self.assertEqual(russian.name, master.with_context(lang="ru_RU").name)

    def test_a_text_of_the_companys_own_stays(self):
        self.draft.with_context(lang="en_US").name = "Our own rule"
        self._forget_russian(self.draft)
        self.module._update_translations(["ru_RU"])
        self.assertEqual(self.draft.with_context(lang="ru_RU").name, "Our own rule")
