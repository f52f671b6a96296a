//! TERM databases run as they are: multi-regional models in the form of Horridge, Madden & Wittwer.
//!
//! | stage     | module        | from → to                                                          |
//! |-----------|---------------|--------------------------------------------------------------------|
//! | read      | `database`    | headers of a file → checked [`Database`]                           |
//! | close     | `closure`     | text → [`Closure`] (what is given) and [`Shocks`]                  |
//! | match     | `matching`    | equations and unknowns of a closure → those without a partner      |
//! | write     | `model`       | database + closure → `equilibrium::System` around the database     |
//! | run       | `run`         | shocks → [`Results`], exact or in Euler steps, and updated flows   |
//! | certify   | `certificate` | updated flows → identities, by code that uses no equation          |
//! | check     | `doctor`      | database + closure → laws, each with its deviation                 |
//!
//! Not here: reading HAR files (`formats::har`), the project's own regional model (`economy`).

mod certificate;
mod closure;
mod database;
mod doctor;
mod matching;
mod model;
mod run;
mod selection;
mod statements;
mod update;
mod variables;

#[cfg(test)]
mod tests;

pub use certificate::{Identity, Worst, drifts, identities};
pub use closure::{Closure, Shocks, read_shocks};
pub use database::{Database, Sets, Tables};
pub use doctor::{Law, describe, halved, laws};
pub use run::{Contributions, Failure, Method, Results, Work, contributions, run};
pub use variables::{FINAL_USERS, Index, MACROS, Role, SOURCES, Unit, Variable, variables};
