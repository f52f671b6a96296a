//! Published analyses to the printed digit, and laws of input-output analysis.

mod laws;
mod published;
mod tables;
mod trade;
