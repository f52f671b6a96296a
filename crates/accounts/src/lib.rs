//! Regional accounts: tables with axes, identities, balancing, regionalisation.

pub mod regional;
pub mod table;

pub use regional::{RegionalAccounts, Sets, User};
pub use table::{Axis, Table};
