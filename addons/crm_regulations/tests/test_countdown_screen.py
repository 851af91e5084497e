from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestCountdownScreen(HttpCase):
    def test_counting(self):
        """The part of the countdown that runs in the browser, counted by Hoot."""
        suite = self._hash("@crm_regulations/counting")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    def _hash(self, name):
        """How Hoot names a suite."""
        found = 0
        for character in name:
            found = ((found << 5) - found + ord(character)) & 0xFFFFFFFF
        return f"{found:08x}"
