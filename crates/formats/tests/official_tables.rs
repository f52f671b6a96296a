//! Estimates of a region against its official table: Liaoning 2007 (Liaoning Statistical Bureau),
//! from the national table of 2017 on 40 common industries, alone and among the 31 provinces of 2017.
//!
//! The official table has flows from anywhere, and outflow and inflow by product; what is bought at
//! home is taken at one share for all users of a product. The nation's output of 2007, for location
//! quotients, is that of 2017 scaled by published value added of nine groups of industries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use accounts::Matrix;
use accounts::regionalise::comparison::{Compared, Knowledge, compare, deviation, own_inputs};
use accounts::regionalise::location_quotient::{Quotient, factors};
use accounts::regionalise::single::{Estimate, Known, Nation};
use accounts::regionalise::{Choices, Method, National, Regions, regionalise};
use formats::recipe::Wanted;

/// Industries of 2007 (from 0) that each industry of 2017 (from 0) is, where they are not one and
/// the same; those of 2017 without any are added to the one before.
const LATER: [(usize, &[usize]); 27] = [
    (15, &[15]),
    (16, &[]),
    (17, &[16]),
    (18, &[17]),
    (19, &[18]),
    (20, &[19]),
    (21, &[20, 21]),
    (22, &[]),
    (23, &[22]),
    (24, &[23]),
    (25, &[24]),
    (26, &[25]),
    (27, &[29]),
    (28, &[26, 27]),
    (29, &[30]),
    (30, &[28]),
    (31, &[31]),
    (32, &[32]),
    (33, &[33]),
    (34, &[34]),
    (35, &[35]),
    (36, &[36]),
    (37, &[37]),
    (38, &[38]),
    (39, &[39]),
    (40, &[40]),
    (41, &[41]),
];

/// Data beside the project, when there are any.
fn shared(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let found = ["../shared", "../../shared"].map(|up| root.join(up).join(path));
    let found = found.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: {path} is not here");
    }
    found
}

fn records(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let fields = |row: Result<csv::StringRecord, csv::Error>| {
        row.expect("a row").iter().map(str::to_owned).collect()
    };
    reader.records().map(fields).collect()
}

/// Groups of industries that are added up: positions of 2017 and of 2007 in each.
fn groups() -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut groups: Vec<(Vec<usize>, Vec<usize>)> =
        (0..15).map(|at| (vec![at], vec![at])).collect();
    for (later, earlier) in LATER {
        match groups.last_mut().filter(|_| earlier.is_empty()) {
            Some(last) => last.0.push(later),
            None => groups.push((vec![later], earlier.to_vec())),
        }
    }
    groups
}

fn studies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies/china")
}

/// The recipe of China's provinces.
fn china() -> (Box<(National, Regions)>, Choices) {
    let studies = studies();
    let text = std::fs::read_to_string(studies.join("recipe.toml")).expect("the recipe ships");
    let load = |path: &str| std::fs::read(studies.join(path)).map_err(|error| error.to_string());
    let recipe = formats::recipe::read("recipe.toml", &text, &load).expect("the recipe is right");
    let Wanted::Regions(parts) = recipe.wanted else { panic!("it has regions") };
    (parts, recipe.choices)
}

/// The nation of 2017 on common industries, its output that of 2007 in its proportions.
fn nation(folder: &Path) -> Nation {
    let studies = studies();
    let (parts, _) = china();
    let all = Nation::of(&parts.0, parts.1.transport.decay.column(0)).expect("one list");
    let growth = growth(folder, &studies);
    let groups = groups();
    let sum = |list: &[f64], g: usize| groups[g].0.iter().map(|at| list[*at]).sum::<f64>();
    let scaled = |list: &[f64]| -> Vec<f64> {
        let each: Vec<f64> = list.iter().zip(&growth).map(|(v, factor)| v * factor).collect();
        (0..groups.len()).map(|g| sum(&each, g)).collect()
    };
    let cells = |table: &Matrix| {
        Matrix::from_fn(groups.len(), groups.len(), |i, j| {
            let row =
                |i: &usize| groups[j].0.iter().map(|j| table.at(*i, *j) * growth[*j]).sum::<f64>();
            groups[i].0.iter().map(row).sum()
        })
    };
    let first = |g: usize| groups[g].0[0];
    Nation {
        industries: (0..groups.len()).map(|g| all.industries[first(g)].clone()).collect(),
        output: scaled(&all.output),
        value_added: scaled(&all.value_added),
        inputs: [cells(&all.inputs[0]), cells(&all.inputs[1])],
        final_use: [scaled(&all.final_use[0]), scaled(&all.final_use[1])],
        exports: scaled(&all.exports),
        decay: (0..groups.len()).map(|g| all.decay[first(g)]).collect(),
        primary: vec![],
        final_users: vec![],
    }
}

/// National value added of 2007 over that of 2017, by the group of each industry.
fn growth(folder: &Path, studies: &Path) -> Vec<f64> {
    let macros = records(&folder.join("liaoning_macro_accounts_1997_2017.csv"));
    let added = |group: &str, year: &str| -> f64 {
        let item = format!("va_{group}");
        let fits = |row: &&Vec<String>| {
            row[0] == "published" && row[2] == "nation" && row[3] == item && row[4] == year
        };
        macros.iter().find(fits).expect("it is published")[5].parse().expect("a number")
    };
    let industries = records(&studies.join("../../data/china/industries.csv"));
    let group = industries[0].iter().position(|name| name == "group").expect("a column");
    industries[1..]
        .iter()
        .map(|row| added(&row[group], "2007") / added(&row[group], "2017"))
        .collect()
}

/// What the official table tells of Liaoning, and its flows from anywhere, 100 million yuan.
fn liaoning(folder: &Path) -> (Known, Matrix) {
    let rows = records(&folder.join("liaoning_io_2007.csv"));
    let column = |code: &str| -> usize {
        let fits = |name: &String| name == code || name.starts_with(&format!("{code}:"));
        rows[0].iter().position(fits).expect("the column is there")
    };
    // The file is in 10,000 yuan.
    let cell =
        |row: usize, column: usize| rows[row + 1][column].parse::<f64>().expect("a number") / 1e4;
    let groups = groups();
    let sum = |row: &dyn Fn(usize) -> f64| -> Vec<f64> {
        groups.iter().map(|(_, members)| members.iter().map(|at| row(*at)).sum()).collect()
    };
    let columns = |codes: [&str; 2]| {
        let columns = codes.map(column);
        sum(&|row| columns.iter().map(|column| cell(row, *column)).sum())
    };
    let known = Known {
        output: sum(&|row| cell(row, column("58"))),
        value_added: Some(sum(&|at| cell(47, 2 + at))),
        final_use: Some(columns(["48", "51"])),
        outflow: Some(columns(["52", "53"])),
        inflow: Some(columns(["55", "56"])),
    };
    let flows = Matrix::from_fn(groups.len(), groups.len(), |i, j| {
        let row = |i: &usize| groups[j].1.iter().map(|j| cell(*i, 2 + j)).sum::<f64>();
        groups[i].1.iter().map(row).sum()
    });
    (known, flows)
}

/// Flows of the region's own products: one share at home for all users of a product.
fn own_products(known: &Known, flows: &Matrix) -> Matrix {
    let (outflow, inflow) =
        (known.outflow.as_ref().expect("given"), known.inflow.as_ref().expect("given"));
    let home = |i: usize| {
        let sold = known.output[i] - outflow[i];
        (sold / (sold + inflow[i])).clamp(0.0, 1.0)
    };
    Matrix::from_fn(flows.rows(), flows.columns(), |i, j| flows.at(i, j) * home(i))
}

#[test]
fn known_totals_and_the_default_come_nearer_to_liaoning_2007_than_location_quotients() {
    let Some(folder) = shared("data/liaoning") else { return };
    let nation = nation(&folder);
    let (known, flows) = liaoning(&folder);
    let official = own_products(&known, &flows);
    let lines = compare(&nation, &known, &official).expect("every method gives a table");
    println!("Liaoning 2007: flows, coefficients, multipliers, multipliers less 1 (%), bias");
    let mut by_name: BTreeMap<(u8, String), [f64; 4]> = BTreeMap::new();
    for Compared { method, knowledge, deviation } in &lines {
        let values =
            [deviation.flows, deviation.coefficients, deviation.multipliers, deviation.indirect];
        let shown = values.map(|value| format!("{:7.1}", 100.0 * value));
        println!("{:<20} {method:<22}{}{:8.3}", knowledge.name(), shown.join(""), deviation.bias);
        by_name.insert((*knowledge as u8, method.clone()), values);
    }
    let found = |knowledge: Knowledge, method: &str| by_name[&(knowledge as u8, method.to_owned())];
    for knowledge in [Knowledge::Output, Knowledge::ValueAdded, Knowledge::FinalUse] {
        let ours = found(knowledge, "gravity");
        for other in ["national coefficients", "SLQ", "FLQ 0.2", "FLQ 0.3", "AFLQ 0.3"] {
            // Flows and coefficients; multipliers of the same quotient.
            let theirs = found(Knowledge::Output, other);
            for k in 0..4 {
                assert!(ours[k] < theirs[k], "{knowledge:?}, {other}: {ours:?} {theirs:?}");
            }
        }
    }
    let all = found(Knowledge::All, "known totals");
    for (name, theirs) in by_name.iter().filter(|(name, _)| name.1 != "known totals") {
        for k in 0..4 {
            assert!(all[k] < theirs[k], "{name:?}: {all:?} {theirs:?}");
        }
    }
}

/// Flows of 2017 on common industries, at the official output.
fn at_official_output(flows: &Matrix, output: &[f64], official: &[f64]) -> Matrix {
    let groups = groups();
    let sum = |j: usize| groups[j].0.iter().map(|j| output[*j]).sum::<f64>();
    Matrix::from_fn(groups.len(), groups.len(), |i, j| {
        let row = |i: &usize| groups[j].0.iter().map(|j| flows.at(*i, *j)).sum::<f64>();
        let cell: f64 = groups[i].0.iter().map(row).sum();
        if sum(j) > 0.0 { cell / sum(j) * official[j] } else { 0.0 }
    })
}

#[test]
fn liaoning_among_all_provinces_comes_nearer_to_2007_than_location_quotients() {
    let Some(folder) = shared("data/liaoning") else { return };
    let (known, flows) = liaoning(&folder);
    let official = own_products(&known, &flows);
    let ((national, regions), shipped) = {
        let (parts, choices) = china();
        (*parts, choices)
    };
    assert_eq!(shipped.method, Method::SelfSufficiency);
    let at = regions.names.iter().position(|name| name == "Liaoning").expect("a province");
    let nation = Nation::of(&national, regions.transport.decay.column(0)).expect("one list");
    let shares = &regions.industry;
    let output: Vec<f64> =
        nation.output.iter().enumerate().map(|(i, all)| all * shares.at(i, at)).collect();
    let official = (&official, &known.output[..]);
    let distances = |name: &str, flows: &Matrix| distances(name, flows, &output, official);
    let quotients = [
        ("SLQ", Quotient::Simple),
        ("CILQ", Quotient::CrossIndustry),
        ("FLQ 0.1", Quotient::Flegg { delta: 0.1 }),
        ("FLQ 0.3", Quotient::Flegg { delta: 0.3 }),
    ];
    let coefficients = Estimate::coefficients(&nation.inputs[0], &nation.output);
    let quotients = quotients.map(|(name, quotient)| {
        let factor = factors(&output, &nation.output, quotient);
        let flows = Matrix::from_fn(output.len(), output.len(), |i, j| {
            coefficients.at(i, j) * factor.at(i, j) * output[j]
        });
        (name, distances(name, &flows))
    });
    let chain = |name: &str, method: Method| {
        let accounts = regionalise(national.clone(), regions.clone(), Choices::of(method));
        distances(name, &own_inputs(&accounts.expect("the tables agree"), &[at]))
    };
    let ours = chain("self-sufficiency", Method::SelfSufficiency);
    let others = [
        ("CHARM, held", Method::CrossHauling),
        ("SLQ, held", Method::Quotient(Quotient::Simple)),
        ("gravity", Method::Gravity),
    ];
    for (name, method) in others {
        chain(name, method);
    }
    // The technology of the nation with the shares at home of the official table: what is left is not
    // the doing of any method.
    let anywhere = nation.inputs[0].zip(&nation.inputs[1], |a, b| a + b);
    let anywhere = Estimate::coefficients(&anywhere, &nation.output);
    let anywhere =
        Matrix::from_fn(output.len(), output.len(), |i, j| anywhere.at(i, j) * output[j]);
    let anywhere = at_official_output(&anywhere, &output, &known.output);
    let share = |i: usize| official.0.row_sum(i) / flows.row_sum(i);
    let shared = Matrix::from_fn(anywhere.rows(), anywhere.rows(), |i, j| {
        if flows.row_sum(i) > 0.0 { anywhere.at(i, j) * share(i) } else { 0.0 }
    });
    let d = deviation(&shared, official.0, &known.output).expect("both have multipliers");
    let values = [d.flows, d.coefficients, d.multipliers, d.indirect];
    let shown = values.map(|value| format!("{:7.1}", 100.0 * value));
    println!("Liaoning of 2017, official shares at home {}{:8.3}", shown.join(""), d.bias);
    for (name, theirs) in quotients {
        // Flows and coefficients of all; both measures of multipliers too, but for CILQ's.
        let measures = if name == "CILQ" { 2 } else { 4 };
        assert!((0..measures).all(|k| ours[k] < theirs[k]), "{name}: {ours:?} {theirs:?}");
    }
}

/// Distance of Liaoning among all others at the official output, printed under `name`.
fn distances(name: &str, found: &Matrix, output: &[f64], official: (&Matrix, &[f64])) -> [f64; 4] {
    let (flows, at) = official;
    let found = at_official_output(found, output, at);
    let d = deviation(&found, flows, at).expect("both have multipliers");
    let values = [d.flows, d.coefficients, d.multipliers, d.indirect];
    let shown = values.map(|value| format!("{:7.1}", 100.0 * value));
    println!("Liaoning of 2017, {name:<24}{}{:8.3}", shown.join(""), d.bias);
    values
}

#[test]
fn the_shipped_accounts_come_nearer_to_2007_than_location_quotients_of_the_same_figures() {
    let Some(folder) = shared("data/liaoning") else { return };
    let (known, flows) = liaoning(&folder);
    let official = own_products(&known, &flows);
    let official = (&official, &known.output[..]);
    let (accounts, _) = formats::liaoning::accounts().expect("the figures ship");
    let home: Vec<usize> = (0..accounts.sets.region.len() - 1).collect();
    let by_region = accounts.output.sum_to(&["industry", "region"]);
    let n = accounts.sets.industry.len();
    let output: Vec<f64> =
        (0..n).map(|i| home.iter().map(|r| by_region.at(&[i, *r])).sum()).collect();
    let ours = distances("as built", &own_inputs(&accounts, &home), &output, official);
    let nation = Nation::of(&china().0.0, vec![1.0; n]).expect("one list");
    let coefficients = Estimate::coefficients(&nation.inputs[0], &nation.output);
    let quotients = [
        ("SLQ", Quotient::Simple),
        ("CILQ", Quotient::CrossIndustry),
        ("FLQ 0.3", Quotient::Flegg { delta: 0.3 }),
    ];
    for (name, quotient) in quotients {
        let factor = factors(&output, &nation.output, quotient);
        let flows =
            Matrix::from_fn(n, n, |i, j| coefficients.at(i, j) * factor.at(i, j) * output[j]);
        let theirs = distances(name, &flows, &output, official);
        assert!((0..2).all(|k| ours[k] < theirs[k]), "{name}: {ours:?} {theirs:?}");
    }
}
