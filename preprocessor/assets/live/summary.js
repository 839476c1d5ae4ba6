// The end of the course: what was done, to keep or to hand in.

const summary = {
    element: banner("summary"),

    update({ done, of }) {
        const isComplete = of > 0 && done === of;
        this.element.hidden = !isComplete;
        this.element.id = "verify-summary";
        if (!isComplete) return;
        const text = this.text();
        if (this.shown === text) return;
        this.shown = text;
        const answer = make("span", { role: "status" });
        const copy = button(words.copySummary, async () => say(answer, await toClipboard(text)));
        const save = button(words.saveSummary, () => {
            const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
            make("a", { href, download: "summary.txt" }).click();
            URL.revokeObjectURL(href);
        });
        const file = `.verify/results/${about.practice ? "practice" : "results"}.json`;
        const [title, ...lines] = this.head();
        this.element.replaceChildren(make("strong", { className: "verify-complete", textContent: `✓ ${title}` }),
            ...lines.map((line) => make("div", { textContent: line })),
            make("div", { className: "verify-controls" }, copy, save, button(words.printSummary, () => print()), answer),
            make("div", { textContent: words.handIn(file) }));
    },

    required: () => [...lives.values()].filter((live) => live.page && !live.optional),

    head() {
        const confirmed = this.required().filter((live) => live.verdict === "confirmed").length;
        return [words.complete(about.course), words.completeIn(about.practice), words.completeOf(this.required().length - confirmed, confirmed)];
    },

    text() {
        const lines = this.required().map(({ title, label, checked }) => `${label}: ${title}${checked ? ` (${moment(checked)})` : ""}`);
        return [...this.head(), "", ...lines, ""].join("\n");
    },
};
