//! Requests in, JSON and streams of events out.
//!
//! `openapi.json` describes every route; a test holds the two together. Changes carry the key of
//! the session (`guard`). Bodies are limited to [`LARGEST_BODY`], texts of studies to
//! [`LARGEST_TEXT`]; whatever waits for the store or computes does so aside from the threads that
//! answer.

mod runs;
mod studies;

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::error::Refusal;
use crate::region;
use crate::state::{Workspace, aside};
use crate::study_text::{StudyText, findings_json};

/// Bytes of a request.
const LARGEST_BODY: usize = 4 << 20;
/// Bytes of a study file with what stands beside it.
const LARGEST_TEXT: usize = 1 << 20;

/// The description of all routes.
const OPENAPI: &str = include_str!("openapi.json");

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Refusal>;

/// Handlers of a path by method.
type Methods = fn() -> MethodRouter<Arc<Workspace>>;

/// Paths with their methods, as `openapi.json` lists them.
const ROUTES: &[(&str, Methods)] = &[
    ("/api/session", || get(session)),
    ("/api/openapi.json", || get(openapi)),
    ("/api/accounts", || get(accounts)),
    ("/api/parameters", || get(parameters)),
    ("/api/studies", || get(studies::list).post(studies::add)),
    ("/api/studies/{study}/files", || get(studies::export)),
    ("/api/studies/{study}/scenarios", || post(studies::add_scenario)),
    ("/api/import", || post(studies::import)),
    ("/api/scenarios/{scenario}", || get(studies::scenario).put(studies::save)),
    ("/api/scenarios/{scenario}/history", || get(studies::history)),
    ("/api/scenarios/{scenario}/versions/{number}", || get(studies::version)),
    ("/api/scenarios/{scenario}/undo", || post(studies::undo)),
    ("/api/scenarios/{scenario}/redo", || post(studies::redo)),
    ("/api/check", || post(studies::check)),
    ("/api/edit", || post(studies::edit)),
    ("/api/preview", || post(runs::preview)),
    ("/api/runs", || get(runs::list).post(runs::add)),
    ("/api/runs/{run}", || get(runs::one)),
    ("/api/runs/{run}/events", || get(runs::events)),
    ("/api/runs/{run}/cancel", || post(runs::cancel)),
    ("/api/runs/{run}/results", || get(runs::results)),
    ("/api/runs/{run}/files/{name}", || get(runs::file)),
];

/// All routes.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    let add = |router: Router<_>, (path, methods): &(&str, Methods)| router.route(path, methods());
    let missing = async || Refusal::missing("page");
    let routes: Router<Arc<Workspace>> = ROUTES.iter().fold(Router::new(), add);
    routes.fallback(missing).layer(DefaultBodyLimit::max(LARGEST_BODY))
}

async fn session(State(workspace): Shared) -> Json<Value> {
    Json(json!({ "key": workspace.guard.key, "version": env!("CARGO_PKG_VERSION") }))
}

async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], OPENAPI)
}

async fn accounts(State(workspace): Shared) -> Answer {
    aside(&workspace, |workspace| {
        let inputs = workspace.inputs().map_err(|findings| {
            Refusal::broken("the accounts cannot be built")
                .with(json!({ "findings": findings_json(&findings) }))
        })?;
        Ok(Json(region::accounts_json(&inputs)))
    })
    .await
}

async fn parameters() -> Json<Value> {
    let all = study::parameters::Parameters::default();
    let told = |each: &study::parameters::Parameter| {
        json!({
            "name": each.name, "value": each.value, "unit": each.unit,
            "low": each.range.0, "high": each.range.1, "source": each.source,
            "status": study::spec::Status::word(each.status), "meaning": each.meaning,
        })
    };
    Json(all.iter().map(told).collect())
}

/// A body of the expected form.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::unreadable(&error))
}

/// A text of a size that is taken.
fn sized(given: StudyText) -> Result<StudyText, Refusal> {
    let beside: usize = given.companions.iter().map(|(name, text)| name.len() + text.len()).sum();
    if given.text.len() + beside <= LARGEST_TEXT {
        return Ok(given);
    }
    let message = format!("the study is longer than {} KiB", LARGEST_TEXT >> 10);
    let help = "run it with `ironbelt run`, which has no such limit";
    Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "E2013", message, help))
}

/// A number in a path.
fn number(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::missing("page"))
}

/// Leave to open a stream of events.
fn stream_permit(workspace: &Arc<Workspace>) -> Result<OwnedSemaphorePermit, Refusal> {
    workspace.streams.clone().try_acquire_owned().map_err(|_| {
        let help = "close other windows of the workspace";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Refusal::new(status, "E2014", "too many streams of events are open", help)
    })
}

/// Events from a channel until its sender is gone.
fn stream(
    events: mpsc::Receiver<(&'static str, Value)>,
    permit: OwnedSemaphorePermit,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let next = async |(mut events, permit): (mpsc::Receiver<(&'static str, Value)>, _)| {
        let (name, data) = events.recv().await?;
        let event = Event::default().event(name).data(data.to_string());
        Some((Ok(event), (events, permit)))
    };
    Sse::new(unfold((events, permit), next)).keep_alive(KeepAlive::default())
}

/// Identity and number of a path with two parts.
fn pair(Path((first, second)): Path<(String, String)>) -> Result<(i64, i64), Refusal> {
    Ok((number(&first)?, number(&second)?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_description_lists_exactly_the_routes() {
        let described: serde_json::Value = serde_json::from_str(super::OPENAPI).expect("JSON");
        let paths = described["paths"].as_object().expect("paths");
        let described: BTreeSet<&str> = paths.keys().map(String::as_str).collect();
        let routes: BTreeSet<&str> = super::ROUTES.iter().map(|(path, _)| *path).collect();
        assert_eq!(described, routes);
    }
}
