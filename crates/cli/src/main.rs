//! The ironbelt command line.

#[cfg_attr(not(test), expect(dead_code, reason = "the commands follow"))]
mod render;

fn main() {}
