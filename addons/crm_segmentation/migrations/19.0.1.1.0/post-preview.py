def migrate(cr, version):
    """The lines of previews are a model no more, and Odoo leaves its table behind."""
    cr.execute("DROP TABLE IF EXISTS crm_segmentation_preview_line")
