"""What the demo company has prepared for stage 6, and a second CRM project.

The second company of the group has only begun, so that the portfolio has two rows.
"""

from datetime import timedelta

from odoo import Command, fields


def prepare(rollout):
    """Loads, trainings, the trial run and the first day of the demo's CRM project.

    :param rollout: the ``crm.rollout``, as its coordinator
    """
    env = rollout.env
    ours = {"rollout_id": rollout.id}
    coordinator, sponsor = rollout.coordinator_id, rollout.sponsor_id
    sales = env.ref("crm_segmentation.demo_user_sales")
    _loads(env, ours, coordinator, sales)
    _training(env, ours, coordinator, sales + sponsor)
    env["crm.rollout.trial"].with_user(sales).create(
        [
            {
                **ours,
                "name": "A call from a mobile phone finds the wrong doctor",
                "severity": "1_blocker",
                "user_id": coordinator.id,
            },
            {
                **ours,
                "name": "The letter after the meeting has no signature",
                "severity": "2_major",
                "user_id": coordinator.id,
                "state": "solved",
                "solution": "Signature added to the template",
            },
            {
                **ours,
                "name": "The list of clinics is sorted by date",
                "severity": "3_minor",
                "state": "dropped",
                "solution": "Everybody sorts it the own way",
            },
        ]
    )
    _first_day(env, ours, coordinator, sales)


def _loads(env, ours, coordinator, sales):
    client, dealer = (
        env.ref(f"crm_segmentation.type_{code}") for code in ("client", "dealer")
    )
    clients, _dealers = env["crm.rollout.load"].create(
        [
            {
                **ours,
                "name": "Clients with addresses",
                "source": "Accounting, list of 30 June",
                "counterparty_type_id": client.id,
                "expected_count": 0,
                "user_id": coordinator.id,
            },
            {
                **ours,
                "name": "Dealers with territories",
                "source": "Table of the head of sales",
                "counterparty_type_id": dealer.id,
                "expected_count": 12,
                "user_id": sales.id,
            },
        ]
    )
    clients.expected_count = clients.loaded_count
    clients.action_sign()


def _training(env, ours, coordinator, people):
    training = env["crm.rollout.training"].create(
        {
            **ours,
            "name": "Logging a talk and what was agreed",
            "role": "sales",
            "trainer_id": coordinator.id,
            "date": fields.Datetime.now() - timedelta(days=9),
            "hours": 2,
            "participant_ids": [
                Command.create({"user_id": person.id}) for person in people
            ],
        }
    )
    training.mark(people[:1].ids, True, "passed")


def _first_day(env, ours, coordinator, sales):
    day = fields.Datetime.now() + timedelta(days=40)
    env["crm.rollout.cutover"].create(
        [
            {
                **ours,
                "sequence": 1,
                "name": "Close the old customer table for changes",
                "user_id": coordinator.id,
                "date": day,
                "check": "It opens read-only",
                "way_back": "Open it again; changes are noted on paper until noon",
            },
            {
                **ours,
                "sequence": 2,
                "name": "Switch the telephone exchange to the CRM",
                "user_id": coordinator.id,
                "date": day + timedelta(hours=1),
                "check": "A test call appears with the right doctor",
                "way_back": "The exchange rings as before without the CRM",
            },
            {
                **ours,
                "sequence": 3,
                "name": "Every salesperson logs the first talk",
                "user_id": sales.id,
                "date": day + timedelta(hours=3),
            },
        ]
    )


def begin_elsewhere(env, template):
    """A CRM project in the second company, in its first stage.

    :param env: an environment with full rights
    :param template: the ``crm.rollout.template``
    :return: the ``crm.rollout``
    """
    company = env.ref("crm_segmentation.demo_company_service")
    coordinator = env.ref("crm_segmentation.demo_user_coordinator2")
    Rollout = env(context={**env.context, "allowed_company_ids": company.ids})[
        "crm.rollout"
    ].with_user(coordinator)
    return Rollout.browse(
        Rollout.create_from_template(
            template.id,
            {
                "name": "Service: no request forgotten",
                "sponsor_id": env.ref("base.user_admin").id,
                "company_id": company.id,
            },
        )
    )
