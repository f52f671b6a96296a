//! Policy less baseline, split over the levers so that the parts add up to it.
//!
//! | method          | part of a lever                                                            |
//! |-----------------|----------------------------------------------------------------------------|
//! | path integral   | all levers grow together from strength 0 to 1; the lever's derivative is integrated |
//! | Shapley         | what it adds when it joins, averaged over the orders in which levers join  |
//! | alone           | what it does alone; the rest is `interaction`                              |
//!
//! With y(s) a result at strengths s of the levers (`super::effects`), the path integral gives lever l
//!
//! ```text
//! ∫₀¹ ∂y/∂s_l (λ, …, λ) dλ
//! ```
//!
//! by Gauss–Legendre nodes: at each, the path is solved over all years, and each lever's tangent runs
//! through the years, the equilibrium of each by one linear solve and what is between them by dual
//! numbers. The sum over levers is known without quadrature: what is missing is the error. Nodes are
//! added until it is small, and it is then given to the levers in proportion to their parts.
//!
//! A pipeline of many projects ([`MOST_PROJECTS`]) is split by region: the projects of a region are one part,
//! with one tangent. A part each would cost a linear solve a year each, and nobody reads hundreds of rows.
//!
//! Source: Harrison, Horridge & Pearson (2000), Computational Economics 15, for the integral along
//! the straight path.

mod shapley;
mod tangent;

use std::collections::BTreeMap;

use equilibrium::gauss_legendre;
use rayon::prelude::*;

use super::RunError;
use super::context::Context;
use super::indicators::Told;
use super::path::{Baseline, Year};
use super::rows::Rows;
use crate::lever::Lever;
use crate::results::{Contribution, Decomposition};
use crate::spec::Word;

/// Investment projects up to which each is a part of its own.
pub const MOST_PROJECTS: usize = 30;

/// Numbers of nodes that are tried, one after the other.
const NODES: [usize; 4] = [2, 3, 5, 8];

/// Largest quadrature error relative to the sum of the parts' sizes.
const LIMIT: f64 = 1e-4;

/// Relative size of a result below which a difference is noise of the solver.
const NOISE: f64 = 1e-8;

/// Multiple of a row's difference in the base year, where no lever acts yet, that is noise in others.
const SEEN_NOISE: f64 = 10.0;

/// Largest error that more nodes do not make smaller and that is still given to the parts: noise of
/// rows that hardly move.
const MOST_NOISE: f64 = 1e-2;

/// Part of a variable's largest effect in any place below which an effect is negligible.
const NEGLIGIBLE: f64 = 1e-3;

/// How a difference is split over levers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Integral of each lever's derivative while all levers grow together.
    #[default]
    PathIntegral,
    /// Mean over orders in which levers join.
    Shapley,
    /// Each lever alone, and what is left.
    Alone,
}

impl Word for Method {
    const WHAT: &'static str = "method";
    const ALL: &'static [(&'static str, Self)] = &[
        ("path_integral", Self::PathIntegral),
        ("shapley", Self::Shapley),
        ("alone", Self::Alone),
    ];
}

/// Levers told as one part: its name, and their positions in the study.
pub(crate) type Group = (String, Vec<usize>);

/// The parts that a study's levers are told as: each lever, or many projects by region.
pub(crate) fn groups(levers: &[Lever]) -> Vec<Group> {
    let project = |lever: &Lever| match lever {
        Lever::InvestmentProject(project) => Some(project.region.name.clone()),
        _ => None,
    };
    let many = levers.iter().filter(|lever| project(lever).is_some()).count() > MOST_PROJECTS;
    let mut list: Vec<Group> = Vec::new();
    for (at, lever) in levers.iter().enumerate() {
        let name = match project(lever).filter(|_| many) {
            Some(region) => format!("Projects in {region}"),
            None => lever.name().to_owned(),
        };
        match list.iter_mut().find(|(known, _)| many && *known == name) {
            Some((_, members)) => members.push(at),
            None => list.push((name, vec![at])),
        }
    }
    list
}

/// Paths that a method solves beside baseline and policy, at least.
pub(crate) fn paths(method: Method, levers: usize) -> usize {
    match method {
        _ if levers == 0 => 0,
        Method::PathIntegral => NODES[0],
        Method::Shapley => shapley::paths(levers),
        Method::Alone => levers,
    }
}

/// The parts of all rows, and how they were found.
pub(crate) struct Parts {
    rows: Rows,
    years: usize,
    /// Name and values of each part, in the order of the rows.
    by_lever: Vec<(String, Vec<f64>)>,
    /// How they were found.
    pub(crate) note: Decomposition,
    /// Paths that were solved for them.
    pub(crate) paths: Vec<(String, Vec<Year>)>,
}

impl Parts {
    /// As results tell them.
    pub(crate) fn contributions(&self, context: &Context<'_>) -> Vec<Contribution> {
        let kept = (0..self.rows.len()).filter(|row| self.rows.is_kept(*row));
        let of_row = |row: usize| {
            let cells = row * self.years..(row + 1) * self.years;
            self.by_lever.iter().map(move |(name, values)| {
                self.rows.contribution(context, row, name, &values[cells.clone()])
            })
        };
        kept.flat_map(of_row).collect()
    }

    /// Whether a lever is a part of its own.
    pub(crate) fn has(&self, lever: &str) -> bool {
        self.by_lever.iter().any(|(name, _)| name == lever)
    }

    /// What a lever adds to a variable of some industries in a place, for one owner or all.
    pub(crate) fn of_industries(
        &self,
        lever: &str,
        (variable, place, owner): (&str, &str, Option<usize>),
        industries: &[usize],
        at: usize,
    ) -> f64 {
        let Some((_, values)) = self.by_lever.iter().find(|(name, _)| name == lever) else {
            return f64::NAN;
        };
        let rows = self.rows.by_industry(variable, place, owner);
        let wanted = rows.filter(|(_, industry)| industries.contains(industry));
        wanted.map(|(row, _)| values[row * self.years + at]).sum()
    }
}

/// A value of each row and year of a path.
type Values = Vec<f64>;

/// What all methods start from.
struct Ends<'e, 'm> {
    rows: &'e Rows,
    years: usize,
    baseline: &'e Baseline<'m>,
    /// Policy less baseline.
    total: Values,
    /// Size of each value on either path.
    level: Values,
}

impl Context<'_> {
    /// Splits policy less baseline.
    pub(crate) fn parts(
        &self,
        method: Method,
        baseline: &Baseline<'_>,
        policy: &[Year],
        tick: &(dyn Fn() + Sync),
    ) -> Result<Parts, RunError> {
        let rows = Rows::new(self);
        let levers: Vec<&Lever> = self.study.levers.iter().collect();
        let before = self.rows_of(&rows, baseline, &baseline.years, &[]);
        let after = self.rows_of(&rows, baseline, policy, &levers);
        let total = after.iter().zip(&before).map(|(a, b)| a - b).collect();
        let level = after.iter().zip(&before).map(|(a, b)| a.abs().max(b.abs())).collect();
        let ends = Ends { rows: &rows, years: policy.len(), baseline, total, level };
        let (parts, note, paths) = match method {
            _ if levers.is_empty() => (vec![], Decomposition::none(method.word()), vec![]),
            Method::PathIntegral => self.path_integral(&ends, tick)?,
            Method::Shapley => self.shapley(&ends, &before, tick)?,
            Method::Alone => self.alone(&ends, &before, tick)?,
        };
        Ok(Parts { rows, years: policy.len(), by_lever: parts, note, paths })
    }

    /// All rows of a path with some levers at full strength.
    fn rows_of(
        &self,
        rows: &Rows,
        baseline: &Baseline<'_>,
        years: &[Year],
        levers: &[&Lever],
    ) -> Values {
        rows.values(self, Told { years, baseline: &baseline.years, levers, strengths: &[] })
    }

    fn alone(
        &self,
        ends: &Ends<'_, '_>,
        before: &[f64],
        tick: &(dyn Fn() + Sync),
    ) -> Result<Split, RunError> {
        let run = |lever: &Lever| {
            let years = self.solve_scenario(lever.name(), &[lever], ends.baseline, tick)?;
            let values = self.rows_of(ends.rows, ends.baseline, &years, &[lever]);
            Ok((lever.name().to_owned(), less(&values, before), years))
        };
        let runs: Vec<_> =
            self.study.levers.par_iter().map(run).collect::<Result<_, RunError>>()?;
        let mut parts: Vec<(String, Values)> = Vec::new();
        let mut paths = Vec::new();
        for (name, values, years) in runs {
            parts.push((name.clone(), values));
            paths.push((name, years));
        }
        parts.push(("interaction".to_owned(), left(&ends.total, &parts)));
        let note = Decomposition {
            statement:
                "running each lever alone; `interaction` is policy less baseline less the sum \
                        of these"
                    .to_owned(),
            ..Decomposition::none(Method::Alone.word())
        };
        Ok((parts, note, paths))
    }

    fn path_integral(
        &self,
        ends: &Ends<'_, '_>,
        tick: &(dyn Fn() + Sync),
    ) -> Result<Split, RunError> {
        let tangents = tangent::Tangents::new(self, ends.baseline);
        let groups = groups(&self.study.levers);
        let mut parts: Vec<(String, Values)> =
            groups.iter().map(|(name, _)| (name.clone(), vec![])).collect();
        let (mut note, mut paths) = (Decomposition::none(Method::PathIntegral.word()), vec![]);
        let mut worst = 0;
        for count in NODES {
            paths.clear();
            for (_, values) in &mut parts {
                *values = vec![0.0; ends.total.len()];
            }
            let at_nodes: Vec<_> = gauss_legendre(count)
                .into_par_iter()
                .map(|(strength, weight)| {
                    let node = tangents.node(strength, tick)?;
                    let slopes = tangents.by_group(&groups, &node, ends.rows)?;
                    Ok((strength, weight, node.years, slopes))
                })
                .collect::<Result<_, RunError>>()?;
            for (strength, weight, years, slopes) in at_nodes {
                for ((_, part), slopes) in parts.iter_mut().zip(slopes) {
                    part.iter_mut().zip(slopes).for_each(|(part, slope)| *part += weight * slope);
                }
                paths.push((tangent::name(strength), years));
            }
            note.nodes = count;
            let before = std::mem::replace(&mut note.error, 0.0);
            (note.error, worst) = error(ends, &parts);
            // What more nodes do not make smaller is noise of the solver.
            let falls = count == NODES[0] || note.error < 0.5 * before;
            if note.error <= LIMIT || !falls {
                break;
            }
        }
        note.limit = LIMIT;
        note.statement = format!(
            "the path integral: all levers grow together from nothing to full strength, and each lever's \
             derivative is integrated on the way ({} Gauss-Legendre nodes); the largest quadrature \
             error is {:.1e} of the parts ({})",
            note.nodes,
            note.error,
            ends.rows.contribution(self, worst, "", &[]).place()
        );
        settle(ends, &mut parts, &mut note);
        Ok((parts, note, paths))
    }
}

/// Parts with their names, the note, and the paths that were solved.
type Split = (Vec<(String, Values)>, Decomposition, Vec<(String, Vec<Year>)>);

fn less(a: &[f64], b: &[f64]) -> Values {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// The total less the sum of the parts.
fn left(total: &[f64], parts: &[(String, Values)]) -> Values {
    let at = |cell: usize| total[cell] - parts.iter().map(|(_, part)| part[cell]).sum::<f64>();
    (0..total.len()).map(at).collect()
}

fn sizes(parts: &[(String, Values)], cell: usize) -> f64 {
    parts.iter().map(|(_, part)| part[cell].abs()).sum()
}

/// Largest difference of the sum of the parts from the total in any row, beyond the noise of the
/// solver, with its row. It is relative to the largest effect of the row in any year, or to a small
/// part of the variable's largest effect anywhere: where places cancel, what is left is rounding.
fn error(ends: &Ends<'_, '_>, parts: &[(String, Values)]) -> (f64, usize) {
    let left = left(&ends.total, parts);
    let most = |row: usize, size: &dyn Fn(usize) -> f64| {
        (row * ends.years..(row + 1) * ends.years).map(size).fold(0.0, f64::max)
    };
    let effect = |row: usize| most(row, &|cell| sizes(parts, cell));
    let mut anywhere: BTreeMap<&str, f64> = BTreeMap::new();
    for row in 0..ends.rows.len() {
        let largest = anywhere.entry(ends.rows.variable(row)).or_default();
        *largest = largest.max(effect(row));
    }
    let of_row = |row: usize| {
        // Before any lever acts, policy and baseline differ by the solver's noise alone.
        let seen = ends.total[row * ends.years].abs();
        let noise = most(row, &|cell| ends.level[cell]) * NOISE + SEEN_NOISE * seen;
        let beyond = most(row, &|cell| left[cell].abs()) - noise;
        let scale = effect(row).max(NEGLIGIBLE * anywhere[ends.rows.variable(row)]);
        if beyond <= 0.0 { 0.0 } else { beyond / scale }
    };
    let all = (0..ends.rows.len()).map(|row| (of_row(row), row));
    all.fold((0.0, 0), |worst, each| if each.0 > worst.0 { each } else { worst })
}

/// Gives what is left to the parts in proportion to their sizes; where it is too large for that, it
/// becomes a part of its own.
fn settle(ends: &Ends<'_, '_>, parts: &mut Vec<(String, Values)>, note: &mut Decomposition) {
    let left = left(&ends.total, parts);
    let stopped_at_noise = note.nodes < NODES[NODES.len() - 1];
    if note.error > if stopped_at_noise { MOST_NOISE } else { LIMIT } {
        parts.push(("remainder".to_owned(), left));
        note.statement.push_str("; it is shown as `remainder`");
        return;
    }
    let count = parts.len() as f64;
    for (cell, left) in left.iter().enumerate() {
        let size = sizes(parts, cell);
        for (_, part) in parts.iter_mut() {
            let share = if size > 0.0 { part[cell].abs() / size } else { 1.0 / count };
            part[cell] += left * share;
        }
    }
    note.statement.push_str(" and is given to them in proportion");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lever::{Header, InvestmentProject};

    fn projects(count: usize) -> Vec<Lever> {
        let project = |at: usize| {
            let mut project = InvestmentProject {
                header: Header { name: format!("Plant {at}"), ..Header::default() },
                ..InvestmentProject::default()
            };
            project.region.name = ["Shenyang", "Dalian"][at % 2].to_owned();
            Lever::InvestmentProject(project)
        };
        (0..count).map(project).collect()
    }

    #[test]
    fn many_projects_are_told_by_region_and_few_alone() {
        let few = groups(&projects(MOST_PROJECTS));
        assert!(few.len() == MOST_PROJECTS && few[3] == ("Plant 3".to_owned(), vec![3]));
        let many = groups(&projects(MOST_PROJECTS + 1));
        let names: Vec<&str> = many.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Projects in Shenyang", "Projects in Dalian"]);
        assert_eq!(many[1].1, (0..MOST_PROJECTS / 2).map(|at| 2 * at + 1).collect::<Vec<_>>());
    }
}
