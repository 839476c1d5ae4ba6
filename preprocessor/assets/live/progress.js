// How far the learner is: the bar at the foot of the page, the buttons that verify many steps, and the marks in the
// sidebar.

/** A button that verifies many steps, counts while it does, and sums up what came of it. */
class Many {
    constructor(many, label) {
        this.names = [...new Set(many.map((step) => step.dataset.step))];
        this.many = many;
        this.text = make("span", { role: "status" });
        this.next = linkTo("");
        this.onward = make("span", { hidden: true }, `${words.next} `, this.next);
        this.button = button(label(this.names.length), () => this.begin());
        this.element = make("div", { className: "verify-many" }, this.button, this.text, this.onward);
    }

    async begin() {
        this.checked = new Map(this.names.map((name) => [name, lives.get(name)?.checked]));
        this.isBegun = false;
        this.from = scrollY;
        this.onward.hidden = true;
        say(this.text, words.checking(0, this.names.length));
        const failed = await ask("verify", { steps: this.names, undo: false });
        if (!failed) return;
        this.checked = null;
        say(this.text, failed);
    }

    /** Counts the steps that have a new result. When none of them is running any more, sums up. */
    count() {
        if (!this.checked) return;
        const isRunning = this.many.some((step) => step.state.running);
        this.isBegun ||= isRunning;
        const done = this.names.filter((name) => lives.get(name)?.checked !== this.checked.get(name)).length;
        this.button.ariaDisabled = String(isRunning);
        if (isRunning || !this.isBegun) return say(this.text, words.checking(done, this.names.length));
        this.checked = null;
        const failed = this.many.find((step) => step.state.failed)?.state.failed;
        say(this.text, failed ?? this.sum());
        const { next } = progress.here();
        this.onward.hidden = !next;
        if (next) pointOnward(this.next, next, progress.pages);
        // The answers of the steps above have moved it. A reader who scrolled is left where they are.
        if (Math.abs(scrollY - this.from) < 4) this.element.scrollIntoView({ block: "nearest", behavior: "instant" });
    }

    sum() {
        const all = this.names.map((name) => lives.get(name));
        const kind = (live) => live?.done ? "done" : live?.actions.includes("confirm") ? "confirm" : live?.verdict ?? "unchecked";
        const told = Object.entries(words.sumOf).flatMap(([name, word]) => {
            const of = all.filter((live) => kind(live) === name);
            const optional = name === "done" ? [] : of.filter((live) => live?.optional);
            const parts = [[of.length - optional.length, (part) => part], [optional.length, words.sumOptional]];
            return parts.filter(([count], at) => count > 0 || name === "done" && at === 0).map(([count, told]) => told(`${count} ${word}`));
        });
        return words.sum(this.names.length, told.join(", "));
    }

    /** How many of the required steps are done. A sum stays until that changes. */
    showCount() {
        const required = new Map(this.many.filter(({ live }) => live && !live.optional).map((step) => [step.dataset.step, step.live]));
        const done = [...required.values()].filter((live) => live.done).length;
        const counted = required.size ? words.ofList(done, required.size) : "";
        if (this.counted === counted) return;
        this.counted = counted;
        if (this.checked) return;
        say(this.text, counted);
        this.onward.hidden = true;
    }
}

const progress = {
    course: { done: 0, of: 0, next: null },
    pages: {},
    lists: [],

    /** The progress of this page; of the course, for a page without steps or when the page is complete. */
    here() {
        const page = this.pages[thisPage()];
        return page && page.done < page.of ? page : this.course;
    },

    build() {
        this.number = make("span", {});
        this.rest = make("span", {});
        this.meter = make("progress", { ariaLabel: words.bar });
        this.label = make("span", { className: "verify-label", textContent: words.practiceShort, hidden: true });
        this.next = linkTo("");
        this.next.title = words.nextKey;
        this.next.setAttribute("aria-keyshortcuts", "n");
        this.onward = make("span", { className: "verify-onward", hidden: true }, `${words.next} `, this.next);
        this.lost = make("span", { className: "verify-lost", role: "status" });
        this.summary = make("a", { className: "verify-link", href: "#verify-summary", textContent: words.summary, hidden: true });
        this.bar = make("nav", { className: "verify-bar", ariaLabel: words.bar, hidden: true },
            this.meter, make("span", { role: "status" }, this.number, this.rest), this.onward, this.summary, this.label, this.lost);
        const names = new Set(steps().map((step) => step.dataset.step));
        this.page = new Many(steps(), words.allOfPage);
        this.lists = [...new Set(steps().map((step) => step.closest("ul, ol")))].map((list) => {
            const many = steps().filter((step) => step.closest("ul, ol") === list);
            const own = new Set(many.map((step) => step.dataset.step));
            if (!list || own.size < 2 || own.size === names.size) return;
            const checklist = new Many(many, words.allOfList);
            list.after(checklist.element);
            return checklist;
        }).filter(Boolean);
        // Not in the page's wrapper, which moves with the sidebar.
        (document.querySelector("#mdbook-body-container") ?? document.body).append(this.bar);
        addEventListener("keydown", (event) => {
            const { key, target } = event;
            const isTyped = target.closest?.("input, textarea, select, [contenteditable]");
            if (key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyped || this.onward.hidden) return;
            event.preventDefault();
            this.next.click();
        });
    },

    update({ course, pages }) {
        Object.assign(this, { course, pages });
        const here = this.here();
        const page = pages[thisPage()];
        const isComplete = course.of > 0 && course.done === course.of;
        const isPageComplete = page && page.done === page.of;
        const counted = isPageComplete ? page : here;
        const of = here === this.course ? words.ofCourse : words.ofPage;
        say(this.number, isComplete ? words.courseDone(course.of) : isPageComplete ? words.pageDone(page.of) : words.count(here.done, here.of));
        say(this.rest, isComplete || isPageComplete ? "" : ` ${of}`);
        this.bar.toggleAttribute("data-complete", Boolean(isComplete || isPageComplete));
        Object.assign(this.meter, { max: Math.max(counted.of, 1), value: counted.done });
        this.onward.hidden = !here.next;
        if (here.next) pointOnward(this.next, here.next, pages);
        this.summary.hidden = !isComplete;
        this.label.hidden = !about.practice;
        this.bar.hidden = course.of === 0;
        for (const step of steps()) {
            const isNext = step.dataset.step === here.next && step === named(here.next)[0];
            if (step.hasAttribute("data-next") === isNext) continue;
            step.toggleAttribute("data-next", isNext);
            step.update({});
        }
        this.lists.forEach((list) => list.showCount());
        this.count();
        this.markChapters(pages);
    },

    count() {
        for (const many of [this.page, ...this.lists]) many.count();
    },

    /** Says that the server is lost, where it is seen wherever the reader is. */
    lose(text) {
        say(this.lost, text);
        this.bar.toggleAttribute("data-lost", Boolean(text));
        if (text) this.bar.hidden = false;
    },

    markChapters(pages) {
        for (const link of document.querySelectorAll("#mdbook-sidebar a[href]")) {
            const { pathname, hash } = new URL(link.href);
            const count = !hash && pages[decodeURIComponent(pathname).slice(1) || "index.html"];
            if (!count?.of) continue;
            const mark = link.querySelector(".verify-mark") ?? link.appendChild(make("span", { className: "verify-mark", role: "img" }));
            say(mark, count.done === count.of ? "✓" : `${count.done}/${count.of}`);
            mark.ariaLabel = words.mark(count.done, count.of);
        }
    },
};
