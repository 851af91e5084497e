"""Ready drafts say who checks them, as those that came later always did."""


def migrate(cr, version):
    """Only drafts that nobody has taken into use; where a check is set it stays.

    :param cr: the cursor
    :param version: the version before
    """
    cr.execute(
        """
        UPDATE crm_regulation
           SET control_by = 'head', control_every_value = 1,
               control_every_unit = 'month', control_sample = 5
         WHERE control_by IS NULL AND state = 'draft' AND is_library
        """
    )
