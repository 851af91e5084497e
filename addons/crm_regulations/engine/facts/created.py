"""A record was created, for example a lead."""

from .fact import Fact
from .kind import seconds
from .record_kind import RecordKind


class Created(RecordKind):
    code = "created"
    proves = False
    made_of = ("create_date",)

    def facts(self, records, asked):
        records.fetch(["create_date"])
        return [
            Fact(self.code, f"created:{r._name},{r.id}", seconds(r.create_date),
                 r._name, r.id)
            for r in records
        ]  # fmt: skip
