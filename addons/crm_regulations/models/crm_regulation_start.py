from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_segmentation.core.wire import LONGEST_LINE, is_id, words

from ..engine.facts.fact import Fact
from ..engine.opening import beginnings_of, open_all
from ..engine.rules import Rule


class CrmRegulation(models.Model):
    """Programs, buttons and automations start a regulation themselves."""

    _inherit = "crm.regulation"

    def start(self, record_ids, external_ref):
        """Start the regulation on given records, whatever its trigger says.

        :param record_ids: ids of the regulation's model
        :param external_ref: the caller's name for this start; starting again under
            the same name changes nothing
        :return: ids of the obligations, also those of an earlier call
        :raises UserError: not published, no reference, or a record that the caller
            cannot see
        """
        if len(self) != 1:
            raise UserError(
                self.env._(
                    "crm_regulations.one_record: Ask this of one regulation; %(count)s "
                    "were given.",
                    count=len(self),
                )
            )
        self._require_coordinator()
        self._require_state("published")
        records = self._start_records(record_ids, external_ref)
        return self.sudo()._start(records.sudo(), external_ref).ids

    def _start(self, records, reference):
        """Start on records; again under the same name changes nothing.

        :param records: records of the regulation's model, superuser
        :param reference: the name of this start
        :return: the obligations, also those of an earlier start
        """
        now = fields.Datetime.now()
        facts = [
            Fact("start", f"start:{reference}:{r.id}", now, r._name, r.id)
            for r in records
        ]
        rule = Rule.of(self)
        open_all(self.env, beginnings_of(self.env, rule, facts, any_trigger=True))
        # What is owed once for each record keeps the name of its first start.
        keys = [fact.key for fact in facts]
        keys += [f"first:{record._name},{record.id}" for record in records]
        return self.env["crm.obligation"].search(
            [("regulation_id", "=", self.id), ("fact_key", "in", keys)]
        )

    def _start_records(self, record_ids, external_ref):
        """The records to start on, checked."""
        records = self.env[self.res_model]
        if not words(external_ref) or len(external_ref) > LONGEST_LINE:
            problem = self.env._("external_ref must be a text that names this start")
        elif not isinstance(record_ids, list | tuple) or not all(
            is_id(record_id) for record_id in record_ids
        ):
            problem = self.env._("record_ids must be a list of ids")
        else:
            records = records.browse(dict.fromkeys(record_ids)).exists()
            records = records._filtered_access("read")
            missing = sorted(set(record_ids) - set(records.ids))
            if not missing:
                return records
            problem = self.env._("there are no such records: %(ids)s", ids=missing)
        raise UserError(
            self.env._(
                "crm_regulations.start: %(name)s was not started: %(problem)s.",
                name=self.display_name,
                problem=problem,
            )
        )
