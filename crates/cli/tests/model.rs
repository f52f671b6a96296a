//! `ironbelt model` as a user runs it, on the database of Finland when it is beside the project.

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{folder, ironbelt, text};

/// A coarser database in a folder of its own, so that runs take no time.
fn coarse(name: &str) -> Option<PathBuf> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/term_finland/premod.HAR");
    if !path.exists() {
        eprintln!("SKIPPED: ../shared is not there, so no TERM database is run");
        return None;
    }
    let folder = folder(name);
    let bytes = std::fs::read(&path).expect("a file that is there");
    let file = formats::har::read("premod.HAR", &bytes).expect("a sound file");
    let names = |header: &str| -> Vec<String> {
        let list = file.header(header).and_then(|header| header.texts()).expect("a set");
        list.iter().map(|each| each.trim().to_owned()).collect()
    };
    let mut lines = String::from("set,from,to\n");
    for (at, region) in names("REGD").iter().enumerate() {
        let _ = writeln!(lines, "REGD,{region},{}", ["South", "Middle", "North"][at / 7]);
    }
    for occupation in names("OCC") {
        let _ = writeln!(lines, "OCC,{occupation},Work");
    }
    std::fs::write(folder.join("concordance.csv"), lines).expect("written");
    let database = path.display().to_string();
    let arguments = ["--concordance", "concordance.csv", "--out", "small.har"];
    let output = run(&["aggregate", "--database", &database], &arguments, &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some(folder)
}

fn run(first: &[&str], rest: &[&str], folder: &Path) -> std::process::Output {
    let all: Vec<&str> = ["model"].iter().chain(first).chain(rest).copied().collect();
    ironbelt(&all, folder)
}

const ON: [&str; 3] = ["run", "--database", "small.har"];

#[test]
fn results_files_and_the_database_after_a_shock() {
    let Some(folder) = coarse("model") else { return };
    std::fs::write(folder.join("a.shk"), "shock fpexp = uniform -5 ;\n").expect("written");
    std::fs::write(folder.join("b.shk"), "shock nhou(\"North\") = 1 ; ! caf\u{e9}\n")
        .expect("written");
    let rest = ["--closure", "long-run", "--shocks", "a.shk", "--shocks", "b.shk", "--updated"];
    let more = ["after.har", "--out", "out", "--format", "json"];
    let output = run(&ON, &[&rest[..], &more[..]].concat(), &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("json");
    // As many parts as two solutions that agree take.
    assert_eq!((&told["status"], &told["method"]), (&"solved".into(), &"exact:32".into()));
    let gap = told["certificate"]["extrapolated_percentage_points"].as_f64().expect("a number");
    assert!(gap < 1e-5, "{gap}");
    let written = std::fs::read(folder.join("out/results.json")).expect("results");
    assert_eq!(written, output.stdout);
    let table = std::fs::read_to_string(folder.join("out/results.csv")).expect("a table");
    assert!(table.contains("\nNatMacro,RealGDP,,,,percent,"), "national product is a line");
    // The database after the shock solves as it is.
    let again = ["run", "--database", "after.har"];
    std::fs::write(folder.join("none.shk"), "shock phi = 0 ;\n").expect("written");
    let rest = ["--closure", "long-run", "--shocks", "none.shk", "--format", "json"];
    let output = run(&again, &rest, &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("json");
    let product = told["results"]["xgdpexp"][0]["percent_change"].as_f64().expect("a number");
    assert!(product.abs() < 1e-6, "{product}");
}

#[test]
fn a_command_file_is_followed_and_what_its_steps_leave_out_is_shown() {
    let Some(folder) = coarse("model-cmf") else { return };
    let long_run = term_long_run();
    let shocks = "method = euler ;\nsteps = 3 ;\nfile INFILE = premod.har ;\ncpu = yes ;\n";
    let cmf = format!("{shocks}{long_run}\nshock fpexp = uniform -5 ;\n");
    std::fs::write(folder.join("term.cmf"), cmf).expect("written");
    let output = run(&ON, &["--closure", "term.cmf", "--shocks", "term.cmf"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    for part in ["euler:3", "exact", "truncation", "Largest truncation:"] {
        assert!(printed.contains(part), "{part} in\n{printed}");
    }
}

fn term_long_run() -> String {
    std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../term/src/closures/long_run.cmf"),
    )
    .expect("a closure that ships")
}

#[test]
fn what_has_no_solution_has_a_status_and_no_numbers() {
    let Some(folder) = coarse("model-status") else { return };
    std::fs::write(folder.join("many.shk"), "shock nhou = 2000 ;\n").expect("written");
    let rest = ["--closure", "short-run", "--shocks", "many.shk", "--format", "json"];
    let output = run(&ON, &rest, &folder);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(told["status"], "infeasible");
    let fraction = told["fraction_of_shock"].as_f64().expect("a number");
    assert!(fraction > 0.099 && fraction < 0.1 && told["results"].is_null(), "{told}");
    let region = "\"North\"";
    let twice = format!("exogenous phi ;\n\nswap pimp(COM,{region}) = acap(IND,{region}) ;\n");
    std::fs::write(folder.join("twice.cmf"), twice.replace("exogenous phi ;", "! a closure"))
        .expect("written");
    let rest = ["--closure", "twice.cmf", "--shocks", "many.shk"];
    let output = run(&ON, &rest, &folder);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let said = text(&output.stderr);
    assert!(said.contains("E1819") && said.contains("twice.cmf:3:1"), "{said}");
}

#[test]
fn a_result_is_explained_term_by_term() {
    let Some(folder) = coarse("model-why") else { return };
    std::fs::write(folder.join("a.shk"), "shock fpexp = uniform -5 ;\n").expect("written");
    let rest = ["--database", "small.har", "--closure", "long-run", "--shocks", "a.shk"];
    let more = ["--follow", "pprim", "--format", "json"];
    let of = ["why", "pcst(\"I_28\",\"South\")"];
    let output = run(&of, &[&rest[..], &more[..]].concat(), &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("json");
    let steps = told["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 2);
    let sum: f64 = steps[0]["terms"]
        .as_array()
        .expect("terms")
        .iter()
        .filter_map(|term| term["contribution"].as_f64())
        .sum();
    assert!((sum - told["change"].as_f64().expect("a number")).abs() < 1e-9);
}
