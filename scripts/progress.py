"""What the person at the terminal sees, and how a command is run."""

import contextlib
import subprocess
import sys
import time


class Stop(Exception):
    """The work cannot go on; the message says what is wrong and what to do."""


def say(text):
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title):
    """Announce a long step and say how long it took.

    :param title: what is being done, in a few words
    """
    say(f"  … {title}")
    started = time.monotonic()
    yield
    say(f"  ✓ {title} ({time.monotonic() - started:.0f} s)")


def run(command, log=None, what=None, **options):
    """Run a command that must succeed.

    :param command: the words of the command
    :param log: a file that takes what the command prints; the terminal otherwise
    :param what: the name of the work for the error, by default the program's name
    :param options: passed on to :func:`subprocess.run`
    :raises Stop: the command failed; the last lines of its log are shown
    """
    try:
        if log is None:
            status = subprocess.run(command, **options).returncode
        else:
            with open(log, "ab") as stream:
                status = subprocess.run(
                    command, stdout=stream, stderr=subprocess.STDOUT, **options
                ).returncode
    except FileNotFoundError as error:
        raise Stop(f"{command[0]} is not installed") from error
    if status:
        raise Stop(_failure(what or command[0], status, log))


def output(command, **options):
    """The text that a command prints.

    :return: its standard output without the last newline; empty when it failed
    """
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, **options
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _failure(what, status, log):
    message = f"{what} failed with status {status}"
    if log is None:
        return message
    with open(log, errors="replace") as stream:
        tail = "".join(stream.readlines()[-15:])
    sys.stdout.write(tail)
    return f"{message}; the whole output is in {log}"
