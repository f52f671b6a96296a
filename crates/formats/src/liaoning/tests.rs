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
    let loose = [
        ("Gross regional product, ", 6e-3),
        ("Foreign share of output, Wholesale", 2e-3),
        ("Own share of ", 0.7),
    ];
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

#[test]
fn an_industry_without_output_is_left_out() {
    let mut files = files();
    let text = files["output_2017.csv"].replacen("Coal mining,283.843", "Coal mining,0", 1);
    files.insert("output_2017.csv".to_owned(), text);
    let (accounts, _) = accounts_from(&files).expect("zero is a figure");
    for identity in identities(&accounts) {
        assert!(identity.deviation < LARGEST_BUILT, "{identity}");
    }
    let active = accounts.output.sum_to(&["industry", "region"]);
    assert!(active.values()[5..9].iter().all(|value| *value == 0.0));
}

#[test]
fn an_assumption_out_of_range_and_one_misspelt_are_shown_in_one_run() {
    let mut files = files();
    let text = files["assumptions.csv"].replacen("margin_share,0.6", "margin_share,60", 1);
    let text = text.replacen("own_port_share", "own_prot_share", 1);
    files.insert("assumptions.csv".to_owned(), text);
    insta::assert_snapshot!(messages(&files), @r#"
    error[E1111]: 60 for `margin_share` in `assumptions.csv` is out of range
     --> assumptions.csv:11:2: from 0.0 to 0.99 is possible
      = help: check sign and unit
    error[E1104]: unknown name `own_prot_share` in `assumptions.csv`
     --> assumptions.csv:12:1: not one of the 18 names
      = help: did you mean `own_port_share`?
    error[E1108]: `assumptions.csv` has no row for own_port_share
     --> assumptions.csv:24:1: the table ends here
      = help: add the row; write 0 if there is nothing
    "#);
}

#[test]
fn the_home_regions_come_first_and_one_other_last() {
    insta::assert_snapshot!(edited("regions.csv", "Rest of China,no", "Rest of China,yes"), @r#"
    error[E1112]: `regions.csv` must list home regions first and the rest of the country last
     --> regions.csv:11:2: `no` for the last region and `yes` for all others
      = help: put the one region that is not part of the province last
    "#);
}

/// Every table with a line taken out, a line spoiled, and its end cut off: findings, no panic.
#[test]
fn no_damage_to_a_table_makes_the_reader_panic() {
    for (name, text) in super::FILES {
        let lines: Vec<&str> = text.lines().collect();
        let middle = lines.len() / 2 + 2;
        let without: Vec<&str> = lines
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != middle)
            .map(|(_, line)| *line)
            .collect();
        let spoiled = text.replacen(lines[lines.len() - 1], "\"x,-1e999,,#", 1);
        let negative = text.replace(",1", ",-1");
        let cut = text.chars().take(text.chars().count() / 3).collect();
        for damaged in [without.join("\n"), spoiled, negative, cut] {
            let mut files = files();
            files.insert((*name).to_owned(), damaged);
            if let Ok((accounts, _)) = accounts_from(&files) {
                let broken = identities(&accounts).into_iter().find(|identity| !identity.holds());
                assert_eq!(broken, None, "{name}");
            }
        }
    }
}
