//! The reader on files that are wrong: no panic, bounded work, findings with their places.

#[expect(dead_code, reason = "other users need the rest")]
#[path = "support/small.rs"]
mod small;

use general::{ComplementaritySettings, Status, Syntax, read};
use insta::assert_snapshot;
use proptest::prelude::*;
use rstest::rstest;

fn valid_json() -> String {
    serde_json::to_string_pretty(&small::two_by_two()).expect("JSON")
}

const VALID_TOML: &str = r#"
format = "ge-case/1"
name = "one good"
sectors = ["Y"]
commodities = ["PY", { name = "PL", start = "1 + 0*hours" }]
consumers = ["RA"]
parameters = { hours = 10 }
[[production]]
sector = "Y"
output = { elasticity = 0, children = [{ commodity = "PY", quantity = 10 }] }
[production.input]
elasticity = 0.5
children = [{ commodity = "PL", quantity = 8, price = 1.25, taxes = [{ agent = "RA", rate = "0.25" }] }]
[[demands]]
consumer = "RA"
preferences = { elasticity = 1, children = [{ commodity = "PY", quantity = 10 }] }
endowments = [{ commodity = "PL", quantity = "hours" }]
[[scenarios]]
name = "more"
set = { hours = 12 }
fix = { PL = 1 }
"#;

fn findings(text: &str, syntax: Syntax) -> String {
    let (model, findings) = read("model.json", text, syntax);
    assert_eq!(model.is_some(), !findings.has_errors(), "{findings}");
    // What is accepted can be solved or not, but not crash.
    let settings = ComplementaritySettings { max_steps: 5, ..Default::default() };
    for (model, scenario) in
        model.iter().flat_map(|model| model.scenarios.iter().map(move |each| (model, each)))
    {
        let found = general::solve(model, scenario, &settings);
        assert_eq!(found.solution().is_some(), found.status == Status::Solved);
    }
    findings.to_string()
}

/// One change of a text, places as fractions of its length.
#[derive(Debug, Clone)]
enum Edit {
    Delete(f64, f64),
    Duplicate(f64, f64),
    Replace(f64, String),
    Splice(f64, f64, f64),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = 0.0..1.0f64;
    let length = 0.0..0.1f64;
    let token = prop_oneof![
        "\\PC{0,3}",
        "[\\[\\]{}\",:=#'0-9eE.+-]{1,3}",
        Just("null".to_owned()),
        Just("1e999".to_owned()),
        Just("-1".to_owned()),
        Just("nan".to_owned()),
        Just("\"PX*(PL\"".to_owned()),
        Just("\\u0000".to_owned()),
        Just("\"ge-case/1\"".to_owned()),
    ];
    prop_oneof![
        (at.clone(), length.clone()).prop_map(|(at, length)| Edit::Delete(at, length)),
        (at.clone(), length.clone()).prop_map(|(at, length)| Edit::Duplicate(at, length)),
        (at.clone(), token).prop_map(|(at, token)| Edit::Replace(at, token)),
        (at.clone(), length, at).prop_map(|(at, length, to)| Edit::Splice(at, length, to)),
    ]
}

fn apply(text: &str, edit: &Edit) -> String {
    let characters: Vec<char> = text.chars().collect();
    let place = |fraction: f64| (fraction * characters.len() as f64) as usize;
    let range = |at: f64, length: f64| place(at)..(place(at) + place(length)).min(characters.len());
    let join = |parts: &[&[char]]| parts.concat().into_iter().collect::<String>();
    match edit {
        Edit::Delete(at, length) => {
            let cut = range(*at, *length);
            join(&[&characters[..cut.start], &characters[cut.end..]])
        }
        Edit::Duplicate(at, length) => {
            let cut = range(*at, *length);
            join(&[&characters[..cut.end], &characters[cut.start..]])
        }
        Edit::Replace(at, token) => {
            let (at, new): (_, Vec<char>) = (place(*at), token.chars().collect());
            let after = (at + new.len()).min(characters.len());
            join(&[&characters[..at], &new, &characters[after..]])
        }
        Edit::Splice(at, length, to) => {
            let (cut, to) = (range(*at, *length), place(*to));
            join(&[&characters[..to], &characters[cut], &characters[to..]])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None,
        ..ProptestConfig::default() })]

    #[test]
    fn edited_json_is_read_or_refused(edits in prop::collection::vec(edit(), 1..4)) {
        let text = edits.iter().fold(valid_json(), |text, edit| apply(&text, edit));
        findings(&text, Syntax::Json);
    }

    #[test]
    fn edited_toml_is_read_or_refused(edits in prop::collection::vec(edit(), 1..4)) {
        let text = edits.iter().fold(VALID_TOML.to_owned(), |text, edit| apply(&text, edit));
        findings(&text, Syntax::Toml);
    }
}

#[test]
fn the_texts_that_are_edited_are_valid() {
    assert_eq!(findings(&valid_json(), Syntax::Json), "");
    assert_eq!(findings(VALID_TOML, Syntax::Toml), "");
}

/// A model around one value of a parameter.
fn around(value: &str) -> String {
    format!("{{\"format\":\"ge-case/1\",\"name\":\"x\",\"parameters\":{{\"a\":{value}}}}}")
}

/// A model with this list of sectors.
fn sectors(count: usize) -> String {
    let names: Vec<String> = (0..count).map(|at| format!("\"S{at}\"")).collect();
    format!("{{\"format\":\"ge-case/1\",\"name\":\"x\",\"sectors\":[{}]}}", names.join(","))
}

fn nested_nests(depth: usize) -> String {
    let open = "{\"elasticity\":0,\"children\":[".repeat(depth);
    let leaf = "{\"commodity\":\"P\",\"quantity\":1}";
    format!(
        "{{\"format\":\"ge-case/1\",\"name\":\"x\",\"sectors\":[\"S\"],\"commodities\":[\"P\"],\
         \"production\":[{{\"sector\":\"S\",\"output\":{open}{leaf}{},\"input\":{leaf}}}]}}",
        "]}".repeat(depth)
    )
}

#[rstest]
#[case(around(&"[".repeat(1_000_000)), "nested more than 100 deep")]
#[case(nested_nests(5_000), "nested more than 100 deep")]
#[case(around(&format!("\"{}1\"", "(".repeat(90_000))), "nested at most 200 deep")]
#[case(around(&format!("\"1{}\"", "+1".repeat(49_000))), "at most 2000")]
#[case(around(&format!("\"1{}\"", "+1".repeat(500_000))), "at most 100000 bytes")]
#[case(sectors(100_001), "at most 100000 variables")]
#[case(" ".repeat((64 << 20) + 1), "64 MB are read")]
fn sizes_are_limited(#[case] text: String, #[case] expected: &str) {
    let (model, findings) = read("model.json", &text, Syntax::Json);
    assert!(model.is_none());
    let found = findings.iter().any(|finding| finding.to_string().contains(expected));
    let first = findings.iter().next().map(ToString::to_string).unwrap_or_default();
    assert!(found, "{}", first.chars().take(300).collect::<String>());
}

/// A hundred thousand faults: the first thousand are told, in work that does not explode.
#[test]
fn findings_are_limited() {
    let unknown: Vec<String> = (0..50_000).map(|at| format!("\"Q{at}\":1")).collect();
    let names = sectors(50_000);
    let text = names.replacen(
        "\"name\"",
        &format!("\"scenarios\":[{{\"set\":{{{}}}}}],\"name\"", unknown.join(",")),
        1,
    );
    let (model, findings) = read("model.json", &text, Syntax::Json);
    assert!(model.is_none());
    assert_eq!(findings.iter().len(), 1_000);
}

#[test]
fn an_unknown_commodity_offers_the_nearest() {
    let text = valid_json().replacen("\"commodity\": \"PK\"", "\"commodity\": \"PKK\"", 1);
    assert_snapshot!(findings(&text, Syntax::Json), @r#"
    error[E1606]: unknown name `PKK`
     --> model.json:21:24: not the name of a commodity
      = help: did you mean `PK`?
    "#);
}

#[test]
fn a_sector_without_production_is_named() {
    let text = valid_json().replacen("\"U\"\n  ]", "\"U\",\n    \"V\"\n  ]", 1);
    assert_snapshot!(findings(&text, Syntax::Json), @r#"
    error[E1610]: the sector `V` has no production block
     --> model.json:146:5: declared here
    "#);
}

#[test]
fn a_model_without_variables_is_refused() {
    assert_snapshot!(findings(r#"{"format": "ge-case/1", "name": "none"}"#, Syntax::Json), @r#"
    error[E1610]: the model has no variables
     --> model.json:1:1: nothing to solve
      = help: list sectors, commodities and consumers
    "#);
}

#[test]
fn a_quantity_that_turns_negative_in_a_scenario_is_found() {
    let text = valid_json().replacen("\"quantity\": 30.0", "\"quantity\": \"75 - labour\"", 1);
    assert_snapshot!(findings(&text, Syntax::Json), @r#"
    error[E1612]: this is -2 in scenario `labour 77`, it must be not negative
     --> model.json:76:25: must be not negative
    "#);
}

#[test]
fn every_fault_of_a_file_is_told_in_one_run() {
    let text = r#"{
  "format": "ge-case/1",
  "name": "faults",
  "sectors": ["X", "x"],
  "commodities": ["P 1"],
  "consumer": ["RA"],
  "parameters": {"a": "b + 1", "b": "2 * (3"},
  "production": [{"sector": "X", "output": {"commodity": "P"}}]
}"#;
    assert_snapshot!(findings(text, Syntax::Json), @r#"
    warning[W1601]: a model has no key `consumer`: it is passed over
     --> model.json:6:3: not known here
      = help: did you mean `consumers`?
    error[E1605]: b `2 * (3` is no expression
     --> model.json:7:44: `)` is missing here
    error[E1603]: `P` in a nest has no `quantity`
     --> model.json:8:44: here
    error[E1607]: `x` and `X` differ in case only
     --> model.json:4:20: choose another name
    error[E1608]: `P 1` cannot be a name
     --> model.json:5:19: letters, digits and `_`, not beginning with a digit
    error[E1609]: `b` may not be used here
     --> model.json:7:24: a parameter may use only those before it
    "#);
}

/// One fault is one finding: what follows from it is not told.
#[rstest]
#[case("\"sector\": \"U\"", "\"sector\": \"UU\"", "E1606")]
#[case("\"labour\": 70", "\"labour\": \"7*\"", "E1605")]
#[case("\"labour\": 70", "\"labour\": \"labor\"", "E1606")]
#[case("\"consumer\": \"RA\"", "\"person\": \"RA\"", "E1603")]
fn faults_do_not_cascade(#[case] right: &str, #[case] wrong: &str, #[case] code: &str) {
    let text = valid_json();
    assert!(text.contains(right), "{text}");
    let (_, findings) = read("model.json", &text.replacen(right, wrong, 1), Syntax::Json);
    let errors: Vec<&str> =
        findings.iter().map(|each| each.code).filter(|code| code.starts_with('E')).collect();
    assert_eq!(errors, [code], "{findings}");
}

/// Two-by-two with this in the place of what its second scenario fixes.
fn with_scenario(part: &str) -> String {
    let scenario = format!("{{\"name\": \"odd\", {part}}}");
    let mut json: serde_json::Value = small::two_by_two();
    json["scenarios"] = serde_json::from_str(&format!("[{scenario}]")).expect("JSON");
    json.to_string()
}

#[rstest]
#[case("\"fix\": {\"PX\": 0}", "E1616")]
#[case("\"fix\": {\"PX\": \"labour - 71\"}", "E1616")]
#[case("\"fix\": {\"PX\": 1, \"RA\": -5}", "E1616")]
#[case("\"fix\": {\"PX\": \"1/(labour - 70)\"}", "E1612")]
#[case("\"start\": {\"PX\": \"log(0 - labour)\"}", "E1612")]
#[case("\"bounds\": {\"X\": [\"1/0\", null]}", "E1612")]
#[case("\"bounds\": {\"X\": [2, 1]}", "E1617")]
#[case("\"bounds\": {\"X\": [\"labour\", \"labour - 1\"]}", "E1617")]
fn values_of_a_scenario_are_checked(#[case] part: &str, #[case] code: &str) {
    let (model, findings) = read("model.json", &with_scenario(part), Syntax::Json);
    assert!(model.is_none());
    let codes: Vec<&str> = findings.iter().map(|each| each.code).collect();
    assert_eq!(codes, [code], "{findings}");
}

/// A commodity whose price is held at zero is switched off; another one is the numeraire.
#[test]
fn a_second_price_may_be_held_at_zero() {
    let text = with_scenario("\"fix\": {\"PX\": 1, \"PK\": 0}");
    let (model, findings) = read("model.json", &text, Syntax::Json);
    assert!(model.is_some(), "{findings}");
}

#[test]
fn bounds_of_a_variable_that_cross_are_told_with_their_place() {
    let text =
        VALID_TOML.replacen("start = \"1 + 0*hours\"", "lower = \"hours/6\", upper = 1.9", 1);
    assert_snapshot!(findings(&text, Syntax::Toml), @r#"
    error[E1617]: the lower bound of `PL` is 2, above its upper bound 1.9, in scenario `more`
     --> model.json:5:64: no value fits
      = help: exchange them; an upper bound alone needs a lower one of `null`
    "#);
}

#[test]
fn a_byte_order_mark_and_notes_are_accepted() {
    let text = VALID_TOML.replacen("name = \"more\"", "name = \"more\"\nnote = \"guess\"", 1);
    assert_eq!(findings(&format!("\u{feff}{text}"), Syntax::Toml), "");
    assert_eq!(findings(&format!("\u{feff}{}", valid_json()), Syntax::Json), "");
}

#[test]
fn a_file_that_is_not_json_is_told_where() {
    assert_snapshot!(findings("{\"format\": \"ge-case/1\",\n \"name\": }", Syntax::Json), @r#"
    error[E1601]: the file is not JSON: Unexpected close brace
     --> model.json:2:10: here
    "#);
}

#[test]
fn another_format_is_refused() {
    let text = "format = \"ge-case/2\"\nname = \"x\"\n";
    assert_snapshot!(findings(text, Syntax::Toml), @r#"
    error[E1604]: the format `ge-case/2` is not read
     --> model.json:1:11: `ge-case/1` is
    "#);
}
