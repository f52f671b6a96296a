//! Study files, levers, baseline and policy paths, targets, results.
//!
//! | stage | module    | from → to                                                        |
//! |-------|-----------|------------------------------------------------------------------|
//! | load  | `inputs`  | name of accounts → accounts and figures beside them, checksums   |
//! | read  | `file`    | TOML → checked [`spec::Study`] and findings                      |
//! | read  | `beside`  | a study with the tables that lie beside its file                 |
//! | run   | `run`     | study + inputs → [`results::Results`]                            |
//! | draw  | `ensemble` | study with other numbers, many times → probabilities of targets |
//! | mix   | `mix`     | study with costs of its levers → cheapest mix that reaches the targets |
//! | update | `calibrate` | study + history → numbers of the method and elasticities, fit before and after |
//! | store | `store`   | results → named files, and back                                  |
//!
//! Not here: equations (`economy`), pictures and tables for people (`report`).

pub use {economy, equilibrium};

pub mod beside;
pub mod calibrate;
pub mod edit;
pub mod ensemble;
pub mod event;
pub mod file;
pub mod folder;
pub mod inputs;
pub mod lever;
pub mod mix;
pub mod money;
pub mod negative_list;
pub mod observations;
pub mod parameters;
pub mod pipeline;
pub mod results;
pub mod run;
pub mod spec;
pub mod store;

/// The study that ships with the program.
pub const LIAONING: &str = include_str!("../../../studies/liaoning/study.toml");

/// Name of the shipped study in messages.
pub const LIAONING_NAME: &str = "studies/liaoning/study.toml";
