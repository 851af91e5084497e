from odoo import api, fields, models, tools
from odoo.fields import Domain


class ResUsers(models.Model):
    """Managers of departments look after the promises of their people."""

    _inherit = "res.users"

    def _is_department_head(self, company=None):
        """Whether somebody manages a department.

        :param company: a res.company record: only departments of this company and
            those of none; None for any
        """
        self.ensure_one()
        ids = self._headed_department_ids()
        if not ids or company is None:
            return bool(ids)
        departments = self.env["hr.department"].sudo().browse(ids)
        return any(d.company_id.id in (False, company.id) for d in departments)

    def _headed_people(self):
        """Who works in the departments that somebody manages and in those below.

        :return: {id of the company: ids of users}, without the manager
        """
        self.ensure_one()
        ids = self._headed_department_ids()
        if not ids:
            return {}
        people = self.env["hr.employee"].sudo()
        found = people._read_group(
            [
                ("department_id", "child_of", list(ids)),
                ("user_id", "not in", [False, self.id]),
            ],
            ["company_id"],
            ["user_id:array_agg"],
        )
        return {company.id: sorted(set(users)) for company, users in found}

    @tools.ormcache("self.id")
    def _headed_department_ids(self):
        # Most people manage none, and everybody's list of promises asks.
        departments = self.env["hr.department"].sudo()
        return tuple(departments.search([("manager_id.user_id", "=", self.id)]).ids)


class CrmObligation(models.Model):
    _inherit = "crm.obligation"

    is_of_my_people = fields.Boolean(
        string="My people's",
        compute="_compute_is_of_my_people",
        search="_search_is_of_my_people",
        help="Owed by somebody of a department that you manage, or of one below it.",
    )
    may_manage = fields.Boolean(
        string="May be excused by me", compute="_compute_is_of_my_people"
    )

    @api.depends("user_id", "company_id")
    @api.depends_context("uid")
    def _compute_is_of_my_people(self):
        people = self.env.user._headed_people()
        # Who computes is no superuser only because a related field is read as one.
        is_manager = self.sudo(False)._is_manager()
        for obligation in self:
            mine = people.get(obligation.company_id.id, ())
            obligation.is_of_my_people = obligation.user_id.id in mine
            obligation.may_manage = is_manager or obligation.is_of_my_people

    def _search_is_of_my_people(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain.OR(
            Domain([("company_id", "=", company_id), ("user_id", "in", ids)])
            for company_id, ids in self.env.user._headed_people().items()
        )
        return mine if True in value else ~mine

    def action_excuse_dialog(self):
        """The dialog that asks why; Odoo's own action of it is the managers'.

        :return: a window action
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Excuse"),
            "res_model": "crm.obligation.excuse",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"active_ids": self.ids, "active_model": self._name},
        }


class HrDepartment(models.Model):
    _inherit = "hr.department"

    @api.model_create_multi
    def create(self, vals_list):
        departments = super().create(vals_list)
        if departments.manager_id:
            self.env.registry.clear_cache()
        return departments

    def write(self, vals):
        done = super().write(vals)
        if {"manager_id", "active"} & vals.keys():
            self.env.registry.clear_cache()
        return done

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def write(self, vals):
        done = super().write(vals)
        if {"user_id", "active"} & vals.keys():
            self.env.registry.clear_cache()
        return done

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
