// The accounts of the course: what they are bound to, and a check of what can be read. They are bound in a terminal.

const accounts = {
    build() {
        this.summary = make("summary", {});
        this.list = make("ul", {});
        this.how = make("p", {});
        this.command = make("div", {});
        this.button = button(words.checkAccounts, () => this.check());
        this.answer = make("span", { role: "status" });
        this.found = make("div", { className: "verify-found" });
        this.element = make("details", { className: "verify-banner", hidden: true }, this.summary, this.list, this.how, this.command,
            make("div", { className: "verify-controls" }, this.button, this.answer), this.found);
        this.element.dataset.banner = "accounts";
    },

    async check() {
        this.element.open = true;
        this.element.scrollIntoView({ block: "nearest" });
        this.button.focus({ preventScroll: true });
        say(this.answer, words.checkingAccounts);
        const failed = await ask("accounts", {});
        if (failed) say(this.answer, failed);
    },

    update({ accounts, bind, checking, failed, checked }) {
        this.element.hidden = accounts.length === 0;
        const bound = accounts.map(({ name, bound_to }) => bound_to ? words.bound(name, bound_to) : words.unbound(name));
        say(this.summary, about.practice ? words.practiceAccounts : `${words.accounts} ${bound.join(" · ")}`);
        this.element.toggleAttribute("data-practice", about.practice);
        this.list.replaceChildren(...accounts.map((account) => this.account(account, checked)));
        say(this.how, about.practice ? words.ownAccounts : words.rebind);
        if (this.command.textContent === "") this.command.append(commandLine(bind));
        this.button.hidden = about.practice;
        this.button.ariaDisabled = String(checking);
        const todo = checked?.diagnosis.todo ?? [];
        say(this.answer, checking ? words.checkingAccounts : failed ?? (checked && todo.length === 0 ? words.allRead : ""));
        const now = JSON.stringify(checked);
        if (this.shown === now) return;
        this.shown = now;
        const steps = todo.length ? [make("strong", { textContent: words.todo }), make("ol", {}, ...todo.map((text) => make("li", {}, ...sentence(text))))] : [];
        this.found.replaceChildren(...steps, ...Object.entries(checked?.policies ?? {}).map(([name, policy]) => this.policy(name, policy)));
        localize(this.found);
    },

    account({ name, about, bound_to, id }, checked) {
        const found = checked?.diagnosis.accounts.find((account) => account.name === name);
        const parts = [bound_to ?? "", (found?.account_id ?? id) && words.account(found?.account_id ?? id), found?.arn];
        if (found?.reads.length) parts.push(words.reads(found.reads.filter((read) => read.reasons.length === 0).length, found.reads.length));
        const told = [about, ...parts.filter(Boolean)].join(" · ");
        const power = words.power[found?.power];
        return make("li", {}, make("strong", { textContent: name }), ` ${told}`, ...power ? [make("div", { textContent: `⚠ ${power}` })] : []);
    },

    policy(name, policy) {
        const text = make("pre", { tabIndex: 0, role: "region", ariaLabel: words.policy(name) }, make("code", { textContent: policy }));
        return make("div", {}, make("span", { textContent: `${words.policy(name)} ` }), copier(() => policy, `${words.copy}: ${words.policy(name)}`), text);
    },
};
