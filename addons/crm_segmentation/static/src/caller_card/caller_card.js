import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/**
 * Who is calling? A telephony program opens /odoo/caller?phone=+380442453118 (or
 * ?email=…); people open it from the menu and type the number.
 */
export class CallerCard extends Component {
    static template = "crm_segmentation.CallerCard";
    static components = {Layout};
    static props = {...standardActionServiceProps};
    static path = "caller";
    static displayName = _t("Who is calling?");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const given = this.props.action.params || {};
        // The router makes numbers of digits, which lose their plus and their zeros.
        const address = new URLSearchParams(browser.location.search);
        this.state = useState({
            phone: (address.get("phone") || String(given.phone || "")).replace(
                /^ /,
                "+"
            ),
            email: address.get("email") || given.email || "",
            candidates: [],
            searched: false,
        });
        onWillStart(() => this.search());
    }

    get display() {
        return {controlPanel: {}};
    }

    get typed() {
        return this.state.phone || this.state.email;
    }

    onInput(event) {
        const text = event.target.value.trim();
        this.state.phone = text.includes("@") ? "" : text;
        this.state.email = text.includes("@") ? text : "";
    }

    async onSubmit() {
        await this.search();
    }

    async search() {
        const {phone, email} = this.state;
        this.state.searched = Boolean(phone || email);
        this.state.candidates = this.state.searched
            ? await this.orm.call("crm.interaction", "identify", [], {
                  phone: phone || false,
                  email: email || false,
              })
            : [];
    }

    when(candidate) {
        return formatDateTime(deserializeDateTime(candidate.last_touch.date), {
            format: "f",
        });
    }

    money(amount, currency) {
        return `${formatFloat(amount, {digits: [16, 2]})} ${currency}`;
    }

    async open(candidate) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: candidate.kind === "lead" ? "crm.lead" : "res.partner",
            res_id: candidate.id,
            views: [[false, "form"]],
        });
    }

    async logTalk(candidate) {
        const model = candidate.kind === "lead" ? "crm.lead" : "res.partner";
        const action = await this.orm.call(model, "action_log_interaction", [
            [candidate.id],
        ]);
        Object.assign(action.context, {
            default_direction: "in",
            default_phone: this.state.phone || false,
        });
        await this.action.doAction(action, {onClose: () => this.search()});
    }

    async newLead(candidate) {
        await this.create("crm.lead", {
            default_type: "opportunity",
            default_partner_id: candidate ? candidate.id : false,
            default_phone: this.state.phone || false,
            default_email_from: this.state.email || false,
        });
    }

    async newContact() {
        await this.create("res.partner", {
            default_phone: this.state.phone || false,
            default_email: this.state.email || false,
        });
    }

    async create(model, context) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            views: [[false, "form"]],
            context,
        });
    }
}

registry.category("actions").add("crm_segmentation.caller_card", CallerCard);
