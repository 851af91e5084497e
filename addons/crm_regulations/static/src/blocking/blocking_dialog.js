import {_t} from "@web/core/l10n/translation";
import {RedirectWarningDialog} from "@web/core/errors/error_dialogs";
import {FormErrorDialog} from "@web/views/form/form_error_dialog/form_error_dialog";
import {patch} from "@web/core/utils/patch";
import {registry} from "@web/core/registry";

const EXCEPTION = "odoo.addons.crm_regulations.exceptions.PromiseHinders";
// What programs read at the beginning of the message.
const CODE = /^crm_regulations\.\w+: /;

/**
 * Tells that an open promise hinders what was tried, and opens it.
 */
export class BlockingDialog extends RedirectWarningDialog {
    static template = "crm_regulations.BlockingDialog";

    setup() {
        super.setup();
        const {action, button} = this.props.data.context;
        this.title = _t("Something is still owed");
        this.message = this.props.data.message.replace(CODE, "");
        this.actionId = action;
        this.buttonText = button;
        this.additionalContext = undefined;
    }
}

registry.category("error_dialogs").add(EXCEPTION, BlockingDialog);

// The same when a form is left with the change in it.
patch(FormErrorDialog.prototype, {
    setup() {
        super.setup();
        const data = this.props.data;
        if (data.name === EXCEPTION) {
            this.message = data.message.replace(CODE, "");
            this.redirectAction = data.context.action;
            this.redirectBtnLabel = data.context.button;
        }
    },
});
