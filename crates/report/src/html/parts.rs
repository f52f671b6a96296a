//! Pieces every section is made of: a section, a table, a figure with its table.
//!
//! Not here: what the sections say.

use maud::{Markup, Render, html};

use crate::number::typographic;
use crate::table::{Column, Mark, Row, Table};

/// Letters below which a cell is not broken into lines.
const SHORT: usize = 16;

/// A section under its heading.
pub(crate) fn section(id: &str, heading: &str, lead: &str, content: impl Render) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-heading" } {
            h2 id={ (id) "-heading" } { (heading) }
            @if !lead.is_empty() { p.lead { (lead) } }
            (content)
        }
    }
}

/// A drawing under its heading.
pub(crate) fn figure(heading: &str, drawing: impl Render, below: impl Render) -> Markup {
    html! {
        figure {
            figcaption { (heading) }
            (drawing)
            (below)
        }
    }
}

/// A table that opens on demand.
pub(crate) fn numbers(table: &Table) -> Markup {
    html! {
        details {
            summary { "Numbers: " (table.caption) }
            (shown(table))
        }
    }
}

/// A table with its caption; scrolls sideways where the page is too narrow.
pub(crate) fn shown(table: &Table) -> Markup {
    if table.rows.is_empty() {
        return html! { p.empty { (table.caption) ": none." } };
    }
    html! {
        div.scroll {
            table {
                @if !table.caption.is_empty() { caption { (table.caption) } }
                thead { tr { @for column in &table.columns { (header(column)) } } }
                tbody { @for each in &table.rows { (row(table, each)) } }
            }
        }
    }
}

fn header(column: &Column) -> Markup {
    html! {
        th scope="col" class=[column.is_figures.then_some("figure")] {
            (column.name)
            @if !column.unit.is_empty() { " " small { (column.unit) } }
        }
    }
}

fn row(table: &Table, row: &Row) -> Markup {
    let class = match row.mark {
        Mark::Ordinary => None,
        Mark::Total => Some("total"),
        Mark::Warning => Some("warning"),
    };
    html! {
        tr class=[class] {
            @for (at, (text, column)) in row.cells.iter().zip(&table.columns).enumerate() {
                (cell(at == 0, text, column))
            }
        }
    }
}

fn cell(names_the_row: bool, text: &str, column: &Column) -> Markup {
    html! {
        @if names_the_row {
            th scope="row" { (text) }
        } @else if column.is_figures {
            td.figure { (typographic(text)) }
        } @else {
            td.short[text.chars().count() < SHORT] { (text) }
        }
    }
}
