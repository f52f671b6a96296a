//! Amounts of money as an analyst writes them: `670 million CNY`, `10 billion USD`, `2.7亿元`.
//!
//! An amount is `number multiplier… currency`. Every amount knows its value in yuan, by the one
//! exchange rate of its study, and is shown as it was written.
//! Not here: where amounts stand in a study file (`crate::file`).

use formats::text::is_grouped;
use std::fmt;

/// Currency of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Currency {
    /// Yuan renminbi.
    #[default]
    Cny,
    /// US dollar.
    Usd,
}

impl Currency {
    /// ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Cny => "CNY",
            Self::Usd => "USD",
        }
    }
}

/// A sum of money in its own currency, with the rate that turns it into yuan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Money {
    amount: f64,
    currency: Currency,
    cny_per_unit: f64,
}

impl Default for Money {
    fn default() -> Self {
        Self::from_cny(0.0)
    }
}

impl Money {
    /// A sum in yuan.
    pub fn from_cny(amount: f64) -> Self {
        Self { amount, currency: Currency::Cny, cny_per_unit: 1.0 }
    }

    /// A sum in US dollars at `cny_per_usd`.
    pub fn from_usd(amount: f64, cny_per_usd: f64) -> Self {
        Self { amount, currency: Currency::Usd, cny_per_unit: cny_per_usd }
    }

    /// The sum in yuan.
    pub fn cny(self) -> f64 {
        self.amount * self.cny_per_unit
    }

    /// The sum in 100 million yuan, the unit of the accounts.
    pub fn hundred_million_cny(self) -> f64 {
        self.cny() / 1e8
    }

    /// The sum in million US dollars at `cny_per_usd`; dollars stay as they were written.
    pub fn million_usd(self, cny_per_usd: f64) -> f64 {
        match self.currency {
            Currency::Usd => self.amount / 1e6,
            Currency::Cny => self.amount / cny_per_usd / 1e6,
        }
    }

    /// Currency in which it was written.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Amount in its own currency, in single units.
    pub fn amount(self) -> f64 {
        self.amount
    }

    /// `factor` times the sum, in the same currency.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { amount: self.amount * factor, ..self }
    }
}

/// As written, with the largest multiplier that leaves a number of at least one.
impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.amount.abs();
        let (scale, word) = SCALES.iter().find(|(scale, _)| size >= *scale).unwrap_or(&(1.0, ""));
        let number = (self.amount / scale * 1e9).round() / 1e9;
        write!(out, "{number} {word}{}", self.currency.code())
    }
}

const SCALES: &[(f64, &str)] =
    &[(1e12, "trillion "), (1e9, "billion "), (1e6, "million "), (1e3, "thousand ")];

/// Multipliers that may stand, one or more, between number and currency.
pub const MULTIPLIERS: &[(&str, f64)] = &[
    ("hundred", 1e2),
    ("thousand", 1e3),
    ("million", 1e6),
    ("billion", 1e9),
    ("trillion", 1e12),
    ("m", 1e6),
    ("mn", 1e6),
    ("bn", 1e9),
    ("万", 1e4),
    ("亿", 1e8),
];

/// Names of currencies.
pub const CURRENCIES: &[(&str, Currency)] = &[
    ("CNY", Currency::Cny),
    ("RMB", Currency::Cny),
    ("yuan", Currency::Cny),
    ("元", Currency::Cny),
    ("USD", Currency::Usd),
    ("dollars", Currency::Usd),
    ("美元", Currency::Usd),
];

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyError {
    /// It does not start with a number.
    NoNumber,
    /// The number is too large to be represented.
    NotFinite,
    /// A word is neither a multiplier nor a currency.
    UnknownUnit(String),
    /// No currency at the end.
    NoCurrency,
    /// Something follows the currency.
    AfterCurrency(String),
}

/// Amount and currency of a text such as `670 million CNY`.
///
/// # Errors
/// [`MoneyError`], with the word that is not understood.
pub fn parse_amount(text: &str) -> Result<(f64, Currency), MoneyError> {
    let text = text.trim();
    let end = text.find(|each: char| !is_part_of_number(each)).unwrap_or(text.len());
    // Digits may be set apart by underscores too.
    if !is_grouped(&text[..end].replace('_', "")) {
        return Err(MoneyError::NoNumber);
    }
    let digits: String = text[..end].chars().filter(|each| !matches!(each, ',' | '_')).collect();
    let number: f64 = digits.parse().map_err(|_| MoneyError::NoNumber)?;
    let (factor, currency) = parse_unit(&text[end..])?;
    let amount = number * factor;
    if amount.is_finite() { Ok((amount, currency)) } else { Err(MoneyError::NotFinite) }
}

fn is_part_of_number(each: char) -> bool {
    each.is_ascii_digit() || matches!(each, '.' | ',' | '_' | '-' | '+')
}

/// Product of the multipliers, and the currency that ends the text.
fn parse_unit(text: &str) -> Result<(f64, Currency), MoneyError> {
    let spaced = text.replace("美元", " USD ").replace('元', " CNY ");
    let spaced = spaced.replace('亿', " 亿 ").replace('万', " 万 ");
    let mut factor = 1.0;
    let mut words = spaced.split_whitespace();
    let currency = loop {
        let word = words.next().ok_or(MoneyError::NoCurrency)?;
        if let Some(found) = lookup(CURRENCIES, word) {
            break found;
        }
        factor *= lookup(MULTIPLIERS, word).ok_or_else(|| MoneyError::UnknownUnit(word.into()))?;
    };
    match words.next() {
        None => Ok((factor, currency)),
        Some(word) => Err(MoneyError::AfterCurrency(word.to_owned())),
    }
}

fn lookup<T: Copy>(list: &[(&str, T)], word: &str) -> Option<T> {
    list.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("670 million CNY", 670e6, Currency::Cny)]
    #[case("0.5 million CNY", 0.5e6, Currency::Cny)]
    #[case("10 billion USD", 10e9, Currency::Usd)]
    #[case("52.25 bn USD", 52.25e9, Currency::Usd)]
    #[case("3.2 hundred million CNY", 3.2e8, Currency::Cny)]
    #[case("1,250,000 yuan", 1.25e6, Currency::Cny)]
    #[case("2786.7亿元", 2786.7e8, Currency::Cny)]
    #[case("50 万元", 5e5, Currency::Cny)]
    #[case("1亿美元", 1e8, Currency::Usd)]
    #[case("-3 trillion rmb", -3e12, Currency::Cny)]
    #[case("1,234,567.5 CNY", 1_234_567.5, Currency::Cny)]
    fn amounts_are_read(#[case] text: &str, #[case] amount: f64, #[case] currency: Currency) {
        let (read, of) = parse_amount(text).expect("a correct amount");
        assert!((read - amount).abs() <= 1e-12 * amount.abs());
        assert_eq!(of, currency);
    }

    #[rstest]
    #[case("million CNY", MoneyError::NoNumber)]
    #[case("", MoneyError::NoNumber)]
    #[case("5 millon CNY", MoneyError::UnknownUnit("millon".into()))]
    #[case("5 million", MoneyError::NoCurrency)]
    #[case("5 CNY million", MoneyError::AfterCurrency("million".into()))]
    #[case("1.2.3 CNY", MoneyError::NoNumber)]
    fn what_is_no_amount_says_why(#[case] text: &str, #[case] error: MoneyError) {
        assert_eq!(parse_amount(text), Err(error));
    }

    #[test]
    fn dollars_become_yuan_at_the_stated_rate() {
        let money = Money::from_usd(97.9e6, 6.8437);
        assert!((money.cny() - 670e6).abs() < 0.01e6);
        assert!((money.million_usd(7.0) - 97.9).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(amount in 1.0e-3..1.0e15f64, dollars: bool) {
            let money = if dollars { Money::from_usd(amount, 6.8437) } else { Money::from_cny(amount) };
            let (read, currency) = parse_amount(&money.to_string()).expect("shown amounts are correct");
            prop_assert_eq!(currency, money.currency());
            prop_assert!((read - amount).abs() <= 1e-9 * amount.max(1.0));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = parse_amount(&text);
        }
    }
}
