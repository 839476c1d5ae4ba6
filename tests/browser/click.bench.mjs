// Measures the time from the click on "Verify" to the painted verdict, in the practice accounts: the time on top of the
// AWS calls.

import { test } from "node:test";
import { idle, Machine, read, verdict, visitor } from "./common.mjs";

const RUNS = 25;
const id = "cost-budget";
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

test("click to verdict", async () => {
    const machine = new Machine();
    machine.verify("practice", "do", id);
    const context = await visitor();
    const page = await read(context, await machine.serve("--practice"));
    const [calls, clicks] = [[], []];
    for (let run = 0; run < RUNS; run++) {
        // Alternately, so that both run under the same load.
        const { stderr } = machine.verify("--practice", "-v", id);
        calls.push(Number(/Calls to AWS: \d+ in (\d+) ms/.exec(stderr)[1]));
        await verdict(page, id, "verified");
        clicks.push(await page.evaluate((id) => new Promise((painted) => {
            const step = document.querySelector(`verify-step[data-step="${id}"]`);
            const { update } = step;
            const begun = performance.now();
            // The end of the run, because an unchanged verdict is not sent again.
            step.update = (change) => {
                const { running } = step.state;
                update.call(step, change);
                if (!running || step.state.running) return;
                delete step.update;
                // The frame after the one that paints it.
                requestAnimationFrame(() => requestAnimationFrame(() => painted(performance.now() - begun)));
            };
            step.buttons.verify.click();
        }), id));
        await idle(page, id);
    }
    const [call, click] = [median(calls), median(clicks)];
    console.log(`click to painted verdict ${click.toFixed(0)} ms, the AWS calls ${call} ms, on top of them ${(click - call).toFixed(0)} ms (two frames of 16 ms among them)`);
});
