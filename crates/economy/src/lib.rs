//! The regional equilibrium model, calibrated from regional accounts.

pub mod synthetic;
