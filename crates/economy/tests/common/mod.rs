//! Small random economies whose accounts hold every identity by construction.
//!
//! Shares are drawn; output is then the fixed point of demand, as in an input-output model.

use accounts::{RegionalAccounts, Sets, User};
use economy::benchmark::{BaseYear, InitialBarriers};
use economy::laws::Instance;
use economy::model::Choices;
use economy::parameters::{
    Closure, DirectInvestment, LabourMarket, MacroBalance, Numeraire, Parameters, Revenue,
};
use economy::year::RegionalModel;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// Size of a random economy.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub regions: usize,
    pub industries: usize,
}

pub const SHORT_RUN: Choices = Choices {
    closure: Closure::ShortRun,
    labour_market: LabourMarket::PartialAdjustment,
    direct_investment: DirectInvestment::Responsive,
    balance: MacroBalance::ConsumptionAdjusts,
    revenue: Revenue::Kept,
    numeraire: Numeraire::ExchangeRate,
};

pub const LONG_RUN: Choices = Choices {
    closure: Closure::LongRun,
    labour_market: LabourMarket::FixedEmployment,
    direct_investment: DirectInvestment::Responsive,
    balance: MacroBalance::ConsumptionAdjusts,
    revenue: Revenue::Returned,
    numeraire: Numeraire::ConsumerPrices,
};

pub fn parameters(size: Size) -> Parameters {
    Parameters {
        value_added: 0.5,
        skills: 1.5,
        owners: 3.0,
        imports: 1.25,
        regions: 5.0,
        margins: 0.2,
        exports: 4.0,
        frisch: -1.5,
        expenditure: (0..size.industries).map(|c| 0.7 + 0.1 * c as f64).collect(),
        wage_curve: -0.1,
        unemployment: 0.05,
        corporate_tax: 0.25,
        distributed_profits: 0.3,
        depreciation: vec![0.06; size.regions],
        growth_above_trend: 0.08,
        growth_below_trend: 0.05,
        investment_response: 1.0,
        fdi_response: 1.9,
        fdi_industries: 2.5,
        fdi_regions: 4.0,
        wage_adjustment: 0.5,
        migration: 1.5,
        migration_speed: 0.2,
        research_elasticity: 0.08,
        research_depreciation: 0.15,
    }
}

fn labels(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{prefix}{at}")).collect()
}

/// A random economy; the last industry is the margin.
#[expect(clippy::too_many_lines, reason = "one economy, drawn from top to bottom")]
pub fn accounts(size: Size, seed: u64) -> RegionalAccounts {
    let products = labels("p", size.industries);
    let margin = vec![products[size.industries - 1].clone()];
    let owners = ["domestic", "foreign"].map(str::to_owned);
    let skills = ["unskilled", "skilled"].map(str::to_owned);
    let sets =
        Sets::new(&labels("r", size.regions), &products, &products, &owners, &skills, &margin);
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut draw = |low: f64, high: f64| random.random_range(low..high);
    let mut accounts = RegionalAccounts::zeros(sets, 2017, "money");
    let (n, r) = (size.industries, size.regions);
    // Final demand and technology in delivered values; import shares and taxes by user.
    let users = n + User::ALL.len();
    let import_share: Vec<f64> = (0..n * users * r).map(|_| draw(0.0, 0.3)).collect();
    let duty = draw(0.0, 0.1);
    let final_use: Vec<f64> = (0..n * User::ALL.len() * r)
        .map(|at| if at / r % 5 == 4 { draw(-1.0, 2.0) } else { draw(5.0, 60.0) })
        .collect();
    let input: Vec<f64> = (0..n * n * r).map(|_| draw(0.0, 0.9 / n as f64)).collect();
    let sourcing: Vec<f64> = (0..n * 2 * r * r)
        .map(|at| draw(0.05, 1.0) * if at / r % r == at % r { 4.0 } else { 1.0 })
        .collect();
    let margin_rate: Vec<f64> = (0..n * 2 * r * r).map(|_| draw(0.0, 0.15)).collect();
    let maker: Vec<f64> = (0..r * r * r).map(|_| draw(0.1, 1.0)).collect();
    let mut output = vec![100.0; n * r];
    for _ in 0..2000 {
        for d in 0..r {
            for c in 0..n {
                for u in 0..users {
                    let bought = if u < n {
                        input[(c * n + u) * r + d] * output[u * r + d]
                    } else {
                        final_use[(c * 5 + u - n) * r + d]
                    };
                    let imported =
                        if u == n + 3 { 0.0 } else { import_share[(c * users + u) * r + d] };
                    *accounts.use_.at_mut(&[c, 0, u, d]) = bought * (1.0 - imported);
                    let landed = bought * imported;
                    *accounts.use_.at_mut(&[c, 1, u, d]) = landed / (1.0 + duty);
                    *accounts.tax.at_mut(&[c, 1, u, d]) = landed - landed / (1.0 + duty);
                }
            }
        }
        let delivered = accounts.use_.sum_to(&["product", "source", "destination"]);
        accounts.margin_supply.values_mut().fill(0.0);
        let mut demand = vec![0.0; n * r];
        for c in 0..n {
            for s in 0..2 {
                for d in 0..r {
                    let weight = |o: usize| sourcing[((c * 2 + s) * r + o) * r + d];
                    let whole: f64 = (0..r).map(weight).sum();
                    for o in 0..r {
                        let flow = delivered.at(&[c, s, d]) * weight(o) / whole;
                        let rate = if c == n - 1 {
                            0.0
                        } else {
                            margin_rate[((c * 2 + s) * r + o) * r + d]
                        };
                        *accounts.trade.at_mut(&[c, s, o, d]) = flow * (1.0 - rate);
                        *accounts.margin.at_mut(&[c, s, 0, o, d]) = flow * rate;
                        if s == 0 {
                            demand[c * r + o] += flow * (1.0 - rate);
                        }
                        let makers: f64 = (0..r).map(|p| maker[(o * r + d) * r + p]).sum();
                        for p in 0..r {
                            let made = flow * rate * maker[(o * r + d) * r + p] / makers;
                            *accounts.margin_supply.at_mut(&[0, o, d, p]) += made;
                            demand[(n - 1) * r + p] += made;
                        }
                    }
                }
            }
        }
        let change = output.iter().zip(&demand).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max);
        output = demand;
        if change < 1e-12 {
            break;
        }
    }
    // Value added by owner; the first industry of the first region has no foreign firms.
    for i in 0..n {
        for d in 0..r {
            let bought: f64 =
                (0..n).map(|c| input[(c * n + i) * r + d]).sum::<f64>() * output[i * r + d];
            let foreign = if i == 0 && d == 0 { 0.0 } else { draw(0.02, 0.5) };
            for (o, share) in [1.0 - foreign, foreign].into_iter().enumerate() {
                let at = [i, o, d];
                let added = (output[i * r + d] - bought) * share;
                *accounts.output.at_mut(&at) = output[i * r + d] * share;
                *accounts.intermediate.at_mut(&at) = bought * share;
                let (labour, tax, depreciation) =
                    (draw(0.3, 0.6) * added, draw(-0.02, 0.1) * added, draw(0.05, 0.15) * added);
                let skilled = draw(0.2, 0.6);
                for (l, part) in [1.0 - skilled, skilled].into_iter().enumerate() {
                    *accounts.labour.at_mut(&[l, i, o, d]) = labour * part;
                    *accounts.persons.at_mut(&[l, i, o, d]) = labour * part * draw(5.0, 15.0);
                }
                *accounts.production_tax.at_mut(&at) = tax;
                *accounts.depreciation.at_mut(&at) = depreciation;
                *accounts.surplus.at_mut(&at) = added - labour - tax - depreciation;
            }
            *accounts.make.at_mut(&[i, i, d]) = output[i * r + d];
        }
    }
    spread_investment(&mut accounts);
    accounts
}

fn spread_investment(accounts: &mut RegionalAccounts) {
    let at = accounts.sets.user_position(User::Investment);
    let (used, taxed) = (
        accounts.use_.sum_to(&["user", "destination"]),
        accounts.tax.sum_to(&["user", "destination"]),
    );
    let stocks = accounts.depreciation.sum_to(&["region"]);
    for cell in 0..accounts.investment.values().len() {
        let d = accounts.investment.position_of(cell)[2];
        let total = used.at(&[at, d]) + taxed.at(&[at, d]);
        accounts.investment.values_mut()[cell] =
            total * accounts.depreciation.values()[cell] / stocks.values()[d];
    }
}

/// Direct investment from abroad: a fifth of foreign firms' investment.
pub fn fdi(accounts: &RegionalAccounts) -> Vec<f64> {
    let (n, r) = (accounts.sets.industry.len(), accounts.sets.region.len());
    (0..n * r).map(|cell| 0.2 * accounts.investment.at(&[cell / r, 1, cell % r])).collect()
}

pub fn barriers(size: Size) -> InitialBarriers {
    let cells = size.industries * size.regions;
    InitialBarriers {
        barrier: (0..cells).map(|at| 0.02 * (at % 3) as f64).collect(),
        rent_share: vec![0.5; cells],
    }
}

/// A base year with barriers, capital at 6 % depreciation, and some direct investment.
pub fn base_year(accounts: &RegionalAccounts, barriers: InitialBarriers) -> BaseYear {
    let capital_stock = accounts.depreciation.values().iter().map(|value| value / 0.06).collect();
    BaseYear { barriers, capital_stock, fdi: fdi(accounts) }
}

pub fn instance(size: Size, seed: u64, choices: Choices) -> Instance {
    let accounts = accounts(size, seed);
    let base_year = base_year(&accounts, barriers(size));
    Instance { accounts, parameters: parameters(size), base_year, choices }
}

pub fn model(size: Size, seed: u64, choices: Choices) -> RegionalModel {
    instance(size, seed, choices).model().expect("calibrates")
}
