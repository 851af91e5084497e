"""Companies have had the first ready regulations; those they deleted stay deleted."""

from odoo.tools import parse_version

_FIRST = ("materials_2h", "service_4wh")
_SECOND = ("after_meeting", "missed_call", "data_upkeep", "rule_review")
_THIRD = (
    "terms_approval",
    "announcement",
    "announcement_personal",
    "material_review",
    "quality_sheet",
    "quality_low",
)


def migrate(cr, version):
    """Note it before the drafts that have come since are given."""
    had = _FIRST
    if parse_version(version) >= parse_version("19.0.1.2.0"):
        had += _SECOND
    if parse_version(version) >= parse_version("19.0.1.3.0"):
        had += _THIRD
    cr.execute(
        "ALTER TABLE res_company ADD COLUMN IF NOT EXISTS crm_library_given text"
    )
    cr.execute(
        """UPDATE res_company SET crm_library_given = %s
            WHERE crm_library_given IS NULL""",
        ("\n".join(had),),
    )
