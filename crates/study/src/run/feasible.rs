//! Levers whose values no economy can bear, or that do nothing: found before anything is solved.
//!
//! Every lever is put into the drivers of each year, as a run does it; what comes out is held against
//! the limits of the variable. A finding names the lever that moves the cell most, and the first year.
//! Not here: values that are wrong whatever the accounts say (`crate::file`).

use accounts::User;
use diagnostics::{Diagnostic, Findings, Place};
use economy::exogenous::Exogenous;

use super::context::Context;
use crate::inputs::Inputs;
use crate::lever::{Budget, Lever};
use crate::negative_list::File;
use crate::spec::Study;

/// A rate, price or quantity that leaves the range in which the model has a meaning.
pub const OUT_OF_BOUNDS: &str = "E2110";
/// A sum that the region or nation that pays or receives it does not make in a year.
pub const TOO_LARGE: &str = "E2111";
/// Grants to research where the usual research is not known.
pub const NO_RESEARCH: &str = "E2112";
/// A lever that changes nothing in any year of the study.
pub const NO_EFFECT: &str = "W2110";

/// A variable of the model and the range in which it makes sense, ends excluded.
struct Limit {
    variable: &'static str,
    /// As a sentence says it.
    what: &'static str,
    range: (f64, f64),
    /// Why not beyond.
    why: &'static str,
    is_rate: bool,
}

const fn limit(
    variable: &'static str,
    what: &'static str,
    range: (f64, f64),
    why: &'static str,
) -> Limit {
    Limit { variable, what, range, why, is_rate: false }
}

const fn rate(
    variable: &'static str,
    what: &'static str,
    range: (f64, f64),
    why: &'static str,
) -> Limit {
    Limit { variable, what, range, why, is_rate: true }
}

/// Any number, however large.
const ANY: f64 = f64::INFINITY;

/// Just below nothing, for ranges that include it.
const NOTHING: f64 = -1e-12;

/// Limits by variable.
const LIMITS: [Limit; 11] = [
    rate(
        "production_tax",
        "the tax on receipts",
        (-1.0, 1.0),
        "firms keep less than nothing, or the subsidy is more than their sales",
    ),
    rate("corporate_tax", "the tax on profits", (NOTHING, 1.0), "a rate is from 0 to below 100 %"),
    rate("product_tax", "the tax on purchases", (-1.0, ANY), "buyers would pay nothing or less"),
    limit(
        "labour_force",
        "the labour force, base year = 1,",
        (0.0, ANY),
        "more people leave than there are",
    ),
    limit(
        "margin_need",
        "the margin per flow, base year = 1,",
        (0.0, ANY),
        "no margin is left to save",
    ),
    limit(
        "import_price",
        "the price of imports, base year = 1,",
        (0.0, ANY),
        "imports would cost nothing or less",
    ),
    limit(
        "export_cost",
        "the cost of exports, base year = 1,",
        (0.0, ANY),
        "exports would cost nothing or less",
    ),
    limit(
        "partner_demand",
        "demand of partners, base year = 1,",
        (NOTHING, ANY),
        "demand is below zero",
    ),
    limit(
        "productivity",
        "productivity, base year = 1,",
        (0.0, ANY),
        "firms would make nothing or less",
    ),
    limit(
        "labour_productivity",
        "output per person, base year = 1,",
        (0.0, ANY),
        "people would make nothing or less",
    ),
    rate("rent", "the licence rent on receipts", (NOTHING, 1.0), "rents take all that firms sell"),
];

/// Findings about levers that cannot be solved for, or that change nothing; none where the accounts
/// cannot be calibrated, which a run says.
pub fn feasible(study: &Study, file: File<'_>, inputs: &Inputs) -> Findings {
    let Ok(context) = Context::new(study, inputs) else { return Findings::default() };
    let mut findings = Findings::default();
    let years: Vec<(u16, Exogenous)> =
        study.years.all().into_iter().map(|year| (year, context.all_levers(year))).collect();
    for lever in &study.levers {
        let mut found = context.lever_findings(lever, &years);
        if found.is_empty() && !context.acts(lever) {
            found.push(no_effect(lever));
        }
        for (finding, label) in found {
            findings.push(finding.at(header(file, lever), label));
        }
    }
    findings
}

/// The first line of a lever.
fn header(file: File<'_>, lever: &Lever) -> Place {
    let start = lever.header().span.start.min(file.text.len());
    let end = file.text[start..].find('\n').map_or(file.text.len(), |line| start + line);
    Place::in_text(file.name, file.text, start..end)
}

fn no_effect(lever: &Lever) -> (Diagnostic, &'static str) {
    let message = format!("`{}` changes nothing in any year of the study", lever.name());
    let help = "give it an amount, a share or years with an effect, or take it out";
    (Diagnostic::warning(NO_EFFECT, message).help(help), "no effect")
}

type Found = (Diagnostic, &'static str);

impl Context<'_> {
    /// Drivers of a year with all levers.
    fn all_levers(&self, year: u16) -> Exogenous {
        let mut exogenous = self.baseline(year);
        self.study.levers.iter().for_each(|lever| self.apply(lever, year, &mut exogenous));
        exogenous
    }

    /// What is wrong with a lever in the first year in which something is.
    fn lever_findings(&self, lever: &Lever, years: &[(u16, Exogenous)]) -> Vec<Found> {
        let wrong = |(year, all): &(u16, Exogenous)| {
            self.sums_beyond(lever, *year).or_else(|| self.beyond(lever, *year, all))
        };
        let found = self.no_research(lever).or_else(|| years.iter().find_map(wrong));
        found.into_iter().collect()
    }

    /// Whether a lever moves any variable in any year.
    fn acts(&self, lever: &Lever) -> bool {
        self.study.years.all().into_iter().any(|year| {
            let before = self.baseline(year);
            let mut after = before.clone();
            self.apply(lever, year, &mut after);
            let mut capital = after.get("capital").to_vec();
            self.start_projects(&[lever], year, &mut capital);
            after != before || capital != before.get("capital")
        })
    }

    /// The variable that all levers together take out of its range in a year, where this lever moves
    /// it more than any other.
    fn beyond(&self, lever: &Lever, year: u16, all: &Exogenous) -> Option<Found> {
        let outside = |limit: &&Limit| {
            let is_out = |x: &f64| !(*x > limit.range.0 && *x < limit.range.1);
            all.get(limit.variable).iter().any(is_out)
        };
        for limit in LIMITS.iter().filter(outside) {
            let is_out = |x: f64| !(x > limit.range.0 && x < limit.range.1);
            let cell = all.get(limit.variable).iter().position(|x| is_out(*x))?;
            if self.moves_most(lever, year, (limit.variable, cell)) {
                let value = all.get(limit.variable)[cell];
                return Some(self.out_of_bounds(lever, year, limit, (cell, value)));
            }
        }
        self.government_below_zero(lever, year, all)
    }

    fn moves_most(&self, lever: &Lever, year: u16, (variable, cell): (&str, usize)) -> bool {
        let before = self.baseline(year);
        let moved = |lever: &Lever| {
            let mut after = before.clone();
            self.apply(lever, year, &mut after);
            (after.get(variable)[cell] - before.get(variable)[cell]).abs()
        };
        let own = moved(lever);
        own > 0.0 && self.study.levers.iter().all(|each| moved(each) <= own)
    }

    fn out_of_bounds(
        &self,
        lever: &Lever,
        year: u16,
        limit: &Limit,
        (cell, value): (usize, f64),
    ) -> Found {
        let shown =
            if limit.is_rate { format!("{:.1} %", 100.0 * value) } else { format!("{value:.3}") };
        let message = format!(
            "with `{}`, {} is {shown} in {} ({}): {}",
            lever.name(),
            limit.what,
            year,
            self.cell_name(limit.variable, cell),
            limit.why
        );
        let help = format!(
            "change {} of the lever, or other levers on the same cell",
            what_to_change(lever)
        );
        (Diagnostic::error(OUT_OF_BOUNDS, message).help(help), "too far")
    }

    /// Purchases of a government that all levers together cut below nothing.
    fn government_below_zero(&self, lever: &Lever, year: u16, all: &Exogenous) -> Option<Found> {
        let Lever::Fiscal(fiscal) = lever else { return None };
        let region = fiscal.region.index;
        let usual = self.government_purchases(region) * all.get("government")[region];
        let extra: f64 =
            all.get("extra_government").iter().skip(region).step_by(self.n.regions).sum();
        if usual + extra >= 0.0 || fiscal.spending(year).amount() >= 0.0 {
            return None;
        }
        let message = format!(
            "`{}` cuts government purchases in {} to {:.2} hundred million yuan in {year}, below zero",
            lever.name(),
            fiscal.region.name,
            usual + extra
        );
        let help = format!("cut less: purchases there are {usual:.1} hundred million yuan");
        Some((Diagnostic::error(OUT_OF_BOUNDS, message).help(help), "too far"))
    }

    fn government_purchases(&self, region: usize) -> f64 {
        let users = User::ALL.len();
        let at = User::ALL.iter().position(|each| *each == User::Government).unwrap_or(0);
        let bought = &self.model.benchmark.final_use;
        (0..self.n.products).map(|c| bought[(c * users + at) * self.n.regions + region]).sum()
    }

    /// Grants where nobody says what research there is, so that the stock they add to is unknown.
    fn no_research(&self, lever: &Lever) -> Option<Found> {
        let Lever::RdGrants(grants) = lever else { return None };
        if grants.research_spending.is_some() || self.inputs.research_spending.is_some() {
            return None;
        }
        let message = format!(
            "nothing says how much research the regions of `{}` do without it, and the accounts do not",
            lever.name()
        );
        let help = "add what they spend in a usual year: research_spending = \"40 billion CNY\"";
        Some((Diagnostic::error(NO_RESEARCH, message).help(help), "adds to an unknown stock"))
    }

    /// Spending of a year beyond the gross product of those who pay, or of the place of a project.
    fn sums_beyond(&self, lever: &Lever, year: u16) -> Option<Found> {
        let gdp = &self.model.benchmark.gdp;
        let of_payer = |budget: &Budget| match budget {
            Budget::Region(region) => (region.name.clone(), gdp[region.index]),
            Budget::Province => {
                (self.inputs.names.home.clone(), self.home.iter().map(|d| gdp[*d]).sum())
            }
            Budget::Central => ("the nation".to_owned(), gdp.iter().sum()),
        };
        let mut sums: Vec<(f64, String, f64)> = lever
            .cost(year)
            .iter()
            .map(|(budget, money)| {
                let (name, product) = of_payer(budget);
                (money.hundred_million_cny().abs(), name, product)
            })
            .collect();
        if let Lever::InvestmentProject(project) = lever {
            let spent = project.spending(year).hundred_million_cny();
            sums.push((spent, project.region.name.clone(), gdp[project.region.index]));
        }
        let (sum, name, product) = sums.into_iter().find(|(sum, _, product)| sum > product)?;
        let message = format!(
            "`{}` spends {:.1} billion yuan in {year}, more than the gross product of {name}, {:.1}",
            lever.name(),
            sum / 10.0,
            product / 10.0
        );
        let help = "check the multiplier of the amount: million, billion";
        Some((Diagnostic::error(TOO_LARGE, message).help(help), "too much"))
    }

    /// Region, and industry, product, skill or margin, of a cell.
    fn cell_name(&self, variable: &str, cell: usize) -> String {
        let names = &self.inputs.names;
        let n = &self.n;
        let (row, region) = (cell / n.regions, &names.regions[cell % n.regions]);
        let first = match variable {
            "labour_force" => self.inputs.accounts.sets.skill.labels[row].clone(),
            "margin_need" => names.margins[row / n.regions].clone(),
            "product_tax" => names.industries[row / n.users / 2].clone(),
            "import_price" | "export_cost" | "partner_demand" => names.industries[row].clone(),
            _ => names.industries[row / n.owners].clone(),
        };
        format!("{first}, {region}")
    }
}

/// The key that makes a lever smaller.
fn what_to_change(lever: &Lever) -> &'static str {
    match lever {
        Lever::InvestmentProject(_) | Lever::Fiscal(_) => "`amount`",
        Lever::MarketAccess(_) => "the barriers",
        Lever::FreeTradeZone(_) => "`days_saved`, `trade_share` or `corporate_tax_rate`",
        Lever::RdGrants(_) => "`centres_per_year`",
        Lever::Talent(_) => "`persons_per_year`",
        Lever::Technology(_) => "`productivity_gain`",
        Lever::TradeDestination(_) => "`demand_growth` or the cost reductions",
        Lever::Tax(_) => "`change`",
        Lever::Infrastructure(_) => "`margin_saving`",
    }
}
