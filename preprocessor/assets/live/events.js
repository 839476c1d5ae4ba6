// What the server sends, while the page is open: in front, and in the background where something is awaited.

const AGAIN = 2000; // milliseconds until a server that refused is asked again
const PLACE = "verify-place";

progress.build();
accounts.build();
document.querySelector("main")?.prepend(broken.element, summary.element, accounts.element, leftovers.element,
    ...progress.page.names.length > 1 ? [progress.page.element] : [], reasons.element);
customElements.define("verify-step", VerifyStep);

/** Where the reader is: the step or heading at the top of the window, what is open, and what is typed. */
function place() {
    const marks = [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)[id], main verify-step")];
    const at = marks.find((mark) => mark.getBoundingClientRect().bottom > 0);
    const open = steps().flatMap((step, index) => step.details.open ? [[step.dataset.step, index]] : []);
    const typed = steps().flatMap((step, index) => [...step.querySelectorAll(".verify-field")]
        .filter((field) => field.value !== field.dataset.given).map((field) => [step.dataset.step, index, field.name, field.value]));
    const name = at && (at.id || at.dataset.step);
    return { page: thisPage(), name, top: at?.getBoundingClientRect().top ?? 0, scroll: scrollY, open, typed, accounts: accounts.element.open };
}

/** Loads the page's new version. The reader stays where they are. */
function reload() {
    sessionStorage.setItem(PLACE, JSON.stringify(place()));
    history.scrollRestoration = "manual";
    location.reload();
}

/** Brings the reader back to where they were before the page was loaded again. Returns whether it was. */
function restore() {
    const saved = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
    sessionStorage.removeItem(PLACE);
    if (saved?.page !== thisPage()) return false;
    // Until the page is loaded, the browser would bring back the old distance from its top.
    const automatic = () => setTimeout(() => { history.scrollRestoration = "auto"; });
    if (document.readyState === "complete") automatic();
    else addEventListener("load", automatic, { once: true });
    // The same step may have another place now.
    const found = (id, index) => steps()[index]?.dataset.step === id ? steps()[index] : named(id)[0];
    for (const [id, index] of saved.open) found(id, index)?.details.setAttribute("open", "");
    for (const [id, index, name, value] of saved.typed) {
        const field = found(id, index)?.querySelector(`.verify-field[name="${CSS.escape(name)}"]`);
        if (!field) continue;
        field.value = value;
        offerToSave(field.form);
    }
    accounts.element.open = saved.accounts;
    const at = saved.name && (document.getElementById(saved.name) ?? named(saved.name)[0]);
    scrollTo({ top: at ? scrollY + at.getBoundingClientRect().top - saved.top : saved.scroll, behavior: "instant" });
    return true;
}

/** Notifies a reader who looks at another tab that a step that they wait for is done. */
function announce(live) {
    if (!document.hidden) return;
    document.title = words.titleMark(live.title, title);
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const notification = new Notification(live.title, { body: live.label, tag: "verify" });
    notification.addEventListener("click", () => focus());
}
const title = document.title;

let build;
let isNew = true;
let watched = [];
const handlers = {
    hello({ build: now, course, practice }) {
        if (build && build !== now) reload();
        build = now;
        Object.assign(about, { course, practice });
        for (const step of steps()) step.toggleAttribute("data-practice", practice);
    },
    accounts: (event) => accounts.update(event),
    steps({ steps: changed, progress: now }) {
        for (const [id, live] of Object.entries(changed)) {
            const isAwaited = watched.includes(id) && lives.get(id) && !lives.get(id).done;
            lives.set(id, live);
            if (isAwaited && live.done) announce(live);
        }
        for (const step of steps()) if (changed[step.dataset.step]) step.show(changed[step.dataset.step]);
        leftovers.update();
        progress.update(now);
        reasons.update();
        summary.update(now.course);
        if (isNew && !restore()) arrive();
        isNew = false;
    },
    awaited({ step, html }) {
        for (const each of named(step)) each.await(html);
    },
    "under-way"({ running, watched: now, failed, done }) {
        watched = now;
        for (const step of steps()) {
            const id = step.dataset.step;
            step.update({ running: running.includes(id), watched: now.includes(id), failed: failed[id] ?? "", done: done[id] ?? "" });
        }
        progress.count();
        reasons.update();
        if (document.hidden) background();
    },
    reload,
    broken: ({ message }) => broken.say(message),
};

/** Listens. A page that is shown again gets the full state. */
let events;
function listen() {
    if (events && events.readyState !== EventSource.CLOSED) return;
    events = new EventSource(`/-/events?key=${key()}`);
    events.onmessage = ({ data }) => {
        const event = JSON.parse(data);
        handlers[event.kind](event);
    };
    events.onopen = () => progress.lose("");
    events.onerror = () => {
        const refused = events.readyState === EventSource.CLOSED;
        progress.lose(refused ? words.ended : words.waits);
        // The browser reconnects by itself, but not after a refusal.
        if (refused) setTimeout(() => document.hidden || listen(), AGAIN);
    };
}
const close = () => events?.close();

/**
 * Browsers allow few connections. So of the pages that are not seen, one at most listens, and only while a step is
 * watched.
 */
let release;
function background() {
    if (watched.length === 0) {
        release?.();
        release = null;
        return close();
    }
    if (release) return;
    release = () => {};
    navigator.locks.request("verify-background", { ifAvailable: true }, (lock) => {
        if (!lock || !document.hidden) {
            release = null;
            if (document.hidden) close();
            return;
        }
        return new Promise((done) => { release = done; });
    });
}

document.addEventListener("visibilitychange", () => {
    if (document.hidden) return background();
    release?.();
    release = null;
    document.title = title;
    listen();
});
addEventListener("pagehide", close);
addEventListener("pageshow", () => document.hidden || listen());
addEventListener("hashchange", () => isNew || arrive());
if (!document.hidden) listen();
