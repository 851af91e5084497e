"""Where everything lives, and the variables by which a person may change it."""

import functools
import hashlib
import os
import pathlib
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
ADDONS = ("crm_segmentation", "crm_regulations", "crm_project_rollout")
SERIES = "19.0"


def cache():
    """The folder for all that is downloaded or built, outside the clone."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "crm-promise-keeper"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def logs():
    """The folder for the output of long steps."""
    folder = cache() / "log"
    folder.mkdir(exist_ok=True)
    return folder


def http_port():
    """The port of the demo server: ``PORT``, 8069 by default."""
    return int(os.environ.get("PORT") or "8069")


def address():
    """Where the demo server listens: ``ADDRESS``, by default this machine only.

    Its passwords are known to everybody.
    """
    return os.environ.get("ADDRESS") or "127.0.0.1"


def local_url():
    """Where programs of this machine reach the demo server."""
    everywhere = address() in ("0.0.0.0", "::")
    return f"http://{'127.0.0.1' if everywhere else address()}:{http_port()}"


def demo_database():
    """The database of ``make run``: ``DB``, ``crm_demo`` by default."""
    return os.environ.get("DB") or "crm_demo"


@functools.cache
def clone_key():
    """Eight characters that tell this clone from another one on the same machine."""
    return hashlib.sha256(str(REPOSITORY).encode()).hexdigest()[:8]


def digest(*parts):
    """A short key that changes when one of the parts does.

    :param parts: texts, or paths of files and folders whose contents count
    :return: twelve hexadecimal characters
    """
    total = hashlib.sha256()
    for part in parts:
        for name, content in _contents(part):
            total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()[:12]


def _contents(part):
    if not isinstance(part, pathlib.Path):
        yield "", str(part).encode()
    elif part.is_file():
        yield part.name, part.read_bytes()
    else:
        for path in sorted(part.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(part)), path.read_bytes()


def python_tag():
    """The running Python and machine, because a virtual environment fits only one."""
    return f"{sys.version_info.major}.{sys.version_info.minor}-{os.uname().machine}"
