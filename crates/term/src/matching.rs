//! Squareness of a closure beyond counting: an unknown for each equation, by maximum matching.
//!
//! An unknown can be found from an equation only if it stands in it. Where no matching pairs all of
//! them, some equations fix what nothing can move (too many names are exogenous), and some unknowns
//! are found by nothing (too few).
//! Source: Kuhn's augmenting paths. Not here: equations that stand in each other's way by their
//! numbers (`equilibrium::dependence`), or the words for it (`crate::square`).

use equilibrium::{Evaluation, System};

/// Largest system whose Jacobian is formed to match.
const LARGEST: usize = 5000;

/// What no matching pairs, by position in the vectors of equations and unknowns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Unmatched {
    /// Equations that are left over, and those they compete with: together they have fewer unknowns.
    pub(crate) equations: Vec<usize>,
    /// Unknowns that are left over, and those they compete with: together they have fewer equations.
    pub(crate) unknowns: Vec<usize>,
    /// How many are left over.
    pub(crate) missing: usize,
}

/// What is left over at the evaluation's point; none when all are paired or the system is too large
/// to tell.
pub(crate) fn unmatched(system: &System, evaluation: &Evaluation) -> Option<Unmatched> {
    let n = system.size();
    if n > LARGEST {
        return None;
    }
    let mut column = vec![0.0; n];
    let mut rows_of = |unknown: usize| -> Vec<usize> {
        let mut unit = vec![0.0; n];
        unit[unknown] = 1.0;
        evaluation.tangent(system, &unit, &mut column);
        (0..n).filter(|row| column[*row] != 0.0).collect()
    };
    let pattern: Vec<Vec<usize>> = (0..n).map(&mut rows_of).collect();
    let found = compete(&pattern, n);
    (found.missing > 0).then_some(found)
}

/// Rows and columns that compete for too few of the others, along alternating paths from what a
/// maximum matching leaves over (the outer parts of Dulmage & Mendelsohn's decomposition).
fn compete(pattern: &[Vec<usize>], rows: usize) -> Unmatched {
    let column_of = matching(pattern, rows);
    let mut row_of = vec![None; pattern.len()];
    for (row, column) in column_of.iter().enumerate() {
        if let Some(column) = column {
            row_of[*column] = Some(row);
        }
    }
    let mut columns_in = vec![Vec::new(); rows];
    for (column, rows) in pattern.iter().enumerate() {
        for row in rows {
            columns_in[*row].push(column);
        }
    }
    let free: Vec<usize> = (0..rows).filter(|row| column_of[*row].is_none()).collect();
    let alone: Vec<usize> = (0..pattern.len()).filter(|at| row_of[*at].is_none()).collect();
    Unmatched {
        missing: free.len(),
        equations: reached(free, &columns_in, &row_of),
        unknowns: reached(alone, pattern, &column_of),
    }
}

/// All that paths reach from `from` over neighbours and their partners, in order.
fn reached(from: Vec<usize>, neighbours: &[Vec<usize>], partner: &[Option<usize>]) -> Vec<usize> {
    let mut seen = vec![false; neighbours.len()];
    for at in &from {
        seen[*at] = true;
    }
    let mut queue = from;
    while let Some(at) = queue.pop() {
        for next in neighbours[at].iter().filter_map(|neighbour| partner[*neighbour]) {
            if !seen[next] {
                seen[next] = true;
                queue.push(next);
            }
        }
    }
    (0..seen.len()).filter(|at| seen[*at]).collect()
}

/// A column for each row, or none, by maximum matching; `pattern` lists the rows of each column.
fn matching(pattern: &[Vec<usize>], rows: usize) -> Vec<Option<usize>> {
    let mut column_of: Vec<Option<usize>> = vec![None; rows];
    for column in 0..pattern.len() {
        augment(pattern, column, &mut column_of);
    }
    column_of
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
        assert_eq!(compete(&pattern, 3), Unmatched::default());
    }

    #[test]
    fn what_competes_is_named_together() {
        let found = |pattern: &[Vec<usize>]| {
            let found = compete(pattern, 3);
            (found.missing, found.equations, found.unknowns)
        };
        assert_eq!(found(&[vec![0], vec![], vec![2]]), (1, vec![1], vec![1]));
        // Columns 0 and 1 stand in row 1 only; rows 0 and 2 have column 2 only.
        assert_eq!(found(&[vec![1], vec![1], vec![0, 1, 2]]), (1, vec![0, 2], vec![0, 1]));
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
            let found = compete(&pattern, 5);
            assert_eq!(5 - found.missing, most, "{pattern:?}");
            // Together they have as many fewer partners as are missing.
            let standing: std::collections::BTreeSet<usize> =
                found.unknowns.iter().flat_map(|column| pattern[*column].clone()).collect();
            assert_eq!(found.unknowns.len() - standing.len(), found.missing, "{pattern:?}");
        }
    }

    fn best(pattern: &[Vec<usize>], column: usize, used: u32) -> usize {
        let Some(rows) = pattern.get(column) else { return 0 };
        let without = best(pattern, column + 1, used);
        let free = rows.iter().filter(|row| used >> **row & 1 == 0);
        free.map(|row| 1 + best(pattern, column + 1, used | 1 << row)).fold(without, usize::max)
    }
}
