//! Why an analysis has no numbers.

use std::fmt;

/// Why an analysis has no numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum AnalysisError {
    /// Parts of a table, or of two tables, do not fit together.
    Shape {
        /// What does not fit.
        what: &'static str,
        /// Length that was given.
        found: usize,
        /// Length that fits.
        wanted: usize,
    },
    /// I − A has no inverse: some industries use up all they produce.
    Singular {
        /// Position of an industry without a pivot.
        industry: usize,
    },
    /// The iteration did not reach the tolerance.
    NotConverged {
        /// Largest remaining residual, relative to its right-hand side.
        residual: f64,
        /// Passes over the flows.
        passes: usize,
        /// Industry whose purchases are the largest share of its output, and that share.
        heaviest: (usize, f64),
    },
    /// A number that is not finite among flows, output or right-hand sides.
    NotFinite,
    /// Households of a region spend more than the income that it takes to pay them: the closed
    /// model has no finite solution.
    Explosive,
    /// A row, column or table that the analysis needs is not there.
    Missing(&'static str),
}

impl fmt::Display for AnalysisError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { what, found, wanted } => write!(out, "{what}: {found}, not {wanted}"),
            Self::Singular { industry } => {
                write!(out, "I − A has no inverse (industry {})", industry + 1)
            }
            Self::NotConverged { residual, passes, heaviest: (industry, share) } => write!(
                out,
                "no solution after {passes} passes, residual {residual:.1e}; industry {} buys {share:.2} per unit of output",
                industry + 1
            ),
            Self::NotFinite => {
                write!(out, "flows, output or demand hold a number that is not finite")
            }
            Self::Explosive => write!(
                out,
                "households spend more than they earn per round: the closed model has no finite solution"
            ),
            Self::Missing(what) => write!(out, "the table has no {what}"),
        }
    }
}

impl std::error::Error for AnalysisError {}
