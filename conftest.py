"""A test that was skipped proves nothing, so it makes the run fail.

Without its web server, pytest-odoo skips every browser test and reports success.
"""

import freezegun
import pytest

# Or the slowest tests would be those that began in a frozen time.
freezegun.configure(extend_ignore_list=["_pytest.timing"])


class SkippedTests:
    """Remembers what was skipped, names it at the end and spoils the exit status."""

    def __init__(self):
        self.reasons = {}

    def pytest_runtest_logreport(self, report):
        # An expected failure is reported as skipped, too, but it did run.
        if report.skipped and not hasattr(report, "wasxfail"):
            self.reasons[report.nodeid] = _reason(report)

    def pytest_collectreport(self, report):
        if report.skipped:
            self.reasons[report.nodeid] = _reason(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if self.reasons and exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.reasons:
            terminalreporter.section("skipped, which is a failure here", red=True)
            for nodeid, reason in self.reasons.items():
                terminalreporter.line(f"{nodeid}: {reason}")


def pytest_configure(config):
    """Watch for skipped tests, unless this process is a worker of another one."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SkippedTests(), "skipped-tests")


def _reason(report):
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
