//! What linear steps leave out: their results against those in levels.

use super::{Failure, Method, Results, run};
use crate::certificate::largest;
use crate::closure::Closure;
use crate::database::Database;
use crate::presence::present;
use crate::shocks::Shocks;
use crate::variables::variables;

/// The solution in levels beside one in Euler steps.
#[derive(Debug, Clone)]
pub struct Truncation {
    /// Results in levels.
    pub exact: Results,
    /// Largest difference over the cells that exist, percentage points.
    pub largest: f64,
    /// Where: variable and elements.
    pub cell: String,
}

/// Solves in levels what `linear` solved in Euler steps.
///
/// # Errors
/// As [`run`].
pub fn truncation(
    database: &Database,
    closure: &Closure,
    shocks: &Shocks,
    linear: &Results,
) -> Result<Truncation, Failure> {
    let exact = run(database, closure, shocks, Method::Exact { parts: 1 })?;
    let (mut most, mut at) = (0.0, String::new());
    for variable in variables() {
        let present = present(database, &variable.name);
        let pairs = linear.changes[&variable.name].iter().zip(&exact.changes[&variable.name]);
        for (cell, (linear, exact)) in pairs.enumerate() {
            let exists = present.as_ref().is_none_or(|all| all[cell]);
            if exists && (linear - exact).abs() > most {
                most = largest([linear - exact]);
                at = variable.cell(&database.sets, cell);
            }
        }
    }
    Ok(Truncation { exact, largest: most, cell: at })
}
