//! One spoiled line of a lever at a time: what the analyst reads, whole.

use insta::assert_snapshot;

use super::{SMALL, and, names, parse, with};

const TALENT_CALLED_PLANT: &str = r#"
[[lever.talent]]
name = "Plant"
region = "Dalian"
persons_per_year = 100
years = [2018, 2020]
cost_per_person = "2万元"
source = "none"
status = "assumption"
"#;

const OPENED_TWICE: &str = r#"
[[lever.market_access]]
name = "Open telecommunications"
industries = ["31"]
regions = "Dalian"
from_year = 2018
barrier_before = 0.2
barrier_after = 0.1
rent_share = 0.5
source = "press"
status = "assumption"

[[lever.market_access]]
name = "Open services"
industries = ["31", "39"]
from_year = 2018
barrier_before = 0.2
barrier_after = 0.1
rent_share = 0.5
source = "press"
status = "assumption"
"#;

const GRANT_OUTSIDE: &str = r#"
[[lever.rd_grants]]
name = "Grants"
years = [2018, 2020]
centres_per_year = 10
grant = { low = "0.5 million CNY", high = "2 million CNY", used = "3 million CNY" }
source = "press"
status = "assumption"
"#;

/// Fourteen mistakes at once.

#[test]
fn an_unknown_key_is_named_with_the_nearest() {
    assert_snapshot!(with("foreign_share", "foriegn_share"), @r#"
    error[E0202]: unknown key `foriegn_share` in [[lever.investment_project]]
     --> study.toml:38:1: not read
      = help: did you mean `foreign_share`, which is missing here?
    "#);
}

#[test]
fn an_unknown_kind_of_lever_is_named() {
    assert_snapshot!(with("[[lever.investment_project]]", "[[lever.investment_projects]]"), @r#"
    error[E0202]: unknown key `investment_projects` in [lever]
     --> study.toml:33:9: not read
      = help: did you mean `investment_project`?
    "#);
}

#[test]
fn a_missing_key_names_its_table() {
    assert_snapshot!(with("operation_year = 2020\n", ""), @r#"
    error[E0203]: `operation_year` is missing in [[lever.investment_project]]
     --> study.toml:33:1: this table needs `operation_year`
      = help: add `operation_year`; docs/study-file.md shows an example
    "#);
}

#[test]
fn a_number_in_quotes_is_the_wrong_type() {
    assert_snapshot!(with("foreign_share = 0.5", "foreign_share = \"half\""), @r#"
    error[E0204]: `foreign_share` must be a number, not text
     --> study.toml:38:17: this is text
      = help: write a number
    "#);
}

#[test]
fn a_share_above_one_is_told_as_percent() {
    assert_snapshot!(with("foreign_share = 0.5", "foreign_share = 50"), @r#"
    error[E0215]: the share `foreign_share` is 50, not from 0 to 1
     --> study.toml:38:17: not a share
      = help: shares are fractions: 50 % is 0.5
    "#);
}

#[test]
fn what_is_not_finite_is_refused() {
    assert_snapshot!(with("foreign_share = 0.5", "foreign_share = nan"), @r#"
    error[E0209]: `foreign_share` is not a finite number
     --> study.toml:38:17: not finite
      = help: write a number
    "#);
}

#[test]
fn years_in_the_wrong_order_are_refused() {
    assert_snapshot!(with("[2018, 2020]", "[2020, 2018]"), @r#"
    error[E0211]: `build_years` ends in 2018 before it begins in 2020
     --> study.toml:39:15: years in the wrong order
      = help: write [2018, 2020]
    "#);
}

#[test]
fn a_plant_cannot_work_before_it_is_built() {
    assert_snapshot!(with("operation_year = 2020", "operation_year = 2017"), @r#"
    error[E0211]: the plant works from 2017, before building begins in 2018
     --> study.toml:40:18: too early
      = help: write a year from 2018 on
    "#);
}

#[test]
fn an_amount_without_currency_is_completed() {
    assert_snapshot!(with("670 million CNY", "670 million"), @r#"
    error[E0212]: `670 million` has no currency
     --> study.toml:37:10: not an amount
      = help: write "670 million CNY" or "670 million USD"
    "#);
}

#[test]
fn an_amount_without_quotes_is_the_wrong_type() {
    assert_snapshot!(with("\"670 million CNY\"", "670e6"), @r#"
    error[E0204]: `amount` must be an amount in quotes such as "670 million CNY", not a number
     --> study.toml:37:10: this is a number
      = help: write an amount in quotes such as "670 million CNY"
    "#);
}

#[test]
fn an_unknown_unit_offers_the_nearest() {
    assert_snapshot!(with("670 million CNY", "670 millon CNY"), @r#"
    error[E0213]: unknown unit or currency `millon`
     --> study.toml:37:10: not an amount
      = help: did you mean `million`?
    "#);
}

#[test]
fn an_unknown_currency_is_named() {
    assert_snapshot!(with("670 million CNY", "670 million EUR"), @r#"
    error[E0213]: unknown unit or currency `EUR`
     --> study.toml:37:10: not an amount
      = help: amounts are in CNY or USD, with thousand, million, billion or trillion
    "#);
}

#[test]
fn a_negative_amount_is_refused() {
    assert_snapshot!(with("670 million CNY", "-670 million CNY"), @r#"
    error[E0214]: `amount` is negative: -670 million CNY
     --> study.toml:37:10: negative
      = help: write an amount from 0 up
    "#);
}

#[test]
fn shares_of_a_schedule_sum_to_one() {
    assert_snapshot!(with("operation_year", "schedule = [0.3, 0.3, 0.3]\noperation_year"), @r#"
    error[E0216]: the shares of `schedule` sum to 0.9, not to 1
     --> study.toml:40:12: these shares
      = help: 0.1 is missing; change one of the shares by it
    "#);
}

#[test]
fn a_schedule_has_a_share_for_every_year() {
    assert_snapshot!(with("operation_year", "schedule = [0.5, 0.5]\noperation_year"), @r#"
    error[E0218]: `schedule` has 2 values, not 3 shares, for 2018 to 2020
     --> study.toml:40:12: wrong number of values
      = help: write 3 shares, for 2018 to 2020
    "#);
}

#[test]
fn two_levers_of_one_name_are_refused() {
    assert_snapshot!(and(TALENT_CALLED_PLANT), @r#"
    error[E0217]: two levers are called `Plant`; the first is in line 33
     --> study.toml:44:1: the second of that name
      = help: give each lever its own name
    "#);
}

#[test]
fn an_industry_opened_twice_is_refused() {
    assert_snapshot!(and(OPENED_TWICE), @r#"
    error[E0224]: `Information transmission, software and information technology services` in Dalian is opened by `Open services` and by `Open telecommunications`
     --> study.toml:55:1: opened again here
      = help: name every industry and region in one market access lever only
    "#);
}

#[test]
fn an_industry_twice_in_a_list_is_refused() {
    assert_snapshot!(and(&OPENED_TWICE.replacen("[\"31\"]", "[\"30..32\", \"31\"]", 1).replacen("\"31\", \"39\"", "\"39\"", 1)), @r#"
    error[E0222]: `Information transmission, software and information technology services` is twice in `industries`
     --> study.toml:46:14: this list
      = help: keep it once
    "#);
}

#[test]
fn a_barrier_that_rises_is_a_warning() {
    assert_snapshot!(and(&OPENED_TWICE.replacen("barrier_after = 0.1", "barrier_after = 0.3", 1).replacen("\"31\", \"39\"", "\"39\"", 1)), @r#"
    warning[W0201]: the barrier goes from 0.2 to 0.3: no opening
     --> study.toml:50:17: not lower than before
      = help: exchange barrier_before and barrier_after if this is an opening
    "#);
}

#[test]
fn assumed_fields_are_fields_of_the_lever() {
    assert_snapshot!(with("foreign_share = 0.5", "foreign_share = 0.5\nassumed = [\"forein_share\"]"), @r#"
    error[E0202]: `assumed` names `forein_share`, which [[lever.investment_project]] does not have
     --> study.toml:39:12: no key of this lever
      = help: did you mean `foreign_share`?
    "#);
}

#[test]
fn a_grant_lies_within_its_range() {
    assert_snapshot!(and(GRANT_OUTSIDE), @r#"
    error[E0208]: the grant used, 3 million CNY, is not from 500 thousand CNY to 2 million CNY
     --> study.toml:48:9: these amounts
      = help: write an amount from 500 thousand CNY to 2 million CNY
    "#);
}

#[test]
fn a_study_without_levers_is_a_warning() {
    assert_snapshot!(parse("study.toml", SMALL.split("[[lever").next().unwrap_or(""), &names()).1.to_string(), @r#"
    warning[W0202]: the study has no levers
     --> study.toml:1:1: no `[[lever.…]]` in this file
      = help: add levers, e.g. [[lever.investment_project]]; policy and baseline are equal now
    "#);
}
