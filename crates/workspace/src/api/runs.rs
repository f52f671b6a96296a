//! Runs: asked for, watched, cancelled, and their results; previews as a stream.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use super::{Answer, Shared, number, read, sized, stream, stream_permit};
use crate::error::Refusal;
use crate::jobs::{self, Kind};
use crate::state::aside;
use crate::study_text::StudyText;

/// Policy of the report: a document of its own, without scripts.
const REPORT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

pub(super) async fn list(State(workspace): Shared) -> Answer {
    aside(&workspace, |workspace| Ok(Json(json!(workspace.store().runs()?)))).await
}

#[derive(Deserialize)]
struct NewRun {
    scenario: i64,
    /// The version that counts when there is none.
    version: Option<i64>,
    #[serde(flatten)]
    kind: Kind,
}

pub(super) async fn add(State(workspace): Shared, body: Bytes) -> Answer {
    let new: NewRun = read(&body)?;
    aside(&workspace, move |workspace| {
        let number = match new.version {
            Some(number) => number,
            None => workspace.store().head(new.scenario)?.number,
        };
        let id = jobs::enqueue(workspace, new.scenario, number, new.kind)?;
        Ok(Json(json!({ "run": id })))
    })
    .await
}

pub(super) async fn one(State(workspace): Shared, Path(run): Path<String>) -> Answer {
    let run = number(&run)?;
    aside(&workspace, move |workspace| Ok(Json(json!(workspace.store().run(run)?)))).await
}

pub(super) async fn cancel(State(workspace): Shared, Path(run): Path<String>) -> Answer {
    let run = number(&run)?;
    Ok(Json(json!({ "cancelled": workspace.queue.cancel(run) })))
}

/// Progress of a run until it ends; of one that has ended, how it did.
pub(super) async fn events(
    State(workspace): Shared,
    Path(run): Path<String>,
) -> Result<Response, Refusal> {
    let run = number(&run)?;
    let permit = stream_permit(&workspace)?;
    let (sender, receiver) = mpsc::channel(4);
    let Some(mut progress) = workspace.queue.watch(run) else {
        let ended = aside(&workspace, move |workspace| Ok(workspace.store().run(run)?)).await?;
        let told = json!({
            "state": ended.state, "done": 0, "all": 0, "message": ended.message,
        });
        let _ = sender.try_send(("progress", told));
        return Ok(stream(receiver, permit).into_response());
    };
    tokio::spawn(async move {
        loop {
            let now = progress.borrow_and_update().clone();
            let ended = now.state.has_ended();
            let sent = sender.send(("progress", json!(now))).await;
            if ended || sent.is_err() || progress.changed().await.is_err() {
                break;
            }
        }
    });
    Ok(stream(receiver, permit).into_response())
}

/// The path of a text at once: `begun`, then `solved` or `failed`. Closing the stream gives it up.
pub(super) async fn preview(State(workspace): Shared, body: Bytes) -> Result<Response, Refusal> {
    let given: StudyText = sized(read(&body)?)?;
    let permit = stream_permit(&workspace)?;
    let checked = aside(&workspace, move |workspace| jobs::ready(workspace, &given)).await?;
    let (sender, receiver) = mpsc::channel(4);
    tokio::task::spawn_blocking(move || {
        let Some(study) = checked.study else { return };
        let gone = || sender.is_closed();
        let begun = |near: bool| {
            let _ = sender.blocking_send(("begun", json!({ "near": near })));
        };
        let ended = workspace.previews.solve(&study, &checked.inputs, &gone, &begun);
        let _ = match ended {
            Ok(None) => Ok(()),
            Ok(Some(preview)) => sender.blocking_send(("solved", json!(preview))),
            Err(message) => sender.blocking_send(("failed", json!({ "message": message }))),
        };
    });
    Ok(stream(receiver, permit).into_response())
}

pub(super) async fn results(
    State(workspace): Shared,
    Path(run): Path<String>,
) -> Result<Response, Refusal> {
    let run = number(&run)?;
    let text = aside(&workspace, move |workspace| Ok(workspace.store().results(run)?)).await?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

/// A file made from the results of a run: report, workbook, or a table.
pub(super) async fn file(
    State(workspace): Shared,
    Path((run, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let run = number(&run)?;
    aside(&workspace, move |workspace| {
        let text = workspace.store().results(run)?;
        let results = study::store::read("results", &text).map_err(|_| {
            let help = "only runs of a study have files";
            Refusal::new(StatusCode::NOT_FOUND, "E2004", "this run has no files", help)
        })?;
        made(&results, &name)
    })
    .await
}

fn made(results: &study::results::Results, name: &str) -> Result<Response, Refusal> {
    if name == "report.html" {
        let page = report::html::page(results);
        let headers =
            [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, REPORT_POLICY)];
        return Ok((headers, page).into_response());
    }
    let (content_type, content) = if name == "workbook.xlsx" {
        let book = report::workbook::workbook(results).map_err(Refusal::broken)?;
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book)
    } else {
        let found = study::store::write(results).remove(name);
        let text = found.ok_or_else(|| Refusal::missing("file"))?;
        ("text/csv; charset=utf-8", text.into_bytes())
    };
    let attached = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, attached)];
    Ok((headers, content).into_response())
}
