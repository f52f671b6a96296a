//! Signs and sizes that an economist expects, each with its source, held against the run.

use super::context::Context;
use super::contributions::Parts;
use crate::lever::{InvestmentProject, Lever, MarketAccess};
use crate::results::{Contribution, Plausibility, Results};

/// First code of services in the national classification of 42.
const FIRST_SERVICE: usize = 27;

/// Codes of manufacturing, as positions.
const MANUFACTURING: std::ops::Range<usize> = 5..22;

/// Changes against the baseline, in the accounts' money.
#[derive(Default)]
struct Opening {
    product: f64,
    domestic: f64,
    foreign: f64,
    manufacturing: f64,
}

/// A project's share in provincial product bounds what it can move, times this.
const MOST_MULTIPLE: f64 = 3.0;

/// Money of the results, 100 million, in a billion.
const BILLION: f64 = 10.0;

impl Context<'_> {
    /// All checks that apply to the study's levers.
    pub(crate) fn checks(&self, results: &Results, parts: &Parts) -> Vec<Plausibility> {
        let mut list = vec![self.growth(results), solved(results)];
        let mut services = Vec::new();
        for lever in &self.study.levers {
            let name = lever.name();
            match lever {
                // Of many projects, none is told alone.
                Lever::InvestmentProject(project) if parts.has(name) => {
                    list.push(self.project_size(name, project, results));
                }
                Lever::MarketAccess(access) if self.opens_services(access) => {
                    services.push((name, access));
                }
                Lever::FreeTradeZone(_) => list.push(self.zone_trade(name, results)),
                _ => {}
            }
        }
        if !services.is_empty() {
            list.push(self.opening(&services, results, parts));
        }
        list
    }

    fn opens_services(&self, access: &MarketAccess) -> bool {
        self.n.industries == 42
            && access.industries.iter().all(|industry| industry.index >= FIRST_SERVICE)
    }

    /// What a lever adds to a provincial variable in a year of the path.
    fn adds(&self, results: &Results, lever: &str, variable: &str, at: usize) -> f64 {
        let home = &self.inputs.names.home;
        let fits = |each: &&Contribution| {
            let of_all = each.industry.is_empty() && each.region == *home;
            of_all && each.lever == lever && each.variable == variable
        };
        results.contributions.iter().find(fits).map_or(f64::NAN, |each| each.values[at])
    }

    /// Position of the headline year on the path.
    fn headline(&self) -> usize {
        usize::from(self.study.years.headline - self.study.years.base)
    }

    fn home_value(&self, results: &Results, variable: &str, year: u16) -> f64 {
        results.value("baseline", variable, &self.inputs.names.home, year).unwrap_or(f64::NAN)
    }

    fn growth(&self, results: &Results) -> Plausibility {
        let (base, headline) =
            (self.study.years.base, self.study.years.headline.max(self.study.years.first));
        let ratio =
            self.home_value(results, "gdp", headline) / self.home_value(results, "gdp", base);
        let growth = ratio.powf(1.0 / f64::from(headline - base)) - 1.0;
        Plausibility {
            expectation: "provincial GDP without the programme grows by 2 to 7 % a year".to_owned(),
            found: format!("{:.1} % a year from {base} to {headline}", 100.0 * growth),
            holds: (0.02..=0.07).contains(&growth),
            source: "4.2 % in 2017: HKTDC Research, Liaoning market profile".to_owned(),
        }
    }

    fn project_size(
        &self,
        name: &str,
        project: &InvestmentProject,
        results: &Results,
    ) -> Plausibility {
        let gdp = self.home_value(results, "gdp", self.study.years.headline);
        let share = project.amount.hundred_million_cny() / gdp;
        let moved = self.adds(results, name, "gdp", self.headline()) / gdp;
        Plausibility {
            expectation: format!(
                "`{name}` moves provincial GDP by at most {:.2} %, {MOST_MULTIPLE} times its size of {:.3} % of GDP",
                100.0 * MOST_MULTIPLE * share,
                100.0 * share
            ),
            found: format!("{:+.4} %", 100.0 * moved),
            holds: moved.abs() <= MOST_MULTIPLE * share,
            source: "arithmetic: the project's amount over provincial GDP".to_owned(),
        }
    }

    /// Opened services together, in the last year, when capital has had time to follow.
    fn opening(
        &self,
        opened: &[(&str, &MarketAccess)],
        results: &Results,
        parts: &Parts,
    ) -> Plausibility {
        let last = results.years.len() - 1;
        let home = self.inputs.names.home.as_str();
        let mut change = Opening::default();
        for (name, access) in opened {
            let moved = |owner, industries: &[usize]| {
                parts.of_industries(name, ("output", home, owner), industries, last)
            };
            let industries: Vec<usize> =
                access.industries.iter().map(|industry| industry.index).collect();
            let manufacturing: Vec<usize> = MANUFACTURING.collect();
            change.product += self.adds(results, name, "gdp", last);
            change.domestic += moved(Some(0), &industries);
            change.foreign +=
                (1..self.n.owners).map(|owner| moved(Some(owner), &industries)).sum::<f64>();
            change.manufacturing += moved(None, &manufacturing);
        }
        let Opening { product, domestic, foreign, manufacturing } = change;
        let gdp = self.home_value(results, "gdp", self.study.years.last);
        let billions = |value: f64| format!("{:+.3}", value / BILLION);
        Plausibility {
            expectation: format!(
                "opening services ({} levers) by {}: a small gain (under 1 % of GDP), foreign firms grow and crowd out \
                 some output of domestic ones, manufacturing gains",
                opened.len(),
                self.study.years.last
            ),
            found: format!(
                "GDP {} (of {:.0}), foreign firms of the services {}, domestic {}, manufacturing {} billion CNY",
                billions(product),
                gdp / BILLION,
                billions(foreign),
                billions(domestic),
                billions(manufacturing)
            ),
            holds: product > 0.0
                && product < 0.01 * gdp
                && foreign > 0.0
                && domestic < 0.0
                && manufacturing > 0.0,
            source: "Latorre, Yonezawa & Zhou (2018), China Economic Review: pattern of signs"
                .to_owned(),
        }
    }

    fn zone_trade(&self, name: &str, results: &Results) -> Plausibility {
        let exports = self.adds(results, name, "exports", self.headline());
        Plausibility {
            expectation: format!("`{name}` raises provincial exports"),
            found: format!("{:+.3} billion CNY", exports / BILLION),
            holds: exports > 0.0,
            source: "Zhou & Su (2021): exports of zones rise".to_owned(),
        }
    }
}

fn solved(results: &Results) -> Plausibility {
    let of = |each: &crate::results::SolveRecord| {
        let c = each.certificate;
        [c.zero_profit, c.market_clearance, c.income_balance, c.walras]
            .into_iter()
            .fold(0.0, f64::max)
    };
    let worst = results.solves.iter().map(of).fold(0.0, f64::max);
    Plausibility {
        expectation:
            "every solved year holds its accounts to 1e-8 of output, recomputed from its flows"
                .to_owned(),
        found: format!("{} years, largest deviation {worst:.1e}", results.solves.len()),
        holds: worst < 1e-8,
        source: "identities of the accounts".to_owned(),
    }
}
