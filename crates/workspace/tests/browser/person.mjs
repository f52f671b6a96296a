// What a person does on the page: `node person.mjs http://127.0.0.1:PORT`.
// Ends with an error at the first thing that is not as it should be; prints what it measured.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const url = process.argv[2];
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
  page.on("console", (message) => message.type() === "error" && !message.text().includes("422") && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
  page.setDefaultTimeout(300_000); // a full run on a busy machine
  return { page, faults, context };
}

const solved = '.preview .state[data-solved="yes"]:not([data-milliseconds=""])';
const gdp = (page) => page.locator(".preview .changes td.figure").first().innerText();

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
  console.log(`slider to solved path: median ${times[4].toFixed(0)} ms, slowest ${times[8].toFixed(0)} ms`);
  assert.notEqual(await gdp(page), before, "a plant four times as large changes GDP");

  // A wrong value is answered at its field, and nothing is solved until it is mended.
  const share = page.locator('.lever input[aria-label="Foreign share"][type=number]').first();
  await share.fill("1.5");
  await page.waitForSelector(".entry.wrong .finding");
  assert.equal(await share.getAttribute("aria-invalid"), "true");
  await share.fill("0.5");
  await page.waitForSelector(".entry.wrong", { state: "detached" });

  await page.getByLabel("Note on the change").fill("a larger plant");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForSelector("text=version 2");
  await page.reload();
  await page.waitForSelector("text=version 2");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForSelector("text=version 1");
  await page.waitForFunction((value) => document.querySelector(".preview .changes td.figure")?.textContent === value, before);
  await page.getByRole("button", { name: "Redo" }).click();
  await page.waitForSelector("text=version 2");
}

async function results({ page, context }) {
  await page.getByRole("button", { name: "Run in full" }).click();
  await page.waitForSelector("text=What each lever adds");
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
  }
  const wait = page.waitForEvent("download");
  await page.getByRole("link", { name: "Workbook (Excel)" }).click();
  assert.equal(readFileSync(await (await wait).path()).subarray(0, 2).toString(), "PK");
}

async function targets({ page }) {
  await page.goto(`${url}/#/targets`);
  await page.locator(".choice:has-text('Draws') select").last().selectOption("5000");
  await page.getByRole("button", { name: /Run version/ }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.waitForSelector("option:has-text('cancelled')", { state: "attached" });
  await page.locator(".choice:has-text('Draws') select").last().selectOption("50");
  await page.getByRole("button", { name: /Run version/ }).click();
  await page.waitForSelector("text=From the baseline to the target");
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
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${view} is ${wide} px wider than ${width} px`);
    }
    assert.deepEqual(faults, []);
    await context.close();
  }
}

const person = await open({});
for (const part of [programme, results, targets, keyboard]) await part(person);
assert.deepEqual(person.faults, []);
await accessible();
await browser.close();
console.log("a person can work on the page");
