"""What the collector of changes costs models that nobody watches."""

from odoo.addons.crm_segmentation.models.base import Base

from bench import ratio

RECORDS = 500
_HOOKS = ("modified", "write", "_compute_field_value", "unlink")


def run(env):
    """Create, write and delete records, with the hooks of the collector and without."""
    watched = env["crm.tag"]._watched()
    assert watched is None, "somebody watches the model of the benchmark"

    def work():
        tags = env["crm.tag"].create(
            [{"name": f"Benchmark {number}"} for number in range(RECORDS)]
        )
        env.flush_all()
        for color in range(3):
            for tag in tags:
                tag.color = color
        env.flush_all()
        tags.unlink()

    def without():
        hooks = {name: Base.__dict__[name] for name in _HOOKS}
        try:
            for name in _HOOKS:
                delattr(Base, name)
            work()
        finally:
            for name, hook in hooks.items():
                setattr(Base, name, hook)

    title = f"create, write and delete {RECORDS} records that nobody watches"
    yield ratio(title, work, without, goal=1.1, rounds=25)
