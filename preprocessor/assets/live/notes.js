// The notes at the top of the page: a mistake in the course, what is left running, and what many steps say.

const banner = (name, ...children) => {
    const made = make("div", { className: "verify-banner", hidden: true, role: "status" }, ...children);
    made.dataset.banner = name;
    return made;
};

/** What the learner made and is still there, in the whole course. */
const leftovers = {
    element: banner("running"),

    update() {
        const there = [...lives].filter(([, live]) => live.running);
        this.element.hidden = there.length === 0;
        const now = JSON.stringify(there.map(([id, live]) => [id, live.title, live.running]));
        if (this.shown === now) return;
        this.shown = now;
        const item = ([id, { title, running }]) => {
            const line = make("span", {}, words.there(title, running.there, running.costs));
            return make("li", {}, line, ...running.remover && running.remover !== id ? [` ${words.remove} `, linkTo(running.remover)] : []);
        };
        const names = there.flatMap(([id, { running }]) => [id, running.remover]).filter((id) => lives.has(id));
        const answer = make("span", { role: "status" });
        const look = button(words.lookAgain, async () => {
            say(answer, words.asking(about.practice));
            say(answer, await ask("verify", { steps: [...new Set(names)], undo: false }) || words.lookedAgain);
        });
        this.element.replaceChildren(make("strong", { textContent: words.still }), make("ul", {}, ...there.map(item)),
            make("div", { className: "verify-controls" }, look, answer));
    },
};

/** What many steps of the page say is said once, with what helps. */
const reasons = {
    element: banner("reasons"),

    /** What is said, by what is denied in an account or by the sentence, with its steps. */
    groups() {
        const groups = new Map();
        for (const step of steps()) {
            for (const reason of step.live?.verdict === "unknown" ? step.live.reasons : []) {
                const name = reason.code === "denied" ? `denied ${reason.account}` : reason.message;
                const group = groups.get(name) ?? { ...reason, actions: new Set(), messages: new Set(), steps: new Set() };
                if (reason.action) group.actions.add(reason.action);
                group.messages.add(reason.message);
                group.steps.add(step.dataset.step);
                groups.set(name, group);
            }
        }
        return [...groups.values()].filter((group) => group.steps.size > 2 && group.code !== "needs-confirmation");
    },

    update() {
        const groups = this.groups();
        this.element.hidden = groups.length === 0;
        this.element.id = "verify-reasons";
        const once = new Set(groups.flatMap((group) => [...group.messages]));
        for (const step of steps()) {
            // The server shows each message once, in this order.
            const messages = [...new Set(step.live?.reasons.map(({ message }) => message))];
            const lines = [...step.shown?.querySelectorAll(".verify-reason") ?? []];
            for (const [at, line] of lines.entries()) line.hidden = once.has(messages[at]);
            const told = lines.filter((line) => line.hidden);
            if (step.see) step.see.hidden = told.length === 0;
        }
        const { next } = progress.here();
        const now = JSON.stringify([groups.map(({ message, actions, steps }) => [message, [...actions], [...steps]]), next, about.practice]);
        if (this.shown === now) return;
        this.shown = now;
        this.element.replaceChildren(...groups.map((group) => this.note(group, next)));
    },

    note({ code, account, message, actions, steps }, next) {
        const isDenied = code === "denied" && actions.size > 0;
        const text = isDenied ? words.denied(actions.size, account) : message;
        const answer = make("span", { role: "status" });
        const again = button(words.verifyAgain(steps.size), async () => say(answer, await ask("verify", { steps: [...steps], undo: false })));
        const help = [];
        const isOfAccount = ["denied", "no-credentials", "expired-credentials", "wrong-account", "unreachable"].includes(code);
        if (about.practice && next && !isDenied) help.push(make("span", {}, `${words.begin} `, linkTo(next)));
        else if (!about.practice && isOfAccount) help.push(button(words.checkAccounts, () => accounts.check()));
        const note = make("div", { className: "verify-note-of-many" }, make("span", { textContent: `${words.once(steps.size)} ` }),
            make("strong", {}, ...sentence(text)), ...isDenied ? [make("div", { className: "verify-actions", textContent: [...actions].sort().join(", ") })] : [],
            make("div", { className: "verify-controls" }, ...help, again, answer));
        localize(note);
        return note;
    },
};

const broken = {
    element: banner("broken"),

    say(message) {
        this.element.hidden = !message;
        say(this.element, message ? `${words.broken}\n${message}` : "");
    },
};
