//! LU of sparse matrices that are small, irregular and change little in pattern.
//!
//! Pivots are chosen as they come: few other numbers in their row and column (Markowitz 1957), and
//! not small in their row (threshold pivoting, searched as in Suhl & Suhl 1990). Jacobians of general
//! models are unsymmetric, with zeros on the diagonal and rows of incomes that are full: orders made
//! beforehand fill in more there. What is left when most of it is filled is a full matrix.
//! Not here: which matrix (`crate::complementarity`).

use faer::linalg::solvers::{PartialPivLu, Solve as _};
use faer::{Mat, MatMut};

/// Smallest pivot accepted, as a share of the largest number of its row.
const THRESHOLD: f64 = 0.1;
/// Smallest pivot relative to the largest number of the matrix below which it counts as zero.
const SINGULAR_PIVOT: f64 = 1e-15;
/// Rows and columns searched for a pivot once one is found.
const SEARCHED: usize = 4;
/// Rows left, and share of places filled, from which the rest is eliminated as a full matrix.
const DENSE: (usize, f64) = (16, 0.4);
/// End of a list.
const NONE: usize = usize::MAX;

/// Where the numbers given for a matrix go.
pub(crate) struct Pattern {
    n: usize,
    /// First stored number of each row, and one past the last.
    starts: Vec<usize>,
    columns: Vec<usize>,
    /// Position among the stored numbers of each number given.
    position: Vec<usize>,
    /// Whether a stored number was ever not zero. Others have no place in the factors: what stands
    /// at a bound gives zeros, and many never change.
    seen: Vec<bool>,
    /// The pivots of the last factorisation, to be used again while they serve.
    plan: Option<Plan>,
    /// Room for choosing pivots.
    active: Active,
}

impl Pattern {
    /// The pattern of an n × n matrix from (row, column) of each number that will be given; numbers
    /// of one place add.
    pub(crate) fn new(n: usize, entries: &[(usize, usize)]) -> Self {
        let mut sorted = entries.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut starts = vec![0; n + 1];
        for (row, _) in &sorted {
            starts[row + 1] += 1;
        }
        for row in 0..n {
            starts[row + 1] += starts[row];
        }
        let place = |(row, column): &(usize, usize)| {
            let line = &sorted[starts[*row]..starts[row + 1]];
            starts[*row] + line.partition_point(|(_, each)| each < column)
        };
        let position = entries.iter().map(place).collect();
        let columns: Vec<usize> = sorted.iter().map(|(_, column)| *column).collect();
        let seen = vec![false; columns.len()];
        Self { n, starts, columns, position, seen, plan: None, active: Active::default() }
    }

    /// The LU of the matrix with these numbers.
    ///
    /// # Errors
    /// The column that is left without a pivot, when the matrix is singular or not finite.
    pub(crate) fn factor(&mut self, values: &[f64]) -> Result<&SparseLu, usize> {
        let mut stored = vec![0.0; self.columns.len()];
        for (position, value) in self.position.iter().zip(values) {
            stored[*position] += value;
        }
        let mut more = false;
        for (seen, value) in self.seen.iter_mut().zip(&stored) {
            more |= !*seen && *value != 0.0;
            *seen |= *value != 0.0;
        }
        let mut plan = self.plan.take().unwrap_or_default();
        if more || plan.below.is_empty() || !plan.again(self, &stored) {
            let mut active = std::mem::take(&mut self.active);
            active.fill(self, &stored)?;
            active.choose_pivots(&mut plan.lu)?;
            self.active = active;
            plan.renew(self.n);
        }
        Ok(&self.plan.insert(plan).lu)
    }

    fn row(&self, row: usize) -> std::ops::Range<usize> {
        self.starts[row]..self.starts[row + 1]
    }
}

/// Pivots found once, for matrices of the same pattern: rows are eliminated in their order.
#[derive(Default)]
struct Plan {
    lu: SparseLu,
    /// For each row the steps that it is reduced by, in order, and the place of the multiplier.
    below: Vec<Vec<(usize, usize)>>,
    work: Vec<f64>,
}

/// Smallest pivot, relative to its row, with which the same pivots are used again.
const STILL_GOOD: f64 = 1e-3;

impl Plan {
    /// Takes over the pivots that were just chosen.
    fn renew(&mut self, n: usize) {
        self.below.resize(n, vec![]);
        self.below.iter_mut().for_each(Vec::clear);
        for (position, step) in self.lu.steps.iter().enumerate() {
            for at in step.multipliers.clone() {
                self.below[self.lu.multipliers[at].0].push((position, at));
            }
        }
        self.work.clear();
        self.work.resize(n, 0.0);
    }

    /// Factors another matrix with the same pivots; false when these do not serve any more.
    fn again(&mut self, pattern: &Pattern, stored: &[f64]) -> bool {
        if !stored.iter().all(|value| value.is_finite()) {
            return false;
        }
        for position in 0..self.lu.steps.len() {
            let row = self.lu.steps[position].row;
            self.reduce(pattern, stored, row);
            let step = &mut self.lu.steps[position];
            step.pivot = std::mem::take(&mut self.work[step.column]);
            let mut largest = step.pivot.abs();
            for (column, value) in &mut self.lu.upper[step.upper.clone()] {
                *value = std::mem::take(&mut self.work[*column]);
                largest = largest.max(value.abs());
            }
            let good = step.pivot.abs() > f64::max(STILL_GOOD * largest, SINGULAR_PIVOT);
            if !good {
                return false;
            }
        }
        self.rest_again(pattern, stored)
    }

    /// Subtracts from a row, spread out, all steps that it is reduced by.
    fn reduce(&mut self, pattern: &Pattern, stored: &[f64], row: usize) {
        for at in pattern.row(row) {
            self.work[pattern.columns[at]] += stored[at];
        }
        for (position, at) in &self.below[row] {
            let step = &self.lu.steps[*position];
            let factor = std::mem::take(&mut self.work[step.column]) / step.pivot;
            self.lu.multipliers[*at].1 = factor;
            if factor != 0.0 {
                for (column, value) in &self.lu.upper[step.upper.clone()] {
                    self.work[*column] -= factor * value;
                }
            }
        }
    }

    fn rest_again(&mut self, pattern: &Pattern, stored: &[f64]) -> bool {
        let Some(rest) = self.lu.rest.take() else { return true };
        let n = rest.rows.len();
        let mut matrix = Mat::<f64>::zeros(n, n);
        for (at, row) in rest.rows.iter().enumerate() {
            self.reduce(pattern, stored, *row);
            for (place, column) in rest.columns.iter().enumerate() {
                matrix[(at, place)] = std::mem::take(&mut self.work[*column]);
            }
        }
        self.lu.rest = Rest::new(rest.rows, rest.columns, &matrix, SINGULAR_PIVOT).ok();
        self.lu.rest.is_some()
    }
}

/// Members of groups of rows (or columns) with equally many numbers, as linked lists.
#[derive(Default)]
struct Groups {
    first: Vec<usize>,
    next: Vec<usize>,
    previous: Vec<usize>,
    count: Vec<usize>,
}

impl Groups {
    fn fill(&mut self, count: impl Iterator<Item = usize>) {
        self.count.clear();
        self.count.extend(count);
        let n = self.count.len();
        self.first.clear();
        self.first.resize(n + 1, NONE);
        self.next.resize(n, NONE);
        self.previous.resize(n, NONE);
        for member in (0..n).rev() {
            self.link(member);
        }
    }

    fn link(&mut self, member: usize) {
        let count = self.count[member];
        let first = self.first[count];
        (self.next[member], self.previous[member]) = (first, NONE);
        if first != NONE {
            self.previous[first] = member;
        }
        self.first[count] = member;
    }

    fn unlink(&mut self, member: usize) {
        let (next, previous) = (self.next[member], self.previous[member]);
        if next != NONE {
            self.previous[next] = previous;
        }
        if previous == NONE {
            self.first[self.count[member]] = next;
        } else {
            self.next[previous] = next;
        }
    }

    fn set(&mut self, member: usize, count: usize) {
        if self.count[member] != count {
            self.unlink(member);
            self.count[member] = count;
            self.link(member);
        }
    }

    fn members(&self, count: usize) -> impl Iterator<Item = usize> {
        let mut at = self.first[count];
        std::iter::from_fn(move || {
            let here = at;
            if here == NONE {
                return None;
            }
            at = self.next[here];
            Some(here)
        })
    }
}

/// The part of the matrix that is still to be eliminated.
#[derive(Default)]
struct Active {
    rows: Vec<Vec<(usize, f64)>>,
    columns: Vec<Vec<usize>>,
    by_row: Groups,
    by_column: Groups,
    /// Largest number of each row; negative where it must be found again.
    largest: Vec<f64>,
    smallest: f64,
    /// Numbers left in all rows.
    numbers: usize,
    /// One more than the place of a column in the row at hand; 0 where the row has none.
    place: Vec<usize>,
    /// Room for the row of a pivot, and for the rows that have a number in its column.
    line: Vec<(usize, f64)>,
    others: Vec<usize>,
}

/// The cheapest pivot so far.
struct Best {
    cost: usize,
    size: f64,
    at: Option<(usize, usize)>,
}

impl Active {
    /// Begins with a whole matrix.
    fn fill(&mut self, pattern: &Pattern, stored: &[f64]) -> Result<(), usize> {
        let n = pattern.n;
        self.columns.resize(n, vec![]);
        self.columns.iter_mut().for_each(Vec::clear);
        self.rows.resize(n, vec![]);
        self.rows.iter_mut().for_each(Vec::clear);
        let mut most = 0.0f64;
        for row in 0..n {
            for at in pattern.row(row) {
                let (column, value) = (pattern.columns[at], stored[at]);
                if !value.is_finite() {
                    return Err(column);
                }
                if pattern.seen[at] {
                    self.rows[row].push((column, value));
                    self.columns[column].push(row);
                    most = most.max(value.abs());
                }
            }
        }
        self.by_row.fill(self.rows.iter().map(Vec::len));
        self.by_column.fill(self.columns.iter().map(Vec::len));
        self.smallest = SINGULAR_PIVOT * most;
        self.largest.clear();
        self.largest.resize(n, -1.0);
        self.place.clear();
        self.place.resize(n, 0);
        self.numbers = self.rows.iter().map(Vec::len).sum();
        Ok(())
    }

    /// Chooses pivots as it goes, and writes the factors over `lu`.
    fn choose_pivots(&mut self, lu: &mut SparseLu) -> Result<(), usize> {
        lu.clear();
        for left in (1..=self.rows.len()).rev() {
            if left >= DENSE.0 && self.numbers as f64 >= DENSE.1 * (left * left) as f64 {
                lu.rest = Some(self.rest()?);
                break;
            }
            let (row, column) = self.pivot()?;
            self.eliminate(row, column, lu);
        }
        Ok(())
    }

    fn largest(&mut self, row: usize) -> f64 {
        if self.largest[row] < 0.0 {
            let sizes = self.rows[row].iter().map(|(_, value)| value.abs());
            self.largest[row] = sizes.fold(0.0, f64::max);
        }
        self.largest[row]
    }

    /// The row and column of the next pivot, or a column without one.
    fn pivot(&mut self) -> Result<(usize, usize), usize> {
        let n = self.rows.len();
        if let Some(empty) = self.by_column.members(0).next() {
            return Err(empty);
        }
        let mut best = Best { cost: usize::MAX, size: 0.0, at: None };
        let mut searched = 0;
        for count in 1..=n {
            // A pivot of cost (count − 1)² cannot be beaten from here on.
            let beaten = |best: &Best| best.at.is_some() && best.cost <= (count - 1) * (count - 1);
            if best.at.is_some() && searched >= SEARCHED {
                break;
            }
            let mut next = self.by_column.first[count];
            for _ in 0..SEARCHED {
                if next == NONE || beaten(&best) {
                    break;
                }
                self.in_column(next, &mut best);
                searched += 1;
                next = self.by_column.next[next];
            }
            let mut next = self.by_row.first[count];
            for _ in 0..SEARCHED {
                if next == NONE || beaten(&best) {
                    break;
                }
                self.in_row(next, &mut best);
                searched += 1;
                next = self.by_row.next[next];
            }
            if beaten(&best) {
                break;
            }
        }
        best.at.or_else(|| self.any_pivot()).ok_or_else(|| self.left_over())
    }

    fn offer(&mut self, best: &mut Best, row: usize, column: usize, value: f64) {
        let size = value.abs();
        let largest = self.largest(row);
        if size < THRESHOLD * largest || size <= self.smallest {
            return;
        }
        let cost = (self.by_row.count[row] - 1) * (self.by_column.count[column] - 1);
        let relative = size / largest;
        if cost < best.cost || cost == best.cost && relative > best.size {
            *best = Best { cost, size: relative, at: Some((row, column)) };
        }
    }

    fn in_column(&mut self, column: usize, best: &mut Best) {
        for at in 0..self.columns[column].len() {
            let row = self.columns[column][at];
            let found = self.rows[row].iter().find(|(each, _)| *each == column).copied();
            if let Some((_, value)) = found {
                self.offer(best, row, column, value);
            }
        }
    }

    fn in_row(&mut self, row: usize, best: &mut Best) {
        for at in 0..self.rows[row].len() {
            let (column, value) = self.rows[row][at];
            self.offer(best, row, column, value);
        }
    }

    /// When the few places searched have none: the largest number of any row.
    fn any_pivot(&mut self) -> Option<(usize, usize)> {
        let mut best = Best { cost: usize::MAX, size: 0.0, at: None };
        for row in 0..self.rows.len() {
            self.in_row(row, &mut best);
        }
        best.at
    }

    /// A column that is still to be eliminated.
    fn left_over(&self) -> usize {
        let left = self.columns.iter().position(|rows| !rows.is_empty());
        left.unwrap_or(0)
    }

    fn eliminate(&mut self, row: usize, column: usize, lu: &mut SparseLu) {
        let mut line = std::mem::take(&mut self.line);
        let mut others = std::mem::take(&mut self.others);
        std::mem::swap(&mut line, &mut self.rows[row]);
        std::mem::swap(&mut others, &mut self.columns[column]);
        let at = line.iter().position(|(each, _)| *each == column).unwrap_or(0);
        let (_, pivot) = line.swap_remove(at);
        self.numbers -= line.len() + 1;
        for (each, _) in &line {
            self.leave(*each, row);
        }
        self.by_row.unlink(row);
        self.by_column.unlink(column);
        let first = lu.multipliers.len();
        for other in others.drain(..).filter(|other| *other != row) {
            let factor = self.subtract(other, column, pivot, &line);
            lu.multipliers.push((other, factor));
        }
        let step = Step {
            row,
            column,
            pivot,
            multipliers: first..lu.multipliers.len(),
            upper: lu.upper.len()..lu.upper.len() + line.len(),
        };
        lu.upper.append(&mut line);
        lu.steps.push(step);
        (self.line, self.others) = (line, others);
    }

    /// Takes a row out of the list of a column.
    fn leave(&mut self, column: usize, row: usize) {
        let rows = &mut self.columns[column];
        if let Some(at) = rows.iter().position(|each| *each == row) {
            rows.swap_remove(at);
        }
        let count = rows.len();
        self.by_column.set(column, count);
    }

    /// Subtracts a multiple of the pivot's line from a row; the multiple.
    fn subtract(&mut self, row: usize, column: usize, pivot: f64, line: &[(usize, f64)]) -> f64 {
        let target = &mut self.rows[row];
        let Some(at) = target.iter().position(|(each, _)| *each == column) else { return 0.0 };
        let (_, value) = target.swap_remove(at);
        let factor = value / pivot;
        for (at, (each, _)) in target.iter().enumerate() {
            self.place[*each] = at + 1;
        }
        for (each, value) in line {
            let change = -factor * value;
            match self.place[*each] {
                0 => {
                    target.push((*each, change));
                    self.columns[*each].push(row);
                    let count = self.columns[*each].len();
                    self.by_column.set(*each, count);
                }
                at => target[at - 1].1 += change,
            }
        }
        for (each, _) in target.iter() {
            self.place[*each] = 0;
        }
        let count = target.len();
        self.numbers = self.numbers + count - self.by_row.count[row];
        self.by_row.set(row, count);
        self.largest[row] = -1.0;
        factor
    }
}

impl Active {
    /// The LU of what is left, as a full matrix.
    fn rest(&self) -> Result<Rest, usize> {
        let left = |groups: &Groups| -> Vec<usize> {
            let members = (0..=self.rows.len()).flat_map(|count| groups.members(count));
            let mut all: Vec<usize> = members.collect();
            all.sort_unstable();
            all
        };
        let (rows, columns) = (left(&self.by_row), left(&self.by_column));
        let mut matrix = Mat::<f64>::zeros(rows.len(), columns.len());
        let mut place = vec![0; self.rows.len()];
        for (at, column) in columns.iter().enumerate() {
            place[*column] = at;
        }
        for (at, row) in rows.iter().enumerate() {
            for (column, value) in &self.rows[*row] {
                matrix[(at, place[*column])] = *value;
            }
        }
        Rest::new(rows, columns, &matrix, self.smallest)
    }
}

/// The full matrix that was left.
struct Rest {
    rows: Vec<usize>,
    columns: Vec<usize>,
    lu: PartialPivLu<f64>,
}

impl Rest {
    fn new(
        rows: Vec<usize>,
        columns: Vec<usize>,
        matrix: &Mat<f64>,
        smallest: f64,
    ) -> Result<Self, usize> {
        let lu = matrix.partial_piv_lu();
        let small = |at: &usize| {
            let size = lu.U()[(*at, *at)].abs();
            size.is_nan() || size <= smallest
        };
        match (0..rows.len()).find(small) {
            Some(at) => Err(columns[at]),
            None => Ok(Self { rows, columns, lu }),
        }
    }

    fn solve(&self, work: &[f64], x: &mut [f64]) {
        let mut part: Vec<f64> = self.rows.iter().map(|row| work[*row]).collect();
        let n = part.len();
        self.lu.solve_in_place(MatMut::from_column_major_slice_mut(&mut part, n, 1));
        for (column, value) in self.columns.iter().zip(part) {
            x[*column] = value;
        }
    }

    fn solve_transposed(&self, work: &[f64], x: &mut [f64]) {
        let mut part: Vec<f64> = self.columns.iter().map(|column| work[*column]).collect();
        let n = part.len();
        self.lu.solve_transpose_in_place(MatMut::from_column_major_slice_mut(&mut part, n, 1));
        for (row, value) in self.rows.iter().zip(part) {
            x[*row] = value;
        }
    }
}

/// One pivot with what it was subtracted from and what is left of its row.
struct Step {
    row: usize,
    column: usize,
    pivot: f64,
    multipliers: std::ops::Range<usize>,
    upper: std::ops::Range<usize>,
}

/// A factored matrix.
#[derive(Default)]
pub(crate) struct SparseLu {
    steps: Vec<Step>,
    multipliers: Vec<(usize, f64)>,
    upper: Vec<(usize, f64)>,
    rest: Option<Rest>,
}

impl SparseLu {
    fn clear(&mut self) {
        self.steps.clear();
        self.multipliers.clear();
        self.upper.clear();
        self.rest = None;
    }

    /// A⁻¹ b; none when that is not finite.
    pub(crate) fn solve(&self, b: &[f64]) -> Option<Vec<f64>> {
        let mut work = b.to_vec();
        for step in &self.steps {
            let value = work[step.row];
            if value != 0.0 {
                for (row, factor) in &self.multipliers[step.multipliers.clone()] {
                    work[*row] -= factor * value;
                }
            }
        }
        let mut x = vec![0.0; b.len()];
        if let Some(rest) = &self.rest {
            rest.solve(&work, &mut x);
        }
        for step in self.steps.iter().rev() {
            let upper = &self.upper[step.upper.clone()];
            let known: f64 = upper.iter().map(|(column, value)| value * x[*column]).sum();
            x[step.column] = (work[step.row] - known) / step.pivot;
        }
        x.iter().all(|value| value.is_finite()).then_some(x)
    }

    /// A⁻ᵀ b; none when that is not finite.
    pub(crate) fn solve_transposed(&self, b: &[f64]) -> Option<Vec<f64>> {
        let mut work = b.to_vec();
        let mut x = vec![0.0; b.len()];
        for step in &self.steps {
            let value = work[step.column] / step.pivot;
            x[step.row] = value;
            for (column, upper) in &self.upper[step.upper.clone()] {
                work[*column] -= upper * value;
            }
        }
        if let Some(rest) = &self.rest {
            rest.solve_transposed(&work, &mut x);
        }
        for step in self.steps.iter().rev() {
            let multipliers = &self.multipliers[step.multipliers.clone()];
            let known: f64 = multipliers.iter().map(|(row, factor)| factor * x[*row]).sum();
            x[step.row] -= known;
        }
        x.iter().all(|value| value.is_finite()).then_some(x)
    }
}

/// Solves Aᵀ x = b for a sparse A given by places and numbers; numbers of one place add.
///
/// # Errors
/// The position of an unknown of A that is not determined, when A is singular.
pub fn solve_transposed(
    entries: &[(usize, usize)],
    values: &[f64],
    b: &[f64],
) -> Result<Vec<f64>, usize> {
    let n = b.len();
    // Rows are scaled to one, so that a pivot can be called small.
    let mut largest = vec![0.0f64; n];
    for ((row, _), value) in entries.iter().zip(values) {
        largest[*row] = largest[*row].max(value.abs());
    }
    if let Some(empty) = largest.iter().position(|each| *each == 0.0 || !each.is_finite()) {
        return Err(empty);
    }
    let scaled: Vec<f64> =
        entries.iter().zip(values).map(|((row, _), value)| value / largest[*row]).collect();
    let mut pattern = Pattern::new(n, entries);
    let lu = pattern.factor(&scaled)?;
    let worst = |x: &[f64]| (0..n).max_by(|i, j| x[*i].abs().total_cmp(&x[*j].abs())).unwrap_or(0);
    let x = lu.solve_transposed(b).ok_or(0usize)?;
    // A singular matrix that rounding made regular gives huge numbers.
    let size = b.iter().fold(1.0f64, |most, each| most.max(each.abs()));
    let at = worst(&x);
    if n > 0 && x[at].abs() > SINGULAR * size {
        return Err(at);
    }
    Ok(x.iter().zip(&largest).map(|(x, largest)| x / largest).collect())
}

/// Solutions beyond this multiple of the right-hand side come from a singular matrix.
const SINGULAR: f64 = 1e13;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A product with a matrix given by places, and one with its transpose.
    fn products(
        n: usize,
        entries: &[(usize, usize)],
        values: &[f64],
        x: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let (mut plain, mut transposed) = (vec![0.0; n], vec![0.0; n]);
        for ((row, column), value) in entries.iter().zip(values) {
            plain[*row] += value * x[*column];
            transposed[*column] += value * x[*row];
        }
        (plain, transposed)
    }

    fn off(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn a_system_with_zeros_on_the_diagonal_and_its_transpose_are_solved() {
        // [[0, 1, 0], [0, 3, −1], [0.5, 0, 0]], one number given in two parts.
        let entries = [(0, 1), (1, 1), (1, 2), (2, 0), (1, 1)];
        let values = [1.0, 1.0, -1.0, 0.5, 2.0];
        let mut pattern = Pattern::new(3, &entries);
        let lu = pattern.factor(&values).expect("regular");
        let x = lu.solve(&[2.0, 3.0, 1.0]).expect("finite");
        assert!(off(&x, &[2.0, 2.0, 3.0]) < 1e-15);
        let x = lu.solve_transposed(&[1.0, 7.0, -2.0]).expect("finite");
        assert!(off(&x, &[1.0, 2.0, 2.0]) < 1e-15);
    }

    #[test]
    fn a_column_without_a_pivot_is_named() {
        assert_eq!(Pattern::new(2, &[(0, 0), (1, 0)]).factor(&[1.0, 1.0]).err(), Some(1));
        let twins = [(0, 0), (0, 1), (1, 0), (1, 1)];
        assert!(Pattern::new(2, &twins).factor(&[1.0, 2.0, 2.0, 4.0]).is_err());
    }

    proptest! {
        #[test]
        fn random_sparse_systems_are_solved(
            n in 1usize..60,
            places in prop::collection::vec((0usize..60, 0usize..60, -1.0f64..1.0), 0..1500),
            wanted in prop::collection::vec(-1.0f64..1.0, 60),
        ) {
            // A shifted diagonal makes it regular, without numbers on the diagonal itself.
            let mut entries: Vec<(usize, usize)> = (0..n).map(|i| (i, (i + n / 2) % n)).collect();
            let mut values = vec![8.0; n];
            for (row, column, value) in places {
                entries.push((row % n, column % n));
                values.push(value);
            }
            let mut pattern = Pattern::new(n, &entries);
            prop_assume!(pattern.factor(&values).is_ok());
            // Again with other numbers: the same pivots serve, or others are found.
            for round in 0..3 {
                let lu = pattern.factor(&values);
                prop_assume!(lu.is_ok());
                let lu = lu.expect("assumed");
                let (plain, transposed) = products(n, &entries, &values, &wanted[..n]);
                let (x, y) = (lu.solve(&plain).expect("finite"), lu.solve_transposed(&transposed));
                prop_assert!(off(&x, &wanted[..n]) < 1e-8);
                prop_assert!(off(&y.expect("finite"), &wanted[..n]) < 1e-8);
                for (at, value) in values.iter_mut().enumerate() {
                    *value *= if (at + round) % 3 == 0 { -0.5 } else { 1.25 };
                }
            }
        }
    }
}
