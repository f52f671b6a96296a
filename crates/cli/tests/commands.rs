//! The program as a user runs it: exit codes, files, messages.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{folder, ironbelt, text};

const README: &str = include_str!("../../../README.md");
const STUDY: &str = include_str!("../../../studies/liaoning/study.toml");

#[test]
fn running_a_study_file_prints_a_summary_and_writes_report_and_tables() {
    let folder = folder("run");
    std::fs::write(folder.join("my.toml"), STUDY).expect("written");
    let output = ironbelt(&["run", "my.toml", "--out", "out"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    for part in
        ["Liaoning in 2020", "Official targets", "What the levers contribute", "report.html"]
    {
        assert!(printed.contains(part), "{part} in\n{printed}");
    }
    let between = |text: &'static str| text.split("excerpt begin -->").nth(1)?.split("<!--").next();
    let excerpt = between(README).expect("README.md has an excerpt between its marks");
    let lines = excerpt.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("```"));
    let stale: Vec<&str> = lines
        .filter(|line| !printed.lines().any(|each| each.trim_end() == line.trim_end()))
        .collect();
    assert!(stale.is_empty(), "README.md shows lines that no run prints:\n{}", stale.join("\n"));
    for file in ["report.html", "results.json", "series.csv", "contributions.csv", "targets.csv"] {
        let written = std::fs::metadata(folder.join("out").join(file)).expect(file);
        assert!(written.len() > 100, "{file}");
    }
    let html = std::fs::read_to_string(folder.join("out/report.html")).expect("a report");
    assert!(!html.contains("http://") || html.contains("www.w3.org"), "nothing is fetched");
    assert!(!html.contains("<script src") && !html.contains("NaN"));
}

#[test]
fn json_on_standard_output_is_the_same_as_the_file() {
    let folder = folder("json");
    std::fs::write(folder.join("my.toml"), STUDY).expect("written");
    let output = ironbelt(&["run", "my.toml", "--out", "out", "--format", "json"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let file = std::fs::read_to_string(folder.join("out/results.json")).expect("results");
    assert_eq!(text(&output.stdout).trim_end(), file);
    let value: serde_json::Value = serde_json::from_str(&file).expect("json");
    assert_eq!(value["format"], 1);
    assert_eq!(value["targets"].as_array().expect("targets").len(), 2);
}

#[test]
fn the_baseline_shows_paths_and_shifters_and_refuses_a_closure_that_is_not_square() {
    let folder = folder("baseline");
    let given = |head: &str| {
        let path = "[baseline.gdp]\nhome = 0.05\nsource = \"test\"\nstatus = \"assumption\"\n\n";
        STUDY.replacen(
            "[baseline.labour_force]",
            &format!("{head}{path}[baseline.labour_force]"),
            1,
        )
    };
    std::fs::write(folder.join("my.toml"), given("")).expect("written");
    let output = ironbelt(&["baseline", "my.toml"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    for part in ["Liaoning: growth, % a year", "given", "labour_productivity", "5.00"] {
        assert!(printed.contains(part), "{part} in\n{printed}");
    }
    let output = ironbelt(&["baseline", "my.toml", "--format", "json"], &folder);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    let product = &value["paths"][0];
    assert_eq!(
        (&product["variable"], &product["shifter"]),
        (&"gdp".into(), &"labour_productivity".into())
    );
    assert!(product["deviation"].as_f64().is_some_and(|off| off < 1e-9));
    let reached = product["reached"].as_array().expect("values");
    let growth = reached[8].as_f64().expect("a number") / reached[7].as_f64().expect("a number");
    assert!((growth - 1.05).abs() < 1e-9);
    std::fs::write(folder.join("wrong.toml"), given("[baseline]\nfree = []\n\n")).expect("written");
    let output = ironbelt(&["baseline", "wrong.toml"], &folder);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("E0230"), "{}", text(&output.stderr));
}

#[test]
fn errors_of_a_study_name_place_cause_and_way_out_and_exit_with_3() {
    let folder = folder("wrong");
    let wrong = STUDY
        .replace("region = \"Shenyang\"", "region = \"Shenyan\"")
        .replace("headline = 2020", "headline = 2030");
    std::fs::write(folder.join("wrong.toml"), wrong).expect("written");
    let output = ironbelt(&["run", "wrong.toml"], &folder);
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    for part in ["wrong.toml:", "Shenyan", "Shenyang", "2030", "help:"] {
        assert!(message.contains(part), "{part} in\n{message}");
    }
    assert!(!folder.join("results").exists(), "nothing is written");
}

#[test]
fn a_missing_file_and_wrong_usage_have_their_own_codes() {
    let folder = folder("missing");
    assert_eq!(ironbelt(&["run", "nowhere.toml"], &folder).status.code(), Some(3));
    assert_eq!(ironbelt(&["accounts", "check", "nowhere"], &folder).status.code(), Some(3));
    assert_eq!(ironbelt(&["run", "--colour"], &folder).status.code(), Some(2));
}

#[test]
fn accounts_are_built_checked_and_refused_when_a_cell_is_changed() {
    let folder = folder("accounts");
    let output = ironbelt(&["accounts", "build", "--out", "tables"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let check = ironbelt(&["accounts", "check", "tables"], &folder);
    assert!(check.status.success(), "{}", text(&check.stderr));
    assert!(text(&check.stdout).contains("All identities hold"));
    let path = folder.join("tables/output.csv");
    let table = std::fs::read_to_string(&path).expect("a table");
    let mut lines: Vec<String> = table.lines().map(str::to_owned).collect();
    let cut = lines[5].rfind(',').expect("a value");
    lines[5].replace_range(cut.., ",1000000");
    std::fs::write(&path, lines.join("\n") + "\n").expect("written");
    let refused = ironbelt(&["accounts", "check", "tables"], &folder);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stdout));
    assert!(text(&refused.stderr).contains("error["), "{}", text(&refused.stderr));
}

#[test]
fn a_study_on_a_folder_of_accounts_runs() {
    let folder = folder("own");
    assert!(ironbelt(&["accounts", "build", "--out", "tables"], &folder).status.success());
    let study = own_study();
    std::fs::write(folder.join("own.toml"), study).expect("written");
    let output = ironbelt(&["run", "own.toml", "--out", "out"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// The shipped study without targets and levers on accounts from a folder, one project added.
fn own_study() -> String {
    let study = STUDY.replace("accounts = \"liaoning-2017\"", "accounts = \"tables\"");
    let head = study.split("# ---- What was observed").next().expect("a head");
    format!(
        "{head}\n[[lever.investment_project]]\nname = \"Plant\"\nregion = \"Dalian\"\nindustry = \"Electronics\"\n\
         amount = \"1 billion CNY\"\nforeign_share = 0.5\nbuild_years = [2018, 2019]\noperation_year = 2020\n\
         probability = 0.8\nimport_content = 0.3\ndisplacement = 0.1\nstage = \"signed\"\nsource = \"own\"\nstatus = \"assumption\"\n"
    )
}

/// What the bench prints for 8 products and 5 regions.
fn bench(more: &[&str]) -> serde_json::Value {
    let size = ["bench", "--products", "8", "--regions", "5", "--format", "json"];
    let output = ironbelt(&[&size, more].concat(), &folder("bench"));
    serde_json::from_str(&text(&output.stdout)).expect("json")
}

#[test]
fn the_bench_prints_what_a_solve_took() {
    // Firms of two owners, or industries; and one wage for each region.
    for (more, unknowns) in [(vec![], 2 * 8 * 5 + 5), (vec!["--plain"], 8 * 5 + 5)] {
        let value = bench(&more);
        assert_eq!(value["status"], "solved");
        for (field, expected) in
            [("products", 8), ("regions", 5), ("trade_flows", 8 * 5 * 5), ("unknowns", unknowns)]
        {
            assert_eq!(value[field], expected, "{field}");
        }
        for counter in ["newton_steps", "linear_iterations", "residual_evaluations", "threads"] {
            assert!(value[counter].as_u64().expect(counter) > 0, "{counter}");
        }
        for measured in
            ["build_seconds", "solve_seconds", "tangent_seconds", "stream_bytes_per_second"]
        {
            assert!(value[measured].as_f64().expect(measured) > 0.0, "{measured}");
        }
        assert!(value["residual"].as_f64().expect("a residual") < 1e-9);
        if cfg!(target_os = "linux") {
            assert!(value["peak_memory_bytes"].as_u64().expect("memory") > 1 << 20);
        }
    }
    assert!(bench(&[])["walras"].as_f64().expect("a gap") < 1e-9);
}

#[test]
fn the_bench_refuses_sizes_without_a_market_or_beyond_memory() {
    for (products, regions) in
        [("0", "5"), ("8", "0"), ("100000", "100000"), ("2", "9999999999999")]
    {
        let size = ["bench", "--products", products, "--regions", regions];
        let output = ironbelt(&size, &folder("bench"));
        assert_eq!(output.status.code(), Some(2), "{products} × {regions}");
        assert!(text(&output.stderr).starts_with("error: "), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

#[test]
fn a_model_is_solved_checked_explained_and_differentiated() {
    let arguments = [
        "solve",
        "two_by_two.toml",
        "--scenario",
        "more labour",
        "--gradient",
        "welfare(RA)",
        "--explain",
        "PL",
    ];
    let output = ironbelt(&arguments, &models());
    assert!(output.status.success(), "{}", text(&output.stderr));
    insta::assert_snapshot!(text(&output.stdout));
    let output = ironbelt(&["solve", "two_by_two.toml", "--check"], &models());
    assert!(output.status.success(), "{}", text(&output.stderr));
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn a_solved_model_is_told_as_json_with_all_digits() {
    let output = ironbelt(&["solve", "two_by_two.toml", "--format", "json"], &models());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("json");
    let scenario = &told["scenarios"][1];
    assert_eq!((&scenario["name"], &scenario["status"]), (&"more labour".into(), &"solved".into()));
    // X = √1.1 in closed form.
    let x = scenario["values"]["X"].as_f64().expect("a number");
    assert!((x - 1.1f64.sqrt()).abs() < 1e-12);
    for part in ["reports", "slack", "certificate", "work"] {
        assert!(scenario[part].is_object(), "{part}");
    }
}

#[test]
fn a_scenario_without_a_solution_carries_no_numbers() {
    let folder = folder("infeasible");
    // One must deliver more labour than there is.
    let model = std::fs::read_to_string(models().join("two_by_two.toml")).expect("a model");
    std::fs::write(folder.join("none.toml"), model.replace("labour = 77", "labour = -77"))
        .expect("written");
    let arguments = ["solve", "none.toml", "--scenario", "more labour", "--format", "json"];
    let output = ironbelt(&arguments, &folder);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let told: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("json");
    let scenario = &told["scenarios"][0];
    assert_eq!(scenario["status"], "infeasible");
    assert_eq!(scenario["values"], serde_json::json!({}));
    let fraction = scenario["diagnosis"]["fraction"].as_f64().expect("a fraction");
    // Labour falls from 70 to −77: it is gone at 70/147.
    assert!((0.4..0.48).contains(&fraction), "{fraction}");
}

#[test]
fn models_are_read_with_a_byte_order_mark_and_in_latin_1() {
    let folder = folder("encodings");
    let model = std::fs::read_to_string(models().join("two_by_two.toml")).expect("a model");
    std::fs::write(folder.join("marked.toml"), format!("\u{feff}{model}")).expect("written");
    let output = ironbelt(&["solve", "marked.toml", "--seconds", "60"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    // In Latin-1: "Märkte, économie".
    let mut gams = b"* M\xe4rkte, \xe9conomie\n".to_vec();
    gams.extend_from_slice(
        b"$ONTEXT\n$MODEL:M\n$SECTORS:\n X\n$COMMODITIES:\n PX\n PL\n$CONSUMERS:\n RA ! m\xe9nage\n\
          $PROD:X\n O:PX Q:2\n I:PL Q:1\n$DEMAND:RA\n D:PX Q:2\n E:PL Q:3\n$OFFTEXT\nPL.FX = 1;\n\
          SOLVE M USING MCP;\n",
    );
    std::fs::write(folder.join("latin.gms"), gams).expect("written");
    let output = ironbelt(&["solve", "latin.gms", "--format", "json"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("json");
    let x = told["scenarios"][0]["values"]["X"].as_f64().expect("a number");
    assert!((x - 3.0).abs() < 1e-9, "{x}");
    let output = ironbelt(&["solve", "latin.gms", "--seconds", "0"], &folder);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn errors_of_a_model_are_all_told_with_their_places() {
    let folder = folder("model");
    let model = std::fs::read_to_string(models().join("two_by_two.toml")).expect("a model");
    let wrong = model
        .replace("commodity = \"PK\", quantity = 30", "commodity = \"PKK\", quantity = 30")
        .replace("quantity = \"labour\"", "quantity = \"labor*(2\"")
        .replace("sigma = 1 }", "sigma = -1 }");
    std::fs::write(folder.join("wrong.toml"), wrong).expect("written");
    let output = ironbelt(&["solve", "wrong.toml"], &folder);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(text(&output.stderr));
}

#[test]
fn a_table_of_another_program_is_imported_and_its_folder_read_again() {
    let folder = folder("import");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    write("A.txt", "region\t\tA\tA\nsector\t\tx\ty\nA\tx\t0.5\t0\nA\ty\t0\t0.5\n");
    write("Y.txt", "region\t\tA\ncategory\t\tall\nA\tx\t1\nA\ty\t2\n");
    let output = ironbelt(&["accounts", "import", "exiobase3", ".", "--out", "out"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(printed.contains("industries of all regions") && printed.contains("8 files written"));
    let again = ["accounts", "import", "folder", "out", "--format", "json"];
    let output = ironbelt(&again, &folder);
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(value["counts"]["industries of all regions"], 2);
    write("Y.txt", "region\t\tA\ncategory\t\tall\nA\tx\t1\nA\tz\t2\n");
    let output = ironbelt(&["accounts", "import", "exiobase3", "."], &folder);
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    assert!(said.contains("E1311") && said.contains("Y.txt:4:1"), "{said}");
}

const SMALL: &str = include_str!("../../study/tests/small.toml");

#[test]
fn targets_that_were_killed_continue_to_the_same_bytes_and_can_be_scored() {
    let folder = folder("targets");
    let _ = std::fs::remove_dir_all(folder.join("killed"));
    let _ = std::fs::remove_dir_all(folder.join("whole"));
    std::fs::write(folder.join("small.toml"), SMALL).expect("written");
    let arguments = ["targets", "small.toml", "--draws", "16", "--format", "json", "--out"];
    let whole = ironbelt(&[&arguments[..], &["whole"]].concat(), &folder);
    assert!(whole.status.success(), "{}", text(&whole.stderr));

    let mut child = Command::new(env!("CARGO_BIN_EXE_ironbelt"))
        .args([&arguments[..], &["killed"]].concat())
        .current_dir(&folder)
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    let draws = folder.join("killed/draws.csv");
    let lines = || std::fs::read_to_string(&draws).map_or(0, |text| text.lines().count());
    // Two lines of head and three draws; a child that is faster has ended, which is a break as well.
    while lines() < 5 && child.try_wait().expect("its state").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let mut torn = std::fs::read_to_string(&draws).expect("some draws");
    torn.push_str("15,sol");
    std::fs::write(&draws, torn).expect("written");

    let again = ironbelt(&[&arguments[..], &["killed"]].concat(), &folder);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert_eq!(text(&again.stdout), text(&whole.stdout));
    for file in ["draws.csv", "forecast.json"] {
        let read = |run: &str| std::fs::read(folder.join(run).join(file)).expect(file);
        assert!(read("killed") == read("whole"), "{file}");
    }

    // Another seed does not mix with these draws.
    let other = ironbelt(&[&arguments[..], &["killed", "--seed", "2"]].concat(), &folder);
    assert_eq!(other.status.code(), Some(3));
    let said = text(&other.stderr);
    assert!(said.contains("E1904") && said.contains("seed, method or number of draws changed"));
    // Nor does another study, whatever it changes.
    let changed = SMALL.replace("growth = 0.04", "growth = 0.041");
    assert_ne!(changed, SMALL);
    std::fs::write(folder.join("small.toml"), changed).expect("written");
    let other = ironbelt(&[&arguments[..], &["killed"]].concat(), &folder);
    assert_eq!(other.status.code(), Some(3));
    assert!(text(&other.stderr).contains("the study file changed"), "{}", text(&other.stderr));
    std::fs::write(folder.join("small.toml"), SMALL).expect("written");

    std::fs::write(folder.join("out.csv"), "target,year,value\nInvestment,2019,1\nHope,2019,1\n")
        .expect("written");
    let arguments = ["score", "whole/forecast.json", "out.csv", "--format", "json"];
    let scores = ironbelt(&arguments, &folder);
    assert!(scores.status.success() && text(&scores.stderr).contains("W1903"));
    let scores: serde_json::Value = serde_json::from_slice(&scores.stdout).expect("json");
    let told: serde_json::Value = serde_json::from_slice(&whole.stdout).expect("json");
    let probability = told["targets"][2]["probability"].as_f64().expect("a number");
    let brier = scores[0]["brier"].as_f64().expect("a number");
    assert!((brier - probability * probability).abs() < 1e-12, "the target was missed");
    assert_eq!(scores.as_array().map(Vec::len), Some(1));
}
