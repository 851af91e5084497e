"""Upgrade and uninstall, in a company that has worked with the addons."""

import os
import subprocess

import pytest

import odoo_cli
import settings
from footprint import Footprint
from odoo_server import own_copy

UNINSTALL = tuple(reversed(settings.ADDONS))
# A company's daily work with everything that the addons can write.
_WORK = """
from odoo import Command, fields
env = env(user=env.ref("base.user_admin"))
example = env.ref("crm_segmentation.segmentation_method_example")
client = env.ref("crm_segmentation.type_client")
partner = env["res.partner"].create({
    "name": "Clinic", "is_company": True, "email": "clinic@example.com",
    "counterparty_type_ids": [Command.link(client.id)], "customer_since": "2015-01-01",
})
env["crm.turnover.line"].create({"partner_id": partner.id, "amount": 5})
example.action_publish()
example.set_override(partner.id, example.segment_ids[0].id, "A friend of the house")
regulation = env.ref("crm_regulations.regulation_materials_2h")
regulation.mode = "remind"
regulation.action_publish()
request = env.ref("crm_segmentation.interaction_type_materials_request")
lead = env["crm.lead"].create({"name": "Analyser", "partner_id": partner.id})
talks = env["crm.interaction"].create([
    {"type_id": request.id, "partner_id": partner.id, "lead_id": lead.id, "date": date}
    for date in (fields.Datetime.now(), "2026-03-11 10:00:00")
])
env.cr.flush()
assert env["crm.obligation"].search_count([]) == 2, "no promises were made"
talks[0].message_post(body="About the prices")
talks[0].activity_schedule("mail.mail_activity_data_todo", user_id=env.uid)
env["crm.obligation"].sudo()._sweep_batch(fields.Datetime.now())
env["crm.obligation"].search([])[0].fulfil("By hand")
rollout = env["crm.rollout"].browse(env["crm.rollout"].create_from_template(
    env.ref("crm_project_rollout.template_light").id,
    {"sponsor_id": env.uid},
))
papers = rollout.stage_ids.criterion_ids.filtered(lambda line: line.kind == "document")
papers.write({"document": "cGFwZXI=", "document_name": "paper.txt"})
rollout.stage_id.decide("conditional", "Nearly", ["Name a deputy"])
rollout.message_post(body="It begins")
env.cr.commit()
"""
# Where the company's own records stay, and what Odoo notes of every addon's coming and
# going.
KEPT = {
    "bus_bus", "crm_lead", "ir_cron_trigger", "mail_alias", "mail_followers",
    "mail_followers_mail_message_subtype_rel", "mail_message", "mail_tracking_value",
    "orm_signaling_registry", "project_milestone", "project_project", "project_task",
    "project_task_type", "project_task_type_rel", "project_task_user_rel",
    "res_partner",
}  # fmt: skip


@pytest.fixture(scope="module")
def database():
    """A database of its own with the three addons and no demo data."""
    with own_copy(os.environ["CRM_TEST_FRESH"], "lifecycle") as name:
        yield name


@pytest.fixture(scope="module")
def upgraded(database, tmp_path_factory):
    """The log of an upgrade of the three addons after some work with them."""
    folder = tmp_path_factory.mktemp("upgrade")
    odoo_cli.shell(database, _WORK, folder / "work.log")
    log = folder / "upgrade.log"
    odoo_cli.call(database, "-u", ",".join(settings.ADDONS), log=log, strict=False)
    return log


@pytest.fixture(scope="module", params=["one after the other", "all at once"])
def uninstalled(request, database, upgraded, tmp_path_factory):
    """A database without the addons any more, and the logs of uninstalling them."""
    at_once = request.param == "all at once"
    folder = tmp_path_factory.mktemp("uninstall")
    with own_copy(database, "at_once" if at_once else "one_by_one") as name:
        yield (
            name,
            [
                _uninstall(name, addon, folder / f"{addon}.log")
                for addon in (settings.ADDONS[:1] if at_once else UNINSTALL)
            ],
        )


def _uninstall(database, addon, log):
    with open(log, "w") as stream:
        subprocess.run(
            odoo_cli.command("module", "uninstall", "-d", database, addon),
            env=odoo_cli.environment(),
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return log


@pytest.fixture(scope="module")
def left(uninstalled):
    """What the database holds afterwards."""
    return Footprint(uninstalled[0])


@pytest.fixture(scope="module")
def base():
    """What a database holds that never had our addons."""
    return Footprint(os.environ["CRM_TEST_BASE"])


def test_upgrade_is_silent(upgraded):
    assert odoo_cli.troubles(upgraded) == []


def test_upgrade_keeps_the_work(database, upgraded):
    rows = Footprint(database).rows
    assert len(rows["crm_obligation"]) == 2
    assert len(rows["crm_rollout_decision"]) == 1
    assert len(rows["crm_segment_membership"]) == 1


def test_uninstall_is_silent(uninstalled):
    troubles = {log.stem: odoo_cli.troubles(log) for log in uninstalled[1]}
    assert not any(troubles.values()), troubles


def test_uninstall_leaves_the_schema_as_it_was(left, base):
    assert left.new_objects(base) == []
    assert left.lost_objects(base) == []


def test_uninstall_leaves_no_row_of_ours(left, base):
    """No action, cron, group, menu, parameter, rule, sequence, view, external id …"""
    assert left.new_rows(base, apart_from=KEPT) == {}


def test_uninstall_leaves_no_name_of_ours(left):
    """Also in the company's own records and in rows that Odoo had before."""
    names = ("crm.interaction", "crm.obligation", "crm.rollout", "crm.segment",
             "crm.regulation", "crm.turnover", "crm.counterparty")  # fmt: skip
    found = {
        table: text
        for table, rows in left.rows.items()
        for text in rows.values()
        if table != "ir_module_module" and any(f'"{name}' in text for name in names)
    }
    assert found == {}
