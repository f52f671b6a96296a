//! Regional accounts: tables with axes, identities, balancing, regionalisation.

pub mod balance;
pub mod build;
pub mod gravity;
pub mod identity;
pub mod matrix;
pub mod regional;
pub mod table;

pub use matrix::Matrix;
pub use regional::{RegionalAccounts, Sets, User};
pub use table::{Axis, Table};
