// The rules of the commons as a person meets them: read, accepted, asked about before a cell runs, slowed down and stopped by, appealed against.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { seriousFaults } from "./accessibility.ts";
import { cellAt, launch, makeAccount, notebookAddress, nothingWentWrong, open, openSignedIn, outputOf, phone, picture, putNotebook, tool, url } from "./support.ts";

const data = process.env["ALLMENDE_DATA"] ?? "";

const rule = (name: string, words: readonly [string, string], more: string): string => `[rule.${name}]
title = "${words[0]}"
title_de = "${words[1]}"
text = "Something that is not what this commons is for."
text_de = "Etwas, wofür diese Allmende nicht da ist."
reason = "It takes from others what they came for."
reason_de = "Es nimmt anderen das, wofür sie gekommen sind."
instead = "Lessons about it are allowed."
instead_de = "Übungen darüber sind erlaubt."
emergency = "These are tests."
emergency_de = "Das sind Tests."
${more}
`;
const program = (name: string, of: string, lines: string): string => `[detector.${name}]
rule = "${of}"
says = "The program {exec.program} has been running for {exec.seconds}."
says_de = "Das Programm {exec.program} läuft seit {exec.seconds}."
${lines}
`;

let browser: Browser;
before(async () => {
  mkdirSync(join(data, "rules"), { mode: 0o755 });
  writeFileSync(join(data, "rules", "tests.toml"), [
    rule("asking", ["Forbidden tools", "Verbotene Werkzeuge"], "order = 1"),
    '[detector.words]\nrule = "asking"\npatterns = "forbidden-tool"\nsays = "A cell calls a tool."\nsays_de = "Eine Zelle ruft ein Werkzeug auf."\n',
    rule("slowing", ["Endless programs", "Endlose Programme"], 'order = 2\nthrottle = "cpu"'),
    program("slowed", "slowing", 'tier = 3\nwhen = "exec.program is evil-slowed"'),
    rule("stopping", ["Harmful programs", "Schädliche Programme"], "order = 3\nalone = true"),
    program("stopped", "stopping", 'tier = 3\nstops = true\nwhen = "exec.program is evil-stopped"'),
  ].join("\n"), { mode: 0o644 });
  tool("policy", "read");
  browser = await launch();
});
after(() => browser.close());

const start = (name: string): string => `import shutil, subprocess\nshutil.copy('/bin/sleep', '/content/${name}')\np = subprocess.Popen(['/content/${name}', '600'])\nprint('begun')`;

async function run(page: Page, cell: number): Promise<void> {
  await cellAt(page, cell).locator(".cm-content").click();
  await page.keyboard.press("Control+Enter");
}

test("the rules are read without an account, with reason and date, in two languages, on a phone and in the dark", async () => {
  const watched = await open(browser);
  await watched.page.goto(new URL("login", url).href);
  await watched.page.getByRole("link", { name: "Rules" }).click();
  await watched.page.getByRole("heading", { name: "Forbidden tools" }).waitFor();
  const card = watched.page.locator("#asking");
  await card.getByText("It takes from others what they came for.").waitFor();
  await card.getByText("In force at once: These are tests.").waitFor();
  assert.equal(await watched.page.getByRole("button", { name: "I accept the rules" }).count(), 0);
  await picture(watched.page, "policy-rules");
  assert.deepEqual(await seriousFaults(watched.page), []);
  await watched.context.close();
  nothingWentWrong(watched);
  const german = await open(browser, { ...phone, locale: "de-DE", colorScheme: "dark" });
  await german.page.goto(new URL("policy", url).href);
  await german.page.getByRole("heading", { name: "Verbotene Werkzeuge" }).waitFor();
  await german.page.getByText("Wörter in deinem Code führen höchstens zu einer Frage").waitFor();
  await picture(german.page, "policy-rules-phone-dark-de");
  assert.deepEqual(await seriousFaults(german.page), []);
  const wide = await german.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "nothing stands out of the page");
  await german.context.close();
  nothingWentWrong(german);
});

test("whoever comes is told that there are rules, reads and accepts them, and is not told again", async () => {
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(url);
  await page.getByText("This commons has a few rules").waitFor();
  await picture(page, "policy-news");
  await page.getByRole("link", { name: "Read them" }).click();
  await page.getByRole("button", { name: "I accept the rules" }).click();
  await page.getByRole("button", { name: "I accept the rules" }).waitFor({ state: "detached" });
  const asked = page.waitForResponse((response) => response.url().endsWith("api/policy"));
  await page.goto(url);
  await asked;
  await page.getByRole("button", { name: "New" }).first().waitFor();
  assert.equal(await page.getByText("This commons has a few rules").count(), 0);
  await watched.context.close();
  nothingWentWrong(watched);
});

test("before a cell runs that calls such a tool there is a question; not running it, allowed use, and no second question", async () => {
  await putNotebook("question.ipynb", ["import os\nos.system(': forbidden-tool --fast')\nprint('it ran')", "print('the other')"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("question.ipynb"));
  await run(page, 0);
  const question = page.getByRole("dialog", { name: "A question before this cell runs" });
  await question.getByText("A cell calls a tool.").waitFor();
  await question.getByText("os.system(': forbidden-tool --fast')").waitFor();
  await question.getByRole("link", { name: "Forbidden tools" }).waitFor();
  await picture(page, "policy-question");
  assert.deepEqual(await seriousFaults(page), []);
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  // What was not run left nothing, and other cells run.
  await run(page, 1);
  await outputOf(page, 1).filter({ hasText: "the other" }).waitFor();
  assert.equal(await outputOf(page, 0).count() === 0 || !(await outputOf(page, 0).innerText()).includes("it ran"), true);
  await run(page, 0);
  await question.getByLabel("What is it for?").fill("A lesson on tools.");
  await question.getByRole("button", { name: "This is allowed use" }).click();
  await outputOf(page, 0).filter({ hasText: "it ran" }).waitFor();
  await run(page, 0);
  await cellAt(page, 0).locator(".jp-InputPrompt", { hasText: "[3]" }).waitFor();
  assert.equal(await question.count(), 0);
  await page.goto(new URL("decisions", url).href);
  await page.getByText("A lesson on tools.").waitFor();
  await picture(page, "policy-decisions-answered");
  assert.deepEqual(await seriousFaults(page), []);
  await watched.context.close();
  nothingWentWrong(watched);
});

test("a runtime that is slowed down says by which rule and why; stopped twice, the person appeals, and a reversal undoes it", async () => {
  await putNotebook("slowed.ipynb", [start("evil-slowed"), start("evil-stopped"), "print('here again')"]);
  const watched = await openSignedIn(browser);
  const { page } = watched;
  await page.goto(notebookAddress("slowed.ipynb"));
  await run(page, 0);
  await outputOf(page, 0).filter({ hasText: "begun" }).waitFor();
  const bar = page.locator(".nb-banner", { hasText: "This runtime computes slowly because of the rule “Endless programs”" });
  await bar.waitFor({ timeout: 60_000 });
  await bar.getByText("The program evil-slowed has been running for").waitFor();
  await picture(page, "policy-throttle");
  const opened = watched.context.waitForEvent("page");
  await bar.getByRole("button", { name: "What was seen, and appeal" }).click();
  const decisions = await opened;
  await decisions.getByText("Slowed down", { exact: true }).waitFor();
  await decisions.getByText("(hard evidence)").waitFor();
  await picture(decisions, "policy-decision-throttle");
  await decisions.close();
  // The first time it can be started again at once; the second stop holds.
  for (const said of ["you can start another", "for 24 hours no other can be started"]) {
    await run(page, 1);
    await page.locator(".nb-banner", { hasText: said }).waitFor({ timeout: 90_000 });
  }
  await picture(page, "policy-hold");
  await run(page, 2);
  await page.getByText("no runtime can be started until").first().waitFor();
  await picture(page, "policy-hold-run");
  await page.goto(new URL("decisions", url).href);
  const hold = page.locator(".decision-hold");
  await hold.getByRole("button", { name: "Appeal: have a person look at it" }).click();
  await hold.getByLabel("What should they know?").fill("It is only a copy of sleep.");
  await hold.getByRole("button", { name: "Send" }).click();
  await hold.getByText("A person will look at it").waitFor();
  await picture(page, "policy-appeal");
  assert.deepEqual(await seriousFaults(page), []);
  await takenBackByTheStaff();
  await page.reload();
  await hold.getByText("You were right: the decision was undone.").waitFor();
  await hold.getByText("So it is. We are sorry.").waitFor();
  await page.goto(notebookAddress("slowed.ipynb"));
  await run(page, 2);
  await outputOf(page, 2).filter({ hasText: "here again" }).waitFor({ timeout: 60_000 });
  await watched.context.close();
  nothingWentWrong(watched);
});

async function takenBackByTheStaff(): Promise<void> {
  makeAccount("grace", "--admin");
  const watched = await openSignedIn(browser, {}, "grace");
  const { page } = watched;
  await page.goto(url);
  await page.getByRole("button", { name: "Account of grace" }).click();
  await page.getByRole("menuitem", { name: "Look after the rules" }).click();
  const appeal = page.getByRole("article", { name: "On hold Harmful programs · ada" });
  await appeal.getByText("It is only a copy of sleep.").waitFor();
  await appeal.getByText("The program evil-stopped has been running for").waitFor();
  await page.getByText("events are as they were written").waitFor();
  await picture(page, "policy-staff");
  assert.deepEqual(await seriousFaults(page), []);
  await appeal.getByRole("button", { name: "Take the decision back" }).click();
  await appeal.getByText("Say why: the person reads it.").waitFor();
  await appeal.getByLabel("Your answer").fill("So it is. We are sorry.");
  await appeal.getByRole("button", { name: "Take the decision back" }).click();
  await page.getByText("Nobody waits for an answer.").waitFor();
  await page.getByRole("row", { name: "Harmful programs" }).getByText("1, of them 0 open and 1 taken back").waitFor();
  await page.getByLabel("Rule", { exact: true }).last().selectOption({ label: "Harmful programs" });
  const row = page.locator("details", { hasText: "ada · Harmful programs" });
  await row.first().locator("summary").click();
  await row.first().getByText("Overturned").waitFor();
  await picture(page, "policy-staff-done");
  await page.getByText("A rule that does not hold for somebody").click();
  await page.getByLabel("Account").first().fill("nobody");
  await page.getByLabel("Why; the person reads it").first().fill("A lesson.");
  await page.getByRole("button", { name: "Exempt" }).click();
  await page.getByText("there is no account 'nobody'").waitFor();
  await watched.context.close();
  nothingWentWrong(watched);
}

test("the desk of the staff in German on a phone, and closed to everybody else", async () => {
  const german = await openSignedIn(browser, { ...phone, locale: "de-DE", colorScheme: "dark" }, "grace");
  await german.page.goto(new URL("staff", url).href);
  await german.page.getByText("Niemand wartet auf eine Antwort.").waitFor();
  await german.page.getByText("Ereignisse sind, wie sie geschrieben wurden").waitFor();
  await picture(german.page, "policy-staff-phone-dark-de");
  assert.deepEqual(await seriousFaults(german.page), []);
  const wide = await german.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wide, 0, "nothing stands out of the page");
  await german.context.close();
  nothingWentWrong(german);
  const other = await openSignedIn(browser);
  await other.page.goto(new URL("staff", url).href);
  await other.page.getByText("This page is for those who administer this Allmende.").waitFor();
  assert.equal(await other.page.evaluate(async () => (await fetch("/api/staff/rules")).status), 403);
  await other.context.close();
  nothingWentWrong(other);
});

test("a restriction is proposed, the person is heard, another one confirms it, and it says so wherever it matters", async () => {
  makeAccount("heidi");
  makeAccount("frank", "--admin");
  const desk = async (name: string): Promise<{ page: Page; close: () => Promise<void> }> => {
    const watched = await openSignedIn(browser, {}, name);
    await watched.page.goto(new URL("staff", url).href);
    return { page: watched.page, close: async () => { await watched.context.close(); nothingWentWrong(watched); } };
  };
  const grace = await desk("grace");
  await grace.page.getByText("Keep somebody from runtimes").click();
  const form = grace.page.locator("details", { hasText: "Keep somebody from runtimes" });
  await form.getByLabel("Account").fill("heidi");
  await form.getByLabel("Why; the person reads it").fill("Floods from three runtimes.");
  await form.getByRole("button", { name: "Propose" }).click();
  await form.getByText("It is proposed for 30 days").waitFor();
  await picture(grace.page, "policy-staff-restrict");
  await grace.close();
  const person = await openSignedIn(browser, {}, "heidi");
  await person.page.goto(url);
  await person.page.getByText("Something was decided or proposed about your account.").waitFor();
  await person.page.getByRole("link", { name: "See what, and answer" }).click();
  await person.page.getByText("Nothing holds yet: say what they should know.").waitFor();
  await person.page.getByText("Floods from three runtimes.").waitFor();
  await person.page.getByRole("button", { name: "Appeal: have a person look at it" }).click();
  await person.page.getByLabel("What should they know?").fill("It was a lesson.");
  await person.page.getByRole("button", { name: "Send" }).click();
  await person.page.getByText("A person will look at it").waitFor();
  await picture(person.page, "policy-restriction-proposed");
  assert.deepEqual(await seriousFaults(person.page), []);
  const frank = await desk("frank");
  const appeal = frank.page.getByRole("article", { name: "Proposed Forbidden tools · heidi" });
  await appeal.getByLabel("Your answer").fill("Three times are no lesson.");
  await appeal.getByRole("button", { name: "The decision stays" }).click();
  await frank.page.getByText("Nobody waits for an answer.").waitFor();
  const row = frank.page.locator(".staff-row", { hasText: "heidi" });
  await row.locator("summary").click();
  await row.getByText("Proposed by grace for 30 days").waitFor();
  await row.getByRole("button", { name: "Confirm" }).click();
  await row.getByText("confirmed by frank").waitFor();
  await picture(frank.page, "policy-staff-confirmed");
  await frank.close();
  await person.page.reload();
  await person.page.getByText("No runtime can be started. Files, notebooks and their download stay open.").waitFor();
  const refused = await person.page.evaluate(async () => {
    const xsrf = /(?:^|; )_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
    const reply = await fetch("/api/runtimes", { method: "POST", headers: { "Content-Type": "application/json", "X-XSRFToken": decodeURIComponent(xsrf) }, body: "{}" });
    return [reply.status, ((await reply.json()) as { message: string }).message] as const;
  });
  assert.equal(refused[0], 403);
  assert.match(refused[1], /two people of the staff decided so/);
  await person.context.close();
  nothingWentWrong(person);
});

test("decisions in German on a phone, and an empty page for whoever has none", async () => {
  const watched = await openSignedIn(browser, { ...phone, locale: "de-DE", colorScheme: "dark" });
  await watched.page.goto(new URL("decisions", url).href);
  await watched.page.getByText("Gesperrt", { exact: true }).waitFor();
  await watched.page.getByText("Du hattest recht: Die Entscheidung wurde rückgängig gemacht.").waitFor();
  await picture(watched.page, "policy-decisions-phone-dark-de");
  assert.deepEqual(await seriousFaults(watched.page), []);
  await watched.context.close();
  nothingWentWrong(watched);
});
