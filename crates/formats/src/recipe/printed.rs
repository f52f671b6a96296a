//! The national table of a recipe from a printed input-output table: any format that `accounts
//! import` reads into one.
//!
//! What columns and rows are is told by their names ([`accounts::names`]), or by a table of names.
//! Flows of domestic and imported products are two tables, or one with imports to be subtracted: then
//! all users at home buy imports of a product in one proportion, imports ÷ (output − exports + imports).

use accounts::names::{FinalDemandCategory, PrimaryInput};
use accounts::regionalise::National;
use accounts::{InputOutputTable, Matrix, User};
use diagnostics::{Diagnostic, Place};

use super::Reader;
use super::national::FINAL_USES;
use crate::catalogue::{self, Format};
use crate::sheet::Key;
use crate::source::Source;

/// Names of columns and rows with what they are.
type Told = Vec<(String, String)>;

impl Reader<'_> {
    /// The national table from a printed one, and which of its products are goods.
    pub(super) fn printed(&mut self) -> Option<(National, Vec<bool>)> {
        let table = self.table("national.table")?;
        let imports = match self.find("national.imports") {
            Some(_) => Some(self.table("national.imports")?),
            None => None,
        };
        let told = self.told([Some(&table), imports.as_ref()])?;
        let labels: Vec<String> = table.industries.iter().map(|label| label.name.clone()).collect();
        let goods = self.goods(&labels)?;
        let margins = self.margins(&labels);
        let uses = self.uses_of(&table, &told)?;
        let basic = if let Some(imports) = imports {
            self.two_tables(&labels, uses, &imports, &told)?
        } else {
            self.re_exports(&labels, &uses, &table.output);
            uses.one_table(&table.output)
        };
        let n = labels.len();
        let mut paid = self.payments(&table, &told);
        let none = || Matrix::zeros(n, n + FINAL_USES.len());
        let mut tax = [none(), none()];
        spread(&mut tax, &basic, &paid.product_tax);
        if let Some(row) = &paid.row_of_imports {
            if basic[1].values().iter().all(|value| *value == 0.0) {
                let message =
                    format!("`{row}` is a row of imports, but of which products is not known");
                let at = self.find("national.table").map_or(0..0, |(_, at)| at);
                let help = "give the table of imported products as `national.imports`";
                self.error("E1716", message, at, help);
            } else {
                let message = format!("the row `{row}` is left out: imports are known by product");
                self.told_of_table(message);
            }
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

    /// Says what is left out of the national table, or assumed.
    fn told_of_table(&mut self, message: String) {
        let (_, at) = self.find("national.table").unwrap_or((super::Given::Other, 0..0));
        let place = Place::in_text(self.file, self.text, at);
        self.findings.push(Diagnostic::warning("W1717", message).at(place, "the national table"));
    }

    /// Names that the recipe explains, of the columns and rows of these tables.
    fn told(&mut self, tables: [Option<&InputOutputTable>; 2]) -> Option<Told> {
        if self.find("national.names").is_none() {
            return Some(vec![]);
        }
        let names: Vec<String> = tables
            .into_iter()
            .flatten()
            .flat_map(|table| {
                let columns = table.categories.iter().map(|label| label.name.clone());
                columns.chain(table.primary_inputs.iter().map(|row| row.name.clone()))
            })
            .collect();
        let sheet = self.sheet("national.names", &["name", "is"])?;
        let columns = FinalDemandCategory::WORDS.iter().map(|(word, _)| *word);
        let words: Vec<String> = columns
            .chain(PrimaryInput::WORDS.iter().map(|(word, _)| *word))
            .map(str::to_owned)
            .collect();
        let mut told = vec![];
        for row in &sheet.rows {
            let name = Key { column: "name", names: &names };
            let name = sheet.name(row, name, &mut self.findings);
            let word = Key { column: "is", names: &words };
            let word = sheet.name(row, word, &mut self.findings);
            if let (Some(name), Some(word)) = (name, word) {
                told.push((names[name].clone(), words[word].clone()));
            }
        }
        Some(told)
    }

    /// Products of which more is exported than made: imports that leave again are not imports at home.
    fn re_exports(&mut self, labels: &[String], uses: &Uses, output: &[f64]) {
        let export = output.len() + User::Export.position();
        let more = |c: &usize| uses.inflow[*c] > 0.0 && uses.all.at(*c, export) > output[*c];
        let named: Vec<&str> = (0..output.len()).filter(more).map(|c| labels[c].as_str()).collect();
        if !named.is_empty() {
            let message = format!(
                "more is exported than made of {}: imports leave again, which one column of imports cannot \
                 tell; balance with `gras` or give `national.imports`",
                named.join(", ")
            );
            self.told_of_table(message);
        }
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
                let (_, at) = self.find(key)?;
                let message = format!("cannot read `{path}`: {error}");
                self.error("E1705", message, at, "save it again, or give the file in it");
                return None;
            }
        };
        match catalogue::input_output(format, &source, sheet.as_deref()) {
            Ok(imported) if imported.table.regions().len() == 1 => {
                // Of two tables neither adds up by itself.
                let alone = self.find("national.imports").is_none();
                for identity in imported.broken.iter().filter(|_| alone) {
                    let finding = Diagnostic::warning("W1314", identity.to_string());
                    let place = Place::cell(&path, 1, 1);
                    self.findings.push(
                        finding.at(place, "the table").help(
                            "say `balance = \"gras\"` under `[national]` to fit uses to output",
                        ),
                    );
                }
                for what in &imported.report.amiss {
                    self.told_of_table(format!("`{path}`: {what}"));
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
        let list = self.sheet("national.industries", &["label", "goods"])?;
        let (listed, flags) = self.labels_and_goods(&list);
        for row in &list.rows {
            let key = Key { column: "label", names: labels };
            let _ = list.name(row, key, &mut self.findings);
        }
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
        let of = |label: &String| listed.iter().position(|each| each == label);
        Some(labels.iter().map(|label| of(label).is_some_and(|at| flags[at])).collect())
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
                Some(word) => FinalDemandCategory::from_word(word),
                None => FinalDemandCategory::of(&label.name),
            };
            let cells = table.final_demand.column(f);
            let mut add = |user: User| {
                for (i, value) in cells.iter().enumerate() {
                    *uses.all.at_mut(i, n + user.position()) += value;
                }
            };
            match column {
                Some(FinalDemandCategory::Use(user)) => add(user),
                // A nation sells to no other region of it: what it sends there it exports.
                Some(FinalDemandCategory::Outflow) => add(User::Export),
                Some(FinalDemandCategory::Discrepancy) => add(User::Inventory),
                Some(FinalDemandCategory::Inflow) => {
                    uses.inflow.iter_mut().zip(&cells).for_each(|(a, b)| *a -= b);
                }
                Some(FinalDemandCategory::Consumption) => {
                    together.iter_mut().zip(&cells).for_each(|(a, b)| *a += b);
                }
                None => unknown.push(label.name.as_str()),
            }
        }
        if !unknown.is_empty() {
            self.unknown(
                "columns",
                &unknown,
                FinalDemandCategory::WORDS.iter().map(|(word, _)| *word),
            );
        }
        if together.iter().any(|value| *value != 0.0) {
            let labels: Vec<String> =
                table.industries.iter().map(|label| label.name.clone()).collect();
            if self.find("national.consumption_split").is_none() {
                let message =
                    "a column of the national table is consumption of households and government \
                               together"
                        .to_owned();
                let at = self.find("national.table").map_or(0..0, |(_, at)| at);
                let help = "give `national.consumption_split`, or say in `national.names` what each column is";
                self.error("E1716", message, at, help);
                return None;
            }
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
        if domestic.inflow.iter().any(|value| *value != 0.0) {
            let at = self.find("national.imports").map_or(0..0, |(_, at)| at);
            let message =
                "imports are given twice: as a table, and as a column to be subtracted".to_owned();
            self.error("E1716", message, at, "leave one of the two out");
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
            row_of_imports: None,
        };
        let mut unknown = vec![];
        for (v, row) in table.primary_inputs.iter().enumerate() {
            let word = told.iter().find(|(name, _)| *name == row.name).map(|(_, word)| word);
            let payment = match word {
                Some(word) => PrimaryInput::from_word(word),
                None => PrimaryInput::of(&row.name),
            };
            let list = match payment {
                Some(PrimaryInput::Compensation) => &mut paid.labour,
                Some(PrimaryInput::Depreciation) => &mut paid.depreciation,
                Some(PrimaryInput::Surplus) => &mut paid.surplus,
                Some(PrimaryInput::ProductionTax) => &mut paid.production_tax,
                Some(PrimaryInput::ProductTax) => &mut paid.product_tax,
                Some(PrimaryInput::Imports) => {
                    if table.value_added.row(v).iter().any(|value| *value != 0.0) {
                        paid.row_of_imports = Some(row.name.clone());
                    }
                    continue;
                }
                None => {
                    unknown.push(row.name.as_str());
                    continue;
                }
            };
            list.iter_mut().zip(table.value_added.row(v)).for_each(|(a, b)| *a += b);
        }
        if !unknown.is_empty() {
            self.unknown("rows", &unknown, PrimaryInput::WORDS.iter().map(|(word, _)| *word));
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
    /// Name of a row of imports that is not zero.
    row_of_imports: Option<String>,
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
