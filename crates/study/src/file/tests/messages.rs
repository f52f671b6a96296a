//! One spoiled line at a time outside the levers: what the analyst reads, whole.

use insta::assert_snapshot;

use super::{and, names, parse, with};

const MANY: &str = r#"format = 1
titel = "Many mistakes"
accounts = "liaoning-2017"
closure = "shortrun"

[years]
base = 2017
first = 2018
last = 2020

[baseline]
labour_force = { growth = 2, source = "none", status = "assumption" }
productivity = { home = 0.04, source = "none", status = "assumption" }
world_demand = { growth = 0.03, source = "", status = "assumption" }
government_consumption = { growth = 0.0, source = "none", status = "guess" }
foreign_direct_investment = { growth = 0.0, source = "none", status = "assumption" }

[[target]]
name = "Foreign investment"
indicator = "fdi"
region = "Liaonin"
year = 2020
value = "10 billion USD"
source = "press"
status = "verified_at_source"

[[lever.investment_project]]
name = "Plant"
region = "Shenyan"
industry = "Electrical machinery"
amount = "670 CNY million"
foreign_share = 1.5
build_years = [2020, 2018]
operation_year = 2031
source = "press"
status = "verified_at_source"
"#;

#[test]
fn text_that_is_not_toml_is_located() {
    assert_snapshot!(with("title = \"Small\"", "title = Small"), @r#"
    error[E0200]: this is not TOML: invalid TOML value, did you mean to use a quoted string?
     --> study.toml:2:9: here
      = help: put text in quotes: name = "…"
    "#);
}

#[test]
fn a_date_without_quotes_is_no_toml() {
    assert_snapshot!(with("date = \"2018-09\"", "date = 2018-09"), @r#"
    error[E0200]: this is not TOML: invalid number
     --> study.toml:12:8: here
      = help: amounts and dates are text in quotes: "670 million CNY", "2018-09"; numbers have a point, no comma
    "#);
}

#[test]
fn the_format_must_be_known() {
    assert_snapshot!(with("format = 1", "format = 2"), @r#"
    error[E0201]: this program reads format 1, not `2`
     --> study.toml:1:10: another format
      = help: write `format = 1`
    "#);
}

#[test]
fn a_missing_table_is_named() {
    assert_snapshot!(with("[years]\nbase = 2017\nfirst = 2018\nlast = 2020\n", ""), @r#"
    error[E0203]: `years` is missing in the head of the file
     --> study.toml:1:1: this table needs `years`
      = help: add `years`; docs/study-file.md shows an example
    "#);
}

#[test]
fn a_table_in_the_place_of_a_list_is_the_wrong_type() {
    assert_snapshot!(with("[[target]]", "[target]"), @r#"
    error[E0204]: `[[target]]` is written with single brackets
     --> study.toml:24:1: not a list of tables
      = help: write `[[target]]`, with double brackets, for each of them
    "#);
}

#[test]
fn an_unknown_industry_offers_the_nearest() {
    assert_snapshot!(with("\"19\"", "\"Manufacture of transprot equipment\""), @r#"
    error[E0205]: unknown industry `Manufacture of transprot equipment`
     --> study.toml:36:12: not one of the 42 industries
      = help: did you mean `Manufacture of transport equipment`?
    "#);
}

#[test]
fn an_unknown_code_tells_the_codes() {
    assert_snapshot!(with("\"19\"", "\"43\""), @r#"
    error[E0205]: unknown industry `43`
     --> study.toml:36:12: not one of the 42 industries
      = help: write a label of the accounts or a code from 01 to 42
    "#);
}

#[test]
fn an_unknown_region_offers_the_nearest() {
    assert_snapshot!(with("\"Shenyang\"", "\"Shengyang\""), @r#"
    error[E0206]: unknown region `Shengyang`
     --> study.toml:35:10: not one of the 5 regions
      = help: did you mean `Shenyang`?
    "#);
}

#[test]
fn an_unknown_word_offers_the_possible_ones() {
    assert_snapshot!(with("status = \"verified_at_source\"", "status = \"checked\""), @r#"
    error[E0207]: unknown status `checked`
     --> study.toml:14:10: not a word of the study file
      = help: possible here: `verified_at_source`, `secondary_source`, `from_memory_check_before_use`, `assumption`
    "#);
}

#[test]
fn an_unknown_indicator_offers_the_nearest() {
    assert_snapshot!(with("indicator = \"fdi\"", "indicator = \"export\""), @r#"
    error[E0207]: unknown indicator `export`
     --> study.toml:26:13: not a variable of the results
      = help: did you mean `exports`?
    "#);
}

#[test]
fn a_percentage_is_no_fraction() {
    assert_snapshot!(with("home = 0.04", "home = 4"), @r#"
    error[E0208]: `home` is 4, outside -0.5 to 1
     --> study.toml:18:25: out of range
      = help: rates are fractions: 4 % is 0.04
    "#);
}

#[test]
fn infinite_rates_are_refused() {
    assert_snapshot!(with("cny_per_usd = 6.8437", "cny_per_usd = inf"), @r#"
    error[E0209]: `cny_per_usd` is not a finite number
     --> study.toml:11:15: not finite
      = help: write a number
    "#);
}

#[test]
fn a_year_outside_the_study_is_refused() {
    assert_snapshot!(with("year = 2020\nvalue", "year = 2030\nvalue"), @r#"
    error[E0210]: `year` is 2030, not from 2017 to 2020
     --> study.toml:28:8: outside the years of the study
      = help: write a year from 2017 to 2020, or change `[years]`
    "#);
}

#[test]
fn a_path_that_ends_before_it_begins_is_refused() {
    assert_snapshot!(with("last = 2020", "last = 2012"), @r#"
    error[E0211]: the last year 2012 is before the first year 2018
     --> study.toml:5:1: these years
      = help: write base, first = base + 1, headline and last in this order
    "#);
}

#[test]
fn a_list_of_growth_rates_has_one_for_every_year() {
    assert_snapshot!(with("[0.06, 0.05, 0.05]", "[0.06, 0.05]"), @r#"
    error[E0218]: `rest` has 2 values, not 3 rates, for 2018 to 2020
     --> study.toml:18:38: wrong number of values
      = help: write 3 rates, for 2018 to 2020
    "#);
}

#[test]
fn a_study_needs_an_exchange_rate() {
    assert_snapshot!(with("[exchange_rate]\ncny_per_usd = 6.8437\ndate = \"2018-09\"\nsource = \"press\"\nstatus = \"verified_at_source\"\n", ""), @r#"
    error[E0220]: the study has no exchange rate
     --> study.toml:1:1: amounts and results in dollars need one
      = help: add [exchange_rate] with cny_per_usd, date, source and status
    "#);
}

#[test]
fn an_empty_text_is_refused() {
    assert_snapshot!(with("title = \"Small\"", "title = \" \""), @r#"
    error[E0221]: `title` is empty
     --> study.toml:2:9: no text
      = help: write the text or remove the line
    "#);
}

#[test]
fn an_unknown_parameter_offers_the_nearest() {
    assert_snapshot!(and("\n[parameters]\nsigma_region = 4.0\n"), @r#"
    error[E0219]: unknown parameter `sigma_region`
     --> study.toml:45:16: changes nothing
      = help: did you mean `sigma_regions`?
    "#);
}

#[test]
fn a_parameter_outside_its_range_is_refused() {
    assert_snapshot!(and("\n[parameters]\nfrisch = 1.5\n"), @r#"
    error[E0208]: `frisch` is 1.5, outside -20 to -1
     --> study.toml:45:10: out of range
      = help: write a number from -20 to -1
    "#);
}

#[test]
fn a_period_is_a_year_or_months() {
    assert_snapshot!(and("\n[[observation]]\nindicator = \"fdi\"\nperiod = \"2018Q1\"\ngrowth = 0.1\nsource = \"press\"\nstatus = \"assumption\"\n"), @r#"
    error[E0223]: `2018Q1` is not a period
     --> study.toml:46:10: neither a year nor months of one
      = help: write "2017", "2018H1" or "2018-01..08"
    "#);
}

#[test]
fn an_observation_has_a_level_or_a_growth() {
    assert_snapshot!(and("\n[[observation]]\nindicator = \"fdi\"\nperiod = \"2018\"\nsource = \"press\"\nstatus = \"assumption\"\n"), @r#"
    error[E0203]: `value` is missing in [[observation]]
     --> study.toml:44:1: this table needs `value`
      = help: add `value`; docs/study-file.md shows an example
    "#);
}

#[test]
fn all_findings_come_in_one_run() {
    assert_snapshot!(parse("study.toml", MANY, &names()).1.to_string(), @r#"
    error[E0220]: the study has no exchange rate
     --> study.toml:1:1: amounts and results in dollars need one
      = help: add [exchange_rate] with cny_per_usd, date, source and status
    error[E0202]: unknown key `titel` in the head of the file
     --> study.toml:2:1: not read
      = help: did you mean `title`, which is missing here?
    error[E0207]: unknown closure `shortrun`
     --> study.toml:4:11: not a word of the study file
      = help: did you mean `short_run`?
    error[E0203]: `domestic_funds` is missing in [baseline]
     --> study.toml:11:1: this table needs `domestic_funds`
      = help: add `domestic_funds`; docs/study-file.md shows an example
    error[E0208]: `growth` is 2, outside -0.5 to 1
     --> study.toml:12:27: out of range
      = help: rates are fractions: 2 % is 0.02
    error[E0203]: `rest` is missing in [baseline.productivity]
     --> study.toml:13:16: this table needs `rest`
      = help: add `rest`; docs/study-file.md shows an example
    error[E0221]: `source` is empty
     --> study.toml:14:42: no text
      = help: write the text or remove the line
    error[E0207]: unknown status `guess`
     --> study.toml:15:68: not a word of the study file
      = help: possible here: `verified_at_source`, `secondary_source`, `from_memory_check_before_use`, `assumption`
    error[E0206]: unknown region `Liaonin`
     --> study.toml:21:10: not one of the 5 regions
      = help: did you mean `Liaoning`?
    error[E0206]: unknown region `Shenyan`
     --> study.toml:29:10: not one of the 5 regions
      = help: did you mean `Shenyang`?
    error[E0205]: unknown industry `Electrical machinery`
     --> study.toml:30:12: not one of the 42 industries
      = help: did you mean `Manufacture of electrical machinery and equipment`?
    error[E0212]: `million` follows the currency
     --> study.toml:31:10: not an amount
      = help: write number, multiplier and currency: "670 million CNY"
    error[E0215]: the share `foreign_share` is 1.5, not from 0 to 1
     --> study.toml:32:17: not a share
      = help: write a number from 0 to 1
    error[E0211]: `build_years` ends in 2018 before it begins in 2020
     --> study.toml:33:15: years in the wrong order
      = help: write [2018, 2020]
    error[E0210]: `operation_year` is 2031, not from 2017 to 2020
     --> study.toml:34:18: outside the years of the study
      = help: write a year from 2017 to 2020, or change `[years]`
    "#);
}
