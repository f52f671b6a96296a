//! What a recipe knows of its regions beyond output: value added, final use, trade.

use accounts::Matrix;
use accounts::regionalise::single::{Known, Nation};
use accounts::regionalise::{FinalShares, National};
use diagnostics::Diagnostic;

use super::tables::{shares, value_added};
use super::{One, Reader};
use crate::sheet::{Coverage, Key, Sheet};
use crate::text::decoded;

/// Users whose shares a recipe may give, in the order of [`FinalShares`].
const USERS: [&str; 4] = ["household", "government", "investment", "export"];
/// Shares of regions that sum to more than one by no more than this are scaled.
const ROUNDING: f64 = 1e-6;

impl Reader<'_> {
    /// Shares of the regions in purchases and in value added of every industry, I × R each.
    ///
    /// Where value added is known, an industry buys what its output leaves; national totals are kept.
    ///
    /// - `output`: I × R, as given; zero where a region has none.
    pub(super) fn value_added(
        &mut self,
        national: &National,
        names: &[String],
        output: &Matrix,
    ) -> Option<(Matrix, Matrix)> {
        let industry = shares(output);
        if self.find("regions.value_added").is_none() {
            return Some((industry.clone(), industry));
        }
        let sheet = self.sheet("regions.value_added", &["industry", "region", "value"])?;
        let labels = &national.industries;
        let keys = [Key { column: "industry", names: labels }, Key { column: "region", names }];
        let given = sheet.values(&keys, "value", Coverage::Sparse, &mut self.findings);
        self.not_negative(&sheet, &keys);
        let costs = national.costs();
        let r_n = names.len();
        // National output × share, and value added at the ratio the region has.
        let made = Matrix::from_fn(labels.len(), r_n, |i, r| industry.at(i, r) * costs[i]);
        let added = Matrix::from_fn(labels.len(), r_n, |i, r| {
            let usual = if costs[i] > 0.0 { value_added(national, i) / costs[i] } else { 0.0 };
            let known = given[i * r_n + r] / output.at(i, r);
            made.at(i, r) * if known.is_finite() { known.max(0.0) } else { usual }
        });
        let sums = added.row_sums();
        let added = Matrix::from_fn(labels.len(), r_n, |i, r| {
            let factor = if sums[i] > 0.0 { value_added(national, i) / sums[i] } else { 0.0 };
            added.at(i, r) * factor
        });
        let bought = made.zip(&added, |made, added| (made - added).max(0.0));
        let or_output = |table: &Matrix| {
            let (shares, sums) = (shares(table), table.row_sums());
            Matrix::from_fn(labels.len(), r_n, |i, r| {
                if sums[i] > 0.0 { shares.at(i, r) } else { industry.at(i, r) }
            })
        };
        Some((or_output(&bought), or_output(&added)))
    }

    /// Shares of the regions in final uses: as given, or by default.
    ///
    /// With all regions given only shares count; with some, their values are taken out of the
    /// nation's, and the others share the rest by default.
    pub(super) fn final_use(
        &mut self,
        national: &National,
        names: &[String],
        by_default: [Matrix; 4],
    ) -> Option<FinalShares> {
        let mut found = by_default;
        if self.find("regions.final_use").is_some() {
            let (path, bytes) = self.file("regions.final_use")?;
            let text = decoded(&bytes).into_owned();
            let header = text.lines().find(|line| !line.starts_with('#')).unwrap_or("");
            let by_product = header.split(',').any(|name| name.trim() == "product");
            let columns: &[&str] = if by_product {
                &["product", "user", "region", "value"]
            } else {
                &["user", "region", "value"]
            };
            let sheet = Sheet::parse(&path, &text, columns, &mut self.findings)?;
            let all = ["all".to_owned()];
            let products = if by_product { &national.products[..] } else { &all };
            let values = self.by_user(&sheet, by_product.then_some(products), names);
            for (u, shares) in found.iter_mut().enumerate() {
                for (c, product) in products.iter().enumerate() {
                    let at = (u * products.len() + c) * names.len();
                    let given = &values[at..at + names.len()];
                    let of = |c: usize| -> f64 {
                        let user = national.industries.len() + u;
                        let tables = national
                            .basic
                            .iter()
                            .chain(&national.tax)
                            .chain(national.margin.iter().flatten());
                        tables.map(|uses| uses.at(c, user)).sum()
                    };
                    let lines = if by_product { c..c + 1 } else { 0..national.products.len() };
                    let total: f64 = lines.clone().map(of).sum();
                    let Some((known, rest)) = known_shares(given, total) else { continue };
                    if rest < -ROUNDING {
                        let what = format!("`{}` of `{product}`", USERS[u]);
                        let message = format!(
                            "{what} by region in `{path}` is more than the nation's {total}"
                        );
                        let finding = Diagnostic::error("E1708", message);
                        self.findings.push(
                            finding.help(
                                "give values at purchasers' prices in the unit of the nation",
                            ),
                        );
                    }
                    lines.for_each(|c| put(shares, c, &known, rest.max(0.0)));
                }
            }
        }
        let [household, government, investment, export] = found;
        Some(FinalShares { household, government, investment, export })
    }

    /// Values by user, product and region; NaN where there are none.
    fn by_user(
        &mut self,
        sheet: &Sheet,
        products: Option<&[String]>,
        regions: &[String],
    ) -> Vec<f64> {
        let users = USERS.map(str::to_owned);
        let mut keys = vec![Key { column: "user", names: &users }];
        keys.extend(products.map(|names| Key { column: "product", names }));
        keys.push(Key { column: "region", names: regions });
        self.not_negative(sheet, &keys);
        sheet.values(&keys, "value", Coverage::Sparse, &mut self.findings)
    }

    /// Published gross product by region, where the recipe gives it.
    #[expect(clippy::option_option, reason = "what fails, and what the recipe leaves out")]
    pub(super) fn gross_product(&mut self, names: &[String]) -> Option<Option<Vec<Option<f64>>>> {
        if self.find("regions.gross_product").is_none() {
            return Some(None);
        }
        let sheet = self.sheet("regions.gross_product", &["region", "value"])?;
        let keys = [Key { column: "region", names }];
        let values = sheet.values(&keys, "value", Coverage::Sparse, &mut self.findings);
        Some(Some(values.into_iter().map(|value| Some(value).filter(|v| !v.is_nan())).collect()))
    }

    /// One region and what is known of it.
    pub(super) fn one(
        &mut self,
        national: &National,
        goods: &[bool],
        decay: [f64; 2],
    ) -> Option<One> {
        let name = self.string("region.name");
        let labels = &national.industries;
        let output = self.list("region.output", "industry", labels);
        let known = Known {
            output: output.unwrap_or_default(),
            value_added: self.list("region.value_added", "industry", labels),
            final_use: self.list("region.final_use", "product", labels),
            outflow: self.list("region.outflow", "product", labels),
            inflow: self.list("region.inflow", "product", labels),
        };
        let decay = goods.iter().map(|good| if *good { decay[0] } else { decay[1] }).collect();
        let nation = match Nation::of(national, decay) {
            Ok(nation) => nation,
            Err(error) => {
                self.findings.push(Diagnostic::error("E1708", error.to_string()));
                return None;
            }
        };
        let (money, year) = (national.money.clone(), national.base_year);
        Some(One { name: name?, money, year, nation, known })
    }

    /// Values by label, zero where a label has none; none without the key (but for output).
    fn list(&mut self, key: &str, column: &str, labels: &[String]) -> Option<Vec<f64>> {
        if self.find(key).is_none() && key != "region.output" {
            return None;
        }
        let sheet = self.sheet(key, &[column, "value"])?;
        let keys = [Key { column, names: labels }];
        // Inventories may make final use negative.
        if key != "region.final_use" {
            self.not_negative(&sheet, &keys);
        }
        let values = sheet.values(&keys, "value", Coverage::Sparse, &mut self.findings);
        let missing: Vec<&str> = labels
            .iter()
            .zip(&values)
            .filter(|(_, value)| value.is_nan())
            .map(|(label, _)| label.as_str())
            .collect();
        if !missing.is_empty() && !key.ends_with("flow") {
            let message = format!("`{key}` has no row for {} and takes 0", missing.join(", "));
            let place = diagnostics::Place::cell(&sheet.file, 1, 1);
            self.findings.push(Diagnostic::warning("W1713", message).at(place, "the table"));
        }
        Some(values.iter().map(|value| if value.is_nan() { 0.0 } else { *value }).collect())
    }
}

/// Shares of the regions given, and of those not given together; none when none is given.
fn known_shares(given: &[f64], total: f64) -> Option<(Vec<Option<f64>>, f64)> {
    let sum: f64 = given.iter().filter(|value| !value.is_nan()).sum();
    if given.iter().all(|value| value.is_nan()) || sum == 0.0 {
        return None;
    }
    let whole = if given.iter().any(|value| value.is_nan()) { total } else { sum };
    let share = |value: &f64| (!value.is_nan()).then(|| value / whole);
    let shares = given.iter().map(share).collect();
    Some((shares, if whole > 0.0 { 1.0 - sum / whole } else { 0.0 }))
}

/// Puts known shares into a row, the rest in proportion to what stood there.
fn put(shares: &mut Matrix, c: usize, known: &[Option<f64>], rest: f64) {
    let row = shares.row_mut(c);
    let unknown: f64 = row.iter().zip(known).filter(|(_, k)| k.is_none()).map(|(v, _)| v).sum();
    for (cell, known) in row.iter_mut().zip(known) {
        *cell = match known {
            Some(share) => share.max(0.0),
            None if unknown > 0.0 => *cell * rest / unknown,
            None => 0.0,
        };
    }
    let sum: f64 = row.iter().sum();
    if sum > 0.0 {
        for cell in row {
            *cell /= sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::national::FINAL_USES;
    use super::*;

    #[test]
    fn users_are_the_first_final_uses_of_a_national_table() {
        assert_eq!(USERS[..], FINAL_USES[..4]);
    }

    #[test]
    fn regions_given_take_their_part_and_the_others_share_the_rest() {
        let mut shares = Matrix::from_values(1, 3, vec![0.2, 0.3, 0.5]);
        let (known, rest) = known_shares(&[30.0, f64::NAN, f64::NAN], 50.0).expect("one is given");
        put(&mut shares, 0, &known, rest);
        let wanted = [0.6, 0.15, 0.25];
        assert!(shares.row(0).iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-15));
        let (known, rest) = known_shares(&[1.0, 1.0, 2.0], 50.0).expect("all are given");
        put(&mut shares, 0, &known, rest);
        assert_eq!(shares.row(0), [0.25, 0.25, 0.5]);
    }
}
