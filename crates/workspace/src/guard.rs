//! Who may ask, and what every answer forbids the browser to do.
//!
//! | danger                                    | answer                                             |
//! |-------------------------------------------|----------------------------------------------------|
//! | a name of a foreign site made to point here (DNS rebinding) | only known hosts are answered    |
//! | a foreign page that sends a form (CSRF)   | changes need the key, which only our page can read, and our origin |
//! | foreign content in our page               | content security policy: nothing but our own files |
//! | others on the network                     | loopback only, or a proxy that proves itself by a secret |
//!
//! Not here: who a person is (a proxy's task), limits of size (`api`) and of work (`jobs`).

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::error::Refusal;
use crate::state::Workspace;

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

/// A proxy that encrypts, asks who people are, and proves itself to the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Origin under which people see the workspace, e.g. `https://plans.example.org`.
    pub origin: String,
    /// Value of the header `X-Ironbelt-Proxy` of each of its requests.
    pub secret: String,
}

/// What is known about rightful requests.
#[derive(Debug)]
pub(crate) struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
    secret: Option<String>,
    /// Value of [`KEY`], new in every process.
    pub(crate) key: String,
}

impl Guard {
    pub(crate) fn new(address: SocketAddr, proxy: Option<Proxy>) -> std::io::Result<Self> {
        let port = address.port();
        let local = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
        let mut bytes = [0_u8; 24];
        getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        let key = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        Ok(match proxy {
            None => Self {
                origins: local.iter().map(|host| format!("http://{host}")).collect(),
                hosts: local.into(),
                secret: None,
                key,
            },
            Some(proxy) => Self {
                hosts: vec![proxy.origin.rsplit('/').next().unwrap_or_default().to_owned()],
                origins: vec![proxy.origin],
                secret: Some(proxy.secret),
                key,
            },
        })
    }

    fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if !text(header::HOST.as_str()).is_some_and(|host| self.hosts.iter().any(|x| x == host)) {
            return Err("the request names a host that is not this workspace");
        }
        if let Some(secret) = &self.secret
            && !text(PROXY).is_some_and(|given| same(given, secret))
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

/// The person a request comes from: named by the proxy, else whoever uses this machine.
pub(crate) fn person(headers: &HeaderMap) -> String {
    let named = headers.get(PERSON).and_then(|value| value.to_str().ok());
    named.filter(|name| name.len() <= 100).unwrap_or("local").to_owned()
}

/// Routes behind the guard, with the headers of every answer.
pub(crate) fn guarded(routes: Router<Arc<Workspace>>, workspace: Arc<Workspace>) -> Router {
    let check = middleware::from_fn_with_state(workspace.clone(), admit);
    routes.layer(check).with_state(workspace)
}

async fn admit(State(workspace): State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    let mut answer = match workspace.guard.check(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
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
