"""Fixtures of the black-box tests: the demo company's server, people on its wires."""

import contextlib
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scripts"))

# pylint: disable=wrong-import-position
from clients import Refused  # noqa: E402
from odoo_server import Server, own_copy  # noqa: E402


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """A server on a copy of the demo company; its log must be clean at the end."""
    with own_copy(os.environ["CRM_TEST_DEMO"], "served") as database:
        with Server(database, tmp_path_factory.mktemp("served")) as server:
            yield server
        assert not server.troubles(), "\n".join(server.troubles())


@pytest.fixture(params=["XML-RPC", "JSON-2"])
def person(request, served):
    """A function of a login that gives that person's client, over each wire in turn."""
    wire = served.xml_rpc if request.param == "XML-RPC" else served.json_2
    known = {}

    def log_in(login):
        if login not in known:
            known[login] = wire(login)
        return known[login]

    return log_in


@pytest.fixture
def refused():
    """A context that wants a refusal: one of some codes of ours or kinds of Odoo's."""

    @contextlib.contextmanager
    def expect(*wanted):
        with pytest.raises(Refused) as caught:
            yield caught
        answer = caught.value
        assert {answer.code, answer.kind} & set(wanted), answer.message

    return expect
