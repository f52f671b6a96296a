//! How far estimated flows of a region are from official ones: coefficients and multipliers.

use super::location_quotient::Quotient;
use super::single::{Estimate, Known, Nation, estimate, share_at_home};
use super::{Method, RegionaliseError};
use crate::analysis::Dense;
use crate::input_output::{InputOutputTable, Label};
use crate::matrix::Matrix;
use crate::names::FinalDemandCategory;
use crate::regional::{RegionalAccounts, User};

/// Distances of an estimate from official flows; 0 when they are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deviation {
    /// Σ |z − z°| ÷ Σ z°: weighted absolute percentage error of flows (coefficients by output).
    pub flows: f64,
    /// Σ |a − a°| ÷ Σ a°: standardised total percentage error of coefficients.
    pub coefficients: f64,
    /// Mean of |m − m°| ÷ m° over output multipliers.
    pub multipliers: f64,
    /// Σ |m − m°| ÷ Σ (m° − 1): the same for what multipliers add to 1.
    pub indirect: f64,
    /// Mean of m − m°.
    pub bias: f64,
}

/// Output multipliers of coefficients, n: column sums of the Leontief inverse.
///
/// None when I − A has no inverse.
pub fn output_multipliers(coefficients: &Matrix) -> Option<Vec<f64>> {
    let n = coefficients.rows();
    let system = Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - coefficients.at(i, j));
    Some(Dense::of(&system)?.solve_transpose(&vec![1.0; n]))
}

/// Distances of `found` from `official`, flows of one region, n × n; industries without output in
/// the official table count neither as buyers nor in multipliers.
///
/// None when either table has no Leontief inverse or the official one no flows.
pub fn deviation(found: &Matrix, official: &Matrix, output: &[f64]) -> Option<Deviation> {
    let used: Vec<usize> = (0..output.len()).filter(|j| output[*j] > 0.0).collect();
    let share = |gap: f64, whole: f64| (whole > 0.0).then(|| gap / whole);
    let [a, b] = [found, official].map(|flows| Estimate::coefficients(flows, output));
    let sum = |table: &Matrix| -> f64 { used.iter().map(|j| table.column_sum(*j)).sum() };
    let gap = |a: &Matrix, b: &Matrix| sum(&a.zip(b, |x, y| (x - y).abs()));
    let [m, wanted] = [output_multipliers(&a)?, output_multipliers(&b)?];
    let off = |j: &&usize| (m[**j] - wanted[**j]).abs();
    let count = used.len().max(1) as f64;
    Some(Deviation {
        flows: share(gap(found, official), sum(official))?,
        coefficients: share(gap(&a, &b), sum(&b))?,
        multipliers: used.iter().map(|j| off(&j) / wanted[*j]).sum::<f64>() / count,
        indirect: share(
            used.iter().map(|j| off(&j)).sum(),
            used.iter().map(|j| wanted[*j] - 1.0).sum(),
        )?,
        bias: used.iter().map(|j| m[*j] - wanted[*j]).sum::<f64>() / count,
    })
}

/// Inputs of the industries of some regions from the industries of these regions, n × n, at basic prices
/// with margins as sales of the industries that provide them.
pub fn own_inputs(accounts: &RegionalAccounts, regions: &[usize]) -> Matrix {
    let table = InputOutputTable::from(accounts);
    let n = accounts.sets.industry.len();
    let mut inputs = Matrix::zeros(n, n);
    for (r, d) in regions.iter().flat_map(|r| regions.iter().map(move |d| (r, d))) {
        for (i, j) in (0..n * n).map(|at| (at / n, at % n)) {
            *inputs.at_mut(i, j) += table.flows.at(r * n + i, d * n + j);
        }
    }
    inputs
}

/// Inputs of a region's own products by its official table, n × n, in the order of `labels` and at the
/// output that is `known`; the table may be in another unit.
///
/// - `anywhere`: the table's flows are of products from anywhere, of which one share for all users is
///   bought at home: by what is known of outflow and inflow, else by the columns of the table.
///
/// # Errors
/// In words: industries that the table does not have, several regions, no columns of inflow.
pub fn official_inputs(
    table: &InputOutputTable,
    labels: &[String],
    known: &Known,
    anywhere: bool,
) -> Result<Matrix, String> {
    let regions = table.regions();
    if regions.len() > 1 {
        return Err(format!("the official table has {} regions", regions.len()));
    }
    let find = |name: &String| table.industries.iter().position(|label| label.name == *name);
    let missing: Vec<&str> =
        labels.iter().filter(|name| find(name).is_none()).map(String::as_str).collect();
    if !missing.is_empty() {
        let (count, names) = (missing.len(), missing.join(", "));
        return Err(format!(
            "{count} industries of the recipe are not in the official table: {names}"
        ));
    }
    let at: Vec<usize> = labels.iter().filter_map(find).collect();
    let share = |i: usize| match (&known.outflow, &known.inflow) {
        _ if !anywhere => 1.0,
        (Some(outflow), Some(inflow)) => share_at_home(known.output[i], outflow[i], inflow[i]),
        _ => {
            let sum = |of: fn(FinalDemandCategory) -> bool| -> f64 {
                let columns = table.categories.iter().enumerate();
                let told = |name: &str| FinalDemandCategory::of(name).is_some_and(of);
                let columns = columns.filter(|(_, label)| told(&label.name));
                columns.map(|(f, _)| table.final_demand.at(at[i], f)).sum()
            };
            share_at_home(table.output[at[i]], sum(leaves), -sum(arrives))
        }
    };
    let known_of_trade = known.outflow.is_some() && known.inflow.is_some();
    let told = |label: &Label| FinalDemandCategory::of(&label.name).is_some_and(arrives);
    if anywhere && !known_of_trade && !table.categories.iter().any(told) {
        return Err(
            "what is bought at home is not known of a table of flows from anywhere: it has no \
                    columns of imports and inflow"
                .to_owned(),
        );
    }
    Ok(Matrix::from_fn(at.len(), at.len(), |i, j| {
        let output = table.output[at[j]];
        let scale = if output > 0.0 { known.output[j] / output } else { 0.0 };
        table.flows.at(at[i], at[j]) * scale * share(i)
    }))
}

fn leaves(category: FinalDemandCategory) -> bool {
    matches!(category, FinalDemandCategory::Outflow | FinalDemandCategory::Use(User::Export))
}

fn arrives(category: FinalDemandCategory) -> bool {
    category == FinalDemandCategory::Inflow
}

/// What an estimate may use of what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knowledge {
    /// Output alone.
    Output,
    /// Output and value added.
    ValueAdded,
    /// Also final use.
    FinalUse,
    /// Everything that is given.
    All,
}

impl Knowledge {
    /// From little to all.
    pub const ALL: [Self; 4] = [Self::Output, Self::ValueAdded, Self::FinalUse, Self::All];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::ValueAdded => "and value added",
            Self::FinalUse => "and final use",
            Self::All => "and outflow, inflow",
        }
    }

    fn of(self, known: &Known) -> Option<Known> {
        let from = |least: Self, list: &Option<Vec<f64>>| {
            if self as u8 >= least as u8 { list.clone() } else { None }
        };
        let kept = Known {
            output: known.output.clone(),
            value_added: from(Self::ValueAdded, &known.value_added),
            final_use: from(Self::FinalUse, &known.final_use),
            outflow: from(Self::All, &known.outflow),
            inflow: from(Self::All, &known.inflow),
        };
        let adds = match self {
            Self::Output => true,
            Self::ValueAdded => known.value_added.is_some(),
            Self::FinalUse => known.final_use.is_some(),
            Self::All => known.outflow.is_some() && known.inflow.is_some(),
        };
        adds.then_some(kept)
    }
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Method, in words.
    pub method: String,
    /// What was known.
    pub knowledge: Knowledge,
    /// Distance.
    pub deviation: Deviation,
}

/// Methods that are compared, with their names; quotients for three exponents of size.
pub fn methods() -> Vec<(String, Method)> {
    let quotient = |name: &str, quotient| (name.to_owned(), Method::Quotient(quotient));
    let mut all = vec![
        quotient("national coefficients", Quotient::None),
        quotient("SLQ", Quotient::Simple),
        quotient("CILQ", Quotient::CrossIndustry),
    ];
    for delta in [0.1, 0.2, 0.3] {
        all.push(quotient(&format!("FLQ {delta}"), Quotient::Flegg { delta }));
    }
    for delta in [0.1, 0.2, 0.3] {
        all.push(quotient(&format!("AFLQ {delta}"), Quotient::AugmentedFlegg { delta }));
    }
    all.push(("CHARM".to_owned(), Method::CrossHauling));
    all.push(("gravity".to_owned(), Method::Gravity));
    all.push(("self-sufficiency".to_owned(), Method::SelfSufficiency));
    all
}

/// Distances of every method from official flows of the region's own products, with less and more of
/// what is known; with everything known the share at home is known too, and methods agree.
///
/// # Errors
/// As [`estimate`]; [`RegionaliseError::Shape`] when a table has no Leontief inverse.
pub fn compare(
    nation: &Nation,
    known: &Known,
    official: &Matrix,
) -> Result<Vec<Compared>, RegionaliseError> {
    let mut lines = vec![];
    for knowledge in Knowledge::ALL {
        let Some(part) = knowledge.of(known) else { continue };
        let every = methods();
        let tried =
            if knowledge == Knowledge::All { &every[every.len() - 1..] } else { &every[..] };
        for (name, method) in tried {
            let found = estimate(nation, &part, *method)?;
            let deviation =
                deviation(&found.regional, official, &known.output).ok_or_else(|| {
                    let what = format!("the table by {name}, which has no multipliers,");
                    RegionaliseError::Shape { what }
                })?;
            let method = if knowledge == Knowledge::All { "known totals" } else { name };
            lines.push(Compared { method: method.to_owned(), knowledge, deviation });
        }
    }
    Ok(lines)
}
