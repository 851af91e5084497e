"""The settings of the tools agree with each other, and every addon is a package."""

import pathlib
import re

import docutils.core

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PIN = re.compile(r'"([\w-]+==[\d.]+)"')


def test_editors_use_the_versions_of_make_lint():
    hooks = PIN.findall((REPOSITORY / ".pre-commit-config.yaml").read_text())
    assert hooks
    assert set(hooks) == set(PIN.findall((REPOSITORY / "pyproject.toml").read_text()))


def test_every_addon_is_a_package():
    manifests = list(REPOSITORY.glob("addons/*/__manifest__.py"))
    assert manifests
    for manifest in manifests:
        package = (manifest.parent / "pyproject.toml").read_text()
        assert 'build-backend = "whool.buildapi"' in package


def test_every_readme_is_sound():
    """Odoo renders it on the page of the app."""
    for readme in REPOSITORY.glob("addons/*/README.rst"):
        docutils.core.publish_string(
            readme.read_text(), settings_overrides={"halt_level": 2}
        )
