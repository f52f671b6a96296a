//! Gauss–Legendre quadrature.

/// Nodes and weights on 0…1: roots of the Legendre polynomial by Newton's method from Chebyshev's.
///
/// - `count`: nodes, at least 1; exact for polynomials of degree 2 `count` − 1.
pub fn gauss_legendre(count: usize) -> Vec<(f64, f64)> {
    let n = count as f64;
    let legendre = |x: f64| {
        let (mut before, mut value) = (1.0, x);
        for k in 2..=count {
            let k = k as f64;
            (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
        }
        (value, n * (x * value - before) / (x * x - 1.0))
    };
    let node = |at: usize| {
        let mut x = -(std::f64::consts::PI * (at as f64 + 0.75) / (n + 0.5)).cos();
        for _ in 0..100 {
            let (value, slope) = legendre(x);
            x -= value / slope;
        }
        let slope = legendre(x).1;
        (0.5 * (x + 1.0), 1.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..count).map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly() {
        for count in 2..10 {
            for degree in 0..2 * i32::try_from(count).expect("small") {
                let nodes = gauss_legendre(count);
                let sum: f64 = nodes.iter().map(|(x, weight)| weight * x.powi(degree)).sum();
                let exact = 1.0 / f64::from(degree + 1);
                assert!((sum - exact).abs() < 1e-14, "{count} {degree}: {sum}");
            }
        }
    }
}
