"""A server action that an administrator has chosen."""

from .kind import Action


class Server(Action):
    """It runs with all rights, because only an administrator can choose it."""

    code = "server"

    def words(self):
        return self.env._("Server action “%(name)s”.", name=self.spec["server_action"])

    @property
    def _action(self):
        return self.env["ir.actions.server"].browse(self.spec["server_action_id"])

    def problems(self):
        if not self._action.exists():
            words = self.env._(
                "the server action “%(name)s” was deleted",
                name=self.spec["server_action"],
            )
            return dict.fromkeys(self.obligations, words)
        records = {
            model: set(self.env[model].browse(some.mapped("res_id")).exists()._ids)
            for model, some in self.obligations.grouped("res_model").items()
        }
        words = self.env._("the record that it is about was deleted")
        return {
            o: words
            for o in self.obligations
            if not self._is_own and o.res_id not in records[o.res_model]
        }

    @property
    def _is_own(self):
        return self.spec["model"] == "crm.obligation"

    def run(self, obligations):
        # One by one: many actions are written for “record”.
        for obligation in obligations:
            id_ = obligation.id if self._is_own else obligation.res_id
            self._action.with_context(
                active_model=self.spec["model"], active_id=id_, active_ids=[id_]
            ).run()
