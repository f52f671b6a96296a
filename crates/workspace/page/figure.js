// @ts-check
// A figure: heading, drawing, the table behind it, and downloads as SVG, PNG and CSV.
import { html, useRef } from "./vendor/preact-htm.js";
import { textWidth } from "./charts.js";
import { Table, toCsv } from "./parts.js";
import { t } from "./words.js";

/** Properties that a drawing takes from the style sheet and needs once it stands alone. */
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-opacity",
  "opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor"];

/** Height of the heading of a file, and of each of its lines, in pixels of the drawing. */
const HEADING = { top: 24, line: 20 };

/** Does something while the page is light, as paper is. @template T @param {() => T} work @returns {T} */
function onPaper(work) {
  const root = document.documentElement;
  const theme = root.dataset.theme;
  root.dataset.theme = "light";
  try {
    return work();
  } finally {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  }
}

/** A drawing with the look of the page, without its classes. @param {SVGSVGElement} drawing */
function alone(drawing) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const [from, to] = [drawing, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  from.forEach((element, at) => {
    const style = getComputedStyle(element);
    for (const name of LOOK) {
      const value = style.getPropertyValue(name);
      if (value) to[at].setAttribute(name, value);
    }
    for (const name of ["class", "tabindex", "role", "aria-pressed"]) to[at].removeAttribute(name);
  });
  return copy;
}

/** An element of a drawing. @param {string} name @param {Record<string, any>} attributes */
function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** A title in lines that fit a width. @param {string} title @param {number} width */
function lines(title, width) {
  const found = [""];
  for (const word of title.split(/(?<=\s)|(?=[\u3000-\u9fff])/u)) {
    const next = found[found.length - 1] + word;
    if (textWidth(next) * (15 / 12) > width - 10 && next !== word) found.push(word);
    else found[found.length - 1] = next;
  }
  return found;
}

/** All drawings of a figure below its title, on white, as a file of its own. @param {HTMLElement} figure @param {string} title */
function standalone(figure, title) {
  return onPaper(() => {
    const drawings = [...figure.querySelectorAll("svg")];
    const width = Math.max(...drawings.map((each) => each.viewBox.baseVal.width));
    const heading = lines(title, width);
    let height = HEADING.top + HEADING.line * heading.length;
    const parts = drawings.map((drawing) => {
      const copy = alone(drawing);
      const box = drawing.viewBox.baseVal;
      for (const [name, value] of Object.entries({ x: 0, y: height, width: box.width, height: box.height })) copy.setAttribute(name, String(value));
      height += box.height + 8;
      return copy;
    });
    const ink = getComputedStyle(document.body);
    const whole = element("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, "font-family": ink.fontFamily });
    whole.append(element("rect", { width, height, fill: "#fff" }));
    heading.forEach((line, at) => {
      const text = element("text", { x: 0, y: HEADING.top + HEADING.line * at, "font-size": 15, "font-weight": 650, fill: ink.color });
      text.textContent = line;
      whole.append(text);
    });
    whole.append(...parts);
    return new XMLSerializer().serializeToString(whole);
  });
}

/** Hands a file to the browser. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {string} svg @param {string} name */
async function downloadPng(svg, name) {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width * 2, picture.height * 2];
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  canvas.toBlob((blob) => blob && download(blob, name));
}

/**
 * @param {{title: string, note?: any, table: import("./parts.js").TableData, open?: boolean, children?: any}} props
 */
export function Figure({ title, note, table, open, children }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const name = title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80);
  const svg = () => standalone(/** @type {HTMLElement} */ (box.current), title);
  const button = (/** @type {string} */ label, /** @type {() => any} */ act) =>
    html`<button class="quiet" aria-label=${`${t("Download")} ${title}: ${label}`} onClick=${act}>${label}</button>`;
  return html`<figure ref=${box}>
    <figcaption><h2>${title}</h2>
      <span class="downloads">
        ${button("SVG", () => download(new Blob([svg()], { type: "image/svg+xml" }), `${name}.svg`))}
        ${button("PNG", () => downloadPng(svg(), `${name}.png`))}
        ${button("CSV", () => download(new Blob(["\ufeff", toCsv(table)], { type: "text/csv" }), `${name}.csv`))}
      </span></figcaption>
    ${note && html`<p class="note">${note}</p>`}
    ${children}
    <details open=${open}><summary>${t("Table")}</summary><${Table} caption=${title} table=${table}/></details>
  </figure>`;
}
