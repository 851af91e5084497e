from odoo import models
from odoo.tools import SQL


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _update_translations(self, filter_lang=None, overwrite=False):
        """Give the companies' copies of shipped texts their translations, too.

        Translations are loaded after the data, when the copies have been made.
        """
        result = super()._update_translations(filter_lang, overwrite)
        for model, field in self._copied_texts():
            self._translate_copies(self.env[model], field)
        return result

    def _copied_texts(self):
        """(model, translated field) of shipped records that companies get copies of."""
        return [
            ("crm.segmentation", "name"),
            ("crm.segmentation", "description"),
            ("crm.segment", "name"),
        ]

    def _translate_copies(self, model, field):
        """Where the English text is still the shipped one, so is its translation."""
        model.flush_model([field])
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s AS made
                   SET %(field)s = shipped.%(field)s || made.%(field)s
                  FROM %(table)s AS shipped
                  JOIN ir_model_data AS data
                    ON data.model = %(model)s
                   AND data.module LIKE 'crm\\_%%'
                   AND data.res_id = shipped.id
                 WHERE made.id <> shipped.id
                   AND made.%(field)s ->> 'en_US' = shipped.%(field)s ->> 'en_US'
                   AND made.%(field)s <> shipped.%(field)s || made.%(field)s
                """,
                table=SQL.identifier(model._table),
                field=SQL.identifier(field),
                model=model._name,
            )
        )
        model.invalidate_model([field])
