"""Companies have had the first two ready regulations; deleted ones stay deleted."""


def migrate(cr, version):
    """Note it before the drafts that have come since are given."""
    cr.execute(
        "ALTER TABLE res_company ADD COLUMN IF NOT EXISTS crm_library_given text"
    )
    cr.execute(
        """UPDATE res_company SET crm_library_given = %s
            WHERE crm_library_given IS NULL""",
        ("materials_2h\nservice_4wh",),
    )
