//! Which cells of a variable stand for something that the database holds.
//!
//! The price of what nobody makes, or the rental of land that is not there, is a number that follows
//! from the formulas and means nothing. How exactly a run is solved is told from the other cells.

use crate::database::Database;

/// Whether each cell of a variable has a flow behind it; none when all have.
pub(crate) fn present(database: &Database, variable: &str) -> Option<Vec<bool>> {
    let sets = &database.sets;
    let (c, i, o) = (sets.products.len(), sets.industries.len(), sets.occupations.len());
    let (m, d, u) = (sets.margins.len(), sets.regions.len(), sets.users());
    let made = |kept: &[usize]| sums(&database.make, &[c, i, d], kept);
    let used = |kept: &[usize]| sums(&database.use_, &[c, 2, u, d], kept);
    let traded = |kept: &[usize]| sums(&database.trade, &[c, 2, d, d], kept);
    let wages = || sums(&database.labour, &[i, o, d], &[0, 2]);
    let of_users = |users: std::ops::Range<usize>| {
        let all = used(&[0, 2, 3]);
        let of_product = |product: usize| {
            let start = (product * u + users.start) * d;
            all[start..start + users.len() * d].to_vec()
        };
        (0..c).flat_map(of_product).collect::<Vec<f64>>()
    };
    let of_sources = |user: usize| {
        let cell = |at: usize| database.use_[(at / d * u + user) * d + at % d];
        (0..c * 2 * d).map(cell).collect::<Vec<f64>>()
    };
    let flows = match variable {
        "pdom" | "xcom" => made(&[0, 2]),
        "pmake" | "xmake" => database.make.clone(),
        "xtot" | "ptot" | "pcst" | "atot" | "delPTXRATE" => made(&[1, 2]),
        "puse" | "xtrad_r" => used(&[0, 1, 3]),
        "ppur_s" => used(&[0, 2, 3]),
        "pint" => used(&[2, 3])[..i * d].to_vec(),
        "xint_s" => of_users(0..i),
        "xhou_s" | "xlux" | "phou" => of_users(i..i + 1),
        "xinv_s" | "pinvest" => of_users(i + 1..i + 2),
        "xgov" => of_sources(i + 2),
        "xexp" => of_sources(i + 3),
        "pprim" | "xprim" | "aprim" => {
            let factors = wages().into_iter().zip(&database.capital).zip(&database.land);
            factors.map(|((wage, capital), land)| wage + capital + land).collect()
        }
        "plab_o" | "xlab_o" | "alab_o" => wages(),
        "pcap" | "xcap" | "gret" | "acap" => database.capital.clone(),
        "plnd" | "xlnd" | "alnd" => database.land.clone(),
        "pinvitot" | "xinvitot" | "ggro" | "finv1" => {
            sums(&database.investment, &[c, i, d], &[1, 2])
        }
        "xstocks" => database.stocks.clone(),
        "totdem" => traded(&[0, 1, 2]),
        "pimp" => traded(&[0, 1, 2]).chunks(d).skip(1).step_by(2).flatten().copied().collect(),
        "psuppmar_p" | "xsuppmar_p" => sums(&database.margin_supply, &[m, d, d, d], &[0, 1, 2]),
        _ => return None,
    };
    Some(flows.into_iter().map(|flow| flow != 0.0).collect())
}

/// Sizes of cells added up over all axes but `kept`, which are in order; last index fastest.
fn sums(cells: &[f64], sizes: &[usize], kept: &[usize]) -> Vec<f64> {
    let mut strides = vec![0; sizes.len()];
    let mut count = 1;
    for axis in kept.iter().rev() {
        strides[*axis] = count;
        count *= sizes[*axis];
    }
    let mut sums = vec![0.0; count];
    for (at, cell) in cells.iter().enumerate() {
        let (mut rest, mut to) = (at, 0);
        for (size, stride) in sizes.iter().zip(&strides).rev() {
            to += rest % size * stride;
            rest /= size;
        }
        sums[to] += cell.abs();
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::economy::tables;
    use crate::variables::variables;

    #[test]
    fn every_answer_has_the_cells_of_its_variable() {
        let database = Database::new(&tables()).expect("a balanced economy");
        for variable in variables() {
            if let Some(present) = present(&database, &variable.name) {
                assert_eq!(present.len(), variable.size(&database.sets), "{}", variable.name);
            }
        }
    }

    #[test]
    fn what_nobody_makes_or_owns_is_absent() {
        let database = Database::new(&tables()).expect("a balanced economy");
        // Makers make goods, traders trade; only makers have land.
        let made = present(&database, "pmake").expect("known");
        assert_eq!(made, [true, true, false, false, false, false, true, true]);
        assert_eq!(present(&database, "plnd").expect("known"), [true, true, false, false]);
        assert_eq!(present(&database, "pimp").expect("known"), [true; 4]);
        assert_eq!(present(&database, "NatMacro(CPI)"), None);
    }
}
