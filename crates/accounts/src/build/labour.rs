//! Wages and persons by skill.

use super::BuildReport;
use super::input::{Input, SECTORS};
use super::owners::{Firms, compensation};

/// Persons per money of compensation in an industry, at home and in the rest of the country.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labour {
    /// Persons per money: index industry, then home (0) or rest (1).
    persons_per_money: Vec<[f64; 2]>,
    skilled_persons: Vec<f64>,
    skilled_wages: Vec<f64>,
}

impl Labour {
    /// Compensation by skill out of the total of a firm.
    pub(super) fn wages(&self, skill: usize, industry: usize, total: f64) -> f64 {
        total
            * if skill == 1 {
                self.skilled_wages[industry]
            } else {
                1.0 - self.skilled_wages[industry]
            }
    }

    /// Persons by skill for the compensation of a firm.
    pub(super) fn persons(&self, skill: usize, industry: usize, is_rest: bool, total: f64) -> f64 {
        let share = self.skilled_persons[industry];
        let part = if skill == 1 { share } else { 1.0 - share };
        total * self.persons_per_money[industry][usize::from(is_rest)] * part
    }
}

/// 10,000 CNY in 100 million CNY.
const TEN_THOUSAND: f64 = 1e-4;

pub(super) fn labour(input: &Input, firms: &Firms, report: &mut BuildReport) -> Labour {
    let [home, nation] = input.assumptions.employment;
    let h = input.home_regions();
    let wages = |i: usize, from: usize, to: usize| -> f64 {
        (from..to).map(|r| firms.total(i, r, compensation)).sum()
    };
    let mut persons_per_money = vec![[0.0; 2]; input.size()];
    let areas = [
        (&input.home, 0, h, home.total, home.primary),
        (&input.regions[h], h, h + 1, nation.total - home.total, nation.primary - home.primary),
    ];
    for (area, (name, from, to, total, primary)) in areas.into_iter().enumerate() {
        let first_guess = |i: usize| wages(i, from, to) / (average(input, i) * TEN_THOUSAND);
        let others: f64 =
            (0..input.size()).filter(|i| !is_primary(input, *i)).map(first_guess).sum();
        let farm_wages: f64 =
            (0..input.size()).filter(|i| is_primary(input, *i)).map(|i| wages(i, from, to)).sum();
        let factor = (total - primary) / others;
        for (i, each) in persons_per_money.iter_mut().enumerate() {
            each[area] = if is_primary(input, i) {
                primary / farm_wages
            } else {
                factor / (average(input, i) * TEN_THOUSAND)
            };
        }
        let item =
            format!("Persons outside agriculture per person at average compensation, {name}");
        report.adjust(item, factor, "ratio", "one factor so that total employment is hit");
    }
    let by_industry = &input.by_industry;
    let skilled_wages = (0..input.size())
        .map(|i| {
            let skilled = by_industry.skilled_share[i] * by_industry.skill_premium[i];
            skilled / (skilled + 1.0 - by_industry.skilled_share[i])
        })
        .collect();
    Labour { persons_per_money, skilled_persons: by_industry.skilled_share.clone(), skilled_wages }
}

fn is_primary(input: &Input, i: usize) -> bool {
    SECTORS[input.industries[i].sector] == "primary"
}

/// Compensation per person in 10,000 CNY: census, or the assumption outside it.
fn average(input: &Input, i: usize) -> f64 {
    input.census[i]
        .map_or(input.by_industry.average_compensation[i], |firms| firms.compensation_per_person)
}
