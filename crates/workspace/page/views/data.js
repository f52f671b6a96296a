// @ts-check
// Data: the accounts with their identities, and all parameters with source and status.
import { html } from "../vendor/preact-htm.js";
import { ask, askOnce } from "../api.js";
import { Choice, plain, Problem, spoken, Table, toCsv, useData, Waiting } from "../parts.js";
import { download } from "../figure.js";
import { place, t } from "../words.js";

/** @param {{scenario: any, choices: URLSearchParams}} props */
export function Data({ scenario, choices }) {
  const { data: accounts, error } = useData(() => askOnce("/api/accounts"), []);
  const { data: defaults } = useData(() => askOnce("/api/parameters"), []);
  const { data: study } = useData(() => ask(`/api/scenarios/${scenario.id}`), [scenario.id, scenario.head]);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!accounts || !defaults || !study) return html`<${Waiting}/>`;
  return html`<h1>${t("Data")}</h1><${Identities} accounts=${accounts}/><${Parameters} defaults=${defaults} used=${study.check.study?.parameters} choices=${choices}/><${Totals} accounts=${accounts}/><${Notes} accounts=${accounts}/>`;
}

/** A table with its download. @param {{title: string, table: any, note?: string, open?: boolean, children?: any}} props */
function Block({ title, table, note, open = true, children }) {
  return html`<section><details open=${open}><summary><h2>${title}</h2></summary>${note && html`<p class="note">${note}</p>`}${children}
    <button class="quiet" onClick=${() => download(new Blob(["\ufeff", toCsv(table)], { type: "text/csv" }), `${title}.csv`)}>CSV</button><${Table} caption=${title} table=${table}/></details></section>`;
}

/** @param {{accounts: any}} props */
function Identities({ accounts }) {
  const unit = spoken(accounts.unit);
  const table = { columns: [{ name: t("Identity") }, { name: t("Deviation"), figures: true }, { name: t("Holds") }, { name: t("Worst cell") }], rows: accounts.identities.map((/** @type {any} */ each) => [each.name, each.deviation.toExponential(1), t(each.holds ? "yes" : "no"), each.at]) };
  const sides = ["income", "expenditure", "production"];
  const product = { columns: [{ name: t("Area") }, ...["Income", "Expenditure", "Production"].map((name) => ({ name: t(name), unit: unit.unit, figures: true }))], rows: accounts.regions.map((/** @type {string} */ name, /** @type {number} */ at) => [place(name), ...sides.map((side) => accounts.gross_product[side][at] * unit.factor)]), digits: [0, 2, 2, 2] };
  return html`<${Block} title=${t("Identities")} table=${table} note=${t("identities lead")}/><${Block} title=${t("Gross product from three sides")} table=${product}/>`;
}

/** @param {{defaults: any[], used: any[] | undefined, choices: URLSearchParams}} props */
function Parameters({ defaults, used, choices }) {
  const known = new Map(defaults.map((each) => [each.name, each]));
  const list = used ?? defaults;
  const words = ["verified_at_source", "secondary_source", "from_memory_check_before_use", "assumption"];
  const status = words.includes(choices.get("status") ?? "") ? choices.get("status") : "";
  const table = {
    columns: [{ name: t("Parameter") }, { name: t("Value") }, { name: t("Unit") }, { name: t("Range") }, { name: t("Status") }, { name: t("Source") }, { name: t("Meaning") }],
    rows: list.filter((each) => !status || each.status === status).map((each) => {
      const standard = known.get(each.name);
      return [each.name, String(each.value), each.unit, standard ? `${plain(standard.low, 2)} … ${plain(standard.high, 2)}` : "", t(each.status), each.source, standard?.meaning ?? ""];
    }),
  };
  return html`<${Block} title=${t("Parameters")} table=${table}><${Choice} label=${t("Status")} name="status" value=${status} options=${[{ value: "", label: `${t("All")} (${list.length})` }, ...words.map((value) => ({ value, label: `${t(value)} (${list.filter((each) => each.status === value).length})` }))]}/></${Block}>`;
}

/** @param {{accounts: any}} props */
function Totals({ accounts }) {
  const table = { columns: [{ name: t("Total") }, { name: t("Unit") }, { name: t("Published"), figures: true }, { name: t("Built"), figures: true }, { name: t("Off by"), unit: "%", figures: true }, { name: t("Note") }], rows: accounts.totals.map((/** @type {any} */ each) => [each.item, each.unit, plain(each.published, 2), plain(each.built, 2), each.published === 0 ? null : 100 * (each.built / each.published - 1), each.note]), digits: [0, 0, 0, 0, 2, 0] };
  return html`<${Block} title=${t("Published totals")} table=${table} open=${false}/>`;
}

/** @param {{accounts: any}} props */
function Notes({ accounts }) {
  const notes = { columns: [{ name: t("Name") }, { name: t("Value") }, { name: t("Unit") }, { name: t("Status") }, { name: t("Source") }], rows: accounts.notes.map((/** @type {any} */ each) => [each.name, each.value, each.unit, t(each.status), each.source]) };
  const sums = { columns: [{ name: t("Tables read") }, { name: "SHA-256" }], rows: accounts.checksums };
  return html`<${Block} title=${t("Figures and assumptions of the accounts")} table=${notes} open=${false}/><${Block} title=${t("Tables read")} table=${sums} open=${false}/>`;
}
