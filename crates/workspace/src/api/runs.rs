//! Runs: asked for, watched, cancelled, and their results; previews as a stream.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;
use study::run::mix::Prepared;
use study::run::outcome::{Outcome, Unknown};
use study::run::why::{self, WhyError};
use tokio::sync::mpsc;

use super::{Answer, Content, Shared, number, read, sized, stream, stream_permit};
use crate::error::Refusal;
use crate::jobs::{self, Kind};
use crate::preview::Asked;
use crate::state::aside;
use crate::store::Person;
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

pub(super) async fn add(
    State(workspace): Shared,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let new: NewRun = read(&body)?;
    aside(&workspace, move |workspace| {
        let number = match new.version {
            Some(number) => number,
            None => workspace.store().head(new.scenario)?.number,
        };
        let id = jobs::enqueue(workspace, new.scenario, number, new.kind, &person.name)?;
        Ok(Json(json!({ "run": id })))
    })
    .await
}

pub(super) async fn one(State(workspace): Shared, Path(run): Path<String>) -> Answer {
    let run = number(&run)?;
    aside(&workspace, move |workspace| Ok(Json(json!(workspace.store().run(run)?)))).await
}

pub(super) async fn cancel(
    State(workspace): Shared,
    Path(run): Path<String>,
    Extension(person): Extension<Person>,
) -> Answer {
    let run = number(&run)?;
    let cancelled = workspace.queue.cancel(run);
    if cancelled {
        let subject = format!("#{run}");
        aside(&workspace, move |workspace| {
            Ok(workspace.store().note(&person.name, "cancel run", &subject)?)
        })
        .await?;
    }
    Ok(Json(json!({ "cancelled": cancelled })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Renamed {
    name: String,
}

pub(super) async fn rename(
    State(workspace): Shared,
    Path(run): Path<String>,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let run = number(&run)?;
    let new: Renamed = read(&body)?;
    aside(&workspace, move |workspace| {
        Ok(Json(json!(workspace.store().rename_run(run, &new.name, &person.name)?)))
    })
    .await
}

pub(super) async fn remove(
    State(workspace): Shared,
    Path(run): Path<String>,
    Extension(person): Extension<Person>,
) -> Answer {
    let run = number(&run)?;
    aside(&workspace, move |workspace| {
        workspace.store().delete_run(run, &person.name)?;
        Ok(Json(json!({ "deleted": run })))
    })
    .await
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

/// Header that tells the windows of one person apart.
const WINDOW: &str = "x-ironbelt-window";

/// The path of a text at once, as a stream of the events of [`Asked`]. Closing it, or asking anew
/// from the same window, gives it up.
pub(super) async fn preview(
    State(workspace): Shared,
    Extension(person): Extension<Person>,
    headers: HeaderMap,
    Content(body): Content,
) -> Result<Response, Refusal> {
    let given: StudyText = sized(read(&body)?)?;
    let permit = stream_permit(&workspace)?;
    let checked = aside(&workspace, move |workspace| jobs::ready(workspace, &given)).await?;
    let (sender, receiver) = mpsc::channel(4);
    let window = headers.get(WINDOW).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asker = (person.name, window.chars().take(40).collect());
    let study =
        checked.study.ok_or_else(|| Refusal::broken("a text without errors is no study"))?;
    if !workspace.previews.ask(Asked::new(asker, study, checked.inputs, sender)) {
        let help = "try again in a moment";
        let why = "too many changes wait to be solved";
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "E2011", why, help));
    }
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

/// A number of the results, and which of its terms to follow.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    indicator: String,
    region: String,
    industry: Option<String>,
    year: u16,
    #[serde(default)]
    follow: Vec<String>,
}

/// The terms of a number's own formula, each of which can be followed to its own.
pub(super) async fn explain(
    State(workspace): Shared,
    Path(run): Path<String>,
    Content(body): Content,
) -> Answer {
    let run = number(&run)?;
    let Asking { indicator, region, industry, year, follow } = read(&body)?;
    let outcome = Outcome { indicator, region, industry, year };
    // Both paths are solved for an answer: one at a time.
    let turn = workspace.explaining.acquire().await;
    let told = aside(&workspace, move |workspace| {
        let run = workspace.store().run(run)?;
        let version = workspace.store().version(run.scenario, run.version)?;
        let given = StudyText { text: version.text, companions: version.companions };
        let checked = jobs::ready(workspace, &given)?;
        let broken = || Refusal::broken("a text without errors is no study");
        let study = checked.study.ok_or_else(broken)?;
        outcome.check(&study, &checked.inputs).map_err(|wrong| unknown(&wrong))?;
        let failed = |error: study::run::RunError| {
            let help = "run the study in full: its message says what to change";
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "E2025", error.to_string(), help)
        };
        let prepared = Prepared::new(&study, &checked.inputs).map_err(failed)?;
        let told = why::why(&prepared, &outcome, &follow).map_err(|error| match error {
            WhyError::Unknown(wrong) => unknown(&wrong),
            WhyError::Run(error) => failed(error),
        })?;
        Ok(Json(json!(told)))
    })
    .await;
    drop(turn);
    told
}

fn unknown(wrong: &[Unknown]) -> Refusal {
    let all: Vec<String> = wrong.iter().map(|each| format!("{each}: {}", each.help())).collect();
    let help = "take a name that the results have";
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "E2026", all.join("; "), help)
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
    let page = match name {
        "report.html" => Some(report::html::page(results)),
        "memo.html" => Some(report::memo::memo(results, None).html()),
        _ => None,
    };
    if let Some(page) = page {
        let headers =
            [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, REPORT_POLICY)];
        return Ok((headers, page).into_response());
    }
    let (content_type, content) = if name == "workbook.xlsx" {
        let book = report::workbook::workbook(results).map_err(Refusal::broken)?;
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", book)
    } else if name == "memo.docx" {
        let memo = report::memo::memo(results, None).word().map_err(Refusal::broken)?;
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", memo)
    } else {
        let found = study::store::write(results).remove(name);
        let text = found.ok_or_else(|| Refusal::missing("file"))?;
        if name.rsplit('.').next() == Some("csv") {
            ("text/csv; charset=utf-8", harmless(&text)?)
        } else {
            ("application/json", text.into_bytes())
        }
    };
    let attached = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, attached)];
    Ok((headers, content).into_response())
}

/// A table without texts that a spreadsheet takes for formulas: they get a quote in front.
fn harmless(table: &str) -> Result<Vec<u8>, Refusal> {
    let broken = |error: csv::Error| Refusal::broken(error.to_string());
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(table.as_bytes());
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let cells = record.iter().map(|cell| {
            let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            if formula && cell.parse::<f64>().is_err() {
                format!("'{cell}")
            } else {
                cell.to_owned()
            }
        });
        writer.write_record(cells).map_err(broken)?;
    }
    writer.into_inner().map_err(|error| Refusal::broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_cell_is_a_formula() {
        let table = "name,change\n=1+1,-2.5\n\"@SUM(A1, A2)\",+3\n-x,a-b\n";
        let told = String::from_utf8(super::harmless(table).expect("a table")).expect("text");
        assert_eq!(told, "name,change\n'=1+1,-2.5\n\"'@SUM(A1, A2)\",+3\n'-x,a-b\n");
    }
}
