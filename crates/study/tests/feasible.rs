//! Levers that no economy can bear, or that do nothing, are found before anything is solved; barriers
//! that fall in stages.

use study::beside::open;
use study::folder::Memory;
use study::lever::Lever;
use study::spec::Study;

const SMALL: &str = include_str!("small.toml");

fn findings(levers: &str) -> String {
    let text = format!("{SMALL}\n{levers}\nsource = \"test\"\nstatus = \"assumption\"\n");
    match open("small.toml", &text, &Memory::default()) {
        Ok(ready) => ready.warnings.to_string(),
        Err(findings) => findings.to_string(),
    }
}

fn read(levers: &str) -> Study {
    let text = format!("{SMALL}\n{levers}\nsource = \"test\"\nstatus = \"assumption\"\n");
    open("small.toml", &text, &Memory::default()).unwrap_or_else(|found| panic!("{found}")).study
}

#[rstest::rstest]
#[case(
    "[[lever.tax]]\nname = \"X\"\nkind = \"corporate_tax\"\nindustries = [\"19\"]\nyears = [2018, 2019]\nchange = -0.3",
    "E2110",
    "the tax on profits is -5.0 % in 2018"
)]
#[case(
    "[[lever.talent]]\nname = \"X\"\nregion = \"Dalian\"\npersons_per_year = 900000000\nyears = [2018, 2019]\ncost_per_person = \"0 CNY\"\ndrawn_from = \"regions\"",
    "E2110",
    "more people leave than there are"
)]
#[case(
    "[[lever.free_trade_zone]]\nname = \"X\"\nregion = \"Dalian\"\nfocus_industries = [\"19\"]\nfrom_year = 2018\ndays_saved = 60.0\nvalue_of_day = 0.05\ntrade_share = 1.0\nzone_share = 0.1",
    "E2110",
    "imports would cost nothing or less"
)]
#[case(
    "[[lever.fiscal]]\nname = \"X\"\nregion = \"Dalian\"\nyears = [2018, 2019]\namount = \"-300 billion CNY\"\nkind = \"government_consumption\"",
    "E2110",
    "below zero"
)]
#[case(
    "[[lever.fiscal]]\nname = \"X\"\nregion = \"Dalian\"\nyears = [2018, 2019]\namount = \"670 trillion CNY\"\nkind = \"government_consumption\"",
    "E2111",
    "more than the gross product of Liaoning"
)]
#[case(
    "[[lever.tax]]\nname = \"X\"\nkind = \"tariff\"\nindustries = [\"19\"]\nyears = [2018, 2019]\nchange = 0.0",
    "W2110",
    "changes nothing in any year"
)]
#[case(
    "[[lever.tax]]\nname = \"X\"\nkind = \"tariff\"\nindustries = [\"19\"]\nyears = [2021, 2022]\nchange = 0.1",
    "E0",
    "outside the years of the study"
)]
fn a_lever_out_of_bounds_is_found_at_its_line(
    #[case] lever: &str,
    #[case] code: &str,
    #[case] says: &str,
) {
    let found = findings(lever);
    assert!(found.contains(code) && found.contains(says), "{found}");
    let line = SMALL.lines().count() + 2;
    assert!(found.contains(&format!("small.toml:{line}:")) || code == "E0", "line {line}: {found}");
}

#[test]
fn more_support_than_project_is_refused() {
    let found = findings(
        "[[lever.investment_project]]\nname = \"X\"\nregion = \"Dalian\"\nindustry = \"19\"\namount = \"1 billion CNY\"\nsupport = \"2 billion CNY\"\nforeign_share = 0.5\nbuild_years = [2018, 2018]\noperation_year = 2019",
    );
    assert!(found.contains("more than the whole project"), "{found}");
}

fn heights(study: &Study, name: &str, years: [u16; 4]) -> [f64; 4] {
    let lever = study.levers.iter().find(|lever| lever.name() == name).expect("a lever");
    let Lever::MarketAccess(access) = lever else { panic!("{name}") };
    years.map(|year| access.barriers(year)[0].height())
}

fn near(found: &[f64], expected: &[f64]) {
    let apart = found.iter().zip(expected).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
    assert!(apart < 1e-12, "{found:?}");
}

#[test]
fn the_list_of_2018_opens_vehicles_in_stages_by_what_foreign_firms_make() {
    let inputs = study::inputs::Inputs::liaoning().expect("correct");
    let (study, findings) =
        study::file::parse(study::LIAONING_NAME, study::LIAONING, &inputs.names);
    let study = study.unwrap_or_else(|| panic!("{findings}"));
    // 0.2 of a score of 0.3 on 70 % of foreign firms' sales, and of 0.5 on the 1 % that are ships.
    let found = heights(&study, "Open vehicles, ships and aircraft", [2017, 2018, 2020, 2022]);
    near(&found, &[0.2 * (0.3 * 0.70 + 0.5 * 0.01), 0.2 * 0.3 * 0.68, 0.2 * 0.3 * 0.65, 0.0]);
}

#[test]
fn a_written_barrier_has_stages_and_a_part_that_it_is_about() {
    let lever = "[[lever.market_access]]\nname = \"X\"\nindustries = [\"31\"]\nfrom_year = 2018\nbarrier_before = 0.15\nbarrier_after = 0.10\nstages = [{ from_year = 2019, barrier = 0.05 }]\ncovers_foreign = 0.2";
    near(&heights(&read(lever), "X", [2017, 2018, 2019, 2019]), &[0.03, 0.02, 0.01, 0.01]);
    let early = lever.replace("{ from_year = 2019", "{ from_year = 2018");
    assert!(findings(&early).contains("before it begins"), "{}", findings(&early));
}
