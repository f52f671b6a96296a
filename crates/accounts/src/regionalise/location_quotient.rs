//! Regional input coefficients from national ones by location quotients, and cross-hauling (CHARM).
//!
//! | here       | symbol   | meaning                                               |
//! |------------|----------|-------------------------------------------------------|
//! | `region`   | `xr_i`   | output (or employment) of industry i in the region    |
//! | `nation`   | `xn_i`   | the same in the nation, the region included           |
//! | `simple`   | `SLQ_i`  | `(xr_i ÷ Σ xr) ÷ (xn_i ÷ Σ xn)`                       |
//! |            | `CILQ_ij`| `SLQ_i ÷ SLQ_j`; on the diagonal `SLQ_i`              |
//! |            | λ        | `[log₂(1 + Σ xr ÷ Σ xn)]^δ`                           |
//! |            | `FLQ_ij` | `λ CILQ_ij`                                           |
//! |            | `AFLQ_ij`| `min(FLQ_ij, 1) log₂(1 + SLQ_j)` where `SLQ_j > 1`    |
//!
//! Sources: Miller & Blair (2009), ch. 8, for SLQ and CILQ (with SLQ on the diagonal); Flegg &
//! Webber (1997) for λ and (2000) for AFLQ; Kronenberg (2009) and Többen & Kronenberg (2015) for CHARM.
//! Not here: fitting to totals of the region (`super::single`).

use crate::matrix::Matrix;

/// Exponent of the size of the region in FLQ and AFLQ unless another is given.
pub const DEFAULT_DELTA: f64 = 0.3;

/// Which location quotient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quotient {
    /// No regional trade: every input comes from the region as far as the nation has it.
    None,
    /// Simple location quotient of the selling industry.
    Simple,
    /// Selling against buying industry.
    CrossIndustry,
    /// Cross-industry with the size of the region.
    Flegg {
        /// Exponent of size, 0 ≤ δ < 1.
        delta: f64,
    },
    /// Flegg with regional specialisation of the buyer.
    AugmentedFlegg {
        /// Exponent of size, 0 ≤ δ < 1.
        delta: f64,
    },
}

/// Simple location quotients, n; 0 where the region or the nation has no output.
pub fn simple(region: &[f64], nation: &[f64]) -> Vec<f64> {
    let size = region.iter().sum::<f64>() / nation.iter().sum::<f64>();
    region.iter().zip(nation).map(|(r, n)| positive_ratio(positive_ratio(*r, *n), size)).collect()
}

fn positive_ratio(a: f64, b: f64) -> f64 {
    if a > 0.0 && b > 0.0 { a / b } else { 0.0 }
}

/// λ of FLQ: [log₂(1 + size)]^δ with the share of the region in the nation.
pub fn flegg_size(region: &[f64], nation: &[f64], delta: f64) -> f64 {
    (1.0 + region.iter().sum::<f64>() / nation.iter().sum::<f64>()).log2().powf(delta)
}

/// Factors on national coefficients, n × n (seller × buyer): at most 1, but for AFLQ, where the
/// region may buy more at home than the nation does.
pub fn factors(region: &[f64], nation: &[f64], quotient: Quotient) -> Matrix {
    let slq = simple(region, nation);
    let cross = |i: usize, j: usize| {
        if i == j {
            slq[i]
        } else if slq[j] > 0.0 {
            slq[i] / slq[j]
        } else {
            slq[i]
        }
    };
    let n = slq.len();
    let flegg = |delta: f64| {
        let lambda = flegg_size(region, nation, delta);
        Matrix::from_fn(n, n, |i, j| (lambda * cross(i, j)).min(1.0))
    };
    match quotient {
        Quotient::None => Matrix::from_fn(n, n, |_, _| 1.0),
        Quotient::Simple => Matrix::from_fn(n, n, |i, _| slq[i].min(1.0)),
        Quotient::CrossIndustry => Matrix::from_fn(n, n, |i, j| cross(i, j).min(1.0)),
        Quotient::Flegg { delta } => flegg(delta),
        Quotient::AugmentedFlegg { delta } => {
            let flegg = flegg(delta);
            let special = |j: usize| if slq[j] > 1.0 { (1.0 + slq[j]).log2() } else { 1.0 };
            Matrix::from_fn(n, n, |i, j| flegg.at(i, j) * special(j))
        }
    }
}

/// Share of final use met from the own region, n: the quotient of the seller alone, with λ for FLQ
/// and AFLQ, at most 1.
pub fn final_factors(region: &[f64], nation: &[f64], quotient: Quotient) -> Vec<f64> {
    let lambda = match quotient {
        Quotient::None => return vec![1.0; region.len()],
        Quotient::Simple | Quotient::CrossIndustry => 1.0,
        Quotient::Flegg { delta } | Quotient::AugmentedFlegg { delta } => {
            flegg_size(region, nation, delta)
        }
    };
    simple(region, nation).iter().map(|slq| (lambda * slq).min(1.0)).collect()
}

/// Regional coefficients: national domestic coefficients × [`factors`].
///
/// - `national`: **A**, n × n, domestic inputs per output of the nation.
/// - `region`, `nation`: n, output or employment in one unit.
pub fn regional_coefficients(
    national: &Matrix,
    region: &[f64],
    nation: &[f64],
    quotient: Quotient,
) -> Matrix {
    national.zip(&factors(region, nation, quotient), |a, factor| a * factor)
}

/// What one product trades with the outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trade {
    /// Made in the area.
    pub output: f64,
    /// Used in the area.
    pub demand: f64,
    /// Sent out.
    pub exports: f64,
    /// Brought in.
    pub imports: f64,
}

/// Exports and imports of a region with cross-hauling (CHARM).
///
/// The nation's heterogeneity h = (exports + imports − |exports − imports|) ÷ (output + demand)
/// applies in the region: q = h (output + demand), at most twice the smaller of both; with the
/// balance b = output − demand, exports = (q + |b| + b) ÷ 2 and imports = (q + |b| − b) ÷ 2.
///
/// # Source
/// Kronenberg (2009), International Regional Science Review 32; bound: Többen & Kronenberg (2015).
pub fn charm(nation: &Trade, output: f64, demand: f64) -> Trade {
    let cross = nation.exports + nation.imports - (nation.exports - nation.imports).abs();
    let heterogeneity = positive_ratio(cross, nation.output + nation.demand);
    let hauled = (heterogeneity * (output + demand)).min(2.0 * output.min(demand));
    let balance = output - demand;
    Trade {
        output,
        demand,
        exports: 0.5 * (hauled + balance.abs() + balance),
        imports: 0.5 * (hauled + balance.abs() - balance),
    }
}
