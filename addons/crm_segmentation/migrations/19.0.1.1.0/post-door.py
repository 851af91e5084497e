from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """First and last touches of the interactions that are there; unmatched numbers."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    talks = env["crm.interaction"]
    touched = talks._read_group(
        [("commercial_partner_id", "!=", False)], ["commercial_partner_id"]
    )
    talks._refresh_touch([partner.id for (partner,) in touched])
    unmatched = talks.search([("partner_id", "=", False), ("phone", "!=", False)])
    env.add_to_compute(talks._fields["phone_key"], unmatched)
    env.flush_all()
