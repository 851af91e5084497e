from psycopg2 import errors

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL

from ...core.call_life import Life, Report
from ...engine.callers import Callers
from ...engine.logged_values import LoggedValues

MOST_ROWS = 1000


class CrmInteraction(models.Model):
    """The door for integrations."""

    _inherit = "crm.interaction"

    @api.model
    def log(self, values, create_lead=False):
        """Log an interaction, or update the one with the same reference.

        Reports of a call may come late and in any order: see :mod:`core.call_life`.
        Without a counterparty the caller is looked up by number and address; one that
        fits several people stays unmatched, see “Unmatched calls”.

        :param values: ``type`` (code) or ``type_id``; ``partner_id``, ``lead_id``,
            ``user_id``, ``company_id``, ``date`` (instant, with an offset or UTC),
            ``duration`` (minutes), ``direction`` (in, out), ``external_ref`` (unique
            per company), ``name``, ``note``, ``phone``, ``email``, ``outcome``,
            ``state`` (ringing, answered, ended, recording), ``at`` (the instant of
            that), ``extension`` and ``transferred_to`` (of ours), ``recording_url``,
            ``source`` (name of a source), ``hidden``, ``internal`` and ``dry_run``
            (true or false)
        :param create_lead: make a lead when nobody is known by the number or address
        :return: ``{"id": id, "status": "created" | "updated" | "unchanged"}``. A call
            among ourselves is not kept: its id is False, its status “unchanged”, and
            ``"internal": True`` says why. With ``dry_run`` nothing is written, the id
            is False for what would be created, and ``"dry_run": True`` says so.
        :raises UserError: a value is not understood; nothing is logged
        """
        self.browse().check_access("create")
        logged = LoggedValues(self, values, create_lead)
        if logged.internal:
            return {"id": False, "status": "unchanged", "internal": True}
        known = self._log_known(logged)
        life = Life.from_json(known.call_life)
        report = Report(
            logged.vals,
            logged.state,
            logged.at,
            self.env.cr.now().replace(microsecond=0),
        )
        life, heard = life.hear(report)
        if logged.dry_run:
            status = known._log_status(heard) if known else "created"
            return {"id": known.id or False, "status": status, "dry_run": True}
        if known:
            return known._log_update(logged, life, heard)
        return {"id": self._log_create(logged, life, heard).id, "status": "created"}

    @api.model
    def log_many(self, rows):
        """Log several interactions; a wrong row does not spoil the others.

        :param rows: list of at most 1,000 dictionaries as for :meth:`log`, each may
            also hold ``create_lead``
        :return: one entry per row: that of :meth:`log`, or ``{"error": text}``
        """
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            raise LoggedValues.error(
                self.env,
                self.env._(
                    "the rows must be a list of dictionaries, at most %(n)s",
                    n=MOST_ROWS,
                ),
            )
        results = []
        for row in rows:
            try:
                with self.env.cr.savepoint():
                    results.append(self._log_row(row))
            except UserError as error:
                results.append({"error": str(error)})
        return results

    def _log_row(self, row):
        if not isinstance(row, dict):
            return self.log(row)
        values = dict(row)
        return self.log(values, values.pop("create_lead", False))

    def _log_known(self, logged):
        """The interaction that has this reference already."""
        if not logged.reference:
            return self.browse()
        return self.search(
            [
                ("company_id", "=", logged.company.id),
                ("external_ref", "=", logged.reference),
            ],
            limit=1,
        )

    def _log_create(self, logged, life, heard):
        """The new interaction, unless another call logs the same one right now.

        Odoo then repeats this call, which finds what the other one has made. By SQL,
        because the ORM would log the expected conflict as an error.
        """
        vals = {**heard, "company_id": logged.company.id}
        vals.update(self._log_caller(logged, life, vals))
        if logged.reference:
            vals["call_life"] = life.to_json()
        interaction = self.create({"origin": "call_log", **vals})
        if logged.reference:
            claim = SQL(
                "UPDATE crm_interaction SET external_ref = %s WHERE id = %s",
                logged.reference,
                interaction.id,
            )
            try:
                self.env.cr.execute(claim, log_exceptions=False)
            except errors.UniqueViolation as error:
                raise ConcurrencyError(str(error)) from error
            interaction.invalidate_recordset(["external_ref"])
        return interaction

    def _log_update(self, logged, life, heard):
        self.ensure_one()
        said = {**heard, **self._log_caller(logged, life, heard)}
        changed = self._log_changed(said)
        if changed:
            changed["call_life"] = life.to_json()
            self.with_context(crm_call_report=True).write(changed)
            return {"id": self.id, "status": "updated"}
        # A report that only confirms outranks older ones that are still on their way;
        # the same report again has no higher rank and writes nothing.
        if (logged.state or logged.at) and self.call_life != life.to_json():
            self._log_confirm(logged, life)
        return {"id": self.id, "status": "unchanged"}

    def _log_confirm(self, logged, life):
        before = Life.from_json(self.call_life).told
        ranks = [rank[0] for rank in before.values()] or [0]
        news = any(rank[0] > max(ranks) for rank in life.told.values())
        if logged.at or news:
            self.with_context(crm_call_report=True).call_life = life.to_json()

    def _log_changed(self, vals):
        """Those of the values that the interaction does not have yet."""
        return {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }

    def _log_status(self, heard):
        return "updated" if self._log_changed(heard) else "unchanged"

    def _log_caller(self, logged, life, vals):
        """Who the other side is, if that is not told: values for it.

        :param vals: what is going to be written
        """
        if self.partner_id or "partner_id" in life.told:
            return {}
        lead_id = vals.get("lead_id") or self.lead_id.id
        if lead_id:
            # An integration names leads that it may not read.
            lead = self.env["crm.lead"].sudo().browse(lead_id)
            return {"partner_id": lead.partner_id.id} if lead.partner_id else {}
        phone = "" if vals.get("is_hidden", self.is_hidden) else vals.get("phone", "")
        email = vals.get("email", "")
        if not (phone or email or logged.create_lead):
            return {}
        callers = Callers(self.env, logged.company, phone, email)
        if callers.found:
            partner = callers.only_one()
            return {"partner_id": partner.id} if partner else {}
        if logged.create_lead:
            return {"lead_id": self._log_lead(logged, vals).id}
        return {"is_ignored": True} if self._is_ignored_number(callers) else {}

    def _log_lead(self, logged, vals):
        """The lead of an unknown caller: the open one of this number or a new one."""
        phone = vals.get("phone") or self.phone
        email = vals.get("email") or self.email
        leads = self.env["crm.lead"].sudo().with_company(logged.company)
        known = Callers(leads.env, logged.company, phone, email).open_leads()
        if known:
            return known[0]
        title = vals.get("name") or phone or email
        return leads.create(
            {
                "name": title or self.env._("Unknown caller"),
                "phone": phone,
                "email_from": email,
                "user_id": vals.get("user_id") or False,
                "source_id": vals.get("utm_source_id") or False,
                "company_id": logged.company.id,
            }
        )
