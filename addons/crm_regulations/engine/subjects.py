"""Whom and what the records are about that regulations are made for."""

from collections import defaultdict

from ..models.crm_regulation_subject import ITSELF


class Subjects:
    """Counterparty, lead and handler of records of any opened model.

    What was found is remembered, because many rules ask the same of a record.

    :param env: superuser environment
    """

    def __init__(self, env):
        self.env = env
        self._paths = env["crm.regulation.subject"]._opened()
        self._partners = {}
        self._parties = {}
        self._of_company = {}
        self._held = defaultdict(dict)
        self._there = defaultdict(dict)

    def prefetch(self, records):
        """Read what will be asked one by one, and nothing else: records are wide.

        :param records: records of one model
        """
        paths = self._paths.get(records._name) or ()
        names = {"company_id", records._rec_name, *(p.partition(".")[0] for p in paths)}
        records.fetch([name for name in names if name in records._fields])

    def partner(self, record):
        """The counterparty of a record, else that of its lead, possibly empty."""
        key = record._name, record._ids
        if key not in self._partners:
            partner = self._follow(record, 0, "res.partner")
            self._partners[key] = partner or self.lead(record).partner_id
        return self._partners[key]

    def lead(self, record):
        """The lead of a record, possibly empty."""
        return self._follow(record, 1, "crm.lead")

    def user(self, record):
        """Who handles a record, possibly nobody."""
        return self._follow(record, 2, "res.users")

    def partners(self, records):
        """The counterparties of records of one model."""
        key = records._name, records._ids
        if key not in self._parties:
            everybody = map(self.partner, records)
            self._parties[key] = self.env["res.partner"].union(*everybody)
        return self._parties[key]

    def of_company(self, records, company_id):
        """The records of one of our companies and those of none.

        :param records: records of one model
        """
        if "company_id" not in records._fields:
            return records
        key = records._name, records._ids, company_id
        if key not in self._of_company:
            self.prefetch(records)
            self._of_company[key] = records.filtered(
                lambda record: record.company_id.id in (False, company_id)
            )
        return self._of_company[key]

    def having(self, records, name, ids):
        """The records whose counterparty, or its company, has one of some values.

        :param records: records of one model
        :param name: name of a many2many field of res.partner
        :param ids: frozenset of ids
        """
        known = self._held[records._name, name]
        fresh = records.browse(id_ for id_ in records._ids if id_ not in known)
        if fresh:
            partners = self.partners(fresh)
            # One query for persons and their companies.
            (partners | partners.commercial_partner_id).fetch([name])
        for record in fresh:
            partner = self.partner(record)
            values = partner[name]._ids + partner.commercial_partner_id[name]._ids
            known[record.id] = frozenset(values)
        return records.browse(
            id_ for id_ in records._ids if not ids.isdisjoint(known[id_])
        )

    def there(self, records):
        """Those of the records that the database still has."""
        known = self._there[records._name]
        fresh = records.browse(id_ for id_ in records._ids if id_ not in known)
        if fresh:
            found = set(fresh.exists()._ids)
            known.update((id_, id_ in found) for id_ in fresh._ids)
        return records.browse(id_ for id_ in records._ids if known[id_])

    def _follow(self, record, place, model):
        paths = self._paths.get(record._name)
        if not paths or not paths[place]:
            return self.env[model]
        path = paths[place]
        if path == ITSELF:
            return record
        try:
            # Following one field takes a third of what following a path takes.
            return record.mapped(path) if "." in path else record[path]
        except KeyError as error:
            raise ValueError(
                self.env._(
                    "“%(path)s” of %(model)s leads nowhere any more. An administrator "
                    "corrects it under Records of regulations.",
                    path=path,
                    model=record._name,
                )
            ) from error
