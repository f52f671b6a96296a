//! Goods delivered from every origin to every destination: margins in fixed proportion to a flow,
//! and a CES composite over origins, without an array of the flows' prices.
//!
//! | symbol     | meaning                                              | shape                         |
//! |------------|------------------------------------------------------|-------------------------------|
//! | P          | basic price, 1 at the benchmark                      | product × origin              |
//! | G          | price of a margin on a route, 1 at the benchmark     | margin × origin × destination |
//! | S          | weight of an origin in its composite                 | origin × product × destination |
//! | γ          | margin's part of a flow's delivered value            | origin × product × margin × destination |
//! | σ          | elasticity of substitution between origins           | product                       |
//!
//! ```text
//! delivered   V = (1 − Σ γ) P + Σ γ G
//! composite   (product, destination)      A = Σ_origin S V^(1−σ)
//! bought      of a product at its origin  Σ_destination z S V^−σ (1 − Σ γ)
//!             of a margin on a route      Σ_product     z S V^−σ γ
//! ```
//! What is bought is the derivative of the composite by its prices, so that two sums over all flows
//! serve values, tangents and adjoints: `inward` (to product × destination) and `outward`. Both
//! compute V anew from prices, which takes less time than to read it from memory.
//!
//! Weights and parts are kept in 32 bits, arithmetic is in 64. Whole elasticities 2, 4 and 5 need no
//! power function. Source of the form: Horridge, Madden & Wittwer (2005), margins and sourcing.
//! Not here: who makes margins, and what z is (`crate::graph` users write both).

#![expect(clippy::inline_always, reason = "instructions are chosen where a loop begins")]

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Products that one task adds up together: their sums stay in the nearest cache.
const TOGETHER: usize = 8;
/// Flows below which threads cost more than they save.
const PARALLEL_FLOWS: usize = 1 << 15;
/// Partial sums of a row.
const LANES: usize = 8;
/// Most margins on a route.
pub(crate) const MOST_MARGINS: usize = 4;

/// Fixed shares of all routes.
#[derive(Debug)]
pub(crate) struct Table {
    products: usize,
    margins: usize,
    regions: usize,
    sigma: Vec<f64>,
    share: Vec<f32>,
    part: Vec<f32>,
    /// A at the benchmark.
    total: Vec<f64>,
}

/// Prices, or directions in them: basic (product × origin), of margins (margin × origin ×
/// destination).
#[derive(Clone, Copy)]
pub(crate) struct Prices<'a> {
    pub(crate) basic: &'a [f64],
    pub(crate) margin: &'a [f64],
}

impl Table {
    /// Of sizes [products, margins, regions].
    ///
    /// # Panics
    /// When shares do not fit the sizes, an elasticity is 1, or margins are none or too many.
    pub(crate) fn new(sizes: [usize; 3], sigma: &[f64], share: Vec<f32>, part: Vec<f32>) -> Self {
        let [products, margins, regions] = sizes;
        let flows = products * regions * regions;
        assert_eq!((share.len(), part.len()), (flows, flows * margins), "one share for each flow");
        assert_eq!(sigma.len(), products, "one elasticity for each product");
        assert!(sigma.iter().all(|sigma| (sigma - 1.0).abs() > 1e-6), "Cobb-Douglas is not here");
        assert!((1..=MOST_MARGINS).contains(&margins), "one to {MOST_MARGINS} margins");
        let sigma = sigma.to_vec();
        let mut table = Self { products, margins, regions, sigma, share, part, total: vec![] };
        let (basic, margin) = (vec![1.0; table.sent()], vec![1.0; table.carried()]);
        let ones = Prices { basic: &basic, margin: &margin };
        let mut total = vec![0.0; products * regions];
        table.inward(ones, ones, &mut total);
        table.total = total;
        table
    }

    /// Cells of product × origin.
    pub(crate) fn sent(&self) -> usize {
        self.products * self.regions
    }

    /// Cells of margin × origin × destination.
    pub(crate) fn carried(&self) -> usize {
        self.margins * self.regions * self.regions
    }

    /// A at the benchmark, product × destination.
    pub(crate) fn total(&self) -> &[f64] {
        &self.total
    }

    /// Bytes that one product with the Jacobian reads of these shares.
    pub(crate) fn bytes(&self) -> usize {
        (self.share.len() + self.part.len()) * size_of::<f32>()
    }

    /// Log price of the composites relative to the benchmark.
    pub(crate) fn composite(&self, prices: Prices<'_>, out: &mut [f64]) {
        self.inward(prices, prices, out);
        for (at, (out, total)) in out.iter_mut().zip(&self.total).enumerate() {
            *out = (*out / total).ln() / (1.0 - self.sigma[at / self.regions]);
        }
    }

    /// Its tangent; `log` is its value.
    pub(crate) fn composite_tangent(
        &self,
        prices: Prices<'_>,
        direction: Prices<'_>,
        log: &[f64],
        out: &mut [f64],
    ) {
        self.inward(prices, direction, out);
        for (at, out) in out.iter_mut().enumerate() {
            *out /= self.sum(log, at);
        }
    }

    /// Its adjoint, laid out as what is bought.
    pub(crate) fn composite_adjoint(&self, prices: Prices<'_>, log: &[f64], y: &[f64]) -> Vec<f64> {
        let pull: Vec<f64> = y.iter().enumerate().map(|(at, y)| y / self.sum(log, at)).collect();
        self.outward(prices, &pull, None)
    }

    /// A of a cell, from the log price of its composite.
    fn sum(&self, log: &[f64], at: usize) -> f64 {
        self.total[at] * ((1.0 - self.sigma[at / self.regions]) * log[at]).exp()
    }

    /// Σ over origins of S V^−σ times the direction's delivered price.
    pub(crate) fn inward(&self, prices: Prices<'_>, direction: Prices<'_>, out: &mut [f64]) {
        let n = self.regions;
        let block = |(block, out): (usize, &mut [f64])| {
            out.fill(0.0);
            for origin in 0..n {
                let rows = out.chunks_exact_mut(n).enumerate();
                for (at, out) in rows.map(|(at, out)| (block * TOGETHER + at, out)) {
                    let route = self.route(prices, direction, at, origin);
                    let _ = Arch::new().dispatch(Run { route, sum: Sum::Inward(out) });
                }
            }
        };
        if self.share.len() < PARALLEL_FLOWS || rayon::current_num_threads() == 1 {
            out.chunks_mut(TOGETHER * n).enumerate().for_each(block);
        } else {
            out.par_chunks_mut(TOGETHER * n).enumerate().for_each(block);
        }
    }

    /// What is bought at pull z (product × destination): products by origin, then margins by route;
    /// or, with a direction in z and in prices, its tangent.
    pub(crate) fn outward(
        &self,
        prices: Prices<'_>,
        pull: &[f64],
        direction: Option<(&[f64], Prices<'_>)>,
    ) -> Vec<f64> {
        let n = self.regions;
        let still = Prices { basic: &[], margin: &[] };
        let origin = |origin: usize| {
            let mut sent = vec![0.0; self.products];
            let mut carried = vec![0.0; self.margins * n];
            let mut row = vec![0.0; n];
            for (at, sent) in sent.iter_mut().enumerate() {
                let cells = at * n..(at + 1) * n;
                let pull = &pull[cells.clone()];
                *sent = if let Some((pulled, direction)) = direction {
                    let route = self.route(prices, direction, at, origin);
                    let sum = Sum::Moved(pull, &pulled[cells], &mut row, &mut carried);
                    Arch::new().dispatch(Run { route, sum })
                } else {
                    let route = self.route(prices, still, at, origin);
                    let sum = Sum::Outward(pull, &mut row, &mut carried);
                    Arch::new().dispatch(Run { route, sum })
                };
            }
            (sent, carried)
        };
        let parts: Vec<(Vec<f64>, Vec<f64>)> =
            if self.share.len() < PARALLEL_FLOWS || rayon::current_num_threads() == 1 {
                (0..n).map(origin).collect()
            } else {
                (0..n).into_par_iter().map(origin).collect()
            };
        let mut out = vec![0.0; self.sent() + self.carried()];
        for (r, (sent, carried)) in parts.iter().enumerate() {
            sent.iter().enumerate().for_each(|(product, value)| out[product * n + r] = *value);
            for (m, row) in carried.chunks_exact(n).enumerate() {
                let start = self.sent() + (m * n + r) * n;
                out[start..start + n].copy_from_slice(row);
            }
        }
        out
    }

    /// All flows of a product from one origin.
    fn route<'a>(
        &'a self,
        prices: Prices<'a>,
        direction: Prices<'a>,
        product: usize,
        origin: usize,
    ) -> Route<'a> {
        let n = self.regions;
        let cell = product * n + origin;
        let row = (origin * self.products + product) * n;
        let part = &self.part[row * self.margins..(row + n) * self.margins];
        let of_margins = |margin: &'a [f64]| -> [&'a [f64]; MOST_MARGINS] {
            std::array::from_fn(|m| match margin.get((m * n + origin) * n..) {
                Some(rest) if m < self.margins && !rest.is_empty() => &rest[..n],
                _ => &[],
            })
        };
        Route {
            margins: self.margins,
            sigma: self.sigma[product],
            share: &self.share[row..row + n],
            part,
            basic: prices.basic[cell],
            margin: of_margins(prices.margin),
            basic_direction: direction.basic.get(cell).copied().unwrap_or(0.0),
            margin_direction: of_margins(direction.margin),
        }
    }

    /// V^(1−σ) and V^−σ of the naive definition, for other code to check this one with.
    pub(crate) fn naive(&self, prices: Prices<'_>, flow: [usize; 3]) -> NaiveFlow {
        let [product, origin, destination] = flow;
        let n = self.regions;
        let row = origin * self.products + product;
        let part = |m: usize| f64::from(self.part[(row * self.margins + m) * n + destination]);
        let parts: Vec<f64> = (0..self.margins).map(part).collect();
        let basic = 1.0 - parts.iter().sum::<f64>();
        let margins = parts
            .iter()
            .enumerate()
            .map(|(m, part)| part * prices.margin[(m * n + origin) * n + destination]);
        let delivered = basic * prices.basic[product * n + origin] + margins.sum::<f64>();
        let share = f64::from(self.share[row * n + destination]);
        let quantity = share * delivered.powf(-self.sigma[product]);
        NaiveFlow { value: quantity * delivered, quantity, basic, parts }
    }

    /// Sizes [products, margins, regions].
    pub(crate) fn sizes(&self) -> [usize; 3] {
        [self.products, self.margins, self.regions]
    }

    /// σ of a product.
    pub(crate) fn sigma(&self, product: usize) -> f64 {
        self.sigma[product]
    }
}

/// One flow by the naive definition.
pub(crate) struct NaiveFlow {
    /// S V^(1−σ).
    pub(crate) value: f64,
    /// S V^−σ.
    pub(crate) quantity: f64,
    /// 1 − Σ γ.
    pub(crate) basic: f64,
    /// γ.
    pub(crate) parts: Vec<f64>,
}

/// Flows of one product from one origin to all destinations.
#[derive(Clone, Copy)]
struct Route<'a> {
    margins: usize,
    sigma: f64,
    share: &'a [f32],
    /// Margin × destination.
    part: &'a [f32],
    basic: f64,
    margin: [&'a [f64]; MOST_MARGINS],
    basic_direction: f64,
    margin_direction: [&'a [f64]; MOST_MARGINS],
}

/// What is added up along a route: into a row of composites; at a pull; or moved, with a pull and
/// its direction. The last two work in a row, add to margins' rows, and yield the product's sum.
enum Sum<'a> {
    Inward(&'a mut [f64]),
    Outward(&'a [f64], &'a mut [f64], &'a mut [f64]),
    Moved(&'a [f64], &'a [f64], &'a mut [f64], &'a mut [f64]),
}

/// A sum along a route, to be run with the widest instructions at hand.
struct Run<'a> {
    route: Route<'a>,
    sum: Sum<'a>,
}

impl WithSimd for Run<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let route = self.route;
        match self.sum {
            Sum::Inward(out) => {
                route.inward(out);
                0.0
            }
            Sum::Outward(pull, row, carried) => route.outward(pull, row, carried),
            Sum::Moved(pull, pulled, row, carried) => route.moved(pull, pulled, row, carried),
        }
    }
}

/// A row of each of `M` margins.
type Rows<'a, T, const M: usize> = [&'a [T]; M];

impl Route<'_> {
    #[inline(always)]
    fn parts<const M: usize>(&self) -> Rows<'_, f32, M> {
        let n = self.share.len();
        std::array::from_fn(|m| &self.part[m * n..(m + 1) * n])
    }

    #[inline(always)]
    fn prices<const M: usize>(&self) -> Rows<'_, f64, M> {
        let n = self.share.len();
        std::array::from_fn(|m| &self.margin[m][..n])
    }

    #[inline(always)]
    fn directions<const M: usize>(&self) -> Rows<'_, f64, M> {
        let n = self.share.len();
        std::array::from_fn(|m| &self.margin_direction[m][..n])
    }

    #[inline(always)]
    fn inward(&self, out: &mut [f64]) {
        match self.margins {
            1 => self.inward_powers::<1>(out),
            2 => self.inward_powers::<2>(out),
            3 => self.inward_powers::<3>(out),
            _ => self.inward_powers::<4>(out),
        }
    }

    #[inline(always)]
    fn inward_powers<const M: usize>(&self, out: &mut [f64]) {
        match whole(self.sigma) {
            2 => self.inward_row::<M>(out, square),
            4 => self.inward_row::<M>(out, fourth),
            5 => self.inward_row::<M>(out, fifth),
            _ => self.inward_row::<M>(out, |inverse| inverse.powf(self.sigma)),
        }
    }

    #[inline(always)]
    fn inward_row<const M: usize>(&self, out: &mut [f64], power: impl Fn(f64) -> f64) {
        let n = self.share.len();
        let (share, out) = (&self.share[..n], &mut out[..n]);
        let (parts, prices, directions) =
            (self.parts::<M>(), self.prices::<M>(), self.directions::<M>());
        for at in 0..n {
            let (mut delivered, mut direction) = (self.basic, self.basic_direction);
            for m in 0..M {
                let part = f64::from(parts[m][at]);
                delivered += part * (prices[m][at] - self.basic);
                direction += part * (directions[m][at] - self.basic_direction);
            }
            out[at] += f64::from(share[at]) * power(1.0 / delivered) * direction;
        }
    }

    #[inline(always)]
    fn outward(&self, pull: &[f64], row: &mut [f64], carried: &mut [f64]) -> f64 {
        match self.margins {
            1 => self.outward_powers::<1>(pull, row, carried),
            2 => self.outward_powers::<2>(pull, row, carried),
            3 => self.outward_powers::<3>(pull, row, carried),
            _ => self.outward_powers::<4>(pull, row, carried),
        }
    }

    #[inline(always)]
    fn outward_powers<const M: usize>(
        &self,
        pull: &[f64],
        row: &mut [f64],
        carried: &mut [f64],
    ) -> f64 {
        match whole(self.sigma) {
            2 => self.outward_row::<M>(pull, row, carried, square),
            4 => self.outward_row::<M>(pull, row, carried, fourth),
            5 => self.outward_row::<M>(pull, row, carried, fifth),
            _ => self.outward_row::<M>(pull, row, carried, |inverse| inverse.powf(self.sigma)),
        }
    }

    #[inline(always)]
    fn outward_row<const M: usize>(
        &self,
        pull: &[f64],
        row: &mut [f64],
        carried: &mut [f64],
        power: impl Fn(f64) -> f64,
    ) -> f64 {
        let n = self.share.len();
        let (share, pull, row) = (&self.share[..n], &pull[..n], &mut row[..n]);
        let (parts, prices) = (self.parts::<M>(), self.prices::<M>());
        for at in 0..n {
            let mut delivered = self.basic;
            for m in 0..M {
                delivered += f64::from(parts[m][at]) * (prices[m][at] - self.basic);
            }
            row[at] = f64::from(share[at]) * power(1.0 / delivered) * pull[at];
        }
        deal(parts, row, carried)
    }

    #[inline(always)]
    fn moved(&self, pull: &[f64], pulled: &[f64], row: &mut [f64], carried: &mut [f64]) -> f64 {
        match self.margins {
            1 => self.moved_powers::<1>(pull, pulled, row, carried),
            2 => self.moved_powers::<2>(pull, pulled, row, carried),
            3 => self.moved_powers::<3>(pull, pulled, row, carried),
            _ => self.moved_powers::<4>(pull, pulled, row, carried),
        }
    }

    #[inline(always)]
    fn moved_powers<const M: usize>(
        &self,
        pull: &[f64],
        pulled: &[f64],
        row: &mut [f64],
        carried: &mut [f64],
    ) -> f64 {
        match whole(self.sigma) {
            2 => self.moved_row::<M>(pull, pulled, row, carried, square),
            4 => self.moved_row::<M>(pull, pulled, row, carried, fourth),
            5 => self.moved_row::<M>(pull, pulled, row, carried, fifth),
            _ => {
                self.moved_row::<M>(pull, pulled, row, carried, |inverse| inverse.powf(self.sigma))
            }
        }
    }

    /// d(z S V^−σ) = S V^−σ (dz − σ z dV / V).
    #[inline(always)]
    fn moved_row<const M: usize>(
        &self,
        pull: &[f64],
        pulled: &[f64],
        row: &mut [f64],
        carried: &mut [f64],
        power: impl Fn(f64) -> f64,
    ) -> f64 {
        let n = self.share.len();
        let (share, pull, pulled) = (&self.share[..n], &pull[..n], &pulled[..n]);
        let row = &mut row[..n];
        let (parts, prices, directions) =
            (self.parts::<M>(), self.prices::<M>(), self.directions::<M>());
        for at in 0..n {
            let (mut delivered, mut direction) = (self.basic, self.basic_direction);
            for m in 0..M {
                let part = f64::from(parts[m][at]);
                delivered += part * (prices[m][at] - self.basic);
                direction += part * (directions[m][at] - self.basic_direction);
            }
            let inverse = 1.0 / delivered;
            let change = pulled[at] - self.sigma * pull[at] * direction * inverse;
            row[at] = f64::from(share[at]) * power(inverse) * change;
        }
        deal(parts, row, carried)
    }
}

/// Adds the margins' parts of a row of flows to `carried`; what is left of it for the product.
#[inline(always)]
fn deal<const M: usize>(parts: Rows<'_, f32, M>, row: &mut [f64], carried: &mut [f64]) -> f64 {
    let n = row.len();
    for (part, carried) in parts.iter().zip(carried.chunks_exact_mut(n)) {
        for ((carried, part), flow) in carried.iter_mut().zip(*part).zip(&*row) {
            *carried += f64::from(*part) * flow;
        }
    }
    for at in 0..n {
        let mut rest = 1.0;
        for part in &parts {
            rest -= f64::from(part[at]);
        }
        row[at] *= rest;
    }
    let mut sums = [0.0; LANES];
    let lanes = row.chunks_exact(LANES);
    let tail: f64 = lanes.remainder().iter().sum();
    for lane in lanes {
        for at in 0..LANES {
            sums[at] += lane[at];
        }
    }
    sums.iter().sum::<f64>() + tail
}

/// σ when it is a whole number, else 0.
fn whole(sigma: f64) -> u32 {
    if sigma.fract() == 0.0 && (0.0..100.0).contains(&sigma) { sigma as u32 } else { 0 }
}

#[inline(always)]
fn square(x: f64) -> f64 {
    x * x
}

#[inline(always)]
fn fourth(x: f64) -> f64 {
    square(square(x))
}

#[inline(always)]
fn fifth(x: f64) -> f64 {
    fourth(x) * x
}
