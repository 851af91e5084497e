"""docker-compose.yml without a container engine: its schema and all that it names."""

import configparser
import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest
import yaml

from odoo.tools import config

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
COMPOSE = REPOSITORY / "docker-compose.yml"
INIT = REPOSITORY / "config" / "docker-init.sh"
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:[-?][^}]*)?\}")


@pytest.fixture(scope="module")
def compose():
    """The compose file as Python data, its variables not yet replaced."""
    return yaml.safe_load(COMPOSE.read_text())


@pytest.fixture
def run_init(tmp_path):
    """Runs docker-init.sh with programs that note how they are called.

    :return: a function of the database's mark, of the addons without demo data and of
        the word on which Odoo fails; it gives the exit status and the calls in order
    """
    calls = tmp_path / "calls"
    calls.touch()

    def program(name, body):
        path = tmp_path / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >> {calls}\n{body}\n')
        path.chmod(0o755)
        return path

    def run(mark="", lacking="", fail_on="nothing"):
        answers = f"*shobj*) echo '{mark}';; *string_agg*) echo '{lacking}';;"
        program("psql", f"case $* in {answers} esac")
        odoo = program("entrypoint", f"[[ $* != *{fail_on}* ]]")
        done = subprocess.run(
            ["bash", str(INIT)],
            check=False,
            env={
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "ENTRYPOINT": str(odoo),
                "HOST": "db",
                "USER": "odoo",
                "PASSWORD": "secret",
            },
        )
        return done.returncode, calls.read_text()

    return run


def test_follows_the_specification(compose):
    schema = json.loads((REPOSITORY / "tests/schema/compose-spec.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(compose)


def test_a_wrong_file_would_be_found(compose):
    schema = json.loads((REPOSITORY / "tests/schema/compose-spec.json").read_text())
    wrong = {**compose, "services": {"odoo": {"imgae": "odoo:19.0"}}}
    with pytest.raises(jsonschema.ValidationError, match="imgae"):
        jsonschema.Draft202012Validator(schema).validate(wrong)


def test_every_host_path_exists(compose):
    volumes = [
        volume.split(":")
        for service in compose["services"].values()
        for volume in service["volumes"]
    ]
    paths = {source for source, *_ in volumes if source.startswith(".")}
    names = {source for source, *_ in volumes} - paths
    assert paths and all((REPOSITORY / path).exists() for path in paths)
    assert names == set(compose["volumes"])


def test_every_variable_stands_in_the_example():
    used = {name for name, _default in VARIABLE.findall(COMPOSE.read_text())}
    example = (REPOSITORY / ".env.example").read_text()
    assert used == set(re.findall(r"^(\w+)=", example, re.M))


def test_a_missing_password_is_refused():
    """An empty one, too: the example can be copied but not used as it is."""
    ways = VARIABLE.findall(COMPOSE.read_text())
    passwords = [default for name, default in ways if name == "POSTGRES_PASSWORD"]
    assert passwords and all(default.startswith(":?") for default in passwords)
    assert "\nPOSTGRES_PASSWORD=\n" in (REPOSITORY / ".env.example").read_text()


def test_everything_else_has_a_default():
    for name, default in VARIABLE.findall(COMPOSE.read_text()):
        assert default, name


def test_services_wait_for_what_they_need(compose):
    services = compose["services"]
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            healthy = wait["condition"] == "service_healthy"
            assert healthy == ("healthcheck" in services[name])
    assert set(services["odoo"]["depends_on"]) == {"db", "init"}


def test_installs_what_make_run_installs(monkeypatch):
    monkeypatch.syspath_prepend(str(REPOSITORY / "scripts"))
    import databases
    import settings

    names = dict(re.findall(r"^(\w+)=(\S+)$", INIT.read_text(), re.M))
    assert names["addons"].split(",") == list(settings.ADDONS)
    assert names["dependencies"] == databases.DEPENDENCIES
    assert names["languages"] == databases.LANGUAGES
    for addon in settings.ADDONS:
        assert (REPOSITORY / "addons" / addon / "__manifest__.py").exists()


def test_served_database_is_the_one_that_is_made(compose):
    database = re.search(r"^database=(\S+)$", INIT.read_text(), re.M)[1]
    assert f"--database={database}" in compose["services"]["odoo"]["command"]


def test_first_start_installs_and_marks_last(run_init):
    status, calls = run_init()
    order = ["shobj", "--init=cal", "UPDATE", "--with-demo", "string_agg"]
    order += ["'report.url', 'http://localhost:8069'", "COMMENT"]
    found = [calls.find(word) for word in order]
    assert status == 0 and -1 not in found and found == sorted(found)


def test_later_start_only_looks(run_init):
    status, calls = run_init(mark="ready")
    assert status == 0 and "entrypoint" not in calls


@pytest.mark.parametrize("word", ["--init=calendar", "--with-demo"])
def test_failed_install_leaves_no_mark(run_init, word):
    status, calls = run_init(fail_on=word)
    assert status != 0 and "COMMENT" not in calls


def test_company_without_demo_data_gets_no_mark(run_init):
    status, calls = run_init(lacking="crm_regulations")
    assert status != 0 and "COMMENT" not in calls


def test_odoo_knows_every_option():
    parser = configparser.RawConfigParser()
    parser.read(REPOSITORY / "config" / "odoo.conf")
    assert parser.sections() == ["options"]
    for name, value in parser.items("options"):
        assert config.options_index[name].file_loadable, name
        config.parse(name, value)


def test_odoo_knows_every_variable(compose):
    known = {option.env_name for option in config.options_index.values()}
    given = compose["x-odoo"]["environment"]
    assert {name for name in given if name.startswith("ODOO_")} <= known


def test_configuration_leaves_the_machine_to_the_environment(compose):
    """What differs between the ways to run must not be fixed for all of them."""
    parser = configparser.RawConfigParser()
    parser.read(REPOSITORY / "config" / "odoo.conf")
    by_environment = {"addons_path", "data_dir", "db_host", "db_name", "db_password"}
    by_environment |= {"db_port", "db_user", "gevent_port", "http_port"}
    assert by_environment.isdisjoint(dict(parser.items("options")))
