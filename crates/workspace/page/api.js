// @ts-check
// Requests to the workspace: JSON in and out, streams of events, refusals as errors.

/** @typedef {{key: string, version: string, person: {name: string, role: string} | null, may: {change: boolean, manage: boolean}}} Session */

/** @type {Promise<Session> | null} */
let session = null;

/** Key of changes, version of the program, who is logged in. @returns {Promise<Session>} */
export function openSession() {
  session ??= fetch("/api/session").then(async (answer) => {
    if (answer.ok) return answer.json();
    session = null;
    throw new Refusal(answer.status, await answer.json().catch(() => null));
  });
  return session;
}

/** Asks anew who is logged in, and tells the page. */
export function renewSession() {
  session = null;
  kept.clear();
  dispatchEvent(new Event("session"));
}

/** Tells the windows of one person apart: of each, the newest preview counts. */
const WINDOW = crypto.getRandomValues(new Uint32Array(2)).join("-");

/** A refusal of the workspace: code, message, way out, and details such as findings. */
export class Refusal extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body?.error?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = body?.error?.code ?? "";
    this.help = body?.error?.help ?? "";
    this.details = body?.details ?? null;
  }
}

/**
 * @param {string} path
 * @param {{method?: string, body?: any, signal?: AbortSignal}} [options]
 * @param {boolean} [again] whether a stale key may be renewed once
 * @returns {Promise<Response>}
 */
async function send(path, { method = "GET", body, signal } = {}, again = true) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (method !== "GET") headers["X-Ironbelt-Window"] = WINDOW;
  if (method !== "GET") headers["X-Ironbelt-Key"] = (await openSession()).key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.ok) return answer;
  if (answer.status === 403 && again && method !== "GET") {
    session = null; // the workspace was started anew
    return send(path, { method, body, signal }, false);
  }
  const refusal = new Refusal(answer.status, await answer.json().catch(() => null));
  if (refusal.code === "E2017") renewSession(); // the session has ended
  throw refusal;
}

/** @param {string} path @param {{method?: string, body?: any, signal?: AbortSignal}} [options] */
export async function ask(path, options) {
  return (await send(path, options)).json();
}

/** @param {string} path @param {any} [body] */
export const post = (path, body) => ask(path, { method: "POST", body });

/**
 * Reads a stream of events until it ends.
 * @param {string} path
 * @param {{method?: string, body?: any, signal?: AbortSignal}} options
 * @param {(name: string, data: any) => void} hear
 */
export async function listen(path, options, hear) {
  const answer = await send(path, options);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true });
    const events = rest.split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const lines = event.split("\n");
      const of = (/** @type {string} */ name) =>
        lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length).trim());
      const data = of("data:").join("\n");
      if (data) hear(of("event:")[0] ?? "message", JSON.parse(data));
    }
  }
}

/** @type {Map<string, Promise<any>>} */
const kept = new Map();

/** What never changes is asked for once. @param {string} path */
export function askOnce(path) {
  let answer = kept.get(path);
  if (!answer) {
    answer = ask(path);
    answer.catch(() => kept.delete(path));
    kept.set(path, answer);
  }
  return answer;
}
