"""“My promises” of a salesperson, among a million promises and among a thousand."""

from lxml import etree

from odoo import Command, fields
from odoo.tools import SQL

from bench import environment, queries, ratio, vacuum, verdict
from copies import copy

SMALL, BIG = 1_000, 1_000_000
MINE = 50  # open ones of the person, in both
OTHERS = 20  # colleagues
MOST = 1.5


def run(env):
    """The same queries, about the same time.

    The million stand in a copy of the database, the thousand in the database itself,
    so that both are asked in turn.
    """
    with environment() as small_env:
        few, many = _Page(small_env, SMALL), _Page(env, BIG)
        vacuum(env, "crm_obligation")
        plain = [queries(page.env, page.open) for page in (few, many)]
        yield verdict(
            f"“My promises” among {BIG:,} promises against {SMALL:,}",
            plain[0] == plain[1],
            f"{plain[1]} queries against {plain[0]} (goal: the same)",
        )
        yield ratio(
            f"“My promises” among {BIG:,} promises against {SMALL:,}",
            many.open,
            few.open,
            MOST,
            rounds=25,
            before=many.env.invalidate_all,
            before_baseline=few.env.invalidate_all,
        )


class _Page:
    """What the browser asks for when a salesperson opens the page.

    :param env: superuser environment
    :param size: how many promises there are altogether
    """

    def __init__(self, env, size):
        users = env["res.users"].create(
            [
                {
                    "name": f"Benchmark {number}",
                    "login": f"benchmark_{number}",
                    "group_ids": [
                        Command.link(env.ref("sales_team.group_sale_salesman").id)
                    ],
                }
                for number in range(OTHERS + 1)
            ]
        )
        self.env = env(user=users[0], context={"tz": "Europe/Berlin", "lang": "en_US"})
        promise = self._promise(env)
        self._fill(promise, size, users)
        arch = etree.fromstring(
            self.env["crm.obligation"].get_view(view_type="list")["arch"]
        )
        names = [node.get("name") for node in arch.iter("field")]
        self.specification = {
            name: {"fields": {"display_name": {}}}
            if env["crm.obligation"]._fields[name].relational
            else {}
            for name in names
        }
        self.domain = [("user_id", "=", users[0].id), ("date_end", "=", False)]

    def open(self):
        """The rows of the page and their number."""
        promises = self.env["crm.obligation"]
        found = promises.web_search_read(self.domain, self.specification, limit=80)
        assert len(found["records"]) == MINE
        assert promises.search_count(self.domain) == MINE

    # --- rows -----------------------------------------------------------------

    def _promise(self, env):
        regulation = env["crm.regulation"].create(
            {
                "name": "Benchmark",
                "trigger_kind": "created",
                "res_model": "crm.lead",
                "step_ids": [Command.create({"name": "Do"})],
            }
        )
        regulation.action_publish()
        customer = env["res.partner"].create({"name": "Bench", "is_company": True})
        lead = env["crm.lead"].create({"name": "Bench", "partner_id": customer.id})
        env.cr.flush()
        return env["crm.obligation"].search([("lead_id", "=", lead.id)])

    def _fill(self, promise, size, users):
        """Nine in ten have ended; one in twenty-one was this person's."""
        ended = fields.Datetime.to_string(promise.date_due)
        moment = SQL("model.date_due - make_interval(secs => made.id * 7 %% 9000000)")
        colleague = SQL("%s + made.id %% %s", users[1].id, OTHERS)
        shared = {"fact_key": SQL("'benchmark:' || made.id"), "date_due": moment}
        mine = {"user_id": SQL("%s", users[0].id)}
        done = {"state": SQL("'done_on_time'"), "date_end": SQL("%s", ended)}
        rest = (size - MINE) // 10
        copy(promise, MINE, **shared, **mine)
        copy(promise, rest, **shared, user_id=colleague)
        copy(promise, size // (OTHERS + 1), **shared, **mine, **done)
        copy(promise, size - size // (OTHERS + 1) - rest - MINE - 1, **shared,
             **done, user_id=colleague)  # fmt: skip
