// @ts-check
// Logging in; for administrators users with their roles, and what everybody did.
import { html, useState } from "../vendor/preact-htm.js";
import { ask, post, renewSession } from "../api.js";
import { Problem, Table, useData, Waiting } from "../parts.js";
import { t } from "../words.js";

const ROLES = ["viewer", "analyst", "administrator"];

/** @param {{label: string, value: string, set: (value: string) => void, type?: string, complete?: string}} props */
function Input({ label, value, set, type = "text", complete = "off" }) {
  return html`<label>${label}<input type=${type} value=${value} autocomplete=${complete} required onInput=${(/** @type {any} */ event) => set(event.target.value)}/></label>`;
}

/** @param {{value: string, label: string, set: (role: string) => void}} props */
function RoleChoice({ value, label, set }) {
  return html`<select aria-label=${label} value=${value} onChange=${(/** @type {any} */ event) => set(event.target.value)}>
    ${ROLES.map((each) => html`<option value=${each} selected=${each === value}>${t(each)}</option>`)}</select>`;
}

export function Login() {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  const enter = async (/** @type {Event} */ event) => {
    event.preventDefault();
    try {
      await post("/api/login", { name, password });
      renewSession();
    } catch (failure) { setPassword(""); setTrouble(failure); }
  };
  return html`<form class="login" onSubmit=${enter}><h1>${t("Log in")}</h1>
    <${Input} label=${t("Name")} value=${name} set=${setName} complete="username"/>
    <${Input} label=${t("Password")} value=${password} set=${setPassword} type="password" complete="current-password"/>
    <button class="main">${t("Log in")}</button>
    ${trouble && html`<${Problem} error=${trouble}/>`}</form>`;
}

/** @param {{session: any}} props */
export function Users({ session }) {
  const [count, again] = useState(0);
  const [trouble, setTrouble] = useState(/** @type {any} */ (null));
  const { data: users, error } = useData(() => ask("/api/users"), [count]);
  const change = async (/** @type {string} */ path, /** @type {string} */ method, /** @type {any} */ body) => {
    setTrouble(null);
    try {
      await ask(path, { method, body });
      again((x) => x + 1);
      const own = path.endsWith(`/${encodeURIComponent(session.person.name)}`);
      if (own || session.person.name === "local") renewSession();
      return true;
    } catch (failure) { setTrouble(failure); return false; }
  };
  const of = (/** @type {string} */ name) => `/api/users/${encodeURIComponent(name)}`;
  const renew = (/** @type {string} */ name) => {
    const password = prompt(`${t("New password of")} ${name}`);
    if (password) change(of(name), "PUT", { password });
  };
  if (error) return html`<${Problem} error=${error}/>`;
  if (!users) return html`<${Waiting}/>`;
  return html`<h1>${t("Users")}</h1><p class="lead">${t(users.length === 0 ? "no users lead" : "users lead")}</p>
    ${trouble && html`<${Problem} error=${trouble}/>`}
    ${users.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${t("Users")}><table><thead><tr>${["Name", "Role", "Added", "Logged in"].map((each) => html`<th scope="col">${t(each)}</th>`)}<td></td></tr></thead>
      <tbody>${users.map((/** @type {any} */ each) => html`<tr key=${each.name}><th scope="row">${each.name}</th>
        <td><${RoleChoice} value=${each.role} label=${`${t("Role")}: ${each.name}`} set=${(/** @type {string} */ role) => change(of(each.name), "PUT", { role })}/></td>
        <td>${each.created.slice(0, 10)}</td><td>${each.seen.slice(0, 16).replace("T", " ")}</td>
        <td><span class="buttons"><button class="quiet" onClick=${() => renew(each.name)}>${t("New password")}</button>
          <button class="quiet" aria-label=${`${t("Remove")} ${each.name}`} onClick=${() => confirm(`${t("Remove")} ${each.name}?`) && change(of(each.name), "DELETE", undefined)}>${t("Remove")}</button></span></td></tr>`)}</tbody></table></div>`}
    <${NewUser} first=${users.length === 0} add=${(/** @type {any} */ body) => change("/api/users", "POST", body)}/>
    <${Audit} key=${count}/>`;
}

/** @param {{first: boolean, add: (body: any) => Promise<boolean>}} props */
function NewUser({ first, add }) {
  const empty = { name: "", password: "", role: first ? "administrator" : "analyst" };
  const [user, set] = useState(empty);
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (await add(user)) set({ ...empty, role: "analyst" });
  };
  return html`<section><h2>${t("Add a user")}</h2><form class="filters" onSubmit=${send}>
    <${Input} label=${t("Name")} value=${user.name} set=${(/** @type {string} */ name) => set({ ...user, name })}/>
    <${Input} label=${t("Password")} type="password" complete="new-password" value=${user.password} set=${(/** @type {string} */ password) => set({ ...user, password })}/>
    <label>${t("Role")}<${RoleChoice} value=${user.role} label=${t("Role")} set=${(/** @type {string} */ role) => set({ ...user, role })}/></label>
    <button class="main">${t("Add")}</button></form></section>`;
}

/** What was done, the latest first; older lines on demand. */
function Audit() {
  const [older, setOlder] = useState(/** @type {any[]} */ ([]));
  const [end, setEnd] = useState(false);
  const { data, error } = useData(() => ask("/api/audit"), []);
  if (error) return html`<${Problem} error=${error}/>`;
  if (!data) return html`<${Waiting}/>`;
  const lines = [...data, ...older];
  const more = async () => {
    const next = await ask(`/api/audit?before=${lines.at(-1).id}`);
    setOlder([...older, ...next]);
    setEnd(next.length === 0);
  };
  const table = { columns: ["When (UTC)", "Who", "What", "To what"].map((name) => ({ name: t(name) })), rows: lines.map((each) => [each.at.slice(0, 19).replace("T", " "), each.person, each.what, each.subject]) };
  return html`<section><h2>${t("Audit")}</h2><${Table} caption=${t("Audit")} table=${table}/>
    ${!end && data.length >= 200 && html`<button class="quiet" onClick=${more}>${t("Older")}</button>`}</section>`;
}
