use proptest::prelude::*;

use super::*;

fn grid(text: &[u8], layout: Layout) -> Result<Grid, String> {
    let mut findings = Findings::default();
    let grid = read("t.txt", &mut &text[..], layout, &mut findings);
    grid.ok_or_else(|| findings.to_string())
}

const TAB: Layout = Layout { delimiter: b'\t', labels: Labels::Around };
const COMMA: Layout = Layout { delimiter: b',', labels: Labels::Around };
const BARE: Layout = Layout { delimiter: b',', labels: Labels::None };

#[test]
fn labels_stand_above_and_before_the_cells() {
    let text = "\u{feff}region\t\tA\tA\r\nsector\t\tx\ty\r\nregion\tsector\t\t\r\nA\tx\t1\t-2e3\r\nA\ty\t\t 0.5\r\n\r\n";
    let grid = grid(text.as_bytes(), TAB).expect("a sound table");
    assert_eq!(grid.header, [["A", "A"], ["x", "y"]]);
    assert_eq!(grid.labels, [["A", "x"], ["A", "y"]]);
    assert_eq!(grid.cells, Matrix::from_values(2, 2, vec![1.0, -2000.0, 0.0, 0.5]));
    assert_eq!(grid.blanks, 1);
}

#[test]
fn quotes_hold_delimiters_and_old_files_are_latin_1() {
    let text = b"\"\",\"a,b\",c\n\"C\xf4te \"\"d\"\"\",\"1\",2,\n";
    let grid = grid(text, COMMA).expect("a sound table");
    assert_eq!(grid.header, [["a,b", "c"]]);
    assert_eq!(grid.labels, [["Côte \"d\""]]);
    assert_eq!(grid.cells, Matrix::from_values(1, 2, vec![1.0, 2.0]));
}

#[test]
fn a_row_cut_off_and_a_bad_number_are_found_in_one_run() {
    let message = grid(b",a,b\nx,1,2\ny,1e,2\nz,1,inf\nw,3,4,5\nv,1", COMMA).expect_err("bad");
    insta::assert_snapshot!(message, @r#"
    error[E1307]: `1e` in `t.txt` is not a number
     --> t.txt:3:2: not a number
      = help: write a number with a decimal point and no thousands separators
    error[E1307]: `inf` in `t.txt` is not a finite number
     --> t.txt:4:3: not a finite number
      = help: write a number with a decimal point and no thousands separators
    error[E1308]: line 5 of `t.txt` has more than the 2 cells of the header
     --> t.txt:5:4: the first cell too many
      = help: a short row, above all the last one, means that the file was cut off
    error[E1308]: line 6 of `t.txt` has 1 cells, the header 2
     --> t.txt:6:2: the row ends here
      = help: a short row, above all the last one, means that the file was cut off
    "#);
}

#[test]
fn a_text_without_numbers_has_no_cells() {
    insta::assert_snapshot!(grid(b"a,b\nc,d\n", COMMA).expect_err("bad"), @r#"
    error[E1306]: `t.txt` has no cells
     --> t.txt:3:1: the file ends here
      = help: labels stand above and before the cells, numbers have a decimal point
    "#);
}

proptest! {
    #[test]
    fn numbers_are_read_back_exactly(columns in 1..6_usize, cells in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 6..60)) {
        let rows = cells.len() / columns;
        let cells = &cells[..rows * columns];
        let line = |row: &[f64]| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let text = cells.chunks(columns).map(line).collect::<Vec<_>>().join("\n");
        let grid = grid(text.as_bytes(), BARE).expect("a sound table");
        prop_assert_eq!(grid.cells, Matrix::from_values(rows, columns, cells.to_vec()));
    }

    #[test]
    fn any_bytes_give_a_table_or_findings(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for layout in [TAB, COMMA, BARE] {
            let read = grid(&bytes, layout);
            prop_assert!(read.is_ok() || read.is_err_and(|text| text.contains("error[E13")));
        }
    }

    #[test]
    fn any_text_of_a_table_gives_a_table_or_findings(text in "[,\t\"\r\nae0-9.+-]{0,200}") {
        for layout in [TAB, COMMA, BARE] {
            let read = grid(text.as_bytes(), layout);
            prop_assert!(read.is_ok() || read.is_err_and(|text| text.contains("error[E13")));
        }
    }
}
