//! The national table of a recipe from a printed input-output table: any format that `accounts
//! import` reads into one.
//!
//! What columns and rows are is told by their names ([`accounts::names`]), or by a table of names.
//! Flows of domestic and imported products are two tables, or one with imports to be subtracted: then
//! all users at home buy imports of a product in one proportion, imports ÷ (output − exports + imports).

use accounts::names::{Column, Payment};
use accounts::regionalise::National;
use accounts::{InputOutputTable, Matrix, User};
use diagnostics::{Diagnostic, Place};

use super::Reader;
use super::national::FINAL_USES;
use crate::catalogue::{self, Format};
use crate::sheet::{Key, Sheet, distinct};
use crate::source::Source;

/// Names of columns and rows with what they are.
type Told = Vec<(String, String)>;

impl Reader<'_> {
    /// The national table from a printed one, and which of its products are goods.
    pub(super) fn printed(&mut self) -> Option<(National, Vec<bool>)> {
        let told = self.told()?;
        let table = self.table("national.table")?;
        let imports = match self.find("national.imports") {
            Some(_) => Some(self.table("national.imports")?),
            None => None,
        };
        let labels: Vec<String> = table.industries.iter().map(|label| label.name.clone()).collect();
        let goods = self.goods(&labels)?;
        let margins = self.margins(&labels);
        let uses = self.uses_of(&table, &told)?;
        let basic = match imports {
            Some(imports) => self.two_tables(&labels, uses, &imports, &told)?,
            None => uses.one_table(&table.output),
        };
        let n = labels.len();
        let mut paid = self.payments(&table, &told);
        let none = || Matrix::zeros(n, n + FINAL_USES.len());
        let mut tax = [none(), none()];
        spread(&mut tax, &basic, &paid.product_tax);
        // A row of imports beside flows that hold them already is the same again.
        if paid.imports.iter().any(|v| *v != 0.0) && basic[1].values().iter().all(|v| *v == 0.0) {
            let message =
                "the national table has a row of imports, but not what was imported".to_owned();
            let at = self.find("national.table").map_or(0..0, |(_, at)| at);
            let help = "give the table of imported products as `national.imports`";
            self.error("E1716", message, at, help);
        }
        let make = Matrix::from_fn(n, n, |c, i| if c == i { table.output[i] } else { 0.0 });
        let margin = margins.iter().map(|_| [none(), none()]).collect();
        let take = |list: &mut Vec<f64>| std::mem::take(list);
        Some((
            National {
                products: labels.clone(),
                industries: labels,
                margins,
                money: String::new(),
                base_year: 0,
                basic,
                tax,
                margin,
                make,
                labour: take(&mut paid.labour),
                depreciation: take(&mut paid.depreciation),
                surplus: take(&mut paid.surplus),
                production_tax: take(&mut paid.production_tax),
            },
            goods,
        ))
    }

    /// Names that the recipe explains.
    fn told(&mut self) -> Option<Told> {
        if self.find("national.names").is_none() {
            return Some(vec![]);
        }
        let sheet = self.sheet("national.names", &["name", "is"])?;
        let words = || {
            let columns = Column::WORDS.iter().map(|(word, _)| *word);
            columns.chain(Payment::WORDS.iter().map(|(word, _)| *word))
        };
        for row in &sheet.rows {
            let word = sheet.text(row, "is");
            if !words().any(|each| each == word) {
                let message = format!("`{word}` is nothing that a column or row can be");
                let help = format!("write one of {}", words().collect::<Vec<_>>().join(", "));
                let place = sheet.place(row, "is");
                self.findings
                    .push(Diagnostic::error("E1715", message).at(place, "here").help(help));
            }
        }
        let pair = |row| (sheet.text(row, "name").to_owned(), sheet.text(row, "is").to_owned());
        Some(sheet.rows.iter().map(pair).collect())
    }

    /// A table in the format of `national.from`.
    fn table(&mut self, key: &str) -> Option<InputOutputTable> {
        let (path, bytes) = self.file(key)?;
        let names: Vec<(&str, Format)> =
            Format::ALL.iter().map(|(f, name, _)| (*name, *f)).collect();
        let format = self.word("national.from", &names, Format::Sheet)?;
        let sheet_key =
            if key == "national.imports" { "national.imports_sheet" } else { "national.sheet" };
        let sheet = match self.find(sheet_key) {
            Some(_) => Some(self.string(sheet_key)?),
            None => None,
        };
        let source = match Source::memory([(path.as_str(), bytes)]) {
            Ok(source) => source,
            Err(error) => {
                let finding = Diagnostic::error("E1705", format!("cannot read `{path}`: {error}"));
                self.findings.push(finding);
                return None;
            }
        };
        match catalogue::input_output(format, &source, sheet.as_deref()) {
            Ok(imported) if imported.table.regions().len() == 1 => {
                for identity in imported.broken.iter().filter(|_| key == "national.table") {
                    let finding = Diagnostic::warning("W1314", identity.to_string());
                    let place = Place::cell(&path, 1, 1);
                    self.findings.push(
                        finding.at(place, "the table").help(
                            "say `balance = \"gras\"` under `[national]` to fit uses to output",
                        ),
                    );
                }
                Some(imported.table)
            }
            Ok(imported) => {
                let regions = imported.table.regions().len();
                let at = self.find(key).map_or(0..0, |(_, at)| at);
                let message = format!("the national table has {regions} regions");
                self.error("E1716", message, at, "give the table of one nation");
                None
            }
            Err(findings) => {
                findings.iter().for_each(|finding| self.findings.push(finding.clone()));
                None
            }
        }
    }

    /// Which labels are goods: a row for each in `national.industries`.
    fn goods(&mut self, labels: &[String]) -> Option<Vec<bool>> {
        let list: Sheet = self.sheet("national.industries", &["label", "goods"])?;
        let mut goods = vec![None; labels.len()];
        for row in &list.rows {
            let key = Key { column: "label", names: labels };
            if let Some(at) = list.name(row, key, &mut self.findings) {
                goods[at] = Some(list.text(row, "goods") == "yes");
            }
        }
        let listed = distinct(&list, "label");
        let missing: Vec<&str> =
            labels.iter().filter(|label| !listed.contains(label)).map(String::as_str).collect();
        if !missing.is_empty() {
            let message = format!("`{}` has no row for {}", list.file, missing.join(", "));
            let place = Place::cell(&list.file, list.rows.last().map_or(1, |row| row.line), 1);
            let finding = Diagnostic::error("E1108", message);
            self.findings.push(finding.at(place, "the table ends here").help(
                "every industry of the national table has a row that says whether it makes goods",
            ));
        }
        Some(goods.into_iter().map(|good| good.unwrap_or(false)).collect())
    }

    /// Uses by our users, from anywhere.
    fn uses_of(&mut self, table: &InputOutputTable, told: &Told) -> Option<Uses> {
        let n = table.industries.len();
        let mut uses = Uses { all: Matrix::zeros(n, n + FINAL_USES.len()), inflow: vec![0.0; n] };
        for i in 0..n {
            uses.all.row_mut(i)[..n].copy_from_slice(table.flows.row(i));
        }
        let mut together = vec![0.0; n];
        let mut unknown = vec![];
        for (f, label) in table.categories.iter().enumerate() {
            let word = told.iter().find(|(name, _)| *name == label.name).map(|(_, word)| word);
            let column = match word {
                Some(word) => {
                    Column::WORDS.iter().find(|(known, _)| known == word).map(|(_, column)| *column)
                }
                None => Column::of(&label.name),
            };
            let cells = table.final_demand.column(f);
            let mut add = |user: User| {
                for (i, value) in cells.iter().enumerate() {
                    *uses.all.at_mut(i, n + user.position()) += value;
                }
            };
            match column {
                Some(Column::Use(user)) => add(user),
                // A nation sells to no other region of it: what it sends there it exports.
                Some(Column::Outflow) => add(User::Export),
                Some(Column::Discrepancy) => add(User::Inventory),
                Some(Column::Inflow) => {
                    uses.inflow.iter_mut().zip(&cells).for_each(|(a, b)| *a -= b);
                }
                Some(Column::Consumption) => {
                    together.iter_mut().zip(&cells).for_each(|(a, b)| *a += b);
                }
                None => unknown.push(label.name.as_str()),
            }
        }
        if !unknown.is_empty() {
            self.unknown("columns", &unknown, Column::WORDS.iter().map(|(word, _)| *word));
        }
        if together.iter().any(|value| *value != 0.0) {
            let labels: Vec<String> =
                table.industries.iter().map(|label| label.name.clone()).collect();
            let government = self.government(&labels)?;
            for (i, (value, share)) in together.iter().zip(&government).enumerate() {
                *uses.all.at_mut(i, n + User::Household.position()) += value * (1.0 - share);
                *uses.all.at_mut(i, n + User::Government.position()) += value * share;
            }
        }
        Some(uses)
    }

    fn unknown<'w>(&mut self, what: &str, names: &[&str], words: impl Iterator<Item = &'w str>) {
        let at = self.find("national.table").map_or(0..0, |(_, at)| at);
        let message =
            format!("{what} of the national table that are nothing known: {}", names.join("; "));
        let words: Vec<&str> = words.collect();
        let help = format!(
            "say what they are in a csv of `name`, `is` (`national.names`); they can be {}",
            words.join(", ")
        );
        self.error("E1715", message, at, &help);
    }

    /// Domestic and imported products in tables of their own.
    fn two_tables(
        &mut self,
        labels: &[String],
        domestic: Uses,
        imports: &InputOutputTable,
        told: &Told,
    ) -> Option<[Matrix; 2]> {
        let found: Vec<&String> = imports.industries.iter().map(|label| &label.name).collect();
        if !found.iter().copied().eq(labels) {
            let at = self.find("national.imports").map_or(0..0, |(_, at)| at);
            let message = "the table of imports has other industries, or another order".to_owned();
            self.error("E1716", message, at, "both tables list the same industries in one order");
            return None;
        }
        let imported = self.uses_of(imports, told)?;
        Some([domestic.all, imported.all])
    }

    /// Primary inputs by what they are.
    fn payments(&mut self, table: &InputOutputTable, told: &Told) -> Payments {
        let n = table.industries.len();
        let mut paid = Payments {
            labour: vec![0.0; n],
            depreciation: vec![0.0; n],
            surplus: vec![0.0; n],
            production_tax: vec![0.0; n],
            product_tax: vec![0.0; n],
            imports: vec![0.0; n],
        };
        let mut unknown = vec![];
        for (v, row) in table.primary_inputs.iter().enumerate() {
            let word = told.iter().find(|(name, _)| *name == row.name).map(|(_, word)| word);
            let payment = match word {
                Some(word) => {
                    Payment::WORDS.iter().find(|(known, _)| known == word).map(|(_, each)| *each)
                }
                None => Payment::of(&row.name),
            };
            let list = match payment {
                Some(Payment::Compensation) => &mut paid.labour,
                Some(Payment::Depreciation) => &mut paid.depreciation,
                Some(Payment::Surplus) => &mut paid.surplus,
                Some(Payment::ProductionTax) => &mut paid.production_tax,
                Some(Payment::ProductTax) => &mut paid.product_tax,
                Some(Payment::Imports) => &mut paid.imports,
                None => {
                    unknown.push(row.name.as_str());
                    continue;
                }
            };
            list.iter_mut().zip(table.value_added.row(v)).for_each(|(a, b)| *a += b);
        }
        if !unknown.is_empty() {
            self.unknown("rows", &unknown, Payment::WORDS.iter().map(|(word, _)| *word));
        }
        paid
    }
}

/// Uses by industries and [`FINAL_USES`], n × users, and imports to be subtracted, n.
struct Uses {
    all: Matrix,
    inflow: Vec<f64>,
}

impl Uses {
    /// Domestic and imported: every user at home buys imports in the nation's proportion.
    fn one_table(self, output: &[f64]) -> [Matrix; 2] {
        let export = output.len() + User::Export.position();
        let share = |c: usize| {
            let at_home = output[c] - self.all.at(c, export) + self.inflow[c];
            if at_home > 0.0 { (self.inflow[c] / at_home).clamp(0.0, 1.0) } else { 0.0 }
        };
        let part = |imported: bool| {
            Matrix::from_fn(self.all.rows(), self.all.columns(), |c, u| {
                let share = if u == export { 0.0 } else { share(c) };
                self.all.at(c, u) * if imported { share } else { 1.0 - share }
            })
        };
        [part(false), part(true)]
    }
}

/// Rows of primary inputs, each n.
struct Payments {
    labour: Vec<f64>,
    depreciation: Vec<f64>,
    surplus: Vec<f64>,
    production_tax: Vec<f64>,
    product_tax: Vec<f64>,
    imports: Vec<f64>,
}

/// Taxes on products that an industry pays, over what it buys.
fn spread(tax: &mut [Matrix; 2], basic: &[Matrix; 2], paid: &[f64]) {
    for (i, paid) in paid.iter().enumerate().filter(|(_, paid)| **paid != 0.0) {
        let bought: f64 = basic.iter().map(|table| table.column_sum(i)).sum();
        for (tax, basic) in tax.iter_mut().zip(basic).filter(|_| bought > 0.0) {
            for c in 0..basic.rows() {
                *tax.at_mut(c, i) = paid * basic.at(c, i) / bought;
            }
        }
    }
}
