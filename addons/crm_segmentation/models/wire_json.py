from odoo import fields


class WireJson(fields.Json):
    """Plain data that programs may read: XML-RPC carries no empty values.

    Inside, an empty value stays None.
    """

    def convert_to_read(self, value, record, use_display_name=True):
        return _without_none(super().convert_to_read(value, record, use_display_name))

    def convert_to_write(self, value, record):
        # Odoo writes what is read, and inside nothing may change.
        return value


def _without_none(value):
    """The same with False for None, also nested."""
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_none(part) for part in value]
    return False if value is None else value
