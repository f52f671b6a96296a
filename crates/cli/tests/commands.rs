//! The program as a user runs it: exit codes, files, messages.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn ironbelt(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ironbelt"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

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

#[test]
fn the_bench_prints_what_a_solve_took() {
    let output = ironbelt(
        &["bench", "--products", "8", "--regions", "5", "--format", "json"],
        &folder("bench"),
    );
    let value: serde_json::Value = serde_json::from_str(&text(&output.stdout)).expect("json");
    assert_eq!(value["status"], "solved");
    assert!(value["newton_steps"].as_u64().expect("steps") > 0);
}
