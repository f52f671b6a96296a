//! A short document that is handed over: parts once, told as a page that prints or as a Word file.
//!
//! | module | what                                                           |
//! |--------|----------------------------------------------------------------|
//! | `html` | one page, A4 when printed                                       |
//! | `word` | a Word file (Office Open XML) with the same parts               |
//!
//! Not here: what documents say (`crate::memo`, `crate::impact_sheet`).

mod html;
mod word;

use crate::table::Table;

/// A part of a document.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// Heading of what follows.
    Heading(String),
    /// The sentence that must be read, if only one is.
    Answer(String),
    /// A paragraph; the words before `: ` may be set off.
    Text(String),
    /// Sentences one under the other, each with its subject before `: `.
    Findings(Vec<String>),
    /// Figures side by side.
    Cards(Vec<Card>),
    /// A table.
    Table(Table),
    /// Drawings side by side, as SVG files with their own titles.
    Drawings(Vec<String>),
    /// Something small: sources, methods.
    Note(String),
    /// What follows begins a page.
    NewPage,
}

/// A figure with its label, and what to compare it with.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) label: String,
    pub(crate) figure: String,
    pub(crate) below: String,
}

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) title: String,
    /// One line under the title.
    pub(crate) setting: String,
    /// One line at the foot of every page.
    pub(crate) foot: String,
    pub(crate) parts: Vec<Part>,
}

impl Document {
    /// As one page of HTML that prints on A4.
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// As a Word file.
    ///
    /// # Errors
    /// In words; none is known for documents of this crate.
    pub fn word(&self) -> Result<Vec<u8>, String> {
        word::file(self)
    }
}

/// The subject before `: ` and the rest; no subject where there is none.
fn subject(sentence: &str) -> (&str, &str) {
    sentence.split_once(": ").filter(|(subject, _)| subject.len() < 30).unwrap_or(("", sentence))
}
