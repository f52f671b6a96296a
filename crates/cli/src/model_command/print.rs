//! Results of `ironbelt model run` as text, JSON and a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use term::{Contributions, Database, Failure, Method, Results, Role, Truncation, Unit, Variable};

/// Results, and how they were found.
pub(super) struct Told<'a> {
    pub(super) results: &'a Results,
    pub(super) method: Method,
    /// Of Euler steps: the solution in levels, or why there is none.
    pub(super) truncation: Option<&'a Result<Truncation, Failure>>,
}

impl Told<'_> {
    fn method(&self) -> String {
        match self.method {
            Method::Exact { .. } => format!("exact:{}", self.results.parts / 2),
            Method::Euler { steps } => format!("euler:{steps}"),
        }
    }

    fn exact(&self) -> Option<&Truncation> {
        self.truncation.and_then(|found| found.as_ref().ok())
    }
}

/// National results, and how far to trust them.
pub(super) fn text(told: &Told<'_>) -> String {
    let results = told.results;
    let mut out = format!("National results, percentage change ({})\n", told.method());
    if told.exact().is_some() {
        let _ =
            writeln!(out, "  {:<14}{:>12}{:>12}{:>12}", "", told.method(), "exact", "truncation");
    }
    for name in term::MACROS {
        let of = |results: &Results| results.changes[&format!("NatMacro({name})")][0];
        let value = of(results);
        let _ = write!(out, "  {name:<14}{:>12.5}", unsigned(value));
        if let Some(truncation) = told.exact() {
            let exact = of(&truncation.exact);
            let _ = write!(out, "{:>12.5}{:>12.5}", unsigned(exact), unsigned(value - exact));
        }
        out.push('\n');
    }
    match told.truncation {
        Some(Ok(found)) => {
            let _ = writeln!(
                out,
                "Largest truncation: {:.1e} percentage points, in {}",
                found.largest, found.cell
            );
        }
        Some(Err(failure)) => {
            let _ = writeln!(out, "There is no solution in levels to compare with: {failure}");
        }
        None => {
            let _ = writeln!(
                out,
                "Last two solutions differ by {:.1e} percentage points at most ({} parts of the shock)",
                results.extrapolated, results.parts
            );
        }
    }
    out += "Largest deviations after the shock\n";
    let homogeneity =
        results.homogeneity.map(|value| ("quantities moved by the exchange rate", value));
    for (name, value) in results.identities.iter().chain(&homogeneity) {
        let _ = writeln!(out, "  {name:<46}{value:>9.1e}");
    }
    let work = results.work;
    let _ = writeln!(
        out,
        "{} unknowns, {} parts of the shock, {} Newton steps, {} linear iterations",
        work.unknowns, work.parts, work.newton_steps, work.linear_iterations
    );
    out
}

/// What rounds to zero has no sign.
fn unsigned(value: f64) -> f64 {
    if value.abs() < 5e-6 { 0.0 } else { value }
}

/// National results by shocked variable.
#[expect(clippy::needless_pass_by_value, reason = "the last use of it")]
pub(super) fn by_shock(parts: Contributions) -> String {
    let shocks: Vec<&String> = parts.by_shock.keys().collect();
    let mut text = "National results by shock, percentage points\n".to_owned();
    let cell = |name: &str| format!("{name:>14}");
    let heads = shocks.iter().map(|name| cell(name));
    let _ = writeln!(text, "  {:<14}{}", "", heads.chain([cell("together")]).collect::<String>());
    for name in term::MACROS {
        let of = |shock: &String| parts.by_shock[shock][&format!("NatMacro({name})")][0];
        let values: Vec<f64> = shocks.iter().map(|shock| of(shock)).collect();
        let sum = values.iter().sum::<f64>();
        let cells = values.into_iter().chain([sum]);
        let cells = cells.map(|value| format!("{:>14.5}", unsigned(value)));
        let _ = writeln!(text, "  {name:<14}{}", cells.collect::<String>());
    }
    let _ = writeln!(
        text,
        "Integrated along the path of all shocks together; {:.1e} percentage points at most were left \
         and given to the shocks in proportion",
        parts.gap
    );
    text
}

/// Results as JSON, one row a line. They have up to a million rows, so that the text is written as
/// it is found and no tree of values is built.
pub(super) fn document(
    told: &Told<'_>,
    database: &Database,
    split: Option<&Contributions>,
) -> Vec<u8> {
    let results = told.results;
    let identities: Map<String, Value> =
        results.identities.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let certificate = json!({
        "identities": identities,
        "homogeneity": results.homogeneity,
        "extrapolated_percentage_points": results.extrapolated,
        "truncation": told.truncation.map(truncation),
    });
    let work = json!({
        "unknowns": results.work.unknowns,
        "parts": results.work.parts,
        "newton_steps": results.work.newton_steps,
        "linear_iterations": results.work.linear_iterations,
    });
    let mut out = b"{\"status\":\"solved\",\n".to_vec();
    out.extend_from_slice(
        format!("\"method\":\"{}\",\n\"results\":{{\n", told.method()).as_bytes(),
    );
    for (at, (name, parts)) in shown_variables(results).iter().enumerate() {
        let comma = if at > 0 { ",\n" } else { "" };
        out.extend_from_slice(format!("{comma}\"{name}\":[\n").as_bytes());
        for (variable, indicator) in parts {
            let cells = (results.changes[&variable.name].as_slice(), split);
            add_rows(&mut out, variable, *indicator, cells, database);
        }
        // Rows end with a comma and a line.
        out.truncate(out.len() - 2);
        out.extend_from_slice(b"\n]");
    }
    let gap = split.map_or_else(String::new, |parts| {
        format!("\"contributions_gap_percentage_points\":{:?},\n", parts.gap)
    });
    let end = format!("}},\n{gap}\"certificate\":{certificate},\n\"work\":{work}}}\n");
    out.extend_from_slice(end.as_bytes());
    out
}

/// What Euler steps left out, largest and of the nation.
fn truncation(found: &Result<Truncation, Failure>) -> Value {
    match found {
        Err(failure) => json!({"status": failure.status(), "reason": failure.to_string()}),
        Ok(found) => {
            let exact = |name: &&str| {
                let value = found.exact.changes[&format!("NatMacro({name})")][0];
                ((*name).to_owned(), json!(value))
            };
            let national: Map<String, Value> = term::MACROS.iter().map(exact).collect();
            json!({
                "largest_percentage_points": found.largest,
                "at": found.cell,
                "exact_national": national,
            })
        }
    }
}

/// Every result as a line: variable, its elements in up to four columns, unit, change.
pub(super) fn table(results: &Results, database: &Database) -> String {
    let mut out = String::from("variable,index_1,index_2,index_3,index_4,unit,change\n");
    for (name, parts) in shown_variables(results) {
        for (variable, indicator) in parts {
            let unit = match variable.unit {
                Unit::Percent => "percent",
                Unit::Change => "change",
            };
            for (cell, change) in results.changes[&variable.name].iter().enumerate() {
                let mut indices: Vec<String> =
                    indicator.iter().map(|&each| each.to_owned()).collect();
                indices.extend(variable.elements(&database.sets, cell));
                indices.resize(4, String::new());
                let quoted: Vec<String> = indices.iter().map(|each| quoted(each)).collect();
                let _ = writeln!(out, "{name},{},{unit},{change:?}", quoted.join(","));
            }
        }
    }
    out
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Variables by name; the indicators of `NatMacro` and `MainMacro` under these names.
fn shown_variables(results: &Results) -> BTreeMap<String, Vec<(Variable, Option<&'static str>)>> {
    let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for variable in term::variables() {
        let changes = &results.changes[&variable.name];
        // Variables that no closure frees are worth a row only when they were shocked.
        if variable.role == Role::Kept && changes.iter().all(|change| *change == 0.0) {
            continue;
        }
        let (name, indicator) = match variable.name.split_once('(') {
            Some((name, indicator)) => {
                let indicator = indicator.trim_end_matches(')');
                (name, term::MACROS.iter().find(|each| **each == indicator).copied())
            }
            None => (variable.name.as_str(), None),
        };
        all.entry(name.to_owned()).or_default().push((variable, indicator));
    }
    all
}

fn add_rows(
    out: &mut Vec<u8>,
    variable: &Variable,
    indicator: Option<&str>,
    (changes, parts): (&[f64], Option<&Contributions>),
    database: &Database,
) {
    let key = |name: &str, value: &str| format!("{}:{},", json!(name), json!(value));
    let sets: Vec<Vec<String>> = variable
        .indices
        .iter()
        .map(|index| {
            let elements = index.elements(&database.sets);
            elements.iter().map(|element| key(index.name(), element)).collect()
        })
        .collect();
    let unit: &[u8] = match variable.unit {
        Unit::Percent => b"\"percent_change\":",
        Unit::Change => b"\"change\":",
    };
    let indicator = indicator.map_or_else(String::new, |name| key("MAINMACROS", name));
    for (cell, change) in changes.iter().enumerate() {
        out.push(b'{');
        out.extend_from_slice(indicator.as_bytes());
        let mut stride = changes.len();
        for elements in &sets {
            stride /= elements.len();
            out.extend_from_slice(elements[cell / stride % elements.len()].as_bytes());
        }
        out.extend_from_slice(unit);
        serde_json::to_writer(&mut *out, change).expect("memory takes any text");
        if let Some(parts) = parts {
            let of = |(shock, all): (&String, &BTreeMap<String, Vec<f64>>)| {
                format!("{}:{:?}", json!(shock), all[&variable.name][cell])
            };
            let parts: Vec<String> = parts.by_shock.iter().map(of).collect();
            let text = format!(",\"contributions\":{{{}}}", parts.join(","));
            out.extend_from_slice(text.as_bytes());
        }
        out.extend_from_slice(b"},\n");
    }
}
