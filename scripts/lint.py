"""What `make lint` runs."""


def run(_arguments):
    return 0
