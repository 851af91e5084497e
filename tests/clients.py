"""The two wires to Odoo, with the same few calls.

Both raise :class:`Refused` for a clear refusal and :class:`Crashed` for what no caller
should ever see: a traceback, an answer that the wire cannot carry, or a None in it.
"""

import json
import re
import urllib.error
import urllib.request
import xmlrpc.client

_CODE = re.compile(r"(crm_(?:segmentation|regulations|project_rollout)\.\w+): ")
# Words of programs, not of people.
_PROGRAM_WORDS = re.compile(
    r"Traceback|psycopg|KeyError|TypeError|ValueError|AttributeError|Expected singleton"
    r"|LINE \d|invalid input syntax|NoneType|<class |object has no"
)
# What PostgreSQL may have refused before we could.
_CONSTRAINTS = {
    f"crm_segmentation.{code}"
    for code in ("required", "not_unique", "out_of_range", "no_record", "in_use")
}


class Refused(Exception):
    """The server said no.

    :param message: what it said
    :param kind: ``access``, ``missing`` or ``user``
    """

    def __init__(self, message, kind):
        super().__init__(message)
        self.message = message
        # Over XML-RPC a missing record has the number of any other user's error.
        gone = message.startswith("Record does not exist or has been deleted.")
        self.kind = "missing" if gone else kind
        found = _CODE.match(message)
        self.code = found and found[1]


class Crashed(AssertionError):
    """The server answered with a programming error."""


class Client:
    """What both wires can do; each adds ``call`` and ``create``."""

    def __init__(self, server):
        self.server = server

    def search(self, model, domain, **options):
        """Ids of the records that fit a domain."""
        return self.call(model, "search", domain=domain, **options)

    def read(self, model, record_id, *names):
        """Values of one record."""
        return self.call(model, "read", [record_id], fields=list(names))[0]

    def find(self, model, domain, *names):
        """Values of the records that fit a domain."""
        return self.call(model, "search_read", domain=domain, fields=list(names))

    def one(self, model, domain, *names):
        """Values of the only record that fits a domain."""
        found = self.find(model, domain, *names)
        assert len(found) == 1, f"{len(found)} of {model} fit {domain}"
        return found[0]

    def count(self, model, domain=()):
        """How many records fit a domain."""
        return self.call(model, "search_count", domain=list(domain))

    def write(self, model, record_id, values):
        """Change one record."""
        return self.call(model, "write", [record_id], vals=values)

    def _refuse(self, message, kind):
        if _PROGRAM_WORDS.search(message):
            raise Crashed(message)
        self.server.refusals.add(message.split("\n")[0].strip())
        refused = Refused(message, kind)
        self.server.broken_constraints += refused.code in _CONSTRAINTS
        raise refused


class XmlRpc(Client):
    """XML-RPC with login and password.

    :raises Refused: Odoo does not know the pair
    """

    KINDS = {2: "user", 3: "access", 4: "access"}

    def __init__(self, server, login, password):
        super().__init__(server)
        self._password = password
        common = xmlrpc.client.ServerProxy(f"{server.url}/xmlrpc/2/common")
        self.uid = common.authenticate(server.database, login, password, {})
        if not self.uid:
            raise Refused(f"{login} may not log in", "access")

    def call(self, model, method, ids=None, **values):
        """Call a method; arguments by name."""
        return self._execute(model, method, [] if ids is None else [ids], values)

    def create(self, model, values):
        """Create one record; returns its id."""
        return self._execute(model, "create", [[values]], {})[0]

    def _execute(self, model, method, args, values):
        address = f"{self.server.url}/xmlrpc/2/object"
        words = (self.server.database, self.uid, self._password, model, method)
        with xmlrpc.client.ServerProxy(address) as proxy:
            try:
                return proxy.execute_kw(*words, args, values)
            except xmlrpc.client.Fault as fault:
                if fault.faultCode not in self.KINDS:
                    raise Crashed(fault.faultString) from fault
                self._refuse(fault.faultString, self.KINDS[fault.faultCode])


class Json2(Client):
    """JSON-2 with an API key."""

    KINDS = {403: "access", 404: "missing", 409: "user", 422: "user"}

    def __init__(self, server, key):
        super().__init__(server)
        self._key = key

    @property
    def uid(self):
        """The id of the person whose key it is."""
        return self.call("res.users", "context_get")["uid"]

    def call(self, model, method, ids=None, **values):
        """Call a method; arguments by name."""
        body = values if ids is None else {"ids": ids, **values}
        request = urllib.request.Request(
            f"{self.server.url}/json/2/{model}/{method}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._key}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=600) as response:
                return _without_none(json.load(response))
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        if status not in self.KINDS:
            raise Crashed(f"{status}: {text}")
        self._refuse(json.loads(text)["message"], self.KINDS[status])

    def create(self, model, values):
        """Create one record; returns its id."""
        return self.call(model, "create", vals_list=[values])[0]


def fits_the_wire(client, value):
    """Whether a client can send a value: XML carries neither everything nor None."""
    if not isinstance(client, XmlRpc):
        return True
    try:
        xmlrpc.client.dumps((value,))
    except (TypeError, OverflowError):
        return False
    return "\\x00" not in repr(value)


def _without_none(answer):
    """The same answer; the other wire could not carry a None, so none may be there."""
    stack = [answer]
    while stack:
        value = stack.pop()
        if value is None:
            raise Crashed(f"None in {answer}")
        stack.extend(value.values() if isinstance(value, dict) else ())
        stack.extend(value if isinstance(value, list) else ())
    return answer
