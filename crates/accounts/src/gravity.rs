//! Prior of trade between regions: supply × demand ÷ distance^decay.
//!
//! Not here: fitting it to the totals (`crate::balance`).

use crate::matrix::Matrix;

/// Parameters of a gravity prior.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gravity {
    /// Exponent of distance, ≥ 0.
    pub decay: f64,
    /// Factor on what stays within a region, ≥ 1 for what hardly travels.
    pub own_region_factor: f64,
}

/// Flows of one product, up to scale: origin × destination.
///
/// - `supply`, `demand`: R, money; negative demand counts as none.
/// - `distance`: R × R, km, positive also within a region.
///
/// # Source
/// The gravity form as used for the trade matrices of TERM (Horridge, Madden & Wittwer 2005).
pub fn gravity_prior(supply: &[f64], demand: &[f64], distance: &Matrix, with: Gravity) -> Matrix {
    Matrix::from_fn(supply.len(), demand.len(), |r, d| {
        let own = if r == d { with.own_region_factor } else { 1.0 };
        own * supply[r].max(0.0) * demand[d].max(0.0) / distance.at(r, d).powf(with.decay)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_fall_with_distance_and_rise_with_size() {
        let distance = Matrix::from_fn(2, 2, |r, d| if r == d { 1.0 } else { 4.0 });
        let with = Gravity { decay: 0.5, own_region_factor: 3.0 };
        let flows = gravity_prior(&[2.0, 1.0], &[5.0, -1.0], &distance, with);
        let by_hand = Matrix::from_fn(2, 2, |r, d| [[30.0, 0.0], [2.5, 0.0]][r][d]);
        assert_eq!(flows, by_hand);
    }
}
