//! Location quotients, relatedness and complexity of what regions do.
//!
//! Tables are regions × industries, any nonnegative amount (jobs, output, exports).
//! Not here: quotients that regionalise a table (`crate::balance` and the readers' recipes).

use crate::matrix::Matrix;

/// Location quotient: share of an industry in a region over its share in all regions, R × k; zero
/// where the industry or the region is empty.
///
/// # Source
/// Miller & Blair (2009), ch. 8; revealed comparative advantage of Balassa (1965).
pub fn location_quotients(amounts: &Matrix) -> Matrix {
    let (regions, industries, total) = (amounts.row_sums(), amounts.column_sums(), amounts.total());
    Matrix::from_fn(amounts.rows(), amounts.columns(), |r, k| {
        let expected = regions[r] * industries[k] / total;
        if expected > 0.0 { amounts.at(r, k) / expected } else { 0.0 }
    })
}

/// One where a region is specialised (location quotient of one or more), else zero, R × k.
pub fn specialisation(amounts: &Matrix) -> Matrix {
    let quotients = location_quotients(amounts);
    let cell = |r, k| f64::from(u8::from(quotients.at(r, k) >= 1.0));
    Matrix::from_fn(amounts.rows(), amounts.columns(), cell)
}

/// Proximity of industries: the smaller of the two conditional probabilities that a region
/// specialised in one is specialised in the other, k × k; zero for an industry nobody has.
///
/// # Source
/// Hidalgo, Klinger, Barabási & Hausmann (2007).
pub fn proximity(specialised: &Matrix) -> Matrix {
    let ubiquity = specialised.column_sums();
    Matrix::from_fn(specialised.columns(), specialised.columns(), |a, b| {
        let both: f64 =
            (0..specialised.rows()).map(|r| specialised.at(r, a) * specialised.at(r, b)).sum();
        let more = ubiquity[a].max(ubiquity[b]);
        if more > 0.0 { both / more } else { 0.0 }
    })
}

/// Relatedness density: the share of an industry's proximity to others that lies in industries the
/// region is specialised in, R × k, from 0 to 1.
///
/// # Source
/// Hidalgo, Klinger, Barabási & Hausmann (2007).
pub fn relatedness(specialised: &Matrix) -> Matrix {
    let near = proximity(specialised);
    let others = |k: usize| (0..near.rows()).filter(move |other| *other != k);
    Matrix::from_fn(specialised.rows(), specialised.columns(), |r, k| {
        let total: f64 = others(k).map(|other| near.at(k, other)).sum();
        let present: f64 =
            others(k).map(|other| near.at(k, other) * specialised.at(r, other)).sum();
        if total > 0.0 { present / total } else { 0.0 }
    })
}

/// Complexity of regions and industries, both with mean zero and standard deviation one.
#[derive(Debug, Clone, PartialEq)]
pub struct Complexity {
    /// Economic complexity index of each region, R.
    pub regions: Vec<f64>,
    /// Product complexity index of each industry, k.
    pub industries: Vec<f64>,
}

/// Economic and product complexity: the second eigenvectors of the reflections between regions and
/// industries; none when fewer than three regions or industries are specialised at all.
///
/// The sign makes complexity of regions rise with their diversity. Regions and industries without
/// any specialisation are not numbers.
///
/// # Source
/// Hausmann, Hidalgo et al. (2014), The Atlas of Economic Complexity.
pub fn complexity(specialised: &Matrix) -> Option<Complexity> {
    let (diversity, ubiquity) = (specialised.row_sums(), specialised.column_sums());
    let regions: Vec<usize> = positive(&diversity);
    let industries: Vec<usize> = positive(&ubiquity);
    if regions.len() < 3 || industries.len() < 3 {
        return None;
    }
    // M̃ = D⁻¹ M U⁻¹ Mᵀ is similar to the symmetric S = D^-½ M U⁻¹ Mᵀ D^-½.
    let root: Vec<f64> = regions.iter().map(|r| diversity[*r].sqrt()).collect();
    let cell = |a: usize, b: usize| {
        let (r, s) = (regions[a], regions[b]);
        let shared =
            industries.iter().map(|k| specialised.at(r, *k) * specialised.at(s, *k) / ubiquity[*k]);
        shared.sum::<f64>() / (root[a] * root[b])
    };
    let symmetric = faer::Mat::from_fn(regions.len(), regions.len(), cell);
    let eigen = symmetric.self_adjoint_eigen(faer::Side::Lower).ok()?;
    // Eigenvalues rise; the largest is one with the trivial vector, the one before it counts.
    let second = eigen.U().col(regions.len() - 2);
    let mut of_region: Vec<f64> = (0..regions.len()).map(|a| second[a] / root[a]).collect();
    let by_diversity: Vec<f64> = regions.iter().map(|r| diversity[*r]).collect();
    if covariance(&of_region, &by_diversity) < 0.0 {
        for value in &mut of_region {
            *value = -*value;
        }
    }
    let of_industry: Vec<f64> = industries
        .iter()
        .map(|k| {
            let sum: f64 =
                regions.iter().zip(&of_region).map(|(r, c)| specialised.at(*r, *k) * c).sum();
            sum / ubiquity[*k]
        })
        .collect();
    Some(Complexity {
        regions: spread(&standardised(&of_region), &regions, diversity.len()),
        industries: spread(&standardised(&of_industry), &industries, ubiquity.len()),
    })
}

fn positive(values: &[f64]) -> Vec<usize> {
    (0..values.len()).filter(|at| values[*at] > 0.0).collect()
}

fn covariance(x: &[f64], y: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (a, b) = (mean(x), mean(y));
    x.iter().zip(y).map(|(x, y)| (x - a) * (y - b)).sum()
}

fn standardised(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (covariance(values, values) / n).sqrt();
    values.iter().map(|value| (value - mean) / deviation).collect()
}

fn spread(values: &[f64], places: &[usize], length: usize) -> Vec<f64> {
    let mut out = vec![f64::NAN; length];
    places.iter().zip(values).for_each(|(place, value)| out[*place] = *value);
    out
}
