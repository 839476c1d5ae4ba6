// What all parts use: elements, requests to the server, times, and what is known of each step.

// Only `verify serve` answers. A page from disk or from another host sends no requests.
if (!["127.0.0.1", "localhost", "[::1]"].includes(location.hostname)) return;

/** All steps of the course, by id, as the server last sent them. */
const lives = new Map();
/** The course's title, and whether this is about the practice accounts. */
const about = { course: "", practice: false };

const steps = () => [...document.querySelectorAll("verify-step")];
const named = (id) => steps().filter((step) => step.dataset.step === id);

function make(name, properties, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
}

/** A sentence of the server's, in which what is between backticks is code, if they are pairs. */
function sentence(text) {
    const parts = text.split("`");
    return parts.length % 2 === 0 ? [text] : parts.map((part, at) => at % 2 ? make("code", { textContent: part, dir: "ltr" }) : part);
}

/** Changes a text only if it differs, so that it is read aloud once. */
function say(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

/** The key that only this origin has, since the one-time address was opened. */
const key = () => localStorage.getItem("verify-key") ?? "";

/** Sends a request to the server. An event brings the result. Returns the error if the request failed. */
async function ask(path, body) {
    try {
        const response = await fetch(`/-/${path}`, {
            method: "POST",
            headers: { "content-type": "application/json", "x-verify": key() },
            body: JSON.stringify(body),
        });
        if (response.ok) return "";
        return response.status === 403 && !(await isOurs()) ? words.ended : await response.text();
    } catch {
        return words.silent;
    }
}

/** Whether the server still knows this page's key. */
async function isOurs() {
    const stopped = new AbortController();
    const response = await fetch(`/-/events?key=${key()}`, { signal: stopped.signal });
    stopped.abort();
    return response.ok;
}

function button(text, act) {
    const made = make("button", { type: "button", className: "verify-button", textContent: text });
    // Not `disabled`, which would lose the focus.
    made.addEventListener("click", () => made.ariaDisabled !== "true" && act());
    return made;
}

/** Copies a text, and returns what came of it. */
async function toClipboard(text) {
    try {
        await navigator.clipboard.writeText(text);
        return words.copied;
    } catch {
        return words.notCopied;
    }
}

/** A button that copies a text, with its answer. */
function copier(text, label) {
    const copied = make("span", { role: "status" });
    const copy = button(words.copy, async () => say(copied, await toClipboard(text())));
    copy.ariaLabel = label ?? words.copy;
    return make("span", { className: "verify-copy" }, copy, " ", copied);
}

/** A command with a button that copies it. */
function commandLine(text) {
    return make("div", { className: "verify-share" }, make("code", { textContent: text, dir: "ltr" }), copier(() => text, `${words.copy}: ${text}`));
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
// As documents have them, and as the server's sentences do, in the zone of its computer: `2026-11-24 11:03 UTC+5:30`.
const TIME = /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.\d+)?(?:Z| UTC(?:([+-])(\d{1,2})(:\d\d)?)?)/g;

/** A time for the reader, in their own zone. */
const moment = (time) => MOMENT.format(new Date(time));

/** Shows the times in a part of the page in the reader's zone. */
function localize(element) {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) if (texts.currentNode.data.search(TIME) >= 0 && texts.currentNode.parentNode.localName !== "time") found.push(texts.currentNode);
    for (const text of found) {
        const parts = [];
        let end = 0;
        for (const { 0: whole, 1: day, 2: minute, 3: second, 4: sign, 5: hours, 6: minutes, index } of text.data.matchAll(TIME)) {
            const zone = sign ? `${sign}${hours.padStart(2, "0")}${minutes ?? ":00"}` : "Z";
            const dateTime = `${day}T${minute}${second ?? ":00"}${zone}`;
            if (isNaN(new Date(dateTime))) continue;
            parts.push(text.data.slice(end, index), make("time", { dateTime, title: whole, textContent: moment(dateTime) }));
            end = index + whole.length;
        }
        text.replaceWith(...parts, text.data.slice(end));
    }
}

const anchor = (id) => `step:${id}`;

/** The page that this is, as the server calls it. */
const thisPage = () => decodeURIComponent(location.pathname).slice(1) || "index.html";

/** The address of a step: in this page, if it is there. */
function address(id) {
    const hash = `#${encodeURIComponent(anchor(id))}`;
    return named(id).length ? hash : `/${encodeURI(lives.get(id)?.page ?? "")}${hash}`;
}

/** A link to a step, which gets the focus there. */
function linkTo(id) {
    const link = make("a", { className: "verify-link" });
    link.addEventListener("click", (event) => {
        if (!named(link.dataset.step).length) return;
        event.preventDefault();
        history.pushState(null, "", address(link.dataset.step));
        arrive();
    });
    return pointTo(link, id);
}

function pointTo(link, id) {
    link.dataset.step = id;
    link.href = address(id);
    say(link, lives.get(id)?.title ?? id);
    return link;
}

/** A link to the next step. In another lesson, that is named; where it was not begun, the link leads to its beginning. */
function pointOnward(link, id, pages) {
    pointTo(link, id);
    const { page, lesson } = lives.get(id) ?? {};
    if (named(id).length || !page) return;
    if (pages[page]?.done !== 0) return say(link, words.inLesson(link.textContent, lesson));
    link.href = `/${encodeURI(page)}`;
    say(link, words.nextLesson(lesson));
}

/** Shows the step that the address names, and gives it the focus. Returns whether there is one. */
function arrive() {
    const hash = decodeURIComponent(location.hash);
    if (!hash.startsWith("#step:")) return false;
    const [step] = named(hash.slice("#step:".length));
    step?.arrive();
    return Boolean(step);
}
