//! Numbers that remember what they were made of: derivatives of one result by everything, in one
//! pass back.
//!
//! Every operation on [`Traced`] numbers adds a line to their [`Tape`]: which one or two lines it
//! read, and the derivative by each. [`Tape::backward`] runs the lines from the last to the first.
//! Not here: arrays that a solver runs over (`crate::evaluate`).

use std::cell::RefCell;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use crate::number::Number;

/// The lines of a computation.
#[derive(Debug, Default)]
pub struct Tape {
    lines: RefCell<Vec<[(u32, f64); 2]>>,
}

/// A line that nothing reads.
const NOTHING: (u32, f64) = (0, 0.0);

/// A number with its line on a tape; a constant has none.
#[derive(Debug, Clone, Copy)]
pub struct Traced<'t> {
    value: f64,
    line: Option<(&'t Tape, u32)>,
}

/// Derivatives by every line of a tape.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjoints(Vec<f64>);

impl Tape {
    /// A number to take derivatives by.
    pub fn leaf(&self, value: f64) -> Traced<'_> {
        Traced { value, line: Some((self, self.push([NOTHING; 2]))) }
    }

    /// Numbers to take derivatives by.
    pub fn leaves(&self, values: &[f64]) -> Vec<Traced<'_>> {
        values.iter().map(|value| self.leaf(*value)).collect()
    }

    /// Derivatives of Σ weight · number over `ends`, by all lines.
    pub fn backward(&self, ends: &[(Traced<'_>, f64)]) -> Adjoints {
        let lines = self.lines.borrow();
        let mut adjoints = vec![0.0; lines.len()];
        for (end, weight) in ends {
            if let Some((_, at)) = end.line {
                adjoints[at as usize] += weight;
            }
        }
        for (at, line) in lines.iter().enumerate().rev() {
            let adjoint = adjoints[at];
            // Where nothing depends, an infinite slope must not make a derivative of nothing.
            if adjoint != 0.0 {
                for (from, slope) in line.iter().filter(|(_, slope)| *slope != 0.0) {
                    adjoints[*from as usize] += adjoint * slope;
                }
            }
        }
        Adjoints(adjoints)
    }

    fn push(&self, line: [(u32, f64); 2]) -> u32 {
        let mut lines = self.lines.borrow_mut();
        lines.push(line);
        u32::try_from(lines.len() - 1).expect("a tape of fewer than four billion lines")
    }
}

impl Adjoints {
    /// The derivative by a number; 0 for a constant.
    pub fn of(&self, number: Traced<'_>) -> f64 {
        number.line.map_or(0.0, |(_, at)| self.0[at as usize])
    }

    /// The derivatives by some numbers.
    pub fn all(&self, numbers: &[Traced<'_>]) -> Vec<f64> {
        numbers.iter().map(|number| self.of(*number)).collect()
    }
}

impl Traced<'_> {
    fn both(self, other: Self, value: f64, a: f64, b: f64) -> Self {
        let line = match (self.line, other.line) {
            (None, None) => None,
            (Some((tape, x)), None) => Some((tape, tape.push([(x, a), NOTHING]))),
            (None, Some((tape, y))) => Some((tape, tape.push([(y, b), NOTHING]))),
            (Some((tape, x)), Some((_, y))) => Some((tape, tape.push([(x, a), (y, b)]))),
        };
        Self { value, line }
    }
}

impl Number for Traced<'_> {
    fn constant(value: f64) -> Self {
        Self { value, line: None }
    }
    fn value(self) -> f64 {
        self.value
    }
    fn is_constant(self) -> bool {
        self.line.is_none()
    }
    fn chain(self, value: f64, slope: f64) -> Self {
        let line = self.line.map(|(tape, at)| (tape, tape.push([(at, slope), NOTHING])));
        Self { value, line }
    }
}

impl Add for Traced<'_> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.both(other, self.value + other.value, 1.0, 1.0)
    }
}

impl Sub for Traced<'_> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.both(other, self.value - other.value, 1.0, -1.0)
    }
}

impl Mul for Traced<'_> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.both(other, self.value * other.value, other.value, self.value)
    }
}

impl Div for Traced<'_> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        self.both(other, value, 1.0 / other.value, -value / other.value)
    }
}

impl Mul<f64> for Traced<'_> {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        self.chain(self.value * factor, factor)
    }
}

impl Div<f64> for Traced<'_> {
    type Output = Self;
    fn div(self, divisor: f64) -> Self {
        self.chain(self.value / divisor, 1.0 / divisor)
    }
}

impl Neg for Traced<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.chain(-self.value, -1.0)
    }
}

impl AddAssign for Traced<'_> {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Traced<'_> {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::constant(0.0), Add::add)
    }
}
