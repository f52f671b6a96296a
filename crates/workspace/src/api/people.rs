//! Logging in and out, users and their roles, and what everybody did.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Content, Shared, read};
use crate::error::Refusal;
use crate::guard;
use crate::login;
use crate::state::{Workspace, aside};
use crate::store::{Person, Role, hash};

/// Key of changes, version, and who is asking.
pub(super) async fn session(State(workspace): Shared, headers: HeaderMap) -> Answer {
    let person = guard::person(&workspace, &headers).await?;
    let may = |role| person.as_ref().is_some_and(|person| person.role >= role);
    Ok(Json(json!({
        "key": workspace.guard.key, "version": env!("CARGO_PKG_VERSION"), "person": person,
        "may": { "change": may(Role::Analyst), "manage": may(Role::Administrator) },
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    name: String,
    password: String,
}

/// Whether a password is somebody's, not more often than guessing would need.
async fn is_password(
    workspace: &Arc<Workspace>,
    name: &str,
    password: String,
) -> Result<bool, Refusal> {
    let attempts = &workspace.attempts;
    let turn = attempts.turn.acquire().await;
    if !attempts.may(name) {
        let why = "too many wrong passwords";
        let help = "try again in a minute";
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "E2018", why, help));
    }
    let known = name.to_owned();
    let right = aside(workspace, move |workspace| {
        let check = workspace.store().check_of(&known)?;
        Ok(check(&password))
    })
    .await?;
    attempts.ended(name, right);
    drop(turn);
    Ok(right)
}

/// A new session of somebody whose password was right.
async fn begin(workspace: &Arc<Workspace>, name: String) -> Result<Response, Refusal> {
    let token = login::token().map_err(|error| Refusal::broken(error.to_string()))?;
    let guard = &workspace.guard;
    let cookie = login::set_cookie(&guard.cookie, &token, guard.encrypted());
    let begun = move |workspace: &Workspace| Ok(workspace.store().begin_session(&name, &token)?);
    let person = aside(workspace, begun).await?;
    Ok(([(SET_COOKIE, cookie)], Json(json!({ "person": person }))).into_response())
}

pub(super) async fn login(
    State(workspace): Shared,
    Content(body): Content,
) -> Result<Response, Refusal> {
    let given: Login = read(&body)?;
    // Names that are no user's are shortened before they are remembered.
    let name: String = given.name.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    if is_password(&workspace, &name, given.password).await? {
        return begin(&workspace, name).await;
    }
    let noted =
        move |workspace: &Workspace| Ok(workspace.store().note(&name, "log-in refused", "")?);
    aside(&workspace, noted).await?;
    let help = "an administrator can set a new password";
    let why = "the name or the password is wrong";
    Err(Refusal::new(StatusCode::UNAUTHORIZED, "E2018", why, help))
}

pub(super) async fn logout(
    State(workspace): Shared,
    Extension(person): Extension<Person>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let guard = &workspace.guard;
    let cookie = login::set_cookie(&guard.cookie, "", guard.encrypted());
    if let Some(token) = login::cookie(&headers, &guard.cookie) {
        let end =
            move |workspace: &Workspace| Ok(workspace.store().end_session(&token, &person.name)?);
        aside(&workspace, end).await?;
    }
    Ok(([(SET_COOKIE, cookie)], Json(json!({ "person": null }))).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    old: String,
    new: String,
}

/// The own password; other sessions end.
pub(super) async fn password(
    State(workspace): Shared,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Result<Response, Refusal> {
    let given: NewPassword = read(&body)?;
    if !is_password(&workspace, &person.name, given.old).await? {
        let help = "an administrator can set a new one";
        let why = "the present password is wrong";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "E2018", why, help));
    }
    let name = person.name.clone();
    aside(&workspace, move |workspace| {
        let hash = hash(&name, &given.new)?;
        Ok(workspace.store().set_password(&name, &hash, &name)?)
    })
    .await?;
    begin(&workspace, person.name).await
}

pub(super) async fn list(State(workspace): Shared) -> Answer {
    aside(&workspace, |workspace| Ok(Json(json!(workspace.store().people()?)))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    name: String,
    role: Role,
    password: String,
}

pub(super) async fn add(
    State(workspace): Shared,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let new: NewPerson = read(&body)?;
    aside(&workspace, move |workspace| {
        let hash = hash(&new.name, &new.password)?;
        let mut store = workspace.store();
        store.add_person(&new.name, new.role, &hash, &person.name)?;
        Ok(Json(json!(store.people()?)))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedPerson {
    role: Option<Role>,
    password: Option<String>,
}

pub(super) async fn change(
    State(workspace): Shared,
    Path(name): Path<String>,
    Extension(person): Extension<Person>,
    Content(body): Content,
) -> Answer {
    let changed: ChangedPerson = read(&body)?;
    aside(&workspace, move |workspace| {
        let hash = changed.password.map(|password| hash(&name, &password)).transpose()?;
        let mut store = workspace.store();
        if let Some(role) = changed.role {
            store.set_role(&name, role, &person.name)?;
        }
        if let Some(hash) = hash {
            store.set_password(&name, &hash, &person.name)?;
        }
        Ok(Json(json!(store.people()?)))
    })
    .await
}

pub(super) async fn remove(
    State(workspace): Shared,
    Path(name): Path<String>,
    Extension(person): Extension<Person>,
) -> Answer {
    aside(&workspace, move |workspace| {
        let mut store = workspace.store();
        store.remove_person(&name, &person.name)?;
        Ok(Json(json!(store.people()?)))
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Before {
    before: Option<i64>,
}

pub(super) async fn audit(
    State(workspace): Shared,
    before: Result<Query<Before>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(Before { before }) = before.map_err(|error| Refusal::unreadable(&error))?;
    aside(&workspace, move |workspace| Ok(Json(json!(workspace.store().audit(before)?)))).await
}
