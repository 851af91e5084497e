from . import core, engine, models, wizards
from .hooks import uninstall_hook
