//! Numbers that carry derivatives: a formula is written once, over any [`Number`].
//!
//! | number                  | gives                                                              |
//! |-------------------------|--------------------------------------------------------------------|
//! | `f64`                   | values                                                             |
//! | [`Dual`]                | values, and derivatives in N directions with them                  |
//! | [`crate::tape::Traced`] | values, and afterwards the derivatives of one by all that it was made of |
//!
//! For formulas of single numbers: what happens between years, indicators, blocks of a sparse model.
//! Arrays that a solver runs over have their own derivatives (`crate::evaluate`).

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// What a formula needs of its numbers.
pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
    + AddAssign
    + Sum
{
    /// A number without derivatives.
    fn constant(value: f64) -> Self;
    /// The value alone.
    fn value(self) -> f64;
    /// Whether all derivatives are zero.
    fn is_constant(self) -> bool;
    /// The number whose value is `value` and whose derivatives are `slope` times these.
    #[must_use]
    fn chain(self, value: f64, slope: f64) -> Self;

    /// Natural exponential.
    #[must_use]
    fn exp(self) -> Self {
        let value = self.value().exp();
        self.chain(value, value)
    }
    /// Natural logarithm.
    #[must_use]
    fn ln(self) -> Self {
        let x = self.value();
        self.chain(x.ln(), 1.0 / x)
    }
    /// `exp(self) − 1`, exact near zero.
    #[must_use]
    fn exp_m1(self) -> Self {
        let value = self.value().exp_m1();
        self.chain(value, value + 1.0)
    }
    /// `ln(1 + self)`, exact near zero.
    #[must_use]
    fn ln_1p(self) -> Self {
        let x = self.value();
        self.chain(x.ln_1p(), 1.0 / (1.0 + x))
    }
    /// Square root.
    #[must_use]
    fn sqrt(self) -> Self {
        let value = self.value().sqrt();
        self.chain(value, 0.5 / value)
    }
    /// Absolute value; its slope at zero is 0.
    #[must_use]
    fn abs(self) -> Self {
        let x = self.value();
        self.chain(x.abs(), if x == 0.0 { 0.0 } else { x.signum() })
    }
    /// `self` to a power. A constant power also takes negative numbers where it is a whole number.
    #[must_use]
    fn power(self, exponent: Self) -> Self {
        let (x, k) = (self.value(), exponent.value());
        let value = x.powf(k);
        let slope = match x {
            _ if k == 0.0 => 0.0,
            0.0 => k * x.powf(k - 1.0),
            _ => k * value / x,
        };
        let by_base = self.chain(value, slope);
        if exponent.is_constant() {
            return by_base;
        }
        let by_exponent = exponent.chain(0.0, if value == 0.0 { 0.0 } else { value * x.ln() });
        by_base + by_exponent
    }
}

impl Number for f64 {
    fn constant(value: f64) -> Self {
        value
    }
    fn value(self) -> f64 {
        self
    }
    fn is_constant(self) -> bool {
        true
    }
    fn chain(self, value: f64, _slope: f64) -> Self {
        value
    }
}

/// A value and its derivatives in `N` directions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual<const N: usize> {
    /// The value.
    pub value: f64,
    /// Derivatives, one for each direction.
    pub slopes: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// The variable of one direction.
    pub fn variable(value: f64, direction: usize) -> Self {
        let mut slopes = [0.0; N];
        slopes[direction] = 1.0;
        Self { value, slopes }
    }

    fn both(self, other: Self, value: f64, a: f64, b: f64) -> Self {
        let mut slopes = [0.0; N];
        for ((slope, x), y) in slopes.iter_mut().zip(self.slopes).zip(other.slopes) {
            *slope = a * x + b * y;
        }
        Self { value, slopes }
    }
}

impl<const N: usize> Number for Dual<N> {
    fn constant(value: f64) -> Self {
        Self { value, slopes: [0.0; N] }
    }
    fn value(self) -> f64 {
        self.value
    }
    fn is_constant(self) -> bool {
        self.slopes.iter().all(|slope| *slope == 0.0)
    }
    fn chain(self, value: f64, slope: f64) -> Self {
        // Where nothing moves, an infinite slope must not make a derivative of nothing.
        let slopes = self.slopes.map(|each| if each == 0.0 { 0.0 } else { slope * each });
        Self { value, slopes }
    }
}

impl<const N: usize> Add for Dual<N> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.both(other, self.value + other.value, 1.0, 1.0)
    }
}

impl<const N: usize> Sub for Dual<N> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.both(other, self.value - other.value, 1.0, -1.0)
    }
}

impl<const N: usize> Mul for Dual<N> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.both(other, self.value * other.value, other.value, self.value)
    }
}

impl<const N: usize> Div for Dual<N> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        self.both(other, value, 1.0 / other.value, -value / other.value)
    }
}

impl<const N: usize> Mul<f64> for Dual<N> {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        self.chain(self.value * factor, factor)
    }
}

impl<const N: usize> Div<f64> for Dual<N> {
    type Output = Self;
    fn div(self, divisor: f64) -> Self {
        self.chain(self.value / divisor, 1.0 / divisor)
    }
}

impl<const N: usize> AddAssign for Dual<N> {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const N: usize> Sum for Dual<N> {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::constant(0.0), Add::add)
    }
}

impl<const N: usize> Neg for Dual<N> {
    type Output = Self;
    fn neg(self) -> Self {
        self.chain(-self.value, -1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::Tape;
    use proptest::prelude::*;

    fn difference(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        let step = 1e-6 * x.abs().max(1e-3);
        (f(x + step) - f(x - step)) / (2.0 * step)
    }

    /// A long expression through every function.
    fn winding<T: Number>(x: T) -> T {
        let two = T::constant(2.0);
        let a = (x * x + two).sqrt().ln() / (x.exp_m1() - two).abs();
        let mut y = (a.ln_1p() - x.power(T::constant(1.7))).exp() - two.power(x) + (-x).exp();
        y += [x * 3.0, x * x / 7.0].into_iter().sum();
        y
    }

    proptest! {
        #[test]
        fn derivatives_equal_differences(x in 0.05f64..0.9) {
            let exact = winding(Dual::<1>::variable(x, 0)).slopes[0];
            let estimate = difference(winding::<f64>, x);
            prop_assert!((exact - estimate).abs() < 1e-6 * exact.abs().max(1.0), "{exact} {estimate}");
        }

        #[test]
        fn a_tape_run_back_gives_what_dual_numbers_give(x in 0.05f64..0.9) {
            let exact = winding(Dual::<1>::variable(x, 0));
            let tape = Tape::default();
            let leaf = tape.leaf(x);
            let end = winding(leaf);
            let slope = tape.backward(&[(end, 1.0)]).of(leaf);
            prop_assert!((end.value() - exact.value).abs() <= 1e-14 * exact.value.abs());
            prop_assert!((slope - exact.slopes[0]).abs() < 1e-12 * exact.slopes[0].abs().max(1.0));
        }
    }
}
