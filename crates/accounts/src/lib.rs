//! Regional accounts: tables with axes, identities, balancing, regionalisation.

pub mod aggregate;
pub mod analysis;
pub mod balance;
pub mod build;
pub mod common_sourcing;
pub mod gravity;
pub mod identity;
pub mod input_output;
pub mod matrix;
pub mod names;
pub mod regional;
pub mod regionalise;
pub mod social_accounting;
pub mod table;

pub use input_output::InputOutputTable;
pub use matrix::Matrix;
pub use regional::{RegionalAccounts, Sets, User};
pub use social_accounting::SocialAccountingMatrix;
pub use table::{Axis, Table};
