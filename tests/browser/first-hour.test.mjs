// A learner's first hour: each click has an answer where it was made, and the next step is one click away. No test uses
// the terminal for what the page offers.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { button, details, idle, lesson, Machine, press, progress, read, ready, step, unnoticed, verdict, visitor } from "./common.mjs";

const bar = (page) => page.locator(".verify-bar");
const next = (page) => bar(page).locator(".verify-onward a");
const message = (page, id) => step(page, id).locator(".verify-message").textContent();

/** The step that has the focus. */
const focused = (page) => page.evaluate(() => document.activeElement.closest("verify-step")?.dataset.step);

/** Makes the page believe that it is in front, or behind another tab. */
const see = (page, hidden) => page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}, hidden);

test("the first lesson is done with the page's buttons alone, and each click is answered on its card", async () => {
    const machine = new Machine();
    const context = await visitor();
    const page = await read(context, await machine.serve(), "general-account.html");
    const total = Number(/of (\d+)/.exec(await progress(page))[1]);
    for (let at = 0; at < total; at++) {
        const id = await next(page).getAttribute("data-step");
        assert.equal(await progress(page), `${at} of ${total} required steps of this page`);
        await next(page).click();
        assert.equal(await focused(page), id, "the link leads to the step");
        assert.ok(await step(page, id).evaluate((own) => own.getBoundingClientRect().top < innerHeight && own.getBoundingClientRect().bottom > 0));
        await press(page, id, "Do this step in the practice accounts");
        await idle(page, id);
        assert.match(await message(page, id), /^(Done in the practice accounts: .+|This step is already done in the practice accounts)\. (Verified|Now confirm it)\.$/);
        if (await button(page, id, "I confirm this").isVisible()) {
            await press(page, id, "I confirm this");
            await verdict(page, id, "confirmed");
            assert.equal(await message(page, id), "Confirmed by you");
        }
        await page.waitForFunction(([id, at]) => document.querySelector(`verify-step[data-step="${id}"]`).live.done
            && !document.querySelector(".verify-bar [role=status]").textContent.startsWith(`${at} of`), [id, at]);
    }
    assert.equal(await progress(page), `All ${total} required steps of this page are done.`);
    assert.equal(await page.locator(".verify-bar progress").evaluate((meter) => meter.position), 1);
    // The next step is in a lesson that was not begun: that begins at its top.
    assert.match(await next(page).textContent(), /^the lesson “Creating and Configuring a Production AWS Account”$/);
    await next(page).click();
    await page.waitForURL(`${context.origin}/${lesson}`);
    await ready(page);
    assert.equal(await page.evaluate(() => scrollY), 0);
    unnoticed(context);
});

test("verifying all counts, sums up, says what many steps say once, and leads to the step to begin with", async () => {
    const machine = new Machine();
    const context = await visitor();
    const page = await read(context, await machine.serve());
    const many = page.locator(".verify-many").first();
    await many.evaluate((element) => {
        window.heard = [];
        const status = element.querySelector("[role=status]");
        new MutationObserver(() => window.heard.push(status.textContent)).observe(status, { childList: true });
    });
    await page.getByRole("button", { name: "Verify all 15 steps of this page" }).click();
    await many.getByText(/^Checked 15 steps: 0 done, 14 unknown, 1 unknown \(optional\)\.$/).waitFor();
    assert.match((await page.evaluate(() => window.heard))[0], /^Checking 1 of 15 …$/);
    const begin = many.locator(".verify-link");
    assert.equal(await begin.getAttribute("data-step"), "account-created");
    // The sentence is at the top, once, with the way to the step that helps.
    const note = page.locator('[data-banner="reasons"]');
    const sentence = await note.locator("strong").first().innerText();
    // The page has a button for the terminal's command.
    assert.equal(sentence, "The practice accounts have no production account yet.");
    assert.equal(await page.getByText(sentence, { exact: true }).locator("visible=true").count(), 1);
    assert.ok(await step(page, "cost-budget").getByRole("link", { name: "Why, and what to do" }).isVisible());
    await note.locator(".verify-link").first().click();
    assert.equal(await focused(page), "account-created");
    await press(page, "account-created", "Do this step in the practice accounts");
    await verdict(page, "account-created", "verified");
    assert.match(await message(page, "account-created"), /Verified\.$/);
    // What the others waited for is there now, so that nobody says it any more.
    await page.getByText(sentence).first().waitFor({ state: "hidden" });
    unnoticed(context);
});

test("a step that is verified again says so, and what is confirmed later has no button yet", async () => {
    const machine = new Machine();
    const context = await visitor();
    const page = await read(context, await machine.serve(), "general-account.html");
    const [mfa, invoice] = ["root-mfa@general", "pdf-invoice@general"];
    // Its details open where they were pressed, and close there.
    const place = () => step(page, mfa).locator("summary").evaluate((summary) => [summary.getBoundingClientRect().x, summary.getBoundingClientRect().y].map(Math.round));
    await step(page, mfa).scrollIntoViewIfNeeded();
    const [x, y] = await place();
    await step(page, mfa).locator("summary").click();
    assert.ok(await step(page, mfa).getByText("This step has not been verified yet.").isVisible());
    const [openX, openY] = await place();
    assert.ok(Math.abs(x - openX) <= 1 && Math.abs(y - openY) <= 1, `${[x, y, openX, openY]}`);
    await step(page, mfa).locator("summary").click();
    await press(page, mfa, "Verify");
    await verdict(page, mfa, "not-yet");
    await idle(page, mfa);
    assert.equal(await message(page, mfa), "Not yet");
    await press(page, mfa, "Verify");
    await step(page, mfa).getByText("Checked again, with the same verdict: Not yet.").waitFor();
    await press(page, invoice, "Verify");
    await verdict(page, invoice, "unknown");
    await idle(page, invoice);
    assert.ok(await step(page, invoice).getByText("Then you confirm: “").isVisible());
    assert.equal(await button(page, invoice, "I confirm this").isVisible(), false);
    await press(page, invoice, "Do this step in the practice accounts");
    await button(page, invoice, "I confirm this").waitFor();
    assert.ok(await step(page, invoice).getByText("To confirm: “").isVisible());
    unnoticed(context);
});

test("verifying all of a list ends with its sum in the window", async () => {
    const machine = new Machine();
    const context = await visitor();
    const page = await read(context, await machine.serve(), "general-account.html");
    await page.setViewportSize({ width: 1280, height: 500 });
    const all = page.getByRole("button", { name: "Verify all 3", exact: true });
    await all.evaluate((element) => element.scrollIntoView({ block: "end" }));
    await all.click();
    const sum = page.getByText("Checked 3 steps: 0 done, 3 unknown.");
    await sum.waitFor();
    const [bottom, top] = [await sum.evaluate((element) => element.getBoundingClientRect().bottom), await bar(page).evaluate((element) => element.getBoundingClientRect().top)];
    assert.ok(bottom <= top, `${bottom} is above the bar's ${top}`);
    unnoticed(context);
});

test("a step of steps leads to what waits", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "account-created");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    await press(page, "billing-preferences", "Verify");
    await page.waitForFunction(() => document.querySelector('verify-step[data-step="billing-preferences"]').live.checked);
    const members = step(page, "billing-preferences").locator(".verify-members");
    assert.equal(await members.locator("a").count(), 3);
    await members.locator('a[data-step="pdf-invoice"]').click();
    assert.equal(await focused(page), "pdf-invoice");
    assert.match(page.url(), /#step%3Apdf-invoice$/);
    unnoticed(context);
});

test("a watched step that becomes done marks the title of a page that is not seen, and one page notifies", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "account-created");
    const context = await visitor();
    await context.addInitScript(() => {
        window.told = [];
        window.Notification = class extends EventTarget {
            static permission = "default";
            static async requestPermission() { return Notification.permission = "granted"; }
            constructor(title, { body }) { super(); window.told.push(`${title}: ${body}`); }
        };
    });
    const serving = await machine.serve("--practice");
    const page = await read(context, serving);
    const other = await context.newPage();
    await other.goto(`${serving.origin}/${lesson}`);
    await ready(other);
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "not-yet");
    assert.equal(await button(page, "cost-budget", "Notify me").isVisible(), false, "nothing is watched");
    await press(page, "cost-budget", "Keep watching");
    await press(page, "cost-budget", "Notify me");
    await button(page, "cost-budget", "Notify me").waitFor({ state: "hidden" });
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Stop watching/);
    await other.evaluate(() => Notification.requestPermission());
    const title = await page.title();
    await see(page, true);
    // Of the pages that are not seen, the first one listens.
    await page.waitForFunction(async () => (await navigator.locks.query()).held.length === 1);
    await see(other, true);
    machine.verify("practice", "do", "cost-budget");
    await page.waitForFunction(() => document.title.startsWith("✓ Budget created"));
    assert.deepEqual(await page.evaluate(() => window.told), ["Budget created: Verified"]);
    assert.deepEqual(await other.evaluate(() => window.told), []);
    for (const each of [page, other]) await see(each, false);
    await verdict(other, "cost-budget", "verified");
    assert.equal(await page.title(), title);
    unnoticed(context);
});

test("a page of a server that has ended says so where it is pressed, and a used address is explained", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    const context = await visitor();
    const first = await machine.serve("--practice");
    const page = await read(context, first);
    await first.stop();
    await bar(page).getByText("verify serve does not answer. This page continues when it is back.").waitFor();
    const box = await bar(page).boundingBox();
    assert.ok(box.y + box.height <= 1001 && box.y > 0, "it is seen without scrolling");
    await page.getByRole("button", { name: "Verify all 15 steps of this page" }).click();
    await page.locator(".verify-many").first().getByText("verify serve does not answer. Start it again").waitFor();
    const second = await machine.serve("--practice", "--port", first.port);
    await bar(page).getByText("Open the address that the new one printed").waitFor();
    await press(page, "cost-budget", "Verify");
    await step(page, "cost-budget").getByText("This page belongs to a verify serve that has ended.").waitFor();
    const other = await context.newPage();
    await other.goto(second.address);
    await other.waitForURL(`${second.origin}/`);
    await page.locator(".verify-bar[data-lost]").waitFor({ state: "hidden" });
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "verified");
    const stranger = await (await visitor()).newPage();
    await stranger.goto(second.address);
    assert.match(await stranger.locator("body").innerText(), /This page cannot be shown here.*has been opened before.*stop verify serve with Ctrl-C, start it again/s);
});

test("when the course is built again, what is open stays open and the page stays where it is", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", "cost-budget");
    machine.verify("--practice", "cost-budget", "root-mfa", "alternate-contacts");
    machine.edit("src/production-account.md", "## Key Takeaway", "![late](late.svg)\n\n## Key Takeaway");
    const context = await visitor();
    let [arrived, arrive] = [Promise.resolve(), () => {}];
    await context.route("**/late.svg", async (route) => {
        await arrived;
        await route.fulfill({ contentType: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>' });
    });
    const page = await read(context, await machine.serve("--practice"));
    await details(page, "cost-budget");
    await step(page, "cost-budget").locator("summary").scrollIntoViewIfNeeded();
    const top = () => step(page, "cost-budget").evaluate((own) => Math.round(own.getBoundingClientRect().top));
    const before = await top();
    // Above what is read, the page gets longer. An image at its end arrives when the reader is back in their place.
    arrived = new Promise((resolve) => { arrive = resolve; });
    const [parsed, loaded] = [page.waitForEvent("domcontentloaded"), page.waitForEvent("load")];
    machine.edit("src/production-account.md", "## Overview", `## Overview\n\n${"Another paragraph.\n\n".repeat(9)}`);
    await parsed;
    await ready(page);
    arrive();
    await loaded;
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    assert.equal(await step(page, "cost-budget").locator("details").evaluate((own) => own.open), true);
    assert.ok(Math.abs(await top() - before) <= 2, `${await top()} was ${before}`);
    unnoticed(context);
});

test("the keyboard is enough: n goes to the next step, and Enter does it", async () => {
    const machine = new Machine();
    const context = await visitor();
    const page = await read(context, await machine.serve(), "general-account.html");
    await page.keyboard.press("n");
    const id = await focused(page);
    assert.equal(id, await next(page).getAttribute("data-step"));
    await page.keyboard.press("Enter");
    await page.waitForFunction((id) => document.querySelector(`verify-step[data-step="${id}"]`).live.checked, id);
    await idle(page, id);
    assert.equal(await focused(page), id, "the focus stays in the step");
    // A letter that is typed is not a key of the page.
    await page.keyboard.press("s");
    await page.locator("#mdbook-searchbar").pressSequentially("n");
    assert.equal(await page.locator("#mdbook-searchbar").inputValue(), "n");
    unnoticed(context);
});

test("the page says who is bound, what is denied, and gives the policy", async () => {
    const machine = new Machine();
    await machine.bind(() => null);
    const context = await visitor();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await read(context, await machine.serve());
    const accounts = page.locator('[data-banner="accounts"]');
    assert.match(await accounts.locator("summary").innerText(), /general: .*general.* · production: .*production/);
    await page.getByRole("button", { name: "Verify all 15 steps of this page" }).click();
    await page.getByText(/^Checked 15 steps: /).waitFor();
    const note = page.locator('[data-banner="reasons"]');
    assert.match(await note.innerText(), /AWS denies \d+ actions to the credentials of the production account:\s+.*budgets:ViewBudget/);
    assert.equal(await page.getByText("budgets:ViewBudget").locator("visible=true").count(), 1, "once");
    await note.getByRole("button", { name: "Check the accounts" }).first().click();
    await accounts.getByText("What to do:").waitFor();
    assert.match(await accounts.innerText(), /AWS account ••••••••6666/);
    await accounts.getByRole("button", { name: "Copy: The policy for the production account" }).click();
    await accounts.getByText("Copied.").waitFor();
    const policy = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
    assert.ok(policy.Statement[0].Action.includes("budgets:ViewBudget"));
    assert.match(await accounts.innerText(), /verify accounts general=PROFILE production=PROFILE/);
    unnoticed(context);
});

test("times are in the reader's zone", async () => {
    const machine = new Machine();
    // The server's is another one.
    machine.env.TZ = "Asia/Kolkata";
    machine.verify("practice", "do", "cost-budget");
    machine.verify("--practice", "cost-budget");
    const results = JSON.parse(fs.readFileSync(path.join(machine.course, ".verify/results/practice.json"), "utf8"));
    const context = await visitor({ timezoneId: "Asia/Tokyo", locale: "en-GB" });
    const page = await read(context, await machine.serve("--practice"));
    await details(page, "cost-budget");
    const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Tokyo" });
    const text = await step(page, "cost-budget").innerText();
    assert.ok(text.includes(`checked ${moment.format(new Date(results.steps["cost-budget"].checked))}`), text);
    assert.doesNotMatch(text, /UTC|\dZ/);
    unnoticed(context);
});

test("on a narrow screen the bar is small, and nothing runs off", async () => {
    const machine = new Machine();
    const context = await visitor({ viewport: { width: 320, height: 640 } });
    const page = await read(context, await machine.serve());
    const box = await bar(page).boundingBox();
    assert.ok(box.height < 90 && box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
    // The step that has the focus is not behind it.
    await next(page).click();
    const own = await page.evaluate(() => document.activeElement.getBoundingClientRect().bottom);
    assert.ok(own < box.y, `${own} is behind ${box.y}`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    unnoticed(context);
});
