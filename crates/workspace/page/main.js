// @ts-check
// The page: head with views, study and scenario, and the view that the address names.
import { html, render, useEffect, useErrorBoundary, useState } from "./vendor/preact-htm.js";
import { ask, openSession } from "./api.js";
import { address, choose, Problem, useData, useRoute, Waiting } from "./parts.js";
import { language, setLanguage, t } from "./words.js";
import { Compare } from "./views/compare.js";
import { Data } from "./views/data.js";
import { Programme } from "./views/programme.js";
import { Region } from "./views/region.js";
import { Results } from "./views/results.js";
import { Targets } from "./views/targets.js";

/** @type {Record<string, [string, any]>} */
const VIEWS = {
  region: ["Region", Region],
  programme: ["Programme", Programme],
  results: ["Results", Results],
  targets: ["Targets", Targets],
  compare: ["Compare", Compare],
  data: ["Data", Data],
};

/** Light, dark, or as the system says. @returns {[string, (theme: string) => void]} */
function useTheme() {
  const [theme, set] = useState(() => localStorage.getItem("theme") ?? "");
  useEffect(() => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return [theme, set];
}

function Page() {
  const route = useRoute();
  const [theme, setTheme] = useTheme();
  const [, redraw] = useState(0);
  const [changes, setChanges] = useState(0);
  const view = VIEWS[route.view] ? route.view : "region";
  const { data: studies, error } = useData(() => ask("/api/studies"), [changes, view]);
  const [fault, mended] = useErrorBoundary();
  const scenarios = (studies ?? []).flatMap((/** @type {any} */ study) => study.scenarios.map((/** @type {any} */ each) => ({ ...each, study })));
  const scenario = scenarios.find((/** @type {any} */ each) => String(each.id) === route.choices.get("scenario")) ?? scenarios[0];
  useEffect(() => {
    document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
    document.title = `${t(VIEWS[view][0])} – Ironbelt`;
    if (fault) mended();
  }, [view, language()]);
  const [, View] = VIEWS[view];
  return html`<a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>${t("Skip to content")}</a>
  <header class="bar">
    <strong class="brand">Ironbelt</strong>
    <nav aria-label=${t("Views")}>${Object.entries(VIEWS).map(([name, [label]]) => html`<a href=${address(name)} aria-current=${name === view ? "page" : null}>${t(label)}</a>`)}</nav>
    <span class="controls">
      <label><span class="hidden">${t("Scenario")}</span><select aria-label=${t("Scenario")} value=${String(scenario?.id ?? "")} onChange=${(/** @type {any} */ event) => choose({ scenario: event.target.value, run: null })}>
        ${(studies ?? []).map((/** @type {any} */ study) => html`<optgroup label=${study.name}>${study.scenarios.map((/** @type {any} */ each) => html`<option value=${String(each.id)} selected=${each.id === scenario?.id}>${each.name}</option>`)}</optgroup>`)}
      </select></label>
      <button class="quiet" lang=${language() === "zh" ? "en" : "zh-CN"} onClick=${() => { setLanguage(language() === "zh" ? "en" : "zh"); redraw((count) => count + 1); }}>${language() === "zh" ? "English" : "中文"}</button>
      <label><span class="hidden">${t("Colours")}</span><select aria-label=${t("Colours")} value=${theme} onChange=${(/** @type {any} */ event) => setTheme(event.target.value)}>
        ${[["", "System"], ["light", "Light"], ["dark", "Dark"]].map(([value, label]) => html`<option value=${value} selected=${value === theme}>${t(label)}</option>`)}
      </select></label>
    </span>
  </header>
  <main id="main" tabindex="-1">
    ${error && html`<${Problem} error=${error}/>`}
    ${fault ? html`<${Problem} error=${fault}/>` : scenario ? html`<${View} key=${view} scenario=${scenario} scenarios=${scenarios} studies=${studies} choices=${route.choices} reload=${() => setChanges((count) => count + 1)}/>` : !error && html`<${Waiting}/>`}
  </main>
  <footer><${Version}/></footer>`;
}

function Version() {
  const { data } = useData(openSession, []);
  return html`<span>Ironbelt ${data?.version ?? ""}</span> <a href="/api/openapi.json">API</a> <a href="/vendor/LICENSES.txt">${t("Licences")}</a>`;
}

render(html`<${Page}/>`, /** @type {HTMLElement} */ (document.getElementById("app")));
