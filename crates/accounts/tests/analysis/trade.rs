//! Value added in exports of three countries and three industries.

use accounts::analysis::trade::value_added_in_trade;
use accounts::analysis::{Leontief, leontief_inverse};
use accounts::{InputOutputTable, Matrix};

use crate::tables::{assert_printed, table};

/// The leather example of the decompr package (Quast & Kummritz, 2015; numbers only): Argentina,
/// Turkey and Germany; agriculture, textile and leather, transport equipment.
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "digits as printed")]
mod leather {
    pub const COUNTRIES: [&str; 3] = ["Argentina", "Turkey", "Germany"];
    /// Intermediate flows.
    pub const FLOWS: [[f64; 9]; 9] = [
        [16.1, 5.1, 1.8, 3.2, 4.3, 0.4, 3.1, 2.8, 4.9],
        [2.4, 8.0, 3.2, 0.1, 3.2, 1.6, 1.2, 3.9, 11.5],
        [0.9, 0.5, 4.0, 0.0, 0.1, 0.3, 0.0, 0.4, 0.5],
        [1.1, 1.9, 0.2, 18.0, 13.2, 6.1, 9.0, 3.1, 8.9],
        [0.3, 2.8, 0.1, 6.1, 28.1, 6.3, 2.1, 2.5, 25.6],
        [0.0, 0.1, 0.3, 4.1, 3.2, 8.9, 0.2, 0.0, 1.8],
        [1.2, 4.2, 0.3, 4.1, 1.2, 0.6, 29.0, 19.5, 17.9],
        [1.3, 1.1, 0.0, 3.2, 4.8, 2.6, 5.1, 29.1, 24.1],
        [2.1, 1.4, 3.0, 4.1, 3.1, 3.9, 11.3, 8.1, 51.3],
    ];
    /// Final demand by country.
    pub const DEMAND: [[f64; 3]; 9] = [
        [21.5, 6.1, 8.4],
        [16.2, 1.9, 5.1],
        [11.0, 0.5, 0.8],
        [7.5, 29.5, 14.2],
        [8.9, 24.9, 16.9],
        [1.2, 18.5, 4.9],
        [9.2, 17.9, 51.2],
        [7.9, 10.1, 38.5],
        [25.1, 35.2, 68.4],
    ];
    /// Gross exports by industry.
    pub const EXPORTS: [[f64; 3]; 3] = [[33.2, 28.5, 2.6], [45.9, 59.2, 8.5], [38.7, 31.0, 77.9]];
    /// Value added of each industry (row) in the exports of each (column), ten decimals.
    pub const ORIGINS: [[f64; 9]; 9] = [
        [28.5227814322, 2.7939512571, 0.3560669428, 1.8106695526, 3.117384148, 0.3590112634, 1.2364172278, 1.302838021, 4.1208736251],
        [1.0620693624, 19.120531856, 0.4181392363, 0.4837004179, 1.8329023901, 0.4305863474, 0.5937041471, 1.1537595754, 4.7490351068],
        [0.2104369298, 0.142283692, 1.0636957827, 0.0332945559, 0.0790544961, 0.0402462624, 0.0231846044, 0.0748234329, 0.1932621185],
        [0.7195215129, 1.3423721294, 0.1150412628, 34.9270480259, 6.9994969831, 1.4771157861, 2.5543088522, 1.5221349925, 6.1806253684],
        [0.4120117501, 1.3852384879, 0.1176403604, 2.6929181631, 40.1671409575, 1.3179987295, 1.1093992649, 1.152072409, 9.5069031652],
        [0.0348265242, 0.0855313926, 0.0266752966, 0.8121016704, 0.9075189222, 3.1604139218, 0.115119111, 0.0744826552, 0.6464732633],
        [0.925303556, 2.2514271291, 0.1622251219, 2.3112202168, 2.0595825278, 0.5121148384, 29.8763358995, 5.2471972785, 9.6006930836],
        [0.6466655994, 0.7278568301, 0.0824437885, 1.5383777657, 2.548896726, 0.6331661447, 1.459358298, 18.9586810965, 8.1583150285],
        [0.666383333, 0.6508072258, 0.258072208, 1.2906696318, 1.4880228492, 0.5693467062, 1.7321725951, 1.5140105391, 34.7438192407],
    ];
    /// Nine terms of each country, ten decimals.
    pub const NINE_TERMS: [[f64; 9]; 3] = [
        [19.3494046457, 18.9711926764, 8.411490781, 5.2595010759, 0.825972386, 0.8723949262, 3.4505953543, 3.3886165835, 3.7708315709],
        [43.3946137363, 26.2067765068, 7.7400534275, 10.4757950566, 2.0075781143, 2.6369363181, 10.2053862637, 5.3596977884, 5.5731627883],
        [78.7310083182, 15.2396701904, 2.7484636619, 5.6896692968, 4.4335915992, 4.4481799929, 26.6689916818, 4.4550242285, 5.1854010303],
    ];
}

fn leather() -> InputOutputTable {
    let flows = Matrix::from_fn(9, 9, |i, j| leather::FLOWS[i][j]);
    let demand = Matrix::from_fn(9, 3, |i, c| leather::DEMAND[i][c]);
    let output = (0..9).map(|i| flows.row_sum(i) + demand.row_sum(i)).collect();
    table(&leather::COUNTRIES, flows, demand, output)
}

#[test]
fn nine_terms_of_koopman_wang_and_wei() {
    let table = leather();
    let system = Leontief::new(&table).expect("a productive table");
    let found = value_added_in_trade(&system, &table).expect("solved");
    for (country, printed) in leather::NINE_TERMS.iter().enumerate() {
        let terms = found.nine_terms[country].all();
        assert_printed(leather::COUNTRIES[country], &terms, printed, 10);
        let exports: f64 = leather::EXPORTS[country].iter().sum();
        assert_printed("exports", &[terms.iter().sum()], &[exports], 10);
    }
}

#[test]
fn contents_of_exports_sum_to_exports_and_agree_with_the_nine_terms() {
    let table = leather();
    let system = Leontief::new(&table).expect("a productive table");
    let found = value_added_in_trade(&system, &table).expect("solved");
    for (country, contents) in found.contents.iter().enumerate() {
        let terms = found.nine_terms[country].all();
        let sum = contents.domestic()
            + contents.domestic_double
            + contents.foreign
            + contents.foreign_double;
        assert!((sum - contents.exports).abs() < 1e-9);
        // Value added that comes home is counted by terms 4 and 5.
        assert!((contents.reflected - terms[3] - terms[4]).abs() < 1e-9);
        let column: f64 = found.origins.column(country).iter().sum();
        assert!((column - contents.exports).abs() < 1e-9);
    }
}

/// Foreign value added by its definition: the inverse of the table in which the exporter sends no
/// intermediates abroad.
#[test]
fn foreign_content_is_that_of_the_table_without_the_exporters_intermediates() {
    let table = leather();
    let system = Leontief::new(&table).expect("a productive table");
    let found = value_added_in_trade(&system, &table).expect("solved");
    for s in 0..3 {
        let mut without = table.clone();
        for i in 3 * s..3 * s + 3 {
            for j in (0..9).filter(|j| j / 3 != s) {
                *without.flows.at_mut(i, j) = 0.0;
            }
        }
        let cut = Leontief::new(&without).expect("productive");
        let exports: Vec<f64> =
            (0..9).map(|i| if i / 3 == s { leather::EXPORTS[s][i % 3] } else { 0.0 }).collect();
        let outputs = cut.outputs(&Matrix::from_values(1, 9, exports)).expect("solved");
        let costs = table.flows.column_sums();
        let value_added = |j: usize| 1.0 - costs[j] / table.output[j];
        let by = |inside: bool| -> f64 {
            let here = (0..9).filter(|j| (j / 3 == s) == inside);
            here.map(|j| value_added(j) * outputs.at(0, j)).sum()
        };
        assert!((found.contents[s].foreign - by(false)).abs() < 1e-9, "country {s}");
        assert!((found.contents[s].domestic() - by(true)).abs() < 1e-9, "country {s}");
    }
}

#[test]
fn origins_of_value_added_in_exports_by_industry() {
    let table = leather();
    let inverse = leontief_inverse(&table).expect("a productive table");
    let costs = table.flows.column_sums();
    for (i, printed) in leather::ORIGINS.iter().enumerate() {
        let value_added = 1.0 - costs[i] / table.output[i];
        let row: Vec<f64> = (0..9)
            .map(|j| value_added * inverse.at(i, j) * leather::EXPORTS[j / 3][j % 3])
            .collect();
        assert_printed("origins", &row, printed, 10);
    }
    let system = Leontief::new(&table).expect("a productive table");
    let found = value_added_in_trade(&system, &table).expect("solved");
    for (from, to) in [(0, 0), (2, 0), (1, 2)] {
        let block = (0..9).map(|at| leather::ORIGINS[3 * from + at / 3][3 * to + at % 3]);
        assert!((found.origins.at(from, to) - block.sum::<f64>()).abs() < 1e-8);
    }
}
