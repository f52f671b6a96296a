//! The page, embedded: nothing is fetched from elsewhere and nothing has to be built.
//!
//! `page/vendor` holds published files of other projects, unchanged, with their licences.

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::state::Workspace;

/// Path, type of content, content.
type Asset = (&'static str, &'static str, &'static [u8]);

const SCRIPT: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

macro_rules! page {
    ($($path:literal $content_type:expr;)*) => {
        &[$((concat!("/", $path), $content_type, include_bytes!(concat!("../page/", $path)))),*]
    };
}

const ASSETS: &[Asset] = page! {
    "index.html" "text/html; charset=utf-8";
    "style.css" "text/css; charset=utf-8";
    "icon.svg" "image/svg+xml";
    "main.js" SCRIPT;
    "api.js" SCRIPT;
    "charts.js" SCRIPT;
    "figure.js" SCRIPT;
    "fields.js" SCRIPT;
    "parts.js" SCRIPT;
    "words.js" SCRIPT;
    "views/region.js" SCRIPT;
    "views/programme.js" SCRIPT;
    "views/results.js" SCRIPT;
    "views/targets.js" SCRIPT;
    "views/compare.js" SCRIPT;
    "views/data.js" SCRIPT;
    "views/users.js" SCRIPT;
    "vendor/preact-htm.js" SCRIPT;
    "vendor/d3.js" SCRIPT;
    "vendor/d3-sankey.js" SCRIPT;
    "vendor/LICENSES.txt" TEXT;
};

/// A route for each file, and the page under `/`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    let serve = |asset: &'static Asset| get(move || async move { answer(asset) });
    let routes = Router::new().route("/", serve(&ASSETS[0]));
    ASSETS.iter().fold(routes, |routes, asset| routes.route(asset.0, serve(asset)))
}

fn answer((_, content_type, content): &Asset) -> impl IntoResponse + use<> {
    ([(CONTENT_TYPE, *content_type)], *content)
}
