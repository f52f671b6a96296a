//! GLORIA: csv tables without labels, and a workbook with the lists of labels.
//!
//! | file                             | holds                                                |
//! |----------------------------------|------------------------------------------------------|
//! | `*T-Results*Markup001*.csv`      | supply and use: per region its industries, then its products |
//! | `*Y-Results*`, `*V-Results*`     | final demand by region and category; value added by region and kind |
//! | `*TQ-Results*`, `*YQ-Results*`   | satellite accounts of industries and of final demand |
//! | `GLORIA_ReadMe_*.xlsx`           | regions, sectors, value added, final demand, satellites |
//!
//! Basic prices (`Markup001`) are read. The table stays a supply and use table: an industry sells to
//! products, a product to industries and final demand. Rows of value added of one kind are added
//! over regions, since an industry pays in its own region.

#[cfg(test)]
mod tests;

use accounts::Matrix;
use accounts::input_output::{Extension, InputOutputTable, Label, Row};
use diagnostics::Findings;

use crate::delimited::{Labels, Layout};
use crate::import::{Imported, Reader};
use crate::source::{Source, has_extension};
use crate::workbook::{self, Cells};

/// Unit of money, by the documentation; the files do not say it.
const UNIT: &str = "thousand USD";

/// Reads GLORIA, from a folder that holds tables, satellite accounts and the workbook of labels.
///
/// # Errors
/// All findings in the files: E1300, E1304, E1306 – E1312.
pub fn read(source: &Source) -> Result<Imported, Findings> {
    let mut reader = Reader::new(source, "GLORIA");
    let table = table(&mut reader);
    reader.report_unused();
    reader.finish(table)
}

/// The lists of the workbook.
struct Lists {
    regions: Vec<String>,
    sectors: Vec<String>,
    value_added: Vec<String>,
    final_demand: Vec<String>,
    satellites: Vec<Row>,
}

fn table(reader: &mut Reader<'_>) -> Option<InputOutputTable> {
    let lists = lists(reader)?;
    let flows = cells(reader, "t-results");
    let final_demand = cells(reader, "y-results");
    let value_added = cells(reader, "v-results");
    let satellites = satellites(reader, &lists);
    let (flows, final_demand, value_added) = (flows?, final_demand?, value_added?);
    let kinds = ["industry", "product"];
    let industries: Vec<Label> = lists
        .regions
        .iter()
        .flat_map(|region| kinds.iter().map(move |kind| (region, kind)))
        .flat_map(|(region, kind)| lists.sectors.iter().map(move |name| (region, kind, name)))
        .map(|(region, kind, name)| Label {
            region: region.clone(),
            name: format!("{name} ({kind})"),
        })
        .collect();
    let category =
        |region: &String, name: &String| Label { region: region.clone(), name: name.clone() };
    let categories: Vec<Label> = lists
        .regions
        .iter()
        .flat_map(|region| lists.final_demand.iter().map(move |name| category(region, name)))
        .collect();
    let value_added = of_one_kind(reader, &lists, &value_added, industries.len())?;
    let output: Vec<f64> =
        flows.row_sums().iter().zip(final_demand.row_sums()).map(|(a, b)| a + b).collect();
    reader.report.note(format!("{UNIT} by the documentation; the files have no unit"));
    reader.report.note("a supply and use table: industries and products are both rows and columns");
    reader.report.note("output is the sum of what each industry and product sells");
    let row = |name: &String| Row { name: name.clone(), unit: UNIT.to_owned() };
    Some(InputOutputTable {
        name: "GLORIA".to_owned(),
        unit: UNIT.to_owned(),
        industries,
        categories,
        primary_inputs: lists.value_added.iter().map(row).collect(),
        flows,
        final_demand,
        value_added,
        output,
        extensions: satellites.into_iter().collect(),
    })
}

/// The table of that kind in basic prices.
fn cells(reader: &mut Reader<'_>, kind: &str) -> Option<Matrix> {
    // `_T-Results_` is not to be found in `_TQ-Results_`, nor the other way round.
    let mark = format!("_{kind}_");
    let accept = |name: &str| name.contains(&mark) && name.contains("markup001");
    let file = reader.required(&format!("`*{mark}*Markup001*.csv`"), accept)?;
    let layout = Layout { delimiter: b',', labels: Labels::None };
    Some(reader.grid(file, layout)?.cells)
}

fn satellites(reader: &mut Reader<'_>, lists: &Lists) -> Option<Extension> {
    reader.optional(|name| name.contains("_tq-results_"))?;
    let by_industry = cells(reader, "tq-results")?;
    let by_final_demand = cells(reader, "yq-results");
    let rows = lists.satellites.clone();
    Some(Extension { name: "satellite".to_owned(), rows, by_industry, by_final_demand })
}

/// Value added by kind, added over the regions of the rows.
fn of_one_kind(
    reader: &mut Reader<'_>,
    lists: &Lists,
    all: &Matrix,
    columns: usize,
) -> Option<Matrix> {
    let (kinds, regions) = (lists.value_added.len(), lists.regions.len());
    if all.rows() != kinds * regions || all.columns() != columns {
        let message = format!(
            "value added has {} × {} cells, {} × {columns} are expected",
            all.rows(),
            all.columns(),
            kinds * regions
        );
        reader.error("E1311", message, "the files must be of one version of the database");
        return None;
    }
    let own = columns / regions.max(1);
    let mut sums = Matrix::zeros(kinds, columns);
    let mut elsewhere = 0;
    for row in 0..all.rows() {
        for (column, value) in all.row(row).iter().enumerate() {
            *sums.at_mut(row % kinds, column) += value;
            elsewhere += usize::from(*value != 0.0 && column / own != row / kinds);
        }
    }
    if elsewhere > 0 {
        let what = format!("in which region {elsewhere} cells of value added are paid");
        reader.report.dropped(what);
    }
    Some(sums)
}

fn lists(reader: &mut Reader<'_>) -> Option<Lists> {
    let is_book = |name: &str| name.contains("readme") && has_extension(name, "xlsx");
    let file = reader.required("`GLORIA_ReadMe_*.xlsx`", is_book)?;
    let bytes = reader.bytes(file)?;
    let sheets = workbook::read(file, &bytes, |_| true, &mut reader.findings)?;
    let mut column = |sheet: &str, header: &str| column(reader, file, &sheets, sheet, header);
    let regions = column("Regions", "Region_acronyms");
    let sectors = column("Sectors", "Sector_names");
    let value_added = column("Value added and final demand", "Value_added_names");
    let final_demand = column("Value added and final demand", "Final_demand_names");
    let heads = column("Satellites", "Sat_head_indicator");
    let names = column("Satellites", "Sat_indicator");
    let units = column("Satellites", "Sat_unit");
    let satellites = heads?.into_iter().zip(names?).zip(units?);
    let satellites = satellites
        .map(|((head, name), unit)| Row {
            name: format!("{head}: {}", name.trim_matches('\'')),
            unit,
        })
        .collect();
    Some(Lists {
        regions: regions?,
        sectors: sectors?,
        value_added: value_added?,
        final_demand: final_demand?,
        satellites,
    })
}

/// The texts under a header.
fn column(
    reader: &mut Reader<'_>,
    file: &str,
    sheets: &[Cells],
    sheet: &str,
    header: &str,
) -> Option<Vec<String>> {
    let Some(cells) = sheets.iter().find(|cells| cells.sheet.eq_ignore_ascii_case(sheet)) else {
        let message = format!("`{file}` has no sheet `{sheet}`");
        reader.error("E1312", message, "it must be the ReadMe of the release");
        return None;
    };
    let at = (0..cells.columns()).find(|at| cells.words(0, *at).eq_ignore_ascii_case(header));
    let Some(at) = at else {
        let message = format!("sheet `{sheet}` of `{file}` has no column `{header}`");
        reader.error_at("E1312", message, cells.place(0, 0), "the headers are in this row");
        return None;
    };
    let texts = (1..cells.rows()).map(|row| cells.text(row, at));
    Some(texts.take_while(|text| !text.is_empty()).collect())
}
