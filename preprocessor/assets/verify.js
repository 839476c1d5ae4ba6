// The live book's script: adds buttons to the steps that the server rendered, and shows the server's updates. Without
// this script or its server, the page is still readable.
"use strict";

(() => {
    // Only `verify serve` answers. A page from disk or from another host sends no requests.
    if (!["127.0.0.1", "localhost", "[::1]"].includes(location.hostname)) return;

    const AGAIN = 2000; // milliseconds until a server that refused is asked again
    const steps = () => [...document.querySelectorAll("verify-step")];
    const named = (id) => steps().filter((step) => step.dataset.step === id);

    function make(name, properties, ...children) {
        const element = Object.assign(document.createElement(name), properties);
        element.append(...children);
        return element;
    }

    /** The key that only this origin has, since the one-time address was opened. */
    const key = () => localStorage.getItem("verify-key") ?? "";

    /** Sends a request to the server. An event brings the result. Returns the error if the request failed. */
    async function ask(path, names, undo = false, input = null) {
        try {
            const response = await fetch(`/-/${path}`, {
                method: "POST",
                headers: { "content-type": "application/json", "x-verify": key() },
                body: JSON.stringify({ steps: names, undo, input }),
            });
            return response.ok ? "" : await response.text();
        } catch {
            return "verify serve does not answer. Start it again, and try again.";
        }
    }

    function button(text, act) {
        const made = make("button", { type: "button", className: "verify-button", textContent: text });
        // Not `disabled`, which would lose the focus.
        made.addEventListener("click", () => made.ariaDisabled !== "true" && act());
        return made;
    }

    class VerifyStep extends HTMLElement {
        // `refused` says why a value was not saved, until another one is typed.
        state = { running: false, watched: false, failed: "", done: "", refused: "" };

        connectedCallback() {
            if (this.controls) return;
            const id = this.dataset.step;
            // An event confirms the state a moment later.
            const asking = (text, path, undo) => button(text, async () => {
                this.update({ running: path !== "watch", failed: "", done: "" });
                const failed = await ask(path, [id], undo);
                if (failed) this.update({ running: false, failed });
            });
            this.buttons = {
                verify: asking("Verify", "verify"),
                confirm: asking("I confirm this", "confirm"),
                undo: asking("Undo my confirmation", "confirm", true),
                practice: asking("Do this step in the practice accounts", "practice"),
                watch: asking("Keep watching", "watch"),
                unwatch: asking("Stop watching", "watch", true),
            };
            this.buttons.verify.classList.add("verify-first");
            this.buttons.practice.classList.add("verify-practice-button");
            this.message = make("span", { className: "verify-message", role: "status" });
            this.controls = make("div", { className: "verify-controls" }, ...Object.values(this.buttons), this.message);
            // What the server rendered stays until its first update.
            this.shown = make("div", {}, ...this.childNodes);
            this.fields = make("div", { className: "verify-fields", hidden: true });
            this.evidence = make("div", {});
            this.command = make("code", {});
            const copy = button("Copy", async () => {
                await navigator.clipboard.writeText(this.command.textContent);
                copied.textContent = "Copied.";
            });
            copy.ariaLabel = "Copy the command";
            const copied = make("span", { role: "status" });
            this.details = make("details", { className: "verify-details", hidden: true },
                make("summary", { textContent: "Evidence and command" }),
                this.evidence,
                make("div", { className: "verify-share" }, this.command, " ", copy, " ", copied));
            this.append(this.shown, this.fields, this.controls, this.details);
            this.update({});
        }

        /** Shows the step's state. The buttons, the details and the focus stay. */
        show(live) {
            if (this.live && this.live.verdict !== live.verdict) this.news = true;
            this.live = live;
            this.dataset.verdict = live.verdict;
            this.role = "group";
            this.ariaLabel = `Step: ${live.title}`;
            this.render();
            this.evidence.innerHTML = live.evidence;
            this.command.textContent = live.command;
            this.details.hidden = false;
            this.showFields(live.inputs);
            for (const [name, each] of Object.entries(this.buttons)) {
                const subject = ["confirm", "undo"].includes(name) ? live.statement ?? live.title : live.title;
                each.ariaLabel = `${each.textContent}: ${subject}`;
            }
            this.update({});
        }

        /** Shows the server's HTML. A link in it that has the focus keeps it, as long as there is one. */
        render() {
            if (this.rendered === this.live.html) return;
            this.rendered = this.live.html;
            const focused = this.shown.contains(document.activeElement);
            this.shown.innerHTML = this.live.html;
            if (focused) (this.shown.querySelector("a") ?? this.buttons.verify).focus();
        }

        /** Shows a field for each thing that only the learner knows. What is being typed stays. */
        showFields(inputs) {
            this.fields.hidden = inputs.length === 0;
            for (const { name, label, example, value } of inputs) {
                const known = [...this.fields.children].find((form) => form.dataset.input === name);
                const form = known ?? this.fields.appendChild(this.field(name, label, example));
                const text = form.querySelector("input");
                if (text !== document.activeElement && text.value === (text.dataset.given ?? "")) text.value = value ?? "";
                text.dataset.given = value ?? "";
                form.dataset.missing = String(!value);
                this.offerToSave(form);
            }
        }

        /** Only what is not saved yet has a button that saves it. */
        offerToSave(form) {
            const [text, save] = form.elements;
            const hidden = text.value !== "" && text.value === text.dataset.given;
            if (hidden && save === document.activeElement) text.focus();
            save.hidden = hidden;
        }

        field(name, label, example) {
            const text = make("input", {
                className: "verify-field", name, required: true, maxLength: 200, dir: "auto",
                autocomplete: "off", autocapitalize: "off", spellcheck: false,
            });
            if (example) text.placeholder = `for example ${example}`;
            const save = make("button", { className: "verify-button", textContent: "Save and verify", ariaLabel: `Save and verify: ${label}` });
            const form = make("form", {}, make("label", {}, make("span", { textContent: label }), " ", text), " ", save);
            form.dataset.input = name;
            text.addEventListener("input", () => {
                text.ariaInvalid = null;
                this.offerToSave(form);
                if (this.state.refused) this.update({ refused: "" });
            });
            form.addEventListener("submit", async (event) => {
                event.preventDefault();
                if (this.state.running) return;
                // What is shown is then what is saved.
                text.value = text.value.trim();
                this.update({ running: true, failed: "", done: "", refused: "" });
                const refused = await ask("set", [this.dataset.step], false, [name, text.value]);
                if (!refused) return;
                text.ariaInvalid = "true";
                this.update({ running: false, refused });
            });
            return form;
        }

        /** Shows the expectations that are known while the step is being verified. */
        await(html) {
            if (!this.state.running) return;
            this.rendered = null;
            this.shown.querySelectorAll(".verify-expectations, .verify-line").forEach((old) => old.remove());
            const below = this.shown.querySelector(".verify-costs, .verify-console");
            if (below) below.insertAdjacentHTML("beforebegin", html);
            else this.shown.insertAdjacentHTML("beforeend", html);
        }

        /** Sets the state of a running request, and shows it. */
        update(change) {
            const before = this.state;
            const { running, watched, failed, done, refused } = this.state = { ...before, ...change };
            const offered = (action) => this.live?.actions.includes(action) ?? false;
            if (before.running && !running) {
                this.news = true;
                // The expected update has arrived, or never will.
                if (this.live) this.render();
            }
            const focused = this.controls.contains(document.activeElement) && document.activeElement;
            for (const action of ["confirm", "undo", "practice", "watch"]) this.buttons[action].hidden = !offered(action);
            if (watched) this.buttons.watch.hidden = true;
            this.buttons.unwatch.hidden = !watched;
            for (const each of this.querySelectorAll(".verify-controls button, .verify-fields button")) each.ariaDisabled = String(running);
            if (focused?.hidden) {
                const other = { confirm: "undo", undo: "confirm", watch: "unwatch", unwatch: "watch" };
                const name = Object.keys(this.buttons).find((name) => this.buttons[name] === focused);
                const next = this.buttons[other[name]] ?? this.buttons.verify;
                (next.hidden ? this.buttons.verify : next).focus();
            }
            const label = this.news ? this.live?.label ?? "" : "";
            const message = running ? "Asking AWS …" : failed || refused || done || (watched ? "Watching: the verdict changes when your account changes." : label);
            // The verdict is shown above. This is only for screen readers.
            this.message.classList.toggle("verify-unseen", message === label);
            this.message.classList.toggle("verify-failed", message === (failed || refused));
            if (this.message.textContent !== message) this.message.textContent = message;
        }
    }
    customElements.define("verify-step", VerifyStep);

    /** The banners at the top of the page, in this order. */
    const top = Object.fromEntries(["server", "broken", "practice", "running", "progress"].map((name) =>
        [name, make("div", { className: "verify-banner", hidden: true, role: name === "progress" ? null : "status" })]));
    for (const [name, banner] of Object.entries(top)) banner.dataset.banner = name;
    document.querySelector("main")?.prepend(...Object.values(top));

    function say(name, text) {
        top[name].hidden = !text;
        if (top[name].textContent !== (text ?? "")) top[name].textContent = text ?? "";
    }

    /** A button for many steps, with the number of steps that are done: for each checklist, and for the page. */
    class Many {
        constructor(many, label, ofWhat) {
            this.names = [...new Set(many.map((step) => step.dataset.step))];
            Object.assign(this, { many, ofWhat });
            this.text = make("span", { role: "status" });
            this.bar = make("progress", { ariaLabel: "Required steps that are done" });
            this.button = button(label.replace("#", this.names.length), async () => {
                const failed = await ask("verify", this.names);
                if (failed) this.text.textContent = failed;
            });
            this.element = make("div", { className: "verify-many" }, this.text, this.bar, this.button);
        }

        update() {
            const required = new Map(this.many.filter(({ live }) => live && !live.optional).map((step) => [step.dataset.step, step.live]));
            this.count({ done: [...required.values()].filter((live) => live.done).length, of: required.size });
        }

        count({ done, of }) {
            this.bar.hidden = of === 0;
            Object.assign(this.bar, { max: Math.max(of, 1), value: done });
            const all = `All ${of} required steps ${this.ofWhat} are done.`;
            const text = of === 0 ? "" : done < of ? `${done} of ${of} required steps ${this.ofWhat} are done.` : all;
            if (this.text.textContent !== text) this.text.textContent = text;
        }
    }
    const page = new Many(steps(), "Verify all # steps of this page", "of this page");
    page.button.hidden = page.names.length === 0;
    top.progress.append(page.element);
    const checklists = [...new Set(steps().map((step) => step.closest("ul, ol")))].map((list) => {
        const many = steps().filter((step) => step.closest("ul, ol") === list);
        if (!list || many.length < 2) return;
        const checklist = new Many(many, "Verify all #", "of this list");
        list.after(checklist.element);
        return checklist;
    }).filter(Boolean);

    /** Shows the progress: at the top of the page, at the checklists, and next to the chapters in the sidebar. */
    function showProgress({ course, pages }) {
        checklists.forEach((checklist) => checklist.update());
        const complete = course.of > 0 && course.done === course.of;
        page.ofWhat = complete || page.names.length === 0 ? "of this course" : "of this page";
        if (page.ofWhat === "of this course") page.count(course);
        else page.update();
        top.progress.hidden = course.of === 0;
        for (const link of document.querySelectorAll("#mdbook-sidebar a[href]")) {
            const { pathname, hash } = new URL(link.href);
            const count = !hash && pages[decodeURIComponent(pathname).slice(1) || "index.html"];
            if (!count?.of) continue;
            const mark = link.querySelector(".verify-mark") ?? link.appendChild(make("span", { className: "verify-mark", role: "img" }));
            mark.textContent = count.done === count.of ? "✓" : `${count.done}/${count.of}`;
            mark.ariaLabel = `${count.done} of ${count.of} steps done`;
        }
    }

    /** What the learner made and is still there, by step, in the whole course. */
    const running = new Map();
    function showRunning(changed) {
        for (const [id, live] of Object.entries(changed)) live.running ? running.set(id, live.running) : running.delete(id);
        say("running", running.size && `Still there: ${[...running.values()].join("; ")}. To look again: verify leftovers`);
    }

    let build;
    const handlers = {
        hello({ build: now, notice }) {
            if (build && build !== now) location.reload();
            build = now;
            say("practice", notice);
            for (const step of steps()) step.toggleAttribute("data-practice", Boolean(notice));
        },
        steps({ steps: changed, progress }) {
            for (const step of steps()) if (changed[step.dataset.step]) step.show(changed[step.dataset.step]);
            showRunning(changed);
            showProgress(progress);
        },
        awaited({ step, html }) {
            for (const each of named(step)) each.await(html);
        },
        "under-way"({ running, watched, failed, done }) {
            for (const step of steps()) {
                const id = step.dataset.step;
                step.update({
                    running: running.includes(id),
                    watched: watched.includes(id),
                    failed: failed[id] ?? "",
                    done: done[id] ?? "",
                });
            }
        },
        reload() {
            location.reload();
        },
        broken({ message }) {
            say("broken", message && `The course has an error. The book is shown as it was before:\n${message}`);
        },
    };

    /** Listens while the page is visible, because browsers allow few connections. When it is shown again, it gets the full state. */
    let events;
    function listen() {
        if (document.hidden || (events && events.readyState !== EventSource.CLOSED)) return;
        events = new EventSource(`/-/events?key=${key()}`);
        events.onmessage = ({ data }) => {
            const event = JSON.parse(data);
            handlers[event.kind](event);
        };
        events.onopen = () => say("server", "");
        events.onerror = () => {
            const refused = events.readyState === EventSource.CLOSED;
            say("server", refused
                ? "This page belongs to a verify serve that has ended. Open the address that the new one printed. Then this page works again, too."
                : "verify serve does not answer. This page continues when it is back.");
            // The browser reconnects by itself, but not after a refusal.
            if (refused) setTimeout(listen, AGAIN);
        };
    }
    const close = () => events?.close();
    document.addEventListener("visibilitychange", () => document.hidden ? close() : listen());
    addEventListener("pagehide", close);
    addEventListener("pageshow", listen);
    listen();
})();
