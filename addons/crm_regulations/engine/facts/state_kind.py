"""Kinds that a record tells by reaching a state."""

from odoo.fields import Domain

from odoo.addons.crm_segmentation.engine.changes import stored_values

from .document_kind import DocumentKind


class StateKind(DocumentKind):
    """A kind that a record tells when a field has one of some values."""

    #: The stored field.
    state_field = ""
    #: Its values that tell.
    states = ()
    #: Fields whose changes make a record that tells already tell anew.
    retold_by = frozenset()
    #: Whether ``date_field`` may be empty; then the last saving counts.
    may_lack_date = False

    def watched(self, env, asked):
        return {self.state_field} | self.retold_by

    def telling(self, records):
        now = dict(stored_values(records, self.state_field))
        return records.browse(
            id_ for id_ in records._ids if now.get(id_) in self.states
        )

    def turned(self, env, asked, changes):
        return [id_ for id_, old in changes.items() if self._has_turned(old)]

    def _has_turned(self, old):
        """Whether a record that tells now did not tell this before.

        :param old: {field: old value} of what has changed
        """
        if self.retold_by & old.keys():
            return True
        return self.state_field in old and old[self.state_field] not in self.states

    def meant(self, role, asked):
        return asked.domain & Domain(self.state_field, "in", self.states)

    def within(self, asked):
        if not self.may_lack_date:
            return super().within(asked)
        saved = Domain(self.date_field, "=", False)
        if asked.start is not None:
            saved &= Domain("write_date", ">=", asked.start)
        return super().within(asked) | saved

    def ended(self, record):
        return record[self.date_field] or record.write_date
