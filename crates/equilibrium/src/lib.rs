//! Expression graph over labelled arrays, its derivatives, and a Newton solver with a status.
//!
//! A model is written once, as expressions over labelled arrays ([`Graph`]). Compiling it gives a
//! [`System`]: equations in unknowns, with parameters that may change between solves. From the one
//! definition follow the residual, products with the Jacobian ([`Evaluation::tangent`]) and with
//! its transpose ([`Evaluation::adjoint`]); [`solve`] is Newton's method on them.
//!
//! | stage      | module       | from → to                                             |
//! |------------|--------------|-------------------------------------------------------|
//! | write      | `graph`      | operators on `Expr` → nodes                           |
//! | compile    | `system`     | nodes → ordered lists, storage, names                 |
//! | loop       | `kernel`, `row` | strided arrays → products and sums                   |
//! | routes     | `routes`     | delivered flows: composites, what is bought, never stored |
//! | evaluate   | `evaluate`   | values at a point, tangents, adjoints                 |
//! | linear     | `linear`     | GMRES; dense LU or diagonal of an older point to precondition |
//! | solve      | `newton`     | Newton with line search, statuses, work counters      |
//! | watch      | `watch`      | told before each step; cancels a solve                |
//! | two levels | `two_level` | blocks of regions and a coarse solve to precondition   |
//! | homotopy   | `homotopy`   | a shock in steps when one step fails                  |
//! | respond    | `response`   | first-order changes of all reports with parameters    |
//! | sensitivities | `sensitivity` | a report's derivatives by every parameter          |
//! | attribute  | `attribution` | terms of an array's own formula, between two solutions |
//! | integrate  | `quadrature` | nodes and weights of Gauss and Legendre                |
//! | numbers    | `number`, `tape` | formulas of single numbers with derivatives, forward and back |
//! | certify    | `reference`  | the same equations by naive other code                |
//!
//! Not here: economics beyond CES nests, files, regions, years.

mod attribution;
mod complementarity;
mod evaluate;
mod graph;
mod homotopy;
mod kernel;
mod linear;
mod newton;
pub mod number;
mod quadrature;
mod reference;
mod response;
mod routes;
mod row;
mod sensitivity;
mod spare;
mod sparse;
mod system;
pub mod tape;
mod two_level;
mod watch;

pub use attribution::{
    Attribution, Term, TermKind, attribution, attribution_of_equation, unknown_of,
};
pub use complementarity::{Complementarity, ComplementaritySettings, solve_complementarity};
pub use evaluate::Evaluation;
pub use graph::{Axis, Expr, Graph, RouteShares, Routes};
pub use homotopy::solve_shock;
pub use linear::{Factor, dependence};
pub use newton::{Memory, Settings, Solve, Status, Work, first_order, solve};
pub use quadrature::gauss_legendre;
pub use reference::reference_residuals;
pub use response::{Response, respond, response};
pub use sensitivity::{Gradient, Sensitivity, gradient, sensitivity};
pub use sparse::solve_transposed;
pub use system::{Block, System};
pub use watch::watched;
