//! Signs and sizes that an economist expects, each with its source, held against the run.

use super::context::Context;
use super::path::{Baseline, Year};
use crate::lever::{InvestmentProject, Lever, MarketAccess};
use crate::results::{Plausibility, Results};

/// First code of services in the national classification of 42.
const FIRST_SERVICE: usize = 27;

/// Codes of manufacturing, as positions.
const MANUFACTURING: std::ops::Range<usize> = 5..22;

/// A project's share in provincial product bounds what it can move, times this.
const MOST_MULTIPLE: f64 = 3.0;

impl Context<'_> {
    /// All checks that apply to the study's levers.
    pub(crate) fn checks(
        &self,
        results: &Results,
        baseline: &Baseline<'_>,
        scenarios: &[(String, Vec<&Lever>)],
        paths: &[Vec<Year>],
    ) -> Vec<Plausibility> {
        let mut list = vec![self.growth(results), solved(results)];
        for ((name, levers), path) in scenarios.iter().zip(paths).skip(1) {
            match levers[0] {
                Lever::InvestmentProject(project) => list.push(self.project_size(name, project, results)),
                Lever::MarketAccess(access) if self.opens_services(access) => {
                    list.push(self.opening(name, access, results, &baseline.years, path));
                }
                Lever::FreeTradeZone(_) => list.push(self.zone_trade(name, results)),
                _ => {}
            }
        }
        list
    }

    fn opens_services(&self, access: &MarketAccess) -> bool {
        self.n.industries == 42 && access.industries.iter().all(|industry| industry.index >= FIRST_SERVICE)
    }

    /// What a lever alone adds to a provincial variable in the headline year.
    fn adds(&self, results: &Results, lever: &str, variable: &str) -> f64 {
        let at = usize::from(self.study.years.headline - self.study.years.base);
        let home = &self.inputs.names.home;
        let fits = |each: &&crate::results::Contribution| each.lever == lever && each.variable == variable && each.region == *home;
        results.contributions.iter().find(fits).map_or(f64::NAN, |each| each.values[at])
    }

    fn home_value(&self, results: &Results, variable: &str, year: u16) -> f64 {
        results.value("baseline", variable, &self.inputs.names.home, year).unwrap_or(f64::NAN)
    }

    fn growth(&self, results: &Results) -> Plausibility {
        let (base, headline) = (self.study.years.base, self.study.years.headline);
        let ratio = self.home_value(results, "gdp", headline) / self.home_value(results, "gdp", base);
        let growth = ratio.powf(1.0 / f64::from(headline - base)) - 1.0;
        Plausibility {
            expectation: "provincial GDP without the programme grows by 2 to 7 % a year".to_owned(),
            found: format!("{:.1} % a year from {base} to {headline}", 100.0 * growth),
            holds: (0.02..=0.07).contains(&growth),
            source: "4.2 % in 2017: HKTDC Research, Liaoning market profile".to_owned(),
        }
    }

    fn project_size(&self, name: &str, project: &InvestmentProject, results: &Results) -> Plausibility {
        let gdp = self.home_value(results, "gdp", self.study.years.headline);
        let share = project.amount.hundred_million_cny() / gdp;
        let moved = self.adds(results, name, "gdp") / gdp;
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

    fn opening(&self, name: &str, access: &MarketAccess, results: &Results, baseline: &[Year], path: &[Year]) -> Plausibility {
        let at = usize::from(self.study.years.headline - self.study.years.base);
        let output = |year: &Year, firms: &[usize]| firms.iter().map(|firm| year.solution.get("real_output")[*firm]).sum::<f64>();
        let change = |firms: &[usize]| 100.0 * (output(&path[at], firms) / output(&baseline[at], firms) - 1.0);
        let firms = |industries: &mut dyn Iterator<Item = usize>, owners: std::ops::Range<usize>| {
            let mut list = Vec::new();
            for industry in industries {
                for owner in owners.clone() {
                    list.extend(access.regions.iter().map(|region| self.n.firm(industry, owner, region.index)));
                }
            }
            list
        };
        let mut opened = access.industries.iter().map(|industry| industry.index);
        let domestic = change(&firms(&mut opened.clone(), 0..1));
        let foreign = change(&firms(&mut opened, 1..self.n.owners));
        let manufacturing = change(&firms(&mut MANUFACTURING.clone(), 0..self.n.owners));
        let gain = 100.0 * self.adds(results, name, "gdp") / self.home_value(results, "gdp", self.study.years.headline);
        Plausibility {
            expectation: format!("`{name}`: a small gain, foreign firms grow, domestic firms of the industry are crowded out a little, manufacturing gains"),
            found: format!("GDP {gain:+.4} %; foreign firms {foreign:+.2} %, domestic {domestic:+.3} %, manufacturing {manufacturing:+.4} %"),
            holds: (0.0..1.0).contains(&gain) && foreign > 0.0 && domestic < 0.0 && manufacturing > 0.0,
            source: "Latorre, Yonezawa & Zhou (2018), China Economic Review: pattern of signs".to_owned(),
        }
    }

    fn zone_trade(&self, name: &str, results: &Results) -> Plausibility {
        let exports = self.adds(results, name, "exports");
        Plausibility {
            expectation: format!("`{name}` raises provincial exports"),
            found: format!("{exports:+.2} hundred million CNY"),
            holds: exports > 0.0,
            source: "Zhou & Su (2021): exports of zones rise".to_owned(),
        }
    }
}

fn solved(results: &Results) -> Plausibility {
    let of = |each: &crate::results::SolveRecord| {
        let c = each.certificate;
        [c.zero_profit, c.market_clearance, c.income_balance, c.walras].into_iter().fold(0.0, f64::max)
    };
    let worst = results.solves.iter().map(of).fold(0.0, f64::max);
    Plausibility {
        expectation: "every solved year holds its accounts to 1e-8 of output, recomputed from its flows".to_owned(),
        found: format!("{} years, largest deviation {worst:.1e}", results.solves.len()),
        holds: worst < 1e-8,
        source: "identities of the accounts".to_owned(),
    }
}
