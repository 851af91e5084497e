"""The steps of regulations as the engine knows them, of whatever version."""


class Steps:
    """The steps of rules, looked up once.

    :param env: superuser environment
    """

    def __init__(self, env):
        self.env = env
        self._rules = {}
        self._found = {}

    def rule(self, regulation_id):
        """The rule of a regulation, of whatever version."""
        if regulation_id not in self._rules:
            regulations = self.env["crm.regulation"]
            rule = regulations._rule_of(regulations.browse(regulation_id))
            self._rules[regulation_id] = rule
        return self._rules[regulation_id]

    def get(self, regulation_id, step_id):
        """A :class:`~.rules.RuleStep`."""
        if step_id not in self._found:
            self._found[step_id] = self.rule(regulation_id).step(step_id)
        return self._found[step_id]
