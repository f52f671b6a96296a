//! What the model itself implies, beside what others published.
//!
//! Each figure is measured on runs of the model on the study's accounts, years and parameters, under
//! one small measure at a time. None is read from a parameter, and what does not fit is shown so.
//!
//! | measure            | what is done to the economy                                         |
//! |--------------------|---------------------------------------------------------------------|
//! | restrictiveness    | barriers of all industries lower by 10 %, in all regions; also in the long run |
//! | services           | barriers of services halved, in all regions                         |
//! | a day              | all trade of the province in goods one day faster                   |
//! | tariff             | one point less on imported goods in the province                    |
//! | corporate tax      | one point less on all firms of the country                          |
//! | research           | grants for research in the province                                 |
//!
//! Barriers before are those of the national restrictiveness in all industries, by the slopes of
//! the shipped rules: a negative list that names some activities is not a measure of the whole.

use rayon::prelude::*;

use super::RunError;
use super::context::Context;
use super::path::{Baseline, Year};
use crate::file::parse_rules;
use crate::inputs::Inputs;
use crate::lever::{Barrier, FreeTradeZone, Header, Lever, MarketAccess, RdGrants, Tax, TaxKind};
use crate::money::Money;
use crate::negative_list::{RULES, RULES_NAME};
use crate::results::ImpliedFigure;
use crate::spec::{Closure, Industry, Region, Study};

/// Codes of manufacturing and services in the national classification, as positions.
const MANUFACTURING: std::ops::Range<usize> = 5..22;
const SERVICES: std::ops::Range<usize> = 27..42;

/// OECD FDI Regulatory Restrictiveness Index of China in 2017, all sectors; from memory.
const RESTRICTIVENESS: f64 = 0.317;

/// One point of a rate.
const POINT: f64 = 0.01;

/// Size of the research grants, in yuan a year.
const GRANTS: f64 = 1e9;

/// Figures that the model implies on a study's accounts, beside the published ones.
///
/// # Errors
/// As [`super::run`].
pub fn implied(study: &Study, inputs: &Inputs) -> Result<Vec<ImpliedFigure>, RunError> {
    let measures = Measures::new(study, inputs);
    let mut test = study.clone();
    // Base-year barriers come from the levers.
    test.levers = measures.barriers.clone().into_iter().collect();
    let context = Context::new(&test, inputs)?;
    let baseline = context.solve_baseline(&|| ())?;
    let solve = |(name, levers): &(&'static str, Vec<Lever>)| {
        let levers: Vec<&Lever> = levers.iter().collect();
        let path = context.solve_scenario(name, &levers, &baseline, &|| ())?;
        Ok((*name, path))
    };
    let paths: Vec<(&str, Vec<Year>)> =
        measures.list.par_iter().map(solve).collect::<Result<_, RunError>>()?;
    let long_run = measures.in_the_long_run(&test, inputs)?;
    let tell = Tell { context: &context, baseline: &baseline, paths, long_run };
    Ok(tell.all())
}

/// The small measures.
struct Measures {
    /// Sets the barriers of the base year; none where the accounts have no industry codes.
    barriers: Option<Lever>,
    list: Vec<(&'static str, Vec<Lever>)>,
}

impl Measures {
    fn new(study: &Study, inputs: &Inputs) -> Self {
        let names = &inputs.names;
        let regions: Vec<Region> = names
            .regions
            .iter()
            .enumerate()
            .map(|(index, name)| Region { index, name: name.clone() })
            .collect();
        let home = regions[..names.home_regions.len()].to_vec();
        let industries: Vec<Industry> = names
            .industries
            .iter()
            .enumerate()
            .map(|(index, name)| Industry { index, name: name.clone() })
            .collect();
        let years = (study.years.first, study.years.last);
        let access = barriers(study, inputs).map(|before| MarketAccess {
            header: header("barriers"),
            industries: industries.clone(),
            regions: regions.clone(),
            from_year: years.0,
            to_year: years.1,
            after: before.clone(),
            before,
            ..MarketAccess::default()
        });
        let lowered = |name: &str, part: &dyn Fn(usize) -> f64| {
            let access = access.clone()?;
            let after = access.before.iter().enumerate().map(|(at, barrier)| Barrier {
                rent: barrier.rent * part(at),
                resource_cost: barrier.resource_cost * part(at),
            });
            let after = after.collect();
            Some(Lever::MarketAccess(MarketAccess { header: header(name), after, ..access }))
        };
        let tax = |name: &str, kind: TaxKind, regions: &[Region]| {
            Lever::Tax(Tax {
                header: header(name),
                kind,
                industries: industries.clone(),
                regions: regions.to_vec(),
                years,
                change: -POINT,
            })
        };
        let research = RdGrants {
            header: header("research"),
            regions: home.clone(),
            industries: industries.clone(),
            years,
            centres_per_year: 1.0,
            grant: Money::from_cny(GRANTS),
            additionality: 1.0,
            elasticity: study.parameters.get("rd_elasticity"),
            depreciation: study.parameters.get("rd_depreciation"),
            ..RdGrants::default()
        };
        let day = |region: &Region| {
            Lever::FreeTradeZone(FreeTradeZone {
                header: header("a day"),
                region: region.clone(),
                from_year: years.0,
                to_year: years.1,
                days_saved: 1.0,
                value_of_day: study.parameters.get("value_of_day"),
                trade_share: 1.0,
                corporate_tax_rate: study.parameters.get("corporate_income_tax"),
                ..FreeTradeZone::default()
            })
        };
        let mut list = vec![
            ("a day", home.iter().map(day).collect()),
            ("tariff", vec![tax("tariff", TaxKind::Tariff, &home)]),
            ("corporate tax", vec![tax("corporate tax", TaxKind::Corporate, &regions)]),
            ("research", vec![Lever::RdGrants(research)]),
        ];
        let in_services = |at: usize| if SERVICES.contains(&at) { 0.5 } else { 1.0 };
        list.extend(
            lowered("restrictiveness", &|_| 0.9).map(|lever| ("restrictiveness", vec![lever])),
        );
        list.extend(lowered("services", &in_services).map(|lever| ("services", vec![lever])));
        Self { barriers: access.map(Lever::MarketAccess), list }
    }
}

fn header(name: &str) -> Header {
    Header { name: name.to_owned(), ..Header::default() }
}

/// Barriers of the national restrictiveness, where the accounts have the national industries.
fn barriers(study: &Study, inputs: &Inputs) -> Option<Vec<Barrier>> {
    let rules = parse_rules(RULES_NAME, RULES, &inputs.names).0?;
    let rent_share = study.parameters.get("rent_share");
    let barrier = |at| Barrier::split(rules.slope(at) * RESTRICTIVENESS, rent_share);
    Some((0..inputs.names.industries.len()).map(barrier).collect())
}

struct Tell<'a> {
    context: &'a Context<'a>,
    baseline: &'a Baseline<'a>,
    paths: Vec<(&'a str, Vec<Year>)>,
    /// Foreign capital by restrictiveness, once capital has adjusted.
    long_run: Option<f64>,
}

/// A published figure: limits within which a run fits.
struct Published {
    what: &'static str,
    text: &'static str,
    unit: &'static str,
    limits: (f64, f64),
    source: &'static str,
    method: &'static str,
}

impl Tell<'_> {
    fn all(&self) -> Vec<ImpliedFigure> {
        let first = 1;
        let last = self.baseline.years.len() - 1;
        let mut list = Vec::new();
        if let Some(path) = self.path("restrictiveness") {
            list.extend(self.long_run.map(|found| figure(&FDI_STOCK, found)));
            let by_last = 100.0 * self.log(path, last, |year| foreign_capital(self.context, year));
            list.push(figure(&FDI_STOCK_SO_FAR, by_last));
        }
        if let Some(path) = self.path("services") {
            list.extend(self.services(path, last));
        }
        let opened = self.path("services").or_else(|| self.path("corporate tax"));
        if let Some(path) = opened {
            list.push(figure(&WAGE_CURVE, self.wage_curve(path)));
        }
        if let (Some(day), Some(tariff)) = (self.path("a day"), self.path("tariff")) {
            let home = |name: &'static str| move |year: &Year| self.home_sum(year, name);
            let imports = self.log(day, first, home("real_imports"));
            let by_tariff = self.log(tariff, first, home("real_imports"));
            list.push(figure(&DAY, imports / by_tariff * 100.0 * POINT));
            let exports = self.log(day, last, home("real_exports"));
            list.push(figure(&ZONE_EXPORTS, 100.0 * exports));
            let imports = self.log(day, last, home("real_imports"));
            list.push(figure(&ZONE_IMPORTS, imports / exports));
        }
        if let Some(path) = self.path("corporate tax") {
            let fdi = |year: &Year| year.solution.get("fdi").iter().sum::<f64>();
            list.push(figure(&TAX, -100.0 * self.log(path, first, fdi)));
        }
        if let Some(path) = self.path("research") {
            list.push(figure(&RESEARCH, self.research_elasticity(path, last)));
        }
        list.retain(|each| each.implied.is_finite());
        list
    }

    fn path(&self, name: &str) -> Option<&[Year]> {
        self.paths.iter().find(|(each, _)| *each == name).map(|(_, path)| path.as_slice())
    }

    /// Logarithm of a sum over that of the baseline.
    fn log(&self, path: &[Year], at: usize, sum: impl Fn(&Year) -> f64) -> f64 {
        (sum(&path[at]) / sum(&self.baseline.years[at])).ln()
    }

    fn home_sum(&self, year: &Year, report: &str) -> f64 {
        let values = year.solution.get(report);
        let regions = self.context.n.regions;
        let home = self.context.home.iter();
        home.map(|region| values.iter().skip(*region).step_by(regions).sum::<f64>()).sum()
    }

    /// A report by firm, summed; capital in money.
    fn firms(
        &self,
        year: &Year,
        report: &str,
        regions: &[usize],
        industries: std::ops::Range<usize>,
        owners: std::ops::Range<usize>,
    ) -> f64 {
        let n = &self.context.n;
        let values = year.solution.get(report);
        let stock = &self.context.model.benchmark.capital_stock;
        let mut sum = 0.0;
        for industry in industries.start..industries.end.min(n.industries) {
            for owner in owners.start..owners.end.min(n.owners) {
                for region in regions {
                    let firm = n.firm(industry, owner, *region);
                    sum += values[firm] * if report == "capital" { stock[firm] } else { 1.0 };
                }
            }
        }
        sum
    }

    fn services(&self, path: &[Year], last: usize) -> Vec<ImpliedFigure> {
        let all: Vec<usize> = (0..self.context.n.regions).collect();
        let percent = |sum: &dyn Fn(&Year) -> f64| 100.0 * self.log(path, last, sum);
        let product = |year: &Year| year.solution.get("real_gdp").iter().sum();
        let domestic = |year: &Year| self.firms(year, "real_output", &all, SERVICES, 0..1);
        let made = |year: &Year| self.firms(year, "real_output", &all, MANUFACTURING, 0..2);
        vec![
            figure(&SERVICES_GAIN, percent(&product)),
            figure(&SERVICES_DOMESTIC, percent(&domestic)),
            figure(&SERVICES_MANUFACTURING, percent(&made)),
        ]
    }

    /// Slope of log real wages in log unemployment, policy less baseline, over regions, skills and
    /// years: least squares through the origin.
    fn wage_curve(&self, path: &[Year]) -> f64 {
        let context = self.context;
        let (n, usual) = (&context.n, context.model.parameters.unemployment);
        let base = &context.model.benchmark.persons;
        let state = |year: &Year, cell: usize| {
            let (skill, region) = (cell / n.regions, cell % n.regions);
            let of = |values: &[f64]| -> f64 {
                let firms = skill * n.firms()..(skill + 1) * n.firms();
                firms.filter(|at| at % n.regions == region).map(|at| values[at]).sum()
            };
            let employed = of(year.solution.get("persons")) / of(base);
            let rate = 1.0 - (1.0 - usual) * employed / year.exogenous.get("labour_force")[cell];
            let wage =
                year.solution.get("wage")[cell] / year.solution.get("consumer_price")[region];
            (rate.ln(), wage.ln())
        };
        let (mut product, mut square) = (0.0, 0.0);
        for (year, without) in path.iter().zip(&self.baseline.years) {
            for cell in 0..n.skills * n.regions {
                let (with, without) = (state(year, cell), state(without, cell));
                let (u, w) = (with.0 - without.0, with.1 - without.1);
                product += u * w;
                square += u * u;
            }
        }
        product / square
    }

    /// Rise of value added beyond that of labour and capital, over the rise of the stock, both in
    /// logarithms, weighted by value added of the province's firms.
    fn research_elasticity(&self, path: &[Year], last: usize) -> f64 {
        let context = self.context;
        let (n, benchmark) = (&context.n, &context.model.benchmark);
        let (with, without) = (&path[last], &self.baseline.years[last]);
        let log = |name: &str, at: usize| {
            (with.solution.get(name)[at] / without.solution.get(name)[at]).ln()
        };
        let (mut residual, mut stock) = (0.0, 0.0);
        for region in &context.home {
            for firm in (*region..n.firms()).step_by(n.regions) {
                let capital = benchmark.capital_income[firm];
                let labour = |skill: usize| benchmark.labour[skill * n.firms() + firm];
                let added = capital + (0..n.skills).map(labour).sum::<f64>();
                if added <= 0.0 || benchmark.output[firm] <= 0.0 {
                    continue;
                }
                let of_labour: f64 = (0..n.skills)
                    .filter(|skill| labour(*skill) > 0.0)
                    .map(|skill| labour(skill) * log("persons", skill * n.firms() + firm))
                    .sum();
                let of_capital = if capital > 0.0 { capital * log("capital", firm) } else { 0.0 };
                let cell = n.cell(firm / n.regions / n.owners, *region);
                let research = |year: &Year| year.exogenous.get("research")[cell];
                let risen = (research(with) / research(without)).ln();
                residual += added * log("real_value_added", firm) - of_labour - of_capital;
                stock += added * risen;
            }
        }
        residual / stock
    }
}

impl Measures {
    /// Foreign capital with barriers 10 % lower, in per cent, when capital has adjusted so that its
    /// return is the usual one: the closure of the long run in the first year. None where there are no
    /// barriers to lower.
    fn in_the_long_run(&self, test: &Study, inputs: &Inputs) -> Result<Option<f64>, RunError> {
        let found = self.list.iter().find(|(name, _)| *name == "restrictiveness");
        let Some((name, levers)) = found else { return Ok(None) };
        let mut test = test.clone();
        test.closure = Closure::LongRun;
        test.years.last = test.years.first;
        let context = Context::new(&test, inputs)?;
        let baseline = context.solve_baseline(&|| ())?;
        let levers: Vec<&Lever> = levers.iter().collect();
        let path = context.solve_scenario(name, &levers, &baseline, &|| ())?;
        let stock =
            |years: &[Year]| years.last().map_or(f64::NAN, |year| foreign_capital(&context, year));
        Ok(Some(100.0 * (stock(&path) / stock(&baseline.years)).ln()))
    }
}

/// Capital of all foreign firms, at base-year prices.
fn foreign_capital(context: &Context<'_>, year: &Year) -> f64 {
    let stock = &context.model.benchmark.capital_stock;
    let foreign = (0..context.n.firms()).filter(|firm| context.n.owner_of(*firm) != 0);
    foreign.map(|firm| year.solution.get("capital")[firm] * stock[firm]).sum()
}

fn figure(published: &Published, implied: f64) -> ImpliedFigure {
    ImpliedFigure {
        what: published.what.to_owned(),
        unit: published.unit.to_owned(),
        published: published.text.to_owned(),
        implied,
        limits: published.limits,
        fits: (published.limits.0..=published.limits.1).contains(&implied),
        source: published.source.to_owned(),
        method: published.method.to_owned(),
    }
}

const FDI_STOCK: Published = Published {
    what: "Foreign capital if restrictiveness is 10 % lower",
    text: "2.1 (1.4 to 2.8)",
    unit: "%",
    limits: (1.4, 2.8),
    source: "Mistura & Roulet (2019), OECD Working Papers on International Investment 2019/01",
    method: "OECD index of 0.317 (from memory) in all industries and regions, barriers by the slopes of the shipped rules, times 0.9; capital of all foreign firms when it has adjusted to its usual return (long-run closure), as the published stock has; the limits are a third either side",
};

const FDI_STOCK_SO_FAR: Published = Published {
    what: "… by the last year of the study",
    text: "on the way there (0 to 2.8)",
    unit: "%",
    limits: (0.0, 2.8),
    method: "the same measure on the study's path: capital has had these years to follow",
    ..FDI_STOCK
};

const SERVICES_GAIN: Published = Published {
    what: "Services opened by half: product",
    text: "gain below 1",
    unit: "%",
    limits: (0.0, 1.0),
    source: "Latorre, Yonezawa & Zhou (2018), China Economic Review: pattern of signs",
    method: "the same barriers, those of services times 0.5 in all regions; last year",
};

const SERVICES_DOMESTIC: Published = Published {
    what: "… domestic firms in services",
    text: "below 0",
    unit: "%",
    limits: (-100.0, 0.0),
    ..SERVICES_GAIN
};

const SERVICES_MANUFACTURING: Published = Published {
    what: "… manufacturing",
    text: "above 0",
    unit: "%",
    limits: (0.0, 100.0),
    ..SERVICES_GAIN
};

const WAGE_CURVE: Published = Published {
    what: "Real wages with respect to unemployment",
    text: "-0.1 (-0.13 to -0.07)",
    unit: "elasticity",
    limits: (-0.13, -0.07),
    source: "Blanchflower & Oswald, NBER w4200",
    method: "slope over regions, skills and years, policy less baseline",
};

const DAY: Published = Published {
    what: "A day at the border, as a tariff",
    text: "0.6 to 2.1",
    unit: "% ad valorem",
    limits: (0.6, 2.1),
    source: "Hummels & Schaur (2013), American Economic Review",
    method: "imports of the province: rise by a day over rise by one point of tariff, first year",
};

const ZONE_EXPORTS: Published = Published {
    what: "Exports of a zone that saves a day",
    text: "above 0",
    unit: "%",
    limits: (0.0, 100.0),
    source: "Zhou & Su (2021)",
    method: "exports of the province in the last year",
};

const ZONE_IMPORTS: Published = Published {
    what: "… its imports relative to its exports",
    text: "smaller (below 1)",
    unit: "ratio",
    limits: (-1.0, 1.0),
    source: "Zhou & Su (2021): exports rise, no significant effect on imports",
    method: "rise of imports over rise of exports in the last year; imports rise as well, because exports are made from imported goods and pay for others",
};

const TAX: Published = Published {
    what: "Foreign investment per point of corporate tax",
    text: "-2.5 (-4 to -1)",
    unit: "%",
    limits: (-4.0, -1.0),
    source: "Feld & Heckemeyer (2011): median -2.49",
    method: "one point less on all firms of the country; inflow in the first year",
};

const RESEARCH: Published = Published {
    what: "Productivity with respect to the R&D stock",
    text: "0.05 to 0.10",
    unit: "elasticity",
    limits: (0.05, 0.10),
    source: "Hall, Mairesse & Mohnen (2010)",
    method: "value added beyond labour and capital over the stock, last year, firms of the province",
};
