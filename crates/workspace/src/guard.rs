//! Who may ask, and what every answer forbids the browser to do.
//!
//! | danger                                    | answer                                             |
//! |-------------------------------------------|----------------------------------------------------|
//! | a name of a foreign site made to point here (DNS rebinding) | only known hosts are answered    |
//! | a foreign page that sends a form (CSRF)   | changes need the key, which only our page can read, and our origin |
//! | foreign content in our page               | content security policy: nothing but our own files |
//! | others on the network                     | loopback only, or a proxy that proves itself by a secret, and people log in |
//! | people who may look, not change           | each route says which role it needs                |
//!
//! People log in as soon as the store has users; beyond this machine always.
//! Not here: passwords and cookies (`login`), limits of size (`api`) and of work (`jobs`).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;
use crate::state::{Workspace, aside};
use crate::store::{Known, Person, Role};
use crate::{api, login};

/// Header that carries the key of changes.
pub(crate) const KEY: &str = "x-ironbelt-key";
/// Header by which the proxy proves itself.
const PROXY: &str = "x-ironbelt-proxy";
/// Header in which the proxy names the person.
const PERSON: &str = "x-ironbelt-user";

/// What our page may do: load its own files and talk to its own server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; frame-src 'none'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

/// A proxy that encrypts and proves itself to the workspace.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Origin under which people see the workspace, e.g. `https://plans.example.org`.
    pub origin: String,
    /// Value of the header `X-Ironbelt-Proxy` of each of its requests.
    pub secret: String,
    /// Whether it has asked who people are: `X-Ironbelt-User` then names a user of the store, and
    /// nobody logs in. Without it that header is ignored.
    pub names_people: bool,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Proxy({}, names people: {})", self.origin, self.names_people)
    }
}

/// What is known about rightful requests.
#[derive(Debug)]
pub(crate) struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
    proxy: Option<Proxy>,
    /// Value of [`KEY`], new in every process.
    pub(crate) key: String,
    /// Name of the cookie that carries the token of a session.
    pub(crate) cookie: String,
}

impl Guard {
    pub(crate) fn new(address: SocketAddr, proxy: Option<Proxy>) -> std::io::Result<Self> {
        let port = address.port();
        let local = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        let key = login::token()?;
        Ok(match &proxy {
            // Cookies know no ports: the name keeps apart what is served beside it.
            None => Self {
                origins: local.iter().map(|host| format!("http://{host}")).collect(),
                hosts: local.into(),
                cookie: format!("ironbelt-{port}"),
                proxy,
                key,
            },
            Some(known) => Self {
                hosts: vec![known.origin.rsplit('/').next().unwrap_or_default().to_owned()],
                origins: vec![known.origin.clone()],
                cookie: "__Host-ironbelt".to_owned(),
                proxy,
                key,
            },
        })
    }

    /// Whether the connection is encrypted, so that a cookie may say so.
    pub(crate) fn encrypted(&self) -> bool {
        self.proxy.is_some()
    }

    fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if !text(header::HOST.as_str()).is_some_and(|host| self.hosts.iter().any(|x| x == host)) {
            return Err("the request names a host that is not this workspace");
        }
        if let Some(proxy) = &self.proxy
            && !text(PROXY).is_some_and(|given| same(given, &proxy.secret))
        {
            return Err("the request did not come through the proxy");
        }
        if text("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
            && text("sec-fetch-mode") != Some("navigate")
        {
            return Err("the request comes from another site");
        }
        if method == Method::GET || method == Method::HEAD {
            return Ok(());
        }
        if text("origin").is_some_and(|origin| !self.origins.iter().any(|x| x == origin)) {
            return Err("the request comes from another site");
        }
        if text(KEY).is_some_and(|given| same(given, &self.key)) {
            Ok(())
        } else {
            Err("a change needs the key of this session; reload the page")
        }
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn same(given: &str, known: &str) -> bool {
    let pairs = given.bytes().zip(known.bytes());
    given.len() == known.len() && pairs.fold(0, |found, (a, b)| found | (a ^ b)) == 0
}

/// Who asks; nothing when they have to log in first.
pub(crate) async fn person(
    workspace: &Arc<Workspace>,
    headers: &HeaderMap,
) -> Result<Option<Person>, Refusal> {
    let guard = &workspace.guard;
    let by_proxy = guard.proxy.as_ref().is_some_and(|proxy| proxy.names_people);
    let named = headers.get(PERSON).filter(|_| by_proxy);
    let named = named.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let token = login::cookie(headers, &guard.cookie);
    let open = guard.proxy.is_none();
    aside(workspace, move |workspace| {
        let mut store = workspace.store();
        if let Some(name) = named {
            return match store.named(&name)? {
                Known::Person(person) => Ok(Some(person)),
                _ => Err(Refusal::new(
                    StatusCode::FORBIDDEN,
                    "E2019",
                    format!("`{name}` is no user of this workspace"),
                    "an administrator adds users, on the page or by `ironbelt user add`",
                )),
            };
        }
        Ok(match store.known(token.as_deref())? {
            Known::Person(person) => Some(person),
            Known::NoUsers if open => {
                Some(Person { name: "local".to_owned(), role: Role::Administrator })
            }
            Known::NoUsers | Known::Nobody => None,
        })
    })
    .await
}

/// Lets a request through to a route that everybody may ask, or to one that its person may.
async fn permitted(workspace: &Arc<Workspace>, mut request: Request) -> Result<Request, Refusal> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let Some(needed) = path.and_then(|path| api::needed(path, reads)) else { return Ok(request) };
    let headers = request.headers().clone();
    let person = person(workspace, &headers).await?.ok_or_else(|| {
        let help = "log in on the page, or send the cookie that /api/login gives";
        let why = "nobody is logged in, or the session has ended";
        Refusal::new(StatusCode::UNAUTHORIZED, "E2017", why, help)
    })?;
    if person.role < needed {
        let why = format!("this needs the role {}, yours is {}", needed.word(), person.role.word());
        let help = "ask an administrator for it";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "E2019", why, help));
    }
    request.extensions_mut().insert(person);
    Ok(request)
}

/// Routes behind the guard, with the headers of every answer.
pub(crate) fn guarded(routes: Router<Arc<Workspace>>, workspace: Arc<Workspace>) -> Router {
    let check = middleware::from_fn_with_state(workspace.clone(), admit);
    routes.layer(check).with_state(workspace)
}

async fn admit(State(workspace): State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    let mut answer = match workspace.guard.check(request.method(), request.headers()) {
        Ok(()) => match permitted(&workspace, request).await {
            Ok(request) => next.run(request).await,
            Err(refusal) => refusal.into_response(),
        },
        Err(why) => {
            let help = "open the address that `ironbelt serve` printed";
            Refusal::new(StatusCode::FORBIDDEN, "E2003", why, help).into_response()
        }
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
        headers.insert(name, HeaderValue::from_static("same-origin"));
    }
    answer
}
