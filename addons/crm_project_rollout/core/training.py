"""Who can do the work: the share of people who have passed, in the weakest role."""


def trained_percent(workers, roles):
    """Say how much of a company is trained.

    A role counts by itself, because nine trained salespeople do not replace an
    untrained service desk. Those who work with customers and were not even invited
    count in the whole.

    :param workers: ids of the people who should work in the system
    :param roles: ``{role: {person id: whether the person has passed}}``
    :return: percent of the weakest role or of the whole, whichever is less; None when
        there is nobody to train
    """
    passed = {
        person
        for people in roles.values()
        for person, is_passed in people.items()
        if is_passed
    }
    everybody = set(workers).union(*roles.values())
    shares = [
        100 * sum(people.values()) / len(people) for people in roles.values() if people
    ]
    if everybody:
        shares.append(100 * len(passed) / len(everybody))
    return min(shares, default=None)
