//! From the units of the results to the units people speak in.
//!
//! A series says its unit; a table asks for another. What cannot be converted is missing rather
//! than mislabelled. Not here: exchange rates, since dollars stay dollars.

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Yuan,
    Dollar,
    Person,
}

/// `value` in the unit `to`, if the two units measure the same.
pub(crate) fn convert(value: f64, from: &str, to: &str) -> Option<f64> {
    if from == to {
        return Some(value);
    }
    let ((from_kind, from_size), (to_kind, to_size)) = (size(from)?, size(to)?);
    (from_kind == to_kind).then(|| value * from_size / to_size)
}

/// The unit in which a total for a province reads well.
pub(crate) fn readable(unit: &str) -> &str {
    match size(unit) {
        Some((Kind::Yuan, _)) => "bn CNY",
        Some((Kind::Dollar, _)) => "bn USD",
        Some((Kind::Person, _)) => "thousand",
        None => unit,
    }
}

/// A unit spelled out.
pub(crate) fn in_words(unit: &str) -> &str {
    match unit {
        "bn CNY" => "billion yuan",
        "bn USD" => "billion US dollars",
        "m USD" => "million US dollars",
        other => other,
    }
}

/// What a unit measures, and how many yuan, dollars or persons one of it is.
fn size(unit: &str) -> Option<(Kind, f64)> {
    Some(match unit {
        "CNY" => (Kind::Yuan, 1.0),
        "million CNY" | "m CNY" => (Kind::Yuan, 1e6),
        "100 million CNY" => (Kind::Yuan, 1e8),
        "billion CNY" | "bn CNY" => (Kind::Yuan, 1e9),
        "USD" => (Kind::Dollar, 1.0),
        "million USD" | "m USD" => (Kind::Dollar, 1e6),
        "100 million USD" => (Kind::Dollar, 1e8),
        "billion USD" | "bn USD" => (Kind::Dollar, 1e9),
        "persons" => (Kind::Person, 1.0),
        "thousand persons" | "thousand" => (Kind::Person, 1e3),
        "10 thousand persons" => (Kind::Person, 1e4),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{convert, readable};
    use rstest::rstest;

    #[rstest]
    #[case(26_000.0, "100 million CNY", "bn CNY", Some(2600.0))]
    #[case(10_000.0, "million USD", "bn USD", Some(10.0))]
    #[case(34_100.0, "persons", "thousand", Some(34.1))]
    #[case(1.0, "million USD", "bn CNY", None)] // dollars do not become yuan by relabelling
    #[case(1.5, "index", "index", Some(1.5))]
    #[case(1.5, "index", "persons", None)]
    fn units_convert_within_their_kind(
        #[case] value: f64,
        #[case] from: &str,
        #[case] to: &str,
        #[case] expected: Option<f64>,
    ) {
        assert_eq!(convert(value, from, to), expected);
    }

    #[test]
    fn an_unknown_unit_is_kept() {
        assert_eq!(readable("tonnes of coal"), "tonnes of coal");
    }
}
