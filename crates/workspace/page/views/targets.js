// @ts-check
// Targets: how likely each is, from an ensemble of full paths; the gap, and what fills it.
import { html, useState } from "../vendor/preact-htm.js";
import { ask, askOnce } from "../api.js";
import { Bars, Lines } from "../charts.js";
import { Figure } from "../figure.js";
import { plain, Problem, spoken, Table, useData, Waiting } from "../parts.js";
import { place, t } from "../words.js";
import { chosenRun, Runs } from "./results.js";

/** @param {{session: any, scenario: any, choices: URLSearchParams}} props */
export function Targets({ session, scenario, choices }) {
  const [count, again] = useState(0);
  const [draws, setDraws] = useState(200);
  const { data: runs, error } = useData(() => ask("/api/runs"), [scenario.id, choices.get("run"), count]);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!runs) return html`<${Waiting}/>`;
  const run = chosenRun(runs, scenario, choices, "targets");
  const mixes = runs.filter((/** @type {any} */ each) => each.kind === "mix" && each.scenario === scenario.id);
  const mix = chosenRun(runs, scenario, new URLSearchParams({ run: choices.get("mix") ?? "" }), "mix");
  const central = chosenRun(runs.filter((/** @type {any} */ each) => each.state === "done"), scenario, new URLSearchParams(), "study");
  return html`<h1>${t("Targets")}: ${scenario.name}</h1><p class="lead">${t("targets lead")}</p>
    <${Runs} runs=${runs.filter((/** @type {any} */ each) => each.kind === "targets" && each.scenario === scenario.id)} run=${run} may=${session.may.change} scenario=${scenario} body=${{ kind: "targets", draws }} again=${() => again((x) => x + 1)}>
      <label class="choice">${t("Draws")} <select value=${String(draws)} onChange=${(/** @type {any} */ event) => setDraws(Number(event.target.value))}>${[50, 200, 1000, 5000].map((value) => html`<option value=${String(value)} selected=${value === draws}>${value}</option>`)}</select></label>
    </${Runs}>
    ${run?.state === "done" ? html`<${Forecast} key=${run.id} id=${run.id}/>` : central && html`<${Points} id=${central.id}/>`}
    <section><h2>${t("Cheapest mix")}</h2><p class="lead">${t("mix lead")}</p>
      <${Runs} runs=${mixes} run=${mix} choice="mix" may=${session.may.change} scenario=${scenario} body=${{ kind: "mix" }} again=${() => again((x) => x + 1)}/>
      ${mix?.state === "done" && html`<${Mix} key=${mix.id} id=${mix.id}/>`}</section>`;
}

/** Which levers how strongly, what it costs, what is reached. @param {{id: number}} props */
function Mix({ id }) {
  const { data: mix, error } = useData(() => askOnce(`/api/runs/${id}/results`), [id]);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!mix) return html`<${Waiting}/>`;
  const money = spoken("100 million CNY");
  const levers = {
    total: true,
    columns: [{ name: t("Lever") }, { name: t("Intensity"), figures: true }, { name: t("Bounds"), figures: true }, { name: t("Cost"), unit: money.unit, figures: true }],
    rows: [...mix.levers.map((/** @type {any} */ each) => [each.name, plain(each.intensity, 2), `${plain(each.bounds[0], 2)} … ${plain(each.bounds[1], 2)}`, each.cost * money.factor]), [t("All levers together"), "", "", mix.cost * money.factor]],
  };
  const aims = {
    columns: [{ name: t("Target") }, { name: t("Year") }, { name: t("Unit") }, { name: t("Wanted"), figures: true }, { name: t("Reached"), figures: true }, { name: t("Most possible"), figures: true }],
    rows: mix.aims.map((/** @type {any} */ each) => {
      const unit = spoken(each.unit);
      const most = mix.at_most?.find((/** @type {any} */ [name]) => name === each.name)?.[1];
      return [each.name, String(each.year), unit.unit, plain(each.wanted * unit.factor), plain(each.reached * unit.factor), most == null ? "" : plain(most * unit.factor)];
    }),
  };
  const title = `${t("Cheapest mix")}: ${t("Intensity")}`;
  return html`<p class="first">${t(`mix: ${mix.status}`)} ${t("Cost")}: ${plain(mix.cost * money.factor)} ${money.unit}.</p>
    <${Table} caption=${t("Targets")} table=${aims}/>
    <${Figure} title=${title} table=${levers} note=${t("mix note")}><${Bars} title=${title} unit="" isChange=${false} rows=${mix.levers.map((/** @type {any} */ each) => ({ name: each.name, value: each.intensity }))}/></${Figure}>`;
}

/** @param {{id: number}} props */
function Forecast({ id }) {
  const { data: forecast, error } = useData(() => askOnce(`/api/runs/${id}/results`), [id]);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!forecast) return html`<${Waiting}/>`;
  const columns = [{ name: t("Target") }, { name: t("Year") }, { name: t("Unit") }, { name: t("Target"), figures: true }, { name: t("Probability"), unit: `%, ${t("with the programme")}`, figures: true }, { name: "±", unit: "%", figures: true }, { name: t("Probability"), unit: `%, ${t("without the programme")}`, figures: true }, { name: t("Median"), figures: true }, { name: t("Missing"), figures: true }, { name: t("Growth needed"), unit: `% ${t("a year")}`, figures: true }];
  const rows = forecast.targets.map((/** @type {any} */ each) => {
    const unit = spoken(each.unit);
    return [each.name, String(each.year), unit.unit, plain(each.value * unit.factor), plain(100 * each.probability, 1), each.probability_error == null ? "" : plain(100 * each.probability_error, 1), plain(100 * each.baseline_probability, 1), plain(each.quantiles[each.year]["0.5"] * unit.factor), each.gap ? plain(each.gap.missing * unit.factor) : "", each.needed ? plain(each.needed.growth, 1) : ""];
  });
  return html`<${Table} caption=${`${forecast.study}: ${forecast.draws} ${t("draws")}, ${forecast.failed} ${t("of them failed")}`} table=${{ columns, rows }}/>
    <div class="grid">${forecast.targets.map((/** @type {any} */ target) => html`<${Fan} target=${target}/>${target.gap && html`<${Gap} target=${target}/>`}`)}</div>`;
}

/** @param {{target: any}} props */
function Fan({ target }) {
  const unit = spoken(target.unit);
  const years = Object.keys(target.quantiles).map(Number);
  const at = (/** @type {string} */ level) => years.map((year) => target.quantiles[year][level] * unit.factor);
  const levels = ["0.05", "0.25", "0.5", "0.75", "0.95"];
  const title = `${target.name}: ${t("Probability")} ${plain(100 * target.probability, 1)} %`;
  // Tails of few draws would flatten everything else; the table has them.
  const most = 1.5 * Math.max(target.value * unit.factor, ...at("0.75"));
  const cut = Math.max(...at("0.95")) > most;
  const table = { columns: [{ name: t("Year") }, ...levels.map((level) => ({ name: `${100 * Number(level)} %`, unit: unit.unit, figures: true }))], rows: years.map((year, row) => [String(year), ...levels.map((level) => at(level)[row])]) };
  return html`<${Figure} title=${title} table=${table} note=${`${t("fan note")}${cut ? ` ${t("cut note")}` : ""}`}>
    <${Lines} most=${most} title=${title} unit=${unit.unit} years=${years} marked=${target.year} lines=${[{ name: t("Median"), values: at("0.5"), look: "policy" }]}
      band=${[{ low: at("0.05"), high: at("0.95"), look: "band-outer" }, { low: at("0.25"), high: at("0.75"), look: "band-inner" }]} level=${{ value: target.value * unit.factor, name: `${t("Target")} ${target.year}: ${plain(target.value * unit.factor)}` }}/></${Figure}>`;
}

/** From the baseline to the target, lever by lever. @param {{target: any}} props */
function Gap({ target }) {
  const unit = spoken(target.unit);
  const rows = [...target.gap.levers.map((/** @type {any} */ [name, value]) => ({ name, value: value * unit.factor })), { name: t("interaction"), value: target.gap.interaction * unit.factor }, { name: t("missing"), value: target.gap.missing * unit.factor, look: "baseline" }];
  const title = `${target.name}: ${t("From the baseline to the target")}`;
  const table = { columns: [{ name: t("Lever") }, { name: t("Contribution"), unit: unit.unit, figures: true }], rows: [[t("Baseline"), target.gap.baseline * unit.factor], ...rows.map((row) => [row.name, row.value]), [t("Target"), target.value * unit.factor]] };
  return html`<${Figure} title=${title} table=${table}><${Bars} title=${title} unit=${unit.unit} rows=${rows}/></${Figure}>`;
}

/** Point values, where no ensemble was run. @param {{id: number}} props */
function Points({ id }) {
  const { data: results } = useData(() => askOnce(`/api/runs/${id}/results`), [id]);
  if (!results) return null;
  const columns = [{ name: t("Target") }, { name: t("Place") }, { name: t("Year") }, { name: t("Unit") }, ...["Known before", "Target", "Baseline", "Policy", "Missing"].map((name) => ({ name: t(name), figures: true })), { name: t("Growth needed"), unit: `% ${t("a year")}`, figures: true }];
  const rows = results.targets.map((/** @type {any} */ each) => {
    const unit = spoken(each.unit);
    return [each.name, place(each.region), String(each.year), unit.unit, ...[each.last_observation[1], each.value, each.baseline, each.policy, each.gap].map((value) => plain(value * unit.factor)), plain(each.required_growth, 1)];
  });
  return html`<${Table} caption=${t("Point values of the latest run")} table=${{ columns, rows }}/>`;
}
