//! Models written for GAMS/MPSGE, read and solved.
//!
//! Numbers marked "MPSGE" are levels that GAMS 54.6.1 with MPSGE and PATH prints for the same text.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use diagnostics::{Findings, Severity};
use general::{ComplementaritySettings, Model, read_mpsge, solve};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::Value;

const TWO_BY_TWO: &str = include_str!("mpsge/two_by_two.gms");
const WAGE_FLOOR: &str = include_str!("mpsge/unemployment_wage_floor.gms");
const MONOPOLY: &str = include_str!("mpsge/monopoly_fixed_cost.gms");
const EQUAL_YIELD: &str = include_str!("mpsge/equal_yield_tax_multiplier.gms");
const OPEN: &str = include_str!("mpsge/small_open_economy_corner.gms");
const NESTS: &str = include_str!("mpsge/intermediates_and_nests.gms");
const VARIETY: &str = include_str!("mpsge/monopolistic_competition.gms");
const REPLACEMENT: &str = include_str!("mpsge/one_two_three_revenue_replacement.gms");
const NOISE: &str = include_str!("mpsge/noise.gms");
const JOINT: &str = include_str!("mpsge/output_nests.gms");

fn model(text: &str) -> Model {
    let (model, findings) = read_mpsge("model.gms", text);
    model.unwrap_or_else(|| panic!("{findings}"))
}

/// Values of all variables in a scenario.
fn solution(model: &Model, scenario: &str) -> BTreeMap<String, f64> {
    let found = model.scenarios.iter().find(|each| each.name == scenario);
    let scenario = found.unwrap_or_else(|| panic!("no `{scenario}`"));
    let outcome = solve(model, scenario, &ComplementaritySettings::default());
    let solution = outcome.solution().unwrap_or_else(|| panic!("{outcome:?}"));
    let names = model.variables.iter().map(|variable| variable.name.clone());
    names.zip(solution.values.iter().copied()).collect()
}

/// Codes of the findings with their lines, in the order of the text.
fn codes(findings: &Findings) -> Vec<String> {
    let line = |at: &Option<diagnostics::Place>| at.as_ref().map_or(0, |at| at.line);
    findings.iter().map(|each| format!("{}:{}", each.code, line(&each.place))).collect()
}

fn check(text: &str, scenario: &str, expected: &[(&str, f64)], tolerance: f64) {
    let found = solution(&model(text), scenario);
    for (name, value) in expected {
        let error = (found[*name] - value).abs();
        assert!(error <= tolerance * value.abs().max(1.0), "{name}: {} not {value}", found[*name]);
    }
}

/// Half a unit of the last digit that GAMS prints with eight decimals, and one more digit for
/// values that it prints with six.
const PRINTED: f64 = 1e-7;

#[rstest]
// Published with MPSGE.jl: TwoByTwo_Scalar_Algeb-MPSGE, labour 77 for 70, PX the numeraire.
#[case(TWO_BY_TWO, "solve 2", &[
    ("X", 1.048_808_8), ("Y", 1.038_860_1), ("U", 1.045_482_1), ("PX", 1.0), ("PY", 1.009_576_6),
    ("PU", 1.003_182_1), ("PL", 0.953_462_6), ("PK", 1.048_808_8), ("RA", 157.321_327_2),
])]
#[case(TWO_BY_TWO, "benchmark", &[("X", 1.0), ("PL", 1.0), ("RA", 150.0)])]
// The default numeraire: the income at the starting prices, 80 + 77.
#[case(TWO_BY_TWO, "solve 3", &[("X", 1.048_808_848_17), ("PL", 0.951_515_151_5), ("RA", 157.0)])]
fn the_two_by_two_model_has_its_published_solution(
    #[case] text: &str,
    #[case] scenario: &str,
    #[case] expected: &[(&str, f64)],
) {
    check(text, scenario, expected, PRINTED);
}

// MPSGE: the same texts with their levels shown by eight decimals.
#[rstest]
#[case(WAGE_FLOOR, "solve 2", &[
    ("X", 1.178_412_26), ("Y", 1.106_456_22), ("W", 1.141_867_58), ("PX", 0.968_988_21),
    ("PL", 1.050_518_17), ("PK", 1.004_843_47), ("U", 0.0),
])]
#[case(WAGE_FLOOR, "solve 3", &[
    ("X", 1.077_787_76), ("Y", 0.967_805_81), ("PL", 1.174_515_02), ("PK", 0.898_759_32), ("U", 0.2),
])]
#[case(NESTS, "solve 4", &[
    ("X", 0.932_701_40), ("Y", 1.579_725_63), ("W", 0.931_242_29), ("PX", 1.101_049_54),
    ("PY", 0.908_224_35), ("PL", 0.970_194_58), ("PK", 0.744_993_83),
])]
#[case(EQUAL_YIELD, "solve 5", &[
    ("X", 1.026_928_31), ("Y", 1.040_663_19), ("W", 1.002_031_23), ("PL", 1.099_132_85),
    ("PKS", 0.978_857_03), ("TAU", 1.189_767_77),
])]
#[case(REPLACEMENT, "solve 4", &[
    ("Y", 1.003_305_27), ("A", 1.006_812_46), ("M", 1.137_218_82), ("X", 1.186_638_28),
    ("PA", 1.013_967_33), ("PL", 1.061_195_68), ("TAU_LS", 0.380_900_43), ("UR", 0.0),
])]
fn levels_are_those_of_mpsge(
    #[case] text: &str,
    #[case] scenario: &str,
    #[case] expected: &[(&str, f64)],
) {
    check(text, scenario, expected, PRINTED);
}

// MPSGE: outputs in a nest, taxes of two agents on one line, a rate that is an auxiliary.
const JOINT_LEVELS: &[(&str, f64)] = &[
    ("X", 1.218_278_45),
    ("Y", 0.737_014_51),
    ("PX", 0.912_222_36),
    ("PY", 1.161_279_50),
    ("PZ", 0.961_851_35),
    ("PK", 0.949_903_20),
    ("RA", 208.768_75),
    ("GO", 19.327_212_17),
    ("TAU", 0.091_222_24),
];

#[test]
fn joint_outputs_and_endogenous_taxes_are_those_of_mpsge() {
    check(JOINT, "solve 1", JOINT_LEVELS, PRINTED);
}

/// Folder of the shared cases, when there is one.
fn shared() -> Option<std::path::PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = here.ancestors().map(|above| above.join("shared/cases/equilibrium"));
    let found = folders.into_iter().find(|folder| folder.is_dir());
    if found.is_none() {
        println!("\n*** SKIPPED: ../shared/cases/equilibrium is not there ***\n");
    }
    found
}

fn case(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).expect("a case");
    serde_json::from_str(&text).expect("a case is JSON")
}

/// Compares a model, scenario by scenario in their order, with what a case expects; how many
/// scenarios were compared.
fn compare(model: &Model, case: &Value) -> usize {
    let scenarios = case["scenarios"].as_array().expect("scenarios");
    assert_eq!(model.scenarios.len(), scenarios.len(), "{}", model.name);
    for (scenario, expected) in model.scenarios.iter().zip(scenarios) {
        let settings = ComplementaritySettings::default();
        let outcome = solve(model, scenario, &settings);
        let told = format!("{} {}: {}", case["name"], expected["name"], outcome.status);
        let solution = outcome.solution().unwrap_or_else(|| panic!("{told} {}", outcome.worst));
        assert_eq!(scenario.benchmark, expected["benchmark"] == true, "{told}");
        for (name, value) in expected["expected"].as_object().expect("expected values") {
            let value = value.as_f64().expect("a number");
            let at = model.variable(name).unwrap_or_else(|| panic!("{told}: no {name}"));
            let error = (solution.values[at] - value).abs();
            let found = solution.values[at];
            assert!(error <= 1e-9 + 1e-7 * value.abs(), "{told}: {name} is {found}, not {value}");
        }
    }
    scenarios.len()
}

#[rstest]
#[case("unemployment_wage_floor", WAGE_FLOOR)]
#[case("monopoly_fixed_cost", MONOPOLY)]
#[case("equal_yield_tax_multiplier", EQUAL_YIELD)]
#[case("small_open_economy_corner", OPEN)]
#[case("intermediates_and_nests", NESTS)]
#[case("monopolistic_competition", VARIETY)]
#[case("one_two_three_revenue_replacement", REPLACEMENT)]
fn a_case_written_by_hand_has_its_expected_values(#[case] name: &str, #[case] text: &str) {
    let Some(folder) = shared() else { return };
    let mut case = case(&folder, &format!("{name}.json"));
    // The text does not say ITERLIM = 0 where its source did not.
    if !text.contains("ITERLIM = 0") && !text.contains("iterlim = 0") {
        case["scenarios"][0]["benchmark"] = Value::Bool(false);
    }
    assert!(compare(&model(text), &case) > 1);
}

/// Writes a case as MPSGE text; values stay expressions, and each scenario assigns all parameters.
struct Writer<'c> {
    case: &'c Value,
    text: String,
}

fn value(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned).replace('^', "**")
}

fn name_of(item: &Value) -> &str {
    item.as_str().or_else(|| item["name"].as_str()).expect("a name")
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}

const CLASSES: [(&str, &str); 4] = [
    ("sectors", "$SECTORS"),
    ("commodities", "$COMMODITIES"),
    ("consumers", "$CONSUMERS"),
    ("auxiliaries", "$AUXILIARY"),
];

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// In an order in which each uses only those before it.
    fn parameters(&self) -> Vec<(String, Value)> {
        let table = self.case["parameters"].as_object();
        let mut open: Vec<(String, Value)> = table
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let part = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let mut ordered = vec![];
        while !open.is_empty() {
            let names: Vec<String> = open.iter().map(|(name, _)| name.clone()).collect();
            let ready = |item: &(String, Value)| {
                !value(&item.1).split(part).any(|word| names.iter().any(|name| name == word))
            };
            let at = open.iter().position(ready).expect("no cycle");
            ordered.push(open.remove(at));
        }
        ordered
    }

    fn nest(nest: &Value, name: &str, above: &str, head: &mut String, lines: &mut String) {
        let parent = if above.is_empty() { String::new() } else { format!("({above})") };
        write!(head, " {name}{parent}:({})", value(&nest["elasticity"])).expect("text");
        let side = if name.starts_with('t') { "O" } else { "I" };
        for (at, child) in list(nest, "children").enumerate() {
            if child["commodity"].is_null() {
                Self::nest(child, &format!("{name}{at}"), name, head, lines);
                continue;
            }
            let (commodity, quantity) = (child["commodity"].as_str(), value(&child["quantity"]));
            write!(lines, "  {side}:{} Q:({quantity})", commodity.expect("a name")).expect("text");
            if !child["price"].is_null() {
                write!(lines, " P:({})", value(&child["price"])).expect("text");
            }
            for tax in list(child, "taxes") {
                let agent = tax["agent"].as_str().expect("an agent");
                write!(lines, "\n+  A:{agent} T:({})", value(&tax["rate"])).expect("text");
            }
            if above.is_empty() {
                lines.push('\n');
            } else {
                writeln!(lines, " {name}:").expect("text");
            }
        }
    }

    fn production(&mut self) {
        for block in list(self.case, "production") {
            let (mut head, mut lines) = (String::new(), String::new());
            Self::nest(&block["output"], "t", "", &mut head, &mut lines);
            Self::nest(&block["input"], "s", "", &mut head, &mut lines);
            self.line(&format!("$PROD:{}{head}\n{lines}", name_of(&block["sector"])));
        }
    }

    fn demands(&mut self) {
        for block in list(self.case, "demands") {
            let (mut head, mut lines) = (String::new(), String::new());
            if !block["preferences"].is_null() {
                Self::nest(&block["preferences"], "s", "", &mut head, &mut lines);
            }
            let mut lines = lines.replace("  I:", "  D:");
            for endowment in list(block, "endowments") {
                let commodity = endowment["commodity"].as_str().expect("a name");
                writeln!(lines, "  E:{commodity} Q:({})", value(&endowment["quantity"]))
                    .expect("text");
            }
            self.line(&format!("$DEMAND:{}{head}\n{lines}", name_of(&block["consumer"])));
        }
    }

    fn model(&mut self) {
        self.line("$ONTEXT\n$MODEL:CASE");
        for (key, section) in CLASSES {
            self.line(&format!("{section}:"));
            let names: Vec<&str> = list(self.case, key).map(name_of).collect();
            for name in names {
                self.line(&format!("  {name} ! as it is"));
            }
        }
        self.production();
        self.demands();
        for each in list(self.case, "constraints") {
            let expression = value(&each["expression"]);
            self.line(&format!(
                "$CONSTRAINT:{}\n  {expression} =G= 0;",
                name_of(&each["auxiliary"])
            ));
        }
        self.line("$OFFTEXT\n$SYSINCLUDE mpsgeset CASE");
    }

    /// Levels and bounds of the file, as if nothing had been fixed before.
    fn state(&mut self, scenario: &Value) {
        let infinite = |value: &Value, sign: &str| {
            value.as_f64().map_or(format!("{sign}INF"), |v| v.to_string())
        };
        for (key, _) in CLASSES {
            let items: Vec<Value> = list(self.case, key).cloned().collect();
            for item in items {
                let name = name_of(&item).to_owned();
                let has = |key: &str| item.get(key).is_some();
                let lower =
                    if has("lower") { infinite(&item["lower"], "-") } else { "0".to_owned() };
                let upper =
                    if has("upper") { infinite(&item["upper"], "+") } else { "INF".to_owned() };
                self.line(&format!("{name}.LO = {lower}; {name}.UP = {upper};"));
                let usual =
                    ["1", "1", "", "0"][CLASSES.iter().position(|each| each.0 == key).unwrap_or(0)];
                let start = if has("start") { value(&item["start"]) } else { usual.to_owned() };
                if !start.is_empty() {
                    self.line(&format!("{name}.L = {start};"));
                }
            }
        }
        let table = |key: &str| scenario[key].as_object().cloned().unwrap_or_default();
        for (name, pair) in table("bounds") {
            let (lower, upper) = (infinite(&pair[0], "-"), infinite(&pair[1], ""));
            self.line(&format!("{name}.LO = {lower}; {name}.UP = {upper};"));
        }
        for (name, start) in table("start") {
            self.line(&format!("{name}.L = {};", value(&start)));
        }
        for (name, fixed) in table("fix") {
            self.line(&format!("{name}.FX = {};", value(&fixed)));
        }
    }

    fn write(mut self) -> String {
        let parameters = self.parameters();
        for (name, _) in &parameters {
            self.line(&format!("SCALAR {name};"));
        }
        self.model();
        let scenarios: Vec<Value> = list(self.case, "scenarios").cloned().collect();
        for scenario in scenarios {
            for (name, own) in &parameters {
                let set = scenario["set"].get(name).unwrap_or(own);
                self.line(&format!("{name} = {};", value(set)));
            }
            self.state(&scenario);
            let limit = if scenario["benchmark"] == true { 0 } else { 1000 };
            self.line(&format!(
                "CASE.ITERLIM = {limit};\n$INCLUDE CASE.GEN\nSOLVE CASE USING MCP;"
            ));
        }
        self.text
    }
}

/// GAMS does not tell `pl` from `PL`: parameters that have the name of a variable get another.
fn without_clashes(text: &str) -> String {
    let case: Value = serde_json::from_str(text).expect("a case is JSON");
    let variables: Vec<&str> =
        CLASSES.iter().flat_map(|(key, _)| list(&case, key)).map(name_of).collect();
    let clash = |name: &str| {
        case["parameters"].get(name).is_some()
            && variables.iter().any(|each| each.eq_ignore_ascii_case(name))
    };
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (mut out, mut word) = (String::new(), String::new());
    for c in text.chars().chain(['\n']) {
        if part(c) {
            word.push(c);
            continue;
        }
        out.push_str(&word);
        if clash(&word) {
            out.push_str("_p");
        }
        word.clear();
        out.push(c);
    }
    out
}

#[test]
fn every_case_written_as_mpsge_has_its_expected_values() {
    let Some(folder) = shared() else { return };
    let files = std::fs::read_dir(&folder).expect("the folder").filter_map(Result::ok);
    let mut names: Vec<String> =
        files.map(|f| f.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| Path::new(name).extension().is_some_and(|e| e == "json"));
    names.sort();
    let (mut cases, mut scenarios) = (0, 0);
    for name in names {
        let text = std::fs::read_to_string(folder.join(&name)).expect("a case");
        let case: Value = serde_json::from_str(&without_clashes(&text)).expect("still JSON");
        let text = Writer { case: &case, text: String::new() }.write();
        scenarios += compare(&model(&text), &case);
        cases += 1;
    }
    println!("{cases} cases, {scenarios} scenarios");
    assert!(cases >= 40, "{cases}");
}

#[test]
fn what_is_no_part_of_the_model_is_passed_over_and_told() {
    let (read, findings) = read_mpsge("noise.gms", NOISE);
    insta::assert_snapshot!(findings.to_string());
    let model = read.expect("a model");
    let names: Vec<&str> = model.scenarios.iter().map(|each| each.name.as_str()).collect();
    assert_eq!(names, ["benchmark", "solve 2", "solve 3"]);
    let parameters: Vec<&str> = model.parameters.iter().map(|each| each.name.as_str()).collect();
    assert_eq!(parameters, ["endow", "esub"]);
    // Cobb-Douglas with 1.5 times the labour: X = 1.5^0.6, wage bill 60 at PX = 1.
    let found = solution(&model, "solve 2");
    assert!((found["X"] - 1.5f64.powf(0.6)).abs() < 1e-9);
    assert!((found["PL"] - found["X"] / 1.5).abs() < 1e-9);
}

/// A text with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(TWO_BY_TWO.contains(from), "{from}");
    TWO_BY_TWO.replacen(from, to, 1)
}

#[rstest]
#[case("$MODEL:SQUARE", "$MODELS:SQUARE", "E1620:0")]
#[case("$ONTEXT", "$ONTEXT\n$OFFTEXT\n$ONTEXT\n$OFFTEXT\n$ONTEXT", "")]
#[case("$OFFTEXT", "$OFFTEXT\n$ONTEXT", "E1620:42 W1625:61")]
#[case("$PROD:X s:1", "$PRODUCT:X s:1", "E1621:22")]
#[case("  O:PX  Q:100", "  O PX  Q:100", "E1621:23")]
#[case("X        ! first good", "X", "")]
#[case("X        ! first good", "X, first-good", "E1621:8")]
#[case("  Y        ! second good", "  Y x      ! second good", "E1629:9")]
#[case("I:PL  Q:50", "I:PL  Q:50 Z:3", "E1622:24")]
#[case("I:PL  Q:50", "I:PL  Q:50 Q:3", "E1622:24")]
#[case("I:PL  Q:50", "I:PL  Q:", "E1623:24")]
#[case("I:PL  Q:50", "I:PL  T:0.1", "E1622:24")]
#[case("I:PL  Q:50", "I:PL  A:RA M:0.1", "E1622:24")]
#[case("D:PU  Q:150", "D:PU  A:RA T:0.1", "E1622:38 E1622:38")]
#[case("I:PL  Q:50", "I:PL  va:", "E1623:24")]
#[case("$PROD:X s:1", "$PROD:X s:1 a(b):1 b(a):1", "E1623:22")]
#[case("$PROD:X s:1\n  O:PX  Q:100", "$PROD:X s:1 a:1\n  O:PX a:", "E1623:23")]
#[case("$PROD:X s:1", "$PROD:X s:1 s:2", "E1623:22")]
#[case("  X        ! first good", "  X(j)     ! first good", "E1624:8")]
#[case("Q:(70*labour)", "Q:(70*share(\"l\"))", "E1624:39")]
#[case("I:PL  Q:50", "I:PL$labour  Q:50", "E1625:24")]
#[case("70*labour", "70*labour$(1)", "E1625:39")]
#[case("$OFFTEXT", "$CONSTRAINT:U\nPX;\n$OFFTEXT", "E1626:42")]
#[case("labour = 1.1;", "labor = 1.1;", "E1627:52")]
#[case("  /1/;", ";", "W1625:2")]
#[case("labour = 1.1;", "labour = PX.L;", "E1627:52")]
#[case("labour = 1.1;", "labour is 1.1;", "E1628:52")]
#[case("  /1/;", "  /one/;", "E1628:2")]
#[case("70*labour", "70*labor", "E1606:39")]
#[case("70*labour", "70**", "E1605:39")]
#[case("labour = 1.1;\n$INCLUDE SQUARE.GEN", "$INCLUDE SQUARE.GEN\nlabour = 1.1;", "W1623:54")]
#[case("labour = 1.1;", "IF(1, labour = 2);", "W1622:52")]
#[case("labour = 1.1;", "LOOP(j, labour = 2;\n  SOLVE SQUARE USING MCP);", "E1630:53")]
#[case("$COMMODITIES:", "$ECHOP: .TRUE.\n$FUNLOG:.TRUE.\n$COMMODITIES:", "W1620:12 W1620:13")]
#[case("$COMMODITIES:", "$PEPS: 1e-3\n$COMMODITIES:", "W1620:12")]
#[case("PX.FX = 1;", "PX.FX = 1; PQ.L = 2;", "W1624:45")]
#[case("SQUARE.ITERLIM = 1000;", "", "W1625:54 W1625:59")]
fn findings_have_a_code_and_a_line(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let (model, findings) = read_mpsge("model.gms", &changed(from, to));
    assert_eq!(codes(&findings).join(" "), expected, "{findings}");
    assert_eq!(model.is_none(), findings.iter().any(|each| each.severity == Severity::Error));
}

#[test]
fn indexed_models_are_refused_with_every_line() {
    let text = "$ontext\n$model:m\n$sectors:\n X(j)\n$commodities:\n P(i)\n$consumers:\n Y\n\
                $prod:X(j) s:1\n O:P(i) Q:make(i,j)\n$demand:Y\n D:P(i) Q:c(i)\n$offtext\n";
    let (model, findings) = read_mpsge("m.gms", text);
    assert!(model.is_none());
    assert_eq!(codes(&findings)[..3], ["E1624:4", "E1624:6", "E1624:9"]);
    assert!(findings.to_string().contains("`X_j1`"), "{findings}");
}

#[test]
fn a_model_alone_is_read_without_a_program() {
    let start = TWO_BY_TWO.find("$MODEL").expect("a model");
    let end = TWO_BY_TWO.find("$OFFTEXT").expect("its end");
    let text = TWO_BY_TWO[start..end].replace("labour", "1.1");
    let found = solution(&model(&text), "as given");
    assert!((found["RA"] - 157.0).abs() < 1e-9 && (found["X"] - 1.1f64.sqrt()).abs() < 1e-9);
}

const TEXTS: [&str; 6] = [TWO_BY_TWO, WAGE_FLOOR, MONOPOLY, EQUAL_YIELD, JOINT, NOISE];
/// What edits put in: pieces of the language, and what is none.
const PIECES: [&str; 28] = [
    "\n$PROD:X s:1\n",
    "$ONTEXT\n",
    "\n$OFFTEXT\n",
    "!",
    "*",
    "\n+",
    "(",
    ")",
    ";",
    "'",
    "\"",
    "$",
    "N:TAU M:",
    "va(s):1 ",
    "a(b):1 b(a):1 ",
    "=G=",
    "..",
    ".",
    "/",
    "1e999",
    "é中",
    "\0",
    "LOOP(",
    "PX.FX = ",
    "SOLVE",
    "\n$EXIT\n",
    "%x%",
    "[[[[",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_edit_of_a_text_panics(
        which in 0..TEXTS.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..PIECES.len(), 0..60usize), 1..8),
    ) {
        let mut text: Vec<char> = TEXTS[which].chars().collect();
        for (at, piece, drop) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + drop).min(text.len());
            text.splice(at..end, PIECES[piece].chars());
        }
        let text: String = text.into_iter().collect();
        let (model, findings) = read_mpsge("model.gms", &text);
        prop_assert!(model.is_some() || findings.has_errors());
        for finding in &findings {
            let span = finding.place.as_ref().and_then(|at| at.span.clone());
            prop_assert!(span.is_none_or(|span| text.get(span).is_some()), "{finding}");
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(text in "\\PC{0,200}|([$A-Z:;=.()/*+! \n]){0,200}") {
        let _ = read_mpsge("model.gms", &format!("$ONTEXT\n$MODEL:M\n{text}\n$OFFTEXT\n{text}"));
    }
}

#[test]
fn size_and_depth_are_limited() {
    let (model, findings) = read_mpsge("m.gms", &" ".repeat((64 << 20) + 1));
    assert!(model.is_none() && codes(&findings) == ["E1620:0"], "{findings}");
    let nests: Vec<String> = (1..300).map(|at| format!(" n{at}(n{}):1", at - 1)).collect();
    let chain = nests.concat();
    let text = changed("$PROD:X s:1", &format!("$PROD:X s:1 n0:1{chain}"));
    assert!(codes(&read_mpsge("m.gms", &text).1).contains(&"E1623:22".to_owned()));
    let deep = changed("70*labour", &format!("{}1{}", "(".repeat(9_000), ")".repeat(9_000)));
    assert!(codes(&read_mpsge("m.gms", &deep).1).contains(&"E1605:39".to_owned()));
    let many = format!("{TWO_BY_TWO}{}", "SOLVE SQUARE USING MCP;\n".repeat(1_200));
    let (_, findings) = read_mpsge("m.gms", &many);
    assert!(findings.to_string().contains("E1629"), "{findings}");
}

/// The first block of a language in a page.
fn block(page: &str, language: &str) -> String {
    let open = format!("```{language}\n");
    let start = page.find(&open).expect("the block") + open.len();
    let end = page[start..].find("\n```").expect("its end");
    page[start..start + end].to_owned()
}

#[test]
fn the_example_of_the_page_gives_the_numbers_of_the_page() {
    let page = include_str!("../../../docs/mpsge.md");
    let model = model(&block(page, "gams"));
    let rows: Vec<Vec<String>> = block(page, "text")
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect();
    let mut compared = 0;
    for scenario in &model.scenarios {
        let found = solution(&model, &scenario.name);
        let column = rows[0].iter().position(|each| *each == scenario.name.replace(' ', "-"));
        let column = column.unwrap_or_else(|| panic!("no column `{}`", scenario.name));
        for row in &rows[1..] {
            assert_eq!(
                format!("{:.6}", found[&row[0]]),
                row[column],
                "{} {}",
                scenario.name,
                row[0]
            );
            compared += 1;
        }
    }
    assert_eq!(compared, model.scenarios.len() * model.variables.len());
}
