//! Study files, levers, baseline and policy paths, targets, results.

pub mod results;
