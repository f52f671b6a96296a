//! Whether totals can be met at all, and which lines conflict when they cannot.
//!
//! A positive cell lets a row give to a column, a negative one a column give to a row, without limit.
//! Totals can be met exactly when all that is to be given finds a way: a flow through this network.
//! When the largest flow falls short, the lines that can still be reached from one that has something
//! left are a set that wants more than the only lines it can meet (max-flow = min-cut; for tables
//! without negative cells, the condition of Hall and Gale).
//! Not here: receipts = outlays without totals (`super::circulation`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::circulation::strong_components;
use super::{BalanceError, Side};
use crate::matrix::Matrix;

/// What may be left over, relative to all that is given.
const LEFT_OVER: f64 = 1e-9;
/// A flow below this share of all that is given counts as none.
const NO_FLOW: f64 = 1e-14;
/// Searches before the question is given up: each looks at the table once.
const MOST_SEARCHES: usize = 2000;
/// Lines with something left whose conflict is looked at, to show the smallest.
const MOST_CONFLICTS: usize = 16;

/// The smallest found set of lines whose totals cannot be met with the cells of `prior`, if any.
///
/// - `rows`, `columns`: wanted totals of one sum. Only the signs of the cells matter.
///
/// # Source
/// Gale (1957), "A theorem on flows in networks": a transport is feasible unless such a set exists.
pub fn conflict(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Option<BalanceError> {
    if (prior.rows(), prior.columns()) != (rows.len(), columns.len()) {
        return Some(BalanceError::ShapeMismatch);
    }
    Network::filled(prior, rows, columns)?.smallest_conflict(rows, columns)
}

/// Cells (row, column) that are 0 in every table with these totals and the signs of `prior`.
///
/// Totals that can be met, but only so, leave a method that keeps cells from being 0 without a
/// solution. None are found where totals cannot be met: see [`conflict`].
pub fn forced_to_zero(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Vec<(usize, usize)> {
    if (prior.rows(), prior.columns()) != (rows.len(), columns.len()) {
        return Vec::new();
    }
    let Some(network) = Network::filled(prior, rows, columns) else { return Vec::new() };
    if network.smallest_conflict(rows, columns).is_some() {
        return Vec::new();
    }
    // A cell can carry more only as part of a circle of lines that can give on or send back.
    let m = rows.len();
    let component = strong_components(m + columns.len(), |from, to| network.leads(from, to));
    let cells = (0..m).flat_map(|i| (0..columns.len()).map(move |j| (i, j)));
    cells.filter(|(i, j)| prior.at(*i, *j) != 0.0 && component[*i] != component[m + j]).collect()
}

/// Why a fit does not end, as far as rows and columns tell.
pub(super) fn reason(prior: &Matrix, rows: &[f64], columns: &[f64]) -> Option<BalanceError> {
    conflict(prior, rows, columns).or_else(|| {
        let cells = forced_to_zero(prior, rows, columns);
        (!cells.is_empty()).then_some(BalanceError::ForcedToZero(cells))
    })
}

/// Rows are nodes 0 … m − 1, columns m … m + n − 1.
struct Network<'a> {
    prior: &'a Matrix,
    signed: bool,
    /// What a node still has to give.
    left: Vec<f64>,
    /// What a node still wants.
    wanted: Vec<f64>,
    /// For each node, what came from which other node.
    received: Vec<BTreeMap<usize, f64>>,
    size: f64,
}

impl<'a> Network<'a> {
    /// The network with the largest flow; none when it was not found.
    fn filled(prior: &'a Matrix, rows: &[f64], columns: &[f64]) -> Option<Self> {
        let mut network = Self::of(prior, rows, columns);
        network.send_directly();
        let mut searches = 0;
        while network.send_over_other_lines() {
            searches += 1;
            if searches == MOST_SEARCHES {
                return None;
            }
        }
        Some(network)
    }

    fn of(prior: &'a Matrix, rows: &[f64], columns: &[f64]) -> Self {
        let surplus: Vec<f64> =
            rows.iter().copied().chain(columns.iter().map(|value| -value)).collect();
        let left: Vec<f64> = surplus.iter().map(|value| value.max(0.0)).collect();
        Self {
            prior,
            signed: prior.values().iter().any(|cell| *cell < 0.0),
            size: left.iter().sum(),
            left,
            wanted: surplus.iter().map(|value| (-value).max(0.0)).collect(),
            received: vec![BTreeMap::new(); surplus.len()],
        }
    }

    fn cell(&self, from: usize, to: usize) -> f64 {
        let m = self.prior.rows();
        if from < m { self.prior.at(from, to - m) } else { -self.prior.at(to, from - m) }
    }

    /// Whether `from` can give to `to` through a cell, or send back what it received.
    fn leads(&self, from: usize, to: usize) -> bool {
        let m = self.prior.rows();
        let received = || self.received[from].get(&to).copied().unwrap_or(0.0);
        (from < m) != (to < m) && (self.cell(from, to) > 0.0 || received() > self.none())
    }

    /// Nodes that `node` can give to through a cell.
    fn by_cells(&self, node: usize) -> Vec<usize> {
        let m = self.prior.rows();
        if node < m {
            let cells = self.prior.row(node).iter().enumerate();
            return cells.filter(|(_, cell)| **cell > 0.0).map(|(j, _)| m + j).collect();
        }
        let negative = |i: &usize| self.prior.at(*i, node - m) < 0.0;
        if self.signed { (0..m).filter(negative).collect() } else { Vec::new() }
    }

    /// Nodes that can give to `node` through a cell.
    fn by_cells_into(&self, node: usize) -> Vec<usize> {
        let m = self.prior.rows();
        if node < m {
            let cells = self.prior.row(node).iter().enumerate();
            return cells.filter(|(_, cell)| **cell < 0.0).map(|(j, _)| m + j).collect();
        }
        (0..m).filter(|i| self.prior.at(*i, node - m) > 0.0).collect()
    }

    fn none(&self) -> f64 {
        NO_FLOW * self.size
    }

    fn send(&mut self, from: usize, to: usize, amount: f64) {
        *self.received[to].entry(from).or_insert(0.0) += amount;
    }

    /// Every line gives what it can to lines it has a cell with.
    fn send_directly(&mut self) {
        for from in 0..self.left.len() {
            if self.left[from] <= self.none() {
                continue;
            }
            for to in self.by_cells(from) {
                let amount = self.left[from].min(self.wanted[to]);
                if amount > self.none() {
                    self.send(from, to, amount);
                    self.left[from] -= amount;
                    self.wanted[to] -= amount;
                }
            }
        }
    }

    /// One search from all nodes with something left; says whether anything was sent.
    fn send_over_other_lines(&mut self) -> bool {
        let sources: Vec<usize> =
            (0..self.left.len()).filter(|node| self.left[*node] > self.none()).collect();
        let (before, order) = self.reach(&sources);
        let mut any = false;
        for node in order {
            if self.wanted[node] > self.none() {
                any |= self.send_along(&before, node);
            }
        }
        any
    }

    /// Nodes reached from `sources`, nearest first, and for each the node before it.
    fn reach(&self, sources: &[usize]) -> (Vec<Option<usize>>, Vec<usize>) {
        let mut before = vec![None; self.left.len()];
        let mut seen = vec![false; self.left.len()];
        for source in sources {
            seen[*source] = true;
        }
        let mut queue: VecDeque<usize> = sources.iter().copied().collect();
        let mut order = Vec::new();
        while let Some(node) = queue.pop_front() {
            order.push(node);
            // What was received can be sent back.
            let back = self.received[node]
                .iter()
                .filter(|(_, flow)| **flow > self.none())
                .map(|(at, _)| *at);
            for next in self.by_cells(node).into_iter().chain(back) {
                if !std::mem::replace(&mut seen[next], true) {
                    before[next] = Some(node);
                    queue.push_back(next);
                }
            }
        }
        (before, order)
    }

    fn send_along(&mut self, before: &[Option<usize>], sink: usize) -> bool {
        let mut path = vec![sink];
        while let Some(node) = before[*path.last().expect("it has the sink")] {
            path.push(node);
        }
        let source = *path.last().expect("it has the sink");
        let steps: Vec<(usize, usize)> = path.windows(2).map(|two| (two[1], two[0])).collect();
        let limits = steps.iter().filter(|(from, to)| self.cell(*from, *to) <= 0.0);
        let limits = limits.map(|(from, to)| self.received[*from].get(to).copied().unwrap_or(0.0));
        let amount = limits.fold(self.left[source].min(self.wanted[sink]), f64::min);
        if amount <= self.none() {
            return false;
        }
        for (from, to) in steps {
            if self.cell(from, to) > 0.0 {
                self.send(from, to, amount);
            } else {
                *self.received[from].get_mut(&to).expect("it was received") -= amount;
            }
        }
        self.left[source] -= amount;
        self.wanted[sink] -= amount;
        true
    }

    fn smallest_conflict(&self, rows: &[f64], columns: &[f64]) -> Option<BalanceError> {
        let over = |values: &[f64]| -> Vec<usize> {
            let limit = LEFT_OVER * self.size;
            (0..values.len()).filter(|node| values[*node] > limit).take(MOST_CONFLICTS).collect()
        };
        let givers = over(&self.left).into_iter().map(|node| (self.reach(&[node]).1, true));
        let takers = over(&self.wanted).into_iter().map(|node| (self.reach_back(node), false));
        let (nodes, gives) = givers.chain(takers).min_by_key(|(nodes, _)| nodes.len())?;
        let m = rows.len();
        let mut nodes = nodes;
        nodes.sort_unstable();
        let r: Vec<usize> = nodes.iter().copied().filter(|node| *node < m).collect();
        let c: Vec<usize> = nodes.iter().filter(|node| **node >= m).map(|node| node - m).collect();
        Some(BalanceError::Conflict {
            short: if gives { Side::Rows } else { Side::Columns },
            rows_total: r.iter().map(|i| rows[*i]).sum(),
            columns_total: c.iter().map(|j| columns[*j]).sum(),
            rows: r,
            columns: c,
        })
    }

    /// Nodes from which `sink` can be reached.
    fn reach_back(&self, sink: usize) -> Vec<usize> {
        let mut sent = vec![Vec::new(); self.left.len()];
        for (to, received) in self.received.iter().enumerate() {
            received.iter().filter(|(_, flow)| **flow > self.none()).for_each(|(from, _)| {
                sent[*from].push(to);
            });
        }
        let mut seen = BTreeSet::from([sink]);
        let mut queue = VecDeque::from([sink]);
        while let Some(node) = queue.pop_front() {
            for next in self.by_cells_into(node).into_iter().chain(sent[node].iter().copied()) {
                if seen.insert(next) {
                    queue.push_back(next);
                }
            }
        }
        seen.into_iter().collect()
    }
}
