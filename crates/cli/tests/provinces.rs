//! A study on accounts that a recipe builds: regions of any names, any of them the home.

mod support;

use std::path::Path;

use support::{folder, ironbelt, text};

const CHINA: &str = include_str!("../../../studies/china/study.toml");

/// Three industries whose costs, uses and incomes agree.
const TABLES: [(&str, &str); 5] = [
    ("industries.csv", "label,goods\nFarms,yes\nFactories,yes\nServices,no\n"),
    (
        "production.csv",
        "industry,item,value\n\
         Farms,compensation,50\nFarms,depreciation,7\nFarms,surplus,18\nFarms,production_tax,2\n\
         Farms,output,130\n\
         Factories,compensation,40\nFactories,depreciation,15\nFactories,surplus,25\n\
         Factories,production_tax,6\nFactories,output,255\n\
         Services,compensation,110\nServices,depreciation,25\nServices,surplus,40\n\
         Services,production_tax,8\nServices,output,270\n",
    ),
    (
        "output.csv",
        "industry,region,value\n\
         Farms,North,50\nFarms,Middle,60\nFarms,South,20\n\
         Factories,North,120\nFactories,Middle,55\nFactories,South,80\n\
         Services,North,100\nServices,Middle,70\nServices,South,100\n",
    ),
    (
        "provinces.csv",
        "region,latitude,longitude,area\nNorth,42,123,10\nMiddle,35,115,12\nSouth,25,110,20\n",
    ),
    (
        "recipe.toml",
        "format = 1\nyear = 2017\nmoney = \"100 million CNY\"\n\
         [national]\nindustries = \"industries.csv\"\nuses = \"uses.csv\"\n\
         production = \"production.csv\"\nmargins = [\"Services\"]\n\
         [regions]\noutput = \"output.csv\"\ncapitals = \"provinces.csv\"\n",
    ),
];

/// Uses by product and source; the users are the industries, then the final ones.
const USES: [(&str, &str, [u32; 8]); 6] = [
    ("Farms", "domestic", [10, 40, 5, 60, 0, 5, 10, 0]),
    ("Factories", "domestic", [20, 60, 20, 50, 5, 60, 40, 0]),
    ("Services", "domestic", [15, 40, 50, 90, 50, 15, 10, 0]),
    ("Farms", "imported", [2, 5, 1, 6, 0, 1, 0, 0]),
    ("Factories", "imported", [5, 20, 6, 15, 1, 10, 0, 0]),
    ("Services", "imported", [1, 4, 5, 4, 0, 1, 0, 0]),
];
const USERS: [&str; 8] = [
    "Farms",
    "Factories",
    "Services",
    "household",
    "government",
    "investment",
    "export",
    "inventory",
];

/// The study of China's provinces, for North.
fn study() -> String {
    CHINA
        .replace(
            "\"Metal products\", \"General machinery\", \"Special machinery\"",
            "\"Factories\"",
        )
        .replace("20 billion CNY", "1 billion CNY")
        .replace("300 million CNY", "100 million CNY")
        .replace("776_400_000", "2_000_000")
        .replace("Liaoning", "North")
}

fn prepare(name: &str, study: &str) -> std::path::PathBuf {
    let folder = folder(name);
    for (file, table) in TABLES {
        std::fs::write(folder.join(file), table).expect("written");
    }
    let mut uses = "product,source,user,value\n".to_owned();
    for (product, source, row) in USES {
        for (user, value) in USERS.iter().zip(row) {
            let row = [product, source, user, &value.to_string()].join(",");
            uses.push_str(&row);
            uses.push('\n');
        }
    }
    std::fs::write(folder.join("uses.csv"), uses).expect("written");
    std::fs::write(folder.join("study.toml"), study).expect("written");
    folder
}

/// A series of the results: variable, region, scenario.
fn series(folder: &Path, scenario: &str, variable: &str, region: &str) -> Vec<f64> {
    let text = std::fs::read_to_string(folder.join("out/results.json")).expect("results");
    let results: serde_json::Value = serde_json::from_str(&text).expect("json");
    let all = results["series"].as_array().expect("series").clone();
    let mut found = all.iter().filter(|each| {
        each["scenario"] == scenario
            && each["variable"] == variable
            && each["region"] == region
            && each["industry"] == ""
    });
    let one = found.next().unwrap_or_else(|| panic!("no {variable} of {region}"));
    assert!(found.next().is_none(), "{variable} of {region} is there twice");
    one["values"].as_array().expect("values").iter().map(|x| x.as_f64().expect("x")).collect()
}

#[test]
fn a_study_runs_on_accounts_that_its_recipe_builds() {
    let folder = prepare("provinces", &study());
    let output = ironbelt(&["run", "study.toml", "--out", "out"], &folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let regions = ["North", "Middle", "South"];
    for variable in ["gdp", "employment", "exports"] {
        for scenario in ["baseline", "policy"] {
            let of = |region: &str| series(&folder, scenario, variable, region)[1];
            let sum: f64 = regions.into_iter().map(of).sum();
            let nation = of("nation");
            assert!((sum - nation).abs() < 1e-9 * nation, "{variable}: {sum} and {nation}");
        }
    }
    let persons: f64 =
        regions.iter().map(|region| series(&folder, "baseline", "employment", region)[0]).sum();
    assert!((persons - 2e6).abs() < 1.0, "{persons}");
    let gain = |region: &str| {
        let [policy, baseline] =
            ["policy", "baseline"].map(|scenario| series(&folder, scenario, "gdp", region)[1]);
        policy / baseline - 1.0
    };
    // North gains; the others, which pay for a part of it, lose.
    assert!(gain("North") > 0.001, "{}", gain("North"));
    assert!(gain("Middle") < 0.0 && gain("South") < 0.0, "{} {}", gain("Middle"), gain("South"));
}

#[test]
fn the_same_accounts_come_from_the_folder_that_the_command_builds() {
    let folder = prepare("provinces-folder", &study().replace("recipe.toml", "tables"));
    let built = ironbelt(&["accounts", "regionalise", "recipe.toml", "--out", "tables"], &folder);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let ran = ironbelt(&["run", "study.toml", "--out", "out"], &folder);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let by_recipe = prepare("provinces-recipe", &study());
    let ran = ironbelt(&["run", "study.toml", "--out", "out"], &by_recipe);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    for region in ["North", "Middle", "South"] {
        let [a, b] = [&folder, &by_recipe].map(|each| series(each, "policy", "gdp", region)[1]);
        assert!((a / b - 1.0).abs() < 1e-9, "{region}: {a} and {b}");
    }
}

#[test]
fn a_home_that_is_no_region_is_shown_at_its_place() {
    let wrong = study().replace("home = [\"North\"]", "home = [\"Nroth\"]");
    let line = 1 + wrong.lines().position(|line| line.starts_with("home")).expect("a home");
    let folder = prepare("provinces-wrong", &wrong);
    let output = ironbelt(&["run", "study.toml"], &folder);
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    for part in ["E0206", "Nroth", &format!("study.toml:{line}:"), "did you mean `North`?"] {
        assert!(message.contains(part), "{part} in\n{message}");
    }
}

#[test]
fn a_recipe_with_a_mistake_is_told_with_its_place() {
    let folder = prepare("provinces-recipe-wrong", &study());
    let recipe = std::fs::read_to_string(folder.join("recipe.toml")).expect("a recipe");
    std::fs::write(folder.join("recipe.toml"), recipe.replace("year = ", "yaer = ")).expect("x");
    let output = ironbelt(&["check", "study.toml"], &folder);
    assert_eq!(output.status.code(), Some(3));
    let message = text(&output.stderr);
    for part in ["E1701", "recipe.toml:2:", "did you mean `year`?"] {
        assert!(message.contains(part), "{part} in\n{message}");
    }
}

#[test]
fn accounts_with_persons_and_a_home_are_not_given_others() {
    let shipped =
        study().replace("recipe.toml", "liaoning-2017").replace("\"Factories\"", "\"16\"");
    let folder = prepare("provinces-shipped", &shipped);
    let output = ironbelt(&["check", "study.toml"], &folder);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("E0302"), "{}", text(&output.stderr));
    let start = shipped.find("[employment]").expect("persons");
    let end = shipped.find("[baseline.labour_force]").expect("a baseline");
    let without = format!("{}{}", &shipped[..start], &shipped[end..]).replace("North", "Dalian");
    std::fs::write(folder.join("study.toml"), without).expect("written");
    let output = ironbelt(&["check", "study.toml"], &folder);
    assert!(text(&output.stderr).contains("have a home of their own"), "{}", text(&output.stderr));
}

#[test]
fn output_that_cannot_be_is_refused_and_what_is_missing_told() {
    let folder = prepare("provinces-output", &study());
    let output = std::fs::read_to_string(folder.join("output.csv")).expect("figures");
    let regionalise = |output: String| {
        std::fs::write(folder.join("output.csv"), output).expect("written");
        ironbelt(&["accounts", "regionalise", "recipe.toml", "--out", "made"], &folder)
    };
    let negative = regionalise(output.replace("Farms,North,50", "Farms,North,-50"));
    let message = text(&negative.stderr);
    assert_eq!(negative.status.code(), Some(3), "{message}");
    assert!(message.contains("E1111") && message.contains("output.csv:2"), "{message}");
    let missing = regionalise(output.replace("Farms,North,50\n", ""));
    let message = text(&missing.stderr);
    assert!(missing.status.success(), "{message}");
    assert!(message.contains("W1713") && message.contains("`Farms` in `North`"), "{message}");
}

#[test]
fn findings_and_laws_are_told_to_programs() {
    let folder = folder("json-check");
    let broken =
        "format = 1\ntitle = \"x\"\naccounts = \"liaoning-2017\"\n[[lever]]\nkind = \"tallent\"\n";
    std::fs::write(folder.join("study.toml"), broken).expect("written");
    let output = ironbelt(&["check", "study.toml", "--format", "json"], &folder);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stderr), "");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((said["ok"].as_bool(), said["study"].is_null()), (Some(false), true));
    let findings = said["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|each| each["place"]["line"].as_u64().is_some()), "{said}");
    assert!(findings.iter().all(|each| each["code"].as_str().is_some()), "{said}");
    let output = ironbelt(&["check", "--format", "json"], &folder);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(output.status.success() && said["study"]["levers"] == 16, "{said}");
}
