// @ts-check
// Drawings as SVG: scales, shapes and the Sankey layout are d3's, colours are the style sheet's.
// Every drawing has a title for those who hear it; `figure.js` puts its table and downloads beside it.
import { html, useMemo } from "./vendor/preact-htm.js";
import { plain, signed } from "./parts.js";
import { t } from "./words.js";

/** @type {any} */
const d3 = /** @type {any} */ (globalThis).d3;

const WIDTH = 640;

/** @param {{title: string, height: number, width?: number, children?: any}} props */
function Drawing({ title, height, width = WIDTH, children }) {
  return html`<svg role="img" aria-label=${title} viewBox="0 0 ${width} ${height}">${children}</svg>`;
}

/** @param {number[]} ticks */
const tickDecimals = (ticks) => {
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : 1;
  return Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9)));
};

/**
 * Paths over the years; what is above `most` is cut off.
 * @param {{title: string, unit: string, years: number[], marked?: number, zero?: boolean,
 *          lines: {name: string, values: (number|null)[], look: string}[], height?: number,
 *          band?: {low: number[], high: number[], look: string}[], level?: {value: number, name: string}, most?: number}} props
 */
export function Lines({ title, unit, years, marked, zero, lines, height = 260, band = [], level, most = Infinity }) {
  const drawn = lines.map((line) => line.values.map((x) => (x != null && Number.isFinite(x) ? x : null)));
  const all = [...drawn.flat(), ...band.flatMap((each) => [...each.low, ...each.high])].filter((x) => x != null);
  if (level) all.push(level.value);
  if (zero || all.length === 0) all.push(0);
  const kept = all.filter((value) => value <= most);
  const x = d3.scaleLinear().domain(d3.extent(years)).range([64, WIDTH - 20]);
  const y = d3.scaleLinear().domain(d3.extent(kept)).nice(4).range([height - 30, 36]);
  const ticks = y.ticks(5);
  const decimals = tickDecimals(ticks);
  const path = d3.line().defined((/** @type {any} */ v) => v != null).x((/** @type {any} */ _, /** @type {number} */ at) => x(years[at])).y((/** @type {any} */ v) => y(v));
  const area = d3.area().x((/** @type {any} */ _, /** @type {number} */ at) => x(years[at])).y0((/** @type {any} */ v) => y(v[0])).y1((/** @type {any} */ v) => y(Math.min(v[1], y.domain()[1])));
  let across = WIDTH - 20;
  const keys = lines.map((line) => ({ ...line, at: (across -= 40 + textWidth(line.name)) }));
  return html`<${Drawing} title=${title} height=${height}>
    <text class="axis" x="0" y="14">${unit}</text>
    ${keys.map((key) => html`<g transform="translate(${key.at} 10)"><line class=${key.look} x1="0" x2="22"/><text class="tick" x="28" y="4">${key.name}</text></g>`)}
    ${ticks.map((/** @type {number} */ tick) => html`<line class="grid" x1="64" x2=${WIDTH - 20} y1=${y(tick)} y2=${y(tick)}/><text class="tick end" x="56" y=${y(tick) + 4}>${plain(tick, decimals)}</text>`)}
    ${marked && years.includes(marked) && html`<line class="marked" x1=${x(marked)} x2=${x(marked)} y1="30" y2=${height - 30}/>`}
    ${band.map((each) => html`<path class=${each.look} d=${area(d3.zip(each.low, each.high))}/>`)}
    ${y.domain()[0] < 0 && html`<line class="zero" x1="64" x2=${WIDTH - 20} y1=${y(0)} y2=${y(0)}/>`}
    ${level && html`<line class="level" x1="64" x2=${WIDTH - 20} y1=${y(level.value)} y2=${y(level.value)}/><text class="tick" x="70" y=${y(level.value) - 5}>${level.name}</text>`}
    ${lines.map((line, at) => html`<path class=${line.look} d=${path(drawn[at])}/>`)}
    ${years.map((year) => html`<text class=${`tick middle ${year === marked ? "strong" : ""}`} x=${x(year)} y=${height - 10}>${year}</text>`)}
  </${Drawing}>`;
}

/** Width of a text of 12 pixels, by its letters. @param {string} text */
export const textWidth = (text) => [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? 12.5 : 6.4), 0);

/** A text cut to a width. @param {string} text @param {number} width */
function fitted(text, width) {
  if (textWidth(text) <= width) return text;
  let kept = text;
  while (kept.length > 1 && textWidth(kept) > width - 8) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/**
 * Horizontal bars from zero.
 * @param {{title: string, unit: string, rows: {name: string, value: number, look?: string}[],
 *          sum?: {name: string, value: number}, decimals?: number, isChange?: boolean}} props
 */
export function Bars({ title, unit, rows, sum, decimals, isChange = true }) {
  const all = sum ? [...rows, { ...sum, look: "sum" }] : rows;
  const x = d3.scaleLinear().domain(d3.extent([0, ...all.map((row) => row.value)])).nice(4).range([230, WIDTH - 76]);
  const height = 34 + 24 * all.length;
  const shown = (/** @type {number} */ value) => (isChange ? signed(value, decimals) : plain(value, decimals));
  return html`<${Drawing} title=${title} height=${height}>
    <text class="axis" x="0" y="14">${unit}</text>
    ${all.map((row, at) => {
      const top = 26 + 24 * at;
      const [from, to] = row.value < 0 ? [x(row.value), x(0)] : [x(0), x(row.value)];
      const look = row.look ?? (row.value < 0 ? "loss" : "gain");
      return html`<g><title>${row.name}: ${shown(row.value)} ${unit}</title>
        <text class=${`tick end ${row.look === "sum" ? "strong" : ""}`} x="222" y=${top + 13}>${fitted(row.name, 216)}</text>
        <rect class=${look} x=${from} y=${top} width=${Math.max(0.5, to - from)} height="17"/>
        <text class="tick" x=${Math.max(to, x(0)) + 6} y=${top + 13}>${shown(row.value)}</text></g>`;
    })}
    <line class="zero" x1=${x(0)} x2=${x(0)} y1="22" y2=${height - 6}/>
  </${Drawing}>`;
}

/**
 * Bars of parts.
 * @param {{title: string, unit: string, names: string[], rows: {name: string, parts: number[]}[]}} props
 */
export function Stacked({ title, unit, names, rows }) {
  const totals = rows.map((row) => d3.sum(row.parts));
  const x = d3.scaleLinear().domain([0, d3.max(totals) || 1]).nice(4).range([230, WIDTH - 66]);
  const height = 54 + 24 * rows.length;
  let key = 230;
  return html`<${Drawing} title=${title} height=${height}>
    <text class="axis" x="0" y="14">${unit}</text>
    ${names.map((name, at) => {
      const left = key;
      key += 36 + textWidth(name);
      return html`<g><rect class="part-${at + 1}" x=${left} y="4" width="13" height="13"/><text class="tick" x=${left + 18} y="15">${name}</text></g>`;
    })}
    ${rows.map((row, at) => {
      const top = 36 + 24 * at;
      let start = 0;
      return html`<g><title>${row.name}: ${row.parts.map((part, which) => `${names[which]} ${plain(part)}`).join(", ")} ${unit}</title>
        <text class="tick end" x="222" y=${top + 13}>${fitted(row.name, 216)}</text>
        ${row.parts.map((part, which) => {
          const [from, to] = [x(start), x(start + part)];
          start += part;
          return html`<rect class="part-${which + 1}" x=${from} y=${top} width=${Math.max(0, to - from)} height="17"/>`;
        })}
        <text class="tick" x=${x(totals[at]) + 6} y=${top + 13}>${plain(totals[at])}</text></g>`;
    })}
  </${Drawing}>`;
}

/**
 * Flows from left to right, as wide as they are large.
 * @param {{title: string, unit: string, links: {from: string, to: string, value: number}[], name: (key: string) => string}} props
 */
export function Sankey({ title, unit, links, name }) {
  const height = 380;
  const graph = useMemo(() => {
    const ids = [...new Set(links.flatMap((link) => [link.from, link.to]))];
    const layout = d3.sankey().nodeId((/** @type {any} */ node) => node.id).nodeWidth(14).nodePadding(12)
      .extent([[150, 26], [WIDTH - 150, height - 8]]);
    return layout({ nodes: ids.map((id) => ({ id })), links: links.map((link) => ({ source: link.from, target: link.to, value: link.value })) });
  }, [links]);
  const ribbon = d3.sankeyLinkHorizontal();
  const label = (/** @type {string} */ id) => name(id.replace(/^[<>]/, ""));
  return html`<${Drawing} title=${title} height=${height}>
    <text class="axis" x="0" y="14">${unit}</text>
    ${graph.links.map((/** @type {any} */ link) => html`<path class="flow" d=${ribbon(link)} stroke-width=${Math.max(1, link.width)}><title>${label(link.source.id)} → ${label(link.target.id)}: ${plain(link.value)} ${unit}</title></path>`)}
    ${graph.nodes.map((/** @type {any} */ node) => {
      const left = node.x0 < WIDTH / 2 - 20;
      const middle = !left && node.x1 < WIDTH / 2 + 20;
      return html`<g><rect class="node" x=${node.x0} y=${node.y0} width="14" height=${Math.max(1, node.y1 - node.y0)}/>
        <text class=${`tick ${middle ? "middle strong" : left ? "end" : ""}`} x=${middle ? (node.x0 + node.x1) / 2 : left ? node.x0 - 6 : node.x1 + 6} y=${middle ? node.y0 - 6 : (node.y0 + node.y1) / 2 + 4}>${fitted(`${label(node.id)} ${plain(node.value)}`, middle ? 300 : 142)}</text></g>`;
    })}
  </${Drawing}>`;
}

/**
 * The areas of the map, coloured by a value each.
 * @param {{title: string, unit: string, outlines: any[], isChange?: boolean,
 *          areas: {name: string, label: string, value: number | null}[], selected?: string, onSelect?: (name: string) => void}} props
 */
export function AreaMap({ title, unit, outlines, areas, isChange, selected, onSelect }) {
  const largest = Math.max(1e-12, ...areas.map((area) => Math.abs(area.value ?? 0)));
  const found = outlines.map((outline) => ({ outline, area: areas.find((area) => area.name.toLowerCase().startsWith(outline.name)) }));
  const look = (/** @type {number | null | undefined} */ value) => {
    if (value == null || value === 0) return "none";
    const step = Math.min(5, Math.max(1, Math.ceil((Math.abs(value) / largest) * 5)));
    return `${value < 0 ? "loss" : "gain"}-${step}`;
  };
  const pick = (/** @type {any} */ area) => area && onSelect && ({
    tabindex: 0, role: "button", "aria-pressed": area.name === selected,
    onClick: () => onSelect(area.name),
    onKeyDown: (/** @type {KeyboardEvent} */ event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onSelect(area.name); } },
  });
  return html`<svg class="map" role=${onSelect ? "group" : "img"} aria-label=${title} viewBox="0 0 470 430">
    <text class="axis" x="0" y="14">${unit}</text>
    ${found.map(({ outline, area }) => html`<polygon class=${`area ${look(area?.value)} ${area && area.name === selected ? "selected" : ""}`} points=${outline.points} aria-label=${area?.label} ...${pick(area)}><title>${area?.label}: ${plain(area?.value)} ${unit}</title></polygon>`)}
    ${found.map(({ outline, area }) => area && html`<g class="label"><text class="place middle" x=${outline.label[0]} y=${outline.label[1]}>${area.label}</text>
      <text class="place middle strong" x=${outline.label[0]} y=${outline.label[1] + 17}>${isChange ? signed(area.value) : plain(area.value)}</text></g>`)}
    <text class="sea" x="70" y="350">${t("Bohai Sea")}</text><text class="sea" x="322" y="385">${t("Yellow Sea")}</text>
  </svg>`;
}

/** A small line without axes. @param {{title: string, values: number[]}} props */
export function Spark({ title, values }) {
  const x = d3.scaleLinear().domain([0, values.length - 1]).range([2, 118]);
  const y = d3.scaleLinear().domain(d3.extent([0, ...values])).range([28, 4]);
  return html`<svg class="spark" role="img" aria-label=${title} viewBox="0 0 120 32"><line class="zero" x1="2" x2="118" y1=${y(0)} y2=${y(0)}/>
    <path class="policy" d=${d3.line((/** @type {any} */ _, /** @type {number} */ at) => x(at), (/** @type {any} */ v) => y(v))(values)}/></svg>`;
}
