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
//! | evaluate   | `evaluate`   | values at a point, tangents, adjoints                 |
//! | linear     | `linear`     | GMRES; dense LU or diagonal of an older point to precondition |
//! | solve      | `newton`     | Newton with line search, statuses, work counters      |
//! | homotopy   | `homotopy`   | a shock in steps when one step fails                  |
//! | certify    | `reference`  | the same equations by naive other code                |
//!
//! Not here: economics beyond CES nests, files, regions, years.

mod evaluate;
mod graph;
mod homotopy;
mod kernel;
mod linear;
mod newton;
mod reference;
mod row;
mod sensitivity;
mod system;

pub use evaluate::Evaluation;
pub use graph::{Axis, Expr, Graph};
pub use homotopy::solve_shock;
pub use linear::Factor;
pub use newton::{Settings, Solve, Status, Work, solve};
pub use reference::reference_residuals;
pub use sensitivity::{Sensitivity, sensitivity};
pub use system::{Block, System};
