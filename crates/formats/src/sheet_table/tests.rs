use super::*;
use crate::source::Source;

fn sheet(lines: &[&str]) -> Cells {
    let split = |line: &&str| line.split(',').map(str::to_owned).collect();
    Cells::from_texts("t.csv", lines.iter().map(split).collect())
}

#[test]
fn totals_are_told_from_demand_and_inputs_by_their_arithmetic() {
    let cells = sheet(&[
        "million EUR,I_a,I_b,IND_TOT,Hou,Inv,FIN_USE,TOT_USE",
        "C_a,1,2,3,4,5,9,12",
        "C_b,3,1,4,5,1,6,10",
        "DOM,4,3,,,,,",
        "IMP,2,2,,,,,",
        "TAX,1,0,,,,,",
        "INT,7,5,,,,,",
        "V1LAB,3,4,,,,,",
        "V1CAP,2,1,,,,,",
        "VA,5,5,,,,,",
        "P1R,12,10,,,,,",
    ]);
    let source = Source::default();
    let mut reader = Reader::new(&source, "sheet");
    let table = read(&mut reader, &cells).expect("a sound table");
    let names = |labels: &[Label]| labels.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&table.categories), ["Hou", "Inv"]);
    let inputs: Vec<&str> = table.primary_inputs.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(inputs, ["IMP", "TAX", "V1LAB", "V1CAP"]);
    assert_eq!(table.output, [12.0, 10.0]);
    assert_eq!(table.unit, "million EUR");
    assert_eq!(reader.report.dropped.len(), 2);
}

/// Nineteen regions of Finland, a sheet each: published output and the sums agree. In the second
/// workbook rows are products and columns industries, so that costs are the output of industries.
#[test]
fn every_region_of_finland_adds_up() {
    for (book, is_square) in
        [("finland_io/io2014.xlsx", true), ("finland_io/use_dom2014_en.xlsx", false)]
    {
        let Some(bytes) = crate::fixture::bytes(book) else { continue };
        let mut findings = diagnostics::Findings::default();
        let sheets = crate::workbook::read(book, &bytes, |_| true, &mut findings).expect("sheets");
        assert_eq!(sheets.len(), 19, "{book}");
        for cells in &sheets {
            let source = Source::default();
            let mut reader = Reader::new(&source, "sheet");
            let table = read(&mut reader, cells).unwrap_or_else(|| panic!("{}", reader.findings));
            assert_eq!((table.industries.len(), table.categories.len()), (30, 6), "{}", cells.file);
            assert_eq!(table.primary_inputs.len(), 7, "{}", cells.file);
            let most = table.output.iter().fold(0.0_f64, |most, output| most.max(*output));
            assert_eq!(reader.report.to_string().contains("rows may be products"), !is_square);
            let sides =
                if is_square { vec![table.uses(), table.costs()] } else { vec![table.uses()] };
            for side in sides {
                for (sum, output) in side.iter().zip(&table.output) {
                    assert!((sum - output).abs() < 1e-4 * most, "{}: {sum}, {output}", cells.file);
                }
            }
        }
    }
}
