use accounts::{RegionalAccounts, Sets};
use proptest::prelude::*;

use super::{read, write};
use crate::Files;

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// A closed economy of one region that makes and consumes one product: every identity holds.
fn tiny(value: f64, share: f64) -> RegionalAccounts {
    let goods = names(&["Goods, \"all\"", "Trade"]);
    let sets = Sets::new(
        &names(&["Here", "There"]),
        &goods,
        &goods,
        &names(&["domestic", "foreign"]),
        &names(&["unskilled", "skilled"]),
        &names(&["Trade"]),
    );
    let mut accounts = RegionalAccounts::zeros(sets, 2017, "100 million CNY");
    let household = accounts.sets.user_position(accounts::User::Household);
    *accounts.output.at_mut(&[0, 0, 0]) = value;
    *accounts.make.at_mut(&[0, 0, 0]) = value;
    *accounts.labour.at_mut(&[0, 0, 0, 0]) = value * share;
    *accounts.surplus.at_mut(&[0, 0, 0]) = value - value * share;
    *accounts.trade.at_mut(&[0, 0, 0, 0]) = value;
    *accounts.use_.at_mut(&[0, 0, household, 0]) = value;
    *accounts.persons.at_mut(&[0, 0, 0, 0]) = value / 3.0;
    accounts
}

proptest! {
    #[test]
    fn accounts_are_read_back_exactly(value in 1e-300_f64..1e300, share in 0.0..1.0_f64) {
        let accounts = tiny(value, share);
        prop_assert_eq!(read(&write(&accounts)).expect("sound accounts"), accounts);
    }
}

#[test]
fn the_accounts_of_liaoning_are_read_back_exactly() {
    let (accounts, _) = crate::liaoning::accounts().expect("figures that ship are sound");
    assert_eq!(read(&write(&accounts)).expect("sound accounts"), accounts);
}

fn edited(file: &str, from: &str, to: &str) -> String {
    let mut files = write(&tiny(10.0, 0.5));
    let text = files[file].replacen(from, to, 1);
    assert_ne!(text, files[file], "the edit must hit");
    files.insert(file.to_owned(), text);
    messages(&files)
}

fn messages(files: &Files) -> String {
    read(files).expect_err("the input is bad").to_string()
}

#[test]
fn a_misspelt_region_points_at_the_cell_and_offers_the_nearest() {
    insta::assert_snapshot!(edited("output.csv", "Here", "Heer"), @r#"
    error[E1104]: unknown region `Heer` in `output.csv`
     --> output.csv:2:3: not one of the 2 names
      = help: did you mean `Here`?
    "#);
}

#[test]
fn a_value_that_is_not_a_number_is_said_so() {
    insta::assert_snapshot!(edited("output.csv", "10", "NaN"), @r#"
    error[E1106]: `NaN` in column `value` of `output.csv` is not a finite number
     --> output.csv:2:4: not a finite number
      = help: write a number with a decimal point and no thousands separators
    "#);
}

#[test]
fn a_missing_column_is_named_with_the_one_that_may_be_meant() {
    insta::assert_snapshot!(edited("output.csv", "region", "regions"), @r#"
    error[E1103]: table `output.csv` has no column `region`
     --> output.csv:1:1: the columns are industry, owner, regions, value
      = help: rename `regions` to `region` if that is it
    "#);
}

#[test]
fn a_table_cut_off_is_noticed() {
    let mut files = write(&tiny(10.0, 0.5));
    files.insert("output.csv".to_owned(), "industry,owner,region,value\n".to_owned());
    files.insert("make.csv".to_owned(), String::new());
    files.remove("trade.csv");
    insta::assert_snapshot!(messages(&files), @r#"
    error[E1101]: the file `trade.csv` is missing
      = help: accounts are a folder with one file per table; write it again
    error[E1102]: table `make.csv` is empty
     --> make.csv:1:1: a header line is expected here
      = help: the file may have been cut off when it was saved
    error[E1202]: `output.csv` has 0 rows, `manifest.csv` says 1
     --> output.csv:1:1: the last row
      = help: the file was cut off or edited; after an edit, change the number in the manifest
    "#);
}

#[test]
fn accounts_that_do_not_add_up_are_refused() {
    let text = edited("use.csv", "10", "11");
    assert!(text.contains("E1203") && text.contains("Use of a product in a region"), "{text}");
}

#[test]
fn a_later_format_is_refused() {
    let text = edited("manifest.csv", "format,1", "format,2");
    assert!(text.contains("E1201") && text.contains("format 2"), "{text}");
}
