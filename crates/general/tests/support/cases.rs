//! Cases in `ge-case/1` with their expected solutions.

use general::{Instance, Model, Scenario, Syntax};
use serde_json::{Map, Value, json};

/// A case of a folder.
pub struct Case {
    pub name: String,
    pub model: Model,
    pub json: Value,
}

/// All cases of a folder, by name.
pub fn folder(folder: &str) -> Vec<Case> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files.iter().map(|file| Case::new(&std::fs::read_to_string(file).expect("a file"))).collect()
}

impl Case {
    /// The case of a text.
    pub fn new(text: &str) -> Self {
        let json: Value = serde_json::from_str(text).expect("a case in JSON");
        let name = json["name"].as_str().expect("a name").to_owned();
        let (model, findings) = general::read(&name, text, Syntax::Json);
        let model = model.unwrap_or_else(|| panic!("{findings}"));
        Self { name, model, json }
    }

    /// The scenario as the file has it.
    pub fn scenario(&self, at: usize) -> &Value {
        &self.json["scenarios"][at]
    }

    /// The first variable that is not as expected in a scenario: its name, value and expectation.
    pub fn differs(&self, at: usize, values: &[f64]) -> Option<(String, f64, f64)> {
        let scenario = self.scenario(at);
        let tolerance = |kind: &str| scenario["tolerance"][kind].as_f64().unwrap_or(1e-9);
        let named = self.model.variables.iter().zip(values);
        named.into_iter().find_map(|(variable, value)| {
            let expected = scenario["expected"][&variable.name].as_f64()?;
            let most = tolerance("absolute") + tolerance("relative") * expected.abs();
            let near = (value - expected).abs() <= most;
            (!near).then(|| (variable.name.clone(), *value, expected))
        })
    }

    /// Parameters that a scenario moves: name, the file's own value, the scenario's.
    pub fn moves(&self, at: usize) -> Vec<(String, f64, f64)> {
        let scenario = &self.model.scenarios[at];
        let own = Scenario { set: vec![], ..scenario.clone() };
        let (before, after) =
            (Instance::new(&self.model, &own), Instance::new(&self.model, scenario));
        let set = scenario.set.iter().map(|(parameter, _)| *parameter);
        set.map(|at| {
            let name = self.model.parameters[at].name.clone();
            (name, before.parameters[at], after.parameters[at])
        })
        .filter(|(_, before, after)| before.to_bits() != after.to_bits())
        .collect()
    }

    /// The file with one scenario alone, what it sets moved a multiple of the way from the file's
    /// own values.
    pub fn shocked(&self, at: usize, multiple: f64) -> String {
        let mut scenario = self.scenario(at).clone();
        for (name, before, after) in self.moves(at) {
            scenario["set"][name] = json!(before + multiple * (after - before));
        }
        self.with_scenario(&scenario)
    }

    /// The file with one scenario alone.
    pub fn with_scenario(&self, scenario: &Value) -> String {
        let mut json = self.json.clone();
        json["scenarios"] = json!([scenario]);
        let parameters = json["parameters"].take();
        let given = parameters.as_object().cloned().unwrap_or_else(Map::new);
        // Parameters keep the order of the file, which `serde_json` does not.
        let ordered: Vec<String> = self
            .model
            .parameters
            .iter()
            .map(|each| format!("{}:{}", json!(each.name), given[&each.name]))
            .collect();
        let empty = "\"parameters\":null";
        json.to_string().replacen(empty, &format!("\"parameters\":{{{}}}", ordered.join(",")), 1)
    }
}
