//! A document as a Word file.
//!
//! Sizes: fonts in half points, widths and margins in twentieths of a point, pictures in English
//! Metric Units (914,400 an inch).

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, PageMargin, Paragraph, Pic, Run, RunFonts, Shading,
    ShdType, Table as WordTable, TableBorder, TableBorderPosition, TableBorders, TableCell,
    TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

use super::{Card, Document, Part, subject};
use crate::number::typographic;
use crate::picture::picture;
use crate::table::{Column, Mark, Row, Table};

/// A4, and margins.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: i32 = 907;
/// Width of the text.
const WIDTH: usize = 11_906 - 2 * 907;
/// Twentieths of a point in English Metric Units.
const EMU: f64 = 635.0;
/// Pixels of a picture for one of its drawing.
const SHARP: f32 = 2.5;
const INK: &str = "1c2126";
const SOFT: &str = "59636d";
const FAINT: &str = "f1f2f1";
const WARN: &str = "fff3d6";
const RULE: &str = "d9dcdf";
/// Usual size of letters, and that of tables and notes.
const SIZE: usize = 20;
const SMALL: usize = 16;

pub(super) fn file(document: &Document) -> Result<Vec<u8>, String> {
    let margin = PageMargin::new().top(850).bottom(850).left(MARGIN).right(MARGIN).footer(420);
    let fonts = RunFonts::new().ascii("Calibri").hi_ansi("Calibri").east_asia("Microsoft YaHei");
    let foot = Paragraph::new().add_run(plain(&document.foot, SMALL).color(SOFT));
    let mut word = Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_margin(margin)
        .default_fonts(fonts)
        .default_size(SIZE)
        .footer(Footer::new().add_paragraph(foot))
        .add_paragraph(spaced(
            Paragraph::new().add_run(plain(&document.title, 30).bold()).keep_next(true),
            0,
            20,
        ))
        .add_paragraph(spaced(
            Paragraph::new().add_run(plain(&document.setting, SMALL + 1).color(SOFT)),
            0,
            120,
        ));
    let mut pictures = 0;
    for part in &document.parts {
        word = add(word, part, &mut pictures)?;
    }
    let mut bytes = Cursor::new(Vec::new());
    word.build().pack(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}

/// - `pictures`: those so far. Pictures are named by it, so that a document has the same bytes
///   whatever else the process has written.
fn add(word: Docx, part: &Part, pictures: &mut usize) -> Result<Docx, String> {
    let paragraph = |text: Run, after: u32| spaced(Paragraph::new().add_run(text), 0, after);
    Ok(match part {
        Part::Heading(text) => {
            let run = plain(text, 24).bold();
            let heading = Paragraph::new().add_run(run).keep_next(true).outline_lvl(0);
            word.add_paragraph(spaced(heading, 160, 60))
        }
        Part::Answer(text) => word.add_paragraph(paragraph(plain(text, 26).bold(), 120)),
        Part::Text(text) => word.add_paragraph(paragraph(plain(text, SIZE), 80)),
        Part::Findings(list) => list.iter().fold(word, |word, each| {
            let (subject, rest) = subject(each);
            let text = Paragraph::new()
                .add_run(plain(&format!("{subject}  "), SIZE).bold().color(SOFT))
                .add_run(plain(rest, SIZE));
            word.add_paragraph(spaced(text, 0, 40))
        }),
        Part::Cards(list) => word.add_table(cards(list)).add_paragraph(gap()),
        Part::Table(table) if table.rows.is_empty() => word,
        Part::Table(table) => {
            let word = if table.caption.is_empty() {
                word
            } else {
                let caption = Paragraph::new().add_run(plain(&table.caption, SMALL + 1).bold());
                word.add_paragraph(spaced(caption.keep_next(true), 80, 30))
            };
            word.add_table(figures(table)).add_paragraph(gap())
        }
        Part::Drawings(list) => {
            let mut paragraph = Paragraph::new();
            for svg in list {
                *pictures += 1;
                let drawing = drawing(svg, list.len())?.id(format!("rIdImage{pictures}"));
                paragraph = paragraph.add_run(Run::new().add_image(drawing));
            }
            word.add_paragraph(spaced(paragraph, 40, 60))
        }
        Part::Note(text) => word.add_paragraph(paragraph(plain(text, SMALL).color(SOFT), 60)),
        Part::NewPage => word
            .add_paragraph(Paragraph::new().add_run(Run::new().add_break(BreakType::Page)).size(2)),
    })
}

fn plain(text: &str, size: usize) -> Run {
    Run::new().add_text(typographic(text)).size(size).color(INK)
}

fn spaced(paragraph: Paragraph, before: u32, after: u32) -> Paragraph {
    paragraph.line_spacing(docx_rs::LineSpacing::new().before(before).after(after))
}

/// A low line between tables, which would grow together without it.
fn gap() -> Paragraph {
    spaced(Paragraph::new().add_run(plain("", 8)), 0, 0)
}

/// A picture that shares the width of the text with its neighbours.
fn drawing(svg: &str, neighbours: usize) -> Result<Pic, String> {
    let found = picture(svg, SHARP)?;
    let widest = WIDTH as f64 * EMU / neighbours.max(1) as f64;
    let width = widest * if neighbours == 1 { 0.8 } else { 0.985 };
    let height = width * f64::from(found.height) / f64::from(found.width);
    let pixels = |side: f32| (side * SHARP) as u32;
    let pic = Pic::new_with_dimensions(found.png, pixels(found.width), pixels(found.height));
    Ok(pic.size(width as u32, height as u32))
}

/// Lines of a table: one colour, only between rows.
fn ruled(table: WordTable) -> WordTable {
    let line = |position| TableBorder::new(position).color(RULE).size(4);
    let borders = TableBorders::with_empty()
        .set(line(TableBorderPosition::InsideH))
        .set(line(TableBorderPosition::Bottom));
    table.set_borders(borders)
}

fn cards(list: &[Card]) -> WordTable {
    /// Cards beside one another.
    const BESIDE: usize = 3;
    let cell = |card: Option<&Card>| {
        let cell = TableCell::new().width(WIDTH / BESIDE, WidthType::Dxa);
        let Some(card) = card else { return cell.add_paragraph(Paragraph::new()) };
        let line = |run: Run| spaced(Paragraph::new().add_run(run), 0, 0);
        cell.shading(Shading::new().shd_type(ShdType::Clear).color("auto").fill(FAINT))
            .add_paragraph(line(plain(&card.label, SMALL).color(SOFT)))
            .add_paragraph(line(plain(&card.figure, 26).bold()))
            .add_paragraph(line(plain(&card.below, SMALL).color(SOFT)))
    };
    let row = |cards: &[Card]| {
        TableRow::new((0..BESIDE).map(|at| cell(cards.get(at))).collect()).cant_split()
    };
    WordTable::new(list.chunks(BESIDE).map(row).collect())
        .set_grid(vec![WIDTH / BESIDE; BESIDE])
        .layout(TableLayoutType::Fixed)
        .set_borders(TableBorders::with_empty())
        .margins(TableCellMargins::new().margin(60, 100, 60, 100))
}

/// Widths of the columns in proportion to their longest cells.
fn widths(table: &Table) -> Vec<usize> {
    let longest = |at: usize| {
        let cells = table.rows.iter().map(|row| row.cells[at].chars().count());
        let words = table.columns[at].name.split(' ').map(str::len).max().unwrap_or(0);
        let unit = table.columns[at].unit.chars().count();
        cells.chain([words, unit]).max().unwrap_or(1).clamp(5, 46) + 2
    };
    let letters: Vec<usize> = (0..table.columns.len()).map(longest).collect();
    let all: usize = letters.iter().sum();
    letters.iter().map(|each| WIDTH * each / all).collect()
}

fn figures(table: &Table) -> WordTable {
    let widths = widths(table);
    let head = table.columns.iter().zip(&widths).map(|(column, width)| {
        let unit = if column.unit.is_empty() { String::new() } else { format!(" {}", column.unit) };
        let run = plain(&format!("{}{unit}", column.name), SMALL).color(SOFT).bold();
        cell(run, column, *width).vertical_align(VAlignType::Bottom)
    });
    let mut rows = vec![TableRow::new(head.collect()).cant_split()];
    rows.extend(table.rows.iter().map(|row| body(table, row, &widths)));
    let table = WordTable::new(rows).set_grid(widths.clone()).layout(TableLayoutType::Fixed);
    ruled(table).margins(TableCellMargins::new().margin(20, 50, 20, 50))
}

fn body(table: &Table, row: &Row, widths: &[usize]) -> TableRow {
    let cells = row.cells.iter().zip(&table.columns).zip(widths);
    let cells = cells.map(|((text, column), width)| {
        let run = plain(text, SMALL);
        let run = if row.mark == Mark::Total { run.bold() } else { run };
        let cell = cell(run, column, *width);
        if row.mark == Mark::Warning {
            cell.shading(Shading::new().shd_type(ShdType::Clear).color("auto").fill(WARN))
        } else {
            cell
        }
    });
    TableRow::new(cells.collect()).cant_split()
}

fn cell(run: Run, column: &Column, width: usize) -> TableCell {
    let align = if column.is_figures { AlignmentType::Right } else { AlignmentType::Left };
    let text = spaced(Paragraph::new().add_run(run).align(align), 0, 0);
    TableCell::new().width(width, WidthType::Dxa).add_paragraph(text)
}
