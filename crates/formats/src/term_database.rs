//! A TERM database made of regional accounts, and its distance to another one.
//!
//! | header | from the accounts |
//! |--------|-------------------|
//! | `MAKE`, `STOK` | products made, but for what goes into inventories: where these are held, or where other uses come from |
//! | `BSMR`, `UTAX` | uses with margins and their taxes, inventories apart |
//! | `TRAD` | trade without inventories |
//! | `TMAR`, `MARS` | margins on routes, and who supplies them |
//! | `2PUR` | what a region buys for investment, spread over its investors |
//! | `1LAB` | compensation by skill; owners are added up, here and below |
//! | `1CAP`, `1LND`, `1PTX` | depreciation and surplus; zero; taxes on production |
//! | `PO01` | persons employed, or 1 everywhere where they are not known |
//!
//! Inventories become part of output that never reaches the market, as TERM has them, at the value that
//! the accounts have for them; margins on them stay with other uses of the product. Taxes on inventories and
//! inventories of imports are left out. Everything else is the accounts'.
//!
//! Source of the layout: the files themselves; Horridge, Madden & Wittwer (2005). Not here: reading a
//! database for solving it (crate `term`).

use accounts::{Matrix, RegionalAccounts, Table, User};
use diagnostics::{Diagnostic, Findings};

use crate::har::tables::{Set, users};
use crate::har::wanted::Headers;
use crate::har::{Dimension, HarFile, Header, elements};

/// Elasticities of a TERM model, each the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elasticities {
    /// Occupations (`SLAB`).
    pub occupations: f64,
    /// Labour, capital and land (`P028`).
    pub primary_factors: f64,
    /// Transformation of an industry's products (`SCET`).
    pub transformation: f64,
    /// Domestic and imported products (`P015`).
    pub sources: f64,
    /// Regions of origin (`SGDD`).
    pub origins: f64,
    /// Demand from abroad, absolute (`P018`).
    pub exports: f64,
    /// Regions that supply a margin (`SMAR`).
    pub margins: f64,
    /// Budget over what is above subsistence, negative (`P021`).
    pub frisch: f64,
}

/// Flows of accounts in the arrays of a TERM database, last index fastest.
struct Arrays {
    make: Vec<f64>,
    stocks: Vec<f64>,
    uses: Vec<f64>,
    taxes: Vec<f64>,
    trade: Vec<f64>,
    investment: Vec<f64>,
    labour: Vec<f64>,
    capital: Vec<f64>,
    production_tax: Vec<f64>,
    persons: Vec<f64>,
}

fn sizes(accounts: &RegionalAccounts) -> (usize, usize, usize) {
    let sets = &accounts.sets;
    (sets.product.len(), sets.industry.len(), sets.region.len())
}

impl Arrays {
    fn of(accounts: &RegionalAccounts) -> Self {
        let (c_n, i_n, r_n) = sizes(accounts);
        let (kept, trade) = without_inventories(accounts);
        let mut make = accounts.make.values().to_vec();
        let made = accounts.make.sum_to(&["product", "region"]);
        let mut stocks = vec![0.0; i_n * r_n];
        for (at, cell) in make.iter_mut().enumerate() {
            let (c, i, r) = (at / (i_n * r_n), at / r_n % i_n, at % r_n);
            let all = made.at(&[c, r]);
            let part = if all > 0.0 { kept.at(c, r) * *cell / all } else { 0.0 };
            stocks[i * r_n + r] += part;
            *cell -= part;
        }
        let by_firm = |tables: &[&Table]| -> Vec<f64> {
            let mut sum = vec![0.0; i_n * r_n];
            for table in tables {
                let part = table.sum_to(&["industry", "region"]);
                sum.iter_mut().zip(part.values()).for_each(|(a, b)| *a += b);
            }
            sum
        };
        let wages = accounts.labour.sum_to(&["skill", "industry", "region"]);
        let skills = accounts.sets.skill.len();
        let labour = (0..i_n * skills * r_n)
            .map(|at| wages.at(&[at / r_n % skills, at / (skills * r_n), at % r_n]))
            .collect();
        let persons = accounts.persons.sum_to(&["region"]).values().to_vec();
        let known = persons.iter().all(|persons| *persons > 0.0);
        Self {
            stocks,
            uses: in_order(&accounts.use_, i_n),
            taxes: in_order(&accounts.tax, i_n),
            trade,
            investment: investment(accounts, c_n, i_n, r_n),
            labour,
            capital: by_firm(&[&accounts.depreciation, &accounts.surplus]),
            production_tax: by_firm(&[&accounts.production_tax]),
            persons: if known { persons } else { vec![1.0; r_n] },
            make,
        }
    }
}

impl Arrays {
    /// What a TERM database must have.
    fn possible(&self, accounts: &RegionalAccounts) -> Result<(), Findings> {
        let mut findings = Findings::default();
        if accounts.sets.margin.is_empty() {
            let message = "the accounts have no margins, and a TERM database must have some";
            let help =
                "name the products that are margins in the recipe; they may be empty of flows";
            findings.push(Diagnostic::error("E1714", message).help(help));
        }
        let least =
            -1e-9 * accounts.trade.values().iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        let worst = (0..self.trade.len()).min_by(|a, b| self.trade[*a].total_cmp(&self.trade[*b]));
        if let Some(at) = worst.filter(|at| self.trade[*at] < least) {
            let (place, value) = (accounts.trade.label_of(at), self.trade[at]);
            let message = format!("without inventories, trade in {place} would be {value:.4}");
            let help =
                "more goes into inventories than arrives; lower the inventories of the product";
            findings.push(Diagnostic::error("E1714", message).help(help));
        }
        if findings.has_errors() { Err(findings) } else { Ok(()) }
    }
}

/// What every region makes for inventories, C × R, and trade without inventories.
///
/// A product's inventories are made where they are held; where a region does not sell itself so much, those
/// of the product come from where its other uses do. Inventories of imports are left out, port by port.
fn without_inventories(accounts: &RegionalAccounts) -> (Matrix, Vec<f64>) {
    let (c_n, _, r_n) = sizes(accounts);
    let inventory = accounts.sets.user_position(User::Inventory);
    let arrived = accounts.trade.sum_to(&["product", "source", "destination"]);
    let made = accounts.make.sum_to(&["product", "region"]);
    let mut kept = Matrix::zeros(c_n, r_n);
    let mut trade = accounts.trade.values().to_vec();
    for (c, s) in (0..c_n).flat_map(|c| [(c, 0), (c, 1)]) {
        let held = |d: usize| accounts.use_.at(&[c, s, inventory, d]);
        let flow = |r: usize, d: usize| accounts.trade.at(&[c, s, r, d]);
        let fits = |d: usize| {
            let made = made.at(&[c, d]);
            held(d) == 0.0 || (made > 0.0 && held(d) <= flow(d, d) && held(d) <= made)
        };
        let at_home = s == 0 && (0..r_n).all(fits);
        for (r, d) in (0..r_n * r_n).map(|at| (at / r_n, at % r_n)) {
            let all = arrived.at(&[c, s, d]);
            let part = match at_home {
                true if r == d => held(d),
                false if all > 0.0 => held(d) * flow(r, d) / all,
                _ => 0.0,
            };
            trade[((c * 2 + s) * r_n + r) * r_n + d] -= part;
            if s == 0 {
                *kept.at_mut(c, r) += part;
            }
        }
    }
    (kept, trade)
}

/// Investment at purchasers' prices, product × investing industry × region.
fn investment(accounts: &RegionalAccounts, c_n: usize, i_n: usize, r_n: usize) -> Vec<f64> {
    let user = accounts.sets.user_position(User::Investment);
    let by_investor = accounts.investment.sum_to(&["industry", "region"]);
    let all = by_investor.sum_to(&["region"]);
    let bought = |c: usize, r: usize| -> f64 {
        let paid = |s: usize| {
            let at = [c, s, user, r];
            accounts.use_.at(&at) + accounts.tax.at(&at)
        };
        paid(0) + paid(1)
    };
    let mut cells = Vec::with_capacity(c_n * i_n * r_n);
    for c in 0..c_n {
        for i in 0..i_n {
            cells.extend((0..r_n).map(|r| {
                let sum = all.at(&[r]);
                if sum > 0.0 { bought(c, r) * by_investor.at(&[i, r]) / sum } else { 0.0 }
            }));
        }
    }
    cells
}

/// A TERM database with the flows of accounts and these elasticities; expenditure elasticities are 1.
///
/// # Errors
/// E1714: accounts without margins, or a region that puts more of a product into inventories than it gets.
pub fn of_accounts(
    accounts: &RegionalAccounts,
    elasticities: &Elasticities,
) -> Result<HarFile, Findings> {
    let flows = Arrays::of(accounts);
    flows.possible(accounts)?;
    let sets = &accounts.sets;
    let products = elements("COM", &sets.product.labels);
    let margins = sets.margin_products().iter().map(|c| products[*c].clone()).collect();
    let lists = [
        ("COM", "COMN", "Products", products, &sets.product.labels),
        ("MAR", "MARN", "Margins", margins, &sets.margin.labels),
        (
            "IND",
            "INDN",
            "Industries",
            elements("IND", &sets.industry.labels),
            &sets.industry.labels,
        ),
        ("OCC", "OCCN", "Occupations", elements("OCC", &sets.skill.labels), &sets.skill.labels),
        ("REGD", "REGN", "Regions", elements("REG", &sets.region.labels), &sets.region.labels),
    ];
    let sources = ["dom", "imp"].map(str::to_owned);
    let users = users(&sets.industry.labels, &["HOU", "INV", "GOV", "EXP"]);
    let set = |name: &str| {
        let listed = |known: &str| {
            known == name || (known == "REGD" && ["DST", "ORG", "PRD"].contains(&name))
        };
        let found = lists.iter().find(|(known, ..)| listed(known)).map(|(.., list, _)| &list[..]);
        let list = match name {
            "SRC" => &sources[..],
            "USR" => &users,
            _ => found.unwrap_or_default(),
        };
        Dimension::set(name, list)
    };
    let size = |name: &str| set(name).elements.len();
    let e = elasticities;
    let same =
        |value: f64, over: &[&str]| vec![value; over.iter().map(|name| size(name)).product()];
    let arrays: [(&str, &str, &[&str], Vec<f64>); 22] = [
        ("MAKE", "Products made, basic value", &["COM", "IND", "DST"], flows.make),
        ("BSMR", "Uses, delivered value", &["COM", "SRC", "USR", "DST"], flows.uses),
        ("UTAX", "Taxes on products used", &["COM", "SRC", "USR", "DST"], flows.taxes),
        ("TRAD", "Trade, basic value", &["COM", "SRC", "ORG", "DST"], flows.trade),
        (
            "TMAR",
            "Margins on trade",
            &["COM", "SRC", "MAR", "ORG", "DST"],
            accounts.margin.values().to_vec(),
        ),
        (
            "MARS",
            "Margins by producing region",
            &["MAR", "ORG", "DST", "PRD"],
            accounts.margin_supply.values().to_vec(),
        ),
        ("2PUR", "Investment by investor", &["COM", "IND", "DST"], flows.investment),
        ("STOK", "Output into inventories", &["IND", "DST"], flows.stocks),
        ("1LAB", "Wages", &["IND", "OCC", "DST"], flows.labour),
        ("1CAP", "Rentals of capital", &["IND", "DST"], flows.capital),
        ("1LND", "Rentals of land", &["IND", "DST"], same(0.0, &["IND", "DST"])),
        ("1PTX", "Taxes on production", &["IND", "DST"], flows.production_tax),
        ("SLAB", "Elasticity, occupations", &["IND"], same(e.occupations, &["IND"])),
        ("P028", "Elasticity, primary factors", &["IND"], same(e.primary_factors, &["IND"])),
        ("SCET", "Elasticity, products of an industry", &["IND"], same(e.transformation, &["IND"])),
        ("P015", "Elasticity, domestic and imported", &["COM"], same(e.sources, &["COM"])),
        ("SGDD", "Elasticity, regions of origin", &["COM"], same(e.origins, &["COM"])),
        ("P018", "Elasticity of exports", &["COM"], same(e.exports, &["COM"])),
        ("SMAR", "Elasticity, producers of a margin", &["MAR"], same(e.margins, &["MAR"])),
        ("P021", "Frisch parameter", &["DST"], same(e.frisch, &["DST"])),
        ("XPEL", "Expenditure elasticities", &["COM", "DST"], same(1.0, &["COM", "DST"])),
        ("PO01", "Persons", &["DST"], flows.persons),
    ];
    let texts = lists.iter().flat_map(|(name, full, what, list, labels)| {
        Set { name, elements: list.clone() }.headers(full, what, labels)
    });
    let texts: Vec<Header> = texts.collect();
    let arrays = arrays.into_iter().map(|(name, long, over, cells)| {
        Header::of_reals(name, long, over.iter().map(|name| set(name)).collect(), &cells)
    });
    Ok(HarFile::of(texts.into_iter().chain(arrays).collect()))
}

/// How far one table of accounts is from a TERM database.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDistance {
    /// Headers of the database, in words.
    pub name: &'static str,
    /// Σ |found − wanted| ÷ Σ |wanted|.
    pub error: f64,
    /// Part of the cells above 0.01 that is within 1 %.
    pub within: f64,
}

/// Compares accounts with a TERM database of the same sets, table by table.
///
/// # Errors
/// E1707: a header is missing or has another shape.
pub fn compare(
    accounts: &RegionalAccounts,
    name: &str,
    file: &HarFile,
) -> Result<Vec<TableDistance>, Findings> {
    let mut findings = Findings::default();
    let mut of = Headers { name, file, findings: &mut findings };
    let (c_n, i_n, r_n) = sizes(accounts);
    let (m_n, users) = (accounts.sets.margin.len(), i_n + 4);
    let ours = Arrays::of(accounts);
    let make = of.reals("MAKE", &[c_n, i_n, r_n]);
    let stocks = of.reals("STOK", &[i_n, r_n]);
    let occupations = file.header("1LAB").map_or(1, |each| *each.shape().get(1).unwrap_or(&1));
    let wages = of.reals("1LAB", &[i_n, occupations, r_n]);
    let [capital, land] = ["1CAP", "1LND"].map(|header| of.reals(header, &[i_n, r_n]));
    let by_product = |make: &[f64]| -> Vec<f64> {
        let sum = |at: usize| (0..i_n).map(|i| make[(at / r_n * i_n + i) * r_n + at % r_n]).sum();
        (0..c_n * r_n).map(sum).collect()
    };
    let by_industry = |make: &[f64], stocks: &[f64]| -> Vec<f64> {
        let sum = |at: usize| {
            (0..c_n).map(|c| make[(c * i_n + at / r_n) * r_n + at % r_n]).sum::<f64>() + stocks[at]
        };
        (0..i_n * r_n).map(sum).collect()
    };
    let all_work = |wages: &[f64], kinds: usize| -> Vec<f64> {
        let sum =
            |at: usize| (0..kinds).map(|o| wages[(at / r_n * kinds + o) * r_n + at % r_n]).sum();
        (0..i_n * r_n).map(sum).collect()
    };
    let rows: [(&'static str, Vec<f64>, Vec<f64>); 10] = [
        ("1LAB", all_work(&ours.labour, accounts.sets.skill.len()), all_work(&wages, occupations)),
        (
            "1CAP + 1LND",
            ours.capital.clone(),
            capital.iter().zip(&land).map(|(a, b)| a + b).collect(),
        ),
        ("1PTX", ours.production_tax.clone(), of.reals("1PTX", &[i_n, r_n])),
        (
            "MAKE + STOK by industry",
            by_industry(&ours.make, &ours.stocks),
            by_industry(&make, &stocks),
        ),
        ("MAKE by product", by_product(&ours.make), by_product(&make)),
        ("BSMR", ours.uses.clone(), of.reals("BSMR", &[c_n, 2, users, r_n])),
        ("UTAX", ours.taxes.clone(), of.reals("UTAX", &[c_n, 2, users, r_n])),
        ("TRAD", ours.trade.clone(), of.reals("TRAD", &[c_n, 2, r_n, r_n])),
        ("TMAR", accounts.margin.values().to_vec(), of.reals("TMAR", &[c_n, 2, m_n, r_n, r_n])),
        ("MARS", accounts.margin_supply.values().to_vec(), of.reals("MARS", &[m_n, r_n, r_n, r_n])),
    ];
    if findings.has_errors() {
        return Err(findings);
    }
    Ok(rows.into_iter().map(|(name, found, wanted)| distance(name, &found, &wanted)).collect())
}

/// Users in the order of the database: industries, household, investment, government, export.
fn in_order(table: &Table, industries: usize) -> Vec<f64> {
    let shape: Vec<usize> = [0, 1, 3].iter().map(|axis| table.axes()[*axis].len()).collect();
    let finals = [0, 2, 1, 3].map(|user| industries + user);
    let mut cells = vec![];
    for at in 0..shape[0] * shape[1] {
        for u in (0..industries).chain(finals) {
            cells.extend((0..shape[2]).map(|r| table.at(&[at / shape[1], at % shape[1], u, r])));
        }
    }
    cells
}

/// Cells below this are left out of the part that is near.
const SMALL: f64 = 0.01;

fn distance(name: &'static str, found: &[f64], wanted: &[f64]) -> TableDistance {
    let pairs = || found.iter().zip(wanted);
    let gap: f64 = pairs().map(|(a, b)| (a - b).abs()).sum();
    let size: f64 = wanted.iter().map(|b| b.abs()).sum();
    let large = || pairs().filter(|(_, b)| b.abs() > SMALL);
    let near = large().filter(|(a, b)| (**a - **b).abs() <= SMALL * b.abs()).count();
    TableDistance { name, error: gap / size, within: near as f64 / large().count().max(1) as f64 }
}
