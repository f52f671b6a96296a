//! What a request is answered when it cannot be done: code, message and way out, as JSON.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::store::StoreError;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    help: &'static str,
    /// More that the page can use, e.g. findings.
    details: Value,
}

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<String>,
        help: &'static str,
    ) -> Self {
        Self { status, code, message: message.into(), help, details: Value::Null }
    }

    pub(crate) fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    pub(crate) fn missing(what: &str) -> Self {
        let message = format!("there is no such {what}");
        Self::new(StatusCode::NOT_FOUND, "E2004", message, "reload the list")
    }

    /// A request that is no JSON of the expected form.
    pub(crate) fn unreadable(why: &impl ToString) -> Self {
        let help = "the form of every request is in /api/openapi.json";
        Self::new(StatusCode::BAD_REQUEST, "E2003", why.to_string(), help)
    }

    pub(crate) fn broken(why: impl Into<String>) -> Self {
        let help = "this is a fault of the program; please report it";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "E2000", why, help)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::Missing(what) => Self::missing(what),
            StoreError::Changed { head } => Self::new(
                StatusCode::CONFLICT,
                "E2005",
                message,
                "look at that version, then save your change on top of it",
            )
            .with(json!({ "head": head })),
            StoreError::Nothing(_) => {
                Self::new(StatusCode::CONFLICT, "E2006", message, "the history lists all versions")
            }
            StoreError::Name(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "E2007", message, "choose another name")
            }
            StoreError::Folder(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "E2008",
                message,
                "give all files of a folder written by `ironbelt workspace export`",
            ),
            StoreError::Password(_) => {
                let help =
                    "choose a longer one, e.g. four words that have nothing to do with each other";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "E2020", message, help)
            }
            StoreError::LastAdministrator => {
                let help = "make another user administrator first";
                Self::new(StatusCode::CONFLICT, "E2021", message, help)
            }
            StoreError::AtWork => {
                let help = "cancel it, or wait for its end";
                Self::new(StatusCode::CONFLICT, "E2022", message, help)
            }
            StoreError::Nul => Self::unreadable(&message),
            StoreError::Database(_)
            | StoreError::Address(_)
            | StoreError::Taken
            | StoreError::InUse
            | StoreError::Newer { .. } => Self::broken(message),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = json!({ "code": self.code, "message": self.message, "help": self.help });
        (self.status, Json(json!({ "error": error, "details": self.details }))).into_response()
    }
}
