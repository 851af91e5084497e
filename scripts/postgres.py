"""A private PostgreSQL cluster on a Unix socket, or the one that PGHOST names.

PostgreSQL refuses to run as root. When root calls, the cluster belongs to the user
``postgres`` (or ``nobody``) and lies where that user can reach it.
"""

import functools
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import settings
import system_packages
from progress import Stop, run, step

SUPERUSER = "odoo"  # Odoo refuses the role "postgres"
# Small enough for a laptop, large enough for a million partners.
SERVER_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "120",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "synchronous_commit": "off",
    "log_min_messages": "fatal",
}


def connection():
    """The PG* variables of a running server, which is started when it is ours.

    :return: a dictionary for the environment of psql, createdb and Odoo
    :raises Stop: the server cannot be started or reached
    """
    if os.environ.get("PGHOST"):
        return _external()
    start()
    return {"PGHOST": str(_socket_folder()), "PGPORT": "5432", "PGUSER": SUPERUSER}


def start():
    """Make the cluster if there is none and start it if it does not run."""
    system_packages.ensure(system_packages.FOR_RUNNING)
    folder = _cluster()
    if not (folder / "ready").exists():
        _init(folder)
    if not is_running():
        _forget_dead_server()
        _socket_folder().mkdir(mode=0o700, exist_ok=True)
        _own(_socket_folder())
        with step("starting PostgreSQL"):
            log = folder / "server.log"
            command = [_program("pg_ctl"), "-D", str(folder / "data"), "-w"]
            command += ["-o", f"-k {_socket_folder()} -p 5432", "-l", str(log)]
            _run([*command, "start"], settings.logs() / "postgres.log")


def stop():
    """Stop the private cluster if it runs."""
    if system_packages.postgres_binaries() and is_running():
        data = str(_cluster() / "data")
        command = [_program("pg_ctl"), "-D", data, "-m", "fast", "stop"]
        _run(command, settings.logs() / "postgres.log")


def is_in_use():
    """Whether somebody is connected to the private cluster, such as another clone."""
    if not is_running():
        return False
    query = "SELECT COUNT(*) FROM pg_stat_activity WHERE client_port = -1"
    command = [_program("psql"), "-h", str(_socket_folder()), "-U", SUPERUSER]
    command += ["-d", "postgres", "-tAc", query]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    # One of them is this question itself.
    return done.stdout.strip() not in ("", "0", "1")


def is_running():
    """Whether the private cluster is there: it answers, or is about to."""
    command = [_program("pg_isready"), "-q", "-h", str(_socket_folder()), "-p", "5432"]
    done = subprocess.run(command, cwd="/", **_as_server_user(), check=False)
    return done.returncode in (0, 1)


def _forget_dead_server():
    """Remove what a server left that was switched off with its machine.

    Its process number may be somebody else's by now, and PostgreSQL would take that
    process for a server.
    """
    pid_file = _cluster() / "data" / "postmaster.pid"
    try:
        number = int(pid_file.read_text().split()[0])
        command = pathlib.Path(f"/proc/{number}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        command = b""
    if str(_cluster()).encode() not in command:
        pid_file.unlink(missing_ok=True)
        for lock in _socket_folder().glob(".s.PGSQL.*"):
            lock.unlink()


def _external():
    given = {name: os.environ[name] for name in os.environ if name.startswith("PG")}
    if given.get("PGUSER") == "postgres":
        raise Stop("PGUSER=postgres: Odoo refuses this role; name another one")
    return given


def _init(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    _own(folder)
    with step("making a private PostgreSQL cluster"):
        command = [_program("initdb"), "-D", str(folder / "data"), "-U", SUPERUSER]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"]
        _run(command, settings.logs() / "postgres.log")
    with open(folder / "data" / "postgresql.conf", "a") as stream:
        stream.writelines(f"{key} = {text}\n" for key, text in SERVER_SETTINGS.items())
    (folder / "ready").touch()


@functools.cache
def _cluster():
    """The cluster's folder: in the cache, or beside it when root's home is closed."""
    version = _program("initdb").split("/")[-3]
    name = f"postgres-{version}"
    folder = settings.cache() / name
    if os.geteuid() != 0 or _open_to_others(settings.cache()):
        return folder
    key = settings.digest(str(settings.cache()))
    return pathlib.Path("/var/cache") / f"crm-promise-keeper-{key}" / name


@functools.cache
def _socket_folder():
    """A short path, because the address of a Unix socket has at most 107 bytes."""
    key = settings.digest(str(_cluster()), str(os.geteuid()))
    return pathlib.Path(tempfile.gettempdir()) / f"crm-promise-keeper-{key}"


def _program(name):
    folder = system_packages.postgres_binaries()
    if not folder:
        raise Stop(f"PostgreSQL's {name} is not installed")
    return os.path.join(folder, name)


@functools.cache
def _server_user():
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Stop("PostgreSQL does not run as root, and there is no user postgres")


def _as_server_user():
    """Options for subprocess that make the child another user when we are root."""
    if os.geteuid() != 0:
        return {}
    user = _server_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _own(folder):
    if os.geteuid() == 0:
        os.chown(folder, _server_user().pw_uid, _server_user().pw_gid)


def _open_to_others(folder):
    return all(
        path.stat().st_mode & 0o001
        for path in (folder, *folder.parents)
        if path.exists()
    )


def _run(command, log):
    run(command, log, os.path.basename(command[0]), cwd="/", **_as_server_user())
