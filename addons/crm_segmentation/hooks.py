from odoo.tools import SQL


def uninstall_hook(env):
    """Delete the rows that would hold others back when Odoo deletes our records."""
    delete_all(env, "crm_segment_movement", "crm_segmentation", "crm_interaction")
    forget(env, "crm_segmentation")


def delete_all(env, *tables):
    """Empty tables before an uninstall, and what cascades from them.

    Never by ``TRUNCATE … CASCADE``: it would also empty the tables of others that
    point here.

    :param env: superuser environment
    :param tables: names in an order that the foreign keys allow
    """
    for table in tables:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()


def forget(env, addon):
    """Delete the notes about an addon's models and columns that Odoo keeps for ever.

    These are the foreign keys of columns on models of others, and the names that other
    addons gave to what our models inherit from them.

    :param env: superuser environment
    :param addon: name of the addon that is being uninstalled
    """
    models = SQL(
        """SELECT model FROM ir_model WHERE id IN (
               SELECT res_id FROM ir_model_data WHERE model = 'ir.model' AND module = %s
               EXCEPT
               SELECT res_id FROM ir_model_data
                 JOIN ir_module_module AS staying ON staying.name = module
                WHERE model = 'ir.model' AND staying.state <> 'to remove')
        """,
        addon,
    )
    inherited = SQL(
        """SELECT inherit.id FROM ir_model_inherit AS inherit
             JOIN ir_model ON ir_model.id = inherit.model_id
            WHERE ir_model.model IN (%s)""",
        models,
    )
    selected = SQL(
        """SELECT choice.id FROM ir_model_fields_selection AS choice
             JOIN ir_model_fields ON ir_model_fields.id = choice.field_id
            WHERE ir_model_fields.model IN (%s)""",
        models,
    )
    env.cr.execute(
        SQL(
            """DELETE FROM ir_model_data
                WHERE module <> %s
                  AND (model = 'ir.model.inherit' AND res_id IN (%s)
                       OR model = 'ir.model.fields.selection' AND res_id IN (%s))""",
            addon,
            inherited,
            selected,
        )
    )
    env.cr.execute(
        SQL(
            """DELETE FROM ir_model_constraint
                WHERE type = 'f'
                  AND module = (SELECT id FROM ir_module_module WHERE name = %s)""",
            addon,
        )
    )
    env.invalidate_all()
