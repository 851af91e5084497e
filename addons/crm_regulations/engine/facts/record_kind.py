"""What the kinds have in common that any record can tell, of whatever addon."""

from dataclasses import replace

from odoo.fields import Domain

from ...core.filter import Filter
from ...core.step import START
from .among import among
from .fact import Touched
from .kind import Kind
from .tracking import plain_values


class RecordKind(Kind):
    """A kind whose facts the regulation's own records tell of themselves."""

    def fitting(self, records, asked):
        found = asked.sieve.sift(records)
        # Whose records they are is asked last: nearly always none is left by then.
        return found.filtered_domain(of_company(found.env, asked)) if found else found

    def recounted(self, env, asked, role=START):
        return super().recounted(env, self.ours(env, asked), role)

    def ours(self, env, asked):
        """The same, but only of the company that asks."""
        return replace(asked, domain=asked.domain & of_company(env, asked))

    def touched(self, records):
        found = Touched()
        found.add(((records._name, id_) for id_ in records._ids), ())
        if records._name == "res.partner":
            found.add((), records.commercial_partner_id._ids)
        return found

    def narrowed(self, env, asked):
        ids = set(asked.touched.ids(asked.model))
        if asked.model == "res.partner":
            ids |= asked.touched.families
        return among("id", ids)


def of_company(env, asked, model=None):
    """Domain of the records of the company that asks and of those of no company.

    :param env: superuser environment
    :param asked: an :class:`~.fact.Asked`
    :param model: name of their model; by default the regulation's own
    """
    field = env[model or asked.model]._fields.get("company_id")
    if not asked.company_id or not field or not (field.store and field.relational):
        return Domain.TRUE
    return Domain("company_id", "in", [asked.company_id, False])


def likely(env, asked, ids):
    """The records that may fit what is asked, as far as memory tells.

    New and changed records are in the cache, so most that do not fit cost no query.

    :param env: superuser environment
    :param asked: an :class:`~.fact.Asked`
    :param ids: ids of records of the regulation's model, some may be gone
    :return: {id: {field: value}} of those that may fit
    """
    wanted = filter_of(env, asked)
    present = plain_values(env[asked.model].browse(ids), wanted.names)
    return {
        id_: values
        for id_, values in present.items()
        if wanted.fits(values) is not False
    }


def filter_of(env, asked):
    """What is asked, to be put to plain values.

    :param env: superuser environment
    :param asked: an :class:`~.fact.Asked`
    :return: a :class:`~...core.filter.Filter`
    """
    if "filter" not in asked.derived:
        asked.derived["filter"] = _compiled(env, asked)
    return asked.derived["filter"]


def _compiled(env, asked):
    fields = env[asked.model]._fields
    types = {"id": "integer"}
    for condition in asked.domain.iter_conditions():
        field = fields.get(condition.field_expr)
        if is_plain(field):
            types[field.name] = field.type
    return Filter(asked.domain, types, env.registry.unaccent_python)


def is_plain(field):
    """Whether a record has one stored value of a field, so that it can be watched."""
    return bool(field) and field.store and not field.company_dependent
