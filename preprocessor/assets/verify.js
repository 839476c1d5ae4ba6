// The live widgets of `verify serve`: buttons on the steps that the server rendered, and what the server tells.
// A page without this script, or without the server, reads as text.
"use strict";

(() => {
    const words = {
        verified: "Verified", attested: "Confirmed by you", "not-yet": "Not yet", unknown: "Unknown",
        unchecked: "Not checked", "not-applicable": "Does not apply",
    };
    const steps = () => [...document.querySelectorAll("verify-step")];

    function make(name, properties, ...children) {
        const element = Object.assign(document.createElement(name), properties);
        element.append(...children);
        return element;
    }

    /** Asks the server for something; what comes of it is told by an event. */
    async function ask(path, body, step) {
        try {
            const response = await fetch(`/-/${path}`, {
                method: "POST",
                headers: { "content-type": "application/json", "x-verify": "1" },
                body: JSON.stringify(body),
            });
            if (!response.ok) step.say(await response.text());
        } catch {
            step.say("verify serve does not answer: start it again.");
        }
    }

    class VerifyStep extends HTMLElement {
        connectedCallback() {
            if (this.controls) return;
            const id = this.dataset.step;
            const button = (text, path, body) => {
                const made = make("button", { type: "button", className: "verify-button", textContent: text });
                made.addEventListener("click", () => made.ariaDisabled !== "true" && ask(path, { step: id, ...body }, this));
                return made;
            };
            this.buttons = {
                verify: button("Verify", "verify"),
                confirm: button("I confirm this", "attest"),
                withdraw: button("Take my word back", "attest", { withdraw: true }),
                practice: button("Do this step in the practice account", "practice"),
            };
            this.live = make("span", { className: "verify-live", role: "status" });
            this.controls = make("span", { className: "verify-controls" }, ...Object.values(this.buttons), this.live);
            this.append(this.controls);
            this.refresh();
        }

        /** Takes over what the server rendered; the buttons stay, and so does the focus. */
        show(html) {
            if (html === this.shown) return;
            this.shown = html;
            const template = make("template", {});
            template.innerHTML = html;
            const rendered = template.content.firstElementChild;
            const before = this.dataset.verdict;
            for (const name of this.getAttributeNames()) this.removeAttribute(name);
            for (const { name, value } of rendered.attributes) this.setAttribute(name, value);
            for (const child of [...this.childNodes]) if (child !== this.controls) child.remove();
            this.prepend(...rendered.childNodes);
            if (before !== this.dataset.verdict) this.say(words[this.dataset.verdict], true);
            this.refresh();
        }

        refresh() {
            this.buttons.confirm.hidden = this.dataset.word !== "asked";
            this.buttons.withdraw.hidden = this.dataset.word !== "given";
            this.buttons.practice.hidden = !("practice" in this.dataset) || ["verified", "attested"].includes(this.dataset.verdict);
        }

        busy(is) {
            // Not `disabled`, which would take the focus away.
            for (const button of Object.values(this.buttons)) button.ariaDisabled = String(is);
            if (is) this.say("Asking AWS …");
            else if (this.live.textContent === "Asking AWS …") this.say(words[this.dataset.verdict], true);
        }

        /** Says something beside the buttons; what the page shows elsewhere is said to screen readers alone. */
        say(text, shownElsewhere = false) {
            this.live.classList.toggle("verify-unseen", shownElsewhere);
            if (this.live.textContent !== text) this.live.textContent = text;
        }
    }
    customElements.define("verify-step", VerifyStep);

    /** A line at the top of the page, or none. */
    function banner(name, text) {
        const known = document.querySelector(`.verify-banner[data-banner="${name}"]`);
        if (!text) return known?.remove();
        const made = known ?? make("div", { className: "verify-banner", role: "status" });
        made.dataset.banner = name;
        if (made.textContent !== text) made.textContent = text;
        if (!known) document.querySelector("main")?.prepend(made);
    }

    function progress() {
        const required = new Map(steps().filter((step) => !("optional" in step.dataset)).map((step) => [step.dataset.step, step.dataset.verdict]));
        const verdicts = [...required.values()];
        const done = verdicts.filter((verdict) => ["verified", "attested", "not-applicable"].includes(verdict)).length;
        const all = done === verdicts.length;
        banner("progress", verdicts.length && (all ? `All ${done} required steps here are done.` : `${done} of ${verdicts.length} required steps here are done.`));
    }

    const told = {
        steps({ steps: rendered, practice }) {
            for (const step of steps()) if (step.dataset.step in rendered) step.show(rendered[step.dataset.step]);
            banner("practice", practice && "Practice account: nothing here is real. To read your own accounts, bind them (verify accounts --help) and start verify serve again.");
            progress();
        },
        running({ steps: running }) {
            for (const step of steps()) step.busy(running.includes(step.dataset.step));
        },
        failed({ step: id, message }) {
            for (const step of steps()) if (step.dataset.step === id) step.say(message);
        },
        reload() {
            location.reload();
        },
        broken({ message }) {
            banner("broken", message && `The course has a mistake, and the book is shown as it was before:\n${message}`);
        },
    };
    const events = new EventSource("/-/events");
    events.onmessage = ({ data }) => {
        const event = JSON.parse(data);
        told[event.kind](event);
    };
    events.onopen = () => banner("server", "");
    // The browser tries again by itself, but not after a refusal.
    events.onerror = () => banner("server", events.readyState === EventSource.CLOSED
        ? "This page is of a verify serve that has ended: open the address that the new one printed."
        : "verify serve does not answer; this page goes on when it is back.");
})();
