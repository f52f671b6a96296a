// @ts-check
// Region: what the accounts say of the base year: areas, industries, owners, partners, flows.
import { html } from "../vendor/preact-htm.js";
import { askOnce } from "../api.js";
import { AreaMap, Bars, Sankey, Stacked } from "../charts.js";
import { Figure } from "../figure.js";
import { Choice, choose, Problem, spoken, useData, Waiting } from "../parts.js";
import { industry, place, t } from "../words.js";

const sum = (/** @type {number[]} */ values) => values.reduce((total, value) => total + value, 0);

/** Industries that are drawn; the table has all. */
const DRAWN = 16;

/** @param {{choices: URLSearchParams}} props */
export function Region({ choices }) {
  const { data: accounts, error } = useData(() => askOnce("/api/accounts"), []);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!accounts) return html`<${Waiting}/>`;
  const names = [accounts.home, ...accounts.regions];
  const chosen = names.includes(choices.get("area")) ? /** @type {string} */ (choices.get("area")) : accounts.home;
  const members = chosen === accounts.home ? accounts.home_regions : [chosen];
  const at = members.map((/** @type {string} */ name) => accounts.regions.indexOf(name));
  const of = (/** @type {number[]} */ values) => sum(at.map((/** @type {number} */ region) => values[region]));
  const unit = spoken(accounts.unit);
  const all = { accounts, chosen, members, at, of, unit, choices };
  return html`<h1>${place(chosen)} <small>${t("base year")} ${accounts.base_year}</small></h1>
    <div class="filters"><${Choice} label=${t("Area")} name="area" value=${chosen} options=${names.map((value) => ({ value, label: place(value) }))}/></div>
    <div class="grid"><${Areas} ...${all}/><${Industries} ...${all}/><${Flows} ...${all}/><${Partners} ...${all}/><${Owners} ...${all}/><${Quotients} ...${all}/></div>`;
}

/** @param {any} props */
function Areas({ accounts, chosen, choices }) {
  const persons = accounts.regions.map((/** @type {any} */ _, /** @type {number} */ at) => sum(accounts.industries.map((/** @type {any} */ each) => each.persons[at])));
  const output = accounts.regions.map((/** @type {any} */ _, /** @type {number} */ at) => sum(accounts.industries.map((/** @type {any} */ each) => each.output[at])));
  const foreign = accounts.regions.map((/** @type {any} */ _, /** @type {number} */ at) => sum(accounts.industries.map((/** @type {any} */ each) => sum(each.by_owner.slice(1).map((/** @type {number[]} */ row) => row[at])))));
  const product = accounts.gross_product.production;
  const money = spoken(accounts.unit), people = spoken("persons");
  /** @type {Record<string, {label: string, unit: string, value: (at: number) => number}>} */
  const measures = {
    product: { label: t("Gross product"), unit: money.unit, value: (at) => product[at] * money.factor },
    worker: { label: t("Gross product per worker"), unit: t("thousand yuan"), value: (at) => (product[at] * 1e5) / persons[at] },
    persons: { label: t("Persons employed"), unit: people.unit, value: (at) => persons[at] * people.factor },
    foreign: { label: t("Share of foreign firms in output"), unit: "%", value: (at) => (100 * foreign[at]) / output[at] },
  };
  const measure = measures[choices.get("measure") ?? ""] ? /** @type {string} */ (choices.get("measure")) : "product";
  const { label, unit, value } = measures[measure];
  const areas = accounts.regions.flatMap((/** @type {string} */ name, /** @type {number} */ at) => (accounts.home_regions.includes(name) ? [{ name, label: place(name), value: value(at) }] : []));
  const table = {
    columns: [{ name: t("Area") }, ...Object.values(measures).map((each) => ({ name: each.label, unit: each.unit, figures: true }))],
    rows: accounts.regions.map((/** @type {string} */ name, /** @type {number} */ at) => [place(name), ...Object.values(measures).map((each) => each.value(at))]),
  };
  const title = `${t("Areas")}: ${label}`;
  return html`<${Figure} title=${title} table=${table} note=${t("schematic map")}>
    <${Choice} label=${t("Measure")} name="measure" value=${measure} options=${Object.entries(measures).map(([value, each]) => ({ value, label: each.label }))}/>
    <${AreaMap} title=${title} unit=${unit} outlines=${accounts.outlines} areas=${areas} selected=${chosen} onSelect=${(/** @type {string} */ name) => choose({ area: name === chosen ? null : name })}/>
  </${Figure}>`;
}

/** @param {any} props */
function Industries({ accounts, chosen, of, unit }) {
  const rows = accounts.industries.map((/** @type {any} */ each) => ({ name: industry(each.name), value: of(each.value_added) * unit.factor, output: of(each.output) * unit.factor, persons: of(each.persons) }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => b.value - a.value);
  const total = sum(rows.map((/** @type {any} */ row) => row.value));
  const title = `${t("Industries")}: ${t("Value added")}, ${place(chosen)}`;
  const table = {
    columns: [{ name: t("Industry") }, { name: t("Value added"), unit: unit.unit, figures: true }, { name: t("Share"), unit: "%", figures: true }, { name: t("Output"), unit: unit.unit, figures: true }, { name: t("Persons employed"), unit: t("persons"), figures: true }],
    rows: rows.map((/** @type {any} */ row) => [row.name, row.value, (100 * row.value) / total, row.output, Math.round(row.persons)]),
  };
  return html`<${Figure} title=${title} table=${table}><${Bars} title=${title} unit=${unit.unit} isChange=${false} rows=${rows.slice(0, DRAWN)}/></${Figure}>`;
}

/** @param {any} props */
function Owners({ accounts, chosen, at, of, unit }) {
  const parts = (/** @type {any} */ each) => each.by_owner.map((/** @type {number[]} */ row) => of(row) * unit.factor);
  const rows = accounts.industries.map((/** @type {any} */ each) => ({ name: industry(each.name), parts: parts(each) }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => b.parts[1] - a.parts[1]);
  const names = accounts.owners.map(t);
  const title = `${t("Owners")}: ${t("Output")}, ${place(chosen)}`;
  const table = {
    columns: [{ name: t("Industry") }, ...names.map((/** @type {string} */ name) => ({ name, unit: unit.unit, figures: true })), { name: t("Share of foreign firms in output"), unit: "%", figures: true }],
    rows: rows.map((/** @type {any} */ row) => [row.name, ...row.parts, (100 * sum(row.parts.slice(1))) / sum(row.parts)]),
  };
  return html`<${Figure} title=${title} table=${table}><${Stacked} title=${title} unit=${unit.unit} names=${names} rows=${rows.slice(0, 10)}/></${Figure}>`;
}

/** Flows that cross the border of an area. @param {any} accounts @param {string[]} members @param {boolean} selling */
function crossing(accounts, members, selling) {
  /** @type {Map<string, number>} */
  const by = new Map();
  for (const flow of accounts.trade) {
    const [own, other] = selling ? [flow.from, flow.to] : [flow.to, flow.from];
    if (members.includes(own) && !members.includes(other)) by.set(other, (by.get(other) ?? 0) + flow.value);
  }
  return by;
}

/** @param {any} props */
function Partners({ accounts, chosen, members, unit }) {
  const [sold, bought] = [true, false].map((selling) => crossing(accounts, members, selling));
  const partners = [...new Set([...sold.keys(), ...bought.keys()])];
  const rows = partners.map((name) => ({ name: place(name), parts: [sold, bought].map((side) => (side.get(name) ?? 0) * unit.factor) }));
  const title = `${t("Trade partners")}: ${place(chosen)}`;
  const table = { columns: [{ name: t("Partner") }, { name: t("Sold"), unit: unit.unit, figures: true }, { name: t("Bought"), unit: unit.unit, figures: true }], rows: rows.map((row) => [row.name, ...row.parts]) };
  const bars = rows.flatMap((row) => [{ name: `${t("Sold")}: ${row.name}`, value: row.parts[0] }, { name: `${t("Bought")}: ${row.name}`, value: row.parts[1], look: "baseline" }]);
  return html`<${Figure} title=${title} table=${table}><${Bars} title=${title} unit=${unit.unit} isChange=${false} rows=${bars}/></${Figure}>`;
}

/** Who supplies the area and who uses what is there. @param {any} props */
function Flows({ accounts, chosen, members, of, unit }) {
  const bought = crossing(accounts, members, false), sold = crossing(accounts, members, true);
  const own = sum(accounts.trade.filter((/** @type {any} */ flow) => members.includes(flow.from) && members.includes(flow.to)).map((/** @type {any} */ flow) => flow.value));
  const elsewhere = sum([...sold.entries()].filter(([name]) => name !== "abroad").map(([, value]) => value));
  const middle = "=area";
  const links = [
    { from: "<own production", to: middle, value: own + elsewhere },
    ...[...bought].map(([name, value]) => ({ from: `<${name}`, to: middle, value })),
    ...accounts.uses.filter((/** @type {any} */ use) => use.name !== "inventory").map((/** @type {any} */ use) => ({ from: middle, to: `>${use.name}`, value: of(use.values) })),
    ...[...sold].filter(([name]) => name !== "abroad").map(([name, value]) => ({ from: middle, to: `>${name}`, value })),
  ].filter((link) => link.value > 0).map((link) => ({ ...link, value: link.value * unit.factor }));
  const name = (/** @type {string} */ id) => (id === middle ? place(chosen) : place(id) === id ? t(id) : place(id));
  const title = `${t("Flows of products")}: ${place(chosen)}`;
  const table = { columns: [{ name: t("From") }, { name: t("To") }, { name: t("Value"), unit: unit.unit, figures: true }], rows: links.map((link) => [name(link.from.replace("<", "")), name(link.to.replace(">", "")), link.value]) };
  return html`<${Figure} title=${title} table=${table} note=${t("sankey note")}><${Sankey} title=${title} unit=${unit.unit} links=${links} name=${name}/></${Figure}>`;
}

/** @param {any} props */
function Quotients({ accounts, chosen, at, of }) {
  const area = sum(accounts.industries.map((/** @type {any} */ each) => of(each.output)));
  const nation = sum(accounts.industries.map((/** @type {any} */ each) => sum(each.output)));
  const quotient = (/** @type {any} */ each) => (at.length === 1 ? each.quotient[at[0]] : of(each.output) / area / (sum(each.output) / nation));
  const rows = accounts.industries.map((/** @type {any} */ each) => ({ name: industry(each.name), value: quotient(each) })).sort((/** @type {any} */ a, /** @type {any} */ b) => b.value - a.value);
  const title = `${t("Location quotient")}: ${place(chosen)}`;
  const table = { columns: [{ name: t("Industry") }, { name: t("Location quotient"), figures: true }], rows: rows.map((/** @type {any} */ row) => [row.name, row.value]), digits: [0, 2] };
  return html`<${Figure} title=${title} table=${table} note=${t("quotient note")}><${Bars} title=${title} unit="" isChange=${false} decimals=${2} rows=${rows.slice(0, DRAWN)}/></${Figure}>`;
}
