//! Figures as people write them: thousands separated, sensible digits, never `-0.0` or `NaN`.
//!
//! Not here: units (`unit`), alignment (`text`), where the minus of printers is used (`html`).

/// What is shown where there is no number.
pub(crate) const MISSING: &str = "n/a";

/// Most decimals shown; a change that needs more is zero for every practical purpose.
const MOST_DECIMALS: i32 = 4;

/// Decimals that give the largest of `values` three significant digits.
pub(crate) fn decimals(values: impl IntoIterator<Item = Option<f64>>) -> usize {
    decimals_for(values, 3)
}

/// Decimals for percentages: two significant digits of the largest.
pub(crate) fn percent_decimals(values: impl IntoIterator<Item = Option<f64>>) -> usize {
    decimals_for(values, 2).max(1)
}

fn decimals_for(values: impl IntoIterator<Item = Option<f64>>, significant: i32) -> usize {
    let finite = values.into_iter().flatten().filter(|value| value.is_finite());
    let largest = finite.fold(0.0, |largest: f64, value| largest.max(value.abs()));
    if largest < 0.5 * 10f64.powi(-MOST_DECIMALS) {
        return 1;
    }
    let leading = largest.log10().floor() as i32;
    (significant - 1 - leading).clamp(0, MOST_DECIMALS) as usize
}

/// `1,234.5`, or `n/a`.
pub(crate) fn plain(value: Option<f64>, decimals: usize) -> String {
    let Some(value) = value.filter(|value| value.is_finite()) else {
        return MISSING.to_owned();
    };
    let digits = format!("{:.decimals$}", value.abs());
    let is_zero = digits.chars().all(|each| matches!(each, '0' | '.'));
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    format!("{sign}{}{fraction}", grouped(whole))
}

/// `+1,234.5`, `-1.2`, `0.0` or `n/a`.
pub(crate) fn signed(value: Option<f64>, decimals: usize) -> String {
    let text = plain(value, decimals);
    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
    let is_zero = !text.contains(|each: char| ('1'..='9').contains(&each));
    if is_number && !is_zero { format!("+{text}") } else { text }
}

/// A change in percent with sign, without the percent sign.
pub(crate) fn percent(value: Option<f64>) -> String {
    signed(value, percent_decimals([value]))
}

/// `3.2e-10`, or `n/a`.
pub(crate) fn scientific(value: Option<f64>) -> String {
    match value.filter(|value| value.is_finite()) {
        Some(0.0) => "0".to_owned(),
        Some(value) => format!("{value:.1e}"),
        None => MISSING.to_owned(),
    }
}

/// A whole number with separators.
pub(crate) fn count(value: usize) -> String {
    grouped(&value.to_string())
}

/// Rounds `parts` to `decimals` so that they add up to the rounded sum of the exact parts.
///
/// Each is rounded down, and the units still missing go to those that lost most.
pub(crate) fn rounded_to_add_up(parts: &[f64], decimals: usize) -> Vec<f64> {
    let grain = grain(decimals);
    let total = (parts.iter().sum::<f64>() * grain).round();
    let mut units: Vec<f64> = parts.iter().map(|part| (part * grain).floor()).collect();
    let missing = (total - units.iter().sum::<f64>()).max(0.0) as usize;
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| {
        (parts[*b] * grain - units[*b]).total_cmp(&(parts[*a] * grain - units[*a]))
    });
    for index in order.into_iter().take(missing) {
        units[index] += 1.0;
    }
    units.iter().map(|unit| unit / grain).collect()
}

/// `value` rounded to `decimals`.
pub(crate) fn rounded(value: f64, decimals: usize) -> f64 {
    let grain = grain(decimals);
    (value * grain).round() / grain
}

/// The minus as printers set it; hyphens between letters or digits stay.
pub(crate) fn typographic(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut follows_word = false;
    while let Some(letter) = letters.next() {
        let precedes_digit = letters.peek().is_some_and(char::is_ascii_digit);
        let is_minus = letter == '-' && !follows_word && precedes_digit;
        shown.push(if is_minus { '−' } else { letter });
        follows_word = letter.is_alphanumeric();
    }
    shown
}

/// How many of the last digit's units are in one.
fn grain(decimals: usize) -> f64 {
    (0..decimals).map(|_| 10.0).product()
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{decimals, percent, plain, rounded_to_add_up, scientific, signed, typographic};
    use rstest::rstest;

    #[rstest]
    #[case(Some(1_234_567.89), 1, "1,234,567.9")]
    #[case(Some(-1234.5), 0, "-1,234")]
    #[case(Some(-0.04), 1, "0.0")]
    #[case(Some(-0.0), 2, "0.00")]
    #[case(Some(999.0), 0, "999")]
    #[case(Some(f64::NAN), 1, "n/a")]
    #[case(Some(f64::NEG_INFINITY), 1, "n/a")]
    #[case(None, 1, "n/a")]
    fn plain_figures(#[case] value: Option<f64>, #[case] digits: usize, #[case] expected: &str) {
        assert_eq!(plain(value, digits), expected);
    }

    #[rstest]
    #[case(Some(12.34), 1, "+12.3")]
    #[case(Some(-12.34), 1, "-12.3")]
    #[case(Some(0.004), 1, "0.0")]
    #[case(Some(-0.004), 1, "0.0")]
    #[case(None, 1, "n/a")]
    fn signed_figures(#[case] value: Option<f64>, #[case] digits: usize, #[case] expected: &str) {
        assert_eq!(signed(value, digits), expected);
    }

    #[rstest]
    #[case(0.468, "+0.47")]
    #[case(-0.0123, "-0.012")]
    #[case(12.3, "+12.3")]
    #[case(1e-9, "0.0")]
    fn percentages(#[case] value: f64, #[case] expected: &str) {
        assert_eq!(percent(Some(value)), expected);
    }

    #[rstest]
    #[case(&[Some(12.3), Some(-0.4)], 1)]
    #[case(&[Some(1234.0)], 0)]
    #[case(&[Some(0.0123)], 4)]
    #[case(&[Some(1e-12)], 1)]
    #[case(&[None, Some(f64::NAN)], 1)]
    fn digits_follow_the_largest(#[case] values: &[Option<f64>], #[case] expected: usize) {
        assert_eq!(decimals(values.iter().copied()), expected);
    }

    #[test]
    fn rounded_parts_add_up_to_the_rounded_total() {
        let parts = [0.333, 0.333, 0.334, -0.25, 0.049];
        let rounded = rounded_to_add_up(&parts, 1);
        let total: f64 = rounded.iter().sum();
        assert!((total - 0.8).abs() < 1e-12, "{rounded:?}");
    }

    #[rstest]
    #[case("-0.54", "−0.54")]
    #[case("Special-purpose machinery (-0.54 bn CNY)", "Special-purpose machinery (−0.54 bn CNY)")]
    #[case("2018-2022, 3.2e-10", "2018-2022, 3.2e-10")]
    fn only_a_minus_becomes_a_minus(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(typographic(text), expected);
    }

    #[test]
    fn certificates_are_short() {
        assert_eq!(scientific(Some(3.21e-10)), "3.2e-10");
        assert_eq!(scientific(Some(f64::NAN)), "n/a");
    }
}
