// All text that a course can contain, in every place that it reaches: the pages from `verify build`, opened from disk,
// and those of `verify serve`. None of it runs, none of it can be mistaken for a part of the page, and the page still
// works.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Machine, read, shown, visitor } from "./common.mjs";

// Without a character that ends an attribute without quotes.
const run = "alert(1)";
const img = `<img src=x onerror=${run}>`;
const evil = "http://evil.example/";

/** What a chapter may hold, one to a chapter, so that none of them spoils another. */
const forms = {
    "a handler": `<img src=x onerror="${run}">`,
    "a space before the equals sign": `<img src=x onerror ="${run}">`,
    "line breaks in a tag": `<img\nsrc=x\nonerror\n=\n${run}>`,
    "slashes for spaces": `<img/src=x/onerror=${run}>`,
    "a form feed for a space": `<img\fsrc=x\fonerror=${run}>`,
    "capitals": `<IMG SRC=x oNeRrOr=${run}>`,
    "backquotes": `<img src=\`x\` onerror=\`${run}\`>`,
    "an entity in a handler": `<img src=x onerror="alert&lpar;1&#41;">`,
    "two handlers": `<img onerror=1 src=x onerror=${run} onload=${run}>`,
    "a tag that is not closed": `<img src=x onerror=${run} <p>`,
    "a quote that is not closed": `<p title="<img src=x onerror=${run}>">`,
    "a handler of a heading": `# T {onclick=${run} onpointerenter=${run} tabindex=0 onfocus=${run} autofocus}`,
    "a heading's class and style": `# T { .verify-status style="position:fixed;inset:0" onanimationstart=${run} }`,
    "an id with a tag in it": `<h2 id='"><img src=x onerror=${run}>'>x</h2>\n\n[a](#"><img)`,
    "a link to a script": `[x](javascript:${run})`,
    "entities in a link": `[x](java&#115;cript:${run}) <a href="&#106;avascript&colon;${run}">y</a>`,
    "control characters in a link": `<a href="&#1; java&Tab;scr&NewLine;ipt:${run}">x</a>`,
    "capitals in a link": `<a href=JaVaScRiPt:${run}>x</a>`,
    "other schemes": `[a](vbscript:x) [b](data:text/html,<script>${run}</script>) [c](blob:x) [d](view-source:x) [e](file:///etc/passwd)`,
    "an automatic link": `<javascript:${run}>`,
    "a link by reference": `[x][y]\n\n[y]: javascript:${run} "${img.replaceAll("\"", "'")}"`,
    "a link's title": `[x](a.html '" onmouseover="${run}')`,
    "an image's alternative": `![${img} " onerror="${run}](x.png "${img}")`,
    "an image's address": `![x](javascript:${run}) ![y](data:image/svg+xml,<svg/onload=${run}>)`,
    "an image's set": `<img srcset="${evil}a.png 1x"><picture><source srcset="${evil}b.png"><img src=x></picture>`,
    "a code block's language": `\`\`\`"><img/src=x/onerror=${run}>,${img}\nx\n\`\`\``,
    "a code block's words": `\`\`\`rust,ignore,verify-status,onclick=${run}\nx\n\`\`\``,
    "a footnote": `x[^a]\n\n[^a]: ${img}`,
    "a footnote's name": `x[^"><img/src=x/onerror=${run}>]\n\n[^"><img/src=x/onerror=${run}>]: y`,
    "a table": `| ${img} | b |\n|:--|--|\n| <td onclick=${run}> | ${img} |`,
    "a definition": `term ${img}\n: ${img}`,
    "a task": `- [ ] ${img} <input autofocus onfocus=${run}>`,
    "an alert": `> [!NOTE]\n> ${img}`,
    "an icon": `<i class="fa fa-print" onclick=${run} onmouseover=${run}></i>`,
    "mathematics": `$\`${img}\`$ \\\\( ${img} \\\\)`,
    "a script": `<script>${run}</script>`,
    "a script with a break": `<script\n>${run}</script\n>`,
    "a script in pieces": `<scr<script>ipt>${run}</scr</script>ipt>`,
    "a script elsewhere": `<script src="${evil}a.js"></script><script src=//evil.example/a.js></script>`,
    "a script as a module": `<script type=module>${run}</script><script type=importmap>{}</script>`,
    "a style": `<style>@import "${evil}a.css"; body { background: url(${evil}a) }</style>`,
    "a style of an element": `<p style="background:url(${evil}a);x:expression(${run})">x</p>`,
    "a style sheet": `<link rel=stylesheet href="${evil}a.css"><link rel=preload as=script href="${evil}a.js"><link rel=prefetch href="${evil}b">`,
    "a drawing": `<svg onload=${run}></svg><svg/onload=${run}>`,
    "a script in a drawing": `<svg><script>${run}</script><script href="data:,${run}"></script></svg>`,
    "a link in a drawing": `<svg><a xlink:href="javascript:${run}"><text y=20>x</text></a></svg>`,
    "an animated link": `<svg><a><animate attributeName=href values=javascript:${run} /><text y=20>x</text></a></svg>`,
    "a link that is set": `<svg><a><set attributeName=xlink:href to=javascript:${run} /><text y=20>x</text></a></svg>`,
    "an animation's handlers": `<svg><animate onbegin=${run} attributeName=x dur=1s></svg>`,
    "a use": `<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg' onload='${run}'/>#x" /></svg>`,
    "HTML in a drawing": `<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>`,
    "a drawing's title": `<svg><title><style><img src=x onerror=${run}></style></title></svg>`,
    "a formula": `<math><mtext><img src=x onerror=${run}></mtext></math><math href="javascript:${run}">x</math>`,
    "a formula's action": `<math><maction actiontype="statusline#${evil}" xlink:href="javascript:${run}">x</maction></math>`,
    "a frame": `<iframe src="javascript:alert(1)"></iframe>`,
    "a frame's document": `<iframe srcdoc="<script>alert(1)</script>"></iframe>`,
    "frames": `<frameset onload=${run}><frame src=javascript:${run}></frameset>`,
    "an object": `<object data="javascript:${run}"></object><object data="data:text/html,<script>alert(1)</script>"></object>`,
    "something embedded": `<embed src="javascript:${run}"><applet code=x>`,
    "another page": `<meta http-equiv=refresh content="0;url=${evil}">`,
    "a policy": `<meta http-equiv=Content-Security-Policy content="script-src 'none'">`,
    "another base": `<base href="${evil}">`,
    "a form": `<form action="javascript:${run}"><input type=submit autofocus></form>`,
    "a button": `<form><button formaction="javascript:${run}">x</button><input type=image src=x onerror=${run}></form>`,
    "a button outside": `<button popovertarget=x onclick=${run}>x</button><div id=x popover onbeforetoggle=${run}>y</div>`,
    "details": `<details open ontoggle=${run}><summary onclick=${run}>x</summary></details>`,
    "media": `<video onloadstart=${run} poster=javascript:${run}><source onerror=${run}></video><audio src=x onerror=${run}></audio>`,
    "a marquee": `<marquee onstart=${run}>x</marquee>`,
    "a body": `<body onload=${run} onpageshow=${run}>`,
    "focus": `<p tabindex=1 autofocus onfocus=${run} contenteditable>x</p><select autofocus onfocus=${run}></select>`,
    "an element of its own": `<x-y onclick=${run} tabindex=1 autofocus onfocus=${run}>x</x-y>`,
    "a dialog": `<dialog open onclose=${run}><form method=dialog><button>x</button></form></dialog>`,
    "noscript": `<noscript><p title="</noscript><img src=x onerror=${run}>"></noscript>`,
    "a style in a drawing": `<svg></p><style><a id="</style><img src=1 onerror=${run}>"></style></svg>`,
    "a template": `<template><img src=x onerror=${run}></template><template shadowrootmode=open><script>${run}</script></template>`,
    "a text area": `<textarea><a title="</textarea><img src=x onerror=${run}>"></textarea>`,
    "a title": `<title><a title="</title><img src=x onerror=${run}>"></title>`,
    "a glyph": `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run}&gt;"></style></mglyph></table></mtext></math>`,
    "a nested form": `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=${run} src>"></form>`,
    "plain text": `<xmp><p title="</xmp><img src=x onerror=${run}>"></xmp><noembed><img title="</noembed><img src onerror=${run}>"></noembed><plaintext>`,
    "a section": `<svg><![CDATA[><b title="]]><img src=x onerror=${run}>"></svg>`,
    "a comment": `<!--><img src=x onerror=${run}>-->\n\nx <!-- a --!><img src=x onerror=${run}>-->`,
    "an instruction": `<?xml version="1.0"?><img src=x onerror=${run}?>`,
    "a declaration": `<!DOCTYPE html [<!ENTITY x "${img}">]>`,
    "the end of the page": `</main></div></body></html><img src=x onerror=${run}><main>`,
    "the end of a page in a script": `<style></main><script>${run}</script></style>`,
    "characters without a meaning": `<img src=x on\u0000error=${run}> <a href="java\u0000script:${run}">x</a> ＜img src=x onerror=${run}＞`,
    "a parameter": `{{ evil }} \`{{ evil }}\` [x](a.html "{{ evil }}")`,
    "a widget": `<verify-step data-step="cost-budget" data-verdict="verified"><span class="verify-status"><span class="verify-word">✓ Verified</span></span><button class="verify-button">Verify</button></verify-step>`,
    "a widget's words": `<p class="verify-card">a</p><span class="verify-word verify-line" data-text="✓ Verified"></span><input class="verify-plain" value="✓ Verified" readonly>`,
    "a widget in an entity": `<p class="verify&#45;status VERIFY-word">✓ Verified</p><p is=verify-step>x</p>`,
    "the sidebar's element": `<mdbook-sidebar-scrollbox>x</mdbook-sidebar-scrollbox>`,
    "buttons that are looked for": `<p id=mdbook-theme-toggle>x</p><p id=mdbook-sidebar>x</p><ul id=mdbook-theme-list><li>x</ul><p id=mdbook-searchbar>x</p>`,
    "icons that are looked for": `<p id=fa-eye><img src=x></p><p id=fa-copy>x</p><p id=fa-play>x</p>\n\n\`\`\`rust\n# hidden\nx\n\`\`\``,
    "code that another site runs": `\`\`\`rust,mdbook-runnable\nx\n\`\`\`\n\n<pre class=playground><code class=language-rust>x</code></pre>`,
    "functions that are called": `<img name=getElementById><form id=search name=querySelector></form><a id=ace></a><a id=editors></a><a id=playground_copyable></a><a id=elasticlunr></a><a id=Mark></a><a id=hljs></a>`,
    "names that are variables": `# Search\n\n# Ace\n\n# Editors\n\n<p id=path_to_root>x</p><p id=path_to_searchindex_js>x</p><a id=events></a><a id=EventSource href=x>y</a>\n\n\`\`\`rust,editable\nx\n\`\`\``,
    "a link that the keyboard takes": `<a class="nav-chapters next" href="${evil}">x</a><a class="nav-chapters previous" href="${evil}">y</a>`,
    "a picture that is large": `<label class=checkbox-label><input class=checkbox-img type=checkbox checked><span class=img-wrapper>✓ Verified</span></label>`,
};
const names = Object.keys(forms);

/** A course with all of it; with `words`, also hostile ones wherever else a course has some. */
function hostile(words = true) {
    const machine = new Machine();
    const edit = (file, change) => {
        const name = path.join(machine.course, file);
        fs.writeFileSync(name, change(fs.readFileSync(name, "utf8")));
    };
    fs.mkdirSync(path.join(machine.course, "src/forms"));
    const chapters = names.map((name, at) => {
        fs.writeFileSync(path.join(machine.course, `src/forms/${at}.md`), `${forms[name]}\n\nThe zebra’s end.\n`);
        if (!words) return `- [${at}](forms/${at}.md)\n`;
        return `- [zebra ${at} \`${img}\` &quot;&lt;script&gt;${run}&lt;/script&gt;\\\\x3cimg src=x onerror=${run}\\\\x3e](forms/${at}.md)\n`;
    });
    if (!words) {
        edit("src/SUMMARY.md", (text) => `${text}\n${chapters.join("")}`);
        edit("book.toml", (text) => text.replace("strict_budget = false", "strict_budget = false\nevil = \"x\""));
        return machine;
    }
    edit("src/SUMMARY.md", (text) => `${text}\n# Part \`${img}\`'\n\n${chapters.join("")}`);
    edit("src/README.md", (text) => text.replace("# ", `# \`${img}\` zebra `));
    edit("src/production-account.md", (text) => text.replace("Budget created", `Budget ${img} \`${img}\``));
    edit("checks/cost-budget.toml", (text) => text.replace(/title *= ".*"/g, () => `title = ${JSON.stringify(`${img}'"</verify-step>`)}`)
        .replaceAll(/fix *= *(\[?\s*)"Open/g, (_, list) => `fix = ${list}"${img}</span> Open`));
    edit("book.toml", (text) => text.replace(/title = .*/, () => `title = ${JSON.stringify(`</title>${img}`)}`)
        .replace(/description = .*/, () => `description = ${JSON.stringify(`">${img}`)}`)
        .replace("language = \"en\"", () => `language = ${JSON.stringify(`en">${img}`)}\ntext-direction = "rtl"`)
        .replace("strict_budget = false", () => `strict_budget = false\nevil = ${JSON.stringify(`${img}" onmouseover="${run}" \`</code>`)}`)
        .replace("[output.html]", () => `[output.html]\ndefault-theme = "light' + (${run}) + '"\ngit-repository-url = "https://example.com/\\"><img src=x onerror=${run}>"\nedit-url-template = "javascript:${run}"\nmathjax-support = true\ncname = "evil.example"\nadditional-js = ["evil.js"]`)
        + `\n[output.html.redirect]\n"/gone.html" = "javascript:${run}"\n"/index.html#x" = "javascript:${run}"\n[output.html.playground]\neditable = true\n`);
    for (const file of ["evil.js", "src/evil.js", "src/toc.js", "src/files/page.html", "src/files/a.svg", "theme/head.hbs"]) {
        fs.mkdirSync(path.dirname(path.join(machine.course, file)), { recursive: true });
        fs.writeFileSync(path.join(machine.course, file), `<svg xmlns="http://www.w3.org/2000/svg"><script>${run}</script></svg>`);
    }
    return machine;
}

/** Notices what runs, in frames too, without stopping for it. */
const watched = (context) => context.addInitScript(() => {
    window.print = () => {};
    window.alert = () => {
        console.error("a script ran");
        self.PWNED = 1;
    };
});

/** What somebody does who reads a page: looks at all of it, opens, points and clicks. */
const handle = (page) => page.evaluate(async () => {
    const main = document.querySelector("main");
    for (const each of main.querySelectorAll("*")) {
        for (const kind of ["mouseover", "mouseenter", "pointerenter", "focus", "focusin", "toggle", "begin", "animationstart", "error", "load"]) {
            each.dispatchEvent(new Event(kind, { bubbles: false }));
        }
        if (each.localName === "details") each.open = !each.open;
        // External links are links. Any other link would do something here.
        const leads = each.closest("a")?.href;
        if (!(typeof leads === "string" && /^(https?|mailto|file):/.test(leads))) each.click?.() ?? each.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    await new Promise((settled) => setTimeout(settled, 20));
});

/** What is wrong with a page, and with what is in its `main`. */
const state = (page) => page.evaluate(() => ({
    ran: self.PWNED,
    handlers: [...document.querySelectorAll("main *")].flatMap((each) => [...each.attributes].map(({ name }) => name)).filter((name) => name.startsWith("on")),
    forged: [...document.querySelectorAll("main verify-step, main [class*=verify-]:not(.verify-banner, .verify-banner *), main [data-verdict]")].length,
    functions: [document.getElementById, document.querySelector, document.getElementsByTagName].map((each) => typeof each).join(),
    bodies: document.body.children.length,
    styled: getComputedStyle(document.querySelector("main")).position,
    menus: document.querySelectorAll("#mdbook-theme-toggle, #mdbook-sidebar, #mdbook-searchbar, #fa-eye").length,
    works: document.documentElement.classList.contains("js") && document.querySelectorAll("#mdbook-sidebar a").length > 0,
}));
const sound = { ran: undefined, handlers: [], forged: 0, functions: "function,function,function", bodies: 2, styled: "static", menus: 4, works: true };

/** Reads every page from `root`, and searches for what stands in all of them. */
async function readAll(page, root, context, whole) {
    for (const [at, name] of names.entries()) {
        await page.goto(`${root}forms/${at}.html`, { waitUntil: "load" });
        await handle(page);
        assert.equal(page.url().split("#")[0], `${root}forms/${at}.html`, `${name} leads elsewhere`);
        assert.deepEqual(await state(page), sound, name);
        assert.equal(await page.locator(".img-wrapper").evaluateAll((all) => all.filter((each) => getComputedStyle(each).position === "fixed").length), 0, name);
        assert.deepEqual(context.noticed.splice(0).filter((what) => !isLost(what)), [], name);
    }
    for (const chapter of ["index.html", "production-account.html", "reference.html", ...whole]) {
        await page.goto(`${root}${chapter}`, { waitUntil: "load" });
        await page.evaluate(() => new Promise((settled) => setTimeout(settled, 200)));
        assert.equal(await page.evaluate(() => self.PWNED), undefined, chapter);
        assert.deepEqual(context.noticed.splice(0).filter((what) => !isLost(what)), [], chapter);
    }
    for (const word of ["zebra", "img", "onerror", "script"]) {
        await page.goto(`${root}index.html`);
        await page.keyboard.press("s");
        await page.locator("#mdbook-searchbar").pressSequentially(word);
        await page.locator("#mdbook-searchresults a").first().waitFor();
        assert.equal(await page.locator("#mdbook-searchresults :not(li, a, span, em)").count(), 0, word);
        assert.equal(await page.evaluate(() => self.PWNED), undefined, word);
        const leads = await page.locator("#mdbook-searchresults a").evaluateAll((all) => all.map(({ href }) => href));
        assert.ok(leads.every((lead) => lead.startsWith(root)), leads.join("\n"));
    }
    assert.ok((await page.locator("#mdbook-searchresults").innerText()).includes("<img src=x onerror="), "names are shown as they are");
    assert.deepEqual(context.noticed.splice(0).filter((what) => !isLost(what)), []);
}

/** A picture that isn't there is no fault of a page's, nor is a stream of events that ends when the next page is read. */
const isLost = (what) => /Failed to load resource.*(ERR_FILE_NOT_FOUND|404|ERR_INCOMPLETE_CHUNKED_ENCODING)/.test(what);

test(`none of ${names.length} forms of script runs in a book that is opened from disk`, async () => {
    const machine = hostile();
    machine.verify("practice", "do", "account-created");
    machine.verify("--practice", "cost-budget");
    const { stderr } = machine.verify("build", "--practice");
    assert.match(stderr, /src\/\S+: .* is removed/);
    assert.ok(stderr.split("\n").length < 40, stderr);
    const context = await visitor();
    await watched(context);
    const page = await context.newPage();
    const root = `${pathToFileURL(path.join(machine.course, "book")).href}/`;
    await readAll(page, root, context, ["print.html", "toc.html"]);
    await page.goto(`${root}production-account.html`);
    const own = page.locator(`verify-step[data-step="cost-budget"]`).first();
    assert.match(await shown(own), /Not yet.*<img src=x onerror=alert\(1\)><\/span> Open/s);
    for (const file of ["files/page.html", "files/a.svg", "evil.js", "toc.js", "gone.html", "CNAME"]) {
        assert.equal(fs.existsSync(path.join(machine.course, "book", file)), false, file);
    }
});

test(`none of ${names.length} forms of script runs in the live book, where nothing is left for its policy to stop`, async () => {
    const machine = hostile();
    const context = await visitor();
    await watched(context);
    const page = await read(context, await machine.serve("--practice"));
    await readAll(page, `${context.origin}/`, context, ["print.html", "toc.html"]);
});

test("the forms are live: in a course that is trusted, many of them run, ask elsewhere or pass for a part of the page", async () => {
    const machine = hostile(false);
    machine.verify("build", "--trust-course");
    const root = `${pathToFileURL(path.join(machine.course, "book")).href}/`;
    const did = new Set();
    for (const [at, name] of names.entries()) {
        const context = await visitor();
        await watched(context);
        context.setDefaultTimeout(2_000);
        const page = await context.newPage();
        const found = await page.goto(`${root}forms/${at}.html`, { waitUntil: "load" }).then(() => handle(page)).then(() => state(page)).catch(() => null);
        if (found === null || JSON.stringify(found) !== JSON.stringify(sound) || context.noticed.some((what) => !isLost(what))) did.add(name);
        await context.close();
    }
    assert.ok(did.size > names.length * 0.6, `${did.size} of ${names.length}; not: ${names.filter((name) => !did.has(name)).join(", ")}`);
    for (const name of ["a handler", "a space before the equals sign", "a handler of a heading", "a widget", "a script", "a drawing", "details"]) {
        assert.ok(did.has(name), name);
    }
});
