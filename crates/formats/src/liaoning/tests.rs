use accounts::identity::identities;

use super::{accounts, accounts_from, figures, files};
use crate::Files;

/// Identities of the built accounts must hold far below what readers accept.
const LARGEST_BUILT: f64 = 1e-12;

#[test]
fn every_identity_holds() {
    let (accounts, _) = accounts().expect("figures that ship are sound");
    for identity in identities(&accounts) {
        assert!(identity.deviation < LARGEST_BUILT, "{identity}");
    }
}

#[test]
fn published_totals_are_hit() {
    let (_, report) = accounts().expect("figures that ship are sound");
    // What the figures themselves cannot agree on, with the largest relative difference allowed.
    let loose = [("Gross regional product, ", 6e-3), ("Foreign share of output, Wholesale", 2e-3)];
    for row in &report.totals {
        let of = loose.iter().find(|(item, _)| row.item.starts_with(item));
        let tolerance = of.map_or(1e-8, |(_, tolerance)| *tolerance);
        let off = (row.built - row.published).abs();
        assert!(off <= tolerance * row.published.abs().max(1e-12), "{row:?}");
    }
    let province = report.totals.iter().find(|row| row.item == "Gross regional product, Liaoning");
    assert!(province.is_some_and(|row| (row.built - 21_691.42).abs() < 0.01));
}

#[test]
fn every_active_firm_has_labour_capital_and_purchases() {
    let (accounts, _) = accounts().expect("figures that ship are sound");
    let labour = accounts.labour.sum_to(&["industry", "owner", "region"]);
    for (flat, output) in accounts.output.values().iter().enumerate().filter(|(_, x)| **x != 0.0) {
        let capital = accounts.depreciation.values()[flat] + accounts.surplus.values()[flat];
        let label = accounts.output.label_of(flat);
        let least = [capital, labour.values()[flat], accounts.intermediate.values()[flat]];
        assert!(least.iter().all(|value| *value > 1e-3 * output), "{label}: {least:?} of {output}");
    }
}

#[test]
fn a_broken_cell_breaks_an_identity() {
    let (sound, _) = accounts().expect("figures that ship are sound");
    // Persons are no money; taxes of final users are in income and expenditure alike.
    let held = sound.tables().map(|table| table.name);
    for (at, name) in held.iter().enumerate().filter(|(_, name)| !["persons", "tax"].contains(name))
    {
        let mut broken = sound.clone();
        let most = largest(sound.tables()[at].values());
        broken.tables_mut()[at].values_mut()[most] += 100.0;
        assert!(identities(&broken).iter().any(|identity| !identity.holds()), "{name}");
    }
}

fn largest(values: &[f64]) -> usize {
    (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap_or_default()
}

#[test]
fn the_build_gives_the_same_bits_twice() {
    assert!(accounts() == accounts());
}

#[test]
fn capital_and_foreign_investment() {
    let figures = figures().expect("figures that ship are sound");
    let (accounts, _) = accounts().expect("figures that ship are sound");
    let (capital, rate) = figures.capital.by_firm(&accounts);
    let home: f64 = capital.sum_to(&["region"]).values()[..4].iter().sum();
    assert!((home / figures.capital.stock - 1.0).abs() < 1e-12);
    assert!(rate > 0.02 && rate < figures.capital.rate, "{rate}");
    let foreign: f64 = figures.foreign_direct_investment[..4].iter().sum();
    assert!((foreign - 5335.08).abs() < 0.01, "published 5.3 bn USD, built {foreign}");
    assert!(figures.notes.iter().all(|note| !note.status.is_empty() && !note.source.is_empty()));
}

fn edited(file: &str, from: &str, to: &str) -> String {
    let mut files = files();
    let text = files[file].replacen(from, to, 1);
    assert_ne!(text, files[file], "the edit must hit");
    files.insert(file.to_owned(), text);
    messages(&files)
}

fn messages(files: &Files) -> String {
    accounts_from(files).expect_err("the figures are bad").to_string()
}

#[test]
fn a_misspelt_industry_is_named_with_the_nearest() {
    insta::assert_snapshot!(edited("output_2017.csv", "Coal mining", "Coal minning"), @r#"
    error[E1104]: unknown industry `Coal minning` in `output_2017.csv`
     --> output_2017.csv:8:1: not one of the 42 names
      = help: did you mean `Coal mining`?
    "#);
}

#[test]
fn a_number_that_is_none_is_shown() {
    insta::assert_snapshot!(edited("output_2017.csv", "283.843", "n/a"), @r#"
    error[E1105]: `n/a` in column `value` of `output_2017.csv` is not a number
     --> output_2017.csv:8:2: not a number
      = help: write a number with a decimal point and no thousands separators
    "#);
}

#[test]
fn a_row_given_twice_and_a_name_not_known_are_shown_in_one_run() {
    let mut files = files();
    let output = files["output_2017.csv"].clone() + "Agriculture,5\n";
    files.insert("output_2017.csv".to_owned(), output);
    let distances = files["distances.csv"].replacen("Dalian", "Dalain", 1);
    files.insert("distances.csv".to_owned(), distances);
    insta::assert_snapshot!(messages(&files), @r#"
    error[E1107]: `output_2017.csv` has two rows for Agriculture
     --> output_2017.csv:49:1: first given in line 7
      = help: remove one of the two rows
    error[E1104]: unknown destination `Dalain` in `distances.csv`
     --> distances.csv:8:2: not one of the 5 names
      = help: did you mean `Dalian`?
    "#);
}

#[test]
fn an_empty_table_and_a_missing_one_are_shown_in_one_run() {
    let mut files = files();
    files.insert("output_2017.csv".to_owned(), String::new());
    files.remove("distances.csv");
    insta::assert_snapshot!(messages(&files), @r#"
    error[E1102]: table `output_2017.csv` is empty
     --> output_2017.csv:1:1: a header line is expected here
      = help: the file may have been cut off when it was saved
    error[E1101]: the table `distances.csv` is missing
      = help: copy it from the figures that ship with the program
    "#);
}

#[test]
fn a_table_without_its_source_is_refused() {
    insta::assert_snapshot!(edited("output_2017.csv", "# publisher:", "# maker:"), @r#"
    error[E1109]: the head of `output_2017.csv` does not say its publisher
     --> output_2017.csv:1:1: the comment lines start here
      = help: add a line `# publisher: …` at the top
    "#);
}

#[test]
fn a_table_cut_off_in_a_row_is_shown() {
    let mut files = files();
    let text = &files["output_2017.csv"];
    let cut = text[..text.len() - "Administration,1233.698\n".len() - 3].to_owned();
    files.insert("output_2017.csv".to_owned(), cut);
    insta::assert_snapshot!(messages(&files), @r#"
    error[E1110]: line 48 of `output_2017.csv` has 1 fields, the header has 2
     --> output_2017.csv:48:1: the row ends here
      = help: quote a field that holds a comma; a short last line means that the file was cut off
    error[E1108]: `output_2017.csv` has no row for Public administration
     --> output_2017.csv:47:1: the table ends here
      = help: add the row; write 0 if there is nothing
    "#);
}

#[test]
fn figures_that_do_not_fit_together_say_which() {
    insta::assert_snapshot!(edited("output_2017.csv", "Finance,2940.115", "Finance,294.0115"), @r#"
    error[E1120]: the figures do not fit together: value added of `Finance` would be 5.972 of its output
      = help: look at the figures named; totals or priors contradict each other
    "#);
}
