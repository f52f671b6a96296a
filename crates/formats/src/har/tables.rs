//! Accounts and input-output tables as header arrays, for GEMPACK and its tools.
//!
//! Sets first, each with its elements ([`super::elements`]) and, where these had to be shortened, a
//! header with the full names (`REG` and `REGN`); then one array per table, single precision as the
//! format has it.

use accounts::input_output::{Extension, InputOutputTable, Label, Row};
use accounts::{Axis, RegionalAccounts, User};

use super::new::holds;
use super::{Dimension, HarFile, Header, elements};

/// Headers of the tables of regional accounts, in their order: name and what it is.
const ACCOUNTS: [(&str, &str); 14] = [
    ("USE", "Uses, delivered value before taxes"),
    ("TAX", "Taxes less subsidies on products used"),
    ("TRAD", "Trade, basic value"),
    ("TMAR", "Margins on trade"),
    ("MARS", "Margins by producing region"),
    ("MAKE", "Products made, basic value"),
    ("OUTP", "Output"),
    ("PURC", "Purchases, taxes included"),
    ("LAB", "Compensation of employees"),
    ("DEPR", "Consumption of fixed capital"),
    ("SURP", "Net operating surplus"),
    ("PTAX", "Net taxes on production"),
    ("INVT", "Investment by investor"),
    ("PERS", "Persons employed"),
];
/// Sets of regional accounts: set, header of its full names, what it is, axes.
const SETS: [(&str, &str, &str, &[&str]); 8] = [
    ("REG", "REGN", "Regions", &["region", "origin", "destination", "producer"]),
    ("COM", "COMN", "Products", &["product"]),
    ("IND", "INDN", "Industries", &["industry"]),
    ("OWN", "OWNN", "Owners of firms", &["owner"]),
    ("SKL", "SKLN", "Skills", &["skill"]),
    ("MAR", "MARN", "Margins", &["margin"]),
    ("SRC", "SRCN", "Sources", &["source"]),
    ("USR", "USRN", "Users", &["user"]),
];

/// A list of labels as a set.
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) elements: Vec<String>,
}

impl Set {
    /// Its headers: elements, and full names where these are others and the format can hold them.
    pub(crate) fn headers(&self, full: &str, what: &str, labels: &[String]) -> Vec<Header> {
        let mut headers = vec![Header::of_texts(self.name, what, &self.elements)];
        if self.elements != labels && all_held(labels) {
            let trimmed: Vec<String> = labels.iter().map(|label| label.trim_end().into()).collect();
            headers.push(Header::of_texts(full, &format!("{what}: full names"), &trimmed));
        }
        headers
    }

    fn dimension(&self) -> Dimension {
        Dimension::set(self.name, &self.elements)
    }
}

/// Whether the format can hold all these texts.
fn all_held(texts: &[String]) -> bool {
    texts.iter().all(|text| text.chars().all(holds))
}

/// Industries and final users as one list of elements, no two alike.
pub(crate) fn users(industries: &[String], finals: &[&str]) -> Vec<String> {
    let all = industries.iter().cloned().chain(finals.iter().map(|user| (*user).to_owned()));
    elements("IND", &all.collect::<Vec<_>>())
}

/// Regional accounts, every table with the axes it has.
pub fn of_accounts(accounts: &RegionalAccounts) -> HarFile {
    let axes = |axis: &str| -> &Axis {
        let s = &accounts.sets;
        let all =
            [&s.region, &s.product, &s.industry, &s.owner, &s.skill, &s.margin, &s.source, &s.user];
        all.into_iter().find(|each| each.name == axis).unwrap_or(&s.region)
    };
    let products = elements("COM", &accounts.sets.product.labels);
    let industries = elements("IND", &accounts.sets.industry.labels);
    let mut headers = vec![];
    let sets = SETS.map(|(name, full, what, named)| {
        let labels = &axes(named[0]).labels;
        // A margin is the product it is, and a user the industry.
        let elements = match name {
            "COM" => products.clone(),
            "IND" => industries.clone(),
            "MAR" => {
                let margins = accounts.sets.margin_products();
                margins.iter().map(|c| products[*c].clone()).collect()
            }
            "USR" => users(&accounts.sets.industry.labels, &User::ALL.map(User::name)),
            _ => elements(name, labels),
        };
        let set = Set { name, elements };
        headers.extend(set.headers(full, what, labels));
        (set, named)
    });
    for (table, (name, what)) in accounts.tables().into_iter().zip(ACCOUNTS) {
        let over = table.axes().iter().map(|axis| {
            let of = |(_, named): &&(Set, &[&str])| named.contains(&axis.name);
            sets.iter().find(of).map_or_else(
                || Dimension::set(axis.name, &elements("E", &axis.labels)),
                |(set, _)| set.dimension(),
            )
        });
        let long_name = format!("{what}, {}", table.unit);
        headers.push(Header::of_reals(name, &long_name, over.collect(), table.values()));
    }
    HarFile::of(headers)
}

/// An input-output table: flows (`FLOW`), final demand (`FDEM`), primary inputs (`VADD`), output
/// (`OUTP`), and of every extension `K01`, … and `F01`, … of industries and of final demand.
///
/// Where every region has the same industries, rows and columns are regions × industries (`REG`,
/// `IND`; `RGF`, `CAT` of final demand); else one set with all of them. The first 99 extensions fit.
pub fn of_input_output(table: &InputOutputTable) -> HarFile {
    let mut headers = vec![];
    let rows = Over::of(&table.industries, [("REG", "REGN"), ("IND", "INDN")], "Industries");
    let columns = Over::of(&table.categories, [("RGF", "RGFN"), ("CAT", "CATN")], "Final demand");
    headers.extend(rows.headers());
    headers.extend(columns.headers());
    let inputs = Set { name: "PRI", elements: elements("PRI", &names(&table.primary_inputs)) };
    headers.extend(inputs.headers("PRIN", "Primary inputs", &names(&table.primary_inputs)));
    let unit = &table.unit;
    let join = |parts: [&[Dimension]; 2]| parts.concat();
    let (n, f) = (&rows.dimensions[..], &columns.dimensions[..]);
    let mut array = |name: &str, what: String, over: Vec<Dimension>, cells: &[f64]| {
        headers.push(Header::of_reals(name, &what, over, cells));
    };
    array("FLOW", format!("Flows, {unit}"), join([n, n]), table.flows.values());
    let demand = table.final_demand.values();
    array("FDEM", format!("Final demand, {unit}"), join([n, f]), demand);
    let added = table.value_added.values();
    array("VADD", format!("Primary inputs, {unit}"), join([&[inputs.dimension()], n]), added);
    array("OUTP", format!("Output, {unit}"), n.to_vec(), &table.output);
    for (at, each) in table.extensions.iter().enumerate().take(99) {
        let number = at + 1;
        headers.extend(extension(number, each, n, f));
    }
    HarFile::of(headers)
}

fn names(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.name.clone()).collect()
}

fn extension(number: usize, each: &Extension, n: &[Dimension], f: &[Dimension]) -> Vec<Header> {
    let elements = elements("E", &names(&each.rows));
    let set = format!("S{number:02}");
    let full: Vec<String> =
        each.rows.iter().map(|row| format!("{} ({})", row.name, row.unit)).collect();
    let mut headers = vec![Header::of_texts(&set, &format!("Rows of {}", each.name), &elements)];
    if all_held(&full) {
        let what = format!("Rows of {}, with units", each.name);
        headers.push(Header::of_texts(&format!("N{number:02}"), &what, &full));
    }
    let over = |columns: &[Dimension]| [&[Dimension::set(&set, &elements)], columns].concat();
    headers.push(Header::of_reals(
        &format!("K{number:02}"),
        &format!("{} of industries", each.name),
        over(n),
        each.by_industry.values(),
    ));
    if let Some(of_demand) = &each.by_final_demand {
        headers.push(Header::of_reals(
            &format!("F{number:02}"),
            &format!("{} of final demand", each.name),
            over(f),
            of_demand.values(),
        ));
    }
    headers
}

/// Labels with regions as one or two sets.
struct Over {
    sets: Vec<(Set, &'static str, String, Vec<String>)>,
    dimensions: Vec<Dimension>,
}

impl Over {
    fn of(labels: &[Label], named: [(&'static str, &'static str); 2], what: &str) -> Self {
        let mut regions: Vec<String> = vec![];
        for label in labels {
            if !regions.contains(&label.region) {
                regions.push(label.region.clone());
            }
        }
        let size = labels.len() / regions.len().max(1);
        let first: Vec<String> = labels.iter().take(size).map(|each| each.name.clone()).collect();
        let regular = labels.iter().enumerate().all(|(at, label)| {
            label.region == regions[(at / size.max(1)).min(regions.len() - 1)]
                && label.name == first[at % size.max(1)]
        });
        let [(region_set, region_names), (set, full)] = named;
        let mut sets = vec![];
        if regular {
            if regions.len() > 1 {
                let elements = elements(region_set, &regions);
                let what = format!("Regions of {}", what.to_lowercase());
                sets.push((Set { name: region_set, elements }, region_names, what, regions));
            }
            let elements = elements(set, &first);
            sets.push((Set { name: set, elements }, full, what.to_owned(), first));
        } else {
            let all: Vec<String> =
                labels.iter().map(|label| format!("{} {}", label.region, label.name)).collect();
            sets.push((
                Set { name: set, elements: elements(set, &all) },
                full,
                what.to_owned(),
                all,
            ));
        }
        let dimensions = sets.iter().map(|(set, ..)| set.dimension()).collect();
        Self { sets, dimensions }
    }

    fn headers(&self) -> Vec<Header> {
        let of = |(set, full, what, labels): &(Set, &'static str, String, Vec<String>)| {
            set.headers(full, what, labels)
        };
        self.sets.iter().flat_map(of).collect()
    }
}
