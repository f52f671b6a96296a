//! Tables made by recipes and read from other programs, as a user goes on with them.

mod support;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{folder, ironbelt, text};

/// A recipe of Liaoning alone from the shipped national table, and its output beside it.
fn one_region(folder: &Path) -> PathBuf {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/china");
    let data = data.canonicalize().expect("the data ship");
    let output = std::fs::read_to_string(data.join("output_2017.csv")).expect("it ships");
    let here = output.lines().filter_map(|line| {
        let (industry, value) = line.split_once(",Liaoning,")?;
        Some(format!("{industry},{value}\n"))
    });
    let rows: String = here.collect();
    std::fs::write(folder.join("output.csv"), format!("industry,value\n{rows}")).expect("written");
    let path = |name: &str| format!("{:?}", data.join(name).display().to_string());
    let recipe = format!(
        "format = 1\nyear = 2017\nmoney = \"100 million CNY\"\n[national]\nindustries = {}\nuses = {}\n\
         production = {}\nconsumption_split = {}\nmargins = []\n[region]\nname = \"Liaoning\"\n\
         output = \"output.csv\"\n",
        path("industries.csv"),
        path("national_uses_2017.csv"),
        path("national_production_2017.csv"),
        path("consumption_split_2007.csv"),
    );
    let file = folder.join("region.toml");
    std::fs::write(&file, recipe).expect("written");
    file
}

#[test]
fn the_table_of_one_region_is_analysed_and_compares_with_itself() {
    let here = folder("one-region");
    one_region(&here);
    let made = ironbelt(&["accounts", "regionalise", "region.toml", "--out", "liaoning"], &here);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let found = ironbelt(&["analyse", "liaoning", "--top", "2"], &here);
    assert!(found.status.success(), "{}", text(&found.stderr));
    let printed = text(&found.stdout);
    assert!(printed.starts_with("Liaoning 2017; unit of money: 100 million CNY"), "{printed}");
    assert!(text(&found.stderr).contains("tell jobs (--jobs);"), "{}", text(&found.stderr));
    assert!(printed.contains("Multipliers of income") && printed.contains("Type II"), "{printed}");
    let checked = ironbelt(&["accounts", "check", "liaoning", "--top", "2"], &here);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    assert!(text(&checked.stdout).contains("No line of any identity is off"));
    let compare = [
        "accounts",
        "regionalise",
        "region.toml",
        "--out",
        "again",
        "--compare",
        "liaoning",
        "--compare-from",
        "folder",
    ];
    let printed = text(&ironbelt(&compare, &here).stdout);
    let ours = printed.lines().find(|line| line.contains("gravity")).expect("it is compared");
    let figures: Vec<&str> = ours.split_whitespace().skip(2).collect();
    assert_eq!(figures, ["0.00"; 5], "{printed}");
    let slq = printed.lines().find(|line| line.contains(" SLQ")).expect("it is compared");
    assert!(!slq.contains(" 0.00"), "{printed}");
}

#[test]
fn tables_of_other_programs_are_analysed_where_they_are() {
    let mocks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let found = ["shared", "../shared"]
        .map(|up| mocks.join(up).join("data/formats/pymrio_format_mocks"))
        .into_iter()
        .find(|path| path.exists());
    let Some(mocks) = found else {
        eprintln!("SKIPPED: mocks of other programs' formats are not here");
        return;
    };
    for (name, format) in [
        ("exio1_mock", "exiobase1"),
        ("exio2_mock", "exiobase2"),
        ("exio3_mock", "exiobase3"),
        ("eora26_mock", "eora"),
        ("gloria_mock", "gloria"),
        ("wiod_mock", "wiod"),
    ] {
        let path = mocks.join(name).display().to_string();
        for what in ["multipliers", "linkages", "trade", "location"] {
            let output = ironbelt(&["analyse", &path, "--from", format, "--what", what], &mocks);
            assert!(output.status.success(), "{name} {what}: {}", text(&output.stderr));
        }
    }
    let path = mocks.join("exio1_mock").display().to_string();
    let impact = [
        "impact",
        "--accounts",
        &path,
        "--from",
        "exiobase1",
        "--region",
        "reg1",
        "--industry",
        "mining",
        "--amount",
        "10",
        "--unit",
        "table",
        "--phase",
        "operation",
        "--format",
        "json",
    ];
    let output = ironbelt(&impact, &mocks);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&found["unit"], &found["propensity"]), (&"M.EUR".into(), &().into()));
    // The output multiplier of mining in reg1 is 1.5510.
    let gross = found["phases"][0]["total"]["gross"]["output"].as_f64().expect("a number");
    assert!((gross - 15.51).abs() < 5e-4, "{gross}");
    let wrong = ironbelt(
        &["analyse", &path, "--from", "exiobase1", "--income", "nothing of the kind"],
        &mocks,
    );
    assert_eq!(wrong.status.code(), Some(3));
    assert!(text(&wrong.stderr).contains("E1508"), "{}", text(&wrong.stderr));
}

#[test]
fn a_reader_that_goes_away_ends_the_output_and_nothing_else() {
    let here = folder("closed-pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_ironbelt"))
        .args(["analyse", "--what", "influence", "--format", "json"])
        .current_dir(&here)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert!(child.wait().expect("it ends").success(), "{said}");
    assert!(!said.contains("panicked") && !said.contains("pipe"), "{said}");
}

const NATIONAL: &str = "\"Unit: 10,000 yuan\",1,2,Hou,Exp,Im,GO\n01,10,20,30,40,5,95\n02,30,40,50,60,20,160\n\
                        VA001,55,100,,,,\nTI,95,160,,,,\n";

/// The official layout: imports subtracted, output named, the unit as it is printed.
#[test]
fn a_table_in_ten_thousand_yuan_is_imported_checked_and_gives_an_impact() {
    let here = folder("official-layout");
    std::fs::write(here.join("t.csv"), NATIONAL).expect("written");
    let made = ironbelt(&["accounts", "import", "sheet", "t.csv", "--out", "t"], &here);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let told = text(&made.stdout);
    assert!(told.contains("unit: 10,000 yuan") && told.contains("`Im`: subtracted"), "{told}");
    let checked = ironbelt(&["accounts", "check", "t"], &here);
    assert!(checked.status.success(), "{}", text(&checked.stderr));
    let impact = |amount: &str| {
        let arguments = [
            "impact",
            "--accounts",
            "t",
            "--phase",
            "operation",
            "--amount",
            amount,
            "--industry",
            "1",
            "--format",
            "json",
        ];
        let found = ironbelt(&arguments, &here);
        assert!(found.status.success(), "{}", text(&found.stderr));
        let found: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
        found
    };
    let found = impact("0.95 million CNY");
    assert_eq!(found["unit"], "million CNY");
    let direct = found["phases"][0]["direct"]["output"].as_f64().expect("a number");
    assert!((direct - 0.95).abs() < 1e-12, "{direct}");
    assert!(found["phases"][0]["total"]["net"]["jobs"].is_null(), "no jobs are known");
    let concordance = "axis,fine,coarse,weight\nindustry,1,all,1\nindustry,2,all,1\n";
    std::fs::write(here.join("c.csv"), concordance).expect("written");
    let merged = ironbelt(&["accounts", "aggregate", "t", "c.csv", "--out", "one"], &here);
    assert!(merged.status.success(), "{}", text(&merged.stderr));
    assert!(ironbelt(&["accounts", "check", "one"], &here).status.success());
    let output = std::fs::read_to_string(here.join("one/output.csv")).expect("written");
    assert!(output.contains("255"), "{output}");
    std::fs::write(here.join("t.csv"), NATIONAL.replace("01,10,", "01,18,")).expect("written");
    assert!(
        ironbelt(&["accounts", "import", "sheet", "t.csv", "--out", "t"], &here).status.success()
    );
    let checked = ironbelt(&["accounts", "check", "t"], &here);
    assert_eq!(checked.status.code(), Some(5));
    assert!(text(&checked.stderr).contains("E1314"), "{}", text(&checked.stderr));
}

#[test]
fn regional_accounts_become_a_term_database_that_is_homogeneous() {
    let here = folder("term-of-accounts");
    let export = ["accounts", "export", "liaoning-2017", "liaoning.har", "--as", "term"];
    let made = ironbelt(&export, &here);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(text(&made.stdout).contains("P028         0.5  TERM database for Finland"));
    std::fs::write(here.join("all.shk"), "shock phi = uniform 1 ;\n").expect("written");
    let run = ["model", "run", "--database", "liaoning.har", "--closure", "long-run"];
    let found = ironbelt(&[&run[..], &["--shocks", "all.shk"]].concat(), &here);
    assert!(found.status.success(), "{}", text(&found.stderr));
    let printed = text(&found.stdout);
    for (name, wanted) in [("RealGDP", "0.00000"), ("GDPPI", "1.00000"), ("AggEmploy", "0.00000")] {
        let line = printed.lines().find(|line| line.trim_start().starts_with(name));
        assert!(line.is_some_and(|line| line.ends_with(wanted)), "{name}: {printed}");
    }
}

#[test]
fn tables_are_exported_for_other_programs_and_read_back() {
    let here = folder("export");
    one_region(&here);
    let made = ironbelt(&["accounts", "regionalise", "region.toml", "--out", "liaoning"], &here);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let outputs = |format: &str, path: &str, out: &str| {
        let export: &[&str] = if format == "exiobase3" { &["--as", "pymrio"] } else { &[] };
        let made = ironbelt(&[&["accounts", "export", "liaoning", path], export].concat(), &here);
        assert!(made.status.success(), "{}", text(&made.stderr));
        let read = ironbelt(&["accounts", "import", format, path, "--out", out], &here);
        assert!(read.status.success(), "{}", text(&read.stderr));
        let table = std::fs::read_to_string(here.join(out).join("output.csv")).expect("written");
        table
            .lines()
            .map(|line| line.rsplit(',').next().unwrap_or("").to_owned())
            .collect::<Vec<_>>()
    };
    let own = std::fs::read_to_string(here.join("liaoning/output.csv")).expect("written");
    let own: Vec<&str> = own.lines().map(|line| line.rsplit(',').next().unwrap_or("")).collect();
    assert_eq!(outputs("sheet", "liaoning.xlsx", "from-sheet"), own);
    assert_eq!(outputs("exiobase3", "for-pymrio", "from-pymrio"), own);
    let odd = ironbelt(&["accounts", "export", "liaoning", "liaoning.doc"], &here);
    assert_eq!(odd.status.code(), Some(2));
    assert!(text(&odd.stderr).contains("E1714"), "{}", text(&odd.stderr));
    let term = ironbelt(&["accounts", "export", "liaoning", "l.har", "--as", "term"], &here);
    assert_eq!(term.status.code(), Some(3));
    assert!(text(&term.stderr).contains("regionalise"), "{}", text(&term.stderr));
}

/// The official table of a province is a distance away from the province in a recipe of all.
#[test]
fn one_region_of_many_is_compared_with_its_table() {
    let here = folder("one-of-many");
    one_region(&here);
    let made = ironbelt(&["accounts", "regionalise", "region.toml", "--out", "alone"], &here);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies/china/recipe.toml");
    let recipe = recipe.display().to_string();
    let compare = |region: &str| {
        let table = ["--compare", "alone", "--compare-from", "folder", "--compare-region", region];
        ironbelt(
            &[&["accounts", "regionalise", &recipe, "--out", "china"], &table[..]].concat(),
            &here,
        )
    };
    let found = compare("Liaoning");
    assert!(found.status.success(), "{}", text(&found.stderr));
    let printed = text(&found.stdout);
    let line =
        printed.lines().find(|line| line.contains("this recipe")).expect("a line of its own");
    let figures: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(figures.len() == 5 && figures[0] < 25.0 && figures[2] < 10.0, "{printed}");
    let unknown = compare("Liaonin");
    assert_eq!(unknown.status.code(), Some(3));
    assert!(text(&unknown.stderr).contains("the regions are Beijing"), "{}", text(&unknown.stderr));
}
