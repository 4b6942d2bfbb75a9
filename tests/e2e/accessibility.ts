// What axe finds wrong with a page, as far as it keeps people out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// One line for each serious or critical finding, of all usual rules or of these. Goes in through the debugger, which the page's CSP does not concern.
export async function seriousFaults(page: Page, rules?: string[]): Promise<string[]> {
  // What is on its way from one look to another is read when it has arrived. (Some never do, in what is not drawn.)
  await page.evaluate(() => {
    const moving = document.getAnimations().filter((each) => each.playState === "running" && Number(each.effect?.getComputedTiming().endTime) < 1000);
    return Promise.race([Promise.allSettled(moving.map((each) => each.finished)), new Promise((resolve) => setTimeout(resolve, 1000))]);
  });
  const session = await page.context().newCDPSession(page);
  const options = rules ? { runOnly: rules, rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: true }])) } : {};
  const expression = `${axe}; axe.run(document, ${JSON.stringify(options)}).then(found => JSON.stringify(found.violations.filter(each => /serious|critical/.test(each.impact)).map(each => each.id + ": " + each.nodes.map(node => node.html.slice(0, 120)).join(" | "))))`;
  const { result } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  await session.detach();
  return JSON.parse(String(result.value)) as string[];
}
