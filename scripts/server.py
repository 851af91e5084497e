"""Starting, watching and stopping the demo server."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import odoo_cli
import settings
from progress import Stop, say

START_LIMIT = 120  # seconds until the log-in page must answer


def run(database):
    """Start Odoo on a database and wait until it answers.

    It goes on in the background until ``make stop``; with ``FOREGROUND=1`` it stays
    on this terminal until Ctrl-C.

    :param database: the database to serve
    :raises Stop: the port is taken, or Odoo did not come up
    """
    port = settings.http_port()
    if pid():
        say(f"Odoo already runs at {url()} (make stop ends it).")
        return
    for taken in (port, port + 3):
        _refuse_taken(taken)
    words = odoo_cli.command(
        "server",
        "-d",
        database,
        f"--http-port={port}",
        f"--gevent-port={port + 3}",
        f"--http-interface={settings.address()}",
    )
    if os.environ.get("FOREGROUND"):
        subprocess.run(words, env=odoo_cli.environment())
        return
    with open(log(), "a") as stream:
        process = subprocess.Popen(
            words,
            env=odoo_cli.environment(),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _pid_file().write_text(str(process.pid))
    _wait(process)


def stop():
    """Stop the demo server if it runs."""
    running = pid()
    if running:
        os.kill(running, signal.SIGTERM)
        for _ in range(100):
            if not pid():
                break
            time.sleep(0.1)
        else:
            os.kill(running, signal.SIGKILL)
    _pid_file().unlink(missing_ok=True)


def pid():
    """The process number of our running server on this port, or None."""
    try:
        number = int(_pid_file().read_text())
        with open(f"/proc/{number}/cmdline", "rb") as stream:
            return number if b"odoo" in stream.read() else None
    except (OSError, ValueError):
        return None


def url():
    """Where the demo server answers."""
    return f"http://localhost:{settings.http_port()}"


def log():
    """The log file of the demo server."""
    return settings.logs() / f"server-{settings.http_port()}.log"


def _pid_file():
    return settings.cache() / f"server-{settings.http_port()}.pid"


def _refuse_taken(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError as error:
            raise Stop(
                f"port {port} is taken by another program; "
                "choose one: make run PORT=8169"
            ) from error


def _wait(process):
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Stop(f"Odoo ended with status {process.returncode}; see {log()}")
        try:
            with urllib.request.urlopen(f"{url()}/web/login", timeout=30):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    raise Stop(f"Odoo did not answer at {url()} in {START_LIMIT} s; see {log()}")
