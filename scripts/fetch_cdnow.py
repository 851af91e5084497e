"""The purchases of CDNOW: 23,570 customers, 69,659 purchases in 1997 and 1998.

The list ships inside the Python package `lifetimes`, which comes from the package
index. It is not ours to hand on, so it is fetched and never committed.
"""

import csv
import hashlib
import io
import shutil
import tempfile
import zipfile
from pathlib import Path

import progress
import python_env
import settings
from progress import Stop

PACKAGE = "lifetimes==0.11.3"
SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"
MEMBER = "lifetimes/datasets/CDNOW_master.txt"


def fetch():
    """The list as a CSV that `make import` reads, made when it is not there yet.

    :return: its path, in the cache
    :raises Stop: the package cannot be had, or is another one than expected
    """
    target = settings.cache() / "cdnow.csv"
    if not target.exists():
        with progress.step("getting the purchases of CDNOW"):
            text = _member()
            partial = target.with_suffix(".partial")
            partial.write_text(_to_csv(text))
            partial.rename(target)
    return target


def _member():
    folder = Path(tempfile.mkdtemp(prefix="cdnow"))
    try:
        pip = [python_env.python(), "-m", "pip", "download", "-q", "--no-deps"]
        log = settings.logs() / "cdnow.log"
        words = [*pip, "--only-binary", ":all:", "-d", str(folder), PACKAGE]
        progress.run(words, log, "pip download")
        content = next(folder.glob("*.whl")).read_bytes()
    finally:
        shutil.rmtree(folder)
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise Stop(f"{PACKAGE} is not the file that was expected (wrong checksum)")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(MEMBER).decode()


def _to_csv(text):
    """Customer, date and amount; the number of CDs is left out."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["customer", "date", "amount"])
    for line in text.splitlines()[1:]:
        customer, day, _count, amount = line.split()
        writer.writerow([customer, day, amount])
    return stream.getvalue()


if __name__ == "__main__":
    progress.say(str(fetch()))
