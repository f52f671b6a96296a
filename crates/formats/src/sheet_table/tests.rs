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

/// The layout of China's provincial tables of 42 sectors: title, unit at the right end, names over
/// codes, kinds of final use with their sums, imports and inflow to be subtracted, an error, output; the
/// cells are small whole numbers and the error column makes rows add up.
fn provincial(words: &dyn Fn(&str) -> String) -> Vec<Vec<String>> {
    let n = 42;
    let flow = |row: usize, column: usize| ((row * 7 + column * 3) % 5) as f64;
    let demand = |row: usize, kind: usize| ((row + 2 * kind) % 7) as f64;
    let inputs: Vec<f64> = (0..n).map(|j| (0..n).map(|i| flow(i, j)).sum()).collect();
    let added = |kind: usize, column: usize| (kind + 1 + column % 3) as f64;
    let output = |at: usize| inputs[at] + (0..4).map(|kind| added(kind, at)).sum::<f64>();
    let names = |codes: &[&str]| -> Vec<String> { codes.iter().map(|code| words(code)).collect() };
    let columns = [
        "TIU", "FU101", "FU102", "THC", "FU103", "TC", "FU201", "FU202", "GCF", "EX", "OF", "TFU",
        "IM", "IF", "ERR", "GO",
    ];
    let blank = |count: usize| vec![String::new(); count];
    let sectors: Vec<String> = (0..n).map(|at| format!("部门第{at}")).collect();
    let codes: Vec<String> = (0..n).map(|at| format!("{:02}", at + 1)).collect();
    let mut unit = blank(2 + n + columns.len());
    *unit.last_mut().expect("a column") = "单位：万元".to_owned();
    let line = |head: [&str; 2], middle: &[String], end: Vec<String>| -> Vec<String> {
        head.iter()
            .map(|text| (*text).to_owned())
            .chain(middle.iter().cloned())
            .chain(end)
            .collect()
    };
    let mut lines = vec![
        vec!["2017年投入产出表（按当年生产者价格计算）".to_owned()],
        unit,
        line(["投入", "代码"], &sectors, names(&columns)),
        line(["", ""], &codes, columns.iter().map(|code| (*code).to_owned()).collect()),
    ];
    for i in 0..n {
        let cells: Vec<f64> = (0..n).map(|j| flow(i, j)).collect();
        let kinds: Vec<f64> = (0..9).map(|kind| demand(i, kind)).collect();
        let [rural, urban, public, fixed, stock, export, outflow, import, inflow] = kinds[..]
        else {
            unreachable!("nine kinds")
        };
        let finals = rural + urban + public + fixed + stock + export + outflow;
        let intermediate: f64 = cells.iter().sum();
        let error = output(i) - (intermediate + finals - import - inflow);
        let end = [
            intermediate,
            rural,
            urban,
            rural + urban,
            public,
            rural + urban + public,
            fixed,
            stock,
            fixed + stock,
            export,
            outflow,
            finals,
            import,
            inflow,
            error,
            output(i),
        ];
        let numbers = cells.iter().chain(&end).map(ToString::to_string).collect();
        lines.push(line([&sectors[i], &codes[i]], &[], numbers));
    }
    let mut below = |code: &str, cell: &dyn Fn(usize) -> f64| {
        let name = words(code);
        let cells: Vec<String> = (0..n).map(|j| cell(j).to_string()).collect();
        lines.push(line([name.as_str(), code], &cells, vec![]));
    };
    below("TII", &|j| inputs[j]);
    for (kind, code) in ["VA001", "VA002", "VA003", "VA004"].into_iter().enumerate() {
        below(code, &|j| added(kind, j));
    }
    below("TVA", &|j| (0..4).map(|kind| added(kind, j)).sum());
    below("TI", &output);
    lines
}

const CHINESE: [(&str, &str); 23] = [
    ("TIU", "中间使用合计"),
    ("FU101", "农村居民消费支出"),
    ("FU102", "城镇居民消费支出"),
    ("THC", "居民消费支出小计"),
    ("FU103", "政府消费支出"),
    ("TC", "最终消费合计"),
    ("FU201", "固定资本形成总额"),
    ("FU202", "存货增加"),
    ("GCF", "资本形成合计"),
    ("EX", "出口"),
    ("OF", "国内省外流出"),
    ("TFU", "最终使用合计"),
    ("IM", "进口"),
    ("IF", "国内省外流入"),
    ("ERR", "其他"),
    ("GO", "总产出"),
    ("TII", "中间投入合计"),
    ("VA001", "劳动者报酬"),
    ("VA002", "生产税净额"),
    ("VA003", "固定资产折旧"),
    ("VA004", "营业盈余"),
    ("TVA", "增加值合计"),
    ("TI", "总投入"),
];

#[test]
fn a_provincial_table_of_china_subtracts_inflow_and_knows_output() {
    let chinese = |code: &str| {
        CHINESE
            .iter()
            .find(|(known, _)| *known == code)
            .map_or(String::new(), |(_, word)| (*word).into())
    };
    let english = |code: &str| {
        let words = [
            ("TIU", "Total intermediate use"),
            ("FU101", "Rural household"),
            ("FU102", "Urban household"),
            ("THC", "Household consumption, total"),
            ("FU103", "Government"),
            ("TC", "Total consumption"),
            ("FU201", "Fixed capital formation"),
            ("FU202", "Inventories"),
            ("GCF", "Capital formation, total"),
            ("EX", "Export"),
            ("OF", "Outflow to other provinces"),
            ("TFU", "Total final use"),
            ("IM", "Import"),
            ("IF", "Inflow from other provinces"),
            ("ERR", "Error"),
            ("GO", "Gross output"),
            ("TII", "Total intermediate input"),
            ("VA001", "Compensation of employees"),
            ("VA002", "Net production tax"),
            ("VA003", "Depreciation"),
            ("VA004", "Surplus"),
            ("TVA", "Total value added"),
            ("TI", "Total input"),
        ];
        words
            .iter()
            .find(|(known, _)| *known == code)
            .map_or(String::new(), |(_, word)| (*word).into())
    };
    let code = |code: &str| code.to_owned();
    for words in [&chinese as &dyn Fn(&str) -> String, &english, &code] {
        let cells = Cells::from_texts("province.csv", provincial(words));
        let source = Source::default();
        let mut reader = Reader::new(&source, "sheet");
        let table = read(&mut reader, &cells).unwrap_or_else(|| panic!("{}", reader.findings));
        assert_eq!((table.industries.len(), table.unit.as_str()), (42, "万元"));
        assert!(table.industries[3].name.starts_with("部门"), "{}", table.industries[3].name);
        let names: Vec<String> = table.categories.iter().map(|label| label.name.clone()).collect();
        let kinds = ["FU101", "FU102", "FU103", "FU201", "FU202", "EX", "OF", "IM", "IF", "ERR"];
        assert_eq!(names, kinds.map(words));
        let negative = |at: usize| table.final_demand.column(at).iter().all(|cell| *cell <= 0.0);
        assert!(negative(7) && negative(8), "imports and inflow are subtracted");
        let inputs: Vec<&str> = table.primary_inputs.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(inputs, ["VA001", "VA002", "VA003", "VA004"].map(words));
        for (side, name) in [(table.uses(), "sales"), (table.costs(), "costs")] {
            for (sum, output) in side.iter().zip(&table.output) {
                assert!((sum - output).abs() < 1e-9, "{name}: {sum}, {output}");
            }
        }
    }
}

#[test]
fn a_label_that_is_lost_or_renamed_is_found_at_its_place() {
    let lines = [
        "million EUR,01,2,3,4,5,Hou,Out",
        "1,1,2,0,0,0,4,7",
        "02,3,1,0,0,0,5,9",
        "3,3,1,0,0,0,5,9",
        "4,3,1,0,0,0,5,9",
        "5,3,1,0,0,0,5,9",
        "VA,1,2,3,4,5,,",
    ];
    let read_lines = |lines: &[&str]| {
        let source = Source::default();
        let mut reader = Reader::new(&source, "sheet");
        let table = read(&mut reader, &sheet(lines));
        (table.map(|table| table.industries.len()), reader.findings.to_string())
    };
    assert_eq!(read_lines(&lines).0, Some(5), "`01` is `1`");
    let renamed = lines.map(|line| line.replace("4,3,1,0", "Four,3,1,0"));
    let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
    insta::assert_snapshot!(read_lines(&renamed).1, @r#"
    error[E1311]: labels of `t.csv` part: row 5 is `Four`, column 5 is `4`
     --> t.csv:5:1: rows and columns agree again at `5`
      = help: rows and columns must list the same labels in one order; restore the one that was lost or renamed
    "#);
    let mut lost = lines.to_vec();
    lost.remove(3);
    insta::assert_snapshot!(read_lines(&lost).1, @r#"
    error[E1311]: labels of `t.csv` part: row 4 is `4`, column 4 is `3`
     --> t.csv:4:1: rows and columns agree again at `4`
      = help: rows and columns must list the same labels in one order; restore the one that was lost or renamed
    "#);
}

/// The official table of Liaoning 2007: imports and inflow are subtracted, and every industry adds up.
#[test]
fn the_official_table_of_liaoning_adds_up() {
    let Some(bytes) = crate::fixture::bytes("liaoning/liaoning_io_2007.csv") else { return };
    let files = vec![("liaoning_io_2007.csv".to_owned(), bytes)];
    let source = Source::memory(files).expect("no zip files");
    let imported = crate::ceads::read_sheet(&source, "table on a sheet", None);
    let imported = imported.unwrap_or_else(|findings| panic!("{findings}"));
    let table = imported.table;
    assert_eq!((table.industries.len(), table.primary_inputs.len()), (42, 4));
    assert_eq!(table.industries[0].name, "农林牧渔业");
    let names: Vec<&str> = table.categories.iter().map(|label| label.name.as_str()).collect();
    let kinds = [
        "44:HH rural",
        "45:HH urban",
        "47:Gov",
        "49:GFCF",
        "50:Inventory",
        "52:Export (intl)",
        "53:Outflow (other provinces)",
        "55:Import (intl)",
        "56:Inflow (other provinces)",
        "57:Other/error",
    ];
    assert_eq!(names, kinds);
    assert_eq!(table.output[0].to_bits(), 21_280_000.0_f64.to_bits());
    for identity in accounts::identity::input_output(&table) {
        assert!(identity.holds(), "{}: {:?}", identity.name, identity.lines[0]);
    }
}

#[test]
fn the_last_label_misspelt_and_lines_of_another_length_are_told() {
    let source = Source::default();
    let mut reader = Reader::new(&source, "sheet");
    let lines = [
        "t,Farms,Mines,Construction,Households",
        "Farms,1,2,3,7",
        "Mines,1,2,3,7",
        "Contruction,3,1,1,6",
        "Wages,6,7,5,",
    ];
    assert!(read(&mut reader, &sheet(&lines)).is_none());
    let told = reader.findings.to_string();
    assert!(told.contains("E1311") && told.contains("`Contruction`"), "{told}");

    let told = |text: &str| {
        let source = Source::memory([("t.csv", text.as_bytes().to_vec())]).expect("no zip");
        crate::ceads::read_sheet(&source, "sheet", None).expect_err("damaged").to_string()
    };
    let sound = "t,Farms,Works,Households\nFarms,1,2,7\nWorks,3,1,6\nWages,6,7,0\n";
    let comma = told(&sound.replace("1,2,7", "1,2,7,0"));
    assert!(comma.contains("E1308") && comma.contains("t.csv:2"), "{comma}");
    let short = told(sound.strip_suffix("7,0\n").expect("its end"));
    assert!(short.contains("E1308") && short.contains("cut off"), "{short}");
    let semicolons = sound.replace(',', ";").into_bytes();
    let source = Source::memory([("t.csv", semicolons)]).expect("no zip");
    let imported = crate::ceads::read_sheet(&source, "sheet", None).expect("sound");
    assert_eq!(imported.table.output, [10.0, 10.0]);
}
