// @ts-check
// What all views use: the address as state, data that is being fetched, numbers, tables, messages.
import { html, useEffect, useState } from "./vendor/preact-htm.js";
import { language, t } from "./words.js";

/** The view and its choices, as the address says: `#/results?scenario=1&place=Dalian`. */
export function readRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { view: path || "region", choices: new URLSearchParams(query ?? "") };
}

export function useRoute() {
  const [route, set] = useState(readRoute);
  useEffect(() => {
    const changed = () => set(readRoute());
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}

/** An address with some choices changed. @param {string} view @param {Record<string, any>} changes */
export function address(view, changes = {}) {
  const { choices } = readRoute();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") choices.delete(name);
    else choices.set(name, String(value));
  }
  const query = choices.toString();
  return `#/${view}${query ? `?${query}` : ""}`;
}

/** Changes choices of the present view without a step in the browser's history. @param {Record<string, any>} changes */
export function choose(changes) {
  history.replaceState(null, "", address(readRoute().view, changes));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/**
 * Data that is fetched: `undefined` until it is there.
 * @param {() => Promise<any>} fetcher @param {any[]} keys
 */
export function useData(fetcher, keys) {
  const [state, set] = useState(/** @type {{data?: any, error?: any}} */ ({}));
  useEffect(() => {
    let current = true;
    set((old) => ({ data: old.data }));
    fetcher().then(
      (data) => current && set({ data }),
      (error) => current && set({ error }),
    );
    return () => { current = false; };
  }, keys);
  return state;
}

// ---- Numbers

/** Decimals that give the largest of some values three digits. @param {(number | null | undefined)[]} values */
export function decimalsFor(values) {
  const largest = Math.max(0, ...values.filter((x) => x != null && Number.isFinite(x)).map((x) => Math.abs(/** @type {number} */ (x))));
  if (largest < 5e-5) return 1;
  return Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(largest))));
}

/** @param {number | null | undefined} value @param {number} [decimals] */
export function plain(value, decimals = decimalsFor([value])) {
  if (value == null || !Number.isFinite(value)) return t("n/a");
  const shown = value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return /^-0(\.0*)?$/.test(shown) ? shown.slice(1) : shown.replace("-", "−");
}

/** With its sign. @param {number | null | undefined} value @param {number} [decimals] */
export function signed(value, decimals = decimalsFor([value])) {
  const shown = plain(value, decimals);
  return value != null && value > 0 && /[1-9]/.test(shown) ? `+${shown}` : shown;
}

/** Units people speak in: factor and words for a unit of the results. @param {string} unit */
export function spoken(unit) {
  const zh = language() === "zh";
  switch (unit) {
    case "100 million CNY": return zh ? { factor: 1, unit: "亿元" } : { factor: 0.1, unit: "bn CNY" };
    case "million USD": return zh ? { factor: 0.01, unit: "亿美元" } : { factor: 1e-3, unit: "bn USD" };
    case "persons": return zh ? { factor: 1e-4, unit: "万人" } : { factor: 1e-3, unit: "thousand" };
    default: return { factor: 1, unit: unit.startsWith("index") ? t("index") : unit };
  }
}

// ---- Tables

/**
 * @typedef {{name: string, unit?: string, figures?: boolean}} Column
 * @typedef {{columns: Column[], rows: (string | number | null | undefined)[][], digits?: number[], total?: boolean}} TableData
 */

/** A table; numbers are shown with the digits of their column. @param {{caption: string, table: TableData, hidden?: boolean}} props */
export function Table({ caption, table }) {
  const digits = digitsOf(table);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table>
    <caption>${caption}</caption>
    <thead><tr>${table.columns.map((column) => html`<th scope="col" class=${column.figures ? "figure" : ""}>${column.name}${column.unit && html`<small>${column.unit}</small>`}</th>`)}</tr></thead>
    <tbody>${table.rows.map((row, at) => html`<tr class=${table.total && at === table.rows.length - 1 ? "total" : ""}>${row.map((cell, column) =>
      column === 0 ? html`<th scope="row">${cell}</th>`
      : html`<td class=${table.columns[column].figures ? "figure" : ""}>${typeof cell === "number" ? plain(cell, digits[column]) : cell ?? (table.columns[column].figures ? t("n/a") : "")}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** @param {TableData} table */
function digitsOf(table) {
  return table.columns.map((column, at) => table.digits?.[at]
    ?? decimalsFor(table.rows.map((row) => (typeof row[at] === "number" ? /** @type {number} */ (row[at]) : null))));
}

/** A text that a spreadsheet would take for a formula, as text. @param {string} text */
const harmless = (text) => (/^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text);

/** A table as CSV with full precision. @param {TableData} table */
export function toCsv(table) {
  const quoted = (/** @type {any} */ cell) => {
    const text = cell == null ? "" : harmless(String(cell));
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const head = table.columns.map((column) => quoted(column.unit ? `${column.name} (${column.unit})` : column.name));
  return [head.join(","), ...table.rows.map((row) => row.map(quoted).join(","))].join("\r\n") + "\r\n";
}

// ---- Messages

/** @param {{error: any}} props */
export function Problem({ error }) {
  const findings = error.details?.findings ?? [];
  return html`<div class="problem" role="alert"><p><strong>${error.code} ${error.message}</strong></p>
    ${error.help && html`<p>${t("Way out")}: ${error.help}</p>`}
    ${findings.length > 0 && html`<${Findings} findings=${findings}/>`}</div>`;
}

/** @param {{findings: any[]}} props */
export function Findings({ findings }) {
  return html`<ul class="findings">${findings.map((each) => html`<li class=${each.severity}>
    <strong>${each.code}</strong> ${each.place ? `${t("line")} ${each.place.line}: ` : ""}${each.message}${each.label ? ` — ${each.label}` : ""}
    ${each.help && html`<br/><span class="help">${t("Way out")}: ${each.help}</span>`}</li>`)}</ul>`;
}

export const Waiting = () => html`<p class="waiting" role="status">${t("Loading")} …</p>`;

/**
 * A list to choose from, bound to a choice of the address.
 * @param {{label: string, name: string, value: string, options: {value: string, label: string}[]}} props
 */
export function Choice({ label, name, value, options }) {
  return html`<label class="choice">${label} <select value=${value} onChange=${(/** @type {any} */ event) => choose({ [name]: event.target.value })}>
    ${options.map((each) => html`<option value=${each.value} selected=${each.value === value}>${each.label}</option>`)}
  </select></label>`;
}
