//! The workspace: a web application on this machine to look, change, compare and hand over.
//!
//! | module    | what                                                                        |
//! |-----------|-----------------------------------------------------------------------------|
//! | `store`   | studies, scenarios with every version, runs, people: `SQLite` or `PostgreSQL` |
//! | `study_text` | a text with its accounts, checked, as data                                  |
//! | `jobs`    | runs in a queue, one at a time, with progress and cancel                    |
//! | `preview` | the path of a changed text from the nearest solved one                      |
//! | `region`  | the accounts as the views show them                                         |
//! | `guard`   | who may ask: hosts, origins, key, proxy; headers of every answer            |
//! | `listen`  | connections and their limits                                                |
//! | `login`   | tokens, cookies, attempts that are slowed down                              |
//! | `api`     | requests in, JSON and streams of events out; described by `openapi.json`    |
//! | `assets`  | the page, embedded                                                          |
//!
//! A front end beside `cli`: it reads the clock and its own store, and computes
//! nothing. Solves run on threads of their own, so that requests are answered meanwhile.
//! Not here: the model (`economy`), studies (`study`), pictures and workbooks (`report`).

mod api;
mod assets;
mod error;
mod guard;
mod jobs;
mod listen;
mod login;
mod preview;
mod region;
mod state;
pub mod store;
mod study_text;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tower_http::compression::CompressionLayer;

pub use guard::Proxy;
pub use state::Workspace;
pub use study_text::findings_json;

use store::{Place, Store, StoreError};

/// How a workspace is served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// Where the store is.
    pub store: Place,
    /// The proxy in front of it, which has to be there unless the address is of this machine only.
    /// Behind a proxy people log in, or the proxy names them.
    pub proxy: Option<Proxy>,
}

/// Why a workspace is not served.
#[derive(Debug)]
pub enum ServeError {
    /// Others could reach the address, and nothing in front of it asks who they are.
    Open(SocketAddr),
    /// Others can reach it, and there is no administrator who could let them in.
    NoAdministrator,
    /// The store cannot be used.
    Store(StoreError),
    /// The address cannot be used, or threads cannot be started.
    System(std::io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(address) => write!(
                out,
                "others could reach {address}, and the workspace neither encrypts nor asks who they are"
            ),
            Self::NoAdministrator => {
                write!(out, "behind a proxy people log in, and the store has no administrator")
            }
            Self::Store(error) => write!(out, "{error}"),
            Self::System(error) => write!(out, "the workspace cannot be served: {error}"),
        }
    }
}

impl std::error::Error for ServeError {}

/// Serves a workspace until the process ends; `ready` is told the address.
///
/// # Errors
/// When the address is open to others without a proxy, in use, or the store cannot be opened.
pub fn serve(settings: &Settings, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    if !settings.address.ip().is_loopback() && settings.proxy.is_none() {
        return Err(ServeError::Open(settings.address));
    }
    let mut store = Store::open(&settings.store).map_err(ServeError::Store)?;
    if settings.proxy.is_some() && !store.has_administrator().map_err(ServeError::Store)? {
        return Err(ServeError::NoAdministrator);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(16)
        .enable_all()
        .build()
        .map_err(ServeError::System)?;
    let bound = std::net::TcpListener::bind(settings.address).map_err(ServeError::System)?;
    bound.set_nonblocking(true).map_err(ServeError::System)?;
    let address = bound.local_addr().map_err(ServeError::System)?;
    let workspace = Workspace::new(store, address, settings.proxy.clone())?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(bound).map_err(ServeError::System)?;
        ready(address);
        listen::listen(listener, router(workspace)).await;
        Ok(())
    })
}

/// All routes of a workspace, guarded.
pub fn router(workspace: Arc<Workspace>) -> axum::Router {
    let routes = guard::guarded(api::routes().merge(assets::routes()), workspace);
    routes.layer(CompressionLayer::new())
}
