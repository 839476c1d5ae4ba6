// Text from AWS or a lesson is text in the page, never HTML, and files from a course run nothing.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { details, lesson, Machine, press, read, ready, step, unnoticed, verdict, visitor } from "./common.mjs";

const evil = `<img src=x onerror="alert(1)"><script>alert(2)</script>"'\`><svg onload=alert(3)>&lt;b&gt; {{7*7}}`;

test("a budget's hostile name is shown as it is written", async () => {
    const machine = new Machine();
    const alert = { NotificationType: "ACTUAL", ComparisonOperator: "GREATER_THAN", Threshold: 50, ThresholdType: "PERCENTAGE", NotificationState: "OK" };
    await machine.bind((operation) => ({
        DescribeBudgets: { Budgets: [{ BudgetName: evil, BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: { Amount: "10", Unit: "USD" } }] },
        DescribeBudgetNotificationsForAccount: { BudgetNotificationsForAccount: [{ BudgetName: evil, Notifications: [alert] }] },
        DescribeSubscribersForNotification: { Subscribers: [{ SubscriptionType: "EMAIL", Address: "a@example.com" }] },
        DescribeNotificationsForBudget: { Notifications: [alert] },
    })[operation]);
    const context = await visitor();
    const page = await read(context, await machine.serve());
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "verified");
    const own = step(page, "cost-budget");
    await details(page, "cost-budget");
    assert.ok((await own.innerText()).includes(`${evil} allows 10 USD.`), await own.innerText());
    assert.equal(await own.locator("img, script, svg, b").count(), 0);
    // Also the page that the server rendered meanwhile.
    await page.reload();
    await ready(page);
    await details(page, "cost-budget");
    assert.ok((await own.innerText()).includes(evil));
    assert.equal(await page.locator("main img, main script, main svg:not(.fa-svg svg)").count(), 0);
    unnoticed(context);
});

test("a lesson's and a check's hostile words are text", async () => {
    const machine = new Machine();
    const text = evil.replace("<script>", "&lt;script>").replaceAll("<img", "&lt;img").replaceAll("<svg", "&lt;svg");
    machine.edit("src/production-account.md", "Budget created", `Budget ${text}`);
    const check = path.join(machine.course, "checks/cost-budget.toml");
    const toml = fs.readFileSync(check, "utf8");
    // In the title of an action, braces would be a hole.
    fs.writeFileSync(check, toml.replace(/title *= ".*"/g, (_, at) => `title = ${JSON.stringify(at < toml.indexOf("[practice]") ? evil : evil.replaceAll(/[{}]/g, ""))}`).replaceAll(/fix *= *(\[?\s*)"Open/g, (_, list) => `fix = ${list}"<img src=x onerror=alert(4)> Open`));
    machine.verify("practice", "do", "account-created");
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    await press(page, "cost-budget", "Verify");
    await verdict(page, "cost-budget", "not-yet");
    const own = step(page, "cost-budget");
    await own.locator("summary").click();
    await own.getByText("<img src=x onerror=alert(4)> Open Billing").waitFor();
    await own.getByText('<img src=x onerror="alert(1)"><script>alert(2)</script>').first().waitFor();
    assert.equal(await page.locator("main img, main script, main svg:not(.fa-svg svg)").count(), 0);
    unnoticed(context);
});

test("a page that the course brought can do nothing on this origin", async () => {
    const machine = new Machine();
    fs.mkdirSync(path.join(machine.course, "src/files"));
    const attack = `document.title = "ran"; fetch("/-/verify", { method: "POST", headers: { "content-type": "application/json", "x-verify": "1" }, body: JSON.stringify({ steps: ["cost-budget"] }) })`;
    fs.writeFileSync(path.join(machine.course, "src/files/evil.html"), `<title>still</title><script>${attack}</script><script src="evil.js"></script><form id=f action="/-/verify" method=post></form>`);
    fs.writeFileSync(path.join(machine.course, "src/files/evil.svg"), `<svg xmlns="http://www.w3.org/2000/svg"><title>still</title><script>${attack}</script></svg>`);
    fs.writeFileSync(path.join(machine.course, "src/files/evil.js"), attack);
    const context = await visitor();
    const page = await read(context, await machine.serve(), lesson);
    unnoticed(context);
    for (const file of ["evil.html", "evil.svg", "evil.js"]) {
        assert.equal((await page.goto(`${context.origin}/files/${file}`)).status(), 404, file);
        assert.notEqual(await page.title(), "ran", file);
    }
    assert.equal(fs.existsSync(path.join(machine.course, ".verify/results/practice.json")), false, "nothing was verified");
});

const run = "self.PWNED = 1; document.documentElement.dataset.pwned = 1";
const write = (machine, file, text) => {
    fs.mkdirSync(path.dirname(path.join(machine.course, file)), { recursive: true });
    fs.writeFileSync(path.join(machine.course, file), text);
};
const begin = (machine, text) => write(machine, "src/README.md", text + fs.readFileSync(path.join(machine.course, "src/README.md"), "utf8"));

for (const [name, attack] of Object.entries({
    "a theme where verify keeps an empty one": (machine) => {
        write(machine, ".verify/assets/theme/head.hbs", `<script>${run}</script>`);
        write(machine, ".verify/assets/theme/book.js", run);
        write(machine, "theme/head.hbs", `<script>${run}</script>`);
    },
    "a page for what is not found": (machine) => write(machine, "src/404.md", `<script>${run}</script>`),
    "what another parser takes for mathematics": (machine) => begin(machine, `A $<script>${run}</script>$ b\n\n`),
    "what another parser takes for a header": (machine) => begin(machine, `---\n<script>${run}</script>\n---\n\n`),
    "a parameter that ends the code it stands in": (machine) => {
        machine.edit("book.toml", "strict_budget = false", `strict_budget = false\nevil = "x\` <script>${run}</script> \`y"`);
        begin(machine, "`{{ evil }}`\n\n");
    },
    "a part of a file": (machine) => {
        write(machine, "src/p.txt", `\`\`\`\n<script>${run}</script>\n\`\`\`\n`);
        begin(machine, "{{#include p.txt:2:2}}\n\n");
    },
    "halves that make a whole": (machine) => {
        write(machine, "src/a.txt", "<scr");
        write(machine, "src/b.txt", `ipt>${run}</script>`);
        begin(machine, "{{#include a.txt}}{{#include b.txt}}\n\n");
    },
    "a name that is no text": (machine) => {
        for (const kind of ["html", "js"]) fs.writeFileSync(Buffer.concat([Buffer.from(path.join(machine.course, "src/e")), Buffer.from([0xff]), Buffer.from(`.${kind}`)]), `<script>${run}</script>`);
    },
    "a chapter whose file's name is a script": (machine) => {
        write(machine, "src/a'+(self.PWNED=1)+'.md", "# A\n");
        machine.edit("src/SUMMARY.md", "# Summary", "# Summary\n\n[A](<a'+(self.PWNED=1)+'.md>)\n");
    },
    "a style that lays a button over the page": (machine) => {
        begin(machine, "<style>body { outline: 7px solid red }</style>\n<link rel=\"stylesheet\" href=\"evil.css\">\n<p style=\"outline: 7px solid red\">x</p>\n\n");
        write(machine, "src/evil.css", "body { outline: 7px solid red }");
    },
})) {
    test(`a course runs nothing and restyles nothing by ${name}`, async () => {
        const machine = new Machine();
        attack(machine);
        const context = await visitor();
        const serving = await machine.serve("--practice").catch((error) => {
            assert.match(error.message, /error|brings|outside|no page may have/, "refused with a sentence");
        });
        if (!serving) return;
        const page = await read(context, serving, "index.html");
        for (const address of ["", lesson, "404.html", "nowhere.html", "e%EF%BF%BD.html", "print.html"]) {
            await page.goto(`${serving.origin}/${address}`);
            assert.equal(await page.evaluate(() => self.PWNED ?? document.documentElement.dataset.pwned), undefined, address);
            assert.equal(await page.locator("body, main p").evaluateAll((all) => all.filter((each) => getComputedStyle(each).outlineWidth === "7px").length), 0, address);
        }
    });
}
