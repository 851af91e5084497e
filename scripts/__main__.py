"""The targets of the Makefile: ``python3 scripts run``, ``python3 scripts test`` ...

Only the standard library is imported here and in the files beside this one, because
nothing else is there yet on a fresh machine.
"""

import argparse
import sys

import commands
from progress import Stop, say


def main(argv):
    """Run one target.

    :param argv: the words after ``python3 scripts``: the target and its arguments
    :return: the exit status, 0 when the target did its work
    """
    parser = argparse.ArgumentParser(prog="make", description=__doc__.splitlines()[0])
    parser.add_argument("target", choices=sorted(commands.TARGETS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    try:
        return commands.TARGETS[options.target](options.arguments) or 0
    except Stop as stop:
        say(f"\n{options.target} stopped: {stop}")
        say("What is done so far is kept; the next call goes on from there.")
        return 1
    except KeyboardInterrupt:
        say(f"\n{options.target} was interrupted; the next call goes on from there.")
        return 130
    except OSError as error:
        say(f"\n{options.target} stopped: {error}")
        say("What is done so far is kept; the next call goes on from there.")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
