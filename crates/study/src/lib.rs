//! Study files, levers, baseline and policy paths, targets, results.
//!
//! | stage | module    | from → to                                                        |
//! |-------|-----------|------------------------------------------------------------------|
//! | load  | `inputs`  | name of accounts → accounts and figures beside them, checksums   |
//! | read  | `file`    | TOML → checked [`spec::Study`] and findings                      |
//! | run   | `run`     | study + inputs → [`results::Results`]                            |
//! | store | `store`   | results → named files, and back                                  |
//!
//! Not here: equations (`economy`), pictures and tables for people (`report`).

pub use {economy, equilibrium};

pub mod file;
pub mod inputs;
pub mod lever;
pub mod money;
pub mod parameters;
pub mod results;
pub mod run;
pub mod spec;
pub mod store;

/// The study that ships with the program.
pub const LIAONING: &str = include_str!("../../../studies/liaoning/study.toml");

/// Name of the shipped study in messages.
pub const LIAONING_NAME: &str = "studies/liaoning/study.toml";
