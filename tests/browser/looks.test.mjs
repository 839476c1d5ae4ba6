// How the live book looks and is read aloud: themes, accessibility, print, narrow screens, search, and without its
// server.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { chapters, lesson, Machine, read, ready, screenshots, shown, step, themes, unnoticed, verdict, visitor } from "./common.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

// A book that shows every verdict.
const machine = new Machine();
for (const done of ["cost-budget", "root-mfa", "pdf-invoice"]) machine.verify("practice", "do", done);
machine.verify("--practice", "cost-budget", "root-mfa", "free-tier-alerts", "alternate-contacts", "account-name");
machine.verify("--practice", "confirm", "pdf-invoice");
fs.mkdirSync(screenshots, { recursive: true });
const serving = await machine.serve("--practice");

const inTheme = async (theme, options) => {
    const context = await visitor(options);
    await context.addInitScript((theme) => {
        if (location.protocol === "http:") localStorage.setItem("mdbook-theme", theme);
    }, theme);
    return context;
};

/** The address works once: everybody else gets the cookie and the key of the first. */
let cookies, key;
async function open(context, chapter) {
    context.origin = serving.origin;
    if (!cookies) {
        const page = await read(context, serving, chapter);
        cookies = await context.cookies();
        key = await page.evaluate(() => localStorage.getItem("verify-key"));
        return page;
    }
    await context.addCookies(cookies);
    await context.addInitScript((key) => {
        if (location.protocol === "http:") localStorage.setItem("verify-key", key);
    }, key);
    const page = await context.newPage();
    await page.goto(`${serving.origin}/${chapter}`);
    await ready(page);
    return page;
}

/** What mdBook 0.5's own frame, themes and syntax colours have, with or without us: the rule, and where. */
const ofMdBook = [
    ["aria-allowed-attr", "#mdbook-sidebar-toggle"],
    ["aria-prohibited-attr", "#mdbook-sidebar-toggle"],
    ["region", "#mdbook-menu-bar, #mdbook-menu-bar *"],
    // In Chromium, all of them can still be scrolled with the keyboard.
    ["scrollable-region-focusable", "pre > code, .table-wrapper"],
    ["link-in-text-block", "main a"],
    ["color-contrast", ".menu-title, #mdbook-sidebar a, th, code.hljs *, main a:not(.verify-banner *, verify-step *)"],
];

for (const theme of themes) {
    test(`axe finds nothing on any chapter in ${theme}`, async () => {
        const context = await inTheme(theme);
        for (const chapter of chapters) {
            const page = await open(context, chapter);
            assert.equal(await page.evaluate((theme) => document.documentElement.classList.contains(theme), theme), true);
            await page.locator("details.verify-details").evaluateAll((all) => all.forEach((each) => each.open = true));
            // Run like the page's own inspector, because the page's policy allows no other script.
            await page.evaluate(axe);
            const found = await page.evaluate(async (ofMdBook) => {
                const { violations } = await axe.run(document, { resultTypes: ["violations"], elementRef: true });
                const all = violations.flatMap(({ id, nodes }) => nodes.map((node) => ({ id, ...node })));
                const ours = all.filter(({ id, element }) => !ofMdBook.some(([rule, where]) => id === rule && element.matches(where)));
                return ours.map(({ id, html, any, all, none }) =>
                    `${id}: ${html.slice(0, 160)} ${[...any, ...all, ...none].map(({ message }) => message).join("; ")}`);
            }, ofMdBook);
            assert.deepEqual(found, [], `${chapter} in ${theme}`);
            await page.close();
        }
        unnoticed(context);
    });
}

test("screenshots are taken for people to look at", async () => {
    for (const [name, theme, width] of [["light", "light", 1200], ["dark", "navy", 1200], ["narrow", "light", 390], ["narrow-dark", "ayu", 390]]) {
        const context = await inTheme(theme, { viewport: { width, height: 900 } });
        const page = await open(context, lesson);
        await page.screenshot({ path: path.join(screenshots, `${name}-top.png`) });
        await step(page, "cost-budget").scrollIntoViewIfNeeded();
        await step(page, "cost-budget").locator("summary").click();
        await page.screenshot({ path: path.join(screenshots, `${name}-steps.png`) });
        await page.screenshot({ path: path.join(screenshots, `${name}-whole.png`), fullPage: true });
        await context.close();
    }
    const context = await inTheme("light");
    const page = await open(context, lesson);
    await page.emulateMedia({ media: "print" });
    await page.screenshot({ path: path.join(screenshots, "print.png"), fullPage: true });
    assert.ok(fs.readdirSync(screenshots).includes("print.png"));
});

test("nothing runs off a narrow screen, and nothing moves for those who asked for rest", async () => {
    const context = await inTheme("light", { viewport: { width: 340, height: 800 }, reducedMotion: "reduce" });
    const page = await open(context, lesson);
    await page.locator("details.verify-details").evaluateAll((all) => all.forEach((each) => each.open = true));
    const main = await page.locator("main").boundingBox();
    for (const box of await page.locator("verify-step, .verify-many, .verify-banner").all()) {
        const { x, width } = await box.boundingBox() ?? { x: 0, width: 0 };
        assert.ok(x + width <= main.x + main.width + 1, await box.innerText());
    }
    const moving = await page.locator("verify-step, verify-step *, .verify-banner, .verify-banner *").evaluateAll((all) =>
        all.filter((each) => getComputedStyle(each).transitionDuration !== "0s" || getComputedStyle(each).animationName !== "none").length);
    assert.equal(moving, 0);
    unnoticed(context);
});

test("search finds the lesson, and the print page holds all of it, without duplicate ids", async () => {
    const context = await visitor();
    const page = await open(context, "index.html");
    await page.keyboard.press("s");
    await page.locator("#mdbook-searchbar").pressSequentially("budget");
    await page.locator("#mdbook-searchresults a").first().waitFor();
    for (const chapter of [...chapters, "print.html"]) {
        await page.goto(`${serving.origin}/${chapter}`);
        const twice = await page.evaluate(() => {
            const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
            return ids.filter((id, at) => ids.indexOf(id) !== at);
        });
        assert.deepEqual(twice, [], chapter);
    }
    await ready(page);
    assert.equal(await page.locator("verify-step").count(), 31);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".verify-button:visible, .verify-details:visible, .verify-many:visible").count(), 0);
    assert.match(await page.locator('[data-banner="accounts"]').innerText(), /nothing here is real/);
    assert.match(await shown(step(page, "cost-budget")), /^Verified/);
    unnoticed(context);
});

test("without JavaScript a built book reads as text, and the live one says what it lacks", async () => {
    const context = await visitor({ javaScriptEnabled: false });
    context.origin = serving.origin;
    await context.addCookies(cookies);
    const page = await context.newPage();
    await page.goto(`${serving.origin}/${lesson}`);
    assert.match(await shown(step(page, "cost-budget")), /JavaScript shows the verdict here\..*verify --practice cost-budget/s);
    machine.verify("build", "--practice");
    await page.goto(pathToFileURL(path.join(machine.course, "book", lesson)).href);
    assert.match(await shown(step(page, "cost-budget")), /^Verified.*My Monthly Cost Budget allows 10 USD\..*verify --practice cost-budget/s);
    assert.equal(await page.locator("verify-step button").count(), 0);
});

test("a built book, opened from disk, reads as text and asks nobody", async () => {
    const context = await visitor();
    const page = await context.newPage();
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(path.join(machine.course, "book", lesson)).href);
    assert.match(await shown(step(page, "cost-budget")), /^Verified.*verify --practice cost-budget/s);
    assert.match(await shown(page.locator("main")), /With verify serve, each step of this book has a button\./);
    assert.equal(await page.locator("verify-step button").count(), 0);
    assert.deepEqual(asked.filter((url) => !url.startsWith("file:")), []);
    // Browsers treat each file as its own origin, which mdBook's own pages don't handle well.
    assert.deepEqual(context.noticed.filter((what) => /verify|127\.0\.0\.1|asks elsewhere/.test(what)), []);
});
