//! A document as one page of HTML that prints on A4.

use maud::{Markup, PreEscaped, html};

use super::{Card, Document, Part, subject};
use crate::html::parts::shown;
use crate::html::whole;
use crate::number::typographic;

/// What differs from the pages of results.
const STYLE: &str = "
body { max-width: 178mm; padding: 1.5rem 1rem; font-size: 14px; }
h1 { font-size: 1.3rem; color: var(--ink); margin: 0; }
h2 { font-size: 1.05rem; margin: 1.1rem 0 .3rem; }
.answer { font-size: 1.25rem; }
.setting { margin: .1rem 0 .8rem; }
.cards { grid-template-columns: repeat(3, 1fr); gap: .6rem; margin: .7rem 0; }
.card { padding: .5rem .7rem; }
.change { font-size: 1.25rem; }
.drawings { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: .8rem; margin: .6rem 0; }
.drawings svg { max-width: 100%; }
table { font-size: .82rem; width: 100%; }
caption { white-space: normal; }
th, td { padding: .16rem .5rem .16rem 0; }
.figure { padding: .16rem .3rem .16rem .5rem; }
.note { color: var(--soft); font-size: .78rem; margin: .4rem 0; }
footer { color: var(--soft); font-size: .75rem; border-top: 1px solid var(--rule); margin-top: 1.2rem; padding-top: .4rem; }
@page { size: A4; margin: 15mm 16mm 14mm; }
@media print {
  html, body { font-size: 8.8pt; line-height: 1.3; background: #fff; }
  body { max-width: none; padding: 0; }
  p { margin: .3rem 0; }
  h2 { margin: .7rem 0 .2rem; }
  .answer { font-size: 1.15rem; margin: .3rem 0; }
  .findings li { padding-top: .12rem; padding-bottom: .12rem; }
  .cards { margin: .4rem 0; gap: .4rem; }
  .card { padding: .3rem .6rem; }
  .change { font-size: 1.1rem; margin: 0; }
  .page { break-before: page; }
  .drawings { grid-template-columns: 1fr 1fr; margin: .3rem 0; }
  .drawings.alone { grid-template-columns: 1fr; }
  .drawings svg { max-height: 64mm; width: auto; margin: 0 auto; }
  table, .cards, .drawings, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
  th, td { padding: .08rem .4rem .08rem 0; }
  .figure { padding: .08rem .2rem .08rem .4rem; }
}
";

pub(super) fn page(document: &Document) -> String {
    let body = html! {
        main {
            h1 { (document.title) }
            p.setting { (document.setting) }
            @for part in &document.parts { (one(part)) }
        }
        footer { (document.foot) }
    };
    whole(&document.title, "light", STYLE, &body)
}

fn one(part: &Part) -> Markup {
    match part {
        Part::Heading(text) => html! { h2 { (text) } },
        Part::Answer(text) => html! { p.answer { (typographic(text)) } },
        Part::Text(text) => html! { p { (typographic(text)) } },
        Part::Findings(list) => html! {
            ul.findings { @for each in list { (finding(each)) } }
        },
        Part::Cards(cards) => html! { div.cards { @for each in cards { (card(each)) } } },
        Part::Table(table) => shown(table),
        Part::Drawings(list) => html! {
            div.drawings.alone[list.len() == 1] { @for each in list { (PreEscaped(each)) } }
        },
        Part::Note(text) => html! { p.note { (text) } },
        Part::NewPage => html! { div.page {} },
    }
}

fn finding(sentence: &str) -> Markup {
    let (subject, rest) = subject(sentence);
    html! { li { strong { (subject) } " " (typographic(rest)) } }
}

fn card(card: &Card) -> Markup {
    html! {
        div.card {
            h3 { (card.label) }
            p.change { (typographic(&card.figure)) }
            p.levels { (typographic(&card.below)) }
        }
    }
}
