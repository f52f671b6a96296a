// @ts-check
// Results: policy against baseline of one run, by year, area, industry and lever; hand-over.
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { ask, askOnce, listen, post } from "../api.js";
import { AreaMap, Bars, Lines } from "../charts.js";
import { Figure } from "../figure.js";
import { Choice, plain, Problem, signed, spoken, Table, useData, Waiting } from "../parts.js";
import { industry, place, t, variable } from "../words.js";

/** A run that is asked for again until it has ended. @param {number} id @param {() => void} ended */
export function useProgress(id, ended) {
  const [progress, set] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (!id) return undefined;
    const abort = new AbortController();
    listen(`/api/runs/${id}/events`, { signal: abort.signal }, (_, data) => set(data)).then(ended, () => {});
    return () => abort.abort();
  }, [id]);
  return progress;
}

/** The run that the address names, or the latest of a kind of the scenario. @param {any[]} runs @param {any} scenario @param {URLSearchParams} choices @param {string} kind */
export function chosenRun(runs, scenario, choices, kind) {
  const own = runs.filter((run) => run.kind === kind && run.scenario === scenario.id);
  return own.find((run) => String(run.id) === choices.get("run")) ?? own[0];
}

/** @param {{scenario: any, choices: URLSearchParams}} props */
export function Results({ scenario, choices }) {
  const [count, again] = useState(0);
  const { data: runs, error } = useData(() => ask("/api/runs"), [scenario.id, choices.get("run"), count]);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!runs) return html`<${Waiting}/>`;
  const run = chosenRun(runs, scenario, choices, "study");
  return html`<h1>${t("Results")}: ${scenario.name}</h1>
    <${Runs} runs=${runs.filter((/** @type {any} */ each) => each.kind === "study" && each.scenario === scenario.id)} run=${run} scenario=${scenario} body=${{ kind: "study" }} again=${() => again((x) => x + 1)}/>
    ${run?.state === "done" && html`<${Told} key=${run.id} run=${run} choices=${choices}/>`}`;
}

/** Choice of a run, its progress, and the button for a new one. @param {{runs: any[], run: any, scenario: any, body: any, again: () => void, children?: any}} props */
export function Runs({ runs, run, scenario, body, again, children }) {
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  const open = run && ["queued", "running"].includes(run.state) ? run.id : 0;
  const progress = useProgress(open, again);
  const start = async () => {
    setTrouble(null);
    try { const made = await post("/api/runs", { scenario: scenario.id, ...body }); location.hash = location.hash.replace(/([?&])run=\d+/, `$1run=${made.run}`); again(); } catch (failure) { setTrouble(failure); }
  };
  return html`<div class="runs">
    ${runs.length > 0 && html`<${Choice} label=${t("Run")} name="run" value=${String(run?.id ?? "")} options=${runs.map((each) => ({ value: String(each.id), label: `#${each.id}, ${t("version")} ${each.version}, ${each.created.slice(0, 16).replace("T", " ")}, ${t(each.state)}${each.settings ? `, ${each.settings}` : ""}` }))}/>`}
    ${children}
    <button class=${runs.length === 0 ? "main" : ""} disabled=${open > 0} onClick=${start}>${t("Run version")} ${scenario.head}</button>
    ${open > 0 && html`<span role="status">${t(progress?.state ?? "queued")} <progress max=${progress?.all || 1} value=${progress?.all ? progress.done : null} aria-label=${t("Progress")}></progress> ${progress?.all ? `${progress.done} / ${progress.all}` : ""}
      <button onClick=${() => post(`/api/runs/${open}/cancel`)}>${t("Cancel")}</button></span>`}
    ${run && run.message && html`<p class="problem" role="alert">${run.message}</p>`}
    ${trouble && html`<${Problem} error=${trouble}/>`}
    ${runs.length === 0 && html`<p class="lead">${t("no run yet")}</p>`}
  </div>`;
}

/** Look-ups in the results of a run. @param {any} results */
export function lookUp(results) {
  /** @type {Map<string, any>} */
  const known = new Map(results.series.map((/** @type {any} */ each) => [[each.scenario, each.variable, each.region, each.industry, each.owner].join("|"), each]));
  const find = (/** @type {string} */ scenario, /** @type {string} */ variable, /** @type {string} */ region, industry = "", owner = "") => {
    const own = known.get([scenario, variable, region, industry, owner].join("|"));
    if (own || region !== results.study.home) return own;
    const parts = results.study.home_regions.map((/** @type {string} */ each) => known.get([scenario, variable, each, industry, owner].join("|")));
    if (parts.some((/** @type {any} */ part) => !part)) return undefined;
    return { ...parts[0], region, values: parts[0].values.map((/** @type {any} */ _, /** @type {number} */ at) => parts.reduce((/** @type {number} */ sum, /** @type {any} */ part) => sum + part.values[at], 0)) };
  };
  return { find };
}

/** @param {{run: any, choices: URLSearchParams}} props */
function Told({ run, choices }) {
  const { data: results, error } = useData(() => askOnce(`/api/runs/${run.id}/results`), [run.id]);
  const { data: accounts } = useData(() => askOnce("/api/accounts"), []);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!results) return html`<${Waiting}/>`;
  const { study, years } = results;
  const { find } = lookUp(results);
  /** @type {string[]} */
  const variables = [...new Set(/** @type {string[]} */ (results.series.filter((/** @type {any} */ each) => !each.industry).map((/** @type {any} */ each) => each.variable)))];
  const chosen = variables.find((name) => name === choices.get("variable")) ?? "gdp";
  const places = [study.home, ...study.regions, "nation"].filter((name) => find("policy", chosen, name));
  const where = places.includes(choices.get("place")) ? /** @type {string} */ (choices.get("place")) : study.home;
  const year = years.includes(Number(choices.get("year"))) ? Number(choices.get("year")) : study.headline_year;
  const at = years.indexOf(year);
  const all = { results, find, chosen, where, year, at, accounts };
  return html`<div class="filters">
      <${Choice} label=${t("Indicator")} name="variable" value=${chosen} options=${variables.map((value) => ({ value, label: variable(value) }))}/>
      <${Choice} label=${t("Place")} name="place" value=${where} options=${places.map((value) => ({ value, label: place(value) }))}/>
      <${Choice} label=${t("Year")} name="year" value=${String(year)} options=${years.map((/** @type {number} */ value) => ({ value: String(value), label: String(value) }))}/>
      <span class="downloads">${[["workbook.xlsx", t("Workbook (Excel)")], ["report.html", t("Report")], ["series.csv", "series.csv"], ["contributions.csv", "contributions.csv"], ["parameters.csv", "parameters.csv"]].map(([file, label]) => html`<a href=${`/api/runs/${run.id}/files/${file}`} target=${file.endsWith("html") ? "_blank" : null}>${label}</a>`)}</span>
    </div>
    <${Headline} ...${all}/>
    <div class="grid"><${Path} ...${all}/><${Areas} ...${all}/><${Contributions} ...${all}/><${Industries} ...${all}/></div>
    <${Trust} results=${results}/>`;
}

/** @param {any} props */
function Headline({ results, find, year, at, where }) {
  const rows = ["gdp", "employment", "fdi", "trade", "exports", "imports", "consumption", "budget_balance", "real_wage"].flatMap((name) => {
    const [baseline, policy] = ["baseline", "policy"].map((scenario) => find(scenario, name, where)?.values[at]);
    if (policy == null) return [];
    const unit = spoken(find("policy", name, where).unit);
    return [[variable(name), unit.unit, baseline * unit.factor, policy * unit.factor, (policy - baseline) * unit.factor, name === "budget_balance" ? "" : 100 * (policy / baseline - 1)]];
  });
  const shown = rows.map((row) => row.map((cell, column) => (typeof cell !== "number" ? cell : column === 5 ? signed(cell, 2) : column === 4 ? signed(cell) : plain(cell, digits(/** @type {number} */ (row[4]))))));
  const columns = [{ name: t("Indicator") }, { name: t("Unit") }, ...["Baseline", "Policy", "Change", "%"].map((name) => ({ name: t(name), figures: true }))];
  return html`<${Table} caption=${`${place(where)}, ${year}: ${results.study.title}`} table=${{ columns, rows: shown }}/>`;
}

/** Digits at which a change can be seen in the level. @param {number} change */
const digits = (change) => (Math.abs(change) < 5e-5 ? 1 : Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(change))))));

/** @param {any} props */
function Path({ results, find, chosen, where }) {
  const [baseline, policy] = ["baseline", "policy"].map((scenario) => find(scenario, chosen, where));
  const unit = spoken(policy.unit);
  const scale = (/** @type {any} */ series) => series.values.map((/** @type {number} */ x) => x * unit.factor);
  const [low, high] = [scale(baseline), scale(policy)];
  const change = high.map((/** @type {number} */ x, /** @type {number} */ at) => x - low[at]);
  const title = `${variable(chosen)}, ${place(where)}: ${t("Policy against baseline")}`;
  const table = {
    columns: [{ name: t("Year") }, ...["Baseline", "Policy", "Change"].map((name) => ({ name: t(name), unit: unit.unit, figures: true })), { name: t("Change"), unit: "%", figures: true }],
    rows: results.years.map((/** @type {number} */ year, /** @type {number} */ at) => [String(year), low[at], high[at], change[at], 100 * (high[at] / low[at] - 1)]),
  };
  return html`<${Figure} title=${title} table=${table}>
    <${Lines} title=${title} unit=${unit.unit} years=${results.years} marked=${results.study.headline_year} lines=${[{ name: t("Baseline"), values: low, look: "baseline" }, { name: t("Policy"), values: high, look: "policy" }]} height=${210}/>
    <${Lines} title=${t("Change")} unit=${`${t("Change")}, ${unit.unit}`} years=${results.years} marked=${results.study.headline_year} zero=${true} lines=${[{ name: t("Change"), values: change, look: "policy" }]} height=${150}/>
  </${Figure}>`;
}

/** @param {any} props */
function Areas({ results, find, chosen, year, at, accounts }) {
  const { study } = results;
  const regions = study.regions.filter((/** @type {string} */ name) => find("policy", chosen, name));
  if (regions.length === 0) return null;
  const rows = regions.map((/** @type {string} */ name) => {
    const [baseline, policy] = ["baseline", "policy"].map((scenario) => find(scenario, chosen, name));
    const unit = spoken(policy.unit);
    return { name, unit, baseline: baseline.values[at] * unit.factor, policy: policy.values[at] * unit.factor };
  });
  const unit = rows[0].unit;
  const percent = (/** @type {any} */ row) => (row.baseline > 0 ? 100 * (row.policy / row.baseline - 1) : null);
  const title = `${variable(chosen)}, ${year}: ${t("change by area")}`;
  const table = {
    columns: [{ name: t("Area") }, ...["Baseline", "Policy", "Change"].map((name) => ({ name: t(name), unit: unit.unit, figures: true })), { name: t("Change"), unit: "%", figures: true }],
    rows: rows.map((/** @type {any} */ row) => [place(row.name), row.baseline, row.policy, row.policy - row.baseline, percent(row)]),
  };
  const areas = rows.filter((/** @type {any} */ row) => study.home_regions.includes(row.name)).map((/** @type {any} */ row) => ({ name: row.name, label: place(row.name), value: percent(row) }));
  return html`<${Figure} title=${title} table=${table} note=${t("schematic map")}>
    ${accounts && html`<${AreaMap} title=${title} unit="%" isChange=${true} outlines=${accounts.outlines} areas=${areas}/>`}</${Figure}>`;
}

/** What each lever adds, and on asking, from what. @param {any} props */
function Contributions({ results, chosen, where, year, at }) {
  const [asked, ask] = useState("");
  const parts = results.contributions.filter((/** @type {any} */ each) => each.variable === chosen && each.region === where && !each.industry);
  if (parts.length === 0) return null;
  const unit = spoken(parts[0].unit);
  const rows = parts.map((/** @type {any} */ part) => ({ key: part.lever, name: ["interaction", "remainder"].includes(part.lever) ? t(part.lever) : part.lever, value: part.values[at] * unit.factor }));
  const sum = { name: t("All levers together"), value: rows.reduce((/** @type {number} */ total, /** @type {any} */ row) => total + row.value, 0) };
  const title = `${t("What each lever adds")}: ${variable(chosen)}, ${place(where)}, ${year}`;
  const table = { total: true, columns: [{ name: t("Lever") }, { name: t("Contribution"), unit: unit.unit, figures: true }, { name: t("Share"), unit: "%", figures: true }], rows: [...rows, sum].map((/** @type {any} */ row) => [row.name, row.value, (100 * row.value) / sum.value]) };
  const lever = results.levers.find((/** @type {any} */ each) => each.name === asked);
  const costs = results.costs.filter((/** @type {any} */ each) => each.lever === asked);
  const others = results.contributions.filter((/** @type {any} */ each) => each.lever === asked && each.region === where && !each.industry && ["gdp", "employment", "investment", "exports", "imports", "consumption", "fdi", "budget_balance"].includes(each.variable));
  return html`<${Figure} title=${title} table=${table} note=${t(`contributions: ${results.decomposition?.method || "alone"}`)}>
    <${Bars} title=${title} unit=${unit.unit} rows=${rows} sum=${sum}/>
    <label class="choice">${t("Why this number?")} <select value=${asked} onChange=${(/** @type {any} */ event) => ask(event.target.value)}><option value="">–</option>${results.levers.map((/** @type {any} */ each) => html`<option value=${each.name} selected=${each.name === asked}>${each.name}</option>`)}</select></label>
    ${lever && html`<div class="why" aria-live="polite"><p><strong>${lever.name}</strong> (${lever.kind}): ${lever.summary}</p><p class="note">${t("Source")}: ${lever.source}</p>
      ${costs.map((/** @type {any} */ cost) => html`<p class="note">${t("Cost")}, ${place(cost.budget)}: ${cost.values.map((/** @type {number} */ x, /** @type {number} */ y) => `${results.years[y]} ${plain(x * 1e4, 0)}`).filter((/** @type {any} */ _, /** @type {number} */ y) => cost.values[y] !== 0).join(", ")} (${t("10,000 yuan")})</p>`)}
      <${Table} caption=${`${lever.name}, ${place(where)}, ${year}`} table=${{ columns: [{ name: t("Indicator") }, { name: t("Unit") }, { name: t("Contribution"), figures: true }], rows: others.map((/** @type {any} */ each) => [variable(each.variable), spoken(each.unit).unit, signed(each.values[at] * spoken(each.unit).factor)]) }}/></div>`}
  </${Figure}>`;
}

/** Industries that gain and lose most. @param {any} props */
function Industries({ results, find, where, year, at }) {
  const rows = results.study.industries.flatMap((/** @type {string} */ name) => {
    const [baseline, policy] = ["baseline", "policy"].map((scenario) => find(scenario, "output", where, name));
    if (!policy) return [];
    const jobs = ["baseline", "policy"].map((scenario) => find(scenario, "industry_employment", where, name)?.values[at]);
    const unit = spoken(policy.unit);
    return [{ name, unit, baseline: baseline.values[at] * unit.factor, value: (policy.values[at] - baseline.values[at]) * unit.factor, jobs: jobs[1] - jobs[0] }];
  }).sort((/** @type {any} */ a, /** @type {any} */ b) => b.value - a.value);
  if (rows.length === 0) return null;
  const gains = rows.filter((/** @type {any} */ row) => row.value > 0).slice(0, 8);
  const losses = rows.filter((/** @type {any} */ row) => row.value < 0).slice(-8);
  const title = `${t("Winners and losers")}: ${t("output")}, ${place(where)}, ${year}`;
  const table = {
    columns: [{ name: t("Industry") }, { name: t("Baseline"), unit: rows[0].unit.unit, figures: true }, { name: t("Change"), unit: rows[0].unit.unit, figures: true }, { name: t("Change"), unit: "%", figures: true }, { name: t("Jobs"), unit: t("persons"), figures: true }],
    rows: rows.map((/** @type {any} */ row) => [industry(row.name), row.baseline, row.value, (100 * row.value) / row.baseline, row.jobs]),
  };
  return html`<${Figure} title=${title} table=${table}><${Bars} title=${title} unit=${rows[0].unit.unit} rows=${[...gains, ...losses].map((row) => ({ name: industry(row.name), value: row.value }))}/></${Figure}>`;
}

/** @param {{results: any}} props */
function Trust({ results }) {
  const worst = Math.max(...results.solves.flatMap((/** @type {any} */ solve) => Object.values(solve.certificate).map((x) => Math.abs(/** @type {number} */ (x)))));
  const failing = results.plausibility.filter((/** @type {any} */ each) => !each.holds);
  const count = (/** @type {string} */ status) => results.parameters.filter((/** @type {any} */ each) => each.status === status).length;
  return html`<section class="trust"><h2>${t("How far to trust this")}</h2><ul>
    <li>${results.solves.length} ${t("years solved")}; ${t("largest recomputed deviation")} ${worst.toExponential(1)} ${t("of total output")}</li>
    <li>${results.plausibility.length - failing.length} / ${results.plausibility.length} ${t("plausibility checks hold")}${failing.map((/** @type {any} */ each) => html`<br/><strong>${each.expectation}</strong>: ${each.found}`)}</li>
    <li>${results.parameters.length} ${t("parameters")}: ${count("from_memory_check_before_use")} ${t("from_memory_check_before_use")}, ${count("assumption")} ${t("assumption")}</li>
  </ul></section>`;
}
