// What a learner does in the live book, from new practice accounts to a complete course.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { button, chapters, details, idle, lesson, Machine, press, progress, read, ready, shown, step, unnoticed, verdict, visitor } from "./common.mjs";

const text = (page, selector) => page.locator(selector).first().innerText();

/** Marks the page: a mark that is still there was not reloaded. */
const mark = (page) => page.evaluate(() => { window.marked = true; });
const isMarked = (page) => page.evaluate(() => window.marked === true);

/** Does every step of a page, reads the answer and the verdict on its card, and confirms it where that is needed. */
async function everyStep(page) {
    const ids = await page.locator("verify-step").evaluateAll((steps) => [...new Set(steps.map((step) => step.dataset.step))]);
    for (const id of ids) {
        await details(page, id);
        // A step that another one's action did as well was verified with it.
        if (await button(page, id, "Do this step in the practice accounts").isVisible()) {
            await press(page, id, "Do this step in the practice accounts");
            await idle(page, id);
            assert.match(await step(page, id).innerText(), /Done in the practice accounts: |already done in the practice accounts/, id);
        }
        await page.waitForFunction((id) => {
            const { dataset, state, live } = document.querySelector(`verify-step[data-step="${id}"]`);
            return !state.running && (dataset.verdict === "verified" || live.actions.includes("confirm") || dataset.verdict === "confirmed");
        }, id);
        const asks = await step(page, id).evaluate((step) => step.live.actions.includes("confirm"));
        if (asks) {
            await press(page, id, "I confirm this");
            await verdict(page, id, "confirmed");
        }
    }
}

test("every step is done through its button, verified, and the book says complete", async () => {
    const machine = new Machine();
    const context = await visitor();
    const page = await read(context, await machine.serve());
    const accounts = page.locator('[data-banner="accounts"]');
    assert.match(await accounts.innerText(), /nothing here is real/);
    await accounts.locator("summary").click();
    assert.match(await accounts.innerText(), /verify accounts general=PROFILE production=PROFILE/);
    assert.equal(await progress(page), "0 of 14 required steps of this page");
    for (const chapter of ["general-account.html", lesson, "shared-bucket.html"]) {
        await page.goto(`${context.origin}/${chapter}`);
        await ready(page);
        await everyStep(page);
    }
    await page.locator(".verify-bar").getByText("All 28 required steps of this course are done.").waitFor();
    const summary = page.locator('[data-banner="summary"]');
    assert.match(await summary.innerText(), /You have completed “AWS from the ground up”\..*In the practice accounts\..*\d+ steps are verified by what AWS reports, and \d+ confirmed by you\..*\.verify\/results\/practice\.json/s);
    const saved = page.waitForEvent("download");
    await summary.getByRole("button", { name: "Save the summary" }).click();
    const lines = fs.readFileSync(await (await saved).path(), "utf8").trim().split("\n").slice(4);
    assert.equal(lines.length, 28);
    assert.ok(lines.every((line) => /^(Verified|Confirmed by you): .+ \(.+\)$/.test(line)), lines.join("\n"));
    assert.deepEqual(await page.locator("#mdbook-sidebar .verify-mark").allInnerTexts(), ["✓", "✓", "✓"]);
    await page.reload();
    await ready(page);
    assert.equal(await progress(page), "All 28 required steps of this course are done.");
    for (const chapter of chapters) {
        await page.goto(`${context.origin}/${chapter}`);
        await ready(page);
        assert.equal(await progress(page), "All 28 required steps of this course are done.");
    }
    assert.equal(machine.verify("status", "--practice").status, 0);
    unnoticed(context);
});

test("what may not be read is unknown, and the page names the permission", async () => {
    const machine = new Machine();
    await machine.bind(() => null);
    const context = await visitor();
    const page = await read(context, await machine.serve());
    assert.equal(await page.locator('[data-banner="accounts"][data-practice]').count(), 0);
    assert.equal(await page.getByRole("button", { name: "Do this step" }).count(), 0);
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "unknown");
    assert.match(await step(page, "cost-budget").innerText(), /budgets:ViewBudget/);
    unnoticed(context);
});

test("an exact statement is confirmed, and that is undone", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "account-created");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    await press(page, "pdf-invoice", "Verify");
    await verdict(page, "pdf-invoice", "unknown");
    assert.equal(await button(page, "pdf-invoice", "I confirm this").isVisible(), false, "it is not done yet");
    await press(page, "pdf-invoice", "Do this step in the practice accounts");
    await page.getByText("Now confirm it.").waitFor();
    assert.equal(await button(page, "pdf-invoice", "Do this step").isVisible(), false);
    const statement = "In Billing preferences of the production account, “PDF invoices delivered by email” is on.";
    assert.match(await step(page, "pdf-invoice").innerText(), new RegExp(`To confirm: “${statement}”`));
    await press(page, "pdf-invoice", `I confirm this: ${statement}`);
    await verdict(page, "pdf-invoice", "confirmed");
    // The button that was pressed is gone, and the focus is where the confirmation can be undone.
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Details");
    await page.keyboard.press("Enter");
    assert.match(await step(page, "pdf-invoice").innerText(), new RegExp(`You confirmed: “${statement}”`));
    await press(page, "pdf-invoice", "Undo my confirmation");
    await verdict(page, "pdf-invoice", "unknown");
    assert.equal(await button(page, "pdf-invoice", "I confirm this").isVisible(), true);
    assert.doesNotMatch(await step(page, "pdf-invoice").innerText(), /Done|First done/, "it never was done");
    unnoticed(context);
});

test("two pages and a terminal stay in step, without a reload", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    const context = await visitor();
    const serving = await machine.serve("--practice");
    const one = await read(context, serving);
    const other = await context.newPage();
    await other.goto(`${serving.origin}/${lesson}`);
    await ready(other);
    await mark(one);
    await mark(other);
    await press(one, "cost-budget", "Verify");
    await verdict(other, "cost-budget", "verified");
    machine.verify("--practice", "account-created");
    await verdict(one, "account-created", "verified");
    await verdict(other, "account-created", "verified");
    assert.ok(await isMarked(one) && await isMarked(other));
    await one.reload();
    await ready(one);
    await verdict(one, "cost-budget", "verified");
    unnoticed(context);
});

test("a page that is not seen lets go of the server, and is told all when it is seen again", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    await mark(page);
    const see = (hidden) => page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
    await see(true);
    machine.verify("--practice", "cost-budget");
    await see(false);
    await verdict(page, "cost-budget", "verified");
    assert.ok(await isMarked(page));
    unnoticed(context);
});

test("a checklist is verified at once", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    await page.getByRole("button", { name: "Verify all 7", exact: true }).click();
    await page.getByText("Checked 7 steps: 3 done, ").waitFor();
    await verdict(page, "cost-budget", "verified");
    await verdict(page, "alternate-contacts", "not-yet");
    await page.waitForFunction(() => [...document.querySelectorAll("verify-step")].every((step) => !step.state.running));
    assert.match(await text(page, '.verify-many:has(button:text-is("Verify all 7"))'), /Checked 7 steps: 3 done, 1 not yet, 1 not yet \(optional\), 2 unknown\./);
    unnoticed(context);
});

test("a step that is watched turns green by itself", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "account-created");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "not-yet");
    await press(page, "cost-budget", "Keep watching");
    await step(page, "cost-budget").getByText("Watching: the verdict changes when your account changes.").waitFor();
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Stop watching/);
    machine.verify("practice", "do", "cost-budget");
    await verdict(page, "cost-budget", "verified");
    // Nothing is left to watch, and the focus is still in the step.
    await button(page, "cost-budget", "Stop watching").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Details");
    unnoticed(context);
});

test("the focus and what is open survive an update, and the order is that of the page", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "account-created");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    const own = step(page, "cost-budget");
    await own.locator("summary").focus();
    assert.equal(await focused(), "Details");
    await page.keyboard.press("Enter");
    machine.verify("--practice", "cost-budget");
    await verdict(page, "cost-budget", "not-yet");
    assert.equal(await focused(), "How this was checked");
    assert.equal(await own.locator("details").evaluate((details) => details.open), true);
    assert.match(await own.locator("details").innerText(), /budgets:DescribeBudgets production, us-east-1, \w+ \d+, 20\d\d/);
    await button(page, "cost-budget", "Verify").focus();
    await page.keyboard.press("Enter");
    await idle(page, "cost-budget");
    const order = [];
    for (let at = 0; at < 5; at++) {
        order.push((await focused()).split(":")[0]);
        await page.keyboard.press("Tab");
    }
    assert.deepEqual(order, ["Verify", "Do this step in the practice accounts", "Keep watching", "How this was checked", "Copy"]);
    assert.equal(await page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count(), 0);
    unnoticed(context);
});

test("screen readers hear that it asks and what came of it", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "account-created");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    const own = step(page, "cost-budget");
    await own.evaluate((step) => {
        window.heard = [];
        new MutationObserver(() => window.heard.push(step.message.textContent)).observe(step.message, { childList: true });
    });
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "not-yet");
    assert.deepEqual(await page.evaluate(() => window.heard), ["Asking the practice accounts …", "Not yet"]);
    const group = page.getByRole("group", { name: "Step: Budget created" });
    assert.equal(await group.getByRole("button", { name: "Verify: Budget created" }).count(), 1);
    unnoticed(context);
});

test("an edit reloads the page, a mistake is shown in it, and goes away when it is mended", async () => {
    const machine = new Machine();
    const context = await visitor();
    const page = await read(context, await machine.serve());
    machine.edit("src/production-account.md", "verify: cost-budget", "verify: cost-buget");
    await page.getByText(/production-account\.md:\d+:\d+/).waitFor();
    assert.match(await text(page, '[data-banner="broken"]'), /did you mean `cost-budget`/);
    machine.edit("src/production-account.md", "verify: cost-buget", "verify: cost-budget");
    await page.locator('[data-banner="broken"]').waitFor({ state: "hidden" });
    machine.edit("src/production-account.md", "## Overview", "## What this is about");
    await page.getByRole("heading", { name: "What this is about" }).waitFor();
    await ready(page);
    unnoticed(context);
});

test("an edited check reloads the page once, though the reference chapter is written anew", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    // The reference has a check's own title, and the page has the titles of its expectations.
    const check = path.join(machine.course, "checks/cost-budget.toml");
    const name = (before, now) => fs.writeFileSync(check, fs.readFileSync(check, "utf8").replaceAll(before, now));
    name("A cost budget that warns you by e-mail", "One budget");
    name("There is a cost budget", "One budget");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    let loads = 0;
    page.on("load", () => loads += 1);
    const shows = async (title) => {
        await press(page, "cost-budget", "Verify");
        await verdict(page, "cost-budget", "verified");
        await step(page, "cost-budget").getByText(title).first().waitFor();
    };
    for (const [before, now] of [["One budget", "Another budget"], ["Another budget", "The last budget"]]) {
        await shows(before);
        const reloaded = page.waitForEvent("load");
        name(before, now);
        await reloaded;
        await ready(page);
    }
    await shows("The last budget");
    assert.equal(loads, 2);
    unnoticed(context);
});

test("when the server stops the page says so, and it goes on when it is back", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    const context = await visitor();
    const first = await machine.serve("--practice");
    const page = await read(context, first);
    unnoticed(context);
    await first.stop();
    await page.locator(".verify-bar").getByText("verify serve does not answer. This page continues when it is back.").waitFor();
    await press(page, "cost-budget", "Verify");
    await step(page, "cost-budget").getByText("verify serve does not answer. Start it again in the terminal, and open the address that it prints.").waitFor();
    const second = await machine.serve("--practice", "--port", first.port);
    // Another run has another token. This page cannot use it until its reader opens the new address.
    await page.getByText("Open the address that the new one printed").first().waitFor();
    const other = await context.newPage();
    await other.goto(second.address);
    await page.locator(".verify-bar[data-lost]").waitFor({ state: "hidden" });
    await ready(page);
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "verified");
    const unexpected = context.noticed.filter((what) => !/Failed to load resource|EventSource/.test(what));
    assert.deepEqual(unexpected, []);
});

test("--open hands the address over in a file that nobody else can read, and the browser gets in by it", async () => {
    const machine = new Machine();
    const bin = path.join(machine.home, "bin");
    fs.mkdirSync(bin);
    fs.writeFileSync(path.join(bin, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${machine.home}/opened.part; mv ${machine.home}/opened.part ${machine.home}/opened\n`, { mode: 0o755 });
    machine.env.PATH = `${bin}:${machine.env.PATH}`;
    const opened = new Promise((found) => {
        const watcher = fs.watch(machine.home, () => {
            if (!fs.existsSync(path.join(machine.home, "opened"))) return;
            watcher.close();
            found(fs.readFileSync(path.join(machine.home, "opened"), "utf8"));
        });
    });
    const serving = await machine.serve("--practice", "--open");
    const file = await opened;
    assert.ok(!file.includes("token") && !file.startsWith("http"), file);
    assert.equal(fs.statSync(file).mode & 0o077, 0, "for the learner alone");
    const context = await visitor();
    context.origin = serving.origin;
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.waitForURL(`${serving.origin}/`);
    await ready(page);
    assert.match(await text(page, '[data-banner="accounts"]'), /nothing here is real/);
    await serving.stop();
    assert.equal(fs.existsSync(file), false, "it goes with the server");
});

test("a step in a card has its buttons, its sign and its verdict", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    await page.evaluate(() => {
        const own = document.querySelector('verify-step[data-step="cost-budget"]');
        const card = Object.assign(document.createElement("div"), { className: "verify-card" });
        own.closest("ul").before(card);
        card.append(Object.assign(document.createElement("p"), { className: "verify-title", textContent: "The budget" }), own);
    });
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "verified");
    const own = page.locator(".verify-card > verify-step");
    assert.match(await shown(own.locator(".verify-status")), /^✓ Verified · checked/);
    const colors = await own.evaluate((own) => [getComputedStyle(own.parentElement).borderInlineStartColor,
        getComputedStyle(own.querySelector(".verify-word"), "::before").color]);
    assert.equal(colors[0], colors[1]);
    assert.equal(await own.locator(".verify-share code").innerText(), "verify --practice cost-budget");
    unnoticed(context);
});
