"""Why a segmentation does not cover a counterparty, in words.

The population of a classification is decided by SQL in ``classification.py``; here the
same is told of one counterparty. A test holds the two equal.
"""


def reasons_not_covered(segmentation, partner):
    """What keeps a counterparty out of a published segmentation.

    :param segmentation: a published crm.segmentation record
    :param partner: the counterparty, as the segmentation's unit wants it
    :return: list of dictionaries with ``code`` and ``text``; empty if it is covered
        as far as its own data tell, see ``never_bought``
    """
    env = segmentation.env
    partner = partner.sudo()
    spec = segmentation.sudo().spec
    words = {
        "archived": env._("it is archived"),
        "own_company": env._("it is one of our own companies"),
        "own_user": env._("it is a user of ours, not a customer"),
        "other_company": env._("it belongs to another company of ours"),
        "not_a_person": env._("it is a company, and only persons are classified here"),
    }
    checks = {
        "archived": not partner.active,
        "own_company": partner in _own_companies(env),
        "own_user": any(not user.share for user in _users(partner)),
        "other_company": partner.company_id
        and partner.company_id.id != spec["company_id"],
        "not_a_person": spec["unit"] == "person" and partner.is_company,
    }
    found = [{"code": code, "text": words[code]} for code in checks if checks[code]]
    return found + _types_missing(env, spec, partner)


def _own_companies(env):
    companies = env["res.company"].sudo().with_context(active_test=False)
    return companies.search([]).partner_id


def _users(partner):
    return partner.with_context(active_test=False).user_ids


def _types_missing(env, spec, partner):
    """Whether its types are not those that are classified."""
    wanted = env["crm.counterparty.type"].sudo().browse(spec["type_ids"]).exists()
    have = partner.with_context(active_test=False).counterparty_type_ids
    if not spec["type_ids"] or have & wanted:
        return []
    names = ", ".join(wanted.mapped("name"))
    if have:
        return [
            {
                "code": "other_type",
                "text": env._(
                    "its type is %(types)s, and only %(wanted)s are classified here",
                    types=", ".join(have.mapped("name")),
                    wanted=names,
                ),
            }
        ]
    if spec["untyped_buyers"]:
        text = env._(
            "it has no type and has not bought anything yet; only %(wanted)s and "
            "buyers without a type are classified here",
            wanted=names,
        )
        return [{"code": "never_bought", "text": text}]
    text = env._("it has no type, and only %(wanted)s are classified", wanted=names)
    return [{"code": "no_type", "text": text}]
