// The widget in pages from the stock mdbook: lists, signs, themes, directions, widths, paper, and its search index.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Machine, programs, repository, screenshots, shown, themes, visitor } from "./common.mjs";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");

const lists = `# Lists

1. A number without a step
2. A number with one <!-- verify: cost-budget -->
3. Another number
   - a bullet
   - [ ] a nested step <!-- verify: account-name -->
   - [ ] a nested task

   1. a nested number <!-- verify: root-mfa -->
   2. and another

4. The last number

A list of bullets:

- a bullet
- [ ] a task
- [ ] a step with a [link](index.html), \`code\` and **bold** words <!-- verify: root-mfa -->
- [x] another step <!-- verify: pdf-invoice -->
- A plain item <!-- verify: free-tier-alerts -->
- [ ] The last one <!-- verify: alternate-contacts optional -->
- [ ] A step of another account <!-- verify: mfa-sign-in -->

A loose list:

- [ ] one

- [ ] two <!-- verify: cost-budget -->

  - below it <!-- verify: account-name -->

1. three

2. four <!-- verify: account-name -->

> A quote:
>
> - [ ] quoted <!-- verify: cost-budget -->
>
> 1. quoted, with a number <!-- verify: account-name -->

- [ ] nobody knows yet <!-- verify: ? -->
`;

/** A copy of the course with a chapter of lists, built by the stock mdbook. */
class Stock {
    machine = new Machine();
    out = path.join(this.machine.course, "book");

    constructor(chapter = lists) {
        fs.writeFileSync(path.join(this.machine.course, "src/lists.md"), chapter);
        this.machine.edit("src/SUMMARY.md", "- [Let verify", "- [Lists](lists.md)\n- [Let verify");
    }

    practice() {
        for (const done of ["cost-budget", "root-mfa", "pdf-invoice"]) this.machine.verify("practice", "do", done);
        this.machine.verify("--practice", "cost-budget", "root-mfa", "free-tier-alerts", "alternate-contacts", "account-name");
        this.machine.verify("--practice", "confirm", "pdf-invoice");
        return this;
    }

    build(results = "practice") {
        const { course, env } = this.machine;
        const ran = spawnSync(path.join(repository, "tests/.venv/bin/mdbook"), ["build"], { cwd: course, encoding: "utf8",
            env: { ...env, PATH: `${programs}:${env.PATH}`, MDBOOK_PREPROCESSOR__VERIFY__RESULTS: results } });
        assert.equal(ran.status, 0, ran.stderr);
        return this;
    }

    address(chapter = "lists.html") {
        return pathToFileURL(path.join(this.out, chapter)).href;
    }

    async open(options = {}, theme = "light", chapter = "lists.html") {
        const context = await visitor(options);
        const page = await context.newPage();
        await page.goto(this.address(chapter));
        await page.evaluate((theme) => {
            document.documentElement.classList.remove("light", "navy");
            document.documentElement.classList.add(theme);
        }, theme);
        return page;
    }

    /** What mdBook's search finds in: the text of each section. */
    index() {
        const name = fs.readdirSync(this.out).find((name) => /^searchindex.*\.js$/.test(name));
        const script = fs.readFileSync(path.join(this.out, name), "utf8");
        const { search } = new Function("window", `${script}; return window;`)({ search: {} });
        return Object.fromEntries(Object.entries(search.index.documentStore.docs).map(([at, { title, body }]) =>
            [search.doc_urls[at], { title, body: body.replace(/\s+/g, " ").trim() }]));
    }
}

const stock = new Stock().practice().build();
const signs = { verified: "✓", confirmed: "✎", "not-yet": "✗", unknown: "?", unchecked: "○", "not-applicable": "–" };

/** Puts a card behind each list, as the widget of a directive that is a block of its own. */
const cards = (page) => page.evaluate(() => {
    for (const list of document.querySelectorAll("main > ul, main > ol, main > blockquote")) {
        const step = list.querySelector("verify-step");
        const card = Object.assign(document.createElement("div"), { className: "verify-card" });
        card.innerHTML = `<p class="verify-title">The network is there, with two subnets</p>${step?.outerHTML ?? ""}`;
        if (step) list.after(card);
    }
    return document.querySelectorAll(".verify-card > verify-step").length;
});

/** How a colour stands out from what is behind an element. */
const contrasts = (page, selector, parts) => page.evaluate(([selector, parts]) => {
    const paint = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    const pixel = (...colors) => {
        for (const color of colors) {
            paint.fillStyle = color;
            paint.fillRect(0, 0, 1, 1);
        }
        return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => rgb.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const behind = (element) => element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : ["#fff"];
    return [...document.querySelectorAll(selector)].flatMap((element) => parts.map(([pseudo, property]) => {
        const ground = behind(pseudo === "::marker" ? element.parentElement : element);
        const [most, least] = [light(pixel(...ground)), light(pixel(...ground, getComputedStyle(element, pseudo)[property]))].sort((a, b) => b - a);
        return { what: `${element.localName}.${element.className}${pseudo ?? ""} ${property}`, ratio: (most + 0.05) / (least + 0.05) };
    }));
}, [selector, parts]);

test("numbers stay, and only the bullet of a step gives its place to a sign", async () => {
    const page = await stock.open();
    const items = await page.locator("main li").evaluateAll((all) => all.map((item) => ({
        list: item.parentElement.localName, marker: getComputedStyle(item).listStyleType,
        verdict: item.querySelector(":scope > verify-step, :scope > p > verify-step")?.dataset.verdict })));
    for (const { list, marker, verdict } of items) {
        if (list === "ol") assert.equal(marker, "decimal");
        else if (verdict) assert.equal(marker, `"${signs[verdict]} "`);
        else assert.match(marker, /^(disc|circle|square)$/);
    }
    for (const list of ["ol", "ul"]) {
        for (const has of [true, false]) assert.ok(items.some((item) => item.list === list && Boolean(item.verdict) === has), `${list} ${has}`);
    }
    assert.deepEqual([...new Set(items.flatMap(({ verdict }) => verdict ?? []))].sort(), ["confirmed", "not-yet", "unchecked", "unknown", "verified"]);
});

for (const theme of themes) {
    test(`a step has one sign, in its colour, and all can be read in ${theme}`, async () => {
        const page = await stock.open({}, theme);
        assert.ok(await cards(page) >= 5);
        const steps = await page.locator("verify-step").evaluateAll((all) => all.map((step) => {
            const word = step.querySelector(".verify-word");
            const item = [step.parentElement, step.parentElement.parentElement].find((element) => element.matches("ul > li"));
            const sign = { item: item && getComputedStyle(item, "::marker").color, word: getComputedStyle(word, "::before").color };
            const own = getComputedStyle(word, "::before").content;
            return { verdict: step.dataset.verdict, own: own === "none" ? "" : own, item: item ? getComputedStyle(item).listStyleType : "",
                color: own === "none" ? sign.item : sign.word, text: getComputedStyle(word).color, border: getComputedStyle(step).borderInlineStartColor };
        }));
        for (const { verdict, own, item, color, text } of steps) {
            assert.equal([own, item].filter((shown) => shown.includes(`"${signs[verdict]} "`)).length, 1, `${verdict}: ${own} ${item}`);
            assert.notEqual(color, text, verdict);
        }
        assert.equal(new Set(steps.map(({ color }) => color)).size, new Set(steps.map(({ verdict }) => verdict)).size);
        // On the page and in a quote.
        const texts = [[null, "color"]];
        const words = "verify-step span, verify-step input:not(.verify-plain), .verify-title, .verify-open";
        const read = await contrasts(page, words, texts);
        const seen = [...await contrasts(page, "verify-step .verify-word", [["::before", "color"]]),
            ...await contrasts(page, "verify-step:not(.verify-card > *), .verify-card", [[null, "borderInlineStartColor"]]),
            ...await contrasts(page, "ul > li:has(> verify-step), ul > li:has(> p > verify-step)", [["::marker", "color"]])];
        assert.deepEqual(read.filter(({ ratio }) => ratio < 4.5), []);
        assert.deepEqual(seen.filter(({ ratio }) => ratio < 3), []);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => (await axe.run({ include: ["verify-step", ".verify-card"] }, { resultTypes: ["violations"] }))
            .violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`)));
        assert.deepEqual(found, []);
        fs.mkdirSync(screenshots, { recursive: true });
        await page.screenshot({ path: path.join(screenshots, `stock-${theme}.png`), fullPage: true });
    });
}

test("mdBook's search index has the lesson's words and none of the widget's", async () => {
    const plain = new Stock(lists.replace(/ *<!--.*?-->/g, "").replace(/- \[[ x]\] /g, "- "));
    const before = plain.build("real").index()["lists.html#lists"];
    assert.match(before.body, /A number with one Another number .* nobody knows yet$/);
    assert.deepEqual(stock.index()["lists.html#lists"], before);
    // It does not depend on the verdicts. It is the same in the book that is built without mdbook, which writes the
    // reference again.
    stock.machine.verify("build", "--practice");
    const own = stock.index();
    assert.deepEqual(own["lists.html#lists"], before);
    assert.match(fs.readFileSync(path.join(stock.out, "lists.html"), "utf8"), /data-verdict="verified".* data-text="Verified"/);
    assert.deepEqual(stock.build("real").index(), own);
    assert.deepEqual(stock.build().index(), own);
});

test("a command can be selected and copied, and nothing in a widget has no width", async () => {
    const context = await visitor({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(stock.address());
    const command = page.locator('verify-step[data-step="cost-budget"] .verify-command input').first();
    await command.click({ clickCount: 3 });
    const selected = ({ selectionStart, selectionEnd, value }) => value.slice(selectionStart, selectionEnd);
    assert.equal(await command.evaluate(selected), "verify --practice cost-budget");
    await command.press("Delete");
    assert.equal(await command.inputValue(), "verify --practice cost-budget");
    const html = await page.locator("main").evaluate((main) => [...main.querySelectorAll("verify-step")].map(({ outerHTML }) => outerHTML).join(""));
    assert.doesNotMatch(html, /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]|&shy;/);
});

test("screen readers hear the verdict, the reasons and the command, each once", async () => {
    const page = await stock.open();
    const heard = await page.locator('verify-step[data-step="account-name"]').last().ariaSnapshot();
    assert.equal(heard.match(/Not yet/gi)?.length, 1, heard);
    assert.match(heard, /edit the account name/);
    assert.match(heard, /textbox "Command": verify --practice account-name/);
});

test("without the style sheet each step has its verdict in parentheses and its command", async () => {
    const page = await stock.open();
    await page.evaluate(() => document.querySelectorAll('link[href*="verify"]').forEach((link) => link.remove()));
    for (const step of await page.locator("verify-step").all()) {
        assert.match(await shown(step), /^\([a-z ]+, practice account\) (verify --practice confirm \S+ )?verify --practice \S+$/);
    }
    assert.equal(await shown(page.locator("li", { hasText: "nobody knows yet" }).last()), "nobody knows yet (verify: ?)");
    await page.screenshot({ path: path.join(screenshots, "stock-unstyled.png"), fullPage: true });
});

test("nothing runs off a page of any width, and no word is cut", async () => {
    for (const width of [320, 390, 768, 1080, 1400]) {
        const page = await stock.open({ viewport: { width, height: 800 } }, "navy");
        await cards(page);
        const off = await page.evaluate(() => {
            const main = document.querySelector("main").getBoundingClientRect();
            const own = document.querySelectorAll(".verify-card, .verify-title, verify-step, verify-step *:not(.verify-plain), .verify-open");
            const wide = [...own].filter((element) => {
                const { left, right } = element.getBoundingClientRect();
                const cut = element.localName !== "input" && getComputedStyle(element).display !== "inline" && element.scrollWidth > element.clientWidth + 1;
                return left < main.left - 1 || right > main.right + 1 || cut;
            });
            return [document.scrollingElement.scrollWidth, document.querySelector("#mdbook-content").scrollWidth, ...wide.map(({ outerHTML }) => outerHTML)];
        });
        assert.ok(off[0] <= width && off[1] <= width, `${width}: ${off.slice(0, 2)}`);
        assert.deepEqual(off.slice(2), [], `${width}`);
        await page.screenshot({ path: path.join(screenshots, `stock-${width}.png`), fullPage: true });
    }
});

test("a book from right to left has its widgets at the right, with commands from left to right", async () => {
    const arabic = new Stock();
    arabic.machine.edit("book.toml", 'language = "en"', 'language = "ar"');
    const page = await arabic.build("real").open();
    assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
    await cards(page);
    for (const step of await page.locator("verify-step").all()) {
        const found = await step.evaluate((step) => {
            const { borderRightWidth, borderLeftWidth } = getComputedStyle(step.closest(".verify-card") ?? step);
            const field = step.querySelector(".verify-command input");
            const right = ({ right }) => Math.round(right);
            const inner = right(step.getBoundingClientRect()) - parseFloat(getComputedStyle(step).borderRightWidth) - parseFloat(getComputedStyle(step).paddingRight);
            return { borders: [parseFloat(borderRightWidth) > 0, borderLeftWidth], direction: getComputedStyle(field).direction,
                off: Math.abs(inner - right(step.querySelector(".verify-word").getBoundingClientRect())) };
        });
        assert.deepEqual({ ...found, off: found.off <= 1 }, { borders: [true, "0px"], direction: "ltr", off: true });
    }
    const { width } = page.viewportSize();
    assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth) <= width);
    await page.screenshot({ path: path.join(screenshots, "stock-rtl.png"), fullPage: true });
});

test("paper has every step whole, with its sign, and no command; forced colours keep signs and borders", async () => {
    const context = await visitor();
    const page = await context.newPage();
    await context.addInitScript(() => { window.print = () => {}; });
    await page.goto(stock.address("print.html"));
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".verify-command:visible, .verify-hint:visible, .verify-plain:visible").count(), 0);
    for (const step of await page.locator("verify-step").all()) {
        const [verdict, said, cut] = [await step.getAttribute("data-verdict"), await shown(step.locator(".verify-status")),
            await step.evaluate((step) => [...step.querySelectorAll(":scope > span")].some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1))];
        const item = await step.evaluate((step) => getComputedStyle(step.closest("li")).listStyleType);
        assert.ok(said.startsWith(signs[verdict]) !== item.includes(signs[verdict]), `${verdict}: ${said}; ${item}`);
        assert.equal(cut, false);
    }
    await page.screenshot({ path: path.join(screenshots, "stock-print.png"), fullPage: true });
    const forced = await stock.open({ forcedColors: "active" });
    assert.equal(await forced.locator("verify-step").first().evaluate((step) => getComputedStyle(step).borderInlineStartStyle), "solid");
    assert.match(await shown(forced.locator("verify-step").first()), /^✓ Verified/);
});
