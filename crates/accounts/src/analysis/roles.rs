//! Which rows and columns of a table are household income, consumption, investment, imports and jobs.
//!
//! Tables name them differently, so they are recognised by words of their names
//! ([`Roles::of`], [`crate::names`]), unless names are given ([`RoleNames`]). Here is also the one rule by which
//! households close the model ([`Roles::households`]).
//! Not here: what is done with them (`super::multipliers`, `super::impact`).

use super::error::AnalysisError;
use super::multipliers::{Closure, Spending};
use crate::common_sourcing::{JOBS, OUTSIDE};
use crate::input_output::{Extension, InputOutputTable, Row};
use crate::matrix::Matrix;
use crate::names::{HOUSEHOLDS, INCOME, INVESTMENT, NOT_HOUSEHOLDS, PrimaryInput};

/// Words of rows of persons employed, best first: only rows with the first words found are counted.
const PERSONS: [&str; 4] =
    ["persons engaged", "employment people", "persons employed", "employment"];
/// Words of units and rows that count hours, not persons.
const HOURS: [&str; 2] = ["hour", "hr"];

/// Names to use instead of the words here: parts of names, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleNames {
    /// Primary inputs that are household income.
    pub income: Vec<String>,
    /// Columns of consumption by households.
    pub households: Vec<String>,
    /// Columns of investment.
    pub investment: Vec<String>,
    /// Rows of an extension that count jobs.
    pub jobs: Vec<String>,
}

/// Positions of what was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roles {
    /// Rows of primary inputs: income of households.
    pub income: Vec<usize>,
    /// Rows of primary inputs: imports.
    pub imports: Vec<usize>,
    /// Rows of primary inputs: taxes on products bought.
    pub product_taxes: Vec<usize>,
    /// Columns of final demand: consumption by households.
    pub households: Vec<usize>,
    /// Columns of final demand: investment.
    pub investment: Vec<usize>,
    /// Extension and its rows that count jobs; none when they count none at all.
    pub jobs: Option<(usize, Vec<usize>)>,
}

fn has(name: &str, words: &[impl AsRef<str>]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|word| name.contains(&word.as_ref().to_lowercase()))
}

impl Roles {
    /// What the names of a table tell; `names` replaces the words where it has any.
    pub fn of(table: &InputOutputTable, names: &RoleNames) -> Self {
        let chosen = |given: &[String], usual: &[&str]| -> Vec<String> {
            if given.is_empty() {
                usual.iter().map(|word| (*word).to_owned()).collect()
            } else {
                given.to_vec()
            }
        };
        let inputs = |words: &[String]| -> Vec<usize> {
            let fits = |at: &usize| has(&table.primary_inputs[*at].name, words);
            (0..table.primary_inputs.len()).filter(fits).collect()
        };
        let is = |input: PrimaryInput| -> Vec<usize> {
            let fits =
                |at: &usize| PrimaryInput::of(&table.primary_inputs[*at].name) == Some(input);
            (0..table.primary_inputs.len()).filter(fits).collect()
        };
        let columns = |words: &[String], not: &[&str]| -> Vec<usize> {
            let name = |at: usize| table.categories[at].name.as_str();
            let fits = |at: &usize| has(name(*at), words) && !has(name(*at), not);
            (0..table.categories.len()).filter(fits).collect()
        };
        Self {
            income: inputs(&chosen(&names.income, &INCOME)),
            imports: is(PrimaryInput::Imports),
            product_taxes: is(PrimaryInput::ProductTax),
            households: columns(&chosen(&names.households, &HOUSEHOLDS), &NOT_HOUSEHOLDS),
            investment: columns(&chosen(&names.investment, &INVESTMENT), &[]),
            jobs: jobs(table, &names.jobs).filter(|(extension, rows)| {
                let counted = &table.extensions[*extension].by_industry;
                rows.iter().any(|row| counted.row(*row).iter().any(|jobs| *jobs != 0.0))
            }),
        }
    }

    /// Value added by industry, n: primary inputs without imports and taxes on products.
    pub fn value_added(&self, table: &InputOutputTable) -> Vec<f64> {
        let outside = |row: &usize| self.imports.contains(row) || self.product_taxes.contains(row);
        let rows = (0..table.value_added.rows()).filter(|row| !outside(row));
        rows_sum(&table.value_added, rows)
    }

    /// Income of households by industry, n; none when no row is known.
    pub fn income(&self, table: &InputOutputTable) -> Option<Vec<f64>> {
        let known = !self.income.is_empty();
        known.then(|| rows_sum(&table.value_added, self.income.iter().copied()))
    }

    /// Imports by industry, n.
    pub fn imports(&self, table: &InputOutputTable) -> Vec<f64> {
        rows_sum(&table.value_added, self.imports.iter().copied())
    }

    /// Jobs by industry, n; none when no row is known.
    pub fn jobs(&self, table: &InputOutputTable) -> Option<Vec<f64>> {
        let (extension, rows) = self.jobs.as_ref()?;
        Some(rows_sum(&table.extensions[*extension].by_industry, rows.iter().copied()))
    }

    /// Unit of [`Roles::jobs`].
    pub fn unit_of_jobs<'t>(&self, table: &'t InputOutputTable) -> Option<&'t str> {
        let (extension, rows) = self.jobs.as_ref()?;
        Some(&table.extensions[*extension].rows[*rows.first()?].unit)
    }

    /// What each column of final demand pays for imports and for taxes on products, 2 × f; zero where
    /// the table does not tell.
    pub fn outside(table: &InputOutputTable) -> Matrix {
        let found = table.extensions.iter().find(|each| each.name == OUTSIDE);
        let payments = found.and_then(|each| each.by_final_demand.clone());
        let right = |paid: &Matrix| (paid.rows(), paid.columns()) == (2, table.categories.len());
        payments.filter(right).unwrap_or_else(|| Matrix::zeros(2, table.categories.len()))
    }

    /// Households as [`Closure`], and what they spend of a unit of income.
    ///
    /// - `propensity`: consumption per unit of income; without one, the ratio of both in the table,
    ///   at most 1.
    ///
    /// # Errors
    /// [`AnalysisError::Missing`] when no income or no consumption is known.
    pub fn households(
        &self,
        table: &InputOutputTable,
        propensity: Option<f64>,
    ) -> Result<(Closure, f64), AnalysisError> {
        let elsewhere = Self::outside(table).column_sums();
        let consumed = |at: &usize| table.final_demand.column_sum(*at) + elsewhere[*at];
        let consumption: f64 = self.households.iter().map(consumed).sum();
        let income: f64 = self.income.iter().map(|row| table.value_added.row_sum(*row)).sum();
        let propensity = propensity.unwrap_or((consumption / income).min(1.0));
        let rule = Spending::Propensity(propensity);
        let closure = Closure::of(table, &self.income, &self.households, &elsewhere, rule)?;
        Ok((closure, propensity))
    }
}

fn rows_sum(matrix: &Matrix, rows: impl Iterator<Item = usize>) -> Vec<f64> {
    let mut sums = vec![0.0; matrix.columns()];
    for row in rows {
        sums.iter_mut().zip(matrix.row(row)).for_each(|(sum, value)| *sum += value);
    }
    sums
}

fn jobs(table: &InputOutputTable, names: &[String]) -> Option<(usize, Vec<usize>)> {
    let all = |each: &Extension| (0..each.rows.len()).collect::<Vec<_>>();
    if names.is_empty()
        && let Some(at) = table.extensions.iter().position(|each| each.name == JOBS)
    {
        return Some((at, all(&table.extensions[at])));
    }
    let rows_with = |words: &[&str]| {
        let counts = |row: &Row| {
            has(&row.name, words) && !has(&row.unit, &HOURS) && !has(&row.name, &HOURS[..1])
        };
        table.extensions.iter().enumerate().find_map(|(at, each)| {
            let rows: Vec<usize> =
                all(each).into_iter().filter(|row| counts(&each.rows[*row])).collect();
            (!rows.is_empty()).then_some((at, rows))
        })
    };
    if names.is_empty() {
        return exactly(table, "emp")
            .or_else(|| PERSONS.iter().find_map(|word| rows_with(&[word])));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    rows_with(&names)
}

/// A row with exactly that name.
fn exactly(table: &InputOutputTable, name: &str) -> Option<(usize, Vec<usize>)> {
    table.extensions.iter().enumerate().find_map(|(at, each)| {
        let row = each.rows.iter().position(|row| row.name.eq_ignore_ascii_case(name))?;
        Some((at, vec![row]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input_output::Label;

    fn table(inputs: &[&str], categories: &[&str], rows: &[(&str, &str)]) -> InputOutputTable {
        let row = |name: &str, unit: &str| Row { name: name.into(), unit: unit.into() };
        let label = |name: &str| Label { region: "A".into(), name: name.into() };
        InputOutputTable {
            name: String::new(),
            unit: "money".into(),
            industries: vec![label("goods")],
            categories: categories.iter().map(|name| label(name)).collect(),
            primary_inputs: inputs.iter().map(|name| row(name, "money")).collect(),
            flows: Matrix::zeros(1, 1),
            final_demand: Matrix::from_fn(1, categories.len(), |_, f| 10.0 * (f + 1) as f64),
            value_added: Matrix::from_fn(inputs.len(), 1, |v, _| (v + 1) as f64),
            output: vec![100.0],
            extensions: vec![Extension {
                name: "accounts".into(),
                rows: rows.iter().map(|(name, unit)| row(name, unit)).collect(),
                by_industry: Matrix::from_fn(rows.len(), 1, |k, _| (k + 1) as f64),
                by_final_demand: None,
            }],
        }
    }

    #[test]
    fn roles_are_found_in_the_words_of_several_databases() {
        let exiobase = table(
            &["Taxes less subsidies on products purchased: Total", "Compensation of employees; a"],
            &["Final consumption expenditure by households", "… NPISH serving households"],
            &[("Employment hours: low", "M.hr"), ("Employment people: low", "1000 p")],
        );
        let roles = Roles::of(&exiobase, &RoleNames::default());
        assert_eq!((&roles.income[..], &roles.product_taxes[..]), (&[1][..], &[0][..]));
        assert_eq!((&roles.households[..], roles.jobs.clone()), (&[0][..], Some((0, vec![1]))));
        assert_eq!(roles.value_added(&exiobase), [2.0]);
        let wiod = table(&["Value added"], &["HFCE", "GFCF"], &[("EMPE", "th"), ("EMP", "th")]);
        let roles = Roles::of(&wiod, &RoleNames::default());
        assert_eq!((roles.jobs.clone(), &roles.investment[..]), (Some((0, vec![1])), &[1][..]));
        assert_eq!(roles.income(&wiod), None);
        assert!(roles.households(&wiod, None).is_err());
        let named = RoleNames { income: vec!["added".to_owned()], ..RoleNames::default() };
        let (closure, propensity) =
            Roles::of(&wiod, &named).households(&wiod, None).expect("income and consumption");
        assert_eq!((closure.income.at(0, 0), propensity), (0.01, 1.0));
    }
}
