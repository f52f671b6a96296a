// @ts-check
// Compare: runs of scenarios side by side.
import { html } from "../vendor/preact-htm.js";
import { ask, askOnce } from "../api.js";
import { Bars, Lines } from "../charts.js";
import { Figure } from "../figure.js";
import { Choice, choose, decimalsFor, Problem, signed, spoken, Table, useData, Waiting } from "../parts.js";
import { place, t, variable } from "../words.js";
import { lookUp } from "./results.js";

/** Runs that are compared at a time. */
const MOST = 4;

/** @param {{scenarios: any[], choices: URLSearchParams}} props */
export function Compare({ scenarios, choices }) {
  const { data: runs, error } = useData(() => ask("/api/runs"), []);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!runs) return html`<${Waiting}/>`;
  const done = runs.filter((/** @type {any} */ run) => run.kind === "study" && run.state === "done");
  const named = (/** @type {any} */ run) => `${scenarios.find((each) => each.id === run.scenario)?.name ?? ""}, ${t("version")} ${run.version} (${run.name || `#${run.id}`})`;
  const latest = done.filter((/** @type {any} */ run, /** @type {number} */ at) => done.findIndex((/** @type {any} */ each) => each.scenario === run.scenario) === at);
  const asked = (choices.get("runs") ?? "").split(",").map(Number).filter((id) => done.some((/** @type {any} */ run) => run.id === id));
  const ids = (asked.length > 0 ? asked : latest.map((/** @type {any} */ run) => run.id)).slice(0, MOST);
  const toggle = (/** @type {number} */ id) => choose({ runs: (ids.includes(id) ? ids.filter((/** @type {number} */ each) => each !== id) : [...ids, id].slice(-MOST)).join(",") });
  return html`<h1>${t("Compare")}</h1><p class="lead">${t("compare lead")}</p>
    ${done.length < 2 && html`<p class="lead">${t("Nothing to compare yet")}. ${t("Run a second scenario in full")}.</p>`}
    <fieldset class="pick"><legend>${t("Select")}</legend>${done.slice(0, 20).map((/** @type {any} */ run) => html`<label><input type="checkbox" checked=${ids.includes(run.id)} onChange=${() => toggle(run.id)}/> ${named(run)}</label>`)}</fieldset>
    ${ids.length > 0 && html`<${Side} key=${ids.join()} runs=${ids.map((/** @type {number} */ id) => done.find((/** @type {any} */ run) => run.id === id))} named=${named} choices=${choices}/>`}`;
}

/** @param {{runs: any[], named: (run: any) => string, choices: URLSearchParams}} props */
function Side({ runs, named, choices }) {
  const { data, error } = useData(() => Promise.all(runs.map((run) => askOnce(`/api/runs/${run.id}/results`))), [runs.map((run) => run.id).join()]);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!data) return html`<${Waiting}/>`;
  const first = data[0];
  const names = runs.map(named);
  const places = [first.study.home, ...first.study.regions, "nation"];
  const where = places.includes(choices.get("place")) ? /** @type {string} */ (choices.get("place")) : first.study.home;
  const variables = ["gdp", "employment", "fdi", "trade", "exports", "imports", "consumption", "investment", "budget_balance", "real_wage"];
  const chosen = variables.includes(choices.get("variable") ?? "") ? /** @type {string} */ (choices.get("variable")) : "gdp";
  const change = (/** @type {any} */ results, /** @type {string} */ name, /** @type {number} */ year) => {
    const { find } = lookUp(results);
    const [baseline, policy] = ["baseline", "policy"].map((scenario) => find(scenario, name, where));
    const at = results.years.indexOf(year);
    return policy && at >= 0 ? (policy.values[at] - baseline.values[at]) * spoken(policy.unit).factor : null;
  };
  const year = first.study.headline_year;
  const unitOf = (/** @type {string} */ name) => spoken(lookUp(first).find("policy", name, where)?.unit ?? "").unit;
  const table = { columns: [{ name: t("Indicator") }, { name: t("Unit") }, ...names.map((name) => ({ name, figures: true }))], rows: variables.map((name) => {
    const values = data.map((/** @type {any} */ results) => change(results, name, year));
    return [variable(name), unitOf(name), ...values.map((/** @type {any} */ value) => signed(value, decimalsFor(values)))];
  }) };
  const title = `${variable(chosen)}, ${place(where)}: ${t("Policy against baseline")}`;
  const paths = data.map((/** @type {any} */ results) => first.years.map((/** @type {number} */ each) => change(results, chosen, each)));
  const levers = [...new Set(data.flatMap((/** @type {any} */ results) => results.levers.map((/** @type {any} */ lever) => lever.name)))];
  const summary = (/** @type {any} */ results, /** @type {string} */ name) => results.levers.find((/** @type {any} */ lever) => lever.name === name)?.summary ?? "–";
  const differing = levers.filter((name) => new Set(data.map((/** @type {any} */ results) => summary(results, name))).size > 1);
  return html`<div class="filters"><${Choice} label=${t("Indicator")} name="variable" value=${chosen} options=${variables.map((value) => ({ value, label: variable(value) }))}/>
      <${Choice} label=${t("Place")} name="place" value=${where} options=${places.map((value) => ({ value, label: place(value) }))}/></div>
    <${Table} caption=${`${place(where)}, ${year}: ${t("Policy against baseline")}`} table=${table}/>
    <div class="grid"><${Figure} title=${title} table=${{ columns: [{ name: t("Year") }, ...names.map((name) => ({ name, unit: unitOf(chosen), figures: true }))], rows: first.years.map((/** @type {number} */ each, /** @type {number} */ at) => [String(each), ...paths.map((/** @type {any} */ path) => path[at])]) }}>
      <${Lines} title=${title} unit=${unitOf(chosen)} years=${first.years} marked=${year} zero=${true} lines=${paths.map((/** @type {any} */ values, /** @type {number} */ at) => ({ name: `#${runs[at].id}`, values, look: `series-${at + 1}` }))}/></${Figure}>
    <${Figure} title=${`${variable(chosen)}, ${year}`} table=${{ columns: [{ name: t("Run") }, { name: t("Change"), unit: unitOf(chosen), figures: true }], rows: names.map((name, at) => [name, change(data[at], chosen, year)]) }}>
      <${Bars} title=${`${variable(chosen)}, ${year}`} unit=${unitOf(chosen)} rows=${names.map((name, at) => ({ name, value: change(data[at], chosen, year) ?? 0 }))}/></${Figure}></div>
    ${differing.length > 0 && html`<${Table} caption=${t("Programme text")} table=${{ columns: [{ name: t("Lever") }, ...names.map((name) => ({ name }))], rows: differing.map((name) => [name, ...data.map((/** @type {any} */ results) => summary(results, /** @type {string} */ (name)))]) }}/>`}`;
}
