// Labs that come and go, in the live book: what only the learner knows, what costs money while it is there, tables, and
// the links to the console. moto answers for AWS, in the states that `states.py` makes.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import { createRequire } from "node:module";
import path from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { details, Machine, press, read, ready, repository, screenshots, shown, step, themes, unnoticed, verdict, visitor } from "./common.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const installed = (name) => path.join(repository, "tests/.venv/bin", name);
const ACCOUNT = "123456789012";
const NETWORK = "The name that you gave your VPC";
const REGION = "The region in which you build the lab";

/** A port that nothing listens on. */
const free = () => new Promise((found) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
        const { port } = server.address();
        server.close(() => found(port));
    });
});

/** Starts moto's server, and waits until it listens. */
async function moto() {
    const port = await free();
    const child = spawn(installed("moto_server"), ["-H", "127.0.0.1", "-p", port], { stdio: ["ignore", "ignore", "pipe"] });
    after(() => child.kill());
    await new Promise((listens, failed) => {
        let said = "";
        child.stderr.on("data", (data) => (said += data).includes("Running on") && listens());
        child.on("exit", () => failed(new Error(`moto's server ended: ${said}`)));
    });
    return `http://127.0.0.1:${port}`;
}
const endpoint = await moto();

/** A learner with an account in moto, which is empty at first. */
class Lab extends Machine {
    static async begin() {
        const lab = new Lab("tests/tests/labs/course");
        await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
        fs.writeFileSync(lab.env.AWS_SHARED_CREDENTIALS_FILE, `[lab]\naws_access_key_id = ${ACCOUNT}\naws_secret_access_key = secret\n`);
        Object.assign(lab.env, { AWS_ENDPOINT_URL: endpoint, AWS_REGION: "us-east-1" });
        lab.verify("accounts", "lab=lab");
        return lab;
    }

    /** Changes the account, as `states.py` says. */
    make(...actions) {
        const script = path.join(repository, "tests/tests/labs/states.py");
        const ran = spawnSync(installed("python"), [script, endpoint, "us-east-1", ACCOUNT, ...actions], { encoding: "utf8" });
        assert.equal(ran.status, 0, ran.stderr);
    }
}

/** The lab's page in a browser, with the account in a state. */
async function open(lab, options) {
    const context = await visitor(options);
    const serving = await lab.serve();
    return { context, serving, page: await read(context, serving, "lab.html") };
}

const field = (page, id, label = NETWORK) => step(page, id).getByLabel(label, { exact: true });
const save = (page, id, label = NETWORK) => step(page, id).getByRole("button", { name: `Save and verify: ${label}` });
const banner = (page) => page.locator('[data-banner="running"]');
const focused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Waits until the step has said something to everybody, screen readers among them. */
const says = (page, id, words) => page.waitForFunction(([id, words]) =>
    document.querySelector(`verify-step[data-step="${id}"] [role=status].verify-message`).textContent.includes(words), [id, words]);

/** Verifies a step in the page, and waits for its verdict. */
async function judge(page, id, wanted) {
    await press(page, id, "Verify");
    await verdict(page, id, wanted);
}

/** What a page must not notice, but for the server's refusals, which the browser reports. */
const unsurprised = (context) =>
    assert.deepEqual(context.noticed.filter((what) => !/status of 400/.test(what)), []);

test("what only the learner knows is asked for, refused with a reason, saved with Enter, and remembered", async () => {
    const lab = await Lab.begin();
    lab.make("vpc=lab-vpc");
    const { context, page } = await open(lab);
    const own = field(page, "subnets");
    assert.equal(await own.getAttribute("placeholder"), "for example lab-vpc");
    assert.equal(await own.inputValue(), "");
    assert.equal(await field(page, "subnets", REGION).inputValue(), "us-east-1");
    assert.equal(await save(page, "subnets", REGION).isVisible(), false, "nothing is new in it");
    await judge(page, "subnets", "unknown");
    assert.match(await step(page, "subnets").innerText(), /“The name that you gave your VPC”/);
    await own.fill("a/b");
    await own.press("Enter");
    await says(page, "subnets", `This is not a valid value for “${NETWORK}”, such as lab-vpc.`);
    assert.equal(await own.getAttribute("aria-invalid"), "true");
    assert.equal(await own.inputValue(), "a/b");
    assert.ok(await focused(own));
    fs.mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: path.join(screenshots, "labs-refused.png") });
    // Another step's run does not hide the reason.
    lab.verify("nat-gateways");
    await verdict(page, "nat-gateways", "not-yet");
    await judge(page, "cleanup", "unknown");
    await says(page, "subnets", "This is not a valid value");
    await own.fill(" lab-vpc ");
    assert.equal(await own.getAttribute("aria-invalid"), null);
    await own.press("Enter");
    await verdict(page, "subnets", "verified");
    await says(page, "subnets", "Verified");
    assert.equal(await own.inputValue(), "lab-vpc");
    assert.ok(await focused(own));
    await save(page, "subnets").waitFor({ state: "hidden" });
    // The other steps know it, too.
    assert.equal(await field(page, "cleanup").inputValue(), "lab-vpc");
    await page.reload();
    await ready(page);
    assert.equal(await own.inputValue(), "lab-vpc");
    await verdict(page, "subnets", "verified");
    lab.verify("set", "region=eu-west-1");
    await page.reload();
    await ready(page);
    assert.equal(await field(page, "subnets", REGION).inputValue(), "eu-west-1");
    unsurprised(context);
});

test("what is being typed survives an update from a terminal", async () => {
    const lab = await Lab.begin();
    lab.make("vpc=lab-vpc");
    const { context, page } = await open(lab);
    const own = field(page, "subnets");
    await own.pressSequentially("lab");
    lab.verify("subnets");
    await verdict(page, "subnets", "unknown");
    assert.ok(await focused(own));
    await own.pressSequentially("-vp");
    lab.verify("set", "network=another");
    lab.verify("subnets");
    await verdict(page, "subnets", "not-yet");
    await own.pressSequentially("c");
    assert.equal(await own.inputValue(), "lab-vpc");
    // Nor does it need the focus.
    await field(page, "cleanup").focus();
    lab.make("rename=another");
    lab.verify("subnets");
    await verdict(page, "subnets", "verified");
    assert.equal(await own.inputValue(), "lab-vpc");
    assert.equal(await field(page, "nat-gateways").inputValue(), "another", "where nothing was typed");
    unnoticed(context);
});

test("the keyboard is enough for the fields, in the order of the page, and the link keeps the focus", async () => {
    const lab = await Lab.begin();
    lab.make("vpc=lab-vpc");
    const { context, page } = await open(lab);
    const name = () => page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText);
    const link = step(page, "nat-gateways").locator("a.verify-console");
    await link.focus();
    const order = [];
    for (let at = 0; at < 4; at++) {
        await page.keyboard.press("Tab");
        order.push((await name()).trim());
    }
    // What is given already is not asked for.
    assert.deepEqual(order, [NETWORK, `Save and verify: ${NETWORK}`, "Verify: Three NAT gateways are there", "Details: Three NAT gateways are there"]);
    for (let back = 0; back < 3; back++) await page.keyboard.press("Shift+Tab");
    await page.keyboard.type("lab-vpc");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await verdict(page, "nat-gateways", "not-yet");
    // The button that was pressed is gone.
    await save(page, "nat-gateways").waitFor({ state: "hidden" });
    assert.ok(await focused(field(page, "nat-gateways")));
    await link.focus();
    lab.make("nat=1");
    lab.verify("set", "network=lab-vpc2");
    lab.verify("nat-gateways");
    await page.waitForFunction(() => document.querySelector('verify-step[data-step="cleanup"] input').value === "lab-vpc2");
    assert.ok(await focused(link));
    lab.make("nat=2", "rename=lab-vpc2");
    lab.verify("nat-gateways");
    await verdict(page, "nat-gateways", "verified");
    assert.equal(await link.count(), 0, "nothing is left to do there");
    assert.equal(await name(), "Details: Three NAT gateways are there");
    unnoticed(context);
});

test("what costs money is said at the step and at the top, until it is deleted", async () => {
    const lab = await Lab.begin();
    lab.make("vpc=lab-vpc", "nat=3");
    lab.verify("set", "network=lab-vpc");
    const { context, page } = await open(lab);
    const costs = step(page, "nat-gateways").locator(".verify-costs");
    assert.equal(await costs.innerText(), "This costs about $0.045 an hour for each NAT gateway, until the step “The NAT gateways are deleted”.");
    assert.equal(await banner(page).isVisible(), false);
    await judge(page, "nat-gateways", "verified");
    await banner(page).getByText("“Three NAT gateways are there” (3 now, about $0.045 an hour for each NAT gateway)").waitFor();
    // One click leads to the step that deletes them.
    assert.equal(await banner(page).locator("a").getAttribute("data-step"), "cleanup");
    await banner(page).locator("a").click();
    assert.equal(await page.evaluate(() => document.activeElement.closest("verify-step").dataset.step), "cleanup");
    assert.equal(await banner(page).getAttribute("role"), "status");
    assert.equal(await costs.innerText(), "Running now: 3. It costs about $0.045 an hour for each NAT gateway, until the step “The NAT gateways are deleted”.");
    await judge(page, "cleanup", "not-yet");
    assert.match(await step(page, "cleanup").innerText(), /Still there: nat-.*It costs about/s);
    await page.reload();
    await ready(page);
    await banner(page).waitFor();
    lab.make("delete");
    await banner(page).getByRole("button", { name: "Look again" }).click();
    await verdict(page, "cleanup", "verified");
    await banner(page).waitFor({ state: "hidden" });
    await verdict(page, "nat-gateways", "verified");
    assert.match(await step(page, "nat-gateways").innerText(), /Done .*, and deleted again /);
    assert.doesNotMatch(await shown(step(page, "nat-gateways")), /⚠|\$/, "that is no warning, and costs nothing");
    await page.getByText("2 of 3 required steps of this page").waitFor();
    // A run in a terminal finds them again.
    lab.make("nat=1");
    lab.verify("nat-gateways");
    await banner(page).getByText("(1 now, about").waitFor();
    unnoticed(context);
});

test("a row of the table that is wrong is named, and its page of the console is linked", async () => {
    const lab = await Lab.begin();
    lab.make("wrong=app-b");
    lab.verify("set", "network=lab-vpc");
    const { context, page } = await open(lab);
    await judge(page, "subnets", "not-yet");
    const text = await step(page, "subnets").innerText();
    assert.match(text, /app-b/);
    assert.match(text, /Create the subnet app-b with 10\.16\.96\.0\/20 in the zone us-east-1b\./);
    assert.doesNotMatch(text, /app-a|web-b/);
    const link = step(page, "subnets").locator("a.verify-console");
    assert.equal(await link.getAttribute("href"), "https://console.aws.amazon.com/vpcconsole/home?region=us-east-1#subnets:");
    for (const one of await page.locator("a.verify-console").all()) {
        assert.equal(new URL(await one.getAttribute("href")).origin, "https://console.aws.amazon.com");
        assert.equal(await one.getAttribute("target"), "_blank");
        assert.equal(await one.getAttribute("rel"), "noopener noreferrer");
    }
    const other = await Lab.begin();
    other.make("vpc=lab-vpc");
    await judge(page, "subnets", "verified");
    await details(page, "subnets");
    assert.match(await step(page, "subnets").innerText(), /The subnets are as in the table\./);
    assert.equal(await link.count(), 0);
    unnoticed(context);
});

test("hostile values, cells, labels and costs are text", async () => {
    const evil = `<img src=x onerror="alert(1)">"'<b>`;
    const lab = await Lab.begin();
    lab.make("vpc=lab-vpc");
    lab.edit("book.toml", 'pattern = "[A-Za-z0-9 _-]{1,40}"\n', "");
    lab.edit("book.toml", '"The name that you gave your VPC"', JSON.stringify(`Name ${evil}`));
    lab.edit("book.toml", 'example = "lab-vpc"', `example = ${JSON.stringify(evil)}`);
    lab.edit("checks/nat-gateways.toml", '"about $0.045 an hour for each NAT gateway"', JSON.stringify(`about 5 ${evil}`));
    lab.edit("src/lab.md", "| web-c      |", `| \`${evil}\` |`);
    lab.edit("src/lab.md", "Three NAT gateways are there", "Three &lt;img src=x onerror=alert(2)> gateways");
    lab.make("nat=3");
    const { context, page } = await open(lab);
    const own = field(page, "nat-gateways", `Name ${evil}`);
    assert.equal(await own.getAttribute("placeholder"), `for example ${evil}`);
    await own.fill(evil);
    await own.press("Enter");
    await verdict(page, "nat-gateways", "not-yet");
    assert.equal(await own.inputValue(), evil);
    await own.fill("lab-vpc");
    await own.press("Enter");
    await verdict(page, "nat-gateways", "verified");
    await judge(page, "subnets", "not-yet");
    assert.ok((await step(page, "subnets").innerText()).includes(`Create the subnet ${evil} with 10.16.176.0/20`));
    assert.ok((await banner(page).innerText()).includes(`“Three <img src=x onerror=alert(2)> gateways” (3 now, about 5 ${evil})`), await banner(page).innerText());
    for (const reloaded of [false, true]) {
        if (reloaded) await page.reload();
        await ready(page);
        assert.equal(await page.locator("main img, main script, main b, main svg:not(.fa-svg svg)").count(), 0);
    }
    unsurprised(context);
});

test("on paper and without JavaScript, verdicts and costs are text", async () => {
    const lab = await Lab.begin();
    lab.make("wrong=app-b", "nat=3");
    lab.verify("set", "network=lab-vpc");
    lab.verify();
    const { context, page } = await open(lab);
    await page.emulateMedia({ media: "print" });
    const onPaper = /^Verified · checked .*\$Running now: 3\. It costs about \$0\.045 an hour/;
    assert.match(await shown(step(page, "nat-gateways")), onPaper);
    const wrong = /^Not yet · .*11 of 12 rows are right\. Not yet: app-b\. Create the subnet app-b/;
    assert.match(await shown(step(page, "subnets")), wrong);
    assert.equal(await page.locator("main :is(button, input, .verify-banner, .verify-details, .verify-console):visible").count(), 0);
    unnoticed(context);
    assert.doesNotMatch(lab.verify("build").stderr, /removed/, "nothing of the widgets is taken for an attack");
    const reader = await visitor({ javaScriptEnabled: false });
    const built = await reader.newPage();
    await built.goto(pathToFileURL(path.join(lab.course, "book/lab.html")).href);
    assert.match(await shown(step(built, "nat-gateways")), onPaper);
    assert.match(await shown(step(built, "subnets")), wrong);
    assert.equal(await shown(step(built, "subnets").getByRole("link", { name: "Open in the AWS console", exact: true })), "Open in the AWS console ↗");
    assert.match(await shown(step(built, "cleanup")), /^✗ Not yet .*Still there: nat-/);
    assert.equal(await built.locator("verify-step :is(button, form)").count(), 0);
    await built.screenshot({ path: path.join(screenshots, "labs-built.png"), fullPage: true });
    await built.emulateMedia({ media: "print" });
    assert.match(await shown(step(built, "nat-gateways")), onPaper);
});

test("screenshots are taken, nothing runs off a narrow screen, and axe finds nothing", async () => {
    const lab = await Lab.begin();
    lab.make("wrong=app-b", "nat=3");
    const { context, page } = await open(lab);
    const look = async (state) => {
        for (const theme of [...themes].reverse()) {
            await page.evaluate((theme) => localStorage.setItem("mdbook-theme", theme), theme);
            await page.setViewportSize({ width: 320, height: 900 });
            await page.reload();
            await ready(page);
            for (const width of [320, 1200]) {
                await page.setViewportSize({ width, height: 900 });
                await page.evaluate(() => scrollTo(0, 0));
                await page.screenshot({ path: path.join(screenshots, `labs-${state}-${theme}-${width}.png`), fullPage: true });
                await page.locator("details.verify-details").evaluateAll((all) => all.forEach((each) => each.open = true));
                const over = await page.locator("main :is(verify-step, .verify-banner, .verify-many, verify-step *:not(.verify-unseen))").evaluateAll((all) => {
                    const { right } = document.querySelector("main").getBoundingClientRect();
                    return all.filter((each) => each.getBoundingClientRect().right > right + 1).map((each) => each.outerHTML);
                });
                assert.deepEqual(over, [], `${state} in ${theme} at ${width}`);
            }
            await page.evaluate(axe);
            const found = await page.evaluate(async () => {
                const { violations } = await axe.run("verify-step, .verify-banner, .verify-card", { resultTypes: ["violations"] });
                return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
            });
            assert.deepEqual(found, [], `${state} in ${theme}`);
        }
        await page.emulateMedia({ media: "print" });
        await page.screenshot({ path: path.join(screenshots, `labs-${state}-print.png`), fullPage: true });
        await page.emulateMedia({ media: "screen" });
        unnoticed(context);
    };
    await look("new");
    await field(page, "subnets").fill("lab-vpc");
    await field(page, "subnets").press("Enter");
    await verdict(page, "subnets", "not-yet");
    await judge(page, "nat-gateways", "verified");
    await judge(page, "cleanup", "not-yet");
    await look("there");
    lab.make("delete");
    await judge(page, "cleanup", "verified");
    await look("deleted");
});
