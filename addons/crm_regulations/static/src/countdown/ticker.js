import {browser} from "@web/core/browser/browser";
import {onWillUnmount} from "@odoo/owl";

// One timer serves all countdowns of a screen.
const listeners = new Set();
let timer = false;

function tick() {
    for (const listener of listeners) {
        listener();
    }
}

/** Call a function every second while the component is there. */
export function useTicker(listener) {
    listeners.add(listener);
    timer = timer || browser.setInterval(tick, 1000);
    onWillUnmount(() => {
        listeners.delete(listener);
        if (!listeners.size) {
            browser.clearInterval(timer);
            timer = false;
        }
    });
}
