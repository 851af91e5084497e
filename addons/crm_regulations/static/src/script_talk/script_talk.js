import {Component, onWillStart, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {serializeDateTime} from "@web/core/l10n/dates";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const {DateTime} = luxon;
const TALK = "crm.script.talk";

/** The day after, but no Saturday and no Sunday: few offices answer then. */
function nextWeekday(day) {
    const next = day.plus({days: 1});
    return next.weekday > 5 ? nextWeekday(next) : next;
}

/** A talk by a script: one line at a time, and a button for each answer. */
export class ScriptTalk extends Component {
    static template = "crm_regulations.ScriptTalk";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({
            choices: false,
            talk: false,
            note: "",
            result: "",
            next: nextWeekday(DateTime.now()).toFormat("yyyy-MM-dd'T'10:00"),
            busy: false,
        });
        onWillStart(async () => {
            const {res_model, res_id} = this.props.action.params;
            const fields = await this.orm.call(TALK, "fields_get", [["result"]]);
            this.results = fields.result.selection;
            if (res_model === TALK) {
                this.show(await this.orm.call(TALK, "now", [[res_id]]));
                return;
            }
            this.state.choices = await this.orm.call(TALK, "choices", [
                res_model,
                res_id,
            ]);
        });
    }

    get who() {
        return this.state.talk || this.state.choices;
    }

    /** Whether only the end is left to be said. */
    get isEnding() {
        return this.state.talk && !this.state.talk.line;
    }

    get needsDate() {
        return this.state.result === "call_again";
    }

    show(talk) {
        this.state.talk = talk;
        this.state.note = "";
        this.state.result = talk.result || "";
    }

    /** One press, one request: a second press before the answer does nothing. */
    async once(work) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await work();
        } finally {
            this.state.busy = false;
        }
    }

    start(script) {
        const {res_model, res_id} = this.props.action.params;
        return this.once(async () =>
            this.show(
                await this.orm.call(TALK, "start", [script.id, res_model, res_id])
            )
        );
    }

    goOn() {
        return this.once(async () =>
            this.show(await this.orm.call(TALK, "now", [[this.state.choices.running]]))
        );
    }

    answer(answer) {
        const {id, number} = this.state.talk;
        return this.once(async () =>
            this.show(
                await this.orm.call(TALK, "answer", [
                    [id],
                    number,
                    answer.number,
                    this.state.note,
                ])
            )
        );
    }

    back() {
        return this.once(async () =>
            this.show(await this.orm.call(TALK, "back", [[this.state.talk.id]]))
        );
    }

    /** The talk is broken off: its end is chosen by hand. */
    breakOff() {
        this.state.talk = {...this.state.talk, line: false};
    }

    finish() {
        const {result, note, talk} = this.state;
        const next = this.needsDate && DateTime.fromISO(this.state.next);
        return this.once(async () => {
            await this.orm.call(TALK, "finish", [[talk.id]], {
                result,
                note,
                next_date: next && next.isValid ? serializeDateTime(next) : false,
            });
            this.notification.add(_t("The talk is kept."), {type: "success"});
            await this.action.doAction({type: "ir.actions.act_window_close"});
        });
    }
}

registry.category("actions").add("crm_regulations.script_talk", ScriptTalk);
