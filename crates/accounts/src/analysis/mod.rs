//! Input-output analysis of one table ([`crate::InputOutputTable`]).
//!
//! | question                                             | here                    |
//! |------------------------------------------------------|-------------------------|
//! | output that meets a demand; chains of supply          | [`Leontief`]            |
//! | the full inverse, when asked for                     | [`leontief_inverse`]    |
//! | output, value added, income, jobs per unit of demand | [`multipliers`]         |
//! | what an event brings, gross, displaced, net          | [`impact`]              |
//! | backward and forward linkages, key sectors           | [`linkages`]            |
//! | supply-driven (Ghosh) system                         | [`ghosh`]               |
//! | what is lost without an industry or region           | [`extraction`]          |
//! | which coefficients matter                            | [`influence`]           |
//! | why amounts changed between two tables               | [`decomposition`]       |
//! | consumption-based accounts                           | [`footprints`]          |
//! | value added in exports                               | [`trade`]               |
//! | location quotients, relatedness, complexity          | [`location`]            |
//! | why regions grew differently                         | [`shift_share`]         |
//! | which rows and columns are income, households, jobs  | [`roles`]               |
//!
//! Nothing here inverts unasked: every analysis states how many solves it takes.

mod dense;
mod error;
mod inverse;
mod kernel;
mod krylov;
mod leontief;
mod series;

pub mod decomposition;
pub mod extraction;
pub mod footprints;
pub mod ghosh;
pub mod impact;
pub mod influence;
pub mod jobs;
pub mod linkages;
pub mod location;
pub mod multipliers;
pub mod regions;
pub mod roles;
pub mod shift_share;
pub mod trade;

pub(crate) use dense::Dense;
pub use error::AnalysisError;
pub use inverse::leontief_inverse;
pub use leontief::{Leontief, Settings, Solutions};
pub use regions::Regions;
pub use series::output_of;
