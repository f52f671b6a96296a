//! Study files, levers, baseline and policy paths, targets, results.

pub mod file;
pub mod lever;
pub mod money;
pub mod parameters;
pub mod results;
pub mod spec;
