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
    /// Elasticity of foreign direct investment to its after-tax return.
    pub fdi_response: f64,
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
    /// The offer, times its response to the after-tax return.
    Responsive,
}

/// What prices are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numeraire {
    /// The exchange rate: prices are relative to world prices.
    ExchangeRate,
    /// The national consumer price index.
    ConsumerPrices,
}
