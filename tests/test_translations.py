"""Russian and Ukrainian are complete, and the templates hold today's terms."""

import os
import pathlib
import re
import subprocess
import sys

import polib
import pytest

ADDONS = pathlib.Path(__file__).resolve().parent.parent / "addons"
NAMES = sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdg]|\$\{[^}]*\}|<[^>]+>")


def _terms(path):
    return {entry.msgid: entry for entry in polib.pofile(str(path)) if entry.msgid}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The terms of the addons as they are installed now."""
    path = tmp_path_factory.mktemp("i18n") / "all.pot"
    words = ["i18n", "export", "-d", os.environ["CRM_TEST_FRESH"], "-o", str(path)]
    command = [sys.executable, "-m", "odoo", *words, *NAMES]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(_terms(path))


def test_templates_hold_the_terms_of_today(exported):
    kept = set().union(*(_terms(ADDONS / n / "i18n" / f"{n}.pot") for n in NAMES))
    assert exported == kept, "run: make i18n"


@pytest.mark.parametrize("language", ["ru", "uk"])
@pytest.mark.parametrize("name", NAMES)
def test_translation_is_complete(name, language):
    template = _terms(ADDONS / name / "i18n" / f"{name}.pot")
    translation = _terms(ADDONS / name / "i18n" / f"{language}.po")
    assert template.keys() == translation.keys()
    assert [term for term, entry in translation.items() if not entry.msgstr] == []
    assert [term for term, entry in translation.items() if entry.fuzzy] == []


@pytest.mark.parametrize("language", ["ru", "uk"])
@pytest.mark.parametrize("name", NAMES)
def test_translation_keeps_placeholders_and_tags(name, language):
    translation = _terms(ADDONS / name / "i18n" / f"{language}.po")
    spoilt = [
        term
        for term, entry in translation.items()
        if sorted(PLACEHOLDER.findall(term))
        != sorted(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert spoilt == []
