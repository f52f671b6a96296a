//! TERM databases run as they are: multi-regional models in the form of Horridge, Madden & Wittwer.
//!
//! | stage     | module        | from → to                                                          |
//! |-----------|---------------|--------------------------------------------------------------------|
//! | read      | `database`    | headers of a file → checked [`Database`]                           |
//! | close     | `closure`     | text → [`Closure`]: what is exogenous                              |
//! | shock     | `shocks`      | text and closure → [`Shocks`]; how to solve: `solution`            |
//! | match     | `square`      | closure without a solution → what is too much, what is missing     |
//! | write     | `model`       | database + closure → `equilibrium::System` around the database     |
//! | coarsen   | `aggregate`   | database + concordance → a smaller database                        |
//! | run       | `run`         | shocks → [`Results`], exact or in Euler steps, and updated flows   |
//! | certify   | `certificate` | updated flows → identities, by code that uses no equation          |
//! | explain   | `why`         | a result → the terms of its own equation, followed term by term     |
//! | check     | `doctor`      | database + closure → laws, each with its deviation                 |
//!
//! Not here: reading HAR files (`formats::har`), the project's own regional model (`economy`).

mod aggregate;
mod certificate;
mod closure;
mod database;
mod doctor;
mod matching;
mod model;
mod numbers;
mod presence;
mod run;
mod selection;
mod shocks;
mod solution;
mod square;
mod statements;
mod update;
mod variables;
mod why;

#[cfg(test)]
mod tests;

pub use aggregate::aggregated;
pub use certificate::{Identity, Worst, drifts, identities};
pub use closure::{Closure, shipped_closure};
pub use database::{Database, Sets, Tables};
pub use doctor::{Cut, Law, describe, halved, laws};
pub use numbers::{Numbers, OpenFile};
pub use run::{
    CERTIFIED, Contributions, Failure, Method, Results, SETTLED, Truncation, Work, contributions,
    run, truncation,
};
pub use shocks::{Shocks, read_shock_files, read_shocks};
pub use solution::read_method;
pub use variables::{FINAL_USERS, Index, MACROS, Role, SOURCES, Unit, Variable, variables};
pub use why::{Step, TermOf, Why, WhyError, why};
