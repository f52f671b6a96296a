// @ts-check
// A figure: heading, drawing, the table behind it, and downloads as SVG, PNG and CSV.
import { html, useRef } from "./vendor/preact-htm.js";
import { Table, toCsv } from "./parts.js";
import { t } from "./words.js";

/** Properties that a drawing takes from the style sheet and needs once it stands alone. */
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-opacity",
  "opacity", "font-family", "font-size", "font-weight", "font-style", "text-anchor"];

/** The drawing as a file of its own. @param {SVGSVGElement} drawing @param {string} title */
function standalone(drawing, title) {
  const copy = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
  const [from, to] = [drawing, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  from.forEach((element, at) => {
    const style = getComputedStyle(element);
    for (const name of LOOK) {
      const value = style.getPropertyValue(name);
      if (value) to[at].setAttribute(name, value);
    }
    for (const name of ["class", "tabindex", "role"]) if (at > 0) to[at].removeAttribute(name);
  });
  const { width, height } = drawing.viewBox.baseVal;
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width, height, fill: getComputedStyle(document.body).backgroundColor })) paper.setAttribute(name, String(value));
  copy.prepend(paper);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.setAttribute("aria-label", title);
  return new XMLSerializer().serializeToString(copy);
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
  const svg = () => standalone(/** @type {SVGSVGElement} */ (box.current?.querySelector("svg")), title);
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
