//! The regional equilibrium model, calibrated from regional accounts.
//!
//! | stage     | module        | from → to                                                    |
//! |-----------|---------------|--------------------------------------------------------------|
//! | calibrate | `benchmark`   | `RegionalAccounts` + `Parameters` → shares and rates         |
//! | write     | `model`       | shares → equations of a year (an `equilibrium::System`)      |
//! | give      | `exogenous`   | what policy and time set in a year                           |
//! | solve     | `year`        | exogenous → `Solution` with status and certificate           |
//! | certify   | `certificate` | `Solution` → its own accounts, checked by the accounts' code |
//!
//! Not here: years and levers (`study`), files.

pub mod benchmark;
pub mod certificate;
pub mod dynamics;
pub mod exogenous;
pub mod laws;
pub mod model;
pub mod parameters;
pub mod synthetic;
pub mod welfare;
pub mod year;
