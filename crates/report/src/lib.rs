//! Results of a study told to people: a summary for the terminal and a page for the browser.
//!
//! | module     | what is in it                                                         |
//! |------------|-----------------------------------------------------------------------|
//! | [`text`]   | the summary printed after a run, 100 columns, no colour               |
//! | [`html`]   | one self-contained page with charts, tables and sources               |
//! | [`workbook`] | an Excel workbook with the same numbers                           |
//! | [`table_book`] | an input-output table as an Excel workbook                       |
//! | [`memo`]   | a study on two pages, as HTML and Word                                |
//! | [`impact_sheet`] | the impact of an event on one page, as HTML and Word             |
//! | [`document`] | parts of documents that are handed over, and how they look          |
//! | [`picture`] | drawings as PNG                                                       |
//! | [`targets`] | how likely targets are, and scores of forecasts                      |
//! | [`mix`]    | mixes of levers: the answer, costs, frontiers                        |
//! | [`calibrate`] | numbers updated from history, with the fit before and after        |
//! | [`sensitivity`] | what a number depends on: tables, and a tornado                  |
//! | [`analysis`] | analyses of input-output tables by name                          |
//! | [`sheet`]  | tables of labels and figures, as text and JSON                        |
//! | `facts`    | look-ups in the results: places, indicators, changes                  |
//! | `findings` | the answer and the sentences to remember                              |
//! | `tables`   | the tables both of them show, so that they cannot disagree            |
//! | `chart`    | drawings in SVG, coloured by the style sheet of the page              |
//! | `number`   | figures as people write them; what is not a number becomes `n/a`      |
//! | `unit`     | from the units of the results to the units people speak in            |
//!
//! Everything is a function from [`study::results::Results`] to a `String`, and the same results
//! give the same bytes. Not here: how the numbers come about (crate `study`), reading and writing
//! files (crate `cli`).

pub mod analysis;
pub mod calibrate;
pub mod document;
pub mod html;
pub mod impact_sheet;
pub mod memo;
pub mod mix;
pub mod picture;
pub mod sensitivity;
pub mod sheet;
pub mod table_book;
pub mod targets;
pub mod text;
pub mod workbook;

mod chart;
mod facts;
mod findings;
mod number;
mod table;
mod tables;
mod unit;

pub use chart::drawings;
pub use chart::map::{Outline, outlines};
