import hashlib
import json
import logging

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...core.scheme import QUANTILE, Scheme
from ...core.spec import measured
from ...engine.classification import Classification
from ...engine.refreshing import horizon

# Tells our advisory locks from those of others; the second key is the segmentation.
LOCK_SPACE = 0x43524D53
# How often a conflict with somebody else's transaction is tried again.
ATTEMPTS = 3
# How long the nightly pass waits for another one, at each attempt.
PATIENCE = "60s"
_logger = logging.getLogger(__name__)


class CrmSegmentation(models.Model):
    """Publishing, previewing and classifying."""

    _inherit = "crm.segmentation"

    def action_publish(self):
        """Put the rule as it stands into force and classify by it.

        :return: True
        :raises UserError: the rule is incomplete; the message names what is missing
        """
        self._require_coordinator()
        for segmentation in self:
            segmentation._check_complete()
            segmentation._publish()
        return True

    def classify(self):
        """Give every covered counterparty its category by the published rule.

        :return: ``{"changed": n}``, the number of counterparties that moved
        :raises UserError: a segmentation is not published, or is being classified
            by somebody else at this moment
        """
        self._require_coordinator()
        return {
            "changed": sum(segmentation._classify("request") for segmentation in self)
        }

    def preview(self):
        """Who would move if the rule as it stands were published now.

        :return: ``{"token": text, "rows": [{"from_id", "to_id", "count", "amount"}]}``;
            ids are False for no category, ``amount`` is monthly turnover in company
            currency; the token changes when rule, day or result do
        """
        self._require_one()
        self._require_coordinator()
        self._check_complete()
        spec = self._compile()
        rows = [
            {
                "from_id": now or False,
                "to_id": after or False,
                "count": count,
                # Sums of fractions differ with the order of the rows.
                "amount": round(amount or 0.0, 2),
            }
            for now, after, count, amount in self._classification(
                spec, at_once=True
            ).matrix()
        ]
        content = json.dumps([spec, str(fields.Date.today()), rows], sort_keys=True)
        return {
            "token": hashlib.sha256(content.encode()).hexdigest()[:16],
            "rows": rows,
        }

    def action_preview(self):
        """The button of :meth:`preview`: the matrix now → after."""
        self.ensure_one()
        previews = self.env["crm.segmentation.preview"]
        return previews._make(self, self.preview())._open()

    def action_classify(self):
        """The button of :meth:`classify`: says how many moved."""
        changed = self.classify()["changed"]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s changed category.", count=changed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_classify(self):
        """Classify by every published rule; each is committed before the next.

        A rule that fails is logged and stops nobody else's.
        """
        # Whoever was left over when time was up comes first in the next call.
        todo = self.search([("state", "=", "published")], order="last_run, id")
        todo._one_by_one(lambda segmentation: segmentation._classify_when_free())

    def _classify_when_free(self):
        """The nightly pass is not left out because another one runs at its hour."""
        if not self._try_lock():
            # Whoever never ends must not hold back the other segmentations.
            self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", PATIENCE))
            self.env.cr.execute(
                SQL("SELECT pg_advisory_xact_lock(%s, %s)", LOCK_SPACE, self.id),
                log_exceptions=False,
            )
            # Only a new transaction sees what the other one has done.
            raise LockNotAvailable("Another run has just ended.")
        self._classify("nightly")

    def _one_by_one(self, work):
        """Do something for each segmentation; each is committed before the next.

        :param work: function of one segmentation; an error in it is logged and stops
            nobody else, a conflict with somebody else's transaction is tried again
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(self))
        for segmentation in self:
            for attempt in range(ATTEMPTS):
                try:
                    with self.env.cr.savepoint():
                        work(segmentation)
                    break
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    # Only a new transaction sees what the other one has done.
                    self.env.cr.rollback()
                    _logger.info("Segmentation %s: try %s", segmentation.id, attempt)
                except Exception:
                    _logger.exception(
                        "Segmentation %s was not classified", segmentation.id
                    )
                    break
            if not cron._commit_progress(1):
                break

    def _publish(self):
        spec = self._compile()
        version = self.version + 1
        self.sudo().write({"spec": spec, "version": version, "state": "published"})
        self.env["crm.segmentation.version"].sudo().create(
            {
                "segmentation_id": self.id,
                "version": version,
                "spec": spec,
                "rule": self.rule,
                "user_id": self.env.uid,
            }
        )
        # What is held back is decided at once: the new rule starts with a clean slate.
        self._classify("publish", at_once=True)
        # The new rule may read documents that nobody watched before.
        self.env.registry.clear_cache()

    def _classify(self, cause, **options):
        """Classify by the published rule and write what differs.

        :param cause: kept on the movements
        :param options: see :class:`Classification`: ``at_once``, ``confirmed``,
            ``partner_ids``
        :return: number of counterparties whose category in force changed
        """
        self._require_published()
        self._lock()
        mark = horizon(self.env)
        classification = self.sudo()._classification(self.spec, **options)
        changed = classification.apply(cause, self.version)
        if options.get("partner_ids") is None:
            self.sudo().last_run = fields.Datetime.now()
            self._set_refresh_mark(mark)
        self.env.invalidate_all()
        return changed

    def _classification(self, spec, **options):
        # Documents, lines and partners of this transaction count as well.
        self.env.flush_all()
        return Classification(self.env, self.id, spec, fields.Date.today(), **options)

    def _compile(self):
        """The rule as it stands, as the engine reads it and versions keep it."""
        self.ensure_one()
        scheme = Scheme(
            tuple(s._to_core() for s in self.segment_ids.sorted("sequence"))
        )
        codes = measured(scheme)
        return {
            "company_id": self.company_id.id,
            "unit": self.unit,
            "type_ids": sorted(self.counterparty_type_ids.ids),
            "untyped_buyers": self.untyped_buyers,
            "categories": scheme.to_json(),
            "metrics": self.env["crm.metric"]._definitions(codes),
            "low_is_better": self._low_is_better(scheme),
            "stability": self._stability().to_json(),
            "outlook_margin": self.outlook_margin,
        }

    def _low_is_better(self, scheme):
        """Metrics that are ranked from the biggest down: less is better."""
        ranked = {metric for metric, basis in scheme.relative() if basis == QUANTILE}
        criteria = self.segment_ids.criterion_ids
        return sorted(
            metric.code
            for metric in criteria.metric_id
            if metric.code in ranked and metric.better == "low"
        )

    def _try_lock(self):
        """Whether nobody else is classifying; keeps others away until the commit."""
        rows = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_SPACE, self.id)
        )
        return rows[0][0]

    def _lock(self):
        """One run at a time: a second one is told so instead of waiting."""
        if not self._try_lock():
            raise UserError(
                self.env._(
                    "crm_segmentation.running: %(name)s is being classified right now. "
                    "Try again in a minute.",
                    name=self.name,
                )
            )
