//! The page: one self-contained HTML file with charts, tables and sources.
//!
//! | module       | sections                                                       |
//! |--------------|----------------------------------------------------------------|
//! | `parts`      | a section, a table, a figure with its table                    |
//! | `overview`   | title, answer, headline cards, official targets                |
//! | `paths`      | policy against baseline over the years, stocks, the baseline's closure |
//! | `areas`      | map, bars and table by area                                    |
//! | `industries` | industries that gain and lose, by owner                        |
//! | `levers`     | contributions, cost, levers with their sources                 |
//! | `evidence`   | parameters, accounts, plausibility, solves, provenance         |
//!
//! The style sheet is inline, drawings are inline SVG, nothing is fetched and no script runs.
//! Not here: look-ups (`facts`), shared tables (`tables`), drawing (`chart`).

use maud::{DOCTYPE, Markup, PreEscaped, html};
use study::results::Results;

use crate::facts::Facts;

mod areas;
mod evidence;
mod industries;
pub(crate) mod levers;
mod overview;
pub(crate) mod parts;
mod paths;

/// Style sheet of the page, a constant of this crate.
pub(crate) const STYLE: &str = include_str!("html/style.css");

/// The page of a study's results.
pub fn page(results: &Results) -> String {
    let facts = Facts::new(results);
    whole(&results.study.title, LIGHT_AND_DARK, "", &body(&facts))
}

/// Colours of a page that is read on screens.
pub(crate) const LIGHT_AND_DARK: &str = "light dark";

/// A page that stands alone.
///
/// - `colours`: schemes that it has, in the words of CSS.
/// - `own`: style of this page, after that of all.
pub(crate) fn whole(title: &str, colours: &str, own: &str, body: &Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(colours);
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(own)) }
            }
            body { (body) }
        }
    };
    markup.into_string()
}

fn body(facts: &Facts) -> Markup {
    html! {
        (overview::header(facts))
        main {
            (overview::headline(facts))
            (overview::targets(facts))
            (areas::section(facts))
            (levers::contributions(facts))
            (industries::section(facts))
            (paths::section(facts))
            (paths::baseline(facts))
            (levers::net(facts))
            (levers::costs(facts))
            (levers::list(facts))
            (evidence::plausibility(facts))
            (evidence::implied(facts))
            (evidence::parameters(facts))
            (evidence::accounts(facts))
            (evidence::solves(facts))
            (evidence::provenance(facts))
        }
    }
}
