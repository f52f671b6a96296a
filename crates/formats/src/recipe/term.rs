//! National tables and regional shares as TERM's data programs take them, from header array files.
//!
//! | file | headers |
//! |------|---------|
//! | `national.har` | sets `COM`, `IND`, `MAR`; basic flows, margins and taxes of users 1 to 5 (`1BAS`, `1MAR`, `1TAX`, …), inventories `6BAS`, `MAKE`, `1LAB`, `1CAP`, `1LND`, `1PTX`, `1OCT`, tariffs `0TAR` |
//! | `regions.har` (often the same) | `REG`; shares `R001` output, `R002` investment by investor, `R003` households, `R004` exports, `R005` government, `R007` labour, `R009` capital (`R001` where these are absent) |
//! | `regions.supplement` | `DIST`, `DFAC`, `LMAR`, `DMAR`, `RLOC`, `MSHR`, `MWGT` (ones) |
//!
//! As there: tariffs become taxes; margins without a basic flow are spread over the user's others,
//! and are at one rate for domestic and imported products; taxes without one become production taxes;
//! imported inventories are left out; shares have a floor; industries that make local products are
//! where these are used. Land is counted with capital. The occupations of `1LAB` are added up.
//!
//! Source: Horridge, Madden & Wittwer (2005) and the data programs of TERM for Finland
//! (Honkatukia et al. 2019), described here in our words; reproduced to 0.02 % in every table.
//! Not here: the chain itself (`accounts::regionalise::chain`), a finished database
//! ([`crate::term_database`]), solving TERM (crate `term`).

use accounts::regionalise::{Entry, FinalShares, National, Regions, Transport};
use accounts::{Matrix, User};
use diagnostics::Diagnostic;

use super::Reader;
use crate::har::wanted::Headers;
use crate::har::{self, HarFile};

/// Floor of a region's share: its share in primary factors over this.
const FLOOR: f64 = 1e5;
/// Part of an industry's output that must be local for it to be where its products are used.
const LOCAL_INDUSTRY: f64 = 0.9;
/// Rise with distance of the rate of margins that rise with distance.
const SQUARE_ROOT: f64 = 0.5;
/// Final users of a header array database, in the order of our users: household, government,
/// investment, export.
const KINDS: [usize; 4] = [3, 5, 2, 4];

impl Reader<'_> {
    /// National table and regions from header array files.
    pub(super) fn header_arrays(&mut self) -> Option<(National, Regions)> {
        let mut open = |key: &str| -> Option<(String, HarFile)> {
            let (path, bytes) = self.file(key)?;
            match har::read(&path, &bytes) {
                Ok(file) => Some((path, file)),
                Err(found) => {
                    found.iter().for_each(|finding| self.findings.push(finding.clone()));
                    None
                }
            }
        };
        let (national, shares, supplement) =
            (open("national.har"), open("regions.har"), open("regions.supplement"));
        let ((path, file), (shares_path, shares), (extra_path, extra)) =
            (national?, shares?, supplement?);
        let findings = &mut self.findings;
        let nation = read_national(&mut Headers { name: &path, file: &file, findings })?;
        let mut of = Headers { name: &shares_path, file: &shares, findings };
        let (names, shares) = read_shares(&mut of, &nation)?;
        let mut of = Headers { name: &extra_path, file: &extra, findings };
        let regions = read_regions(&mut of, &nation, names, shares)?;
        (!self.findings.has_errors()).then_some((nation.table, regions))
    }
}

/// A national table and what the split of investment needs.
struct Nation {
    table: National,
    /// Investment at purchasers' prices, product × investing industry.
    invested: Matrix,
}

/// Cells of one kind of user: of domestic and of imported products, by product and industry.
fn read_users(of: &mut Headers<'_>, suffix: &str, c: usize, i: usize, margins: usize) -> Uses {
    let users = i + User::ALL.len();
    let size = margins.max(1);
    let mut uses = vec![[Matrix::zeros(c, users), Matrix::zeros(c, users)]; size];
    let mut investors = vec![[Matrix::zeros(c, i), Matrix::zeros(c, i)]; size];
    let with = |shape: &[usize]| -> Vec<usize> {
        shape.iter().copied().chain((margins > 0).then_some(margins)).collect()
    };
    let intermediate = of.reals(&format!("1{suffix}"), &with(&[c, 2, i]));
    let investment = of.reals(&format!("2{suffix}"), &with(&[c, 2, i]));
    for at in 0..c * 2 * i {
        let (product, s, industry) = (at / (2 * i), at / i % 2, at % i);
        for m in 0..size {
            *uses[m][s].at_mut(product, industry) = intermediate[at * size + m];
            let invested = investment[at * size + m];
            *investors[m][s].at_mut(product, industry) = invested;
            *uses[m][s].at_mut(product, i + 2) += invested;
        }
    }
    for (user, kind) in KINDS.into_iter().enumerate().filter(|(_, kind)| *kind != 2) {
        let sources = if kind == 4 { 1 } else { 2 };
        let shape = if kind == 4 { vec![c] } else { vec![c, 2] };
        let values = of.reals(&format!("{kind}{suffix}"), &with(&shape));
        for at in 0..c * sources {
            for m in 0..size {
                *uses[m][at % sources].at_mut(at / sources, i + user) = values[at * size + m];
            }
        }
    }
    Uses { uses, investors }
}

struct Uses {
    /// By margin (one without), by source: product × user.
    uses: Vec<[Matrix; 2]>,
    /// The same: product × investing industry.
    investors: Vec<[Matrix; 2]>,
}

fn read_national(of: &mut Headers<'_>) -> Option<Nation> {
    let (products, industries) = (of.names("COM"), of.names("IND"));
    let margins = of.positions("MAR", &products);
    let (c_n, i_n, m_n) = (products.len(), industries.len(), margins.len());
    if c_n == 0 || i_n == 0 || m_n == 0 {
        return None;
    }
    let basic = read_users(of, "BAS", c_n, i_n, 0);
    let tax = read_users(of, "TAX", c_n, i_n, 0);
    let margin = read_users(of, "MAR", c_n, i_n, m_n);
    let tables = [&basic, &tax, &margin];
    let invested = Matrix::from_fn(c_n, i_n, |c, i| {
        let parts = tables.iter().flat_map(|each| each.investors.iter().flatten());
        parts.map(|table| table.at(c, i)).sum()
    });
    let tariffs = of.reals("0TAR", &[c_n]);
    let stocks = of.matrix("6BAS", c_n, 2);
    let occupations = of.file.header("1LAB").map_or(1, |each| *each.shape().last().unwrap_or(&1));
    let labour = of.matrix("1LAB", i_n, occupations).row_sums();
    let [capital, land, tax_1, tax_2] =
        ["1CAP", "1LND", "1PTX", "1OCT"].map(|name| of.reals(name, &[i_n]));
    let make = of.matrix("MAKE", c_n, i_n);
    let sum = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a + b).collect() };
    let [basic] = <[_; 1]>::try_from(basic.uses).ok()?;
    let [tax] = <[_; 1]>::try_from(tax.uses).ok()?;
    let mut table = National {
        products,
        industries,
        margins,
        money: String::new(),
        base_year: 0,
        basic,
        tax,
        margin: margin.uses,
        make,
        labour,
        depreciation: vec![0.0; i_n],
        surplus: sum(&capital, &land),
        production_tax: sum(&tax_1, &tax_2),
    };
    tariffs_to_taxes(&mut table, &tariffs);
    margins_follow_flows(&mut table);
    taxes_follow_flows(&mut table);
    let inventory = table.user(User::Inventory);
    for c in 0..c_n {
        *table.basic[0].at_mut(c, inventory) = stocks.at(c, 0);
    }
    supply_equals_use(&mut table);
    Some(Nation { table, invested })
}

/// Imports are valued before tariffs, which fall to users by what they import.
fn tariffs_to_taxes(table: &mut National, tariffs: &[f64]) {
    for (c, tariff) in tariffs.iter().enumerate() {
        let imports = table.basic[1].row_sum(c);
        let rate = if imports > 0.0 { tariff / imports } else { 0.0 };
        for u in 0..table.users() {
            let paid = rate * table.basic[1].at(c, u);
            *table.tax[1].at_mut(c, u) += paid;
            *table.basic[1].at_mut(c, u) -= paid;
        }
    }
}

/// No margin without a flow, the total of each user kept; one rate for both sources.
fn margins_follow_flows(table: &mut National) {
    let users = table.users();
    for margin in &mut table.margin {
        for u in 0..users {
            let total: f64 = margin.iter().map(|part| part.column_sum(u)).sum();
            for (part, basic) in margin.iter_mut().zip(&table.basic) {
                for c in (0..basic.rows()).filter(|c| basic.at(*c, u) == 0.0) {
                    *part.at_mut(c, u) = 0.0;
                }
            }
            let left: f64 = margin.iter().map(|part| part.column_sum(u)).sum();
            let factor = if left > 0.0 { total / left } else { 1.0 };
            for c in 0..table.products.len() {
                let both: f64 = margin.iter().map(|part| part.at(c, u) * factor).sum();
                let flows: f64 = table.basic.iter().map(|basic| basic.at(c, u)).sum();
                for (part, basic) in margin.iter_mut().zip(&table.basic) {
                    let share = if flows == 0.0 { 0.0 } else { basic.at(c, u) / flows };
                    *part.at_mut(c, u) = both * share;
                }
            }
        }
    }
}

/// Taxes on nothing become production taxes of the industry, and vanish for final users.
fn taxes_follow_flows(table: &mut National) {
    let industries = table.industries.len();
    for (tax, basic) in table.tax.iter_mut().zip(&table.basic) {
        for c in 0..basic.rows() {
            for u in (0..basic.columns()).filter(|u| basic.at(c, *u) <= 0.0) {
                if u < industries {
                    table.production_tax[u] += tax.at(c, u);
                }
                *tax.at_mut(c, u) = 0.0;
            }
        }
    }
}

/// What rounding (single precision) leaves of supply goes to inventories.
fn supply_equals_use(table: &mut National) {
    let (inventory, costs) = (table.user(User::Inventory), table.costs());
    for c in 0..table.products.len() {
        let made = |i: usize| table.make.at(c, i) * costs[i] / table.make.column_sum(i);
        let made: f64 = (0..costs.len()).filter(|i| costs[*i] != 0.0).map(made).sum();
        let left = made - table.basic[0].row_sum(c) - table.margin_use(c);
        *table.basic[0].at_mut(c, inventory) += left;
    }
}

/// Shares of the regions as the file has them, each rows × R.
struct Shares {
    output: Matrix,
    investors: Matrix,
    household: Matrix,
    export: Matrix,
    government: Matrix,
    labour: Matrix,
    capital: Matrix,
}

fn read_shares(of: &mut Headers<'_>, nation: &Nation) -> Option<(Vec<String>, Shares)> {
    let table = &nation.table;
    let (c_n, i_n) = (table.products.len(), table.industries.len());
    let names = of.names("REG");
    let r_n = names.len();
    if r_n == 0 {
        return None;
    }
    let output = of.matrix("R001", i_n, r_n);
    let mut or_output = |header: &str| {
        if of.has(header) { of.matrix(header, i_n, r_n) } else { output.clone() }
    };
    let (labour, capital) = (or_output("R007"), or_output("R009"));
    let shares = Shares {
        investors: of.matrix("R002", i_n, r_n),
        household: of.matrix("R003", c_n, r_n),
        export: of.matrix("R004", c_n, r_n),
        government: of.matrix("R005", c_n, r_n),
        labour,
        capital,
        output,
    };
    Some((names, shares))
}

fn read_regions(
    of: &mut Headers<'_>,
    nation: &Nation,
    names: Vec<String>,
    mut shares: Shares,
) -> Option<Regions> {
    let table = &nation.table;
    let (c_n, r_n, m_n) = (table.products.len(), names.len(), table.margins.len());
    let weights = of.reals("MWGT", &[r_n, m_n]);
    if !of.findings.has_errors() && weights.iter().any(|weight| (*weight - 1.0).abs() > 1e-6) {
        let message = format!("`MWGT` of `{}` has weights other than 1", of.name);
        let help = "weights of margins by region are not supported; set them to 1";
        of.findings.push(Diagnostic::error("E1707", message).help(help));
    }
    let by_distance = of.positions("DMAR", &table.products);
    let local = of.positions("RLOC", &table.products);
    let transport = Transport {
        distance: distances(&of.matrix("DIST", r_n, r_n)),
        decay: of.matrix("DFAC", c_n, 2),
        local: (0..c_n).map(|c| local.contains(&c)).collect(),
        margin_exponent: table
            .margins
            .iter()
            .map(|c| if by_distance.contains(c) { SQUARE_ROOT } else { 0.0 })
            .collect(),
        margin_local_weight: of.reals("LMAR", &[m_n]).iter().map(|w| w.max(1.0)).collect(),
        entry: Entry::Ports(of.matrix("MSHR", c_n, r_n)),
        known: None,
    };
    floor(&mut shares, table);
    follow_local_use(&mut shares, nation, &local);
    let investment = investment(&shares.investors, &nation.invested);
    (!of.findings.has_errors()).then_some(Regions {
        names,
        labour: shares.labour,
        capital: shares.capital,
        final_use: FinalShares {
            household: shares.household,
            government: shares.government,
            investment,
            export: shares.export,
        },
        industry: shares.output,
        persons: None,
        transport,
    })
}

/// Distances the same both ways; a region without one within is half as wide as its nearest
/// neighbour is far.
fn distances(given: &Matrix) -> Matrix {
    let n = given.rows();
    let both = Matrix::from_fn(n, n, |r, d| given.at(r, d).max(given.at(d, r)));
    let nearest = |r: usize| {
        let others = (0..n).filter(|d| *d != r).map(|d| both.at(r, d));
        others.fold(f64::INFINITY, f64::min)
    };
    Matrix::from_fn(n, n, |r, d| {
        if r == d && both.at(r, r) == 0.0 { 0.5 * nearest(r) } else { both.at(r, d) }
    })
}

/// Every region has at least a tiny share in everything.
fn floor(shares: &mut Shares, table: &National) {
    let factors = |i: usize| table.labour[i] + table.surplus[i] + table.production_tax[i];
    let r_n = shares.output.columns();
    let weight = |r: usize| -> f64 {
        (0..table.industries.len()).map(|i| shares.output.at(i, r) * factors(i)).sum()
    };
    let weights: Vec<f64> = (0..r_n).map(weight).collect();
    let total: f64 = weights.iter().sum();
    let least: Vec<f64> = weights.iter().map(|weight| weight / total / FLOOR).collect();
    let floored = [
        &mut shares.output,
        &mut shares.investors,
        &mut shares.household,
        &mut shares.export,
        &mut shares.government,
    ];
    for table in floored {
        for row in 0..table.rows() {
            let cells = table.row_mut(row);
            cells.iter_mut().zip(&least).for_each(|(cell, least)| *cell = cell.max(*least));
            let sum: f64 = cells.iter().sum();
            for cell in cells {
                *cell /= sum;
            }
        }
    }
}

/// Industries of local products are where these are used.
fn follow_local_use(shares: &mut Shares, nation: &Nation, local: &[usize]) {
    let table = &nation.table;
    let (c_n, i_n, r_n) = (table.products.len(), table.industries.len(), shares.output.columns());
    let finals = [&shares.household, &shares.government, &shares.export].map(Matrix::clone);
    let investment = investment(&shares.investors, &nation.invested);
    let share = |c: usize, u: usize, r: usize| match u.checked_sub(i_n) {
        None => shares.output.at(u, r),
        Some(0) => finals[0].at(c, r),
        Some(1) => finals[1].at(c, r),
        Some(2) => investment.at(c, r),
        Some(3) => finals[2].at(c, r),
        _ => 0.0,
    };
    let inventory = table.user(User::Inventory);
    let used = Matrix::from_fn(c_n, r_n, |c, r| {
        let of = |uses: &Matrix, c: usize| -> f64 {
            (0..inventory).map(|u| uses.at(c, u) * share(c, u, r)).sum()
        };
        let mut used = of(&table.basic[0], c);
        for (margin, product) in table.margin.iter().zip(&table.margins) {
            if *product == c {
                used += margin.iter().flat_map(|part| (0..c_n).map(|k| of(part, k))).sum::<f64>();
            }
        }
        used
    });
    let made = table.make.row_sums();
    let industries = (0..i_n).filter(|i| {
        let part: f64 = local.iter().map(|c| table.make.at(*c, *i)).sum();
        part > LOCAL_INDUSTRY * table.make.column_sum(*i)
    });
    for i in industries.collect::<Vec<_>>() {
        let sold =
            |r: usize| (0..c_n).map(|c| used.at(c, r) * table.make.at(c, i) / made[c]).sum::<f64>();
        let sold: Vec<f64> = (0..r_n).map(sold).collect();
        let total: f64 = sold.iter().sum();
        for (r, sold) in sold.iter().enumerate() {
            *shares.output.at_mut(i, r) = sold / total;
        }
    }
}

/// Investment of a product goes where those who invest it are.
fn investment(investors: &Matrix, invested: &Matrix) -> Matrix {
    let r_n = investors.columns();
    Matrix::from_fn(invested.rows(), r_n, |c, r| {
        let total = invested.row_sum(c);
        let here: f64 =
            (0..invested.columns()).map(|i| invested.at(c, i) * investors.at(i, r)).sum();
        if total > 0.0 { here / total } else { 1.0 / r_n as f64 }
    })
}
