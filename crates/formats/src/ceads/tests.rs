use super::*;
use crate::fixture::{self, damage};
use crate::import::Reader;
use crate::workbook::Cells;
use proptest::prelude::*;

/// A sheet in the layout of CEADs: `provinces` × `industries`, five kinds of final demand, exports,
/// an error column, output; imports, four kinds of value added, totals. Cells are small whole
/// numbers; the error column makes rows add up.
fn sheet(provinces: usize, industries: usize) -> Vec<Vec<String>> {
    let n = provinces * industries;
    let flow = |row: usize, column: usize| ((row * 7 + column * 3) % 5) as f64;
    let demand = |row: usize, column: usize| ((row + column) % 4) as f64;
    let inputs: Vec<f64> = (0..n).map(|column| (0..n).map(|row| flow(row, column)).sum()).collect();
    let added = |kind: usize, column: usize| (kind + 1 + column % 3) as f64;
    let imports = |column: usize| (column % 2) as f64;
    let output =
        |at: usize| inputs[at] + imports(at) + (0..4).map(|kind| added(kind, at)).sum::<f64>();
    let kinds = ["Rural household", "Urban household", "Government", "Investment", "Inventories"];
    let blank = String::new;
    let mut header =
        vec![vec!["China MRIO table, unit: million yuan".to_owned()], vec![], vec![], vec![]];
    for line in &mut header {
        line.resize(3, blank());
    }
    for province in 0..provinces {
        for industry in 0..industries {
            header[2].push(if industry == 0 { format!("Province {province}") } else { blank() });
            header[3].push(format!("Industry number {industry}"));
            header[1].push(format!("{:02}", industry + 1));
        }
    }
    for province in 0..provinces {
        for (at, kind) in kinds.iter().enumerate() {
            header[2].push(if at == 0 { format!("Province {province}") } else { blank() });
            header[3].push((*kind).to_owned());
            header[1].push(format!("FU10{at}"));
        }
    }
    for (code, name) in [("EX", "Export"), ("ERR", "Others"), ("GO", "Output")] {
        header[1].push(code.to_owned());
        header[2].push(blank());
        header[3].push(name.to_owned());
    }
    let mut lines = header;
    for row in 0..n {
        let (province, industry) = (row / industries, row % industries);
        let mut line = vec![
            if industry == 0 { format!("Province {province}") } else { blank() },
            format!("Industry number {industry}"),
            format!("{:02}", industry + 1),
        ];
        let flows: Vec<f64> = (0..n).map(|column| flow(row, column)).collect();
        let demands: Vec<f64> = (0..provinces * 5).map(|column| demand(row, column)).collect();
        let exports = (row % 6) as f64;
        let sold = flows.iter().sum::<f64>() + demands.iter().sum::<f64>() + exports;
        let rest = [exports, output(row) - sold, output(row)];
        line.extend(flows.iter().chain(&demands).chain(&rest).map(ToString::to_string));
        lines.push(line);
    }
    let mut below = |name: &str, code: &str, cell: &dyn Fn(usize) -> f64| {
        let mut line = vec![blank(), name.to_owned(), code.to_owned()];
        line.extend((0..n).map(|column| cell(column).to_string()));
        lines.push(line);
    };
    below("Import", "IM", &imports);
    below("Total intermediate inputs", "TII", &|at| inputs[at] + imports(at));
    for kind in 0..4 {
        below(&format!("Value added kind {kind}"), &format!("VA00{kind}"), &|at| added(kind, at));
    }
    below("Value added", "TVA", &|at| (0..4).map(|kind| added(kind, at)).sum());
    below("Total input", "TI", &output);
    lines
}

fn read_lines(lines: Vec<Vec<String>>) -> Result<Imported, Findings> {
    let source = Source::default();
    let mut reader = Reader::new(&source, "CEADs China MRIO");
    let cells = Cells::from_texts("ceads.xlsx#English_Version", lines);
    let table = sheet_table::read(&mut reader, &cells);
    reader.finish(table)
}

#[test]
fn the_full_size_is_found_by_its_labels() {
    let imported = read_lines(sheet(31, 42)).unwrap_or_else(|findings| panic!("{findings}"));
    let table = imported.table;
    assert_eq!(imported.report.counted("regions"), Some(31));
    assert_eq!(table.industries.len(), 1302);
    assert_eq!(table.industries[43].region, "Province 1");
    assert_eq!(table.industries[43].name, "Industry number 1");
    assert_eq!(table.categories.len(), 155 + 2, "five kinds by province, exports, others");
    assert_eq!(table.categories[6].region, "Province 1");
    assert_eq!(table.categories[6].name, "Urban household");
    assert_eq!(table.categories[155].name, "Export");
    let inputs: Vec<&str> = table.primary_inputs.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(inputs[0], "Import");
    assert_eq!(inputs.len(), 5, "{inputs:?}");
    assert_eq!(table.uses(), table.output);
    assert_eq!(table.costs(), table.output);
    assert!(table.unit.contains("million yuan"), "{}", table.unit);
}

#[test]
fn the_sheet_of_the_workbook_is_read_and_the_others_named() {
    let (lines, other) = (sheet(3, 4), fixture::rows(&["a,b", "c,d"]));
    let book = fixture::xlsx(&[("Chinese_Version", &other), (SHEET, &lines)]);
    let source = Source::memory([("china.xlsx", book)]).expect("no zip");
    let imported = read(&source).unwrap_or_else(|findings| panic!("{findings}"));
    assert_eq!(imported.table.industries.len(), 12);
    assert_eq!(imported.table.uses(), imported.table.output);
}

#[test]
fn a_sheet_cut_off_or_mislabelled_is_explained() {
    let mut lines = sheet(3, 4);
    lines[6][7] = "n.a.".to_owned();
    insta::assert_snapshot!(read_lines(lines).expect_err("bad"), @r#"
    error[E1307]: `n.a.` in `ceads.xlsx#English_Version` is not a number
     --> ceads.xlsx#English_Version:7:8: not a number
    "#);
    let lines = vec![vec!["a".to_owned(), "b".to_owned()]; 3];
    insta::assert_snapshot!(read_lines(lines).expect_err("bad"), @r#"
    error[E1312]: `ceads.xlsx#English_Version` has no square block with labels
     --> ceads.xlsx#English_Version:1:1: labels of rows and columns must be equal and in one order
    "#);
}

/// The workbooks of Finland, read as one sheet each; a sheet that is not there is named.
#[test]
fn a_sheet_is_chosen_by_its_name() {
    let Some(bytes) = fixture::bytes("finland_io/io2014.xlsx") else { return };
    let source = Source::memory([("io2014.xlsx", bytes)]).expect("no zip");
    let imported = read_sheet(&source, "sheet", Some("Uusimaa")).expect("a sound sheet");
    assert_eq!(imported.table.industries[0].region, "Uusimaa");
    let text = read(&source).expect_err("no such sheet").to_string();
    assert!(text.contains("E1312") && text.contains("Uusimaa, VarsinSuomi"), "{text}");
}

proptest! {
    #[test]
    fn changed_sheets_never_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[a-z0-9.-]{0,4}"), 0..8), rows in 0..22_usize) {
        let mut lines = sheet(2, 3);
        for (row, column, text) in edits {
            let line = row.get_mut(&mut lines);
            *column.get_mut(line) = text;
        }
        lines.truncate(rows);
        let _either = read_lines(lines);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn damaged_workbooks_never_panic(damage in damage()) {
        let book = fixture::xlsx(&[(SHEET, &sheet(2, 3))]);
        let files = damage.done_to(&vec![("china.xlsx".to_owned(), book)]);
        let _either = read(&Source::memory(files).expect("no zip"));
        let Some(bytes) = fixture::bytes("finland_io/io2014.xlsx") else { return Ok(()) };
        let files = damage.done_to(&vec![("io2014.xlsx".to_owned(), bytes)]);
        let source = Source::memory(files).expect("no zip");
        let _either = read_sheet(&source, "sheet", Some("Uusimaa"));
    }
}
