"""What our models raise besides Odoo's own exceptions."""

from odoo.exceptions import UserError


class PromiseHinders(UserError):
    """Something is refused because a promise is open.

    A plain user error for programs. The web client finds an action in the context and
    offers it as a button, see ``static/src/blocking``.

    :param message: what is missing, for whom, by when
    :param action: an action that opens what is missing; None for none
    :param button: what the button says
    """

    def __init__(self, message, action=None, button=""):
        super().__init__(message)
        self.context = {"action": action, "button": button} if action else {}
