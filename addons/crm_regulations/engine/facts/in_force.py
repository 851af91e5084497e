"""The regulation itself came into force: duties that a company's people owe to it.

With a rhythm it is a recurring duty, such as the monthly upkeep of data. Nothing tells
it; the reader finds it when its time has come, once for each version: in the company of
the regulation, when it was published or, if it says so, from a later day on.
"""

from ...core.step import START
from .fact import Fact
from .record_kind import RecordKind

COMPANY = "res.company"


class InForce(RecordKind):
    code = "in_force"
    by_creation = False
    by_time = True
    proves = False

    def tells_of(self, model):
        return model == COMPANY

    def known_of(self, regulation):
        begin = regulation.date_published
        return {"since": max(regulation.date_from or begin, begin)}

    def told(self, env, asked, created, changes):
        return []

    def recounted(self, env, asked, role=START):
        since = asked.setting("since")
        company = env[COMPANY].browse(asked.company_id)
        if since is None or since > env.cr.now() or not company.exists():
            return []
        if asked.touched is not None and company.id not in asked.touched.ids(COMPANY):
            return []
        # Its owner may have narrowed it to nothing by a filter.
        found = self.fitting(company, asked)
        key = f"{self.code}:{COMPANY},{company.id}:{since.isoformat()}"
        facts = [Fact(self.code, key, since, COMPANY, one.id) for one in found]
        return self.in_time(facts, asked)
