//! A TERM database: sets and arrays by the names of its headers, checked for shape and identities.
//!
//! | header | here              | axes                    | meaning                                   |
//! |--------|-------------------|-------------------------|-------------------------------------------|
//! | `MAKE` | `make`            | c × i × d               | product c made by industry i, basic value |
//! | `BSMR` | `use_`            | c × s × u × d           | use at delivered value (basic + margins)  |
//! | `UTAX` | `tax`             | c × s × u × d           | product taxes on that use                 |
//! | `TRAD` | `trade`           | c × s × r × d           | basic value by origin (port, for imports) |
//! | `TMAR` | `trade_margin`    | c × s × m × r × d       | margin m on that flow                     |
//! | `MARS` | `margin_supply`   | m × r × d × p           | margins on r→d by producing region        |
//! | `2PUR` | `investment`      | c × i × d               | investment, purchasers' value             |
//! | `STOK` | `stocks`          | i × d                   | output into inventories                   |
//! | `1LAB` | `labour`          | i × o × d               | wage bill by occupation                   |
//! | `1CAP` `1LND` `1PTX` | …   | i × d                   | rentals of capital, of land; production tax |
//!
//! Elasticities: `SLAB`, `P028`, `SCET` (i), `P015`, `SGDD`, `P018` (c), `SMAR` (m); `P021` (d) Frisch
//! parameter, `XPEL` (c × d) expenditure elasticities, `PO01` (d) population.
//! Users u are the industries, then households, investment, government, exports; s is domestic,
//! imported. Values in the currency of the file, last index fastest.
//! Source: the layout of the files themselves; Horridge, Madden & Wittwer (2005) for the structure.
//! Not here: reading files (`formats::har`), equations (`crate::model`).

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Findings};

/// What a file held: sets by header, and arrays with their sizes, last index fastest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tables {
    /// Name of the file, for findings.
    pub file: String,
    /// Elements by header.
    pub sets: BTreeMap<String, Vec<String>>,
    /// Sizes and cells by header.
    pub arrays: BTreeMap<String, (Vec<usize>, Vec<f64>)>,
}

/// Names of everything that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sets {
    /// Products (`COM`).
    pub products: Vec<String>,
    /// Products that are margins (`MAR`).
    pub margins: Vec<String>,
    /// Industries (`IND`).
    pub industries: Vec<String>,
    /// Occupations (`OCC`).
    pub occupations: Vec<String>,
    /// Regions (`REGD`; `REGS` and `REGP` are the same).
    pub regions: Vec<String>,
}

impl Sets {
    /// Position of each margin among products.
    pub fn margin_products(&self) -> Vec<usize> {
        let at = |margin: &String| self.products.iter().position(|product| product == margin);
        self.margins.iter().filter_map(at).collect()
    }

    /// Industries and the four final users.
    pub fn users(&self) -> usize {
        self.industries.len() + 4
    }
}

/// A database of consistent shape. Fields as in the table of the module.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the table of the module says what each array is")]
pub struct Database {
    pub sets: Sets,
    pub make: Vec<f64>,
    pub use_: Vec<f64>,
    pub tax: Vec<f64>,
    pub trade: Vec<f64>,
    pub trade_margin: Vec<f64>,
    pub margin_supply: Vec<f64>,
    pub investment: Vec<f64>,
    pub stocks: Vec<f64>,
    pub labour: Vec<f64>,
    pub capital: Vec<f64>,
    pub land: Vec<f64>,
    pub production_tax: Vec<f64>,
    pub sigma_labour: Vec<f64>,
    pub sigma_primary: Vec<f64>,
    pub sigma_output: Vec<f64>,
    pub sigma_source: Vec<f64>,
    pub sigma_region: Vec<f64>,
    pub sigma_margin: Vec<f64>,
    pub export_elasticity: Vec<f64>,
    pub frisch: Vec<f64>,
    pub expenditure_elasticity: Vec<f64>,
    pub population: Vec<f64>,
}

/// Largest relative gap of an identity that a database may have.
const IDENTITY_LIMIT: f64 = 0.01;

impl Database {
    /// Takes the arrays out of `tables`.
    ///
    /// # Errors
    /// E1801: a set is missing or empty; E1802: an array is missing or of another size; E1803: an
    /// elasticity is out of its range; E1804: an identity is off by more than 1 % and a
    /// four-millionth of the nation's output.
    pub fn new(tables: &Tables) -> Result<Self, Findings> {
        let mut reader = Reader { tables, findings: Findings::default() };
        let sets = Sets {
            products: reader.set("COM"),
            margins: reader.set("MAR"),
            industries: reader.set("IND"),
            occupations: reader.set("OCC"),
            regions: reader.set("REGD"),
        };
        reader.margins_are_products(&sets);
        if reader.findings.has_errors() {
            return Err(reader.findings);
        }
        let (c, i, o) = (sets.products.len(), sets.industries.len(), sets.occupations.len());
        let (m, d, u) = (sets.margins.len(), sets.regions.len(), sets.users());
        let database = Self {
            make: reader.array("MAKE", &[c, i, d]),
            use_: reader.array("BSMR", &[c, 2, u, d]),
            tax: reader.array("UTAX", &[c, 2, u, d]),
            trade: reader.array("TRAD", &[c, 2, d, d]),
            trade_margin: reader.array("TMAR", &[c, 2, m, d, d]),
            margin_supply: reader.array("MARS", &[m, d, d, d]),
            investment: reader.array("2PUR", &[c, i, d]),
            stocks: reader.array("STOK", &[i, d]),
            labour: reader.array("1LAB", &[i, o, d]),
            capital: reader.array("1CAP", &[i, d]),
            land: reader.array("1LND", &[i, d]),
            production_tax: reader.array("1PTX", &[i, d]),
            sigma_labour: reader.array("SLAB", &[i]),
            sigma_primary: reader.array("P028", &[i]),
            sigma_output: reader.array("SCET", &[i]),
            sigma_source: reader.array("P015", &[c]),
            sigma_region: reader.array("SGDD", &[c]),
            sigma_margin: reader.array("SMAR", &[m]),
            export_elasticity: reader.array("P018", &[c]),
            frisch: reader.array("P021", &[d]),
            expenditure_elasticity: reader.array("XPEL", &[c, d]),
            population: reader.array("PO01", &[d]),
            sets,
        };
        if !reader.findings.has_errors() {
            reader.ranges(&database);
        }
        if !reader.findings.has_errors() {
            reader.identities(&database);
        }
        if reader.findings.has_errors() { Err(reader.findings) } else { Ok(database) }
    }
}

impl Database {
    /// What a solution moves, by header.
    pub fn flows(&self) -> [(&'static str, &[f64]); 14] {
        [
            ("MAKE", &self.make),
            ("BSMR", &self.use_),
            ("UTAX", &self.tax),
            ("TRAD", &self.trade),
            ("TMAR", &self.trade_margin),
            ("MARS", &self.margin_supply),
            ("2PUR", &self.investment),
            ("STOK", &self.stocks),
            ("1LAB", &self.labour),
            ("1CAP", &self.capital),
            ("1LND", &self.land),
            ("1PTX", &self.production_tax),
            ("P021", &self.frisch),
            ("XPEL", &self.expenditure_elasticity),
        ]
    }
}

/// Sizes without the last ones that are 1: files may leave these out.
fn without_ones(sizes: &[usize]) -> &[usize] {
    let rank = sizes.iter().rposition(|size| *size != 1).map_or(0, |at| at + 1);
    &sizes[..rank]
}

struct Reader<'a> {
    tables: &'a Tables,
    findings: Findings,
}

impl Reader<'_> {
    fn set(&mut self, header: &str) -> Vec<String> {
        let set = self.tables.sets.get(header).cloned().unwrap_or_default();
        if set.is_empty() {
            let message = format!("`{}` has no set `{header}`", self.tables.file);
            let help = "a TERM database names its sets in headers COM, MAR, IND, OCC, REGD";
            self.findings.push(Diagnostic::error("E1801", message).help(help));
        }
        set
    }

    fn margins_are_products(&mut self, sets: &Sets) {
        for margin in sets.margins.iter().filter(|margin| !sets.products.contains(margin)) {
            let message = format!("margin `{margin}` is not a product of `{}`", self.tables.file);
            let help = "every element of MAR is an element of COM";
            self.findings.push(Diagnostic::error("E1801", message).help(help));
        }
    }

    fn array(&mut self, header: &str, sizes: &[usize]) -> Vec<f64> {
        let file = &self.tables.file;
        let help = "see docs/term.md for the headers of a database and their sizes";
        let message = match self.tables.arrays.get(header) {
            None => format!("`{file}` has no array `{header}`"),
            Some((found, _)) if without_ones(found) != without_ones(sizes) => {
                format!("`{header}` of `{file}` has sizes {found:?}; its sets have {sizes:?}")
            }
            Some((_, cells)) if cells.iter().any(|cell| !cell.is_finite()) => {
                format!("`{header}` of `{file}` has a cell that is not a number")
            }
            Some((_, cells)) => return cells.clone(),
        };
        self.findings.push(Diagnostic::error("E1802", message).help(help));
        vec![]
    }

    fn ranges(&mut self, database: &Database) {
        let not_negative = |value: f64| value >= 0.0;
        let d = database;
        self.range("P028", &d.sigma_primary, |value| value > 0.0, "above 0");
        self.range("P021", &d.frisch, |value| value < 0.0, "below 0");
        self.range("SLAB", &d.sigma_labour, not_negative, "0 or more");
        self.range("SCET", &d.sigma_output, not_negative, "0 or more");
        self.range("P015", &d.sigma_source, not_negative, "0 or more");
        self.range("SGDD", &d.sigma_region, not_negative, "0 or more");
        self.range("SMAR", &d.sigma_margin, not_negative, "0 or more");
    }

    fn range(&mut self, header: &str, values: &[f64], fits: fn(f64) -> bool, range: &str) {
        if let Some(at) = values.iter().position(|value| !fits(*value)) {
            let (value, file) = (values[at], &self.tables.file);
            let message = format!("element {} of `{header}` of `{file}` is {value}", at + 1);
            let help = format!("it must be {range}");
            self.findings.push(Diagnostic::error("E1803", message).help(help));
        }
    }

    fn identities(&mut self, database: &Database) {
        let rounding = crate::doctor::ROUNDING * database.make.iter().sum::<f64>();
        for identity in crate::certificate::identities(database) {
            if let Some(worst) = identity.worst(rounding)
                && worst.relative > IDENTITY_LIMIT
            {
                let message = format!(
                    "{} of `{}` does not hold: {:.4} against {:.4} in cell {}",
                    identity.name, self.tables.file, worst.left, worst.right, worst.cell
                );
                let help = "the database is not balanced; balance it before it is run";
                self.findings.push(Diagnostic::error("E1804", message).help(help));
            }
        }
    }
}
