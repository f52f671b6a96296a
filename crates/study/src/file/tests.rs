//! Findings of study files, seen as an analyst sees them.

mod baseline;
mod codes;
mod levers;
mod messages;
mod shipped;

use super::parse;
use crate::spec::{Names, Study};

/// A correct study, small enough to be spoiled one line at a time.
const SMALL: &str = r#"format = 1
title = "Small"
accounts = "liaoning-2017"

[years]
base = 2017
first = 2018
last = 2020

[exchange_rate]
cny_per_usd = 6.8437
date = "2018-09"
source = "press"
status = "verified_at_source"

[baseline]
labour_force = { growth = 0.0, source = "none", status = "assumption" }
productivity = { home = 0.04, rest = [0.06, 0.05, 0.05], source = "none", status = "assumption" }
world_demand = { growth = 0.03, source = "none", status = "assumption" }
government_consumption = { growth = 0.0, source = "none", status = "assumption" }
foreign_direct_investment = { growth = 0.0, source = "none", status = "assumption" }
domestic_funds = { growth = 0.0, source = "none", status = "assumption" }

[[target]]
name = "Foreign investment"
indicator = "fdi"
region = "Liaoning"
year = 2020
value = "10 billion USD"
source = "press"
status = "verified_at_source"

[[lever.investment_project]]
name = "Plant"
region = "Shenyang"
industry = "19"
amount = "670 million CNY"
foreign_share = 0.5
build_years = [2018, 2020]
operation_year = 2020
source = "press"
status = "verified_at_source"
"#;

/// Names of accounts with five regions and the 42 industries of the national table.
fn names() -> Names {
    let owned = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let regions = ["Shenyang", "Dalian", "Yingkou", "Rest of Liaoning", "Rest of China"];
    Names {
        home: "Liaoning".to_owned(),
        regions: owned(&regions),
        home_regions: owned(&regions[..4]),
        industries: owned(&INDUSTRIES),
        industry_codes: (1..=42).map(|code| format!("{code:02}")).collect(),
        margins: owned(&["Trade", "Transport"]),
    }
}

/// The small study with one part put in the place of another; all findings.
fn with(part: &str, other: &str) -> String {
    assert!(SMALL.contains(part), "the small study has `{part}`");
    parse("study.toml", &SMALL.replacen(part, other, 1), &names()).1.to_string()
}

/// The small study with lines at its end; all findings.
fn and(lines: &str) -> String {
    parse("study.toml", &format!("{SMALL}{lines}"), &names()).1.to_string()
}

fn study(text: &str) -> Study {
    let (study, findings) = parse("study.toml", text, &names());
    study.unwrap_or_else(|| panic!("no findings expected:\n{findings}"))
}

#[test]
fn the_example_of_the_document_has_no_findings() {
    let document = include_str!("../../../../docs/study-file.md");
    let blocks = document.split("```toml\n").skip(1).filter_map(|block| block.split("```").next());
    let (_, findings) = parse("study-file.md", &blocks.collect::<String>(), &names());
    assert_eq!(findings.to_string(), "");
}

const INDUSTRIES: [&str; 42] = [
    "Agriculture, forestry, animal husbandry and fishery",
    "Mining and washing of coal",
    "Exploitation of petroleum and natural gas",
    "Mining and processing of metal ores",
    "Mining and processing of nonmetal and other ores",
    "Manufacture of foods and tobacco",
    "Manufacture of textiles",
    "Manufacture of wearing apparel, leather, fur, feather and related products",
    "Processing of timber and furniture",
    "Manufacture of paper, printing, and articles for culture, education, sports",
    "Processing of petroleum, coking, and nuclear fuel",
    "Manufacture of chemical products",
    "Manufacture of non-metallic mineral products",
    "Smelting and processing of metals",
    "Manufacture of metal products",
    "Manufacture of general purpose machinery",
    "Manufacture of special purpose machinery",
    "Manufacture of transport equipment",
    "Manufacture of electrical machinery and equipment",
    "Manufacture of communication equipment, computers and other electronic equipment",
    "Manufacture of instruments and meters",
    "Other manufacturing and waste resources",
    "Repair of metal products, machinery and equipment",
    "Production and supply of electric power and heat power",
    "Production and supply of gas",
    "Production and supply of water",
    "Construction",
    "Wholesale and retail trades",
    "Transport, storage, and postal services",
    "Accommodation and catering",
    "Information transmission, software and information technology services",
    "Finance",
    "Real estate",
    "Leasing and commercial services",
    "Research and experimental development",
    "Technical services",
    "Management of water conservancy, environment and public facilities",
    "Resident, repair and other services",
    "Education",
    "Health care and social work",
    "Culture, sports, and entertainment",
    "Public administration, social security, and social organizations",
];
