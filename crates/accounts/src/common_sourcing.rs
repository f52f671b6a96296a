//! Regional accounts as one input-output table of all regions, under common sourcing.
//!
//! All users of a product in a region draw on its origins in the same proportions, which is all
//! that regional accounts know. The table is industry by industry with fixed product sales
//! structures: an industry has the same share in every sale of a product as in its make (model D of
//! the Eurostat manual). Flows are at basic prices; margins are sales of the industries that provide
//! them, in the region that does.
//! Not here: analysing the table (`crate::analysis`).

use crate::input_output::{Extension, InputOutputTable, Label, Row};
use crate::matrix::Matrix;
use crate::regional::{RegionalAccounts, User};
use crate::table::Table;

/// Name of the extension of persons employed by skill.
pub const JOBS: &str = "jobs";

/// Name of the extension that holds what users pay to nobody in the table.
pub const OUTSIDE: &str = "outside";

/// Name of the primary input that is household income.
pub const COMPENSATION: &str = "compensation of employees";

/// Name of the primary input that is bought abroad.
pub const IMPORTS: &str = "imports";

/// Name of the primary input that is taxes less subsidies on products bought.
pub const PRODUCT_TAXES: &str = "net taxes on products";

/// Name of the primary input that is consumption of fixed capital.
pub const DEPRECIATION: &str = "consumption of fixed capital";

/// Name of the primary input that is net operating surplus.
pub const SURPLUS: &str = "net operating surplus";

/// Name of the primary input that is net taxes on production.
pub const PRODUCTION_TAXES: &str = "net taxes on production";

/// Region of exports, which belong to the final demand of no region.
pub const ABROAD: &str = "abroad";

/// Primary inputs: two that are not value added of the industry, and four that are.
const PRIMARY: [&str; 6] =
    [IMPORTS, PRODUCT_TAXES, COMPENSATION, DEPRECIATION, SURPLUS, PRODUCTION_TAXES];

impl From<&RegionalAccounts> for InputOutputTable {
    /// The table of industries × regions; its identities are those of the accounts.
    fn from(accounts: &RegionalAccounts) -> Self {
        let sources = Sourcing::of(accounts);
        let mut table = empty(accounts);
        let sets = &accounts.sets;
        let (industries, finals) = (sets.industry.len(), sets.user.len() - sets.industry.len());
        let mut bought = vec![0.0; sources.sellers];
        for d in 0..sets.region.len() {
            for user in 0..sets.user.len() {
                let outside = sources.purchases(accounts, d, user, &mut bought);
                if user < industries {
                    let column = d * industries + user;
                    put(&mut table.flows, column, &bought);
                    *table.value_added.at_mut(0, column) = outside[0];
                    *table.value_added.at_mut(1, column) = outside[1];
                } else {
                    let column = d * finals + user - industries;
                    put(&mut table.final_demand, column, &bought);
                    let own = table.extensions[1].by_final_demand.as_mut();
                    let own = own.expect("`empty` makes one");
                    *own.at_mut(0, column) = outside[0];
                    *own.at_mut(1, column) = outside[1];
                }
            }
        }
        fill_industries(accounts, &mut table);
        table
    }
}

fn put(matrix: &mut Matrix, column: usize, values: &[f64]) {
    values.iter().enumerate().for_each(|(row, value)| *matrix.at_mut(row, column) = *value);
}

/// Labels and zeros.
fn empty(accounts: &RegionalAccounts) -> InputOutputTable {
    let sets = &accounts.sets;
    let label =
        |region: &String, name: &String| Label { region: region.clone(), name: name.clone() };
    let each = |names: &[String]| -> Vec<Label> {
        let of = |region| names.iter().map(move |name| label(region, name));
        sets.region.labels.iter().flat_map(of).collect()
    };
    let industries = each(&sets.industry.labels);
    let mut categories = each(&sets.user.labels[sets.industry.len()..]);
    for label in categories.iter_mut().filter(|label| label.name == User::Export.name()) {
        label.name = format!("{} from {}", label.name, label.region);
        ABROAD.clone_into(&mut label.region);
    }
    let money = accounts.output.unit.to_string();
    let row = |name: &str, unit: &str| Row { name: name.to_owned(), unit: unit.to_owned() };
    let (n, f, skills) = (industries.len(), categories.len(), sets.skill.len());
    let jobs = Extension {
        name: JOBS.to_owned(),
        rows: sets.skill.labels.iter().map(|skill| row(skill, &accounts.persons.unit)).collect(),
        by_industry: Matrix::zeros(skills, n),
        by_final_demand: None,
    };
    let outside = Extension {
        name: OUTSIDE.to_owned(),
        rows: PRIMARY[..2].iter().map(|name| row(name, &money)).collect(),
        by_industry: Matrix::zeros(2, n),
        by_final_demand: Some(Matrix::zeros(2, f)),
    };
    InputOutputTable {
        name: format!("{} regions, {}", sets.region.len(), accounts.base_year),
        primary_inputs: PRIMARY.iter().map(|name| row(name, &money)).collect(),
        unit: money,
        flows: Matrix::zeros(n, n),
        final_demand: Matrix::zeros(n, f),
        value_added: Matrix::zeros(PRIMARY.len(), n),
        output: vec![0.0; n],
        industries,
        categories,
        extensions: vec![jobs, outside],
    }
}

/// Output, value added and persons of every industry, owners together.
fn fill_industries(accounts: &RegionalAccounts, table: &mut InputOutputTable) {
    let count = accounts.sets.industry.len();
    let keep = ["region", "industry"];
    table.output = accounts.output.sum_to(&keep).values().to_vec();
    let parts =
        [&accounts.labour, &accounts.depreciation, &accounts.surplus, &accounts.production_tax];
    for (at, part) in parts.into_iter().enumerate() {
        table.value_added.row_mut(2 + at).copy_from_slice(part.sum_to(&keep).values());
    }
    for row in 0..2 {
        let paid = table.value_added.row(row).to_vec();
        table.extensions[1].by_industry.row_mut(row).copy_from_slice(&paid);
    }
    let persons = accounts.persons.sum_to(&["skill", "region", "industry"]);
    let jobs = &mut table.extensions[0].by_industry;
    jobs.values_mut().copy_from_slice(persons.values());
    debug_assert_eq!(table.output.len(), count * accounts.sets.region.len());
}

/// Who delivers a unit of a product, delivered to a region from one source.
struct Sourcing {
    sellers: usize,
    industries: usize,
    /// Share of each region's product: product × source × destination × (origin, delivering).
    basic: Table,
    /// Share of margins by product, source, destination, margin and producer.
    margins: Vec<f64>,
    margin_shape: [usize; 5],
    /// Share of an industry in what a region makes of a product.
    makers: Table,
    margin_products: Vec<usize>,
}

impl Sourcing {
    fn of(accounts: &RegionalAccounts) -> Self {
        let sets = &accounts.sets;
        let mut makers = accounts.make.clone();
        let made = makers.sum_to(&["product", "region"]);
        for flat in 0..makers.values().len() {
            let at = makers.position_of(flat);
            let total = made.at(&[at[0], at[2]]);
            let cell = &mut makers.values_mut()[flat];
            *cell = if total == 0.0 { 0.0 } else { *cell / total };
        }
        let regions = sets.region.len();
        let margin_shape = [sets.product.len(), 2, regions, sets.margin.len(), regions];
        let mut this = Self {
            sellers: regions * sets.industry.len(),
            industries: sets.industry.len(),
            basic: accounts.trade.clone(),
            margins: vec![0.0; margin_shape.iter().product()],
            margin_shape,
            makers,
            margin_products: sets.margin_products(),
        };
        this.fill_shares(accounts);
        this
    }

    fn fill_shares(&mut self, accounts: &RegionalAccounts) {
        let delivered = accounts.use_.sum_to(&["product", "source", "destination"]);
        let share = |value: f64, p: usize, s: usize, d: usize| {
            let total = delivered.at(&[p, s, d]);
            if total == 0.0 { 0.0 } else { value / total }
        };
        for flat in 0..self.basic.values().len() {
            let at = self.basic.position_of(flat);
            let value = self.basic.values()[flat];
            self.basic.values_mut()[flat] = share(value, at[0], at[1], at[3]);
        }
        let carried = accounts.margin_supply.sum_to(&["margin", "origin", "destination"]);
        for (flat, value) in accounts.margin.values().iter().enumerate() {
            if *value == 0.0 {
                continue;
            }
            let at = accounts.margin.position_of(flat);
            let (p, s, m, o, d) = (at[0], at[1], at[2], at[3], at[4]);
            for producer in 0..self.margin_shape[4] {
                let part = accounts.margin_supply.at(&[m, o, d, producer]) / carried.at(&[m, o, d]);
                let here = self.margin_at(p, s, d, m, producer);
                self.margins[here] += share(value * part, p, s, d);
            }
        }
    }

    fn margin_at(&self, p: usize, s: usize, d: usize, m: usize, producer: usize) -> usize {
        let [_, sources, regions, margins, producers] = self.margin_shape;
        (((p * sources + s) * regions + d) * margins + m) * producers + producer
    }

    /// What a user in region `d` buys from each industry, into `bought`; returns what it pays for
    /// imports and for net taxes on products.
    fn purchases(
        &self,
        accounts: &RegionalAccounts,
        d: usize,
        user: usize,
        bought: &mut [f64],
    ) -> [f64; 2] {
        bought.fill(0.0);
        let (mut imports, mut taxes) = (0.0, 0.0);
        for p in 0..self.margin_shape[0] {
            for s in 0..2 {
                taxes += accounts.tax.at(&[p, s, user, d]);
                let value = accounts.use_.at(&[p, s, user, d]);
                if value == 0.0 {
                    continue;
                }
                for o in 0..self.margin_shape[4] {
                    let basic = value * self.basic.at(&[p, s, o, d]);
                    if s == 0 { self.add(p, o, basic, bought) } else { imports += basic }
                }
                for (m, product) in self.margin_products.iter().enumerate() {
                    for o in 0..self.margin_shape[4] {
                        let carried = value * self.margins[self.margin_at(p, s, d, m, o)];
                        self.add(*product, o, carried, bought);
                    }
                }
            }
        }
        [imports, taxes]
    }

    /// Spreads a sale of a region's product over the industries that make it.
    fn add(&self, product: usize, region: usize, value: f64, bought: &mut [f64]) {
        if value == 0.0 {
            return;
        }
        let here = &mut bought[region * self.industries..][..self.industries];
        for (industry, cell) in here.iter_mut().enumerate() {
            *cell += value * self.makers.at(&[product, industry, region]);
        }
    }
}
