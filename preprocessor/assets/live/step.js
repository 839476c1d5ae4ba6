// A step: its verdict, its buttons, and its details.

class VerifyStep extends HTMLElement {
    // `refused` says why a value was not saved, until another one is typed.
    state = { running: false, watched: false, failed: "", done: "", refused: "" };

    connectedCallback() {
        if (this.controls) return;
        const id = this.dataset.step;
        // An event confirms the state a moment later.
        const asking = (text, path, undo = false) => button(text, () => this.ask(path, { steps: [id], undo }));
        this.buttons = {
            verify: asking(words.verify, "verify"),
            confirm: asking(words.confirm, "confirm"),
            practice: asking(words.practice, "practice"),
            watch: asking(words.watch, "watch"),
            unwatch: asking(words.unwatch, "watch", true),
            notify: button(words.notify, async () => {
                await Notification.requestPermission();
                this.update({});
            }),
            undo: asking(words.undo, "confirm", true),
        };
        this.buttons.practice.classList.add("verify-practice-button");
        for (const name of ["practice", "confirm"]) this.buttons[name].classList.add("verify-main-button");
        this.message = make("span", { className: "verify-message", role: "status" });
        this.controls = make("div", { className: "verify-controls" }, this.message);
        // What the server rendered stays until its first update.
        this.shown = make("div", { className: "verify-shown" }, ...this.childNodes);
        this.see = make("a", { className: "verify-link", href: "#verify-reasons", textContent: words.see, hidden: true });
        this.members = make("div", { className: "verify-members", hidden: true });
        this.fields = make("div", { className: "verify-fields", hidden: true });
        this.evidence = make("div", {});
        this.command = make("code", { dir: "ltr" });
        this.more = make("div", { className: "verify-controls" });
        this.summary = make("summary", {});
        this.details = make("details", { className: "verify-details", hidden: true }, this.summary, this.evidence, this.more,
            make("div", { className: "verify-share" }, words.command, this.command, copier(() => this.command.textContent, words.copyCommand)));
        this.append(this.shown, this.see, this.members, this.fields, this.controls, this.details);
        this.update({});
    }

    /** Sends a request about this step, whose answer is shown here. */
    async ask(path, body) {
        this.asked = true;
        this.isAsked = true;
        this.isDoing = path === "practice";
        this.before = path === "verify" && this.live?.checked ? this.live.verdict : "";
        this.update({ running: path !== "watch", failed: "", done: "" });
        const failed = await ask(path, body);
        if (failed) this.update({ running: false, failed });
    }

    /** Shows the step's state. The buttons, the details and the focus stay. */
    show(live) {
        if (this.live && this.live.verdict !== live.verdict) this.news = true;
        this.live = live;
        this.dataset.verdict = live.verdict;
        this.role = "group";
        this.ariaLabel = words.step(live.title);
        this.dataset.state = live.done ? "done" : live.checked ? "open" : "untouched";
        this.render();
        this.evidence.innerHTML = live.evidence;
        localize(this.evidence);
        this.command.textContent = live.command;
        this.details.hidden = false;
        say(this.summary, this.dataset.state === "open" ? words.evidence : words.compact);
        this.showMembers(live.members);
        showFields(this, live.inputs);
        for (const [name, each] of Object.entries(this.buttons)) {
            const subject = ["confirm", "undo"].includes(name) ? live.statement ?? live.title : live.title;
            each.ariaLabel = `${each.textContent}: ${subject}`;
        }
        this.summary.ariaLabel = `${this.summary.textContent}: ${live.title}`;
        this.update({});
    }

    /** Shows the server's HTML. A link in it that has the focus keeps it, as long as there is one. */
    render() {
        if (this.rendered === this.live.html) return;
        this.rendered = this.live.html;
        const focused = this.shown.contains(document.activeElement);
        this.shown.innerHTML = this.live.html;
        localize(this.shown);
        if (focused) (this.shown.querySelector("a") ?? this.first()).focus();
    }

    /** Shows which of the steps that this one combines are still to do: links to them, or what confirms them. */
    showMembers(members) {
        this.members.hidden = this.dataset.state !== "open" || members.length === 0;
        const now = JSON.stringify(members);
        if (this.members.hidden || this.members.dataset.shown === now) return;
        this.members.dataset.shown = now;
        const item = ({ step, title, statement }) => {
            if (lives.get(step)?.page) return make("li", {}, linkTo(step));
            if (!statement) return make("li", { textContent: title });
            const confirm = button(words.confirm, () => this.ask("confirm", { steps: [step], undo: false }));
            confirm.ariaLabel = `${words.confirm}: ${statement}`;
            return make("li", {}, `${title} `, confirm);
        };
        this.members.replaceChildren(words.members, make("ul", {}, ...members.map(item)));
    }

    /** The control that a keyboard reaches first, and that is still there. */
    first() {
        return Object.values(this.buttons).find((each) => !each.hidden && this.controls.contains(each)) ?? this.summary;
    }

    /** Gives the step the focus. */
    arrive() {
        (this.closest("li, .verify-card") ?? this).scrollIntoView({ block: "center" });
        this.first().focus({ preventScroll: true });
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

    /** Puts the buttons in their place: an untouched step has one, a finished one has none outside its details. */
    place() {
        const { state } = this.dataset;
        const isNext = this.hasAttribute("data-next");
        const beside = (name) => state !== "done" && (state !== "untouched" || isNext || name === "verify");
        for (const [name, each] of Object.entries(this.buttons)) {
            const place = beside(name) ? this.controls : this.more;
            if (each.parentNode === place) continue;
            const focused = each === document.activeElement;
            if (place === this.controls) place.insertBefore(each, this.message);
            else place.append(each);
            if (focused) (place === this.controls || this.details.open ? each : this.summary).focus();
        }
    }

    /** Sets the state of a running request, and shows it. */
    update(change) {
        const before = this.state;
        const { running, watched, failed, done, refused } = this.state = { ...before, ...change };
        const offered = (action) => this.live?.actions.includes(action) ?? false;
        if (before.running && !running) {
            this.news = this.asked = true;
            // The expected update has arrived, or never will.
            if (this.live) this.render();
        }
        const focused = this.contains(document.activeElement) && document.activeElement;
        for (const action of ["confirm", "undo", "practice", "watch"]) this.buttons[action].hidden = !offered(action);
        if (watched) this.buttons.watch.hidden = true;
        this.buttons.unwatch.hidden = !watched;
        this.buttons.notify.hidden = !watched || !("Notification" in window) || Notification.permission !== "default";
        this.place();
        for (const each of this.querySelectorAll(".verify-controls button, .verify-fields button, .verify-members button")) each.ariaDisabled = String(running);
        if (focused?.hidden || focused && !this.contains(focused)) {
            const other = { watch: "unwatch", unwatch: "watch", notify: "unwatch" };
            const next = this.buttons[other[Object.keys(this.buttons).find((name) => this.buttons[name] === focused)]];
            (next && !next.hidden && this.controls.contains(next) ? next : this.first()).focus();
        }
        const label = this.news ? this.live?.label ?? "" : "";
        const came = offered("confirm") ? words.nowConfirm : `${this.live?.label}.`;
        const did = done && this.asked ? `${done} ${came}` : "";
        const again = label && !this.live.done && this.before === this.live.verdict ? words.same(label) : "";
        const message = running ? this.isDoing ? words.doing : words.asking(about.practice) : failed || refused || did || (watched ? words.watching : again || label);
        // The verdict is shown above. This is only for screen readers.
        this.message.classList.toggle("verify-unseen", message === label);
        this.message.classList.toggle("verify-failed", message === (failed || refused));
        say(this.message, message);
        if (before.running && !running && this.isAsked) this.keepInSight();
    }

    /** Scrolls what came of a request into the window, if the step is in it and its end is not. */
    keepInSight() {
        this.isAsked = false;
        if (this.getBoundingClientRect().top < innerHeight) this.controls.scrollIntoView({ block: "nearest", behavior: "instant" });
    }
}
