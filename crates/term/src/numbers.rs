//! Numbers of a file that a shock names: as text, or from a header array.
//!
//! Text is GEMPACK's form: sizes, then `real`, an order and a header name if wanted, up to `;`; then
//! the numbers, between blanks, commas or lines. Without the first part the numbers are in the
//! order of cells. Comments go from `!` to the end of the line.
//!
//! | order                 | numbers follow                                                 |
//! |-----------------------|----------------------------------------------------------------|
//! | `row_order`, none     | by rows: second index fastest, then first, then third and so on |
//! | `spreadsheet`         | the same                                                       |
//! | `col_order`           | first index fastest                                            |

/// Opens a file that a shock names: the file that names it, its name, and a header of header array
/// files.
pub type OpenFile<'a> = &'a dyn Fn(&str, &str, Option<&str>) -> Result<Numbers, String>;

/// Numbers and their sizes when the file says them; first index fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbers {
    /// Size of each dimension; none when the file has only numbers.
    pub sizes: Option<Vec<usize>>,
    /// The numbers.
    pub values: Vec<f64>,
}

impl Numbers {
    /// Reads text.
    ///
    /// # Errors
    /// What is wrong, in one sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let lines = text.lines().map(|line| line.split('!').next().unwrap_or_default());
        let text: String = lines.collect::<Vec<_>>().join("\n");
        let (head, body) = text.split_once(';').map_or((None, text.as_str()), |(head, body)| {
            // A mark at the end of the numbers ends nothing.
            if body.trim().is_empty() { (None, head) } else { (Some(head), body) }
        });
        let number = |word: &str| {
            let value = word.parse::<f64>().ok().filter(|value| value.is_finite());
            value.ok_or_else(|| format!("`{word}` is not a number"))
        };
        let words = |text: &str| -> Vec<String> {
            let split = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
            split.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let values = words(body).iter().map(|word| number(word)).collect::<Result<Vec<_>, _>>()?;
        let Some(head) = head else { return Ok(Self { sizes: None, values }) };
        let head = words(head);
        let sizes: Vec<usize> = head.iter().map_while(|word| word.parse().ok()).collect();
        if sizes.is_empty() || sizes.iter().product::<usize>() != values.len() {
            return Err(format!("it has {} numbers for sizes {sizes:?}", values.len()));
        }
        let columns = head.iter().any(|word| word.eq_ignore_ascii_case("col_order"));
        let values = if columns { values } else { rows_to_first_fastest(&values, &sizes) };
        Ok(Self { sizes: Some(sizes), values })
    }

    /// The numbers, if they fit a variable of `sizes` or as many cells as are named.
    pub(crate) fn of_sizes(self, sizes: &[usize], named: usize) -> Result<Vec<f64>, String> {
        let long = |sizes: &[usize]| -> Vec<usize> {
            sizes.iter().copied().filter(|size| *size != 1).collect()
        };
        let count = self.values.len();
        let fits = match &self.sizes {
            Some(found) => long(found) == long(sizes) || count == named,
            None => count == named || count == sizes.iter().product::<usize>(),
        };
        if fits {
            return Ok(self.values);
        }
        let found = self.sizes.map_or_else(String::new, |found| format!(" of sizes {found:?}"));
        Err(format!("it has {count} numbers{found}; the variable has sizes {sizes:?}"))
    }
}

fn rows_to_first_fastest(values: &[f64], sizes: &[usize]) -> Vec<f64> {
    let rows = sizes[0];
    let columns = sizes.get(1).copied().unwrap_or(1);
    let mut turned = Vec::with_capacity(values.len());
    for plane in values.chunks(rows * columns) {
        for column in 0..columns {
            turned.extend((0..rows).map(|row| plane[row * columns + column]));
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_and_without_sizes() {
        let plain = Numbers::read("1, 2 ! two\n3;").expect("numbers");
        assert_eq!(plain, Numbers { sizes: None, values: vec![1.0, 2.0, 3.0] });
        let rows = Numbers::read("2 3 real row_order header \"AB\" ;\n1 2 3\n4 5 6\n");
        assert_eq!(rows.expect("numbers").values, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let columns = Numbers::read("2 3 col_order;1 2 3 4 5 6").expect("numbers");
        assert_eq!(columns.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn what_is_not_a_number_or_too_many_is_told() {
        assert!(Numbers::read("1 x").is_err_and(|told| told.contains("`x`")));
        assert!(Numbers::read("2 2 ; 1 2 3").is_err_and(|told| told.contains("3 numbers")));
        let three = Numbers { sizes: None, values: vec![0.0; 3] };
        assert!(three.clone().of_sizes(&[2, 2], 4).is_err());
        assert!(three.of_sizes(&[2, 2], 3).is_ok());
    }
}
