"""A real Odoo server with a database of its own, which tests know by its wires only.

The folder ``scripts/`` must be on the path; ``make test`` names the databases.
"""

import contextlib
import json
import re
import signal
import socket
import socketserver
import subprocess
import threading
import time
import urllib.request

import databases
import odoo_cli
from clients import Json2, XmlRpc
from progress import Stop

START_LIMIT = 180  # seconds until the server must answer
STOP_LIMIT = 60
LOGINS = ("admin", "coordinator", "manager", "sales", "integration", "coordinator2")

_ENTRY = re.compile(r"^(?=[\d-]{10} [\d:,]+ \d+ [A-Z]+ )", re.M)
_TROUBLE = re.compile(
    r"[\d-]{10} [\d:,]+ \d+ (?:WARNING|ERROR|CRITICAL) \S+ "
    r"(?P<logger>[\w.]+): (?P<text>.*)"
)
# What PostgreSQL refuses to keep.
_VIOLATION = re.compile(r"^ERROR: .* violates ", re.M)
# Odoo says at each call that it will take XML-RPC away; we test it until it is gone.
_XML_RPC_ENDS = "The /xmlrpc, /xmlrpc/2 and /jsonrpc endpoints are deprecated"

_MAKE_KEYS = """
import json
users = env["res.users"].search([("login", "in", {logins!r})])
with open({path!r}, "w") as stream:
    json.dump({{
        user.login: env["res.users.apikeys"].with_user(user).sudo()._generate(
            "rpc", "black-box tests", None)
        for user in users
    }}, stream)
env.cr.commit()
"""


@contextlib.contextmanager
def own_copy(source, suffix):
    """A copy of a database with its file store, which is dropped at the end.

    :param source: name of the database
    :param suffix: what tells the copy's name from it
    :return: the copy's name
    """
    name = f"{source}_{suffix}"
    _copy_when_free(source, name)
    try:
        yield name
    finally:
        databases.drop(name)


def _copy_when_free(source, name, limit=60):
    """PostgreSQL copies no database that somebody is connected to, so wait for them."""
    deadline = time.monotonic() + limit
    while True:
        try:
            return databases.copy(source, name)
        except Stop as error:
            busy = "being accessed by other users" in str(error)
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


class Server:
    """One server process.

    :param database: the database that it serves
    :param folder: a folder for its log
    :param more_addons: further folders of addons
    """

    def __init__(self, database, folder, more_addons=()):
        self.database = database
        self.folder = folder
        self.more_addons = more_addons
        self.log = folder / "server.log"
        self.refusals = set()
        self.broken_constraints = 0
        self.keys = {}
        self.process = None
        self.mail = MailSink()
        with socket.socket() as probe, socket.socket() as other:
            probe.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            self.port, self._other_port = (
                found.getsockname()[1] for found in (probe, other)
            )
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()
        self.mail.close()

    def start(self):
        """Start and wait until it answers; it may have run before."""
        databases.set_addresses(self.database, self.url, self.url)
        self.keys = self.keys or self._make_keys()
        words = odoo_cli.command(
            "server", "-d", self.database, "--http-interface=127.0.0.1",
            f"--http-port={self.port}", f"--gevent-port={self._other_port}",
            "--max-cron-threads=0", "--smtp=127.0.0.1", f"--smtp-port={self.mail.port}",
        )  # fmt: skip
        with open(self.log, "a") as stream:
            self.process = subprocess.Popen(
                words,
                env=odoo_cli.environment(self.more_addons),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def stop(self):
        """End it as ``make stop`` does; a server that does not end is killed."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self):
        """What a power cut does: no handler runs, nothing is said good-bye."""
        self.process.kill()
        self.process.wait()

    def xml_rpc(self, login, password=None):
        """A client over XML-RPC that has logged in."""
        return XmlRpc(self, login, password or login)

    def json_2(self, login):
        """A client over JSON-2 with the person's API key."""
        return Json2(self, self.keys[login])

    def browser(self, login):
        """A function that fetches a page as a person who has logged in does."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        known = {"db": self.database, "login": login, "password": login}
        opener.open(
            urllib.request.Request(
                f"{self.url}/web/session/authenticate",
                json.dumps({"params": known}).encode(),
                {"Content-Type": "application/json"},
            )
        ).close()

        def fetch(path):
            with opener.open(f"{self.url}{path}") as answer:
                return answer.read()

        return fetch

    def troubles(self):
        """Lines of the log at the level of a warning or above that nobody expects.

        A refusal is no trouble if a client was told the very same, nor is a broken
        constraint of the database if a client was told of one.
        """
        found, broken = [], []
        for entry in _ENTRY.split(self.log.read_text(errors="replace")):
            trouble = _TROUBLE.match(entry)
            if not trouble:
                continue
            text, logger = trouble["text"].strip(), trouble["logger"]
            line = entry.split("\n")[0].rstrip()
            if logger == "odoo.sql_db" and _VIOLATION.search(entry):
                broken.append(line)
            elif logger == "odoo.http" and text in self.refusals:
                continue
            elif not text.startswith(_XML_RPC_ENDS):
                found.append(line)
        return found + broken[self.broken_constraints :]

    def _make_keys(self):
        path = self.folder / "keys.json"
        script = _MAKE_KEYS.format(logins=LOGINS, path=str(path))
        odoo_cli.shell(self.database, script, self.folder / "keys.log")
        return json.loads(path.read_text())

    def _wait(self):
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                return self.json_2("admin").call("res.users", "context_get")
            time.sleep(0.2)
        raise AssertionError(f"Odoo does not answer:\n{self.log.read_text()[-3000:]}")


class MailSink:
    """Takes the letters that Odoo sends and shows them to nobody but the tests."""

    def __init__(self):
        sink = self
        self.letters = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self._say("220 sink")
                for line in self.rfile:
                    word = line.strip().upper()[:4]
                    if word == b"DATA":
                        self._say("354 go on")
                        sink.letters.append(self._letter())
                    self._say("221 bye" if word == b"QUIT" else "250 ok")
                    if word == b"QUIT":
                        return

            def _say(self, text):
                self.wfile.write(f"{text}\r\n".encode())

            def _letter(self):
                lines = []
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    lines.append(line)
                return b"".join(lines)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def letters_with(self, text):
        """The letters that carry a text, for example a subject."""
        return [letter for letter in self.letters if text.encode() in letter]

    def close(self):
        """Take no more letters."""
        self._server.shutdown()
        self._server.server_close()
