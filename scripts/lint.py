"""What `make lint` runs: the hooks of .pre-commit-config.yaml on every file of git."""

import os
import subprocess

import progress
import python_env
import settings
import system_packages

LOCK = settings.REPOSITORY / "requirements" / "lint.txt"


def run(arguments):
    """Get the tools that are not there yet and check every file that git knows.

    :param arguments: further words for pre-commit, for example the id of one hook
    :return: pre-commit's exit status, not 0 when a hook found or mended something
    :raises Stop: this is no clone, or a tool cannot be had
    """
    system_packages.ensure(system_packages.FOR_LINTING)
    here = {"cwd": settings.REPOSITORY, "env": _environment()}
    if not progress.output(["git", "ls-files"], **here):
        raise progress.Stop("git knows no file here; make lint works in a clone only")
    tools = python_env.made_from(LOCK, "lint")
    pre_commit = str(tools / "bin" / "pre-commit")
    log = settings.logs() / "lint.log"
    with progress.step("making sure of the tools (the first time some minutes)"):
        progress.run([pre_commit, "install-hooks"], log, "pre-commit", **here)
    words = [pre_commit, "run", "--all-files", "--show-diff-on-failure", *arguments]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, check=False, **here)
    return done.returncode


def _environment():
    """The variables of pre-commit: its cache is ours, and git trusts this clone.

    Git refuses to read a clone of another user, as there is in many a container; who
    calls `make` here runs the clone's code anyway.
    """
    count = int(os.environ.get("GIT_CONFIG_COUNT", "0"))
    return {
        **os.environ,
        "PRE_COMMIT_HOME": str(settings.cache() / "pre-commit"),
        "GIT_CONFIG_COUNT": str(count + 1),
        f"GIT_CONFIG_KEY_{count}": "safe.directory",
        f"GIT_CONFIG_VALUE_{count}": str(settings.REPOSITORY),
    }
