from odoo import api, fields, models

from odoo.addons.crm_segmentation.core.wire import is_id, is_text

from ..core.announcing import INFORMED, PERSONAL, PLANNED, figures
from ..engine.announcing import Recipients


class CrmAnnouncement(models.Model):
    """How an announcement goes: prepared, sent, followed until everybody knows."""

    _inherit = "crm.announcement"

    def action_prepare(self):
        """Freeze who is to be told and prepare the mailing; nothing is sent yet.

        :return: True; prepared already, nothing changes
        :raises UserError: no scope, nobody fits, a product is archived, no text
        """
        self._require_author()
        for announcement in self.filtered(lambda a: a.state != "prepared"):
            announcement._require_state("draft")
            announcement._refuse(announcement._problem())
            announcement._prepare()
        return True

    def _prepare(self):
        # Found with the rights of whoever prepares it, written by Odoo.
        if not Recipients(self).insert():
            self._refuse(
                (
                    "announcement_nobody",
                    self.env._(
                        "no customer fits. Choose more types, categories or territories"
                    ),
                )
            )
        everything = self.sudo()
        everything.write(
            {
                "state": "prepared",
                "date_prepared": fields.Datetime.now(),
                "mailing_id": everything._make_mailing().id,
            }
        )

    def _make_mailing(self):
        """The mailing to those who can be written to; empty if nobody can."""
        mailings = self.env["mailing.mailing"]
        rows = self.env["crm.announcement.recipient"]
        if not rows.search_count(self._mailed_domain(), limit=1):
            return mailings
        return mailings.create(
            {
                "subject": self.name,
                "mailing_type": "mail",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                # Not the ids: there may be tens of thousands.
                "mailing_domain": repr(
                    [("announcement_recipient_ids", "any", self._mailed_domain())]
                ),
                "body_arch": self.body,
                "body_html": self.body,
                "user_id": self.user_id.id,
                "use_exclusion_list": True,
            }
        )

    def _mailed_domain(self):
        return [("announcement_id", "=", self.id), ("is_mailed", "=", True)]

    def action_send(self):
        """Put the mailing into Odoo's queue and begin to count.

        :return: True
        :raises UserError: not prepared, sent already, the mailing was deleted, a
            product was archived
        """
        self._require_author()
        for announcement in self:
            announcement._require_state("prepared")
            announcement._refuse(
                announcement._product_problem() or announcement._mailing_problem()
            )
            # The mailing tells the announcement that it is on its way.
            announcement.sudo().mailing_id.action_put_in_queue()
            if announcement.state == "prepared":
                announcement.sudo()._start()
        return True

    def _start(self):
        """It is on its way: from now on customers are to be told; superuser."""
        for announcement in self.filtered(lambda a: a.state == "prepared"):
            Recipients(announcement).start()
            announcement.write(
                {"state": "running", "date_start": fields.Datetime.now()}
            )
            # These few begin promises, so the change is one that is heard.
            announcement.recipient_ids.search(
                [
                    ("announcement_id", "=", announcement.id),
                    ("way", "=", "personal"),
                    ("state", "=", PLANNED),
                ]
            ).write({"state": PERSONAL})

    def _on_its_way(self, state):
        """The mailing was put into the queue or has gone out; superuser.

        :param state: that of the mailing
        """
        self.filtered(lambda a: a.state == "prepared")._start()
        if state == "done":
            self._follow()

    def action_reset(self):
        """Back to the draft: the list of customers and the mailing are thrown away.

        :return: True
        :raises UserError: it was sent
        """
        self._require_author()
        for announcement in self:
            announcement._require_state("prepared", "draft")
            everything = announcement.sudo()
            everything.mailing_id.unlink()
            everything.recipient_ids.unlink()
            everything.write({"state": "draft", "date_prepared": False})
        return True

    def action_close(self):
        """Nothing more is done; what is not told stays as it is.

        :return: True
        """
        self._require_author()
        for announcement in self:
            announcement._require_state("running")
            announcement.sudo()._follow()
            announcement.sudo().write(
                {"state": "done", "date_done": fields.Datetime.now()}
            )
        return True

    def action_refresh(self):
        """Read now what became of the letters.

        :return: True
        """
        self.check_access("read")
        self.sudo()._follow()
        return True

    def _follow(self):
        """Read what became of the letters and see whether enough are told."""
        running = self.filtered(lambda a: a.state == "running")
        for announcement in running:
            Recipients(announcement).follow()
        running._settle_target()

    def _settle_target(self):
        counts = self._counts()
        for announcement in self:
            found = figures(
                counts.get(announcement.id, {}), announcement.target_percent
            )
            # Once reached it stays so: what is told cannot be taken back.
            if found["reached"] and not announcement.is_covered:
                announcement.write(
                    {"is_covered": True, "date_covered": fields.Datetime.now()}
                )

    @api.model
    def _cron_follow(self):
        """Every few minutes: what became of the letters of running announcements."""
        running = self.sudo().search([("state", "=", "running")])
        for announcement in running:
            announcement._follow()
            self.env["ir.cron"]._commit_progress(1)

    def mark_told(self, partner_ids, note=""):
        """Say that customers were told, by phone or in person.

        :param partner_ids: ids of customers, or of their contacts
        :param note: how, in a few words
        :return: ``told``: how many were told now, ``unchanged``: how many knew already
        :raises UserError: not running, no text, or somebody who is not in the list
        :raises AccessError: somebody else's customer
        """
        self._require_one()
        self.check_access("read")
        self._require_state("running")
        rows = self._rows_of(partner_ids, note)
        fresh = rows.filtered(lambda row: row.state not in INFORMED)
        fresh.sudo()._tell(note)
        return {"told": len(fresh), "unchanged": len(rows) - len(fresh)}

    def _rows_of(self, partner_ids, note):
        """The rows of customers that a person names, checked."""
        if note and not is_text(note):
            problem = self.env._("the note must be a text that says how it was done")
        elif not isinstance(partner_ids, list | tuple) or not all(
            is_id(id_) for id_ in partner_ids
        ):
            problem = self.env._("partner_ids must be a list of ids")
        else:
            partners = self.env["res.partner"].browse(dict.fromkeys(partner_ids))
            customers = {
                partner.id: partner.commercial_partner_id.id
                for partner in partners.exists().sudo()
            }
            rows = self.env["crm.announcement.recipient"].search(
                [
                    ("announcement_id", "=", self.id),
                    ("partner_id", "in", list(customers.values())),
                ]
            )
            there = set(rows.partner_id.ids)
            missing = sorted(
                id_ for id_ in set(partner_ids) if customers.get(id_) not in there
            )
            if not missing:
                return rows
            problem = self.env._(
                "these customers are not in your list: %(ids)s", ids=missing
            )
        raise self._error("announcement_told", problem)
