//! Studies, scenarios and their versions; checking and editing texts.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Shared, number, pair, read, sized};
use crate::error::Refusal;
use crate::guard::person;
use crate::state::{Workspace, aside};
use crate::store::folder::{Files, is_plain};
use crate::store::{Draft, Version};
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

pub(super) async fn add(State(workspace): Shared, headers: HeaderMap, body: Bytes) -> Answer {
    let new: NewStudy = read(&body)?;
    let text = new.text.unwrap_or_else(|| study::LIAONING.to_owned());
    let given = sized(StudyText { text, ..StudyText::default() })?;
    aside(&workspace, move |workspace| {
        let author = person(&headers);
        let draft = Draft { text: &given.text, author: &author, ..Draft::default() };
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
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let new: NewScenario = read(&body)?;
    let study = number(&study)?;
    aside(&workspace, move |workspace| {
        let mut store = workspace.store();
        let from = store.head(new.from)?;
        let (name, _, _) = store.names(new.from)?;
        let note = format!("from {name}, version {}", from.number);
        let author = person(&headers);
        let companions = from.companions;
        let draft = Draft { text: &from.text, companions, note: &note, author: &author };
        let scenario = store.add_scenario(study, &new.name, &draft)?;
        Ok(Json(json!({ "scenario": scenario })))
    })
    .await
}

pub(super) async fn export(State(workspace): Shared, Path(study): Path<String>) -> Answer {
    let study = number(&study)?;
    aside(&workspace, move |workspace| Ok(Json(json!(workspace.store().export(study)?)))).await
}

pub(super) async fn import(State(workspace): Shared, headers: HeaderMap, body: Bytes) -> Answer {
    let files: Files = read(&body)?;
    aside(&workspace, move |workspace| {
        let study = workspace.store().import(&files, &person(&headers))?;
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
        let store = workspace.store();
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
            "ok": false, "findings": findings_json(&findings), "levers": [], "study": null,
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
    headers: HeaderMap,
    body: Bytes,
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
        let author = person(&headers);
        let mut store = workspace.store();
        let companions = match new.companions {
            Some(_) => given.companions,
            None => store.version(scenario, new.parent)?.companions,
        };
        let draft = Draft { text: &given.text, companions, note: &note, author: &author };
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
    headers: HeaderMap,
) -> Answer {
    let scenario = number(&scenario)?;
    aside(&workspace, move |workspace| {
        workspace.store().undo(scenario, &person(&headers))?;
        told(workspace, scenario)
    })
    .await
}

pub(super) async fn redo(
    State(workspace): Shared,
    Path(scenario): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let scenario = number(&scenario)?;
    aside(&workspace, move |workspace| {
        workspace.store().redo(scenario, &person(&headers))?;
        told(workspace, scenario)
    })
    .await
}

pub(super) async fn check(State(workspace): Shared, body: Bytes) -> Answer {
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

pub(super) async fn edit(State(workspace): Shared, body: Bytes) -> Answer {
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
