// @ts-check
// The page: head with views, study and scenario, and the view that the address names.
import { html, render, useEffect, useErrorBoundary, useState } from "./vendor/preact-htm.js";
import { ask, openSession, post, renewSession } from "./api.js";
import { address, choose, Problem, useData, useRoute, Waiting } from "./parts.js";
import { language, setLanguage, t } from "./words.js";
import { Compare } from "./views/compare.js";
import { Data } from "./views/data.js";
import { Login, Users } from "./views/users.js";
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

/** For administrators. @type {Record<string, [string, any]>} */
const MANAGED = { users: ["Users", Users] };

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

/** Who is logged in; asked again when somebody logs in or out. */
function useSession() {
  const [count, again] = useState(0);
  useEffect(() => {
    const renewed = () => again((x) => x + 1);
    addEventListener("session", renewed);
    return () => removeEventListener("session", renewed);
  }, []);
  return useData(openSession, [count]);
}

function Page() {
  const [, redraw] = useState(0);
  const again = () => redraw((count) => count + 1);
  const { data: session, error } = useSession();
  if (session?.person) return html`<${Views} key=${session.person.name} session=${session} redraw=${again}/>`;
  return html`<${Frame} redraw=${again} session=${session} title="Ironbelt">${error ? html`<${Problem} error=${error}/>` : session ? html`<${Login}/>` : html`<${Waiting}/>`}</${Frame}>`;
}

/** The view that the address names, of a scenario. @param {{session: any, redraw: () => void}} props */
function Views({ session, redraw }) {
  const route = useRoute();
  const [changes, setChanges] = useState(0);
  const views = session.may.manage ? { ...VIEWS, ...MANAGED } : VIEWS;
  const view = views[route.view] ? route.view : "region";
  const { data: studies, error } = useData(() => ask("/api/studies"), [changes, view]);
  const [fault, mended] = useErrorBoundary();
  const scenarios = (studies ?? []).flatMap((/** @type {any} */ study) => study.scenarios.map((/** @type {any} */ each) => ({ ...each, study })));
  const scenario = scenarios.find((/** @type {any} */ each) => String(each.id) === route.choices.get("scenario")) ?? scenarios[0];
  // An address may name a scenario that was made elsewhere since the list was read.
  const wanted = route.choices.get("scenario");
  useEffect(() => { if (studies && wanted && String(scenario?.id) !== wanted) setChanges((count) => count + 1); }, [wanted]);
  useEffect(() => { if (fault) mended(); }, [view]);
  const [label, View] = views[view];
  const links = html`<nav aria-label=${t("Views")}>${Object.entries(views).map(([name, [label]]) => html`<a href=${address(name)} aria-current=${name === view ? "page" : null}>${t(label)}</a>`)}</nav>`;
  const choice = html`<label><span class="hidden">${t("Scenario")}</span><select aria-label=${t("Scenario")} value=${String(scenario?.id ?? "")} onChange=${(/** @type {any} */ event) => choose({ scenario: event.target.value, run: null })}>
    ${(studies ?? []).map((/** @type {any} */ study) => html`<optgroup label=${study.name}>${study.scenarios.map((/** @type {any} */ each) => html`<option value=${String(each.id)} selected=${each.id === scenario?.id}>${each.name}</option>`)}</optgroup>`)}
  </select></label>`;
  return html`<${Frame} redraw=${redraw} session=${session} title=${`${t(label)} – Ironbelt`} links=${links} choice=${choice}>
    ${error && html`<${Problem} error=${error}/>`}
    ${fault ? html`<${Problem} error=${fault}/>` : scenario ? html`<${View} key=${view} session=${session} scenario=${scenario} scenarios=${scenarios} studies=${studies} choices=${route.choices} reload=${() => setChanges((count) => count + 1)}/>` : !error && html`<${Waiting}/>`}
  </${Frame}>`;
}

/** Head and foot around what is shown. @param {{redraw: () => void, session: any, title: string, links?: any, choice?: any, children?: any}} props */
function Frame({ redraw, session, title, links, choice, children }) {
  const [theme, setTheme] = useTheme();
  useEffect(() => {
    document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
    document.title = title;
  }, [title, language()]);
  const person = session?.person;
  return html`<a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>${t("Skip to content")}</a>
  <header class="bar">
    <strong class="brand">Ironbelt</strong>
    ${links}
    <span class="controls">
      ${choice}
      <button class="quiet" lang=${language() === "zh" ? "en" : "zh-CN"} onClick=${() => { setLanguage(language() === "zh" ? "en" : "zh"); redraw(); }}>${language() === "zh" ? "English" : "中文"}</button>
      <label><span class="hidden">${t("Colours")}</span><select aria-label=${t("Colours")} value=${theme} onChange=${(/** @type {any} */ event) => setTheme(event.target.value)}>
        ${[["", "System"], ["light", "Light"], ["dark", "Dark"]].map(([value, label]) => html`<option value=${value} selected=${value === theme}>${t(label)}</option>`)}
      </select></label>
      ${person && person.name !== "local" && html`<span class="soft person">${person.name}, ${t(person.role)}</span>
        <button class="quiet" onClick=${() => post("/api/logout").finally(renewSession)}>${t("Log out")}</button>`}
    </span>
  </header>
  <main id="main" tabindex="-1">${children}</main>
  <footer><span>Ironbelt ${session?.version ?? ""}</span> <a href="/api/openapi.json">API</a> <a href="/vendor/LICENSES.txt">${t("Licences")}</a></footer>`;
}

render(html`<${Page}/>`, /** @type {HTMLElement} */ (document.getElementById("app")));
