// A learner's machine in a temporary folder, `verify serve` on it, and a browser that reports what must not happen.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";

export const repository = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "../..");
const target = process.env.CARGO_TARGET_DIR ?? path.join(repository, "target");
export const programs = path.join(target, process.env.PROFILE ?? "debug");
const program = path.join(programs, "verify");
export const screenshots = path.join(target, "screenshots");
export const themes = ["light", "rust", "coal", "navy", "ayu"];
export const chapters = ["index.html", "let-verify-read.html", "general-account.html", "production-account.html", "shared-bucket.html", "writing-a-course.html", "check-reference.html", "reference.html"];
export const lesson = "production-account.html";

export class Machine {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "verify-"));
    course = path.join(this.home, "course");
    stops = [];
    env = { PATH: "/usr/bin:/bin", HOME: this.home, VERIFY_CONFIG_DIR: path.join(this.home, "config"),
        AWS_CONFIG_FILE: path.join(this.home, "aws-config"), AWS_SHARED_CREDENTIALS_FILE: path.join(this.home, "credentials"),
        AWS_EC2_METADATA_DISABLED: "true", AWS_MAX_ATTEMPTS: "1" };

    /** The course is a copy of the one in `folder`. */
    constructor(folder = "book") {
        const own = (name) => ![".verify", "book"].includes(name);
        fs.mkdirSync(this.course);
        for (const name of fs.readdirSync(path.join(repository, folder)).filter(own)) {
            fs.cpSync(path.join(repository, folder, name), path.join(this.course, name), { recursive: true });
        }
        if (folder === "book") this.#firstLessons();
        after(async () => {
            for (const stop of this.stops) await stop();
            fs.rmSync(this.home, { recursive: true, force: true });
        });
    }

    /** Leaves the first lessons of the book, as `tests/src/lib.rs` does. */
    #firstLessons() {
        const part = JSON.parse(fs.readFileSync(path.join(repository, "tests/src/first-lessons.json"), "utf8"));
        const toml = part.checks.map((name) => `${name}.toml`);
        const keep = (folder, kept) => {
            for (const entry of fs.readdirSync(path.join(this.course, folder), { withFileTypes: true })) {
                if (entry.isFile() && !kept.includes(entry.name)) fs.rmSync(path.join(this.course, folder, entry.name));
            }
        };
        keep("src", part.chapters);
        keep("checks", toml);
        keep("checks/shared", part.shared.map((name) => `${name}.toml`));
        keep("checks/cases", [...toml, ...part.recordings]);
        fs.writeFileSync(path.join(this.course, "src/SUMMARY.md"), part.summary);
        const introduction = path.join(this.course, "src/README.md");
        const isThere = (line) => {
            const [, chapter] = /\]\(([^)]*\.md)\)/.exec(line) ?? [];
            return !chapter || fs.existsSync(path.join(this.course, "src", chapter));
        };
        const lines = fs.readFileSync(introduction, "utf8").split("\n");
        fs.writeFileSync(introduction, lines.filter(isThere).join("\n"));
        const file = path.join(this.course, "book.toml");
        const between = /(strict_budget = false\n)[^]*?(\[preprocessor\.verify\.accounts\])/;
        fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(between, "$1\n$2"));
    }

    verify(...args) {
        const ran = spawnSync(program, args, { cwd: this.course, env: this.env, encoding: "utf8" });
        assert.ok([0, 1, 3].includes(ran.status), `verify ${args.join(" ")}: ${ran.status}\n${ran.stderr}`);
        return ran;
    }

    edit(file, from, to) {
        const name = path.join(this.course, file);
        const text = fs.readFileSync(name, "utf8");
        assert.ok(text.includes(from), `${file} has no ${from}`);
        fs.writeFileSync(name, text.replace(from, to));
    }

    /** Binds both accounts to profiles, and answers for AWS with `answer(operation, request)`. */
    async bind(answer) {
        const { course, home, env } = this;
        const profiles = ["general", "production"];
        fs.writeFileSync(path.join(home, "credentials"), profiles.map((name) =>
            `[${name}]\naws_access_key_id = AKIA${name.toUpperCase()}\naws_secret_access_key = s\n`).join(""));
        fs.mkdirSync(env.VERIFY_CONFIG_DIR, { recursive: true });
        const bindings = Object.fromEntries(profiles.map((name) => [name, { source: { profile: name } }]));
        fs.writeFileSync(path.join(env.VERIFY_CONFIG_DIR, "bindings.json"), JSON.stringify({ [fs.realpathSync(course)]: bindings }));
        const server = http.createServer((request, response) => {
            let body = "";
            request.on("data", (piece) => body += piece).on("end", () => {
                const operation = /Action=(\w+)/.exec(body)?.[1] ?? request.headers["x-amz-target"]?.split(".").pop() ?? request.url;
                const id = request.headers.authorization?.includes("AKIAGENERAL") ? "111122223333" : "444455556666";
                if (operation === "GetCallerIdentity") {
                    response.setHeader("content-type", "text/xml");
                    return response.end(`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::${id}:user/lee</Arn><UserId>U</UserId><Account>${id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`);
                }
                const answered = answer(operation, id);
                response.statusCode = answered ? 200 : 400;
                response.setHeader("content-type", "application/x-amz-json-1.1");
                response.end(JSON.stringify(answered ?? { __type: "AccessDeniedException", Message: "not authorized" }));
            });
        });
        await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
        this.stops.push(() => server.close());
        env.AWS_ENDPOINT_URL = `http://127.0.0.1:${server.address().port}`;
    }

    /** Starts `verify serve`, and waits for its address. */
    async serve(...args) {
        const child = spawn(program, ["serve", ...args], { cwd: this.course, env: this.env, stdio: ["ignore", "ignore", "pipe"] });
        const ended = new Promise((end) => child.on("exit", end));
        let said = "";
        const address = await new Promise((found, failed) => {
            child.stderr.on("data", (data) => {
                said += data;
                const address = /The live book: (\S+)/.exec(said);
                if (address) found(address[1]);
            });
            ended.then(() => failed(new Error(`verify serve ended: ${said}`)));
        });
        const stop = async () => {
            child.kill("SIGINT");
            await ended;
        };
        this.stops.push(stop);
        return { address, origin: new URL(address).origin, port: new URL(address).port, stop };
    }
}

let browser;

/** A browser of its own for somebody: cookies and settings are theirs. */
export async function visitor(options = {}) {
    browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"] });
    const context = await browser.newContext({ viewport: { width: 1200, height: 1000 }, ...options });
    context.setDefaultTimeout(60_000);
    context.noticed = [];
    await context.addInitScript(() => addEventListener("securitypolicyviolation", (event) =>
        console.error(`violates the policy: ${event.violatedDirective} ${event.blockedURI}`)));
    context.on("page", (page) => {
        page.on("console", (message) => context.noticed.push(`console: ${message.text()}`));
        page.on("pageerror", (error) => context.noticed.push(`error: ${error}`));
        page.on("dialog", (dialog) => context.noticed.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
        page.on("request", (request) => context.noticed.push(...foreign(context, request.url())));
    });
    return context;
}
after(() => browser?.close());

function foreign(context, url) {
    const own = [context.origin, "data:", "blob:", "file:"].some((start) => start && url.startsWith(start));
    return own ? [] : [`asks elsewhere: ${url}`];
}

/** Opens a chapter with the address that the server printed. */
export async function read(context, serving, chapter = lesson) {
    context.origin = serving.origin;
    const page = await context.newPage();
    await page.goto(serving.address);
    await page.waitForURL(`${serving.origin}/`);
    await page.goto(`${serving.origin}/${chapter}`);
    await ready(page);
    return page;
}

/** Waits until the page has heard from its server. */
export const ready = (page) => page.waitForFunction(() =>
    [...document.querySelectorAll("verify-step")].every((step) => step.live) && customElements.get("verify-step")
    && document.querySelector(".verify-bar [role=status]")?.textContent);

/** What the bar at the foot of the page says of the progress. */
export const progress = (page) => page.locator(".verify-bar > [role=status]").first().textContent();

/** Opens a step's details, in which a quiet step has its other buttons. */
export const details = (page, id) => step(page, id).locator("details").evaluate((own) => { own.open = true; });

export const step = (page, id) => page.locator(`verify-step[data-step="${id}"]`).first();

/** Presses a step's button, whose name begins with what is seen on it. A quiet step has it in its details. */
export async function press(page, id, name) {
    if (!await button(page, id, name).isVisible()) await details(page, id);
    await button(page, id, name).click();
}

export const button = (page, id, name) =>
    step(page, id).getByRole("button", { name: new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`) });

/** Waits until a step has a verdict and nothing runs for it. */
export const verdict = (page, id, wanted) => page.waitForFunction(([id, wanted]) => {
    const step = document.querySelector(`verify-step[data-step="${id}"]`);
    return step.dataset.verdict === wanted && !step.state.running;
}, [id, wanted]);

/** Waits until nothing runs for a step that was just asked for. */
export const idle = (page, id) => page.waitForFunction((id) =>
    !document.querySelector(`verify-step[data-step="${id}"]`).state.running, id);

/** What a reader sees of an element: its text, what the style sheet adds to it, and what stands in its fields. */
export const shown = (locator) => locator.evaluate((element) => {
    const added = (element, where) => {
        const { content, display } = getComputedStyle(element, where);
        return display === "none" ? "" : [...content.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text.replace(/\\(.)/g, "$1"))[0] ?? "";
    };
    const read = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data;
        if (node.nodeType !== Node.ELEMENT_NODE) return "";
        const { display, visibility } = getComputedStyle(node);
        if (display === "none" || visibility === "hidden") return "";
        const own = node instanceof HTMLInputElement ? (node.type === "checkbox" ? "" : node.value) : [...node.childNodes].map(read).join("");
        return `${added(node, "::before")}${own}${added(node, "::after")}${display === "inline" ? "" : " "}`;
    };
    return read(element).replace(/\s+/g, " ").trim();
});

export function unnoticed(context) {
    assert.deepEqual(context.noticed, []);
}
