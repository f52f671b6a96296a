//! A solution turned back into accounts, and its largest deviations recomputed from those.
//!
//! Nothing here uses the equations: flows at current prices are put into the tables of
//! [`RegionalAccounts`] and added up. Saving and investment, the balance that the equations leave
//! out, is computed from budgets.

use accounts::{RegionalAccounts, Table, User};

use crate::exogenous::Exogenous;
use crate::year::{RegionalModel, Solution};

/// Largest deviations of a solution, relative to total output.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Certificate {
    /// Output of a firm less its costs.
    pub zero_profit: f64,
    /// Supply less demand of products, delivered goods and margins.
    pub market_clearance: f64,
    /// Household outlay less spending; foreign payments less receipts.
    pub income_balance: f64,
    /// National saving less investment and inventories.
    pub walras: f64,
}

impl Certificate {
    /// The largest of the four.
    pub fn worst(&self) -> f64 {
        [self.zero_profit, self.market_clearance, self.income_balance, self.walras]
            .into_iter()
            .fold(0.0, f64::max)
    }

    pub(crate) fn of(model: &RegionalModel, solution: &Solution, exogenous: &Exogenous) -> Self {
        let accounts = accounts_at(model, solution);
        let total = accounts.output.total();
        let relative = |deviation: f64| deviation / total;
        Self {
            zero_profit: relative(zero_profit(&accounts)),
            market_clearance: relative(market_clearance(&accounts)),
            income_balance: relative(income_balance(&accounts, solution)),
            walras: relative(walras(model, &accounts, solution, exogenous).abs()),
        }
    }
}

/// The accounts of a solution at its own prices. Capital income less depreciation, with licence
/// rents, is the surplus.
pub fn accounts_at(model: &RegionalModel, solution: &Solution) -> RegionalAccounts {
    let sets = model.benchmark.sets.clone();
    let mut accounts = RegionalAccounts::zeros(sets, 0, "current prices");
    let fill = |table: &mut Table, values: &[f64]| table.values_mut().copy_from_slice(values);
    fill(&mut accounts.use_, solution.get("use"));
    fill(&mut accounts.tax, solution.get("tax"));
    fill(&mut accounts.trade, solution.get("trade"));
    fill(&mut accounts.margin, solution.get("margin"));
    fill(&mut accounts.margin_supply, solution.get("margin_supply"));
    fill(&mut accounts.output, solution.get("output"));
    fill(&mut accounts.intermediate, solution.get("intermediate"));
    fill(&mut accounts.labour, solution.get("labour"));
    fill(&mut accounts.depreciation, solution.get("depreciation"));
    fill(&mut accounts.production_tax, solution.get("production_tax"));
    fill(&mut accounts.investment, solution.get("investment"));
    let capital = solution.get("capital_income").iter().zip(solution.get("depreciation"));
    let surplus = capital
        .zip(solution.get("rent"))
        .map(|((income, depreciation), rent)| income - depreciation + rent);
    accounts.surplus.values_mut().iter_mut().zip(surplus).for_each(|(cell, value)| *cell = value);
    let supply = accounts.output.sum_to(&["industry", "region"]);
    for (at, value) in supply.values().iter().enumerate() {
        let position = supply.position_of(at);
        *accounts.make.at_mut(&[position[0], position[0], position[1]]) = *value;
    }
    accounts
}

fn largest(deviations: impl Iterator<Item = f64>) -> f64 {
    deviations.fold(0.0, |most: f64, x| if x.is_nan() { f64::INFINITY } else { most.max(x.abs()) })
}

fn zero_profit(accounts: &RegionalAccounts) -> f64 {
    let labour = accounts.labour.sum_to(&["industry", "owner", "region"]);
    let costs = [
        &accounts.intermediate,
        &labour,
        &accounts.depreciation,
        &accounts.surplus,
        &accounts.production_tax,
    ];
    let cost = |at: usize| costs.iter().map(|table| table.values()[at]).sum::<f64>();
    largest(accounts.output.values().iter().enumerate().map(|(at, output)| output - cost(at)))
}

fn market_clearance(accounts: &RegionalAccounts) -> f64 {
    let supply = accounts.make.sum_to(&["product", "region"]);
    let mut demand = Table::zeros(
        "demand",
        supply.unit.clone(),
        &[&accounts.sets.product, &accounts.sets.region],
    );
    let sold = accounts.trade.sum_to(&["product", "source", "origin"]);
    for at in 0..demand.values().len() {
        let position = demand.position_of(at);
        demand.values_mut()[at] += sold.at(&[position[0], 0, position[1]]);
    }
    let supplied = accounts.margin_supply.sum_to(&["margin", "producer"]);
    for (margin, product) in accounts.sets.margin_products().into_iter().enumerate() {
        for region in 0..accounts.sets.region.len() {
            *demand.at_mut(&[product, region]) += supplied.at(&[margin, region]);
        }
    }
    let products = largest(supply.values().iter().zip(demand.values()).map(|(s, d)| s - d));
    let used = accounts.use_.sum_to(&["product", "source", "destination"]);
    let basic = accounts.trade.sum_to(&["product", "source", "destination"]);
    let carried = accounts.margin.sum_to(&["product", "source", "destination"]);
    let delivered = largest(
        (0..used.values().len())
            .map(|at| used.values()[at] - basic.values()[at] - carried.values()[at]),
    );
    let margins_used = accounts.margin.sum_to(&["margin", "origin", "destination"]);
    let margins_made = accounts.margin_supply.sum_to(&["margin", "origin", "destination"]);
    let margins =
        largest(margins_used.values().iter().zip(margins_made.values()).map(|(u, m)| u - m));
    products.max(delivered).max(margins)
}

/// Purchases of one final user by region, taxes included.
fn outlay(accounts: &RegionalAccounts, user: User) -> Vec<f64> {
    let at = accounts.sets.user_position(user);
    let by_user = |table: &Table| table.sum_to(&["user", "destination"]);
    let (used, taxed) = (by_user(&accounts.use_), by_user(&accounts.tax));
    (0..accounts.sets.region.len()).map(|d| used.at(&[at, d]) + taxed.at(&[at, d])).collect()
}

fn income_balance(accounts: &RegionalAccounts, solution: &Solution) -> f64 {
    let spending = solution.get("household_spending");
    let households =
        largest(outlay(accounts, User::Household).iter().zip(spending).map(|(x, y)| x - y));
    let exports: f64 = outlay(accounts, User::Export).iter().sum();
    let landed = accounts.trade.sum_to(&["source"]).values()[1];
    let foreign: f64 = solution.get("foreign_income").iter().sum();
    let received = solution.get("foreign_saving_used")[0];
    households.max((landed + foreign - exports - received).abs())
}

/// Saving of households, enterprises, governments and abroad, less investment and inventories.
fn walras(
    model: &RegionalModel,
    accounts: &RegionalAccounts,
    solution: &Solution,
    exogenous: &Exogenous,
) -> f64 {
    let sum = |name: &str| solution.get(name).iter().sum::<f64>();
    let households = sum("household_income") - sum("household_spending");
    let profits: f64 = (0..accounts.surplus.values().len())
        .filter(|firm| accounts.surplus.position_of(*firm)[1] == 0)
        .map(|firm| {
            let profit = accounts.surplus.values()[firm] - solution.get("rent")[firm];
            profit
                * (1.0 - exogenous.get("corporate_tax")[firm])
                * (1.0 - model.parameters.distributed_profits)
        })
        .sum();
    let enterprises = profits + accounts.depreciation.total();
    let revenue = accounts.production_tax.total() + accounts.tax.total() + sum("corporate_tax");
    let transfers: f64 = exogenous
        .get("transfer")
        .iter()
        .zip(solution.get("returned_revenue"))
        .zip(solution.get("consumer_price"))
        .map(|((transfer, returned), price)| (transfer + returned) * price)
        .sum();
    let government = revenue - transfers - outlay(accounts, User::Government).iter().sum::<f64>();
    let saving = households + enterprises + government + solution.get("foreign_saving_used")[0];
    let investment: f64 = [User::Investment, User::Inventory]
        .map(|user| outlay(accounts, user).iter().sum::<f64>())
        .iter()
        .sum();
    saving - investment
}
