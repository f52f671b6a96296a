//! Tables of an economy of two products and two regions, made here.

use std::collections::BTreeMap;

use crate::Tables;

const PRODUCTS: usize = 2;
const REGIONS: usize = 2;
const USERS: usize = PRODUCTS + 4;

/// Use, trade, margins, their supply, and output by product and region.
struct Flows {
    use_: Vec<f64>,
    trade: Vec<f64>,
    margin: Vec<f64>,
    supply: Vec<f64>,
    make: [[f64; REGIONS]; PRODUCTS],
}

fn flows() -> Flows {
    let mut make = [[0.0; REGIONS]; PRODUCTS];
    let mut trade = vec![0.0; PRODUCTS * 2 * REGIONS * REGIONS];
    let mut margin = vec![0.0; PRODUCTS * 2 * REGIONS * REGIONS];
    let mut supply = vec![0.0; REGIONS * REGIONS * REGIONS];
    let mut use_ = vec![0.0; PRODUCTS * 2 * USERS * REGIONS];
    // Domestic use by product and user, in the north; the south is half as large and eats more.
    let bought = [[30.0, 12.0, 40.0, 15.0, 3.0, 25.0], [8.0, 20.0, 35.0, 6.0, 18.0, 4.0]];
    for c in 0..PRODUCTS {
        for u in 0..USERS {
            for d in 0..REGIONS {
                let size = if d == 0 { 1.0 } else { 0.5 + 0.05 * u as f64 };
                use_[((c * 2) * USERS + u) * REGIONS + d] = bought[c][u] * size;
                let imported = if u == USERS - 1 { 0.0 } else { 0.2 * bought[c][u] * size };
                use_[((c * 2 + 1) * USERS + u) * REGIONS + d] = imported;
            }
        }
    }
    for (cs, d) in (0..PRODUCTS * 2).flat_map(|cs| (0..REGIONS).map(move |d| (cs, d))) {
        let total: f64 = (0..USERS).map(|u| use_[(cs * USERS + u) * REGIONS + d]).sum();
        for r in 0..REGIONS {
            let sent = total * if r == d { 0.75 } else { 0.25 };
            let carried = if cs / 2 == 0 { 0.1 * sent } else { 0.0 };
            let at = (cs * REGIONS + r) * REGIONS + d;
            (trade[at], margin[at]) = (sent - carried, carried);
            if cs % 2 == 0 {
                make[cs / 2][r] += sent - carried;
            }
            for p in 0..REGIONS {
                let part = carried * if p == r { 0.6 } else { 0.4 };
                supply[(r * REGIONS + d) * REGIONS + p] += part;
                make[1][p] += part;
            }
        }
    }
    Flows { use_, trade, margin, supply, make }
}

/// Tables of a balanced economy: `Goods` and `Trade`, which is a margin; `North` and `South`.
///
/// Flows are made from the demand side: use, sourcing in given shares, margins of 10 % on goods,
/// output as demanded, and value added as what output leaves after inputs.
pub(crate) fn tables() -> Tables {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let Flows { use_, trade, margin, supply, make } = flows();
    let tax: Vec<f64> = use_.iter().map(|value| 0.05 * value).collect();
    let investment_user = PRODUCTS + 1;
    let (mut invest, mut labour, mut capital, mut land) = (vec![], vec![], vec![], vec![]);
    for c in 0..PRODUCTS {
        for i in 0..PRODUCTS {
            for d in 0..REGIONS {
                let at = |s: usize| ((c * 2 + s) * USERS + investment_user) * REGIONS + d;
                let total = 1.05 * (use_[at(0)] + use_[at(1)]);
                invest.push(total * [0.7, 0.3][i]);
            }
        }
    }
    let value_added = |i: usize, d: usize| {
        let inputs = (0..PRODUCTS * 2).map(|cs| 1.05 * use_[(cs * USERS + i) * REGIONS + d]);
        make[i][d] - 2.0 - inputs.sum::<f64>()
    };
    for i in 0..PRODUCTS {
        for occupation in [0.4, 0.2] {
            labour.extend((0..REGIONS).map(|d| occupation * value_added(i, d)));
        }
        let land_share = [0.05, 0.0][i];
        capital.extend((0..REGIONS).map(|d| (0.4 - land_share) * value_added(i, d)));
        land.extend((0..REGIONS).map(|d| land_share * value_added(i, d)));
    }
    let mut made = vec![0.0; PRODUCTS * PRODUCTS * REGIONS];
    for c in 0..PRODUCTS {
        for d in 0..REGIONS {
            made[(c * PRODUCTS + c) * REGIONS + d] = make[c][d];
        }
    }
    let (c, d, u) = (PRODUCTS, REGIONS, USERS);
    let arrays = [
        ("MAKE", vec![c, c, d], made),
        ("BSMR", vec![c, 2, u, d], use_),
        ("UTAX", vec![c, 2, u, d], tax),
        ("TRAD", vec![c, 2, d, d], trade),
        ("TMAR", vec![c, 2, 1, d, d], margin),
        ("MARS", vec![1, d, d, d], supply),
        ("2PUR", vec![c, c, d], invest),
        ("STOK", vec![c, d], vec![0.0; c * d]),
        ("1LAB", vec![c, 2, d], labour),
        ("1CAP", vec![c, d], capital),
        ("1LND", vec![c, d], land),
        ("1PTX", vec![c, d], vec![2.0; c * d]),
        ("SLAB", vec![c], vec![1.5, 0.5]),
        ("P028", vec![c], vec![0.5, 1.0]),
        ("SCET", vec![c], vec![2.0, 0.0]),
        ("P015", vec![c], vec![1.0, 2.0]),
        ("SGDD", vec![c], vec![5.0, 1.0]),
        ("P018", vec![c], vec![4.0, 4.0]),
        ("SMAR", vec![1], vec![0.2]),
        ("P021", vec![d], vec![-1.5, -2.0]),
        ("XPEL", vec![c, d], vec![1.0; c * d]),
        ("PO01", vec![d], vec![10.0, 6.0]),
    ];
    let sets = [
        ("COM", names(&["Goods", "Trade"])),
        ("MAR", names(&["Trade"])),
        ("IND", names(&["Makers", "Traders"])),
        ("OCC", names(&["Skilled", "Other"])),
        ("REGD", names(&["North", "South"])),
    ];
    Tables {
        file: "small.har".to_owned(),
        sets: sets.into_iter().map(|(name, list)| (name.to_owned(), list)).collect(),
        arrays: arrays
            .into_iter()
            .map(|(name, sizes, cells)| (name.to_owned(), (sizes, cells)))
            .collect::<BTreeMap<_, _>>(),
    }
}
