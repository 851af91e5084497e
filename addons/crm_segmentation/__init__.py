from .hooks import uninstall_hook
from . import models
from . import wizards
from . import reports
