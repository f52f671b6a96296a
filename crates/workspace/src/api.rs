//! Requests in, JSON and streams of events out.
//!
//! `openapi.json` describes every route; a test holds the two together. Changes carry the key of
//! the session (`guard`). Bodies are limited to [`LARGEST_BODY`], texts of studies to
//! [`LARGEST_TEXT`]; whatever waits for the store or computes does so aside from the threads that
//! answer.

mod people;
mod runs;
mod studies;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{MethodRouter, get, post, put};
use axum::{Json, Router};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

use crate::error::Refusal;
use crate::region;
use crate::state::{Workspace, aside};
use crate::store::Role::{self, Analyst, Viewer};
use crate::study_text::{StudyText, findings_json};

/// Bytes of a request.
const LARGEST_BODY: usize = 4 << 20;
/// Bytes of a study file with what stands beside it.
const LARGEST_TEXT: usize = 1 << 20;

/// How long the body of a request may take to arrive.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// The description of all routes.
const OPENAPI: &str = include_str!("openapi.json");

type Shared = State<Arc<Workspace>>;
type Answer = Result<Json<Value>, Refusal>;

/// Handlers of a path by method.
type Methods = fn() -> MethodRouter<Arc<Workspace>>;

/// A path: who may read, who may change, handlers. Without a role anybody may who reaches the
/// workspace.
struct Route {
    path: &'static str,
    reads: Option<Role>,
    changes: Option<Role>,
    methods: Methods,
}

const fn open(path: &'static str, methods: Methods) -> Route {
    Route { path, reads: None, changes: None, methods }
}

/// Everybody may read, and the role may change.
const fn of(path: &'static str, role: Role, methods: Methods) -> Route {
    Route { path, reads: Some(Role::Viewer), changes: Some(role), methods }
}

const fn managed(path: &'static str, methods: Methods) -> Route {
    let role = Some(Role::Administrator);
    Route { path, reads: role, changes: role, methods }
}

/// Paths with their methods, as `openapi.json` lists them. What is computed and not kept needs no
/// more than a viewer.
const ROUTES: &[Route] = &[
    open("/api/session", || get(people::session)),
    open("/api/openapi.json", || get(openapi)),
    open("/api/login", || post(people::login)),
    of("/api/logout", Viewer, || post(people::logout)),
    of("/api/password", Viewer, || put(people::password)),
    managed("/api/users", || get(people::list).post(people::add)),
    managed("/api/users/{name}", || put(people::change).delete(people::remove)),
    managed("/api/audit", || get(people::audit)),
    of("/api/accounts", Viewer, || get(accounts)),
    of("/api/parameters", Viewer, || get(parameters)),
    of("/api/studies", Analyst, || get(studies::list).post(studies::add)),
    of("/api/studies/{study}/files", Analyst, || get(studies::export)),
    of("/api/studies/{study}/folder.zip", Analyst, || get(studies::folder)),
    of("/api/studies/{study}/scenarios", Analyst, || post(studies::add_scenario)),
    of("/api/import", Analyst, || post(studies::import)),
    of("/api/scenarios/{scenario}", Analyst, || get(studies::scenario).put(studies::save)),
    of("/api/scenarios/{scenario}/history", Analyst, || get(studies::history)),
    of("/api/scenarios/{scenario}/versions/{number}", Analyst, || get(studies::version)),
    of("/api/scenarios/{scenario}/undo", Analyst, || post(studies::undo)),
    of("/api/scenarios/{scenario}/redo", Analyst, || post(studies::redo)),
    of("/api/check", Viewer, || post(studies::check)),
    of("/api/edit", Viewer, || post(studies::edit)),
    of("/api/preview", Viewer, || post(runs::preview)),
    of("/api/runs", Analyst, || get(runs::list).post(runs::add)),
    of("/api/runs/{run}", Analyst, || get(runs::one).put(runs::rename).delete(runs::remove)),
    of("/api/runs/{run}/events", Analyst, || get(runs::events)),
    of("/api/runs/{run}/cancel", Analyst, || post(runs::cancel)),
    of("/api/runs/{run}/results", Analyst, || get(runs::results)),
    of("/api/runs/{run}/why", Viewer, || post(runs::explain)),
    of("/api/runs/{run}/files/{name}", Analyst, || get(runs::file)),
];

/// The role that a route needs; nothing for the page, its files, and what anybody may ask.
pub(crate) fn needed(path: &str, reads: bool) -> Option<Role> {
    let route = ROUTES.iter().find(|route| route.path == path)?;
    if reads { route.reads } else { route.changes }
}

/// All routes.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    let add = |router: Router<_>, route: &Route| router.route(route.path, (route.methods)());
    let missing = async || Refusal::missing("page");
    let routes: Router<Arc<Workspace>> = ROUTES.iter().fold(Router::new(), add);
    routes.fallback(missing).layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// The body of a request, within [`LARGEST_BODY`].
struct Content(Bytes);

impl<S: Send + Sync> FromRequest<S> for Content {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let Ok(read) = timeout(BODY_PATIENCE, Bytes::from_request(request, state)).await else {
            let help = "send the request again over a better connection";
            let why = "the request did not arrive whole in time";
            return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "E2003", why, help));
        };
        read.map(Self).map_err(|rejection| {
            if rejection.status() != StatusCode::PAYLOAD_TOO_LARGE {
                return Refusal::unreadable(&rejection.body_text());
            }
            let message = format!("the request is larger than {} MiB", LARGEST_BODY >> 20);
            let help = "send less at a time; `ironbelt workspace import` takes larger folders";
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "E2013", message, help)
        })
    }
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
        let routes: BTreeSet<&str> = super::ROUTES.iter().map(|route| route.path).collect();
        assert_eq!(described, routes);
    }
}
