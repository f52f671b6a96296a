//! How a command file wants its shocks solved: `method` and `steps`.
//!
//! | `method`              | `steps`      | here                                              |
//! |-----------------------|--------------|---------------------------------------------------|
//! | `johansen`            |              | one Euler step                                    |
//! | `euler`               | one number   | as many Euler steps (times `subintervals`)        |
//! | `euler`               | several      | exact: GEMPACK extrapolates towards it            |
//! | `gragg`, `midpoint`   |              | exact: GEMPACK extrapolates towards it            |

use diagnostics::Findings;

use crate::closure::Reader;
use crate::database::Sets;
use crate::run::Method;
use crate::statements::{Statement, Word, statements};

/// Most Euler steps that a file may ask for.
const MOST_STEPS: usize = 10_000;

/// The method that a file asks for; none when it has no `method`.
///
/// # Errors
/// E1822: a method or a number of steps that is not known.
pub fn read_method(file: &str, text: &str, sets: &Sets) -> Result<Option<Method>, Findings> {
    let mut reader = Reader::new(file, text, sets);
    let list = statements(text);
    let after = |name: &str| -> Option<(&Statement, &[Word])> {
        let statement = list.iter().rfind(|statement| statement.words[0].is(name))?;
        let words = &statement.words[1..];
        let start = usize::from(words.first().is_some_and(|word| word.text == "="));
        Some((statement, &words[start..]))
    };
    let Some((statement, words)) = after("method") else { return Ok(None) };
    let mut counts = |name: &str| -> Vec<usize> {
        let Some((_, words)) = after(name) else { return vec![1] };
        words.iter().map(|word| reader.steps(word)).collect()
    };
    let (steps, subintervals) = (counts("steps"), counts("subintervals"));
    let exact = Some(Method::Exact { parts: 1 });
    let method = match words {
        [word] if word.is("johansen") => Some(Method::Euler { steps: 1 }),
        [word] if word.is("euler") => match (steps.as_slice(), subintervals.as_slice()) {
            ([steps], [times]) => Some(Method::Euler { steps: steps * times }),
            _ => exact,
        },
        [word] if word.is("gragg") || word.is("midpoint") => exact,
        _ => {
            let help = "methods are johansen, euler, gragg and midpoint".to_owned();
            let message = "a method that is not known".to_owned();
            reader.wrong("E1822", message, statement.span(), "not a method", help);
            None
        }
    };
    if reader.findings.has_errors() { Err(reader.findings) } else { Ok(method) }
}

impl Reader<'_> {
    fn steps(&mut self, word: &Word) -> usize {
        let count = word.text.parse().ok().filter(|count| (1..=MOST_STEPS).contains(count));
        count.unwrap_or_else(|| {
            let message = format!("`{}` steps", word.text);
            let help = format!("write whole numbers from 1 to {MOST_STEPS}");
            self.wrong("E1822", message, word.span.clone(), "not a number of steps", help);
            1
        })
    }
}
