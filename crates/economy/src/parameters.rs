//! Behavioural parameters of the regional model.
//!
//! Values come from outside (a study's parameter table, with source and status); nothing here is a
//! default that a user could not see.

/// Elasticities, rates and shares of the regional model.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// Elasticity of substitution between labour and capital.
    pub value_added: f64,
    /// Elasticity of substitution between skills.
    pub skills: f64,
    /// Elasticity of substitution between the outputs of domestic and foreign firms of an industry.
    pub owners: f64,
    /// Elasticity of substitution between domestic and imported products, for industries,
    /// households and investors (0 for government, exports and inventories).
    pub imports: f64,
    /// Elasticity of substitution between regions (and ports) of origin.
    pub regions: f64,
    /// Elasticity of substitution between producers of a margin.
    pub margins: f64,
    /// Price elasticity of export demand, as a positive number.
    pub exports: f64,
    /// Frisch parameter of household demand, below −1.
    pub frisch: f64,
    /// Expenditure elasticity of household demand by product, before scaling to add up.
    pub expenditure: Vec<f64>,
    /// d ln real wage / d ln unemployment rate, negative.
    pub wage_curve: f64,
    /// Unemployment rate in the base year.
    pub unemployment: f64,
    /// Corporate income tax rate on capital income less depreciation.
    pub corporate_tax: f64,
    /// Share of domestic after-tax capital income that is paid out to households.
    pub distributed_profits: f64,
    /// Depreciation rate of capital by region.
    pub depreciation: Vec<f64>,
    /// Largest growth of a capital stock above trend, per year.
    pub growth_above_trend: f64,
    /// Largest fall of a capital stock's growth below trend, per year.
    pub growth_below_trend: f64,
    /// Change in capital growth per unit of change in the net rate of return, at trend.
    pub investment_response: f64,
    /// Elasticity of the national pool of foreign direct investment to its average after-tax return.
    pub fdi_response: f64,
    /// Elasticity of an industry's share in the pool to its after-tax return.
    pub fdi_industries: f64,
    /// Elasticity of a region's share in an industry's part of the pool to its after-tax return.
    pub fdi_regions: f64,
    /// Rise of the real wage's deviation from its reference, per year and unit of the deviation of
    /// employment (partial adjustment).
    pub wage_adjustment: f64,
    /// Elasticity of a region's share in the labour force to its relative real wage, in the long run.
    pub migration: f64,
    /// Part of the way to that share gone in a year.
    pub migration_speed: f64,
    /// Elasticity of output per bundle of labour and capital in the R&D stock.
    pub research_elasticity: f64,
    /// Depreciation of the R&D stock, per year.
    pub research_depreciation: f64,
}

/// Which variables are given within a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closure {
    /// Capital is given by firm; its rental clears the market.
    ShortRun,
    /// The rate of return is given by firm; capital follows.
    LongRun,
}

/// How labour markets clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabourMarket {
    /// Real wage and unemployment on a wage curve.
    WageCurve,
    /// Real wages move away from their reference year by year as employment does from its own.
    PartialAdjustment,
    /// Employment follows the labour force at a fixed unemployment rate.
    FixedEmployment,
    /// The real wage is given; employment follows demand.
    FixedRealWage,
}

/// How direct investment from abroad is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectInvestment {
    /// As offered: a path to be hit.
    Offered,
    /// A national pool that responds to its average after-tax return, allocated over industries and
    /// regions by a nested logit of returns.
    Responsive,
}

/// What makes saving equal to investment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacroBalance {
    /// Household spending, by one national factor; investment follows its return.
    ConsumptionAdjusts,
    /// Firms' investment, by one national factor; saving rates stay.
    InvestmentAdjusts,
}

/// Where a change of tax revenue, and of what usual purchases cost, goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revenue {
    /// To the households of the region in which it is raised: the budget of every region closes.
    Returned,
    /// Governments keep it: national saving changes, and `MacroBalance` says who makes room.
    Kept,
}

/// What prices are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numeraire {
    /// The exchange rate: prices are relative to world prices.
    ExchangeRate,
    /// The national consumer price index.
    ConsumerPrices,
}
