// @ts-check
// Results: policy against baseline of one run, by year, area, industry and lever; hand-over.
import { html, useEffect, useState } from "../vendor/preact-htm.js";
import { ask, askOnce, listen, post } from "../api.js";
import { AreaMap, Bars, Lines } from "../charts.js";
import { Figure } from "../figure.js";
import { Choice, choose, decimalsFor, plain, Problem, signed, spoken, Table, useData, Waiting } from "../parts.js";
import { industry, language, place, t, variable } from "../words.js";

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

/** @param {{session: any, scenario: any, choices: URLSearchParams}} props */
export function Results({ session, scenario, choices }) {
  const [count, again] = useState(0);
  const { data: runs, error } = useData(() => ask("/api/runs"), [scenario.id, choices.get("run"), count]);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!runs) return html`<${Waiting}/>`;
  const run = chosenRun(runs, scenario, choices, "study");
  return html`<h1>${t("Results")}: ${scenario.name}</h1>
    <${Runs} runs=${runs.filter((/** @type {any} */ each) => each.kind === "study" && each.scenario === scenario.id)} run=${run} may=${session.may.change} scenario=${scenario} body=${{ kind: "study" }} again=${() => again((x) => x + 1)}/>
    ${run?.state === "done" && html`<${Told} key=${run.id} run=${run} choices=${choices}/>`}`;
}

/** Choice of a run, its progress, and the button for a new one. @param {{runs: any[], run: any, may: boolean, scenario: any, body: any, again: () => void, choice?: string, children?: any}} props */
export function Runs({ runs, run, may, scenario, body, again, choice = "run", children }) {
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  const open = run && ["queued", "running"].includes(run.state) ? run.id : 0;
  const progress = useProgress(open, again);
  const start = async () => {
    setTrouble(null);
    try { const made = await post("/api/runs", { scenario: scenario.id, ...body }); choose({ [choice]: made.run }); again(); } catch (failure) { setTrouble(failure); }
  };
  const change = async (/** @type {any} */ options) => {
    setTrouble(null);
    try { await ask(`/api/runs/${run.id}`, options); again(); } catch (failure) { setTrouble(failure); }
  };
  const rename = () => {
    const name = prompt(t("Name of the run"), run.name);
    if (name !== null) change({ method: "PUT", body: { name } });
  };
  return html`<div class="runs">
    ${runs.length > 0 && html`<${Choice} label=${t("Run")} name=${choice} value=${String(run?.id ?? "")} options=${runs.map((each) => ({ value: String(each.id), label: `#${each.id}, ${each.name ? `${each.name}, ` : ""}${t("version")} ${each.version}, ${each.created.slice(0, 16).replace("T", " ")}, ${t(each.state)}${each.settings ? `, ${each.settings}` : ""}` }))}/>`}
    ${children}
    ${may && html`<button class=${runs.length === 0 ? "main" : ""} disabled=${open > 0} onClick=${start}>${t("Run version")} ${scenario.head}</button>`}
    ${open > 0 && html`<span role="status">${t(progress?.state ?? "queued")} <progress max=${progress?.all || 1} value=${progress?.all ? progress.done : null} aria-label=${t("Progress")}></progress> ${progress?.all ? `${progress.done} / ${progress.all}` : ""}
      ${may && html`<button onClick=${() => post(`/api/runs/${open}/cancel`)}>${t("Cancel")}</button>`}</span>`}
    ${may && run && open === 0 && html`<span class="buttons"><button class="quiet" onClick=${rename}>${t("Name the run")}</button>
      <button class="quiet" onClick=${() => confirm(`${t("Delete run")} #${run.id}?`) && change({ method: "DELETE" })}>${t("Delete run")}</button></span>`}
    ${run && run.version !== scenario.head && html`<p class="banner" role="status">${t("This run is of version")} ${run.version}; ${t("the version that counts now is")} ${scenario.head}.</p>`}
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
      <span class="downloads">${[["workbook.xlsx", t("Workbook (Excel)")], ["memo.docx", t("Memo (Word)")], ["memo.html", t("Memo")], ["report.html", t("Report")], ["series.csv", "series.csv"], ["contributions.csv", "contributions.csv"], ["parameters.csv", "parameters.csv"]].map(([file, label]) => html`<a href=${`/api/runs/${run.id}/files/${file}`} target=${file.endsWith("html") ? "_blank" : null}>${label}</a>`)}</span>
    </div>
    <${Answer} results=${results} find=${find}/>
    <${Headline} ...${all}/>
    <${Why} key=${`${run.id} ${chosen} ${where} ${year}`} run=${run.id} chosen=${chosen} where=${where} year=${year}/>
    <div class="grid"><${Path} ...${all}/><${Areas} ...${all}/><${Contributions} ...${all}/><${Industries} ...${all}/></div>
    <${Trust} results=${results}/>`;
}

/** The answer and the sentences to remember. @param {{results: any, find: any}} props */
function Answer({ results, find }) {
  const zh = language() === "zh";
  const { study } = results;
  const at = results.years.indexOf(study.headline_year);
  const change = (/** @type {string} */ name, /** @type {string} */ region, industry = "") => {
    const [baseline, policy] = ["baseline", "policy"].map((scenario) => find(scenario, name, region, industry)?.values[at]);
    return policy == null ? null : { by: policy - baseline, percent: 100 * (policy / baseline - 1) };
  };
  const [gdp, jobs] = [change("gdp", study.home), change("employment", study.home)];
  if (!gdp) return null;
  const money = spoken("100 million CNY");
  const amount = (/** @type {number} */ by, size = Math.abs) => `${plain(size(by) * money.factor, decimalsFor([by * money.factor]))} ${money.unit}`;
  const listed = (/** @type {[string, number][]} */ list) => list.map(([name, by]) => `${name} (${by > 0 ? "+" : ""}${amount(by, (x) => x)})`).join(zh ? "、" : ", ");
  const sorted = (/** @type {[string, number | null | undefined][]} */ list) => /** @type {[string, number][]} */ (list.filter(([, by]) => by != null)).sort((a, b) => b[1] - a[1]);
  const persons = jobs && Number(Math.abs(jobs.by).toPrecision(3));
  const answer = zh
    ? `${study.headline_year} 年，方案使${place(study.home)}地区生产总值${gdp.by < 0 ? "减少" : "增加"} ${amount(gdp.by)}（${signed(gdp.percent, 2)} %）${jobs ? `，${jobs.by < 0 ? "减少" : "增加"}就业 ${plain(/** @type {number} */ (persons), 0)} 人（${signed(jobs.percent, 2)} %）` : ""}。`
    : `In ${study.headline_year} the programme ${gdp.by < 0 ? "lowers" : "raises"} the GDP of ${place(study.home)} by ${amount(gdp.by)} (${signed(gdp.percent, 2)} %)${jobs ? ` and ${jobs.by < 0 ? "costs" : "brings"} ${plain(/** @type {number} */ (persons), 0)} jobs (${signed(jobs.percent, 2)} %)` : ""}.`;
  const levers = results.contributions.filter((/** @type {any} */ each) => each.variable === "gdp" && each.region === study.home && !each.industry && !["interaction", "remainder"].includes(each.lever))
    .map((/** @type {any} */ each) => /** @type {[string, number]} */ ([each.lever, each.values[at]])).sort((/** @type {any} */ a, /** @type {any} */ b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 2);
  const areas = sorted(study.home_regions.map((/** @type {string} */ name) => [place(name), change("gdp", name)?.by]));
  const industries = sorted(study.industries.map((/** @type {string} */ name) => [industry(name), change("output", study.home, name)?.by]));
  const [gains, losses] = [industries.filter(([, by]) => by > 0).slice(0, 2), industries.filter(([, by]) => by < 0).slice(-1)];
  const missed = results.targets.filter((/** @type {any} */ each) => each.gap > 0).map((/** @type {any} */ each) => each.name);
  const cost = results.costs.reduce((/** @type {number} */ sum, /** @type {any} */ each) => sum + each.values.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0), 0);
  const sentences = [
    results.targets.length > 0 && (missed.length === 0 ? `${t("Targets")}: ${t("all are reached")}` : `${t("Targets")}: ${missed.length} / ${results.targets.length} ${t("are missed")}: ${missed.join(zh ? "、" : ", ")}`),
    levers.length > 0 && `${t("Levers")}: ${t("the largest contributions to GDP are")} ${listed(levers)}`,
    areas.length > 1 && `${t("Areas")}: ${t("GDP gains most in")} ${listed([areas[0]])}${zh ? "，" : ", "}${t("least in")} ${listed([areas[areas.length - 1]])}`,
    (gains.length > 0 || losses.length > 0) && `${t("Industries")}: ${[gains.length > 0 && `${t("output rises most in")} ${listed(gains)}`, losses.length > 0 && `${t("falls most in")} ${listed(losses)}`].filter(Boolean).join(zh ? "，" : ", ")}`,
    cost > 0 && `${t("Cost")}: ${amount(cost)} ${t("to all budgets over")} ${results.years[0]}–${results.years[results.years.length - 1]}`,
  ].filter(Boolean);
  return html`<section class="answer" aria-label=${t("The answer")}><p class="first">${answer}</p><ul>${sentences.map((each) => html`<li>${each}${zh ? "。" : "."}</li>`)}</ul></section>`;
}

/** Why the chosen number moved: terms of its formula, followed from one to the next. @param {{run: number, chosen: string, where: string, year: number}} props */
function Why({ run, chosen, where, year }) {
  const [follow, setFollow] = useState(/** @type {string[] | null} */ (null));
  const [state, set] = useState(/** @type {any} */ ({}));
  useEffect(() => {
    if (!follow) return undefined;
    let current = true;
    set((/** @type {any} */ old) => ({ ...old, busy: true, error: null }));
    post(`/api/runs/${run}/why`, { indicator: chosen, region: where, year, follow }).then(
      (told) => current && set({ told }),
      (error) => current && set((/** @type {any} */ old) => ({ told: old.told, error })));
    return () => { current = false; };
  }, [follow]);
  const number = `${variable(chosen)}, ${place(where)}, ${year}`;
  if (!follow) return html`<button onClick=${() => setFollow([])}>${t("Why this number?")} ${number}</button>`;
  const { told, busy, error } = state;
  const unit = spoken(told?.unit ?? "");
  const steps = told?.steps ?? [];
  return html`<section class="why" aria-live="polite" aria-busy=${busy ? "true" : "false"}><h2>${t("Why this number?")} ${number}</h2>
    <p class="note">${t("why note")} ${busy && html`<span role="status"><progress></progress> ${t("Solving")} …</span>`}</p>
    ${error && html`<${Problem} error=${error}/>`}
    ${told && html`<p>${t("without the programme")}: ${plain(told.values[0] * unit.factor)}, ${t("with the programme")}: ${plain(told.values[1] * unit.factor)} ${unit.unit}</p>`}
    ${steps.map((/** @type {any} */ step, /** @type {number} */ at) => html`<${Step} step=${step} unit=${unit} busy=${busy} followed=${follow[at]} go=${(/** @type {string} */ name) => setFollow([...follow.slice(0, at), name])}/>`)}
  </section>`;
}

/** Terms of a step that are shown; the others are added up. */
const TERMS = 8;

/** @param {{step: any, unit: any, busy: boolean, followed: string | undefined, go: (name: string) => void}} props */
function Step({ step, unit, busy, followed, go }) {
  const terms = step.terms.slice(0, TERMS);
  const rest = step.terms.slice(TERMS);
  const sum = (/** @type {any[]} */ list) => list.reduce((total, term) => total + term.contribution, 0) * unit.factor;
  const name = (/** @type {string} */ name) => t(name).replaceAll("_", " ");
  const title = step.of === "the number" ? t("The number") : name(step.of);
  return html`<h3>${title}</h3>${step.equation && html`<p class="note">${t("found by the solver; terms of the equation at its place")}: ${step.equation.replaceAll("_", " ")}</p>`}
    <div class="scroll" tabindex="0" role="region" aria-label=${title}><table><thead><tr><th scope="col">${t("Term")}</th><th scope="col">${t("Kind")}</th><th scope="col" class="figure">${t("Contribution")}<small>${unit.unit}</small></th><td></td></tr></thead><tbody>
    ${terms.map((/** @type {any} */ term) => html`<tr class=${term.name === followed ? "followed" : ""}><th scope="row">${name(term.name)}${term.cells.length > 0 && html`<small>${term.cells.map((/** @type {any} */ [cell, value]) => `${cell} ${signed(value * unit.factor)}`).join("; ")}</small>`}</th>
      <td>${t(`term: ${term.kind}`)}</td><td class="figure">${signed(term.contribution * unit.factor)}</td>
      <td>${term.follows && html`<button class="quiet" disabled=${busy} aria-label=${`${t("Follow")} ${name(term.name)}`} onClick=${() => go(term.name)}>${t("Follow")}</button>`}</td></tr>`)}
    ${rest.length > 0 && html`<tr><th scope="row">${rest.length} ${t("more")}</th><td></td><td class="figure">${signed(sum(rest))}</td><td></td></tr>`}
    <tr class="total"><th scope="row">${t("together")}</th><td></td><td class="figure">${signed(sum(step.terms))}</td><td></td></tr></tbody></table></div>`;
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
    <label class="choice">${t("One lever")} <select value=${asked} onChange=${(/** @type {any} */ event) => ask(event.target.value)}><option value="">–</option>${results.levers.map((/** @type {any} */ each) => html`<option value=${each.name} selected=${each.name === asked}>${each.name}</option>`)}</select></label>
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
