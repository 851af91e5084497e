from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.mailing_lists import MailingListSync


class CrmSegment(models.Model):
    """The mailing list of a category."""

    _inherit = "crm.segment"

    mailing_list_id = fields.Many2one(
        "mailing.list",
        ondelete="set null",
        copy=False,
        readonly=True,
        help="Kept in step with the category: whoever gets into it is put on the list, "
        "whoever leaves it is taken off. Opt-outs and who was added by a person stay.",
    )

    def action_mailing_list(self):
        """The mailing list of the category, made if there is none yet.

        :return: an action that shows the list or, to whom may not see it, how many
            addresses are on it
        """
        self.ensure_one()
        self.segmentation_id._require_coordinator()
        if self.segmentation_id.state != "published":
            raise UserError(
                self.env._(
                    "crm_regulations.category_not_published: %(name)s is not "
                    "published, so nobody has this category. Publish it first.",
                    name=self.segmentation_id.name,
                )
            )
        everything = self.sudo()
        if not self.mailing_list_id:
            everything.mailing_list_id = everything.mailing_list_id.create(
                {"name": f"{self.segmentation_id.name}: {self.display_name}"}
            )
        MailingListSync(everything).run()
        return self._open_mailing_list()

    def _open_mailing_list(self):
        lists = self.mailing_list_id
        if lists.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": lists._name,
                "res_id": lists.id,
                "view_mode": "form",
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The mailing list “%(name)s” has %(count)s addresses and is kept "
                    "in step with the category.",
                    name=lists.sudo().name,
                    count=lists.sudo().contact_count,
                ),
            },
        }


class CrmSegmentation(models.Model):
    _inherit = "crm.segmentation"

    def _after_moves(self, mark, everybody=False):
        done = super()._after_moves(mark, everybody)
        categories = self.env["crm.segment"].sudo().with_context(active_test=False)
        listed = categories.search(
            [("segmentation_id", "=", self.id), ("mailing_list_id", "!=", False)]
        )
        if listed and not everybody:
            rows = self.env.execute_query(self._moves_since(mark))
            touched = {segment for row in rows for segment in row[1:]}
            listed = listed.filtered(lambda segment: segment.id in touched)
        for segment in listed:
            MailingListSync(segment).run()
        return done


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    is_by_category = fields.Boolean(
        string="By category",
        readonly=True,
        help="Put on the list by the counterparty's category, and taken off with it.",
    )
