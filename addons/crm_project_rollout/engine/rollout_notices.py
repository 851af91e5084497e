"""Letters to coordinators about CRM projects that go off course: each thing once."""

from datetime import timedelta

from markupsafe import Markup

from odoo.addons.crm_regulations.engine.internal_letters import InternalLetters
from odoo.addons.crm_regulations.engine.telling import Hours

# What is right again and goes wrong anew is news, but not every other day.
QUIET = timedelta(days=14)


def due(env, rollouts, now):
    """Whose coordinator may be told now: works here, and it is working time.

    :param env: superuser environment
    :param rollouts: running ``crm.rollout`` records
    :param now: naive UTC instant
    :return: ``crm.rollout`` records
    """
    told = rollouts.filtered(
        lambda rollout: (
            rollout.coordinator_id.active
            and rollout.company_id in rollout.coordinator_id.company_ids
        )
    )
    hours = Hours(env, now)
    hours.prepare([(line.coordinator_id, line.company_id) for line in told])
    return told.filtered(
        lambda rollout: hours.when(rollout.coordinator_id, rollout.company_id) <= now
    )


def send(rollout, now):
    """Tell the coordinator of one CRM project what is new; nothing if nothing is.

    A date that slips further is the same thing until it has another color; one that
    was on time again and slips anew is told again, :data:`QUIET` after the last letter.

    :param rollout: one ``crm.rollout`` record with full rights
    :param now: naive UTC instant
    """
    coordinator = rollout.coordinator_id
    rollout = rollout.with_context(
        lang=coordinator.lang or "en_US", tz=coordinator.tz or "UTC"
    )
    _color, reasons = rollout._judge_health(now.date())[rollout]
    keys = {f"{reason.code}:{reason.color}:{reason.name}": reason for reason in reasons}
    notices = rollout.env["crm.rollout.notice"]
    held = {(reason.code, reason.name) for reason in reasons}
    notices._forget(rollout, held, now - QUIET)
    new = notices._remember(rollout, keys, now)
    lines = [rollout._reason_in_words(keys[key]) for key in keys if key in new]
    if not lines:
        return
    letters = InternalLetters(rollout.env)
    letters.tell(
        coordinator,
        rollout.company_id,
        rollout.env._("“%(rollout)s” needs you", rollout=rollout.name),
        _body(rollout, lines, letters.base_url),
    )
    letters.queue()


def _body(rollout, lines, base_url):
    items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
    return Markup("<p>%s</p><ul>%s</ul><p><a href='%s'>%s</a></p>") % (
        rollout.env._("New since the last letter:"),
        items,
        f"{base_url}/odoo/crm-rollouts/{rollout.id}",
        rollout.name,
    )
