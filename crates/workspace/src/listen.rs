//! Connections: no more than can be served, and none that is held open by sending nothing.
//!
//! Not here: what is answered (`api`), how long a body may take (`api::Content`).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::Service;

/// Connections that may be open at a time.
const CONNECTIONS: usize = 512;
/// How long the head of a request may take, from the end of the one before.
const HEAD_PATIENCE: Duration = Duration::from_secs(60);
/// Pause after a connection that could not be accepted, e.g. for want of file handles.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers connections for ever.
pub(crate) async fn listen(listener: TcpListener, routes: Router) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let routes = routes.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            Service::call(&mut routes.clone(), request)
        });
        tokio::spawn(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
            // A connection that breaks is the other side's affair.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
            drop(permit);
        });
    }
}
