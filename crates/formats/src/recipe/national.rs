//! The national table of a recipe from csv tables: supply, uses, taxes, margins, value added.

use accounts::Matrix;
use accounts::regional::SOURCES;
use accounts::regionalise::National;

use diagnostics::Diagnostic;

use super::{Given, Reader};
use crate::sheet::{Coverage, Key, Sheet};

/// Users in the table of national uses, after the industries.
pub(super) const FINAL_USES: [&str; 5] =
    ["household", "government", "investment", "export", "inventory"];
/// Household and government together, in the place of both.
const TOGETHER: &str = "consumption";
/// What industries pay besides products, and output.
const ITEMS: [&str; 5] = ["compensation", "depreciation", "surplus", "production_tax", "output"];

/// Cells by source: product × user.
type Uses = [Matrix; 2];

impl Reader<'_> {
    /// The national table, and which of its products are goods.
    pub(super) fn national(&mut self) -> Option<(National, Vec<bool>)> {
        let apart = self.find("national.products").is_some();
        let columns: &[&str] = if apart { &["label"] } else { &["label", "goods"] };
        let list = self.sheet("national.industries", columns)?;
        let industries = self.labels(&list);
        let (products, goods) = if apart {
            let list = self.sheet("national.products", &["label", "goods"])?;
            self.labels_and_goods(&list)
        } else {
            let (_, goods) = self.labels_and_goods(&list);
            (industries.clone(), goods)
        };
        let margins = self.margins(&products);
        let lists = [&products[..], &industries];
        let mut split = None;
        let [basic] =
            <[_; 1]>::try_from(self.flows("national.uses", lists, None, &mut split)?).ok()?;
        let supply = self.supply(&products, &industries, apart)?;
        let items = if supply.is_some() { &ITEMS[..4] } else { &ITEMS[..] };
        let mut paid = self.production(&industries, items)?;
        let make =
            supply.unwrap_or_else(|| {
                let output = paid.pop().unwrap_or_default();
                Matrix::from_fn(products.len(), industries.len(), |c, i| {
                    if c == i { output[i] } else { 0.0 }
                })
            });
        let [labour, depreciation, surplus, production_tax] = <[_; 4]>::try_from(paid).ok()?;
        let users = industries.len() + FINAL_USES.len();
        let none = || [0, 1].map(|_| Matrix::zeros(products.len(), users));
        let tax = if self.find("national.taxes").is_some() {
            <[_; 1]>::try_from(self.flows("national.taxes", lists, None, &mut split)?).ok()?
        } else {
            [none()]
        };
        let margin = if self.find("national.margin_flows").is_some() {
            let names: Vec<String> = margins.iter().map(|c| products[*c].clone()).collect();
            self.flows("national.margin_flows", lists, Some(&names), &mut split)?
        } else {
            margins.iter().map(|_| none()).collect()
        };
        let [tax] = tax;
        let national = National {
            products,
            industries,
            margins,
            money: String::new(),
            base_year: 0,
            basic,
            tax,
            margin,
            make,
            labour,
            depreciation,
            surplus,
            production_tax,
        };
        Some((national, goods))
    }

    /// Labels in order; one that stands twice is a finding.
    fn labels(&mut self, list: &Sheet) -> Vec<String> {
        let mut labels: Vec<String> = vec![];
        for row in &list.rows {
            let label = list.text(row, "label").to_owned();
            if labels.contains(&label) {
                let message = format!("`{}` has two rows for {label}", list.file);
                let place = list.place(row, "label");
                let finding = Diagnostic::error("E1107", message).at(place, "given before");
                self.findings.push(finding.help("remove one of the two rows"));
            } else {
                labels.push(label);
            }
        }
        labels
    }

    /// Labels in order, and which are goods.
    pub(super) fn labels_and_goods(&mut self, list: &Sheet) -> (Vec<String>, Vec<bool>) {
        let labels = self.labels(list);
        let mut goods = vec![false; labels.len()];
        for row in &list.rows {
            let word = list.text(row, "goods").to_lowercase();
            if !["yes", "no"].contains(&word.as_str()) {
                let message = format!("`{word}` does not say whether a product is a good");
                let finding = Diagnostic::error("E1104", message);
                let place = list.place(row, "goods");
                self.findings.push(finding.at(place, "here").help("write `yes` or `no`"));
            }
            if let Some(at) = labels.iter().position(|label| label == list.text(row, "label")) {
                goods[at] = word == "yes";
            }
        }
        (labels, goods)
    }

    pub(super) fn margins(&mut self, labels: &[String]) -> Vec<usize> {
        let (names, at) = match self.find("national.margins") {
            Some((Given::List(names), at)) => (names, at),
            Some((_, at)) => {
                let message = "`national.margins` must be a list".to_owned();
                self.error("E1703", message, at, "write `[\"Trade\"]`, or `[]` for none");
                return vec![];
            }
            None => {
                self.missing("national.margins");
                return vec![];
            }
        };
        let mut found = vec![];
        for name in names {
            if let Some(c) = labels.iter().position(|label| *label == name) {
                if found.contains(&c) {
                    let message = format!("the margin `{name}` is given twice");
                    self.error("E1706", message, at.clone(), "name every margin once");
                } else {
                    found.push(c);
                }
            } else {
                let message = format!("the margin `{name}` is not a product");
                self.error("E1706", message, at.clone(), "margins are labels of products");
            }
        }
        found
    }

    /// Cells by product, source and user: one table, or one of each margin.
    ///
    /// - `lists`: products, industries; `split`: share of government in the consumption of each
    ///   product, once it was needed.
    fn flows(
        &mut self,
        key: &str,
        lists: [&[String]; 2],
        margins: Option<&[String]>,
        split: &mut Option<Vec<f64>>,
    ) -> Option<Vec<Uses>> {
        let mut columns = vec!["product", "source", "user", "value"];
        columns.extend(margins.map(|_| "margin"));
        let sheet = self.sheet(key, &columns)?;
        let [products, industries] = lists;
        let n = industries.len();
        let finals = FINAL_USES.iter().copied().chain([TOGETHER]).map(str::to_owned);
        let users: Vec<String> = industries.iter().cloned().chain(finals).collect();
        let sources = SOURCES.map(str::to_owned);
        let mut keys = vec![
            Key { column: "product", names: products },
            Key { column: "source", names: &sources },
            Key { column: "user", names: &users },
        ];
        if let Some(names) = margins {
            keys.insert(0, Key { column: "margin", names });
        }
        let values = sheet.values(&keys, "value", Coverage::Sparse, &mut self.findings);
        let size = products.len() * SOURCES.len() * users.len();
        let at = |m: usize, c: usize, s: usize, u: usize| {
            let value = values[m * size + (c * 2 + s) * users.len() + u];
            if value.is_nan() { 0.0 } else { value }
        };
        let tables = margins.map_or(1, <[String]>::len);
        let cells = (0..tables * products.len() * SOURCES.len()).map(|cell| {
            let (m, line) = (cell / (products.len() * 2), cell % (products.len() * 2));
            at(m, line / 2, line % 2, n + FINAL_USES.len())
        });
        if split.is_none() && cells.into_iter().any(|together| together != 0.0) {
            *split = Some(self.government(products)?);
        }
        let government = |c: usize| split.as_ref().map_or(0.0, |share| share[c]);
        let table = |m: usize| {
            [0, 1].map(|s| {
                Matrix::from_fn(products.len(), n + FINAL_USES.len(), |c, u| {
                    let part = match u.checked_sub(n) {
                        Some(0) => 1.0 - government(c),
                        Some(1) => government(c),
                        _ => 0.0,
                    };
                    at(m, c, s, u) + part * at(m, c, s, n + FINAL_USES.len())
                })
            })
        };
        Some((0..tables).map(table).collect())
    }

    /// Share of government in the consumption of each product.
    pub(super) fn government(&mut self, labels: &[String]) -> Option<Vec<f64>> {
        let sheet =
            self.sheet("national.consumption_split", &["product", "household", "government"])?;
        let keys = [Key { column: "product", names: labels }];
        let [households, governments] = ["household", "government"]
            .map(|column| sheet.values(&keys, column, Coverage::Sparse, &mut self.findings));
        let share = |(h, g): (&f64, &f64)| if h + g > 0.0 { g / (h + g) } else { 0.0 };
        Some(households.iter().zip(&governments).map(share).collect())
    }

    /// What industries make of every product, if the recipe says so; it must where products are not
    /// industries.
    #[expect(clippy::option_option, reason = "what fails, and what the recipe leaves out")]
    fn supply(
        &mut self,
        products: &[String],
        industries: &[String],
        needed: bool,
    ) -> Option<Option<Matrix>> {
        if self.find("national.supply").is_none() && !needed {
            return Some(None);
        }
        let sheet = self.sheet("national.supply", &["product", "industry", "value"])?;
        let keys = [
            Key { column: "product", names: products },
            Key { column: "industry", names: industries },
        ];
        let values = self.amounts(&sheet, &keys);
        Some(Some(Matrix::from_values(products.len(), industries.len(), values)))
    }

    /// Items of every industry, in order.
    fn production(&mut self, labels: &[String], items: &[&str]) -> Option<Vec<Vec<f64>>> {
        let mut sheet = self.sheet("national.production", &["industry", "item", "value"])?;
        // With a table of supply, output is that of its columns.
        let of_supply = ITEMS[items.len()..].to_vec();
        let texts = sheet.clone();
        sheet.rows.retain(|row| !of_supply.contains(&texts.text(row, "item")));
        let names: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        let keys =
            [Key { column: "item", names: &names }, Key { column: "industry", names: labels }];
        let values = sheet.values(&keys, "value", Coverage::Complete, &mut self.findings);
        Some(values.chunks(labels.len().max(1)).map(<[f64]>::to_vec).collect())
    }
}

#[cfg(test)]
mod tests {
    use accounts::User;

    use super::*;

    #[test]
    fn the_users_are_those_of_the_accounts() {
        assert_eq!(FINAL_USES, User::ALL.map(User::name));
    }
}
