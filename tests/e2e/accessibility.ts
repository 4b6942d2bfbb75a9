// What axe finds wrong with a page, as far as it keeps people out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// One line for each serious or critical finding, of all usual rules or of these. Goes in through the debugger, which the page's CSP does not concern.
export async function seriousFaults(page: Page, rules?: string[]): Promise<string[]> {
  // What is on its way from one look to another is read when it has arrived.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((each) => each.effect?.getComputedTiming().endTime !== Infinity).map((each) => each.finished)));
  const session = await page.context().newCDPSession(page);
  const options = rules ? { runOnly: rules, rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: true }])) } : {};
  const expression = `${axe}; axe.run(document, ${JSON.stringify(options)}).then(found => JSON.stringify(found.violations.filter(each => /serious|critical/.test(each.impact)).map(each => each.id + ": " + each.nodes.map(node => node.html.slice(0, 120)).join(" | "))))`;
  const { result } = await session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  await session.detach();
  return JSON.parse(String(result.value)) as string[];
}
