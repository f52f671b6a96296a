//! The identities of regional accounts, each with its largest deviation and where it is, and those of
//! any input-output table ([`input_output`]).
//!
//! Deviations of regional accounts are relative to total output of all regions; published tables are
//! rounded, so a line of theirs is judged by its own size. Written from the tables alone, by other
//! code than the one that builds them.
//! Not here: building (`crate::build`).

use std::fmt;

use crate::input_output::InputOutputTable;
use crate::regional::{RegionalAccounts, User};
use crate::table::Table;

/// Deviation above which accounts are refused, relative to total output.
pub const LARGEST_ACCEPTED: f64 = 1e-6;

/// One identity and how well it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The identity in words.
    pub name: &'static str,
    /// Largest absolute deviation relative to total output.
    pub deviation: f64,
    /// Label of the worst cell.
    pub at: String,
}

impl Identity {
    /// Whether the deviation is within [`LARGEST_ACCEPTED`]; NaN is not.
    pub fn holds(&self) -> bool {
        self.deviation <= LARGEST_ACCEPTED
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {:.1e} of total output at {}", self.name, self.deviation, self.at)
    }
}

/// Difference of a line of an input-output table, relative to its larger side, above which it is told.
pub const LARGEST_OF_A_LINE: f64 = 0.01;
/// Difference, relative to total output, below which a line is rounding whatever its own size.
const ROUNDING_OF_A_LINE: f64 = 1e-6;

/// Two sides of one line that should be equal; money of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sides {
    /// Industry with its region, or what is added up.
    pub at: String,
    /// Left side.
    pub left: f64,
    /// Right side.
    pub right: f64,
}

impl Sides {
    /// Difference.
    pub fn gap(&self) -> f64 {
        self.left - self.right
    }

    /// Size of the difference relative to the larger side; 0 when both are 0.
    pub fn off(&self) -> f64 {
        let size = self.left.abs().max(self.right.abs());
        if size == 0.0 { 0.0 } else { self.gap().abs() / size }
    }
}

/// One identity of an input-output table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableIdentity {
    /// The identity in words.
    pub name: &'static str,
    /// Its lines, the largest difference first.
    pub lines: Vec<Sides>,
    /// Lines that are off by more than [`LARGEST_OF_A_LINE`] and by more than rounding; NaN is.
    pub broken: usize,
}

impl TableIdentity {
    fn of(name: &'static str, mut lines: Vec<Sides>, total: f64) -> Self {
        let holds = |line: &Sides| {
            line.off() <= LARGEST_OF_A_LINE || line.gap().abs() <= ROUNDING_OF_A_LINE * total
        };
        let broken = lines.iter().filter(|line| !holds(line)).count();
        // NaN first; equal differences stay in the order of the table.
        lines.sort_by(|a, b| b.gap().abs().total_cmp(&a.gap().abs()));
        Self { name, lines, broken }
    }

    /// Whether no line is off.
    pub fn holds(&self) -> bool {
        self.broken == 0
    }
}

/// How many lines are off, and the worst of them.
impl fmt::Display for TableIdentity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, lines, broken } = self;
        write!(out, "{name}: off by more than {} % in {broken} lines", 100.0 * LARGEST_OF_A_LINE)?;
        let Some(worst) = lines.first() else { return Ok(()) };
        let (at, left, right, off) = (&worst.at, worst.left, worst.right, 100.0 * worst.off());
        write!(out, ", most in `{at}`: {left} and {right} ({off:.1} %)")
    }
}

/// The identities of an input-output table: what industries sell and pay is their output, and final
/// demand is value added.
///
/// Where rows are products and columns industries, costs are not output line by line.
pub fn input_output(table: &InputOutputTable) -> Vec<TableIdentity> {
    let total: f64 = table.output.iter().map(|output| output.abs()).sum();
    let label = |at: usize| {
        let label = &table.industries[at];
        if label.region.is_empty() {
            label.name.clone()
        } else {
            format!("{} / {}", label.region, label.name)
        }
    };
    let lines = |left: &[f64]| -> Vec<Sides> {
        let sides = |(at, (left, right)): (usize, (&f64, &f64))| Sides {
            at: label(at),
            left: *left,
            right: *right,
        };
        left.iter().zip(&table.output).enumerate().map(sides).collect()
    };
    let (sold, paid) = (lines(&table.uses()), lines(&table.costs()));
    let products = vec![Sides {
        at: "all industries".to_owned(),
        left: table.final_demand.total(),
        right: table.value_added.total(),
    }];
    vec![
        TableIdentity::of("Sales to industries and final demand = output", sold, total),
        TableIdentity::of("Purchases from industries and primary inputs = output", paid, total),
        TableIdentity::of("Final demand = primary inputs", products, total),
    ]
}

/// All identities of the accounts.
pub fn identities(accounts: &RegionalAccounts) -> Vec<Identity> {
    let total = accounts.output.total().abs().max(f64::MIN_POSITIVE);
    vec![
        cost(accounts, total),
        product_supply(accounts, total),
        delivered_use(accounts, total),
        margin_supply(accounts, total),
        make(accounts, total),
        purchases(accounts, total),
        investment(accounts, total),
        expenditure(accounts, total),
        production(accounts, total),
        national_product(accounts, total),
        signs(accounts, total),
    ]
}

/// Compares two tables of one shape.
fn compare(name: &'static str, left: &Table, right: &Table, total: f64) -> Identity {
    let gaps = left.values().iter().zip(right.values()).map(|(a, b)| (a - b).abs());
    worst(name, gaps, total, |flat| left.label_of(flat))
}

fn worst(
    name: &'static str,
    gaps: impl Iterator<Item = f64>,
    total: f64,
    label: impl Fn(usize) -> String,
) -> Identity {
    let mut found = (0, 0.0_f64);
    for (flat, gap) in gaps.enumerate() {
        if gap > found.1 || gap.is_nan() {
            found = (flat, gap);
        }
        if gap.is_nan() {
            break;
        }
    }
    Identity { name, deviation: found.1 / total, at: label(found.0) }
}

fn add(into: &mut Table, other: &Table) {
    into.values_mut().iter_mut().zip(other.values()).for_each(|(a, b)| *a += b);
}

fn value_added(accounts: &RegionalAccounts) -> Table {
    let mut sum = accounts.labour.sum_to(&["industry", "owner", "region"]);
    for part in [&accounts.depreciation, &accounts.surplus, &accounts.production_tax] {
        add(&mut sum, part);
    }
    sum
}

fn cost(accounts: &RegionalAccounts, total: f64) -> Identity {
    let mut cost = value_added(accounts);
    add(&mut cost, &accounts.intermediate);
    compare(
        "Output of every industry and owner = purchases + labour + depreciation + surplus + production tax",
        &cost,
        &accounts.output,
        total,
    )
}

fn product_supply(accounts: &RegionalAccounts, total: f64) -> Identity {
    let supply = accounts.make.sum_to(&["product", "region"]);
    let mut sales = Table::zeros("sales", "", supply.axes().iter().collect::<Vec<_>>().as_slice());
    let trade = accounts.trade.sum_to(&["source", "product", "origin"]);
    let margins = accounts.margin_supply.sum_to(&["margin", "producer"]);
    for flat in 0..supply.values().len() {
        let at = supply.position_of(flat);
        *sales.at_mut(&at) += trade.at(&[0, at[0], at[1]]);
    }
    for (m, product) in accounts.sets.margin_products().into_iter().enumerate() {
        for region in 0..accounts.sets.region.len() {
            *sales.at_mut(&[product, region]) += margins.at(&[m, region]);
        }
    }
    compare(
        "Product made in a region = sent to destinations + supplied as margins",
        &supply,
        &sales,
        total,
    )
}

fn delivered_use(accounts: &RegionalAccounts, total: f64) -> Identity {
    let keep = ["product", "source", "destination"];
    let mut delivered = accounts.trade.sum_to(&keep);
    add(&mut delivered, &accounts.margin.sum_to(&keep));
    compare(
        "Use of a product in a region = what arrives there + its margins",
        &accounts.use_.sum_to(&keep),
        &delivered,
        total,
    )
}

fn margin_supply(accounts: &RegionalAccounts, total: f64) -> Identity {
    let keep = ["margin", "origin", "destination"];
    compare(
        "Margins on a route = margins supplied for it",
        &accounts.margin.sum_to(&keep),
        &accounts.margin_supply.sum_to(&keep),
        total,
    )
}

fn make(accounts: &RegionalAccounts, total: f64) -> Identity {
    let keep = ["industry", "region"];
    compare(
        "Output of an industry = products it makes",
        &accounts.output.sum_to(&keep),
        &accounts.make.sum_to(&keep),
        total,
    )
}

fn purchases(accounts: &RegionalAccounts, total: f64) -> Identity {
    let mut paid = accounts.use_.sum_to(&["user", "destination"]);
    add(&mut paid, &accounts.tax.sum_to(&["user", "destination"]));
    let bought = accounts.intermediate.sum_to(&["industry", "region"]);
    let paid =
        Table::from_fn("paid", "", &bought.axes().iter().collect::<Vec<_>>(), |at| paid.at(at));
    compare("Purchases of an industry = its uses with taxes", &bought, &paid, total)
}

fn investment(accounts: &RegionalAccounts, total: f64) -> Identity {
    let investors = accounts.investment.sum_to(&["region"]);
    let user = accounts.sets.user_position(User::Investment);
    let mut paid = accounts.use_.sum_to(&["user", "destination"]);
    add(&mut paid, &accounts.tax.sum_to(&["user", "destination"]));
    let paid = Table::from_fn("paid", "", &[&accounts.sets.region], |at| paid.at(&[user, at[0]]));
    compare(
        "Investment by investors = purchases for investment with taxes",
        &investors,
        &paid,
        total,
    )
}

/// Gross product of every region from three sides, and what leads from expenditure to it.
#[derive(Debug, Clone, PartialEq)]
pub struct GrossProduct {
    /// Labour, depreciation, surplus, taxes on production and products.
    pub income: Vec<f64>,
    /// Final uses with taxes, exports less imports, net outflow to other regions.
    pub expenditure: Vec<f64>,
    /// Output less purchases of industries, plus taxes on products.
    pub production: Vec<f64>,
    /// Net outflow to other regions: domestic products at basic value and margins supplied.
    pub net_outflow: Vec<f64>,
}

/// Gross product of every region from the three sides.
pub fn gross_domestic_product(accounts: &RegionalAccounts) -> GrossProduct {
    let product_tax = accounts.tax.sum_to(&["destination"]);
    let with_tax = |table: &Table| -> Vec<f64> {
        table.values().iter().zip(product_tax.values()).map(|(value, tax)| value + tax).collect()
    };
    let income = with_tax(&value_added(accounts).sum_to(&["region"]));
    let mut made = accounts.output.sum_to(&["region"]);
    let bought = accounts.intermediate.sum_to(&["region"]);
    made.values_mut().iter_mut().zip(bought.values()).for_each(|(a, b)| *a -= b);
    let net_outflow = net_outflow(accounts);
    let expenditure = expenditures(accounts, &net_outflow);
    GrossProduct { income, expenditure, production: with_tax(&made), net_outflow }
}

fn net_outflow(accounts: &RegionalAccounts) -> Vec<f64> {
    let sent = accounts.trade.sum_to(&["source", "origin"]);
    let received = accounts.trade.sum_to(&["source", "destination"]);
    let supplied = accounts.margin_supply.sum_to(&["producer"]);
    let used = accounts.margin.sum_to(&["destination"]);
    let net =
        |r: usize| sent.at(&[0, r]) - received.at(&[0, r]) + supplied.at(&[r]) - used.at(&[r]);
    (0..accounts.sets.region.len()).map(net).collect()
}

fn expenditures(accounts: &RegionalAccounts, net_outflow: &[f64]) -> Vec<f64> {
    let used = accounts.use_.sum_to(&["user", "destination"]);
    let taxed = accounts.tax.sum_to(&["user", "destination"]);
    let imported = accounts.trade.sum_to(&["source", "destination"]);
    let first = accounts.sets.industry.len();
    let of = |r: usize| {
        let final_uses: f64 =
            (first..accounts.sets.user.len()).map(|u| used.at(&[u, r]) + taxed.at(&[u, r])).sum();
        final_uses - imported.at(&[1, r]) + net_outflow[r]
    };
    (0..accounts.sets.region.len()).map(of).collect()
}

fn by_region(
    name: &'static str,
    accounts: &RegionalAccounts,
    left: &[f64],
    right: &[f64],
    total: f64,
) -> Identity {
    let gaps = left.iter().zip(right).map(|(a, b)| (a - b).abs());
    worst(name, gaps, total, |r| accounts.sets.region.labels[r].clone())
}

fn expenditure(accounts: &RegionalAccounts, total: f64) -> Identity {
    let product = gross_domestic_product(accounts);
    by_region(
        "Gross regional product by income = by expenditure",
        accounts,
        &product.income,
        &product.expenditure,
        total,
    )
}

fn production(accounts: &RegionalAccounts, total: f64) -> Identity {
    let product = gross_domestic_product(accounts);
    by_region(
        "Gross regional product by income = by production",
        accounts,
        &product.income,
        &product.production,
        total,
    )
}

/// The nation's product by expenditure without any flow between regions.
fn national_product(accounts: &RegionalAccounts, total: f64) -> Identity {
    let income: f64 = gross_domestic_product(accounts).income.iter().sum();
    let first = accounts.sets.industry.len();
    let (used, taxed) = (accounts.use_.sum_to(&["user"]), accounts.tax.sum_to(&["user"]));
    let final_uses: f64 =
        (first..accounts.sets.user.len()).map(|u| used.at(&[u]) + taxed.at(&[u])).sum();
    let spent = final_uses - accounts.trade.sum_to(&["source"]).at(&[1]);
    worst(
        "Gross national product by income = by expenditure",
        std::iter::once((income - spent).abs()),
        total,
        |_| "nation".to_owned(),
    )
}

/// Nothing negative but inventories, taxes and what inventories may pull below zero.
fn signs(accounts: &RegionalAccounts, total: f64) -> Identity {
    let inventory = accounts.sets.user_position(User::Inventory);
    let mut found = (0.0_f64, "none".to_owned());
    let positive = accounts
        .tables()
        .into_iter()
        .filter(|table| !["tax", "production_tax"].contains(&table.name));
    for table in positive {
        for (flat, value) in
            table.values().iter().enumerate().filter(|(_, value)| **value < 0.0 || value.is_nan())
        {
            if table.name == "use" && table.position_of(flat)[2] == inventory {
                continue;
            }
            if -value > found.0 || value.is_nan() {
                found = (-value, format!("{}: {}", table.name, table.label_of(flat)));
            }
        }
    }
    Identity {
        name: "No negative value outside inventories and taxes",
        deviation: found.0 / total,
        at: found.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input_output::{Label, Row};
    use crate::matrix::Matrix;

    #[test]
    fn lines_of_a_table_that_are_off_are_named_worst_first() {
        let name = |name: &str| Label { region: "here".into(), name: name.into() };
        let mut table = InputOutputTable {
            name: String::new(),
            unit: "EUR".into(),
            industries: vec![name("farms"), name("shops")],
            categories: vec![name("homes")],
            primary_inputs: vec![Row { name: "value added".into(), unit: "EUR".into() }],
            flows: Matrix::from_values(2, 2, vec![10.0, 20.0, 30.0, 40.0]),
            final_demand: Matrix::from_values(2, 1, vec![70.0, 130.0]),
            value_added: Matrix::from_values(1, 2, vec![60.0, 140.0]),
            output: vec![100.0, 200.0],
            extensions: vec![],
        };
        assert!(input_output(&table).iter().all(TableIdentity::holds));
        *table.value_added.at_mut(0, 1) = 133.0;
        let found = input_output(&table);
        assert_eq!(found.iter().map(|each| each.broken).collect::<Vec<_>>(), [0, 1, 1]);
        let worst = &found[1].lines[0];
        assert_eq!((worst.at.as_str(), worst.gap()), ("here / shops", -7.0));
        assert_eq!(worst.off().to_bits(), 0.035_f64.to_bits());
        *table.value_added.at_mut(0, 0) = f64::NAN;
        assert_eq!(input_output(&table)[1].lines[0].at, "here / farms");
    }
}
