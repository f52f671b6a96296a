//! The identities of regional accounts, each with its largest deviation and where it is.
//!
//! Deviations are relative to total output of all regions. Written from the tables alone, by other
//! code than the one that builds them.
//! Not here: building (`crate::build`).

use std::fmt;

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
