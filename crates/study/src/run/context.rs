//! What every year of a run looks at: the study, its inputs, the calibrated model.

use accounts::{Table, User};
use economy::benchmark::{BaseYear, InitialBarriers, Sizes};
use economy::laws::Instance;
use economy::model::{Choices, OnPath};
use economy::parameters::{self as model, DirectInvestment, LabourMarket};
use economy::year::RegionalModel;

use super::RunError;
use super::closure::on_paths;
use super::forgone::RateChanges;
use crate::inputs::Inputs;
use crate::lever::Lever;
use crate::results::ParameterNote;
use crate::spec::{self, Closure, Migration, Numeraire, Study};

/// Million units in a hundred million.
const MILLIONS: f64 = 100.0;

/// Largest share of foreign firms' investment that is direct investment from abroad.
const MOST_FDI: f64 = 0.9;

/// Part of a stated rent from which it counts as borne in full.
const WHOLE_RENT: f64 = 0.995;

/// Least investment over capital elsewhere, as a multiple of the depreciation rate.
const SLOWEST_TURNOVER: f64 = 0.5;

/// Research products, by code of the national classification.
const RESEARCH: &str = "35";

/// Food products, by code.
const FOOD: [&str; 2] = ["01", "06"];

/// A study ready to run.
pub(crate) struct Context<'a> {
    pub(crate) study: &'a Study,
    pub(crate) inputs: &'a Inputs,
    pub(crate) model: RegionalModel,
    /// The same model with employment, direct investment and macro variables on given paths: it finds
    /// the baseline's reference wages, returns, shifters and balances of budgets. None where the model
    /// itself has all given.
    pub(crate) reference: Option<RegionalModel>,
    /// Whether references of wages, returns and shifters are read from it, and not of budgets alone.
    pub(crate) on_given_paths: bool,
    /// Macro variables on given paths, and what is found for them.
    pub(crate) paths: Vec<OnPath>,
    pub(crate) n: Sizes,
    /// Products that carry margins: goods.
    pub(crate) goods: Vec<bool>,
    /// Product of research, when the accounts name it.
    pub(crate) research: Option<usize>,
    /// Regions that make up the province.
    pub(crate) home: Vec<usize>,
    /// What levers do to tax rates.
    pub(crate) rate_changes: RateChanges,
}

impl<'a> Context<'a> {
    pub(crate) fn new(study: &'a Study, inputs: &'a Inputs) -> Result<Self, RunError> {
        let n = Sizes::of(&inputs.accounts.sets);
        let home = inputs.names.home_positions();
        let instance = instance(study, inputs);
        let model = instance.model()?;
        let paths = on_paths(study, &home, n.regions);
        let on_given_paths = study.closure != Closure::LongRun || !paths.is_empty();
        let reference = match study.dynamics.revenue {
            _ if on_given_paths => Some(with_given_paths(&instance, &paths)?),
            spec::Revenue::Returned => Some(with_free_budgets(&instance, instance.choices, &[])?),
            spec::Revenue::Kept => None,
        };
        let margins = inputs.accounts.margin.sum_to(&["product"]);
        let mut context = Self {
            study,
            inputs,
            n,
            goods: margins.values().iter().map(|value| *value > 0.0).collect(),
            research: inputs.names.industry_codes.iter().position(|code| code == RESEARCH),
            home,
            model,
            reference,
            on_given_paths,
            paths,
            rate_changes: RateChanges::default(),
        };
        context.rate_changes = RateChanges::of(&context);
        Ok(context)
    }

    /// A region outside the province, whose growth is that of the rest; the last one without such.
    pub(crate) fn elsewhere(&self) -> usize {
        let last = self.n.regions - 1;
        (0..=last).find(|region| !self.home.contains(region)).unwrap_or(last)
    }

    /// Refuses a model whose benchmark does not solve its equations.
    pub(crate) fn replicates(&self) -> Result<(), RunError> {
        let (equation, residual) = self.model.replication();
        if residual > super::REPLICATES {
            return Err(RunError::Benchmark { equation, residual });
        }
        Ok(())
    }

    /// Million USD per unit of the accounts' money.
    pub(crate) fn usd(&self) -> f64 {
        usd(self.study)
    }

    /// A share of the home regions by gross product.
    pub(crate) fn size_share(&self, region: usize) -> f64 {
        let gdp = &self.model.benchmark.gdp;
        gdp[region] / self.home.iter().map(|each| gdp[*each]).sum::<f64>()
    }

    /// Market-access levers whose rent is larger than the operating surplus of the firms can bear:
    /// how much of it the accounts leave room for.
    pub(crate) fn rent_notes(&self) -> Vec<ParameterNote> {
        self.study.levers.iter().filter_map(|lever| self.rent_note(lever)).collect()
    }

    fn rent_note(&self, lever: &Lever) -> Option<ParameterNote> {
        let Lever::MarketAccess(access) = lever else { return None };
        let benchmark = &self.model.benchmark;
        let (mut stated, mut used) = (0.0, 0.0);
        for (industry, barrier) in access.industries.iter().zip(&access.before) {
            for region in &access.regions {
                for owner in 1..self.n.owners {
                    let firm = self.n.firm(industry.index, owner, region.index);
                    stated += benchmark.output[firm] * barrier.rent / (1.0 + barrier.rent);
                    used += benchmark.cost[firm] * benchmark.rent_rate[firm];
                }
            }
        }
        let share = used / stated;
        (share < WHOLE_RENT && stated > 0.0).then(|| ParameterNote {
            name: format!("{}: part of the stated rent that the accounts bear", lever.name()),
            value: format!("{share:.2}"),
            unit: "share".to_owned(),
            source: "rent takes at most half of the operating surplus of the firms".to_owned(),
            status: "assumption".to_owned(),
        })
    }

    /// Purchases of one final user in a region, as shares by product.
    pub(crate) fn purchase_shares(&self, user: User, region: usize) -> Vec<f64> {
        let at = User::ALL.iter().position(|each| *each == user).unwrap_or(0);
        let bought = |c: usize| {
            self.model.benchmark.final_use[(c * User::ALL.len() + at) * self.n.regions + region]
        };
        let total: f64 = (0..self.n.products).map(bought).sum();
        (0..self.n.products).map(|c| bought(c) / total).collect()
    }
}

/// Accounts, parameters and base year of a study, as an instance of the model.
pub(crate) fn instance(study: &Study, inputs: &Inputs) -> Instance {
    let n = Sizes::of(&inputs.accounts.sets);
    Instance {
        accounts: inputs.accounts.clone(),
        parameters: parameters(study, inputs, &n),
        base_year: BaseYear {
            barriers: barriers(study, &n),
            capital_stock: capital(study, inputs, &n),
            fdi: fdi(study, inputs, &n),
        },
        choices: choices(study),
    }
}

/// The model with employment, direct investment and the study's macro paths given.
fn with_given_paths(instance: &Instance, paths: &[OnPath]) -> Result<RegionalModel, RunError> {
    let choices = Choices {
        labour_market: LabourMarket::FixedEmployment,
        direct_investment: DirectInvestment::Offered,
        ..instance.choices
    };
    with_free_budgets(instance, choices, paths)
}

/// A model in which governments keep what they raise: it finds the balances to which budgets return
/// in others.
fn with_free_budgets(
    instance: &Instance,
    choices: Choices,
    paths: &[OnPath],
) -> Result<RegionalModel, RunError> {
    let choices = Choices { revenue: model::Revenue::Kept, ..choices };
    let Instance { accounts, parameters, base_year, .. } = instance;
    let model = RegionalModel::on_paths(accounts, parameters.clone(), base_year, choices, paths)?;
    Ok(model)
}

fn choices(study: &Study) -> Choices {
    let (closure, usual) = match study.closure {
        Closure::ShortRun => (model::Closure::ShortRun, spec::LabourMarket::default()),
        Closure::LongRun => (model::Closure::LongRun, spec::LabourMarket::FixedEmployment),
    };
    let labour_market = match study.dynamics.labour_market.unwrap_or(usual) {
        spec::LabourMarket::PartialAdjustment => LabourMarket::PartialAdjustment,
        spec::LabourMarket::WageCurve => LabourMarket::WageCurve,
        spec::LabourMarket::FixedEmployment => LabourMarket::FixedEmployment,
        spec::LabourMarket::FixedRealWage => LabourMarket::FixedRealWage,
    };
    let numeraire = match study.numeraire {
        Numeraire::ExchangeRate => model::Numeraire::ExchangeRate,
        Numeraire::ConsumerPrices => model::Numeraire::ConsumerPrices,
    };
    let balance = match study.dynamics.balance {
        spec::MacroBalance::Consumption => model::MacroBalance::ConsumptionAdjusts,
        spec::MacroBalance::Investment => model::MacroBalance::InvestmentAdjusts,
    };
    let revenue = match study.dynamics.revenue {
        spec::Revenue::Returned => model::Revenue::Returned,
        spec::Revenue::Kept => model::Revenue::Kept,
    };
    let direct_investment = DirectInvestment::Responsive;
    Choices { closure, labour_market, direct_investment, balance, revenue, numeraire }
}

fn usd(study: &Study) -> f64 {
    MILLIONS / study.exchange_rate.cny_per_usd
}

fn parameters(study: &Study, inputs: &Inputs, n: &Sizes) -> model::Parameters {
    let get = |name: &str| study.parameters.get(name);
    let food = |c: usize| {
        inputs.names.industry_codes.get(c).is_some_and(|code| FOOD.contains(&code.as_str()))
    };
    let expenditure = |c: usize| if food(c) { get("food_expenditure_elasticity") } else { 1.0 };
    let tax = get("corporate_income_tax");
    model::Parameters {
        value_added: get("sigma_value_added"),
        skills: get("sigma_skill"),
        owners: get("sigma_owner"),
        imports: get("sigma_armington"),
        regions: get("sigma_regions"),
        margins: get("sigma_margin"),
        exports: get("export_elasticity"),
        frisch: get("frisch"),
        expenditure: (0..n.products).map(expenditure).collect(),
        wage_curve: get("wage_curve"),
        unemployment: get("unemployment_rate"),
        corporate_tax: tax,
        distributed_profits: get("distributed_profits"),
        depreciation: vec![get("depreciation_rate"); n.regions],
        growth_above_trend: get("capital_growth_above_trend"),
        growth_below_trend: get("capital_growth_below_trend"),
        investment_response: get("investment_response"),
        // Per cent per percentage point of tax, turned into an elasticity in the after-tax return.
        fdi_response: -get("fdi_tax_semi_elasticity") * (1.0 - tax),
        fdi_industries: get("fdi_industry_elasticity"),
        fdi_regions: get("fdi_region_elasticity"),
        wage_adjustment: get("wage_adjustment"),
        migration: get("migration_elasticity"),
        migration_speed: match study.dynamics.migration {
            Migration::ByRealWage => get("migration_speed"),
            Migration::None => 0.0,
        },
        research_elasticity: get("rd_elasticity"),
        research_depreciation: get("rd_depreciation"),
    }
}

/// Barriers before any measure, from the market-access levers.
fn barriers(study: &Study, n: &Sizes) -> InitialBarriers {
    let cells = n.industries * n.regions;
    let mut barriers = InitialBarriers { barrier: vec![0.0; cells], rent_share: vec![0.0; cells] };
    for lever in &study.levers {
        let Lever::MarketAccess(lever) = lever else { continue };
        for (industry, before) in lever.industries.iter().zip(&lever.before) {
            for region in &lever.regions {
                let cell = n.cell(industry.index, region.index);
                barriers.barrier[cell] = before.height();
                barriers.rent_share[cell] = before.rent_share();
            }
        }
    }
    barriers
}

/// Capital at the start of the base year by firm, in proportion to depreciation. At home from the
/// perpetual inventory where there is one; elsewhere so that base-year investment makes capital
/// grow with labour productivity.
fn capital(study: &Study, inputs: &Inputs, n: &Sizes) -> Vec<f64> {
    let rate = study.parameters.get("depreciation_rate");
    let depreciation = inputs.accounts.depreciation.sum_to(&["region"]);
    let investment = inputs.accounts.investment.sum_to(&["region"]);
    let home = inputs.names.home_positions();
    let sum = |table: &Table| home.iter().map(|region| table.values()[*region]).sum::<f64>();
    // The inventory is at the end of the base year.
    let at_home = inputs
        .capital_at_end
        .as_ref()
        .map(|stock| (stock.at_rate(rate) - sum(&investment)) / (1.0 - rate) / sum(&depreciation));
    let growth = study.baseline.productivity.rest(study.years.first);
    let pace = (rate + growth).max(SLOWEST_TURNOVER * rate);
    let years = |region: usize| {
        let balanced = investment.values()[region] / pace / depreciation.values()[region];
        at_home.filter(|_| home.contains(&region)).unwrap_or(balanced)
    };
    let by_region: Vec<f64> = (0..n.regions).map(years).collect();
    let firms = inputs.accounts.depreciation.values().iter().enumerate();
    firms.map(|(firm, value)| value * by_region[firm % n.regions]).collect()
}

/// Direct investment by industry in proportion to foreign firms' investment in the region.
fn fdi(study: &Study, inputs: &Inputs, n: &Sizes) -> Vec<f64> {
    let investment = &inputs.accounts.investment;
    let by_cell = |cell: usize| {
        (1..n.owners).map(|o| investment.at(&[cell / n.regions, o, cell % n.regions])).sum::<f64>()
    };
    let total = |region: usize| (0..n.industries).map(|i| by_cell(n.cell(i, region))).sum::<f64>();
    let share = |region: usize| {
        let used =
            inputs.foreign_direct_investment.get(region).copied().unwrap_or(0.0) / usd(study);
        (used / total(region)).min(MOST_FDI)
    };
    let shares: Vec<f64> = (0..n.regions).map(share).collect();
    (0..n.industries * n.regions).map(|cell| by_cell(cell) * shares[cell % n.regions]).collect()
}
