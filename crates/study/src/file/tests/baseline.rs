//! Given paths, their shifters, and the choices of `[dynamics]`.

use insta::assert_snapshot;

use super::{SMALL, study, with};
use crate::spec::{Financing, Group, LabourMarket, MacroVariable, Migration, Shifter};

const LAST_DRIVER: &str =
    "domestic_funds = { growth = 0.0, source = \"none\", status = \"assumption\" }\n";

/// The small study with lines at the end of its `[baseline]`.
fn baseline(lines: &str) -> String {
    with(LAST_DRIVER, &format!("{LAST_DRIVER}{lines}"))
}

fn read(lines: &str) -> crate::spec::Study {
    study(&SMALL.replacen(LAST_DRIVER, &format!("{LAST_DRIVER}{lines}"), 1))
}

const GDP: &str = "gdp = { home = 0.05, source = \"none\", status = \"assumption\" }\n";
const EXPORTS: &str = "exports = { growth = 0.04, source = \"none\", status = \"assumption\" }\n";

#[test]
fn a_given_path_has_its_usual_shifter_and_one_of_the_free_ones_otherwise() {
    let of = |lines: &str| {
        let given = read(lines).baseline.given;
        given.iter().map(|path| (path.variable, path.group, path.shifter)).collect::<Vec<_>>()
    };
    let product = |shifter| (MacroVariable::GrossProduct, Group::Home, shifter);
    let exports = |group, shifter| (MacroVariable::Exports, group, shifter);
    // Exports of all regions: those of the rest by the foreign balance.
    let all = |shifter| {
        vec![
            product(shifter),
            exports(Group::Home, Shifter::ExportDemand),
            exports(Group::Rest, Shifter::ForeignSaving),
        ]
    };
    assert_eq!(of(&format!("{GDP}{EXPORTS}")), all(Shifter::LabourProductivity));
    let free = "free = [\"productivity\", \"export_demand\", \"foreign_saving\"]\n";
    assert_eq!(of(&format!("{GDP}{EXPORTS}{free}")), all(Shifter::Productivity));
    assert!(of("").is_empty());
}

#[test]
fn a_closure_that_is_not_square_names_what_is_missing_and_what_is_too_many() {
    assert_snapshot!(baseline(&format!("{GDP}{EXPORTS}free = [\"productivity\"]\n")), @r"
    error[E0230]: the closure of the baseline is not square: no shifter is free for `exports`
     --> study.toml:25:8: as many shifters as paths, in every group
      = help: free one more shifter for each, or leave the path out
    ");
    assert_snapshot!(baseline(&format!("{GDP}free = [\"labour_productivity\", \"export_demand\"]\n")), @r"
    error[E0230]: the closure of the baseline is not square: no path is given for `export_demand`
     --> study.toml:24:8: as many shifters as paths, in every group
      = help: give a path for each, or take `export_demand` out of `free`
    ");
    assert_snapshot!(baseline(&format!("{EXPORTS}free = [\"reference_wage\"]\n")), @r"
    error[E0230]: the closure of the baseline is not square: no shifter is free for `exports`; no path is given for `reference_wage`
     --> study.toml:24:8: as many shifters as paths, in every group
      = help: free one more shifter for each, or leave the path out; give a path for each, or take `reference_wage` out of `free`
    ");
    assert_snapshot!(baseline(&format!("{GDP}free = [\"labor\"]\n")), @r"
    error[E0207]: unknown shifter `labor`
     --> study.toml:24:9: not a word of the study file
      = help: did you mean `labour_productivity`?
    ");
}

#[test]
fn more_jobs_than_people_are_refused() {
    let jobs = "employment = { growth = 0.03, source = \"none\", status = \"assumption\" }\n";
    assert_snapshot!(baseline(jobs), @r"
    error[E0231]: employment is above the labour force in 2019
     --> study.toml:23:14: this path
      = help: let `labour_force` grow with it, or employment less
    ");
}

#[test]
fn a_path_without_rates_is_incomplete() {
    assert_snapshot!(baseline("gdp = { source = \"none\", status = \"assumption\" }\n"), @r"
    error[E0203]: `growth` is missing in [baseline.gdp]
     --> study.toml:23:7: this table needs `growth`
      = help: add `growth`; docs/study-file.md shows an example
    ");
}

#[test]
fn the_choices_of_dynamics_have_defaults() {
    let usual = study(SMALL).dynamics;
    assert_eq!(
        (usual.labour_market, usual.financing, usual.migration),
        (None, Financing::Levy, Migration::ByRealWage)
    );
    let text = format!(
        "{SMALL}\n[dynamics]\nlabour_market = \"wage_curve\"\nfinancing = \"debt\"\nmigration = \"none\"\n"
    );
    let other = study(&text).dynamics;
    assert_eq!(
        (other.labour_market, other.financing, other.migration),
        (Some(LabourMarket::WageCurve), Financing::Debt, Migration::None)
    );
}
