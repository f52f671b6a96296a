//! Aggregation and disaggregation by a concordance.
//!
//! A concordance lists, by axis, which fine labels make up which coarse label, with the weight of
//! each fine label in its coarse one. Aggregation sums; disaggregation splits by weights. Both are
//! linear maps of each axis, so every identity of accounts that holds before holds after, and
//! aggregating what was disaggregated gives it back.
//! Not here: reading concordance files (crate `formats`).

use std::collections::BTreeMap;
use std::fmt;

use crate::input_output::{Extension, InputOutputTable, Label};
use crate::matrix::Matrix;
use crate::regional::{RegionalAccounts, SOURCES, Sets, User};
use crate::table::{Axis, Table};

/// One fine label of a coarse one.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Fine label.
    pub fine: String,
    /// Coarse label.
    pub coarse: String,
    /// Weight of the fine label in the coarse one, ≥ 0; only disaggregation uses it.
    pub weight: f64,
}

/// Links by axis (`region`, `product`, `industry`, `owner`, `skill`), in the order of the result.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Concordance {
    links: BTreeMap<String, Vec<Link>>,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Fine to coarse, by sums.
    Aggregate,
    /// Coarse to fine, by weights.
    Disaggregate,
}

/// Why a concordance does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConcordanceError {
    /// No link says what becomes of a label.
    Missing {
        /// Axis.
        axis: String,
        /// Label.
        label: String,
    },
    /// A label that the table does not have.
    Unknown {
        /// Axis.
        axis: String,
        /// Label.
        label: String,
    },
    /// A fine label is linked twice.
    Twice {
        /// Axis.
        axis: String,
        /// Label.
        label: String,
    },
    /// The weights of a coarse label are negative, not finite or sum to zero.
    Weights {
        /// Axis.
        axis: String,
        /// Coarse label.
        label: String,
    },
    /// A product that is a margin would be merged with one that is not.
    Margin {
        /// Coarse product.
        label: String,
    },
}

impl fmt::Display for ConcordanceError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { axis, label } => {
                write!(out, "{axis} `{label}` is not in the concordance")
            }
            Self::Unknown { axis, label } => write!(out, "the tables have no {axis} `{label}`"),
            Self::Twice { axis, label } => write!(out, "{axis} `{label}` is linked twice"),
            Self::Weights { axis, label } => {
                write!(out, "the weights of {axis} `{label}` are negative or sum to zero")
            }
            Self::Margin { label } => {
                write!(out, "`{label}` would merge a margin product with one that is none")
            }
        }
    }
}

impl std::error::Error for ConcordanceError {}

impl Concordance {
    /// Adds a link to an axis.
    pub fn add(&mut self, axis: impl Into<String>, link: Link) {
        self.links.entry(axis.into()).or_default().push(link);
    }

    /// What becomes of the labels of an axis; an axis without links stays.
    fn map(&self, axis: &str, labels: &[String], way: Direction) -> Result<Map, ConcordanceError> {
        let Some(links) = self.links.get(axis) else {
            return Ok(Map::identity(labels));
        };
        check(axis, links, labels, way)?;
        let mut to: Vec<String> = vec![];
        let mut parts = vec![vec![]; labels.len()];
        for link in links {
            let (from, into) = match way {
                Direction::Aggregate => (&link.fine, &link.coarse),
                Direction::Disaggregate => (&link.coarse, &link.fine),
            };
            let target = to.iter().position(|label| label == into).unwrap_or_else(|| {
                to.push(into.clone());
                to.len() - 1
            });
            let weight = match way {
                Direction::Aggregate => 1.0,
                Direction::Disaggregate => link.weight / weight_sum(links, &link.coarse),
            };
            if let Some(at) = labels.iter().position(|label| label == from) {
                parts[at].push((target, weight));
            }
        }
        match labels.iter().zip(&parts).find(|(_, parts)| parts.is_empty()) {
            Some((label, _)) => {
                Err(ConcordanceError::Missing { axis: axis.to_owned(), label: label.clone() })
            }
            None => Ok(Map { to, parts }),
        }
    }
}

fn weight_sum(links: &[Link], coarse: &str) -> f64 {
    links.iter().filter(|link| link.coarse == coarse).map(|link| link.weight).sum()
}

fn check(
    axis: &str,
    links: &[Link],
    labels: &[String],
    way: Direction,
) -> Result<(), ConcordanceError> {
    let axis = axis.to_owned();
    for (at, link) in links.iter().enumerate() {
        if links[..at].iter().any(|before| before.fine == link.fine) {
            return Err(ConcordanceError::Twice { axis, label: link.fine.clone() });
        }
        let from = if way == Direction::Aggregate { &link.fine } else { &link.coarse };
        if !labels.contains(from) {
            return Err(ConcordanceError::Unknown { axis, label: from.clone() });
        }
        let sum = weight_sum(links, &link.coarse);
        let usable = link.weight >= 0.0 && sum > 0.0 && sum.is_finite();
        if way == Direction::Disaggregate && !usable {
            return Err(ConcordanceError::Weights { axis, label: link.coarse.clone() });
        }
    }
    Ok(())
}

/// A linear map of an axis: where each label goes and with which part.
#[derive(Debug, Clone)]
struct Map {
    to: Vec<String>,
    parts: Vec<Vec<(usize, f64)>>,
}

impl Map {
    fn identity(labels: &[String]) -> Self {
        Self { to: labels.to_vec(), parts: (0..labels.len()).map(|at| vec![(at, 1.0)]).collect() }
    }

    /// This map, then the labels of `others`, which stay.
    fn followed_by(&self, others: &[String]) -> Self {
        let mut all = self.clone();
        for label in others {
            all.parts.push(vec![(all.to.len(), 1.0)]);
            all.to.push(label.clone());
        }
        all
    }

    /// This map of the labels at `positions` only.
    fn restricted(&self, positions: &[usize]) -> Self {
        let mut kept: Vec<usize> =
            positions.iter().flat_map(|at| self.parts[*at].iter().map(|part| part.0)).collect();
        kept.sort_unstable();
        kept.dedup();
        let place = |to: usize| kept.binary_search(&to).expect("every target is kept");
        let parts = |at: &usize| self.parts[*at].iter().map(|(to, w)| (place(*to), *w)).collect();
        Self {
            to: kept.iter().map(|to| self.to[*to].clone()).collect(),
            parts: positions.iter().map(parts).collect(),
        }
    }
}

/// Adds every cell of `table` to where its labels go.
fn apply(table: &Table, into: &mut Table, maps: &BTreeMap<&str, Map>) {
    let axes: Vec<&Map> = table.axes().iter().map(|axis| &maps[axis.name]).collect();
    for (flat, value) in table.values().iter().enumerate().filter(|(_, value)| **value != 0.0) {
        let mut cells = vec![(vec![], *value)];
        for (map, at) in axes.iter().zip(table.position_of(flat)) {
            cells = cells
                .into_iter()
                .flat_map(|(position, value): (Vec<usize>, f64)| {
                    map.parts[at].iter().map(move |(to, part)| {
                        let mut longer = position.clone();
                        longer.push(*to);
                        (longer, value * part)
                    })
                })
                .collect();
        }
        for (position, value) in cells {
            *into.at_mut(&position) += value;
        }
    }
}

/// Regional accounts over other labels.
///
/// `region` also maps origins, destinations and producers; `industry` also the users; `product` also
/// the margins.
///
/// # Errors
/// [`ConcordanceError`] names the label that does not fit.
pub fn regional(
    accounts: &RegionalAccounts,
    concordance: &Concordance,
    way: Direction,
) -> Result<RegionalAccounts, ConcordanceError> {
    let sets = &accounts.sets;
    let map = |axis: &Axis| concordance.map(axis.name, &axis.labels, way);
    let (region, product, industry) =
        (map(&sets.region)?, map(&sets.product)?, map(&sets.industry)?);
    let (owner, skill) = (map(&sets.owner)?, map(&sets.skill)?);
    let margin = product.restricted(&sets.margin_products());
    check_margins(sets, &product, &margin)?;
    let new = Sets::new(&region.to, &product.to, &industry.to, &owner.to, &skill.to, &margin.to);
    let finals = User::ALL.map(|user| user.name().to_owned());
    let maps = BTreeMap::from([
        ("user", industry.followed_by(&finals)),
        ("source", Map::identity(&SOURCES.map(str::to_owned))),
        ("origin", region.clone()),
        ("destination", region.clone()),
        ("producer", region.clone()),
        ("region", region),
        ("product", product),
        ("industry", industry),
        ("owner", owner),
        ("skill", skill),
        ("margin", margin),
    ]);
    let unit = accounts.output.unit.clone();
    let mut out = RegionalAccounts::zeros(new, accounts.base_year, unit);
    for (table, into) in accounts.tables().into_iter().zip(out.tables_mut()) {
        apply(table, into, &maps);
    }
    Ok(out)
}

fn check_margins(sets: &Sets, product: &Map, margin: &Map) -> Result<(), ConcordanceError> {
    let margins = sets.margin_products();
    for (_, parts) in product.parts.iter().enumerate().filter(|(at, _)| !margins.contains(at)) {
        let mixed = parts.iter().find(|(to, _)| margin.to.contains(&product.to[*to]));
        if let Some((to, _)) = mixed {
            return Err(ConcordanceError::Margin { label: product.to[*to].clone() });
        }
    }
    Ok(())
}

/// An input-output table over other regions (`region`) and industries (`industry`); categories of
/// final demand keep their names.
///
/// # Errors
/// [`ConcordanceError`] names the label that does not fit.
pub fn input_output(
    table: &InputOutputTable,
    concordance: &Concordance,
    way: Direction,
) -> Result<InputOutputTable, ConcordanceError> {
    let places: Vec<Label> = table.industries.iter().chain(&table.categories).cloned().collect();
    let old_regions = distinct(&places, |l| &l.region);
    let regions = concordance.map("region", &old_regions, way)?;
    let names = concordance.map("industry", &distinct(&table.industries, |l| &l.name), way)?;
    let old_names = distinct(&table.industries, |l| &l.name);
    let same = Map::identity(&distinct(&table.categories, |l| &l.name));
    let old_categories = distinct(&table.categories, |l| &l.name);
    let (industries, rows) =
        labels(&table.industries, (&regions, &old_regions), (&names, &old_names));
    let (categories, columns) =
        labels(&table.categories, (&regions, &old_regions), (&same, &old_categories));
    let keep = |n: usize| -> Parts { (0..n).map(|at| vec![(at, 1.0)]).collect() };
    let (n, f) = (industries.len(), categories.len());
    let extension = |each: &Extension| Extension {
        name: each.name.clone(),
        rows: each.rows.clone(),
        by_industry: mapped(&each.by_industry, &keep(each.rows.len()), &rows, each.rows.len(), n),
        by_final_demand: each
            .by_final_demand
            .as_ref()
            .map(|y| mapped(y, &keep(each.rows.len()), &columns, each.rows.len(), f)),
    };
    let v = table.primary_inputs.len();
    let output = Matrix::from_values(1, table.output.len(), table.output.clone());
    Ok(InputOutputTable {
        name: table.name.clone(),
        unit: table.unit.clone(),
        primary_inputs: table.primary_inputs.clone(),
        flows: mapped(&table.flows, &rows, &rows, n, n),
        final_demand: mapped(&table.final_demand, &rows, &columns, n, f),
        value_added: mapped(&table.value_added, &keep(v), &rows, v, n),
        output: mapped(&output, &keep(1), &rows, 1, n).row(0).to_vec(),
        extensions: table.extensions.iter().map(extension).collect(),
        industries,
        categories,
    })
}

type Parts = Vec<Vec<(usize, f64)>>;

fn distinct(labels: &[Label], of: impl Fn(&Label) -> &String) -> Vec<String> {
    let mut seen: Vec<String> = vec![];
    for label in labels {
        if !seen.contains(of(label)) {
            seen.push(of(label).clone());
        }
    }
    seen
}

/// Labels after both maps, in order of first appearance, and where each old one goes.
fn labels(
    old: &[Label],
    region: (&Map, &[String]),
    name: (&Map, &[String]),
) -> (Vec<Label>, Parts) {
    let mut new: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let place = |(map, old): (&Map, &[String]), label: &String| -> Vec<(usize, f64)> {
        let at = old.iter().position(|each| each == label);
        at.map_or_else(Vec::new, |at| map.parts[at].clone())
    };
    let pairs: Vec<Vec<((usize, usize), f64)>> = old
        .iter()
        .map(|label| {
            let names = place(name, &label.name);
            let regions = place(region, &label.region);
            let pair = |(r, a): (usize, f64)| names.iter().map(move |(k, b)| ((r, *k), a * b));
            regions.into_iter().flat_map(pair).collect()
        })
        .collect();
    pairs.iter().flatten().for_each(|(pair, weight)| *new.entry(*pair).or_default() += weight);
    let order: Vec<(usize, usize)> = new.into_keys().collect();
    let label = |(r, k): &(usize, usize)| Label {
        region: region.0.to[*r].clone(),
        name: name.0.to[*k].clone(),
    };
    let find = |pair: &(usize, usize)| order.binary_search(pair).expect("listed above");
    let parts = pairs
        .iter()
        .map(|list| list.iter().map(|(pair, weight)| (find(pair), *weight)).collect())
        .collect();
    (order.iter().map(label).collect(), parts)
}

fn mapped(old: &Matrix, rows: &Parts, columns: &Parts, n: usize, m: usize) -> Matrix {
    let mut new = Matrix::zeros(n, m);
    for (i, row) in rows.iter().enumerate() {
        for (j, column) in columns.iter().enumerate() {
            for (to, a) in row {
                for (at, b) in column {
                    *new.at_mut(*to, *at) += a * b * old.at(i, j);
                }
            }
        }
    }
    new
}
