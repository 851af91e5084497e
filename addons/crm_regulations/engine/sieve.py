"""A filter that is put to records again and again."""


class Sieve:
    """A domain whose meaning is worked out once, not at every use.

    Odoo simplifies a domain whenever it filters by it, which takes longer than the
    filtering itself.

    :param domain: a Domain, always put to records of the same model
    """

    def __init__(self, domain):
        self._domain = domain
        self._is_simple = False

    def sift(self, records):
        """The records that fit."""
        if not self._is_simple:
            self._domain = self._domain.optimize(records)
            self._is_simple = True
        return records.filtered_domain(self._domain)
