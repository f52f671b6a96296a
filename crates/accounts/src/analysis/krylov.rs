//! One GMRES process: a basis of a Krylov space and the least-squares problem on it.
//!
//! Not here: the products (`super::kernel`), preconditioning and restarts (`super::leontief`).

use super::kernel::{add, dot};

/// State of GMRES on one system, from a residual.
pub(crate) struct Krylov {
    /// Orthonormal vectors; one more than `triangle` has columns.
    basis: Vec<Vec<f64>>,
    /// Columns of the rotated Hessenberg matrix.
    triangle: Vec<Vec<f64>>,
    /// Cosine and sine of each rotation.
    rotations: Vec<(f64, f64)>,
    /// Rotated right-hand side; the last is the residual.
    side: Vec<f64>,
    /// Residual that is small enough.
    aim: f64,
}

impl Krylov {
    /// Starts from a residual; done when it is `aim` or less.
    pub fn new(residual: &[f64], aim: f64) -> Self {
        let size = dot(residual, residual).sqrt();
        let scale = if size == 0.0 { 0.0 } else { 1.0 / size };
        let first = residual.iter().map(|r| r * scale).collect();
        Self { basis: vec![first], triangle: vec![], rotations: vec![], side: vec![size], aim }
    }

    /// Norm of the residual by the recurrence.
    fn residual(&self) -> f64 {
        self.side.last().map_or(0.0, |rest| rest.abs())
    }

    /// Whether the residual is small enough, or there is no further direction.
    pub fn is_done(&self) -> bool {
        self.residual() <= self.aim || self.basis.len() == self.triangle.len()
    }

    /// Whether all numbers so far are finite.
    pub fn is_finite(&self) -> bool {
        self.residual().is_finite()
    }

    /// The vector whose product comes next.
    pub fn direction(&self) -> &[f64] {
        self.basis.last().map_or(&[], Vec::as_slice)
    }

    /// Takes the product of the last direction, orthogonalises it (modified Gram–Schmidt) and
    /// rotates the new column.
    pub fn extend(&mut self, mut product: Vec<f64>) {
        let mut column: Vec<f64> = Vec::with_capacity(self.basis.len() + 1);
        for vector in &self.basis {
            let along = dot(&product, vector);
            add(&mut product, -along, vector);
            column.push(along);
        }
        let length = dot(&product, &product).sqrt();
        for (at, (c, s)) in self.rotations.iter().enumerate() {
            let (a, b) = (column[at], column[at + 1]);
            (column[at], column[at + 1]) = (c * a + s * b, c * b - s * a);
        }
        let last = column.len() - 1;
        let size = column[last].hypot(length);
        let (c, s) = if size == 0.0 { (1.0, 0.0) } else { (column[last] / size, length / size) };
        column[last] = size;
        let rest = self.side[last];
        self.side[last] = c * rest;
        self.side.push(-s * rest);
        self.rotations.push((c, s));
        self.triangle.push(column);
        if length > 0.0 {
            for each in &mut product {
                *each /= length;
            }
            self.basis.push(product);
        }
    }

    /// The combination of basis vectors with the smallest residual.
    pub fn combination(&self) -> Vec<f64> {
        let size = self.triangle.len();
        let mut weights = self.side[..size].to_vec();
        for at in (0..size).rev() {
            let column = &self.triangle[at];
            weights[at] = if column[at] == 0.0 { 0.0 } else { weights[at] / column[at] };
            let weight = weights[at];
            weights[..at].iter_mut().zip(column).for_each(|(w, cell)| *w -= weight * cell);
        }
        let mut sum = vec![0.0; self.basis[0].len()];
        for (weight, vector) in weights.iter().zip(&self.basis) {
            add(&mut sum, *weight, vector);
        }
        sum
    }
}
