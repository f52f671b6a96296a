//! Squareness of a closure beyond counting: an unknown for each equation, by maximum matching.
//!
//! An unknown can be found from an equation only if it stands in it. Where no matching pairs all of
//! them, some equations fix what nothing can move (too many names are exogenous), and some unknowns
//! are found by nothing (too few).
//! Source: Kuhn's augmenting paths. Not here: equations that stand in each other's way by their
//! numbers; those leave no pivot (`equilibrium::Factor`).

use equilibrium::{Evaluation, System};

/// Largest system whose Jacobian is formed to match.
const LARGEST: usize = 5000;

/// Equations and unknowns that no matching pairs, by label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Unmatched {
    /// Fixed by nothing that can move.
    pub(crate) equations: Vec<String>,
    /// Found by nothing.
    pub(crate) unknowns: Vec<String>,
}

impl std::fmt::Display for Unmatched {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "no unknown moves {}; no equation finds {}",
            self.equations.join(", "),
            self.unknowns.join(", ")
        )
    }
}

/// What is left over at the evaluation's point; none when all are paired or the system is too large
/// to tell.
pub(crate) fn unmatched(system: &System, evaluation: &Evaluation) -> Option<Unmatched> {
    let n = system.size();
    if n > LARGEST {
        return None;
    }
    let (mut arena, mut column) = (Vec::new(), vec![0.0; n]);
    let mut rows_of = |unknown: usize| -> Vec<usize> {
        let mut unit = vec![0.0; n];
        unit[unknown] = 1.0;
        evaluation.tangent(system, &mut arena, &unit, &mut column);
        (0..n).filter(|row| column[*row] != 0.0).collect()
    };
    // What the closure frees comes last, so that it is what stays over.
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|at| system.unknown_label(*at).starts_with("free "));
    let pattern: Vec<Vec<usize>> = order.iter().map(|at| rows_of(*at)).collect();
    let (rows, columns) = left_over(&pattern, n);
    if rows.is_empty() {
        return None;
    }
    Some(Unmatched {
        equations: rows.into_iter().map(|at| system.equation_label(at)).collect(),
        unknowns: columns.into_iter().map(|at| system.unknown_label(order[at])).collect(),
    })
}

/// Rows and columns that a maximum matching leaves over; `pattern` lists the rows of each column.
fn left_over(pattern: &[Vec<usize>], rows: usize) -> (Vec<usize>, Vec<usize>) {
    let mut column_of: Vec<Option<usize>> = vec![None; rows];
    let mut alone = Vec::new();
    for column in 0..pattern.len() {
        if !augment(pattern, column, &mut column_of) {
            alone.push(column);
        }
    }
    let free = (0..rows).filter(|row| column_of[*row].is_none()).collect();
    (free, alone)
}

/// Finds a path of alternately free and used pairs from a column to a free row, breadth first, and
/// exchanges them along it; whether there is one.
fn augment(pattern: &[Vec<usize>], from: usize, column_of: &mut [Option<usize>]) -> bool {
    let mut reached_from: Vec<Option<usize>> = vec![None; column_of.len()];
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(column) = queue.pop_front() {
        for &row in &pattern[column] {
            if reached_from[row].is_some() {
                continue;
            }
            reached_from[row] = Some(column);
            let Some(next) = column_of[row] else {
                exchange(pattern, row, from, &reached_from, column_of);
                return true;
            };
            queue.push_back(next);
        }
    }
    false
}

fn exchange(
    pattern: &[Vec<usize>],
    last: usize,
    from: usize,
    reached_from: &[Option<usize>],
    column_of: &mut [Option<usize>],
) {
    let mut row = last;
    while let Some(column) = reached_from[row] {
        let before = pattern[column].iter().copied().find(|each| column_of[*each] == Some(column));
        column_of[row] = Some(column);
        match before {
            Some(before) if column != from => row = before,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matching_is_found_where_there_is_one() {
        // Columns 0 and 1 want row 0 first; column 2 has row 1 only.
        let pattern = [vec![0, 1], vec![0, 2], vec![1]];
        assert_eq!(left_over(&pattern, 3), (vec![], vec![]));
    }

    #[test]
    fn rows_without_a_column_and_columns_without_a_row_are_left_over() {
        assert_eq!(left_over(&[vec![0], vec![], vec![2]], 3), (vec![1], vec![1]));
        // Two columns that stand in the same equation only.
        assert_eq!(left_over(&[vec![1], vec![1], vec![0, 1, 2]], 3).1, vec![1]);
    }

    /// Against all assignments, on random patterns.
    #[test]
    fn as_many_are_paired_as_any_assignment_pairs() {
        let mut bits = 1_u64;
        for _ in 0..300 {
            let pattern: Vec<Vec<usize>> = (0..5)
                .map(|_| {
                    bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (0..5).filter(|row| bits >> (33 + 3 * row) & 7 < 2).collect()
                })
                .collect();
            let most = best(&pattern, 0, 0);
            let (rows, columns) = left_over(&pattern, 5);
            assert_eq!((5 - rows.len(), 5 - columns.len()), (most, most), "{pattern:?}");
        }
    }

    fn best(pattern: &[Vec<usize>], column: usize, used: u32) -> usize {
        let Some(rows) = pattern.get(column) else { return 0 };
        let without = best(pattern, column + 1, used);
        let free = rows.iter().filter(|row| used >> **row & 1 == 0);
        free.map(|row| 1 + best(pattern, column + 1, used | 1 << row)).fold(without, usize::max)
    }
}
