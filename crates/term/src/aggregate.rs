//! A database with fewer products, industries, occupations or regions.
//!
//! | what            | becomes                                                           |
//! |-----------------|-------------------------------------------------------------------|
//! | flows           | sums                                                              |
//! | elasticities    | means, weighted by the flow that they act on; plain where it is 0 |
//!
//! A margin stays one: margins go with margins, or alone.
//! Source: the means are those of TERM's own aggregation; its program is not used.

use std::collections::BTreeMap;

use diagnostics::{Diagnostic, Findings, Place};

use crate::database::{Database, Sets};
use crate::selection::nearest;
use crate::variables::Index;

/// For each set that is aggregated: the new elements in order, and the new position of each old one.
#[derive(Debug, Clone, Default)]
struct Mapping {
    elements: Vec<String>,
    to: Vec<usize>,
}

/// Aggregates by a concordance.
///
/// - `text`: lines `set,from,to` under that heading; `set` is `COM`, `IND`, `OCC` or `REGD`. Sets
///   without a line stay; one with a line names every element once.
///
/// # Errors
/// E1830: a line that cannot be used; E1831: an element without a line, or with two; E1832: a margin
/// together with other products. All of the file.
pub fn aggregated(database: &Database, file: &str, text: &str) -> Result<Database, Findings> {
    let mut reader = Reader { file, findings: Findings::default() };
    let sets = &database.sets;
    let lines = reader.lines(text);
    let mut of = |set: &str, elements: &[String]| reader.mapping(set, elements, &lines);
    let products = of("COM", &sets.products);
    let industries = of("IND", &sets.industries);
    let occupations = of("OCC", &sets.occupations);
    let regions = of("REGD", &sets.regions);
    let margins = reader.margins(sets, &products);
    if reader.findings.has_errors() {
        return Err(reader.findings);
    }
    let coarse = Sets {
        products: products.elements.clone(),
        margins: margins.elements.clone(),
        industries: industries.elements.clone(),
        occupations: occupations.elements.clone(),
        regions: regions.elements.clone(),
    };
    let maps = Maps { products, margins, industries, occupations, regions };
    Ok(maps.apply(database, coarse))
}

struct Line {
    set: String,
    from: String,
    to: String,
    number: usize,
}

struct Reader<'a> {
    file: &'a str,
    findings: Findings,
}

impl Reader<'_> {
    fn wrong(&mut self, code: &'static str, message: String, line: usize, label: &str) {
        let help = "lines are `set,from,to`; the set is COM, IND, OCC or REGD";
        let place = Place::cell(self.file, line, 1);
        self.findings.push(Diagnostic::error(code, message).at(place, label).help(help));
    }

    fn lines(&mut self, text: &str) -> Vec<Line> {
        let mut found = Vec::new();
        for (at, line) in text.lines().enumerate().skip(1) {
            let fields: Vec<&str> =
                line.split(',').map(|each| each.trim().trim_matches('"')).collect();
            match fields.as_slice() {
                [""] => {}
                [set, from, to] if !to.is_empty() => {
                    let set = set.to_uppercase();
                    if ["COM", "IND", "OCC", "REGD"].contains(&set.as_str()) {
                        let (from, to) = ((*from).to_owned(), (*to).to_owned());
                        found.push(Line { set, from, to, number: at + 1 });
                    } else {
                        self.wrong("E1830", format!("unknown set `{set}`"), at + 1, "not a set");
                    }
                }
                _ => self.wrong("E1830", format!("`{line}` has not three fields"), at + 1, "line"),
            }
        }
        found
    }

    fn mapping(&mut self, set: &str, elements: &[String], lines: &[Line]) -> Mapping {
        let of_set: Vec<&Line> = lines.iter().filter(|line| line.set == set).collect();
        if of_set.is_empty() {
            return Mapping { elements: elements.to_vec(), to: (0..elements.len()).collect() };
        }
        let mut mapping = Mapping { elements: vec![], to: vec![usize::MAX; elements.len()] };
        for line in of_set {
            let Some(at) = elements.iter().position(|each| each.eq_ignore_ascii_case(&line.from))
            else {
                let near = nearest(&line.from, elements.iter().map(String::as_str));
                let near =
                    near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
                let message = format!("`{}` is not an element of {set}{near}", line.from);
                self.wrong("E1830", message, line.number, "not an element");
                continue;
            };
            if mapping.to[at] != usize::MAX {
                let message = format!("`{}` of {set} has two lines", line.from);
                self.wrong("E1831", message, line.number, "the second one");
                continue;
            }
            let known = mapping.elements.iter().position(|each| *each == line.to);
            mapping.to[at] = known.unwrap_or_else(|| {
                mapping.elements.push(line.to.clone());
                mapping.elements.len() - 1
            });
        }
        for (element, _) in elements.iter().zip(&mapping.to).filter(|(_, to)| **to == usize::MAX) {
            self.wrong("E1831", format!("`{element}` of {set} has no line"), 1, "this file");
        }
        mapping
    }

    fn margins(&mut self, sets: &Sets, products: &Mapping) -> Mapping {
        let mut mapping = Mapping::default();
        let positions = sets.margin_products();
        for at in &positions {
            let to = products.to[*at];
            if to == usize::MAX {
                continue;
            }
            let group = (0..products.to.len()).filter(|other| products.to[*other] == to);
            for other in group.filter(|other| !positions.contains(other)) {
                let message = format!(
                    "`{}` is a margin and `{}` is not; both become `{}`",
                    sets.products[*at], sets.products[other], products.elements[to]
                );
                self.wrong("E1832", message, 1, "this file");
            }
            let name = &products.elements[to];
            let known = mapping.elements.iter().position(|each| each == name);
            mapping.to.push(known.unwrap_or_else(|| {
                mapping.elements.push(name.clone());
                mapping.elements.len() - 1
            }));
        }
        mapping
    }
}

struct Maps {
    products: Mapping,
    margins: Mapping,
    industries: Mapping,
    occupations: Mapping,
    regions: Mapping,
}

impl Maps {
    /// New positions along an index.
    fn along(&self, index: Index) -> Mapping {
        match index {
            Index::Product => self.products.clone(),
            Index::Margin => self.margins.clone(),
            Index::Industry => self.industries.clone(),
            Index::Occupation => self.occupations.clone(),
            Index::Origin | Index::Region => self.regions.clone(),
            Index::Source => Mapping { elements: vec![String::new(); 2], to: vec![0, 1] },
            Index::User => {
                let mut users = self.industries.clone();
                for _ in 0..4 {
                    users.to.push(users.elements.len());
                    users.elements.push(String::new());
                }
                users
            }
        }
    }

    fn sum(&self, cells: &[f64], indices: &[Index]) -> Vec<f64> {
        let maps: Vec<Mapping> = indices.iter().map(|index| self.along(*index)).collect();
        let mut sums = vec![0.0; maps.iter().map(|map| map.elements.len()).product()];
        for (at, cell) in cells.iter().enumerate() {
            let (mut rest, mut to, mut stride) = (at, 0, 1);
            for map in maps.iter().rev() {
                to += map.to[rest % map.to.len()] * stride;
                rest /= map.to.len();
                stride *= map.elements.len();
            }
            sums[to] += cell;
        }
        sums
    }

    /// Means by weight; plain ones where the weights are 0.
    fn mean(&self, values: &[f64], weights: &[f64], indices: &[Index]) -> Vec<f64> {
        let by = |weights: &[f64]| -> (Vec<f64>, Vec<f64>) {
            let weighed: Vec<f64> = values.iter().zip(weights).map(|(v, w)| v * w).collect();
            (self.sum(&weighed, indices), self.sum(weights, indices))
        };
        let (weighed, plain) = (by(weights), by(&vec![1.0; values.len()]));
        let mean = |at: usize| {
            let of = if weighed.1[at] > 0.0 { &weighed } else { &plain };
            of.0[at] / of.1[at]
        };
        (0..weighed.0.len()).map(mean).collect()
    }

    fn apply(&self, d: &Database, sets: Sets) -> Database {
        use Index::{Industry, Margin, Occupation, Origin, Product, Region, Source, User};
        let weights = Weights::new(d);
        Database {
            make: self.sum(&d.make, &[Product, Industry, Region]),
            use_: self.sum(&d.use_, &[Product, Source, User, Region]),
            tax: self.sum(&d.tax, &[Product, Source, User, Region]),
            trade: self.sum(&d.trade, &[Product, Source, Origin, Region]),
            trade_margin: self.sum(&d.trade_margin, &[Product, Source, Margin, Origin, Region]),
            margin_supply: self.sum(&d.margin_supply, &[Margin, Origin, Region, Origin]),
            investment: self.sum(&d.investment, &[Product, Industry, Region]),
            stocks: self.sum(&d.stocks, &[Industry, Region]),
            labour: self.sum(&d.labour, &[Industry, Occupation, Region]),
            capital: self.sum(&d.capital, &[Industry, Region]),
            land: self.sum(&d.land, &[Industry, Region]),
            production_tax: self.sum(&d.production_tax, &[Industry, Region]),
            population: self.sum(&d.population, &[Region]),
            sigma_labour: self.mean(&d.sigma_labour, &weights.wages, &[Industry]),
            sigma_primary: self.mean(&d.sigma_primary, &weights.factors, &[Industry]),
            sigma_output: self.mean(&d.sigma_output, &weights.output, &[Industry]),
            sigma_source: self.mean(&d.sigma_source, &weights.used, &[Product]),
            sigma_region: self.mean(&d.sigma_region, &weights.traded, &[Product]),
            sigma_margin: self.mean(&d.sigma_margin, &weights.margins, &[Margin]),
            export_elasticity: self.mean(&d.export_elasticity, &weights.exports, &[Product]),
            frisch: self.mean(&d.frisch, &weights.spending, &[Region]),
            expenditure_elasticity: self.mean(
                &d.expenditure_elasticity,
                &weights.household,
                &[Product, Region],
            ),
            sets,
        }
    }
}

/// Flows that elasticities act on, by the set of the elasticity.
struct Weights {
    wages: Vec<f64>,
    factors: Vec<f64>,
    output: Vec<f64>,
    used: Vec<f64>,
    traded: Vec<f64>,
    margins: Vec<f64>,
    exports: Vec<f64>,
    household: Vec<f64>,
    spending: Vec<f64>,
}

impl Weights {
    fn new(d: &Database) -> Self {
        let sets = &d.sets;
        let (c, i, r, u) =
            (sets.products.len(), sets.industries.len(), sets.regions.len(), sets.users());
        let first = |cells: &[f64], count: usize| -> Vec<f64> {
            let block = cells.len() / count.max(1);
            cells.chunks(block.max(1)).map(|chunk| chunk.iter().sum()).collect()
        };
        let wages = first(&d.labour, i);
        let rentals = first(&d.capital, i).into_iter().zip(first(&d.land, i));
        let factors =
            wages.iter().zip(rentals).map(|(wage, (capital, land))| wage + capital + land);
        let mut output = vec![0.0; i];
        for (at, value) in d.make.iter().enumerate() {
            output[at / r % i] += value;
        }
        let (mut exports, mut household, mut spending) =
            (vec![0.0; c], vec![0.0; c * r], vec![0.0; r]);
        for (at, (value, tax)) in d.use_.iter().zip(&d.tax).enumerate() {
            let (region, user, product) = (at % r, at / r % u, at / (r * u * 2));
            if user == i + 3 {
                exports[product] += value;
            } else if user == i {
                household[product * r + region] += value + tax;
                spending[region] += value + tax;
            }
        }
        Self {
            factors: factors.collect(),
            output,
            used: first(&d.use_, c),
            traded: first(&d.trade, c),
            margins: first(&d.margin_supply, sets.margins.len()),
            exports,
            household,
            spending,
            wages,
        }
    }
}

impl Database {
    /// Every array by header, with its sets; flows, elasticities and parameters.
    pub fn headers(&self) -> BTreeMap<&'static str, (&'static [Index], &[f64])> {
        use Index::{Industry, Margin, Occupation, Origin, Product, Region, Source, User};
        let d = self;
        let all: [(&'static str, &'static [Index], &[f64]); 22] = [
            ("MAKE", &[Product, Industry, Region], &d.make),
            ("BSMR", &[Product, Source, User, Region], &d.use_),
            ("UTAX", &[Product, Source, User, Region], &d.tax),
            ("TRAD", &[Product, Source, Origin, Region], &d.trade),
            ("TMAR", &[Product, Source, Margin, Origin, Region], &d.trade_margin),
            ("MARS", &[Margin, Origin, Region, Origin], &d.margin_supply),
            ("2PUR", &[Product, Industry, Region], &d.investment),
            ("STOK", &[Industry, Region], &d.stocks),
            ("1LAB", &[Industry, Occupation, Region], &d.labour),
            ("1CAP", &[Industry, Region], &d.capital),
            ("1LND", &[Industry, Region], &d.land),
            ("1PTX", &[Industry, Region], &d.production_tax),
            ("SLAB", &[Industry], &d.sigma_labour),
            ("P028", &[Industry], &d.sigma_primary),
            ("SCET", &[Industry], &d.sigma_output),
            ("P015", &[Product], &d.sigma_source),
            ("SGDD", &[Product], &d.sigma_region),
            ("P018", &[Product], &d.export_elasticity),
            ("SMAR", &[Margin], &d.sigma_margin),
            ("P021", &[Region], &d.frisch),
            ("XPEL", &[Product, Region], &d.expenditure_elasticity),
            ("PO01", &[Region], &d.population),
        ];
        all.into_iter().map(|(name, sets, cells)| (name, (sets, cells))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::identities;
    use crate::closure::Closure;
    use crate::run::{Method, run};
    use crate::shocks::Shocks;
    use crate::tests::economy::tables;

    fn database() -> Database {
        Database::new(&tables()).expect("a balanced economy")
    }

    #[test]
    fn a_coarser_database_balances_solves_and_has_the_same_totals() {
        let fine = database();
        let text =
            "set,from,to\nREGD,North,All\nREGD,South,All\nOCC,Skilled,Work\nOCC,Other,Work\n";
        let coarse = aggregated(&fine, "c.csv", text).expect("a sound concordance");
        assert_eq!((coarse.sets.regions.len(), coarse.sets.occupations.len()), (1, 1));
        for ((name, (_, before)), (_, (_, after))) in fine.headers().iter().zip(coarse.headers()) {
            if coarse
                .flows()
                .iter()
                .any(|(flow, _)| flow == name && *name != "P021" && *name != "XPEL")
            {
                let (before, after) = (before.iter().sum::<f64>(), after.iter().sum::<f64>());
                assert!((before - after).abs() <= 1e-9 * before.abs(), "{name}");
            }
        }
        assert!(identities(&coarse).iter().all(|identity| identity.worst(1e-6).is_none()));
        // By spending: between those of the two regions.
        assert!(coarse.frisch[0] > -2.0 && coarse.frisch[0] < -1.5);
        let closure = Closure::standard(&coarse.sets);
        let shocks = Shocks::from([("phi".to_owned(), vec![1.0])]);
        let results = run(&coarse, &closure, &shocks, Method::Exact { parts: 1 }).expect("solves");
        assert!(results.changes["NatMacro(RealGDP)"][0].abs() < 1e-6);
    }

    #[test]
    fn concordances_are_refused_with_their_lines() {
        let codes = |text: &str| -> Vec<&'static str> {
            let findings = aggregated(&database(), "c.csv", text).expect_err("a fault");
            findings.iter().map(|finding| finding.code).collect()
        };
        assert_eq!(codes("set,from,to\nREGD,Nort,All\nREGD,South,All"), ["E1830", "E1831"]);
        assert_eq!(codes("set,from,to\nREGD,North,All"), ["E1831"]);
        assert_eq!(codes("set,from,to\nXYZ,North,All"), ["E1830"]);
        assert_eq!(codes("set,from,to\nCOM,Goods,All\nCOM,Trade,All"), ["E1832"]);
    }
}
