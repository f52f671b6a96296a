// @ts-check
// Programme: levers as cards. A change is checked and solved at once; saving makes a version.
import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";
import { ask, askOnce, listen, post } from "../api.js";
import { Spark } from "../charts.js";
import { FIELDS, numberLiteral, OPTIONS, quoted, splitMoney, unquoted, yearsOf } from "../fields.js";
import { address, Findings, plain, Problem, signed, spoken, useData, Waiting } from "../parts.js";
import { industry, language, place, t, variable } from "../words.js";

/** Milliseconds without a further change after which a path is solved. */
const PAUSE = 60;

/** @param {{session: any, scenario: any, studies: any[], reload: () => void}} props */
export function Programme({ session, scenario, reload }) {
  const { data, error } = useData(() => ask(`/api/scenarios/${scenario.id}`), [scenario.id]);
  if (error) return html`<${Problem} error=${error}/>`;
  return data && data.id === scenario.id ? html`<${Editor} key=${scenario.id} start=${data} may=${session.may.change} reload=${reload}/>` : html`<${Waiting}/>`;
}

/** Changed texts that are not saved, by scenario: they stay when another view is looked at. @type {Map<number, any>} */
const drafts = new Map();
addEventListener("beforeunload", (event) => { if (drafts.size > 0) event.preventDefault(); });

/** Changes of a text, one after the other, the latest of a field first. @param {any} start */
function useText(start) {
  const [state, set] = useState(() => drafts.get(start.id) ?? { saved: start, text: start.version.text, check: start.check });
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  const now = useRef(state);
  const queue = useRef({ waiting: /** @type {Map<string, any>} */ (new Map()), work: /** @type {Promise<void> | null} */ (null) });
  const put = (/** @type {any} */ changes) => {
    now.current = { ...now.current, ...changes };
    if (now.current.text === now.current.saved.version.text) drafts.delete(start.id);
    else drafts.set(start.id, now.current);
    set(now.current);
  };
  const work = async () => {
    while (queue.current.waiting.size > 0) {
      const [key, change] = /** @type {[string, any]} */ (queue.current.waiting.entries().next().value);
      queue.current.waiting.delete(key);
      try {
        put(await change(now.current.text));
        setTrouble(null);
      } catch (failure) {
        setTrouble(failure);
      }
    }
    queue.current.work = null;
  };
  const begin = () => { queue.current.work ??= work(); return queue.current.work; };
  const companions = () => now.current.saved.version.companions;
  return {
    ...state, trouble, setTrouble, put,
    /** The text after all changes that wait. */
    settled: async () => { await queue.current.work; return now.current; },
    edit: (/** @type {any} */ edit) => {
      queue.current.waiting.set(`${edit.do} ${edit.lever} ${edit.key ?? ""}`, (/** @type {string} */ text) => post("/api/edit", { text, companions: companions(), edit }));
      return begin();
    },
    write: (/** @type {string} */ text) => {
      put({ text });
      queue.current.waiting.set("text", async (/** @type {string} */ text) => ({ check: await post("/api/check", { text, companions: companions() }) }));
      return begin();
    },
  };
}

/** The solved path of a text, begun anew with each change. @param {string} text @param {any} companions @param {boolean} ok */
function usePreview(text, companions, ok) {
  const [state, set] = useState(/** @type {any} */ ({ solving: false }));
  useEffect(() => {
    if (!ok) { set((/** @type {any} */ old) => ({ ...old, solving: false, stale: true })); return undefined; }
    const abort = new AbortController();
    const begun = performance.now();
    set((/** @type {any} */ old) => ({ ...old, solving: true, estimate: false, problem: null }));
    const timer = setTimeout(() => {
      listen("/api/preview", { method: "POST", body: { text, companions }, signal: abort.signal }, (name, data) => {
        if (abort.signal.aborted) return;
        if (name === "begun") set((/** @type {any} */ old) => ({ ...old, near: data.near, steps: 0 }));
        if (name === "estimated") {
          performance.measure("estimate", { start: begun });
          set((/** @type {any} */ old) => ({ ...old, path: data, estimate: true, stale: false }));
        }
        if (name === "progress") set((/** @type {any} */ old) => ({ ...old, steps: data.steps }));
        if (name === "solved") {
          const seen = performance.now() - begun;
          set({ solving: false, path: data, seen });
          performance.measure("preview", { start: begun, end: begun + seen });
        }
        if (name === "failed") set((/** @type {any} */ old) => ({ ...old, solving: false, stale: true, problem: data.message }));
      }).catch((failure) => { if (!abort.signal.aborted) set((/** @type {any} */ old) => ({ ...old, solving: false, stale: true, problem: failure.message })); });
    }, PAUSE);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [text, ok]);
  return [state, set];
}

/** @param {{start: any, may: boolean, reload: () => void}} props */
function Editor({ start, may, reload }) {
  const study = useText(start);
  const { saved, text, check } = study;
  const changed = text !== saved.version.text;
  const [preview] = usePreview(text, saved.version.companions, check.ok);
  const [note, setNote] = useState("");
  const reference = useRef(/** @type {any} */ (null));
  if (preview.path && !preview.estimate && !changed) reference.current = preview.path;
  const adopt = (/** @type {Promise<any>} */ answer) => answer.then(
    (data) => { study.put({ saved: data, text: data.version.text, check: data.check }); study.setTrouble(null); setNote(""); reload(); },
    study.setTrouble);
  const save = async () => {
    const { text } = await study.settled();
    await adopt(ask(`/api/scenarios/${saved.id}`, { method: "PUT", body: { parent: saved.version.number, text, companions: saved.version.companions, note } }));
  };
  const older = start.version.number !== saved.version.number;
  const run = async () => {
    try {
      const { run } = await post("/api/runs", { scenario: saved.id, kind: "study" });
      location.hash = address("results", { run, scenario: saved.id });
    } catch (failure) { study.setTrouble(failure); }
  };
  const { data: names } = useData(() => askOnce("/api/accounts"), []);
  const elsewhere = check.findings.filter((/** @type {any} */ each) => !check.levers.some((/** @type {any} */ lever) => inside(each, lever.span)));
  return html`<div class="split">
    <div>
      <h1>${saved.name} <small>${saved.study}, ${t("version")} ${saved.version.number}${changed ? `, ${t("changed")}` : ""}</small></h1>
      <p class="lead">${t("programme lead")}</p>
      ${older && html`<p class="banner" role="status">${t("Your draft was made from version")} ${saved.version.number}; ${t("the version that counts now is")} ${start.version.number}.
        <button class="quiet" onClick=${() => study.put({ saved: start, text: start.version.text, check: start.check })}>${t("Discard the draft")}</button></p>`}
      ${study.trouble && html`<${Problem} error=${study.trouble}/>`}
      ${elsewhere.length > 0 && html`<${Findings} findings=${elsewhere}/>`}
      <${AddLever} kinds=${check.kinds} edit=${study.edit}/>
      <div class="lever-cards">${check.levers.map((/** @type {any} */ lever, /** @type {number} */ at) => html`<${Card} key=${`${lever.kind} ${at}`} lever=${lever} at=${at} edit=${study.edit} names=${names}
        info=${check.study?.levers.find((/** @type {any} */ each) => each.name === lever.name)}
        findings=${check.findings.filter((/** @type {any} */ each) => inside(each, lever.span))}/>`)}</div>
      <details><summary>${t("The whole text")}</summary>
        <textarea class="source" spellcheck="false" aria-label=${t("The whole text")} value=${text} onInput=${(/** @type {any} */ event) => study.write(event.target.value)}></textarea>
      </details>
      <${History} id=${saved.id} number=${saved.version.number}/>
      <${Folder} study=${saved.study_id} may=${may} reload=${reload} fail=${study.setTrouble}/>
    </div>
    <aside aria-label=${t("What changes")}>
      <div class="actions">
        <label>${t("Note on the change")}<input value=${note} maxlength="500" onInput=${(/** @type {any} */ event) => setNote(event.target.value)}/></label>
        <div class="buttons">
          <button class="main" disabled=${!may || !changed} onClick=${save}>${t("Save")}</button>
          <button disabled=${!changed} onClick=${() => study.put({ text: saved.version.text, check: saved.check })}>${t("Discard")}</button>
          <button disabled=${!may || changed || saved.version.parent == null} onClick=${() => adopt(post(`/api/scenarios/${saved.id}/undo`))}>${t("Undo")}</button>
          <button disabled=${!may || changed} onClick=${() => adopt(post(`/api/scenarios/${saved.id}/redo`))}>${t("Redo")}</button>
        </div>
        <div class="buttons"><button class="main" disabled=${!may || changed || !check.ok} onClick=${run}>${t("Run in full")}</button>
          ${may && html`<${NewScenario} scenario=${saved} reload=${reload} fail=${study.setTrouble}/>`}</div>
        <p class="note">${t(may ? "run note" : "viewer note")}</p>
      </div>
      <${Preview} preview=${preview} reference=${reference.current} ok=${check.ok}/>
    </aside>
    <${Strip} path=${preview.path} stale=${(preview.solving && !preview.estimate) || preview.stale || !check.ok}/>
  </div>`;
}

/** Whether a finding lies in a byte range. @param {any} finding @param {{start: number, end: number}} span */
const inside = (finding, span) => finding.place?.start != null && span.start <= finding.place.start && finding.place.start < span.end;

/** @param {{scenario: any, reload: () => void, fail: (error: any) => void}} props */
function NewScenario({ scenario, reload, fail }) {
  const add = async () => {
    const name = prompt(t("Name of the new scenario"));
    if (!name) return;
    try {
      const made = await post(`/api/studies/${scenario.study_id}/scenarios`, { name, from: scenario.id });
      reload();
      location.hash = address("programme", { scenario: made.scenario });
    } catch (failure) { fail(failure); }
  };
  return html`<button onClick=${add}>${t("New scenario from this")}</button>`;
}

/** @param {{kinds: string[], edit: (edit: any) => any}} props */
function AddLever({ kinds, edit }) {
  const add = (/** @type {any} */ event) => {
    const kind = event.target.value;
    event.target.value = "";
    const name = kind && prompt(t("Name of the new lever"), t(kind));
    if (name) edit({ do: "add", kind, name });
  };
  return html`<label class="choice">${t("Add a lever")} <select onChange=${add}><option value="">–</option>${(kinds ?? []).map((each) => html`<option value=${each}>${t(each)}</option>`)}</select></label>`;
}

/** @param {{lever: any, at: number, edit: (edit: any) => any, names: any, info: any, findings: any[]}} props */
function Card({ lever, at, edit, names, info, findings }) {
  const [open, setOpen] = useState(false);
  const quiet = ["name", "source", "status", "assumed"];
  const shown = lever.fields.filter((/** @type {any} */ field) => !quiet.includes(field.key));
  const assumed = lever.fields.find((/** @type {any} */ field) => field.key === "assumed")?.literal ?? "";
  const status = lever.fields.find((/** @type {any} */ field) => field.key === "status");
  return html`<section class=${`lever ${findings.some((each) => each.severity === "error") ? "wrong" : ""}`} aria-label=${lever.name || lever.kind}>
    <header><h2>${lever.name || t("no name")}</h2><span class="kind">${t(lever.kind)}</span></header>
    ${info && html`<p class="summary">${info.summary}</p>`}
    <div class="fields">${shown.map((/** @type {any} */ field) => html`<${Entry} key=${field.key} field=${field} names=${names} assumed=${assumed.includes(quoted(field.key))} edit=${(/** @type {string} */ literal) => edit({ do: "set", lever: at, key: field.key, literal })}
      findings=${findings.filter((each) => inside(each, { start: field.span.start, end: field.span.end + 1 }))}/>`)}</div>
    <${Findings} findings=${findings.filter((each) => !lever.fields.some((/** @type {any} */ field) => !quiet.includes(field.key) && inside(each, { start: field.span.start, end: field.span.end + 1 })))}/>
    <footer><span class=${`status ${status ? unquoted(status.literal) : ""}`}>${t(status ? unquoted(status.literal) : "no status")}</span>
      <button class="quiet" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t("Source")}</button>
      <button class="quiet" aria-label=${`${t("Copy")} ${lever.name}`} onClick=${() => edit({ do: "copy", lever: at, name: `${lever.name} 2` })}>${t("Copy")}</button>
      <button class="quiet" aria-label=${`${t("Remove")} ${lever.name}`} onClick=${() => edit({ do: "remove", lever: at })}>${t("Remove")}</button></footer>
    ${open && html`<div class="fields wide">${lever.fields.filter((/** @type {any} */ field) => quiet.includes(field.key)).map((/** @type {any} */ field) => html`<${Entry} key=${field.key} field=${field} findings=${[]} edit=${(/** @type {string} */ literal) => edit({ do: "set", lever: at, key: field.key, literal })}/>`)}</div>`}
  </section>`;
}

/** Names of the accounts that a field may have, with how they are shown. @param {string} key @param {any} names @returns {[string, string][] | null} */
function namesOf(key, names) {
  if (!names) return null;
  if (key === "region") return names.regions.map((/** @type {string} */ name) => [name, place(name)]);
  if (key === "industry") return names.industries.map((/** @type {any} */ each) => [each.name, industry(each.name)]);
  return null;
}

/** One field with the input that fits it. @param {{field: any, edit: (literal: string) => any, findings: any[], names?: any, assumed?: boolean}} props */
function Entry({ field, edit, findings, names, assumed }) {
  const kind = FIELDS[field.key] ?? { en: field.key, zh: field.key, input: "literal" };
  const label = language() === "zh" ? kind.zh : kind.en;
  const wrong = findings.length > 0;
  const first = useRef(field.literal); // the scale of a slider stays while it is moved
  const described = wrong ? `finding-${field.span.start}` : null;
  const common = { "aria-invalid": wrong ? "true" : null, "aria-describedby": described };
  const money = kind.input === "money" ? splitMoney(field.literal) : null;
  const number = Number(field.literal);
  const numeric = (kind.input === "share" || kind.input === "number") && Number.isFinite(number);
  const written = /^["'](?!["'])/.test(field.literal);
  const known = OPTIONS[field.key]?.map((each) => /** @type {[string, string]} */ ([each, t(each)])) ?? (written ? namesOf(field.key, names) : null);
  const own = written ? unquoted(field.literal) : "";
  const options = known && (known.some(([value]) => value === own) ? known : [/** @type {[string, string]} */ ([own, own]), ...known]);
  let input;
  if (money) {
    const start = Math.abs(splitMoney(first.current)?.amount ?? money.amount) || 1;
    const write = (/** @type {any} */ event) => Number.isFinite(event.target.valueAsNumber) && edit(quoted(`${numberLiteral(event.target.valueAsNumber)} ${money.rest}`.trim()));
    input = html`<span class="pair"><input type="number" step="any" value=${money.amount} ...${common} aria-label=${`${label}, ${money.rest}`} onInput=${write}/><span class="unit">${money.rest}</span></span>
      <input type="range" min="0" max=${4 * start} step=${start / 50} value=${money.amount} aria-label=${`${label}, ${money.rest}`} onInput=${write}/>`;
  } else if (numeric) {
    const most = Math.max(kind.most ?? 1, number);
    const write = (/** @type {any} */ event) => Number.isFinite(event.target.valueAsNumber) && edit(numberLiteral(event.target.valueAsNumber));
    const unit = kind.unit?.[language() === "zh" ? 1 : 0];
    input = html`<span class="pair"><input type="number" step="any" value=${number} ...${common} aria-label=${label} onInput=${write}/><span class="unit">${unit ?? (kind.input === "share" ? `= ${plain(100 * number, 1)} %` : "")}</span></span>
      <input type="range" min="0" max=${most} step=${kind.step ?? 0.01} value=${number} aria-label=${label} onInput=${write}/>`;
  } else if (options) {
    input = html`<select value=${unquoted(field.literal)} ...${common} aria-label=${label} onChange=${(/** @type {any} */ event) => edit(quoted(event.target.value))}>
      ${options.map(([value, shown]) => html`<option value=${value} selected=${value === unquoted(field.literal)}>${shown}</option>`)}</select>`;
  } else if (kind.input === "years" && yearsOf(field.literal)) {
    const years = /** @type {[number, number]} */ (yearsOf(field.literal));
    const write = (/** @type {number} */ which) => (/** @type {any} */ event) => event.target.value && edit(`[${years.map((year, at) => (at === which ? Math.trunc(event.target.valueAsNumber) : year)).join(", ")}]`);
    input = html`<span class="pair">${years.map((year, at) => html`<input type="number" step="1" value=${year} ...${common} aria-label=${`${label}, ${t(at === 0 ? "first" : "last")}`} onChange=${write(at)}/>`)}</span>`;
  } else if (kind.input === "year" && Number.isInteger(number)) {
    input = html`<input type="number" step="1" value=${number} ...${common} aria-label=${label} onChange=${(/** @type {any} */ event) => event.target.value && edit(String(Math.trunc(event.target.valueAsNumber)))}/>`;
  } else if (kind.input === "text" && /^["'](?!["'])/.test(field.literal)) {
    input = html`<input value=${unquoted(field.literal)} ...${common} aria-label=${label} onChange=${(/** @type {any} */ event) => edit(quoted(event.target.value))}/>`;
  } else {
    input = html`<input class="literal" value=${field.literal} ...${common} aria-label=${label} onChange=${(/** @type {any} */ event) => edit(event.target.value)}/>`;
  }
  return html`<div class=${`entry ${wrong ? "wrong" : ""}`}><span class="name">${label}${assumed && html` <small class="assumed">${t("assumed")}</small>`}</span>${input}
    ${wrong && html`<span id=${described} class="finding">${findings.map((each) => `${each.message}${each.help ? ` ${each.help}` : ""}`).join(" ")}</span>`}</div>`;
}

/** The first changes in one line that stays in sight, where the page is narrow. @param {{path: any, stale: boolean}} props */
function Strip({ path, stale }) {
  if (!path) return null;
  const at = path.years.indexOf(path.headline_year);
  const shown = ["gdp", "employment", "fdi"].flatMap((name) => path.rows.filter((/** @type {any} */ row) => row.variable === name && row.region === path.rows[0].region));
  return html`<p class=${`strip ${stale ? "stale" : ""}`} aria-hidden="true">${shown.map((row) => html`<span>${variable(row.variable)} <strong>${signed((row.policy[at] - row.baseline[at]) * spoken(row.unit).factor)}</strong> ${spoken(row.unit).unit}</span>`)}</p>`;
}

/** What the path of the text says, against the saved one. @param {{preview: any, reference: any, ok: boolean}} props */
function Preview({ preview, reference, ok }) {
  const { path } = preview;
  const at = path ? path.years.indexOf(path.headline_year) : -1;
  const home = path?.rows[0]?.region;
  const change = (/** @type {any} */ from, /** @type {any} */ row) => {
    const same = from?.rows.find((/** @type {any} */ each) => each.variable === row.variable && each.region === row.region);
    const where = from?.years.indexOf(path.headline_year) ?? -1;
    return same && where >= 0 ? same.policy[where] - same.baseline[where] : null;
  };
  const state = !ok ? t("errors stop it") : preview.problem ? preview.problem : preview.solving ? `${t(preview.estimate ? "First-order estimate, solving" : "Solving")} …${preview.steps ? ` ${preview.steps} ${t("steps")}` : ""}` : path ? `${t("Solved in")} ${plain(path.milliseconds, 0)} ms` : "";
  return html`<div class=${`preview ${(preview.solving && !preview.estimate) || preview.stale || !ok ? "stale" : ""}`}>
    <h2>${t("Policy against baseline")}${path ? `, ${path.headline_year}` : ""}</h2>
    <p class="state" role="status" aria-live="polite" data-solved=${preview.solving ? "no" : "yes"} data-milliseconds=${preview.seen ?? ""}>${preview.solving && html`<progress></progress>`} ${state}</p>
    ${path && html`<table class="changes"><thead><tr><th scope="col">${place(home)}</th><th scope="col" class="figure">${t("Change")}</th><th scope="col" class="figure">%</th><th scope="col" class="figure">${t("saved")}</th><th scope="col"><span class="hidden">${t("over the years")}</span></th></tr></thead><tbody>
      ${path.rows.filter((/** @type {any} */ row) => row.region === home).map((/** @type {any} */ row) => {
        const unit = spoken(row.unit);
        const [baseline, policy] = [row.baseline[at], row.policy[at]];
        const before = change(reference, row);
        const balance = row.variable === "budget_balance";
        return html`<tr><th scope="row">${variable(row.variable)}<small>${unit.unit}</small></th><td class="figure">${signed((policy - baseline) * unit.factor)}</td>
          <td class="figure">${balance ? "" : signed(100 * (policy / baseline - 1), 2)}</td><td class="figure soft">${before == null ? "" : signed(before * unit.factor)}</td>
          <td><${Spark} title=${`${variable(row.variable)}, ${t("over the years")}`} values=${row.policy.map((/** @type {number} */ x, /** @type {number} */ y) => x - row.baseline[y])}/></td></tr>`;
      })}</tbody></table>
      <table class="changes"><thead><tr><th scope="col">${t("GDP by area")}</th><th scope="col" class="figure">${spoken("100 million CNY").unit}</th><th scope="col" class="figure">%</th></tr></thead><tbody>
      ${path.rows.filter((/** @type {any} */ row) => row.region !== home && row.variable === "gdp").map((/** @type {any} */ row) => html`<tr><th scope="row">${place(row.region)}</th>
        <td class="figure">${signed((row.policy[at] - row.baseline[at]) * spoken(row.unit).factor)}</td><td class="figure">${signed(100 * (row.policy[at] / row.baseline[at] - 1), 2)}</td></tr>`)}</tbody></table>`}
  </div>`;
}

/** @param {{id: number, number: number}} props */
function History({ id, number }) {
  const { data } = useData(() => ask(`/api/scenarios/${id}/history`), [id, number]);
  return html`<details><summary>${t("History")}</summary><ol class="history">${(data ?? []).map((/** @type {any} */ each) => html`<li>${each.at.slice(0, 16).replace("T", " ")} UTC: ${t(each.what)} → ${t("version")} ${each.number}${each.note ? `, ${each.note}` : ""} (${each.author})</li>`)}</ol></details>`;
}

/** A study as a folder of text files: taken away, and brought back. @param {{study: number, may: boolean, reload: () => void, fail: (error: any) => void}} props */
function Folder({ study, may, reload, fail }) {
  const bring = async (/** @type {any} */ event) => {
    const chosen = /** @type {File[]} */ ([...event.target.files]);
    try {
      const texts = await Promise.all(chosen.map(async (file) => [file.webkitRelativePath.split("/").slice(1).join("/"), await file.text()]));
      const made = await post("/api/import", Object.fromEntries(texts.filter(([path]) => path === "workspace.json" || path.startsWith("scenarios/"))));
      const studies = await ask("/api/studies");
      reload();
      location.hash = address("programme", { scenario: studies.find((/** @type {any} */ each) => each.id === made.study)?.scenarios[0].id });
    } catch (failure) { fail(failure); }
    event.target.value = "";
  };
  return html`<details><summary>${t("The study as a folder")}</summary><p class="note">${t("folder note")}</p>
    <p class="buttons"><a href=${`/api/studies/${study}/folder.zip`}>${t("Export (zip)")}</a>
    ${may && html`<label>${t("Import a folder")} <input type="file" webkitdirectory multiple onChange=${bring}/></label>`}</p></details>`;
}
