//! Jobs that end with the work and jobs that stay: two types that cannot be added.
//!
//! ```compile_fail
//! use accounts::analysis::jobs::{JobYears, Jobs, PermanentJobs};
//! let wrong = JobYears::new(3.0) + PermanentJobs::new(2.0);
//! ```
//! Each can be added to its own kind:
//! ```
//! use accounts::analysis::jobs::{JobYears, Jobs};
//! let sum = JobYears::new(3.0) + JobYears::new(2.0);
//! assert_eq!(sum.number(), 5.0);
//! ```

use std::iter::Sum;
use std::ops::Add;

/// A count of jobs of one kind.
pub trait Jobs: Copy + Default + Add<Output = Self> + Sum {
    /// Name of the kind in tables.
    const NAME: &'static str;

    /// A number of them.
    fn new(number: f64) -> Self;

    /// How many.
    fn number(self) -> f64;

    /// A share of them.
    #[must_use]
    fn times(self, share: f64) -> Self {
        Self::new(self.number() * share)
    }
}

/// Work of one person for one year; ends with the work it counts.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct JobYears(f64);

/// A job that lasts as long as the activity does.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct PermanentJobs(f64);

impl Jobs for JobYears {
    const NAME: &'static str = "job-years";

    fn new(number: f64) -> Self {
        Self(number)
    }

    fn number(self) -> f64 {
        self.0
    }
}

impl Jobs for PermanentJobs {
    const NAME: &'static str = "permanent jobs";

    fn new(number: f64) -> Self {
        Self(number)
    }

    fn number(self) -> f64 {
        self.0
    }
}

impl Add for JobYears {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Add for PermanentJobs {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sum for JobYears {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl Sum for PermanentJobs {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}
