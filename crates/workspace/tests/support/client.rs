//! Requests to a workspace, without a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use workspace::store::Store;
use workspace::{Proxy, Workspace};

/// Host that the requests of a test name.
pub const HOST: &str = "127.0.0.1:4178";

/// A workspace that is asked without a socket.
pub struct Client {
    routes: Router,
    pub workspace: Arc<Workspace>,
}

/// What it answers.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("text")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }
}

impl Client {
    /// Over a store in memory.
    pub fn new(proxy: Option<Proxy>) -> Self {
        Self::over(Store::in_memory().expect("memory"), proxy)
    }

    pub fn over(store: Store, proxy: Option<Proxy>) -> Self {
        let address: SocketAddr = HOST.parse().expect("an address");
        let workspace = Workspace::new(store, address, proxy).expect("a workspace");
        Self { routes: workspace::router(workspace.clone()), workspace }
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let answer = self.routes.clone().oneshot(request).await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = to_bytes(answer.into_body(), 64 << 20).await.expect("a body").to_vec();
        Answer { status, headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("host", HOST)], Body::empty()).await
    }

    pub async fn change(&self, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("host", HOST), ("x-ironbelt-key", self.workspace.key())];
        self.send(method, path, &headers, body.to_string()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.change(Method::POST, path, &body).await
    }
}
