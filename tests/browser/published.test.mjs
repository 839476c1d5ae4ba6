// The published book from `verify build`: in a subfolder of a host that serves only files.

import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, test } from "node:test";
import { chapters, lesson, Machine, read, screenshots, shown, step, themes, unnoticed, visitor } from "./common.mjs";

const below = "/some/where/";
const types = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
    ".woff2": "font/woff2", ".json": "application/json" };

/** Serves a folder below a path, as a static host does: a folder's index, and its 404.html for what isn't there. */
async function publish(folder) {
    const failed = [];
    const server = http.createServer((request, response) => {
        const { pathname } = new URL(request.url, "http://host");
        const within = path.join(folder, decodeURIComponent(pathname.slice(below.length)), pathname.endsWith("/") ? "index.html" : "");
        const found = pathname.startsWith(below) && within.startsWith(folder) && fs.statSync(within, { throwIfNoEntry: false })?.isFile();
        if (!found) failed.push(pathname);
        const file = found ? within : path.join(folder, "404.html");
        response.statusCode = found ? 200 : 404;
        response.setHeader("content-type", types[path.extname(file)] ?? "application/octet-stream");
        response.end(fs.existsSync(file) ? fs.readFileSync(file) : "nothing here");
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    after(() => server.close().closeAllConnections());
    return { root: `http://127.0.0.1:${server.address().port}${below}`, failed };
}

const machine = new Machine();
machine.verify("build");
const book = path.join(machine.course, "book");
const host = await publish(book);

/** A reader, whose requests outside of the book's path are noticed. */
async function reader(options) {
    const context = await visitor(options);
    context.origin = host.root;
    return context;
}

/** The addresses that a page links to. */
const links = (page) => page.locator("a[href]").evaluateAll((all) => [...new Set(all.map(({ href }) => href))]);

test("every page, every link between them and every picture works below any path", async () => {
    const context = await reader();
    const page = await context.newPage();
    await page.goto(host.root);
    await page.locator("#mdbook-sidebar a").first().waitFor();
    const listed = await page.locator("#mdbook-sidebar a[href$='.html']").evaluateAll((all) =>
        [...new Set(all.map((link) => new URL(link.href).pathname))]);
    assert.deepEqual(listed.sort(), chapters.map((name) => below + name).sort(), "the sidebar lists every chapter");
    const seen = new Map();
    const waiting = [host.root, ...listed.map((name) => new URL(name, host.root).href), `${host.root}print.html`];
    const targets = [];
    while (waiting.length) {
        const address = waiting.pop();
        if (seen.has(address)) continue;
        const answer = await page.goto(address);
        assert.equal(answer.status(), 200, address);
        await page.waitForLoadState("load");
        seen.set(address, new Set(await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id))));
        for (const link of await links(page)) {
            const { origin, href, hash } = new URL(link);
            if (origin !== new URL(host.root).origin) continue;
            targets.push([address, href.slice(0, href.length - hash.length), decodeURIComponent(hash.slice(1))]);
            waiting.push(targets.at(-1)[1]);
        }
    }
    assert.ok(seen.size > chapters.length, `${seen.size} pages`);
    for (const [from, to, id] of targets) assert.ok(!id || seen.get(to).has(id), `${from} links to ${to}#${id}, which isn't there`);
    assert.deepEqual(host.failed, []);
    unnoticed(context);
});

test("search finds a lesson and leads to it", async () => {
    const context = await reader();
    const page = await context.newPage();
    await page.goto(`${host.root}reference.html`);
    await page.keyboard.press("s");
    await page.locator("#mdbook-searchbar").pressSequentially("budget");
    const result = page.locator("#mdbook-searchresults a").first();
    await result.waitFor();
    await result.click();
    await page.waitForURL((url) => url.href.startsWith(host.root) && url.searchParams.has("highlight"));
    assert.ok(await page.locator("main mark").count() > 0, page.url());
    assert.deepEqual(host.failed, []);
    unnoticed(context);
});

test("the print page holds every step where a lesson names it, and asks to print", async () => {
    const context = await reader();
    await context.addInitScript(() => { window.print = () => { window.printed = true; }; });
    const page = await context.newPage();
    await page.goto(`${host.root}print.html`);
    await page.waitForFunction(() => window.printed);
    const steps = await page.locator("verify-step").evaluateAll((all) => all.map(({ dataset }) => dataset.step));
    assert.ok(steps.includes("cost-budget"));
    assert.deepEqual(steps.filter((step, at) => steps.indexOf(step) !== at), ["account-created"], "the lesson names it twice");
    unnoticed(context);
});

test("without JavaScript the steps read as text, and the chapters are at hand", async () => {
    const context = await reader({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(host.root + lesson);
    assert.match(await shown(step(page, "cost-budget")), /^Not checked.*verify cost-budget/s);
    assert.equal(await page.locator("verify-step button").count(), 0);
    const sidebar = page.frameLocator("iframe.sidebar-iframe-outer");
    const chapter = sidebar.locator("a[href$='shared-bucket.html']").first();
    assert.equal(await chapter.evaluate((link) => link.href), `${host.root}shared-bucket.html`);
    assert.deepEqual(host.failed, []);
    unnoticed(context);
});

test("what is not there is answered by a page of the book where it says where it stands, and by the host otherwise", async () => {
    const lost = `${host.root}no/such/page.html`;
    const context = await reader();
    const page = await context.newPage();
    assert.equal(await (await page.goto(lost)).text(), "nothing here");
    const placed = new Machine();
    placed.edit("book.toml", "[output.html]", `[output.html]\nsite-url = "${below}"`);
    placed.verify("build");
    const other = await publish(path.join(placed.course, "book"));
    context.origin = other.root;
    const answer = await page.goto(`${other.root}no/such/page.html`);
    assert.equal(answer.status(), 404);
    await page.locator("#mdbook-sidebar a[href$='shared-bucket.html']").first().click();
    await page.waitForURL(`${other.root}shared-bucket.html`);
    assert.deepEqual(other.failed, [`${below}no/such/page.html`], "it finds all that it needs");
});

test("a copy that names its sources says how to verify one's own account; the live book has its buttons instead", async () => {
    const sourced = new Machine();
    sourced.edit("book.toml", "[output.html]", '[output.html]\ngit-repository-url = "https://git.example/aws/course"');
    sourced.verify("build");
    const { root } = await publish(path.join(sourced.course, "book"));
    fs.mkdirSync(screenshots, { recursive: true });
    for (const theme of themes) {
        const context = await visitor({ viewport: { width: 360, height: 800 } });
        context.origin = root;
        await context.addInitScript((theme) => {
            if (location.protocol === "http:") localStorage.setItem("mdbook-theme", theme);
        }, theme);
        const page = await context.newPage();
        await page.goto(root + lesson);
        const first = page.locator("verify-step").first();
        assert.match(await shown(first), /No account was read.*git clone https:\/\/git\.example\/aws\/course && cd course.*verify serve --open/s);
        assert.equal(await page.locator(".verify-hint").count(), 1, "once a page");
        const { x, width } = await first.boundingBox();
        for (const line of await first.locator(".verify-command input").all()) {
            const box = await line.boundingBox();
            assert.ok(box.x + box.width <= x + width + 1, await line.inputValue());
        }
        await first.scrollIntoViewIfNeeded();
        await page.screenshot({ path: path.join(screenshots, `published-${theme}.png`) });
        await page.emulateMedia({ media: "print" });
        assert.equal(await page.locator(".verify-hint:visible, .verify-command:visible").count(), 0, "paper has no use for them");
        unnoticed(context);
    }
    const context = await visitor();
    const page = await read(context, await sourced.serve());
    assert.equal(await page.locator(".verify-hint").count(), 0);
    assert.ok(!(await shown(page.locator("main"))).includes("git clone"));
    unnoticed(context);
});
