use proptest::prelude::*;

use super::*;
use crate::fixture::bytes;

const FINLAND: [(&str, usize); 5] = [
    ("term_finland/DISTGONE.HAR", 4),
    ("term_finland/ORGSETS.HAR", 10),
    ("term_finland/REGSUPP.har", 16),
    ("term_finland/national.har", 59),
    ("term_finland/premod.HAR", 32),
];
const HARPY: [(&str, usize); 3] = [
    ("formats/har_fixtures_harpy/setsnew7.har", 62),
    ("formats/har_fixtures_harpy/test.har", 10),
    ("formats/har_fixtures_harpy/test_read.har", 1),
];

fn all_fixtures() -> impl Iterator<Item = (&'static str, usize, Vec<u8>)> {
    let files = FINLAND.into_iter().chain(HARPY);
    files.filter_map(|(name, headers)| Some((name, headers, bytes(name)?)))
}

#[test]
fn every_fixture_is_read_and_written_back_equal() {
    for (name, headers, bytes) in all_fixtures() {
        let file = read(name, &bytes).unwrap_or_else(|findings| panic!("{name}: {findings}"));
        assert_eq!(file.headers.len(), headers, "{name}");
        let written = write(&file).expect("what was read can be written");
        assert_eq!(read(name, &written).expect("what was written can be read"), file, "{name}");
    }
}

#[test]
fn a_file_written_by_gempack_is_written_back_byte_for_byte() {
    let Some(bytes) = bytes("term_finland/premod.HAR") else { return };
    let file = read("premod.HAR", &bytes).expect("a sound file");
    assert_eq!(write(&file).expect("a sound file"), bytes);
}

/// Totals of arrays, computed by `HARPY` 0.3.1 from the same files.
const TOTALS: [(&str, &str, &[usize], f64); 5] = [
    ("term_finland/premod.HAR", "BSMR", &[30, 2, 34, 19], 444_267.823_852_781_85),
    ("term_finland/premod.HAR", "MAKE", &[30, 30, 19], 386_403.405_162_719_5),
    ("term_finland/premod.HAR", "TMAR", &[30, 2, 2, 19, 19], 29_132.751_296_464_547),
    ("term_finland/national.har", "MAKE", &[30, 30], 387_208.012_493_577_2),
    ("term_finland/national.har", "1MAR", &[30, 2, 30, 2], 11_759.148_702_108_181),
];

#[test]
fn totals_are_those_another_program_reads() {
    for (name, header, shape, total) in TOTALS {
        let Some(bytes) = bytes(name) else { continue };
        let file = read(name, &bytes).expect("a sound file");
        let array = file.header(header).and_then(Header::reals).expect("an array");
        assert_eq!(array.shape, shape, "{header}");
        let sum: f64 = array.cells.iter().map(|cell| f64::from(*cell)).sum();
        assert!((sum - total).abs() <= 1e-9 * total.abs(), "{header}: {sum} against {total}");
    }
}

/// Use at delivered prices is trade plus margins, by product, source and destination: an identity
/// of the database that holds only if the indices of four arrays are in the right order.
#[test]
fn use_is_trade_plus_margins_in_the_database_of_finland() {
    let Some(bytes) = bytes("term_finland/premod.HAR") else { return };
    let file = read("premod.HAR", &bytes).expect("a sound file");
    let array = |name| file.header(name).and_then(Header::reals).expect("an array");
    let (use_, trade, margins) = (array("BSMR"), array("TRAD"), array("TMAR"));
    let mut largest = 0.0_f64;
    for (c, s, d) in (0..30 * 2 * 19).map(|at| (at / 38, at / 19 % 2, at % 19)) {
        let used: f64 = (0..34).map(|u| f64::from(use_.at(&[c, s, u, d]))).sum();
        let margin = |r: usize| (0..2).map(move |m| f64::from(margins.at(&[c, s, m, r, d]))).sum();
        let delivered = |r: usize| -> f64 {
            let margin: f64 = margin(r);
            f64::from(trade.at(&[c, s, r, d])) + margin
        };
        let sent: f64 = (0..19).map(delivered).sum();
        largest = largest.max((used - sent).abs());
    }
    // Single precision: cells are of the order of 10,000.
    assert!(largest < 0.002, "largest difference {largest} million EUR");
}

#[test]
fn every_part_of_a_header_is_read() {
    let Some(bytes) = bytes("formats/har_fixtures_harpy/test.har") else { return };
    let file = read("test.har", &bytes).expect("a sound file");
    let names: Vec<&str> = file.headers.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(
        names,
        ["XXCD", "XXCR", "XXCP", "XXHS", "CHST", "INTA", "SIMP", "SIM2", "NH01", "ARR7"]
    );
    let Values::Integers(whole) = &file.header("INTA").expect("a header").values else {
        panic!("INTA holds whole numbers")
    };
    assert_eq!(whole.row_major(), (0..16).collect::<Vec<_>>());
    let labelled = file.header("nh01").expect("names do not tell case");
    assert_eq!(labelled.coefficient, "Array2D");
    assert_eq!(labelled.long_name, "Simple 2 dimensional array");
    let sets: Vec<(&str, Vec<&str>)> = labelled
        .sets
        .iter()
        .map(|set| (set.set.as_str(), set.elements.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(sets, [("SimpleSet", vec!["A", "B"]), ("SimpleSet2", vec!["I", "II"])]);
    let history = file.header("XXHS").and_then(Header::texts).expect("a history");
    assert!(history[0].starts_with("ViewHAR session commencing 2/03/2018"));
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn set(name: &str, elements: &[&str]) -> Dimension {
    Dimension { set: name.to_owned(), kind: DimensionKind::Set, elements: texts(elements) }
}

fn header(name: &str, values: Values) -> Header {
    let (long_name, coefficient) = (format!("Long name of {name}"), String::new());
    Header { name: name.to_owned(), long_name, coefficient, sets: vec![], values }
}

/// One header of every type, with every kind of dimension.
fn every_type(byte_order: ByteOrder) -> HarFile {
    let reals = |form, shape: &[usize], step: usize| {
        let size = shape.iter().product();
        let cell = |at: usize| if at.is_multiple_of(step) { at as f32 + 0.5 } else { 0.0 };
        let array = Array { shape: shape.to_vec(), cells: (0..size).map(cell).collect() };
        Values::Reals(Reals { form, array })
    };
    let mut flows = header("FLOW", reals(RealForm::Labelled(Storage::Full), &[2, 3, 1, 2, 4], 1));
    flows.coefficient = "FLOWS".to_owned();
    let (one, two) = (DimensionKind::Element, DimensionKind::Unknown);
    flows.sets = vec![
        set("REG", &["Åland", "Uusimaa"]),
        set("COM", &["Food", "Wood", "Rest"]),
        Dimension { set: "SRC".to_owned(), kind: one, elements: texts(&["dom"]) },
        set("REG", &["Åland", "Uusimaa"]),
        Dimension { set: "4".to_owned(), kind: two, elements: vec![] },
    ];
    let mut sparse = header("SPAR", reals(RealForm::Labelled(Storage::Sparse), &[2], 2));
    sparse.sets = vec![set("REG", &["Åland", "Uusimaa"])];
    let empty = Values::Texts(Texts { width: 12, list: vec![] });
    let notes = Values::Texts(Texts { width: 6, list: texts(&["a", "", "  b", "sechs"]) });
    let whole = Array { shape: vec![3, 2], cells: vec![1, -2, 3, i32::MAX, i32::MIN, 0] };
    let headers = vec![
        header("TEXT", notes),
        header("NONE", empty),
        header("WHOL", Values::Integers(whole)),
        header("PLAN", reals(RealForm::Matrix, &[90, 100], 1)),
        header("BARE", reals(RealForm::Unlabelled(Storage::Full), &[20, 30, 40], 1)),
        header("BSPA", reals(RealForm::Unlabelled(Storage::Sparse), &[20, 30, 40], 3)),
        header("SCAL", reals(RealForm::Labelled(Storage::Full), &[], 1)),
        flows,
        sparse,
    ];
    HarFile { byte_order, headers }
}

#[test]
fn every_type_is_read_back_in_both_orders_of_bytes() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let file = every_type(order);
        let bytes = write(&file).unwrap_or_else(|findings| panic!("{findings}"));
        assert_eq!(read("all.har", &bytes).unwrap_or_else(|findings| panic!("{findings}")), file);
    }
    assert_eq!(every_type(ByteOrder::Big).report().counted("real cells"), Some(57_051));
}

fn messages(bytes: &[u8]) -> String {
    read("all.har", bytes).expect_err("the file is bad").to_string()
}

#[test]
fn a_text_file_is_not_a_header_array_file() {
    insta::assert_snapshot!(messages(b"industry,value\n"), @r#"
    error[E1301]: `all.har` is not a GEMPACK header array file
     --> all.har:1:1: such a file starts with a record of 4 bytes, the name of a header
      = help: text files in the HAR layout must be converted; files of the Lahey compiler are not supported
    "#);
}

#[test]
fn a_file_cut_off_names_the_byte() {
    let bytes = write(&every_type(ByteOrder::Little)).expect("a sound file");
    insta::assert_snapshot!(messages(&bytes[..bytes.len() - 3]), @r#"
    error[E1301]: `all.har` ends 25 bytes after the length of a record of 24 bytes at byte 198874
     --> all.har:1:198875: the record starts here
      = help: the file was cut off or changed in transfer; copy it again in binary mode
    "#);
    insta::assert_snapshot!(messages(&bytes[..bytes.len() - 40]), @r#"
    error[E1301]: `all.har` ends 92 bytes after the length of a record of 96 bytes at byte 198770
     --> all.har:1:198771: the record starts here
      = help: the file was cut off or changed in transfer; copy it again in binary mode
    "#);
}

#[test]
fn all_damaged_headers_are_named_in_one_run() {
    let mut bytes = write(&every_type(ByteOrder::Little)).expect("a sound file");
    let after = |name: &[u8], skip: usize| {
        bytes.windows(4).position(|window| window == name).expect("the name is there") + skip
    };
    // Sizes of the whole numbers, storage of the matrix, a name.
    let (size, storage, name) = (after(b"WHOL", 96), after(b"PLAN", 18), after(b"BARE", 0));
    bytes[size] = 9;
    bytes[storage..storage + 4].copy_from_slice(b"SPSE");
    bytes[name..name + 4].copy_from_slice(b"text");
    insta::assert_snapshot!(messages(&bytes), @r#"
    error[E1302]: header `WHOL` of `all.har`: a record says sizes [9, 2]; fewer cells follow (byte 404)
     --> all.har:1:405: in the record that starts at byte 312
      = help: the file is damaged, or written by a program with another layout
    error[E1303]: header `PLAN` of `all.har` has sparse storage of type `2R`
     --> all.har:1:493: type and storage of the header
      = help: types 1C, 2I, 2R, RL and RE are read; store the header as one of them
    error[E1309]: `all.har` has two headers `text`
     --> all.har:1:36669: the first is at byte 4
      = help: give one of them another name; names do not tell case
    "#);
}

#[test]
fn a_sparse_array_beyond_the_limit_is_refused() {
    let mut bytes = write(&every_type(ByteOrder::Little)).expect("a sound file");
    let name = bytes.windows(4).position(|window| window == b"BSPA").expect("the name is there");
    // The third and fourth byte of the first two sizes.
    for at in [name + 96 + 3, name + 100 + 3] {
        bytes[at] = 1;
    }
    insta::assert_snapshot!(messages(&bytes), @r#"
    error[E1304]: header `BSPA` of `all.har` has 16777236 × 16777246 × 40 cells; sparse arrays of a file may have 268435456 together
     --> all.har:1:133329: sizes of the header
      = help: if the sizes are right, split the header or store it in full
    "#);
}

#[test]
fn what_the_format_cannot_hold_is_not_written() {
    let mut file = every_type(ByteOrder::Little);
    file.headers[0].name = "TOO LONG".to_owned();
    file.headers[7].sets[0].elements = texts(&["沈阳", "Uusimaa"]);
    insta::assert_snapshot!(write(&file).expect_err("not writable").to_string(), @r#"
    error[E1305]: header `TOO LONG` cannot be written: its name `TOO LONG` must have at most 4 characters and no trailing blank
    error[E1305]: header `FLOW` cannot be written: element `沈阳` has characters that the format cannot hold
    error[E1305]: header `FLOW` cannot be written: set `REG` has two lists of elements
    "#);
}

fn any_array() -> impl Strategy<Value = (Vec<usize>, Vec<f32>)> {
    prop::collection::vec(0..9_usize, 0..6).prop_flat_map(|shape| {
        let size: usize = shape.iter().product();
        let cell = prop_oneof![Just(0.0_f32), -1e30_f32..1e30];
        (Just(shape), prop::collection::vec(cell, size))
    })
}

proptest! {
    #[test]
    fn arrays_are_read_back_exactly((shape, cells) in any_array(), sparse: bool, big: bool) {
        let storage = if sparse { Storage::Sparse } else { Storage::Full };
        let form = RealForm::Labelled(storage);
        let sets = shape.iter().map(|size| {
            let elements = (0..*size).map(|at| format!("e{at}")).collect();
            Dimension { set: format!("S{size}"), kind: DimensionKind::Set, elements }
        });
        let sets = sets.collect();
        let values = Values::Reals(Reals { form, array: Array { shape, cells } });
        let header = Header { sets, ..header("DATA", values) };
        let byte_order = if big { ByteOrder::Big } else { ByteOrder::Little };
        let file = HarFile { byte_order, headers: vec![header] };
        let bytes = write(&file).expect("a sound file");
        prop_assert_eq!(read("data.har", &bytes).expect("a sound file"), file);
    }

    #[test]
    fn row_major_order_is_that_of_the_positions((shape, cells) in any_array()) {
        let array = Array { shape: shape.clone(), cells };
        let turned = array.row_major();
        for (flat, cell) in turned.iter().enumerate() {
            let mut rest = flat;
            let mut position = vec![0; shape.len()];
            for at in (0..shape.len()).rev() {
                position[at] = rest % shape[at];
                rest /= shape[at];
            }
            prop_assert_eq!(cell.to_bits(), array.at(&position).to_bits());
        }
    }

    #[test]
    fn damaged_files_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut: Option<prop::sample::Index>,
        big: bool,
    ) {
        let order = if big { ByteOrder::Big } else { ByteOrder::Little };
        let mut bytes = write(&every_type(order)).expect("a sound file");
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(file) = read("damaged.har", &bytes) {
            // What still reads is sound, and written back it is the same but for bits of NaN.
            let written = write(&file);
            prop_assert!(written.is_err() || read("again.har", &written.expect("some")).is_ok());
        }
    }
}

#[test]
fn damaged_fixtures_never_panic() {
    for (name, _, bytes) in all_fixtures() {
        let step = bytes.len() / 97 + 1;
        for at in (0..bytes.len()).step_by(step) {
            assert!(read(name, &bytes[..at]).is_err() || at == 0 || whole(&bytes[..at]), "{at}");
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x81;
            let _either = read(name, &damaged);
        }
    }
}

/// Whether a cut fell between two headers, where a file has a right to end.
fn whole(bytes: &[u8]) -> bool {
    read("whole", bytes).is_ok_and(|file| !file.headers.is_empty())
}

#[test]
fn headers_as_csv_name_the_elements() {
    let files = every_type(ByteOrder::Little).to_csv();
    insta::assert_snapshot!(files["headers.csv"], @r#"
    header,type,long_name,coefficient,sets,sizes
    TEXT,1CFULL,Long name of TEXT,,,4
    NONE,1CFULL,Long name of NONE,,,0
    WHOL,2IFULL,Long name of WHOL,,,3 2
    PLAN,2RFULL,Long name of PLAN,,,90 100
    BARE,RLFULL,Long name of BARE,,,20 30 40
    BSPA,RLSPSE,Long name of BSPA,,,20 30 40
    SCAL,REFULL,Long name of SCAL,,,
    FLOW,REFULL,Long name of FLOW,FLOWS,REG COM SRC REG 4,2 3 1 2 4
    SPAR,RESPSE,Long name of SPAR,,REG,2
    "#);
    insta::assert_snapshot!(files["SPAR.csv"], @r#"
    1_REG,value
    Åland,0.5
    "#);
    insta::assert_snapshot!(files["FLOW.csv"].lines().take(4).collect::<Vec<_>>().join("\n"), @r#"
    1_REG,2_COM,3_SRC,4_REG,5_4,value
    Åland,Food,dom,Åland,1,0.5
    Uusimaa,Food,dom,Åland,1,1.5
    Åland,Wood,dom,Åland,1,2.5
    "#);
    insta::assert_snapshot!(files["WHOL.csv"], @r#"
    1,2,value
    1,1,1
    2,1,-2
    3,1,3
    1,2,2147483647
    2,2,-2147483648
    "#);
}

#[test]
fn accounts_are_written_with_sets_and_all_their_cells() {
    let (accounts, _) = crate::liaoning::accounts().expect("the figures ship");
    let written = write(&tables::of_accounts(&accounts)).expect("names fit the format");
    let file = read("l.har", &written).expect("what was written can be read");
    let sets: Vec<&str> =
        file.header("TMAR").expect("it is there").sets.iter().map(|set| set.set.as_str()).collect();
    assert_eq!(sets, ["COM", "SRC", "MAR", "REG", "REG"]);
    let names = file.header("COMN").and_then(Header::texts).expect("full names");
    assert_eq!(names, &accounts.sets.product.labels[..]);
    let margins = file.header("MAR").and_then(Header::texts).expect("a set").to_vec();
    let products = file.header("COM").and_then(Header::texts).expect("a set");
    assert!(margins.iter().all(|margin| products.contains(margin)), "{margins:?}");
    let users = file.header("USR").and_then(Header::texts).expect("a set");
    assert_eq!(users[42..], ["household", "government", "investment", "export", "inventory"]);
    for (table, name) in [(&accounts.use_, "USE"), (&accounts.margin_supply, "MARS")] {
        let cells = file.header(name).and_then(Header::row_major).expect("an array");
        assert_eq!(cells.len(), table.values().len(), "{name}");
        for (found, wanted) in cells.iter().zip(table.values()) {
            assert!((found - wanted).abs() <= 1e-7 * wanted.abs(), "{name}: {found} {wanted}");
        }
    }
}

#[test]
fn input_output_tables_are_written_by_region_and_industry() {
    let (accounts, _) = crate::liaoning::accounts().expect("the figures ship");
    let table = accounts::InputOutputTable::from(&accounts);
    let file = tables::of_input_output(&table);
    let flows = file.header("FLOW").expect("it is there");
    assert_eq!(flows.shape(), [5, 42, 5, 42]);
    let at = [2, 7, 0, 20];
    let found = f64::from(flows.reals().expect("numbers").at(&at));
    let wanted = table.flows.at(2 * 42 + 7, 20);
    assert!(wanted > 0.0 && (found - wanted).abs() <= 1e-7 * wanted, "{found} {wanted}");
    // Exports belong to no region: categories are one list.
    assert_eq!(file.header("FDEM").expect("it is there").shape().len(), 3);
    assert_eq!(file.header("K01").expect("jobs").shape(), [2, 5, 42]);
    let written = write(&file).expect("names fit the format");
    assert_eq!(read("t.har", &written).expect("it can be read"), file);
}
