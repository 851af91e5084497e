from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user


class SegmentationCommon(TransactionCase):
    """A company of its own with one person per role, and short ways to make data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Numbers and words are compared, whatever languages the database has.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.company = cls.env["res.company"].create(
            {"name": "North Med", "currency_id": cls.env.ref("base.EUR").id}
        )
        cls.company.currency_id.active = True
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company.id)],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(
            context={
                "lang": "en_US",
                "tracking_disable": True,
                "allowed_company_ids": cls.company.ids,
            }
        )
        cls.company = cls.company.with_env(cls.env)
        cls.coordinator = cls._user("coord", "crm_segmentation.group_crm_coordinator")
        cls.manager = cls._user("lead", "sales_team.group_sale_manager")
        cls.sales = cls._user("seller", "sales_team.group_sale_salesman")
        cls.integration = cls._user("robot", "crm_segmentation.group_crm_integration")
        cls.client = cls.env.ref("crm_segmentation.type_client")
        cls.dealer = cls.env.ref("crm_segmentation.type_dealer")
        cls.metrics = {m.code: m for m in cls.env["crm.metric"].search([], limit=100)}

    @classmethod
    def _user(cls, name, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=f"seg_{name}",
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            lang="en_US",
            tz="UTC",
        )

    @classmethod
    def _partner(cls, name="Clinic", **values):
        values.setdefault("is_company", True)
        values.setdefault("counterparty_type_ids", [Command.set(cls.client.ids)])
        return cls.env["res.partner"].create({"name": name, **values})

    @classmethod
    def _doctor(cls, clinic):
        """A contact of a company."""
        return cls._partner("Dr. Green", parent_id=clinic.id, is_company=False)

    @classmethod
    def _bought(cls, partner, date, amount, **values):
        return cls.env["crm.turnover.line"].create(
            {
                "partner_id": partner.id,
                "date": date,
                "amount": amount,
                "currency_id": cls.company.currency_id.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _segmentation(cls, *categories, **values):
        """A draft: each category is (code, {metric: threshold}) or (code, [criteria]).

        The last one takes the rest. A criterion is (metric, operator, enter, leave).
        """
        commands = [
            Command.create(
                {
                    "code": code,
                    "name": f"Category {code}",
                    "sequence": 10 * place,
                    "is_default": not rules,
                    "criterion_ids": [
                        Command.create(cls._criterion(*rule)) for rule in rules
                    ],
                }
            )
            for place, (code, *rules) in enumerate(categories)
        ]
        return cls.env["crm.segmentation"].create(
            {
                "name": "Clients",
                "company_id": cls.company.id,
                "counterparty_type_ids": [Command.set(cls.client.ids)],
                "segment_ids": commands,
                **values,
            }
        )

    @classmethod
    def _criterion(cls, metric, operator, enter, leave=None):
        return {
            "metric_id": cls.metrics[metric].id,
            "operator": operator,
            "value_enter": enter,
            "value_leave": leave or 0.0,
            "has_leave": leave is not None,
        }

    @classmethod
    def _by_turnover(cls, enter=100, leave=None, **values):
        """A by average monthly turnover, everybody else C."""
        return cls._segmentation(
            ("A", ("turnover_month_avg", ">=", enter, leave)), ("C",), **values
        )

    def _category(self, partner, segmentation):
        """The code of the category in force, False without one."""
        membership = self.env["crm.segment.membership"].search(
            [("partner_id", "=", partner.id), ("segmentation_id", "=", segmentation.id)]
        )
        return membership.segment_id.code

    def _movements(self, partner, segmentation):
        """The partner's changes, oldest first, as (from, to, cause)."""
        rows = self.env["crm.segment.movement"].search(
            [
                ("partner_id", "=", partner.id),
                ("segmentation_id", "=", segmentation.id),
            ],
            order="id",
        )
        return [(m.from_segment_id.code, m.to_segment_id.code, m.cause) for m in rows]

    def _values(self, partner, segmentation):
        """The metric values by which the partner would be classified today."""
        spec = segmentation._compile()
        return segmentation.sudo()._classification(spec).values(partner.id)


class AccountingCommon(SegmentationCommon):
    """The company keeps books, so that invoices can be posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", cls.company, install_demo=False
        )
        # The chart brings its own currency.
        cls.company.currency_id = cls.env.ref("base.EUR")

    @classmethod
    def _invoice(cls, partner, date, amount, post=True, **values):
        """A customer invoice of one line without tax; a refund by ``move_type``."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": fields.Date.to_date(date),
                "company_id": cls.company.id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Gloves", "price_unit": amount, "tax_ids": False}
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move
