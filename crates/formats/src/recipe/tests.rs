//! Recipes with everything they can name: supply, taxes, margins, ports, known flows, printed tables.

use std::collections::BTreeMap;

use accounts::Matrix;
use accounts::regionalise::{Entry, Observed, regionalise};

use super::*;

type Tables = BTreeMap<&'static str, String>;

fn recipe(text: &str, tables: &Tables) -> Result<Recipe, Findings> {
    let load = |path: &str| {
        tables.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| "no such file".into())
    };
    read("recipe.toml", text, &load)
}

fn codes(text: &str, tables: &Tables) -> Vec<&'static str> {
    recipe(text, tables).expect_err("it is wrong").iter().map(|finding| finding.code).collect()
}

/// Two industries that make three products; trade is a margin on goods; households pay a tax on goods.
const SUPPLY_AND_USE: &str = "
format = 1
year = 2000
money = 'money'
[national]
industries = 'industries.csv'
products = 'products.csv'
uses = 'uses.csv'
supply = 'supply.csv'
taxes = 'taxes.csv'
margin_flows = 'margins.csv'
production = 'production.csv'
margins = ['trade']
[regions]
output = 'output.csv'
distances = 'distances.csv'
entry = 'entry.csv'
[trade]
flows = 'flows.csv'
groups = 'groups.csv'
flows_of = 'intermediate'
";

fn supply_and_use() -> Tables {
    let text = |lines: &[&str]| lines.join("\n");
    BTreeMap::from([
        ("industries.csv", text(&["label", "works", "shops"])),
        ("products.csv", text(&["label,goods", "goods,yes", "trade,no", "advice,no"])),
        (
            "uses.csv",
            text(&[
                "product,source,user,value",
                "goods,domestic,works,20",
                "goods,domestic,shops,10",
                "goods,domestic,household,50",
                "goods,domestic,export,20",
                "goods,imported,works,15",
                "goods,imported,household,10",
                "advice,domestic,works,5",
                "advice,domestic,household,15",
                "advice,domestic,government,4",
            ]),
        ),
        (
            "supply.csv",
            text(&[
                "product,industry,value",
                "goods,works,100",
                "advice,works,6",
                "advice,shops,18",
                "trade,shops,11",
            ]),
        ),
        ("taxes.csv", text(&["product,source,user,value", "goods,domestic,household,5"])),
        (
            "margins.csv",
            text(&[
                "product,source,user,margin,value",
                "goods,domestic,works,trade,1",
                "goods,domestic,household,trade,8",
                "goods,imported,household,trade,2",
            ]),
        ),
        (
            "production.csv",
            text(&[
                "industry,item,value",
                "works,compensation,40",
                "works,depreciation,10",
                "works,surplus,14",
                "works,production_tax,1",
                "shops,compensation,12",
                "shops,depreciation,2",
                "shops,surplus,4.5",
                "shops,production_tax,0.5",
                "works,output,7",
            ]),
        ),
        (
            "output.csv",
            text(&[
                "industry,region,value",
                "works,north,80",
                "works,south,20",
                "shops,north,12",
                "shops,south,17",
            ]),
        ),
        (
            "distances.csv",
            text(&[
                "origin,destination,value",
                "north,north,20",
                "north,south,100",
                "south,north,100",
                "south,south,20",
            ]),
        ),
        (
            "entry.csv",
            text(&["port,region,value", "south,north,3", "north,north,1", "south,south,9"]),
        ),
        (
            "flows.csv",
            text(&[
                "group,origin,destination,value",
                "things,north,north,70",
                "things,south,north,30",
                "things,north,south,60",
                "things,south,south,40",
            ]),
        ),
        ("groups.csv", text(&["product,group", "goods,things"])),
    ])
}

#[test]
fn supply_taxes_margins_ports_and_known_flows_are_read() {
    let tables = supply_and_use();
    let found = recipe(SUPPLY_AND_USE, &tables).unwrap_or_else(|wrong| panic!("{wrong}"));
    let Wanted::Regions(parts) = found.wanted else { panic!("it has regions") };
    let (national, regions) = *parts;
    let make = Matrix::from_values(3, 2, vec![100.0, 0.0, 0.0, 11.0, 6.0, 18.0]);
    assert_eq!(national.make, make);
    assert_eq!(national.tax[0].row(0), [0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(national.margin[0][0].row(0), [1.0, 0.0, 8.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(national.margin[0][1].row(0), [0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
    let Entry::Routes(routes) = &regions.transport.entry else { panic!("ports are given") };
    assert_eq!(routes[0].values(), [0.25, 0.0, 0.75, 1.0]);
    assert_eq!(routes[2].values(), [1.0, 0.0, 0.0, 1.0], "services enter where they are used");
    let known = regions.transport.known.as_ref().expect("flows are given");
    assert_eq!(
        (&known.group[..], known.of),
        (&[Some(0), None, None][..], Observed::IntermediateUse)
    );
    let accounts = regionalise(national, regions, found.choices).expect("the tables agree");
    for identity in accounts::identity::identities(&accounts) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
    // Margins of 11, all on goods, all made by shops.
    assert!((accounts.margin.total() - 11.0).abs() < 1e-9);
    assert!((accounts.margin_supply.total() - 11.0).abs() < 1e-9);
}

#[test]
fn products_without_supply_and_what_is_less_than_nothing_are_refused() {
    let mut tables = supply_and_use();
    let without = SUPPLY_AND_USE.replace("supply = 'supply.csv'", "");
    assert_eq!(codes(&without, &tables), ["E1702"]);
    tables.insert("flows.csv", "group,origin,destination,value\nthings,north,north,-1".to_owned());
    tables.insert("groups.csv", "product,group\ngoods,thing".to_owned());
    // The group that has flows has no products, and the other way round.
    assert_eq!(codes(SUPPLY_AND_USE, &tables), ["E1111", "E1104", "E1104"]);
}

/// One sheet with imports to be subtracted.
const PRINTED: &str = "
format = 1
year = 2000
money = 'money'
[national]
industries = 'goods.csv'
table = 'table.csv'
margins = []
[regions]
output = 'output.csv'
distances = 'distances.csv'
";

fn printed() -> Tables {
    let mut tables = supply_and_use();
    let table = [
        "nation,works,shops,HFCE,Government,GFCF,Changes in inventories,Exports,Imports,Output",
        "works,20,10,40,5,15,-2,30,-18,100",
        "shops,10,5,20,8,2,0,5,0,50",
        "Compensation of employees,40,20,,,,,,,",
        "Other taxes on production,2,1,,,,,,,",
        "Gross operating surplus,28,14,,,,,,,",
        "Output,100,50,,,,,,,",
    ];
    tables.insert("table.csv", table.join("\n"));
    tables.insert("goods.csv", "label,goods\nworks,yes\nshops,no".to_owned());
    tables
}

#[test]
fn a_printed_table_is_a_national_table() {
    let found = recipe(PRINTED, &printed()).unwrap_or_else(|wrong| panic!("{wrong}"));
    let Wanted::Regions(parts) = found.wanted else { panic!("it has regions") };
    let (national, regions) = *parts;
    // Of 88 used at home 18 are imported; exports are not.
    let home = 70.0 / 88.0;
    let wanted =
        [20.0 * home, 10.0 * home, 40.0 * home, 5.0 * home, 15.0 * home, 30.0, -2.0 * home];
    for (found, wanted) in national.basic[0].row(0).iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-12, "{:?}", national.basic[0]);
    }
    assert!((national.basic[1].row_sum(0) - 18.0).abs() < 1e-12);
    assert_eq!(
        (national.labour[0], national.surplus[1], national.production_tax[0]),
        (40.0, 14.0, 2.0)
    );
    let accounts = regionalise(national, regions, found.choices).expect("the table balances");
    for identity in accounts::identity::identities(&accounts) {
        assert!(identity.deviation < 1e-12, "{identity}");
    }
}

#[test]
fn what_a_printed_table_does_not_say_is_asked_for() {
    let mut tables = printed();
    let odd =
        tables["table.csv"].replace("HFCE", "Spending").replace("Gross operating surplus", "Rest");
    tables.insert("table.csv", odd);
    assert_eq!(codes(PRINTED, &tables), ["E1715", "E1715"]);
    let named = PRINTED.replace("margins = []", "margins = []\nnames = 'names.csv'");
    tables.insert("names.csv", "name,is\nSpending,household\nRest,surplus".to_owned());
    let found = recipe(&named, &tables).unwrap_or_else(|wrong| panic!("{wrong}"));
    let Wanted::Regions(parts) = found.wanted else { panic!("it has regions") };
    assert_eq!(parts.0.surplus, [28.0, 14.0]);
    // A word or a name misspelt: of the first, what it should have said is still unknown.
    tables.insert("names.csv", "name,is\nSpending,houshold\nRest,surplus".to_owned());
    assert_eq!(codes(&named, &tables), ["E1104", "E1715"]);
    tables.insert("names.csv", "name,is\nSpendin,household\nRest,surplus".to_owned());
    assert_eq!(codes(&named, &tables), ["E1104", "E1715"]);
    // Imports as a row only: nobody knows of what.
    let mut tables = printed();
    let table = tables["table.csv"].replace(",Imports,Output", ",Output").replace("-18,100", "82");
    let table = table.replace("5,0,50", "5,50") + "\nImported products,0,0";
    let table = table.replace("Imported products,0,0", "Imported products,3,1");
    tables.insert("table.csv", table);
    let found = codes(PRINTED, &tables);
    assert!(found.contains(&"E1716"), "{found:?}");
    tables.insert("goods.csv", "label,goods\nworks,yes".to_owned());
    assert!(codes(PRINTED, &tables).contains(&"E1108"));
}

#[test]
fn taxes_on_production_and_imports_are_no_imports() {
    let mut tables = printed();
    let table =
        tables["table.csv"].replace("Other taxes on production", "Taxes on production and imports");
    tables.insert("table.csv", table);
    let found = recipe(PRINTED, &tables).unwrap_or_else(|wrong| panic!("{wrong}"));
    let Wanted::Regions(parts) = found.wanted else { panic!("it has regions") };
    assert_eq!(parts.0.production_tax, [2.0, 1.0]);
    // A row of imports beside a column of them is said to be left out.
    let table =
        tables["table.csv"].replace("Compensation", "Imported products,0.5,0,,,,,,,\nCompensation");
    tables.insert("table.csv", table);
    let found = recipe(PRINTED, &tables).unwrap_or_else(|wrong| panic!("{wrong}"));
    let codes: Vec<&str> = found.warnings.iter().map(|warning| warning.code).collect();
    assert!(codes.contains(&"W1717"), "{codes:?}");
}

#[test]
fn labels_groups_and_keys_are_given_once_and_where_they_count() {
    let twice = |file: &'static str, line: &str| {
        let mut tables = supply_and_use();
        let text = tables[file].clone();
        tables.insert(file, format!("{text}\n{line}"));
        codes(SUPPLY_AND_USE, &tables)
    };
    assert_eq!(twice("products.csv", "goods,yes"), ["E1107"]);
    assert_eq!(twice("groups.csv", "goods,things"), ["E1107"]);
    assert!(twice("products.csv", "care,maybe").contains(&"E1104"));
    let margins = SUPPLY_AND_USE.replace("['trade']", "['trade', 'trade']");
    assert_eq!(codes(&margins, &supply_and_use()), ["E1706"]);
    let vain = SUPPLY_AND_USE.replace("flows = 'flows.csv'\n", "");
    assert_eq!(codes(&vain, &supply_and_use()), ["E1719", "E1719"]);
    let beside = PRINTED.replace("margins = []", "margins = []\ntaxes = 'taxes.csv'");
    assert_eq!(codes(&beside, &printed()), ["E1719"]);
    // An industry that costs something makes something.
    let mut tables = supply_and_use();
    tables.insert("industries.csv", "label\nworks\nshops\nghost".to_owned());
    let paid = ["compensation,5", "depreciation,0", "surplus,0", "production_tax,0"];
    let rows: Vec<String> = paid.iter().map(|row| format!("ghost,{row}")).collect();
    let production = tables["production.csv"].clone() + "\n" + &rows.join("\n");
    tables.insert("production.csv", production);
    let wrong = recipe(SUPPLY_AND_USE, &tables).expect_err("a ghost").to_string();
    assert!(wrong.contains("E1708") && wrong.contains("`ghost` makes 0 and pays 5"), "{wrong}");
}

#[test]
fn final_use_by_region_is_at_purchasers_prices() {
    let mut tables = supply_and_use();
    tables.insert("final.csv", "user,region,value\nhousehold,north,60".to_owned());
    let text = SUPPLY_AND_USE.replace("entry =", "final_use = 'final.csv'\nentry =");
    let found = recipe(&text, &tables).unwrap_or_else(|wrong| panic!("{wrong}"));
    let Wanted::Regions(parts) = found.wanted else { panic!("it has regions") };
    // Households buy 75 at basic prices, with margins of 10 and a tax of 5.
    assert!((parts.1.final_use.household.at(0, 0) - 60.0 / 90.0).abs() < 1e-12);
}

const CHINA: &str = include_str!("../../../../studies/china/recipe.toml");

fn load_shipped(path: &str) -> Result<Vec<u8>, String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/china/");
    std::fs::read(format!("{folder}{path}")).map_err(|error| error.to_string())
}

fn codes_of_china(text: &str) -> Vec<String> {
    let findings = read("recipe.toml", text, &load_shipped).expect_err("the recipe is wrong");
    let place = |f: &Diagnostic| f.place.as_ref().map_or(0, |place| place.line);
    findings.iter().map(|f| format!("{} line {}", f.code, place(f))).collect()
}

#[test]
fn the_recipe_of_china_gives_accounts_that_hold() {
    let recipe = read("recipe.toml", CHINA, &load_shipped).expect("the recipe is right");
    let Wanted::Regions(parts) = recipe.wanted else { panic!("it has regions") };
    let accounts = regionalise(parts.0, parts.1, recipe.choices).expect("the tables agree");
    assert_eq!((accounts.sets.region.len(), accounts.sets.industry.len()), (31, 42));
    for identity in accounts::identity::identities(&accounts) {
        assert!(identity.deviation < 1e-13, "{identity}");
    }
}

#[test]
fn every_mistake_of_a_recipe_is_found_at_its_place() {
    assert_eq!(codes_of_china("format = "), ["E1700 line 1"]);
    assert_eq!(codes_of_china(&"[".repeat(20)), ["E1700 line 1"]);
    let line = |start: &str| {
        1 + CHINA.lines().position(|line| line.starts_with(start)).expect("it is there")
    };
    let wrong = CHINA
        .replace("\"self_sufficiency\"", "\"guess\"")
        .replace("decay_goods = 1.0", "decay_good = 1.0")
        .replace("# delta = 0.3", "delta = 3")
        .replace("\"Wholesale and retail\"", "\"Smuggling\"");
    let found = codes_of_china(&wrong);
    let wanted = [("E1701", "decay_goods"), ("E1703", "# delta"), ("E1706", "margins")];
    for (code, start) in wanted {
        assert!(found.contains(&format!("{code} line {}", line(start))), "{code}: {found:?}");
    }
    let wrong =
        CHINA.replace("\"self_sufficiency\"", "\"guess\"").replace("uses_2017", "uses_1917");
    let found = codes_of_china(&wrong);
    for (code, start) in [("E1704", "method"), ("E1705", "uses")] {
        assert!(found.contains(&format!("{code} line {}", line(start))), "{code}: {found:?}");
    }
}
