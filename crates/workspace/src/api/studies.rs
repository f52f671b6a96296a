//! Studies, scenarios and their versions; checking and editing texts.

use std::io::{Cursor, Write};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::{Answer, Content, Shared, number, pair, read, sized};
use crate::error::Refusal;
use crate::state::{Workspace, aside};
use crate::store::folder::{Files, is_plain};
use crate::store::{Draft, Person, Version};
use crate::study_text::{self, StudyText, findings_json};

/// Longest note on a change, in characters.
const LONGEST_NOTE: usize = 500;

pub(super) async fn list(State(workspace): Shared) -> Answer {
    aside(&workspace, |workspace| Ok(Json(json!(workspace.store().studies()?)))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStudy {
    name: String,
    /// The study that ships with the program when there is none.
    text: Option<String>,
}

pub(super) async fn add(
    State(workspace): Shared,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let new: NewStudy = read(&body)?;
    let text = new.text.unwrap_or_else(|| study::LIAONING.to_owned());
    let given = sized(StudyText { text, ..StudyText::default() })?;
    aside(&workspace, move |workspace| {
        let draft = Draft { text: &given.text, author: &person.name, ..Draft::default() };
        let (study, scenario) = workspace.store().add_study(&new.name, "Programme", &draft)?;
        Ok(Json(json!({ "study": study, "scenario": scenario })))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewScenario {
    name: String,
    /// The scenario whose text it begins with.
    from: i64,
}

pub(super) async fn add_scenario(
    State(workspace): Shared,
    Path(study): Path<String>,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let new: NewScenario = read(&body)?;
    let study = number(&study)?;
    aside(&workspace, move |workspace| {
        let mut store = workspace.store();
        let from = store.head(new.from)?;
        let (name, _, _) = store.names(new.from)?;
        let note = format!("from {name}, version {}", from.number);
        let companions = from.companions;
        let draft = Draft { text: &from.text, companions, note: &note, author: &person.name };
        let scenario = store.add_scenario(study, &new.name, &draft)?;
        Ok(Json(json!({ "scenario": scenario })))
    })
    .await
}

pub(super) async fn export(State(workspace): Shared, Path(study): Path<String>) -> Answer {
    let study = number(&study)?;
    aside(&workspace, move |workspace| Ok(Json(json!(workspace.store().export(study)?)))).await
}

/// The files of a study in one zip.
pub(super) async fn folder(
    State(workspace): Shared,
    Path(study): Path<String>,
) -> Result<Response, Refusal> {
    let study = number(&study)?;
    let files = aside(&workspace, move |workspace| Ok(workspace.store().export(study)?)).await?;
    let zip = zipped(&files).map_err(|error| Refusal::broken(error.to_string()))?;
    let attached = format!("attachment; filename=\"study-{study}.zip\"");
    let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, attached)];
    Ok((headers, zip).into_response())
}

fn zipped(files: &Files) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in files {
        zip.start_file(path.as_str(), SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

pub(super) async fn import(
    State(workspace): Shared,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let files: Files = read(&body)?;
    aside(&workspace, move |workspace| {
        let study = workspace.store().import(&files, &person.name)?;
        Ok(Json(json!({ "study": study })))
    })
    .await
}

pub(super) async fn scenario(State(workspace): Shared, Path(scenario): Path<String>) -> Answer {
    let scenario = number(&scenario)?;
    aside(&workspace, move |workspace| told(workspace, scenario)).await
}

/// The head of a scenario with everything that is found in it.
fn told(workspace: &Workspace, scenario: i64) -> Answer {
    let (names, head) = {
        let mut store = workspace.store();
        (store.names(scenario)?, store.head(scenario)?)
    };
    let check = checked(workspace, &text_of(&head));
    let (name, study, study_id) = names;
    Ok(Json(json!({
        "id": scenario, "name": name, "study": study, "study_id": study_id,
        "version": head, "check": check,
    })))
}

fn text_of(version: &Version) -> StudyText {
    StudyText { text: version.text.clone(), companions: version.companions.clone() }
}

fn checked(workspace: &Workspace, given: &StudyText) -> serde_json::Value {
    match study_text::check(workspace, given) {
        Ok(checked) => checked.json(),
        Err(findings) => json!({
            "ok": false, "findings": findings_json(&findings), "levers": [], "kinds": [], "study": null,
        }),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Save {
    /// Number of the version that was changed.
    parent: i64,
    text: String,
    companions: Option<crate::store::Companions>,
    #[serde(default)]
    note: String,
}

pub(super) async fn save(
    State(workspace): Shared,
    Path(scenario): Path<String>,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let scenario = number(&scenario)?;
    let new: Save = read(&body)?;
    let companions = new.companions.clone().unwrap_or_default();
    if let Some(name) = companions.keys().find(|name| !is_plain(name)) {
        return Err(Refusal::unreadable(&format!("`{name}` is no plain file name")));
    }
    let given = sized(StudyText { text: new.text, companions })?;
    aside(&workspace, move |workspace| {
        let note: String = new.note.chars().take(LONGEST_NOTE).collect();
        let mut store = workspace.store();
        let companions = match new.companions {
            Some(_) => given.companions,
            None => store.version(scenario, new.parent)?.companions,
        };
        let draft = Draft { text: &given.text, companions, note: &note, author: &person.name };
        store.save(scenario, new.parent, &draft)?;
        drop(store);
        told(workspace, scenario)
    })
    .await
}

pub(super) async fn history(State(workspace): Shared, Path(scenario): Path<String>) -> Answer {
    let scenario = number(&scenario)?;
    aside(&workspace, move |workspace| Ok(Json(json!(workspace.store().history(scenario)?)))).await
}

pub(super) async fn version(State(workspace): Shared, path: Path<(String, String)>) -> Answer {
    let (scenario, number) = pair(path)?;
    aside(&workspace, move |workspace| {
        Ok(Json(json!(workspace.store().version(scenario, number)?)))
    })
    .await
}

pub(super) async fn undo(
    State(workspace): Shared,
    Path(scenario): Path<String>,
    Extension(person): Extension<Person>,
) -> Answer {
    let scenario = number(&scenario)?;
    aside(&workspace, move |workspace| {
        workspace.store().undo(scenario, &person.name)?;
        told(workspace, scenario)
    })
    .await
}

pub(super) async fn redo(
    State(workspace): Shared,
    Path(scenario): Path<String>,
    Extension(person): Extension<Person>,
) -> Answer {
    let scenario = number(&scenario)?;
    aside(&workspace, move |workspace| {
        workspace.store().redo(scenario, &person.name)?;
        told(workspace, scenario)
    })
    .await
}

pub(super) async fn check(State(workspace): Shared, Content(body): Content) -> Answer {
    let given: StudyText = sized(read(&body)?)?;
    aside(&workspace, move |workspace| Ok(Json(checked(workspace, &given)))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditRequest {
    text: String,
    #[serde(default)]
    companions: crate::store::Companions,
    edit: study::edit::Edit,
}

pub(super) async fn edit(State(workspace): Shared, Content(body): Content) -> Answer {
    let request: EditRequest = read(&body)?;
    let given = sized(StudyText { text: request.text, companions: request.companions })?;
    aside(&workspace, move |workspace| {
        // Texts nested too deeply for the TOML reader are found by the study's own reader.
        study::file::accounts_of(&given.text).ok_or_else(|| not_edited("the text is no study"))?;
        let text = study::edit::apply(&given.text, &request.edit).map_err(not_edited)?;
        let given = StudyText { text, companions: given.companions };
        let check = checked(workspace, &given);
        Ok(Json(json!({ "text": given.text, "check": check })))
    })
    .await
}

fn not_edited(why: impl Into<String>) -> Refusal {
    let help = "mend the text itself, below the cards";
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "E2015", why, help)
}
