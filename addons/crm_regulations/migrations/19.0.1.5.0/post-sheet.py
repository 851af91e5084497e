from odoo import SUPERUSER_ID, Command, api


def migrate(cr, _version):
    """The quality sheet speaks all languages, not only the first one of the company."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    sheet = env.ref("crm_regulations.survey_quality_sheet", raise_if_not_found=False)
    # Somebody who has chosen languages has chosen more than one.
    if sheet and len(sheet.lang_ids) == 1:
        sheet.lang_ids = [Command.clear()]
