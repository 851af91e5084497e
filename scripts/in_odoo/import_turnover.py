"""Loads a list of purchases; `make import` feeds this to odoo shell, which has `env`.

What is loaded is committed batch by batch: killed half-way, the next call goes on.
"""

import os
import pathlib
import sys
import time

from odoo.exceptions import UserError


def main(env):
    """Load the file that CRM_IMPORT_FILE names into the demo company.

    :return: the exit status
    """
    path = pathlib.Path(os.environ["CRM_IMPORT_FILE"])
    shift = os.environ.get("SHIFT", "") not in ("", "0")
    company = env.ref("crm_segmentation.demo_company", raise_if_not_found=False)
    company = company or env.ref("base.main_company")
    wizard = env(context={"allowed_company_ids": company.ids})["crm.turnover.import"]
    print(f"  … checking {path.name}", flush=True)
    try:
        loader = wizard._prepare(
            path.read_bytes(),
            os.environ.get("CRM_IMPORT_ORIGIN") or path.stem,
            shift=shift,
            as_companies=not os.environ.get("CRM_IMPORT_PERSONS"),
        )
        result = _load(env, loader, shift)
    except UserError as error:
        env.cr.rollback()
        print(error, flush=True)
        return 1
    print(
        "  ✓ {lines} purchases of {customers} customers: {new_lines} purchases and "
        "{new_customers} customers are new, {changed} changed category "
        "({seconds:.0f} s, dates moved by {shift_days} days)".format(**result),
        flush=True,
    )
    return 0


def _load(env, loader, shift):
    started = time.monotonic()

    def after_batch(done, total):
        env.cr.commit()
        print(f"  … {done} of {total} purchases", flush=True)

    result = loader.load(shift=shift, after_batch=after_batch)
    print("  … classifying", flush=True)
    result["changed"] = loader.classify()
    env.cr.commit()
    return {**result, "seconds": time.monotonic() - started}


sys.exit(main(env))  # noqa: F821, odoo shell provides it
