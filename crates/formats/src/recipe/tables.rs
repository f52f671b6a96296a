//! The tables that a recipe names.

use accounts::Matrix;
use accounts::regionalise::{Entry, KnownFlows, National, Observed, Regions, Transport};
use diagnostics::Diagnostic;

use super::Reader;
use crate::sheet::{Coverage, Key, Sheet, distinct};
use crate::text::decoded;

/// Mean radius of the earth, km.
const EARTH: f64 = 6371.0;
/// Transport margins rise with distance to this power.
const MARGIN_EXPONENT: f64 = 0.5;

impl Reader<'_> {
    pub(super) fn sheet(&mut self, key: &str, columns: &[&str]) -> Option<Sheet> {
        let (path, bytes) = self.file(key)?;
        let text = decoded(&bytes);
        Sheet::parse(&path, &text, columns, &mut self.findings)
    }

    /// Path and bytes of a file.
    pub(super) fn file(&mut self, key: &str) -> Option<(String, Vec<u8>)> {
        let path = self.string(key)?;
        match (self.load)(&path) {
            Ok(bytes) => Some((path, bytes)),
            Err(why) => {
                let (_, at) = self.find(key)?;
                let help = "paths are relative to the recipe";
                self.error("E1705", format!("cannot read `{path}`: {why}"), at, help);
                None
            }
        }
    }

    /// Regions with shares by output; final uses by implied value added, exports by output.
    pub(super) fn regions(
        &mut self,
        national: &National,
        goods: &[bool],
        decay: [f64; 2],
    ) -> Option<Regions> {
        let sheet = self.sheet("regions.output", &["industry", "region", "value"])?;
        let names = distinct(&sheet, "region");
        let labels = &national.industries;
        let keys =
            [Key { column: "industry", names: labels }, Key { column: "region", names: &names }];
        let values = sheet.values(&keys, "value", Coverage::Sparse, &mut self.findings);
        self.not_negative(&sheet, &keys);
        let (n, c_n, r_n) = (labels.len(), national.products.len(), names.len());
        self.plausible_output(&sheet, &values, labels, &names);
        let output = Matrix::from_fn(n, r_n, |i, r| {
            Some(values[i * r_n + r]).filter(|v| *v > 0.0).unwrap_or(0.0)
        });
        let industry = shares(&output);
        let value_added = added(national, &industry);
        let distance = self.distance(&names)?;
        let by_product = || Matrix::from_fn(c_n, r_n, |_, r| value_added[r]);
        let made = Matrix::from_fn(c_n, r_n, |c, r| {
            (0..n).map(|i| national.make.at(c, i) * industry.at(i, r)).sum()
        });
        let transport = Transport {
            distance,
            decay: Matrix::from_fn(c_n, 2, |c, _| if goods[c] { decay[0] } else { decay[1] }),
            local: vec![false; c_n],
            margin_exponent: vec![MARGIN_EXPONENT; national.margins.len()],
            margin_local_weight: vec![1.0; national.margins.len()],
            entry: self.entry(&names, goods)?,
            known: self.known_flows(&national.products, &names)?,
        };
        let by_default = [by_product(), by_product(), by_product(), shares(&made)];
        let final_use = self.final_use(national, &names, by_default)?;
        let (purchases, value_added) = self.value_added(national, &names, &output)?;
        let (labour, capital) = (value_added.clone(), value_added);
        let industry = purchases;
        let persons = self.persons(labels, &names)?;
        Some(Regions { names, industry, labour, capital, final_use, persons, transport })
    }

    /// Regional output that cannot be, and what is left out of it.
    fn plausible_output(
        &mut self,
        sheet: &Sheet,
        values: &[f64],
        labels: &[String],
        names: &[String],
    ) {
        let r_n = names.len();
        let cell = |i: usize, r: usize| values[i * r_n + r];
        let missing: Vec<String> = (0..labels.len() * r_n)
            .filter(|at| values[*at].is_nan())
            .map(|at| format!("`{}` in `{}`", labels[at / r_n], names[at % r_n]))
            .collect();
        let nothing = |value: f64| value.is_nan() || value == 0.0;
        let all =
            |count: usize, cell: &dyn Fn(usize) -> f64| (0..count).all(|at| nothing(cell(at)));
        let mut warnings = Vec::new();
        if !missing.is_empty() {
            let shown = missing.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
            let more = if missing.len() > 5 { ", …" } else { "" };
            let count = missing.len();
            warnings
                .push(format!("{count} cells of output have no row and count as 0: {shown}{more}"));
        }
        for (i, label) in labels.iter().enumerate() {
            if all(r_n, &|r| cell(i, r)) {
                warnings.push(format!(
                    "`{label}` has no output in any region; the nation's is shared out equally"
                ));
            }
        }
        for (r, name) in names.iter().enumerate() {
            if all(labels.len(), &|i| cell(i, r)) {
                warnings.push(format!("`{name}` has no output at all"));
            }
        }
        for message in warnings {
            let place = diagnostics::Place::cell(&sheet.file, 1, 1);
            let finding = Diagnostic::warning("W1713", message);
            self.findings.push(finding.at(place, "regional output"));
        }
    }

    /// Persons employed, I × R, where the recipe gives them; zero where it gives none of an industry.
    #[expect(clippy::option_option, reason = "what fails, and what the recipe leaves out")]
    fn persons(&mut self, labels: &[String], names: &[String]) -> Option<Option<Matrix>> {
        if self.find("regions.persons").is_none() {
            return Some(None);
        }
        let sheet = self.sheet("regions.persons", &["industry", "region", "value"])?;
        let keys = [Key { column: "industry", names: labels }, Key { column: "region", names }];
        let known = self.amounts(&sheet, &keys);
        Some(Some(Matrix::from_values(labels.len(), names.len(), known)))
    }

    /// Where imported goods enter, if the recipe says so; services enter where they are used.
    fn entry(&mut self, names: &[String], goods: &[bool]) -> Option<Entry> {
        if self.find("regions.entry").is_none() {
            return Some(Entry::Used);
        }
        let sheet = self.sheet("regions.entry", &["port", "region", "value"])?;
        let keys = [Key { column: "port", names }, Key { column: "region", names }];
        let given = self.amounts(&sheet, &keys);
        let here = |port: usize, d: usize| f64::from(u8::from(port == d));
        let n = names.len();
        let sum = |d: usize| (0..n).map(|port| given[port * n + d]).sum::<f64>();
        let of_goods = Matrix::from_fn(n, n, |port, d| {
            if sum(d) > 0.0 { given[port * n + d] / sum(d) } else { here(port, d) }
        });
        let of_services = Matrix::from_fn(n, n, here);
        let routes = |good: &bool| if *good { of_goods.clone() } else { of_services.clone() };
        Some(Entry::Routes(goods.iter().map(routes).collect()))
    }

    /// Flows of groups of products between regions, if the recipe gives them.
    #[expect(clippy::option_option, reason = "what fails, and what the recipe leaves out")]
    pub(super) fn known_flows(
        &mut self,
        products: &[String],
        names: &[String],
    ) -> Option<Option<KnownFlows>> {
        let words = [("all", Observed::AllUses), ("intermediate", Observed::IntermediateUse)];
        let of = self.word("trade.flows_of", &words, Observed::AllUses)?;
        if self.find("trade.flows").is_none() {
            return Some(None);
        }
        let sheet = self.sheet("trade.flows", &["group", "origin", "destination", "value"])?;
        let members = self.sheet("trade.groups", &["product", "group"])?;
        let groups = distinct(&sheet, "group");
        let keys = [
            Key { column: "group", names: &groups },
            Key { column: "origin", names },
            Key { column: "destination", names },
        ];
        let flows = self.amounts(&sheet, &keys);
        let named = distinct(&members, "group");
        for row in &sheet.rows {
            let name = sheet.text(row, "group");
            if !named.iter().any(|each| each == name) {
                let message = format!("no product is in the group `{name}` of `{}`", sheet.file);
                let place = sheet.place(row, "group");
                let help = format!("the groups of products are {}", named.join(", "));
                self.findings
                    .push(Diagnostic::error("E1104", message).at(place, "here").help(help));
                break;
            }
        }
        let mut group = vec![None; products.len()];
        for row in &members.rows {
            let of = Key { column: "product", names: products };
            let product = members.name(row, of, &mut self.findings);
            let of = Key { column: "group", names: &groups };
            let found = members.name(row, of, &mut self.findings);
            if let (Some(product), Some(found)) = (product, found) {
                if group[product].is_some() {
                    let label = &products[product];
                    let message = format!("`{}` has two groups for {label}", members.file);
                    let place = members.place(row, "product");
                    let finding = Diagnostic::error("E1107", message).at(place, "given before");
                    self.findings.push(finding.help("a product is in one group at most"));
                }
                group[product] = Some(found);
            }
        }
        let size = names.len() * names.len();
        let matrix = |cells: &[f64]| Matrix::from_values(names.len(), names.len(), cells.to_vec());
        let flows = flows.chunks(size.max(1)).map(matrix).collect();
        Some(Some(KnownFlows { names: groups, group, flows, of }))
    }

    /// Values that must not be negative, zero where there are none.
    pub(super) fn amounts(&mut self, sheet: &Sheet, keys: &[Key<'_>]) -> Vec<f64> {
        let values = sheet.values(keys, "value", Coverage::Sparse, &mut self.findings);
        self.not_negative(sheet, keys);
        values.iter().map(|value| if value.is_nan() { 0.0 } else { *value }).collect()
    }

    pub(super) fn not_negative(&mut self, sheet: &Sheet, keys: &[Key<'_>]) {
        for row in &sheet.rows {
            let text = sheet.text(row, "value");
            if text.parse::<f64>().is_ok_and(|value| value < 0.0) {
                let labels: Vec<&str> =
                    keys.iter().map(|key| sheet.text(row, key.column)).collect();
                let finding =
                    Diagnostic::error("E1111", format!("{} is {text}", labels.join(" / ")));
                let place = sheet.place(row, "value");
                self.findings.push(finding.at(place, "must not be negative"));
            }
        }
    }

    fn distance(&mut self, names: &[String]) -> Option<Matrix> {
        if self.find("regions.distances").is_some() {
            let sheet = self.sheet("regions.distances", &["origin", "destination", "value"])?;
            let keys = [Key { column: "origin", names }, Key { column: "destination", names }];
            let km = sheet.values(&keys, "value", Coverage::Complete, &mut self.findings);
            return Some(Matrix::from_values(names.len(), names.len(), km));
        }
        let sheet = self.sheet("regions.capitals", &["region", "latitude", "longitude", "area"])?;
        let keys = [Key { column: "region", names }];
        let [latitude, longitude, area] = ["latitude", "longitude", "area"]
            .map(|column| sheet.values(&keys, column, Coverage::Complete, &mut self.findings));
        if self.findings.has_errors() {
            return None;
        }
        let km = Matrix::from_fn(names.len(), names.len(), |r, d| {
            if r == d {
                within(area[r])
            } else {
                great_circle((latitude[r], longitude[r]), (latitude[d], longitude[d]))
            }
        });
        if let Some(km) = km.values().iter().find(|km| km.is_nan() || **km <= 0.0) {
            let finding = Diagnostic::error("E1706", format!("a distance is {km} km"));
            self.findings.push(finding.help("two capitals at one place, or an area of zero"));
            return None;
        }
        Some(km)
    }
}

/// Rows divided by their sums.
pub(super) fn shares(values: &Matrix) -> Matrix {
    let sums = values.row_sums();
    Matrix::from_fn(values.rows(), values.columns(), |i, r| {
        if sums[i] > 0.0 { values.at(i, r) / sums[i] } else { 0.0 }
    })
}

/// National value added of an industry.
pub(super) fn value_added(national: &National, i: usize) -> f64 {
    national.labour[i] + national.depreciation[i] + national.surplus[i] + national.production_tax[i]
}

/// Shares of the regions in value added when every industry has the nation's ratio.
fn added(national: &National, industry: &Matrix) -> Vec<f64> {
    let value = |i: usize| value_added(national, i);
    let of = |r: usize| (0..industry.rows()).map(|i| value(i) * industry.at(i, r)).sum::<f64>();
    let sums: Vec<f64> = (0..industry.columns()).map(of).collect();
    let total: f64 = sums.iter().sum();
    sums.iter().map(|sum| sum.max(0.0) / total).collect()
}

/// Mean distance within a disc of this area (10,000 square km): two thirds of its radius, km.
fn within(area: f64) -> f64 {
    2.0 / 3.0 * (area * 1e4 / std::f64::consts::PI).sqrt()
}

/// Great-circle distance of two places (degrees north, degrees east), km, by the haversine.
pub(super) fn great_circle(a: (f64, f64), b: (f64, f64)) -> f64 {
    let half = |x: f64| (x.to_radians() / 2.0).sin().powi(2);
    let h = half(b.0 - a.0) + a.0.to_radians().cos() * b.0.to_radians().cos() * half(b.1 - a.1);
    2.0 * EARTH * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_equator_is_a_quarter_of_the_circumference() {
        let quarter = std::f64::consts::FRAC_PI_2 * EARTH;
        assert!((great_circle((0.0, 10.0), (0.0, 100.0)) - quarter).abs() < 1e-9);
        assert!((great_circle((0.0, 10.0), (90.0, 77.0)) - quarter).abs() < 1e-9);
    }
}
