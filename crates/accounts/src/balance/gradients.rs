//! Conjugate gradients for symmetric systems that need not have full rank.

/// Residual, relative to the right-hand side, at which a system counts as solved
/// (callers refine).
const SOLVED: f64 = 1e-10;
/// Curvature, relative to the diagonal's, of a direction that the matrix maps to rounding.
const NO_CURVATURE: f64 = 1e-13;
/// Growth of the square of the residual over the best one that shows that rounding has taken over.
const LOST: f64 = 1e6;
/// Iterations for each unknown before giving up.
const ITERATIONS_PER_UNKNOWN: usize = 20;

/// x with A x ≈ b for a positive semidefinite A, and the iterations it took.
///
/// - `apply`: x ↦ A x; `diagonal`: of A, as preconditioner; where it is 0, x stays 0.
///
/// # Source
/// Hestenes & Stiefel (1952), preconditioned by the diagonal. A consistent system without full rank
/// is solved by one of its solutions.
pub(super) fn conjugate_gradients(
    apply: impl Fn(&[f64]) -> Vec<f64>,
    diagonal: &[f64],
    b: &[f64],
) -> (Vec<f64>, usize) {
    let precondition = |r: &[f64]| -> Vec<f64> {
        r.iter().zip(diagonal).map(|(r, d)| if *d > 0.0 { r / d } else { 0.0 }).collect()
    };
    let mut x = vec![0.0; b.len()];
    let mut r = b.to_vec();
    let mut z = precondition(&r);
    let mut p = z.clone();
    let mut rho = dot(&r, &z);
    let target = SOLVED * SOLVED * rho;
    let (mut best, mut best_rho) = (x.clone(), rho);
    let mut iterations = 0;
    while rho > target
        && rho <= LOST * best_rho
        && iterations < ITERATIONS_PER_UNKNOWN * b.len() + ITERATIONS_PER_UNKNOWN
    {
        iterations += 1;
        let ap = apply(&p);
        let curvature = dot(&p, &ap);
        let size: f64 = p.iter().zip(diagonal).map(|(p, d)| d * p * p).sum();
        if curvature.is_nan() || curvature <= NO_CURVATURE * size {
            break;
        }
        let step = rho / curvature;
        add(&mut x, step, &p);
        add(&mut r, -step, &ap);
        z = precondition(&r);
        let next = dot(&r, &z);
        let turn = next / rho;
        rho = next;
        if rho < best_rho {
            best_rho = rho;
            best.copy_from_slice(&x);
        }
        p.iter_mut().zip(&z).for_each(|(p, z)| *p = z + turn * *p);
    }
    (best, iterations)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, from: &[f64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += factor * from);
}
