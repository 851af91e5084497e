"""The rules of gates: pure Python, no Odoo, no clock."""
