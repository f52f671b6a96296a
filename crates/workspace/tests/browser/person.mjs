// What a person does on the page: `node person.mjs http://127.0.0.1:PORT`.
// Ends with an error at the first thing that is not as it should be; prints what it measured.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const url = process.argv[2];
const short = readFileSync(new URL("../short.toml", import.meta.url), "utf8");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
});

/** A page whose faults fail the test. */
async function open(options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US", ...options });
  const page = await context.newPage();
  const faults = [];
  const expected = /422|401|409/; // refusals that the page shows
  page.on("console", (message) => message.type() === "error" && !expected.test(message.text()) && faults.push(message.text()));
  page.on("dialog", (dialog) => dialog.accept(page.answer));
  page.on("pageerror", (error) => faults.push(error.message));
  page.setDefaultTimeout(60_000);
  return { page, faults, context };
}

const solved = '.preview .state[data-solved="yes"]:not([data-milliseconds=""])';
const gdp = (page) => page.locator(".preview .changes td.figure").first().innerText();

/** Median in whole milliseconds. */
const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]?.toFixed(0);

/** Moves a slider and waits for the solved path; milliseconds from the input to the answer. */
const move = (page, index, value) => page.evaluate(async ([index, value]) => {
  performance.clearMeasures("preview");
  const slider = document.querySelectorAll(".lever input[type=range]")[index];
  const begun = performance.now();
  slider.value = String(value);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  while (performance.getEntriesByName("preview").length === 0) await new Promise((go) => setTimeout(go, 4));
  await new Promise((go) => requestAnimationFrame(go));
  return performance.now() - begun;
}, [index, value]);

async function programme({ page }) {
  await page.goto(`${url}/#/programme`);
  await page.waitForSelector(solved);
  const before = await gdp(page);
  const times = [];
  for (const value of [1005, 1340, 2010, 2680, 2010, 1340, 1005, 1340, 2680]) times.push(await move(page, 0, value));
  times.sort((a, b) => a - b);
  const estimates = median(await page.evaluate(() => performance.getEntriesByName("estimate").map((each) => each.duration)));
  console.log(`slider to first-order estimate: median ${estimates} ms`);
  console.log(`slider to solved path: median ${times[4].toFixed(0)} ms, slowest ${times[8].toFixed(0)} ms`);
  assert.notEqual(await gdp(page), before, "a plant four times as large changes GDP");

  // A wrong value is answered at its field, and nothing is solved until it is mended.
  const share = page.locator('.lever input[aria-label="Foreign share"][type=number]').first();
  await share.fill("1.5");
  await page.waitForSelector(".entry.wrong .finding");
  assert.equal(await share.getAttribute("aria-invalid"), "true");
  await share.fill("0.5");
  await page.waitForSelector(".entry.wrong", { state: "detached" });

  // A draft stays while another view is looked at.
  const draft = await gdp(page);
  await page.getByRole("link", { name: "Data" }).click();
  await page.waitForSelector("h1:has-text('Data')");
  await page.getByRole("link", { name: "Programme" }).click();
  await page.waitForSelector("text=version 1, changed");
  await page.waitForFunction((value) => document.querySelector(".preview .changes td.figure")?.textContent === value, draft);

  await page.getByLabel("Note on the change").fill("a larger plant");
  await share.fill("0.4");
  await page.getByRole("button", { name: "Save", exact: true }).click(); // saves what was just typed
  await page.waitForSelector("text=version 2");
  await page.reload();
  await page.waitForSelector("text=version 2");
  assert.equal(await page.locator('.lever input[aria-label="Foreign share"][type=number]').first().inputValue(), "0.4");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForSelector("text=version 1");
  await page.waitForFunction((value) => document.querySelector(".preview .changes td.figure")?.textContent === value, before);
  await page.getByRole("button", { name: "Redo" }).click();
  await page.waitForSelector("text=version 2");

  // Every kind of lever can be added; the first region of a new one is chosen from a list.
  page.answer = "A railway";
  await page.getByLabel("Add a lever").selectOption("infrastructure");
  await page.waitForSelector("section[aria-label='A railway']");
  page.answer = undefined;
  await page.getByRole("button", { name: "Remove A railway" }).click();
  await page.waitForSelector("section[aria-label='A railway']", { state: "detached" });
  await page.getByLabel("Region").first().selectOption("Dalian");
  await page.waitForSelector("text=changed");
  await page.getByRole("button", { name: "Discard", exact: true }).click();
}

/** A study that is quick to run, made as a program makes it. */
async function quick({ page }) {
  const made = await page.evaluate(async (text) => {
    const { key } = await (await fetch("/api/session")).json();
    const headers = { "X-Ironbelt-Key": key };
    return (await fetch("/api/studies", { method: "POST", headers, body: JSON.stringify({ name: "Quick", text }) })).json();
  }, short);
  await page.goto(`${url}/#/programme?scenario=${made.scenario}`);
  await page.waitForSelector("h1:has-text('Quick')");
  await page.waitForSelector(solved);
}

async function results({ page, context }) {
  await page.getByRole("button", { name: "Run in full" }).click();
  await page.waitForSelector("text=What each lever adds");
  await page.waitForSelector(".answer >> text=In 2020 the programme raises the GDP of Liaoning by");
  await page.getByRole("button", { name: /^Why this number/ }).click();
  await page.getByRole("button", { name: /^Follow / }).first().click();
  await page.waitForFunction(() => document.querySelectorAll("section.why h3").length === 2);
  page.answer = "larger plant";
  await page.getByRole("button", { name: "Name the run" }).click();
  await page.waitForSelector("option:has-text('larger plant')", { state: "attached" });
  page.answer = undefined;
  // A URL is a view: another window shows the same.
  await page.getByLabel("Place").selectOption("Dalian");
  await page.waitForSelector("text=GDP, Dalian: Policy against baseline");
  const second = await context.newPage();
  await second.goto(page.url());
  await second.waitForSelector("text=GDP, Dalian: Policy against baseline");
  await second.close();
  for (const [label, start] of [["SVG", "<svg"], ["PNG", "\x89PNG"], ["CSV", "\xef\xbb\xbfYear"]]) {
    const wait = page.waitForEvent("download");
    await page.getByRole("button", { name: `Download GDP, Dalian: Policy against baseline: ${label}` }).click();
    const content = readFileSync(await (await wait).path());
    assert.equal(content.subarray(0, start.length).toString("latin1"), start, label);
    if (label === "SVG") {
      const [drawing, drawn] = [content.toString(), content.toString().match(/<svg/g)?.length];
      assert.ok(drawing.includes("GDP, Dalian") && drawn === 3, `its title and both drawings, not ${drawn}`);
      assert.ok(drawing.includes('fill="#fff"') && !drawing.includes("rgb(20, 24, 28)"), "on paper");
    }
  }
  const wait = page.waitForEvent("download");
  await page.getByRole("link", { name: "Workbook (Excel)" }).click();
  assert.equal(readFileSync(await (await wait).path()).subarray(0, 2).toString(), "PK");
}

async function targets({ page }) {
  await page.getByRole("link", { name: "Targets" }).click();
  await page.locator(".choice:has-text('Draws') select").last().selectOption("5000");
  const [ensemble, mix] = [0, 1].map((at) => page.getByRole("button", { name: /Run version/ }).nth(at));
  await ensemble.click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.waitForSelector("option:has-text('cancelled')", { state: "attached" });
  await page.locator(".choice:has-text('Draws') select").last().selectOption("50");
  await ensemble.click();
  await page.waitForSelector("text=From the baseline to the target");
  await mix.click();
  await page.waitForSelector("text=The targets are reached.");
}

/** By keyboard alone: skip link, navigation, an area of the map. */
async function keyboard({ page }) {
  await page.goto(`${url}/#/region`);
  await page.reload(); // focus begins at the top
  await page.waitForSelector("polygon[role=button]");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.className), "skip");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Region");
  await page.locator("polygon[role=button]").last().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("h1:has-text('Dalian')");
}

/** No serious fault that axe finds, on any view, light and dark, on a screen and a tablet. */
async function accessible() {
  for (const [scheme, width] of [["light", 1280], ["dark", 820]]) {
    const { page, faults, context } = await open({ colorScheme: scheme, viewport: { width, height: 1100 }, bypassCSP: true });
    for (const view of ["region", "programme", "results", "targets", "compare", "data"]) {
      await page.goto(`${url}/#/${view}`);
      await page.waitForSelector("h1");
      await page.waitForSelector(".waiting", { state: "detached" });
      if (view === "programme") await page.waitForSelector(solved);
      await page.evaluate(axe);
      const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      const told = found.violations.map((each) => `${each.impact} ${each.id}: ${each.nodes[0].html} ${each.nodes[0].failureSummary}`);
      assert.deepEqual(told, [], `${view}, ${scheme}, ${width} px`);
      await look(page, `${view}-${scheme}-${width}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${view} is ${wide} px wider than ${width} px`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  }
}

/** With the first user people log in; a viewer may look and not save. */
async function people({ page }) {
  const password = "four plain little words";
  const enter = async (name, role) => {
    const form = page.locator("form:has-text('Role')");
    await form.getByLabel("Name").fill(name);
    await form.getByLabel("Password").fill(password);
    await form.getByLabel("Role").last().selectOption(role);
    await form.getByRole("button", { name: "Add" }).click();
  };
  const logIn = async (name, typed) => {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(typed);
    await page.getByRole("button", { name: "Log in" }).click();
  };
  await page.goto(`${url}/#/users`);
  await enter("wang", "administrator");
  await page.waitForSelector("h1:has-text('Log in')");
  await logIn("wang", "not the password at all");
  await page.waitForSelector("text=the name or the password is wrong");
  await logIn("wang", password);
  await page.waitForSelector("text=wang, administrator");
  await enter("li", "viewer");
  await page.waitForSelector("th:has-text('li')");
  await page.waitForSelector("td:has-text('add viewer')");
  await look(page, "users");
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForSelector("h1:has-text('Log in')");
  await look(page, "login");
  await logIn("li", password);
  await page.getByRole("link", { name: "Programme" }).click();
  await page.waitForSelector(solved);
  assert.equal(await page.getByRole("button", { name: "Save", exact: true }).isDisabled(), true);
  assert.equal(await page.getByRole("link", { name: "Users" }).count(), 0);
}

/** A picture for those who want one: `PICTURES=folder`. */
async function look(page, name) {
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/${name}.png`, fullPage: true });
}

const person = await open({});
for (const part of [programme, quick, results, targets, keyboard]) {
  const begun = performance.now();
  await part(person);
  await look(person.page, part.name);
  console.log(`${part.name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
assert.deepEqual(person.faults, []);
await accessible();
await people(person);
assert.deepEqual(person.faults, []);
await browser.close();
console.log("a person can work on the page");
