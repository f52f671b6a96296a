//! A value of the file: text, words, numbers, shares, years and money, each with its check.

use std::ops::{Range, RangeInclusive};

use diagnostics::Diagnostic;
use toml_span::Value;
use toml_span::value::ValueInner;

use super::code;
use super::context::{Context, nearest, way_out};
use crate::money::{CURRENCIES, Currency, MULTIPLIERS, Money, MoneyError, parse_amount};
use crate::spec::Word;

/// How far a sum of shares may be from one.
const SUM_TOLERANCE: f64 = 1e-6;

/// A value of the file while it is read.
pub(super) struct Field<'a> {
    pub context: &'a Context<'a>,
    pub key: String,
    pub value: &'a Value<'a>,
}

impl<'a> Field<'a> {
    /// Range in the file; that of a text includes its quotes.
    pub fn span(&self) -> Range<usize> {
        let inner = self.value.span.start..self.value.span.end;
        let quotes = inner.start.saturating_sub(1)..inner.end + 1;
        let around = self.context.written(quotes.clone());
        let quoted = ['"', '\''].iter().any(|quote| {
            around.len() > 1 && around.starts_with(*quote) && around.ends_with(*quote)
        });
        if self.value.as_str().is_some() && quoted { quotes } else { inner }
    }

    /// As the file says it.
    pub fn written(&self) -> &'a str {
        self.context.written(self.span())
    }

    /// Reports an error about this value.
    pub fn error(&self, code: &'static str, message: String, label: &str, help: &str) {
        self.context.report(Diagnostic::error(code, message).help(help), self.span(), label);
    }

    /// Reports that the value is not `wanted`.
    pub fn wrong_type(&self, wanted: &str) {
        let found = match self.value.as_ref() {
            ValueInner::String(_) => "text",
            ValueInner::Integer(_) | ValueInner::Float(_) => "a number",
            ValueInner::Boolean(_) => "true or false",
            ValueInner::Array(_) => "a list",
            ValueInner::Table(_) => "a table",
        };
        let message = format!("`{}` must be {wanted}, not {found}", self.key);
        let span = self.context.first_line(self.span());
        let span = span.start..span.end.min(self.span().end);
        let finding = Diagnostic::error(code::WRONG_TYPE, message).help(format!("write {wanted}"));
        self.context.report(finding, span, format!("this is {found}"));
    }

    /// Text that is not empty.
    pub fn text(&self) -> Option<String> {
        let Some(text) = self.value.as_str() else {
            self.wrong_type("text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            let message = format!("`{}` is empty", self.key);
            self.error(code::EMPTY, message, "no text", "write the text or remove the line");
            return None;
        }
        Some(text.to_owned())
    }

    /// One of the words of `W`.
    pub fn word<W: Word>(&self) -> Option<W> {
        let text = self.text()?;
        let found = W::from_word(&text);
        if found.is_none() {
            let help = way_out(&text, W::ALL.iter().map(|(name, _)| *name));
            let message = format!("unknown {} `{text}`", W::WHAT);
            self.error(code::UNKNOWN_WORD, message, "not a word of the study file", &help);
        }
        found
    }

    /// Whether the value is written as a number.
    pub fn is_number(&self) -> bool {
        self.value.as_integer().is_some() || self.value.as_float().is_some()
    }

    /// A finite number.
    pub fn finite(&self) -> Option<f64> {
        let integer = self.value.as_integer().map(|integer| integer as f64);
        let Some(number) = self.value.as_float().or(integer) else {
            self.wrong_type("a number");
            return None;
        };
        if !number.is_finite() {
            let message = format!("`{}` is not a finite number", self.key);
            self.error(code::NOT_FINITE, message, "not finite", "write a number");
            return None;
        }
        Some(number)
    }

    /// A finite number in a range.
    pub fn number(&self, range: RangeInclusive<f64>) -> Option<f64> {
        let number = self.finite()?;
        if range.contains(&number) {
            return Some(number);
        }
        let (lowest, highest) = (range.start(), range.end());
        let message = format!("`{}` is {number}, outside {lowest} to {highest}", self.key);
        let percent = range.contains(&(number / 100.0)) && *highest <= 1.0;
        let help = if percent {
            format!("rates are fractions: {number} % is {}", number / 100.0)
        } else {
            format!("write a number from {lowest} to {highest}")
        };
        self.error(code::OUT_OF_RANGE, message, "out of range", &help);
        None
    }

    /// A number that is not negative.
    pub fn count(&self) -> Option<f64> {
        self.number(0.0..=1e9)
    }

    /// A share from 0 to 1.
    pub fn share(&self) -> Option<f64> {
        let number = self.finite()?;
        if (0.0..=1.0).contains(&number) {
            return Some(number);
        }
        let message = format!("the share `{}` is {number}, not from 0 to 1", self.key);
        let help = if (2.0..=100.0).contains(&number) {
            format!("shares are fractions: {number} % is {}", number / 100.0)
        } else {
            "write a number from 0 to 1".to_owned()
        };
        self.error(code::NOT_A_SHARE, message, "not a share", &help);
        None
    }

    /// The elements of a list as fields.
    pub fn list(&self, of: &str) -> Option<Vec<Field<'a>>> {
        let Some(array) = self.value.as_array() else {
            self.wrong_type(&format!("a list of {of}"));
            return None;
        };
        let item = |value| Field { context: self.context, key: self.key.clone(), value };
        Some(array.iter().map(item).collect())
    }

    /// Reports that a list has another length than it must.
    pub fn wrong_length(&self, found: usize, wanted: &str) {
        let message = format!("`{}` has {found} values, not {wanted}", self.key);
        let help = format!("write {wanted}");
        self.error(code::LIST_LENGTH, message, "wrong number of values", &help);
    }

    /// Checks that shares sum to one.
    pub fn sums_to_one(&self, shares: &[f64]) -> Option<()> {
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() <= SUM_TOLERANCE {
            return Some(());
        }
        let sum = (sum * 1e6).round() / 1e6;
        let message = format!("the shares of `{}` sum to {sum}, not to 1", self.key);
        let missing = ((1.0 - sum) * 1e6).round() / 1e6;
        self.error(
            code::SHARES_SUM,
            message,
            "these shares",
            &format!("{missing} is missing; change one of the shares by it"),
        );
        None
    }

    /// A year in a range.
    pub fn year_in(&self, range: RangeInclusive<u16>) -> Option<u16> {
        let Some(integer) = self.value.as_integer() else {
            self.wrong_type("a year such as 2018");
            return None;
        };
        let year = u16::try_from(integer).ok().filter(|year| range.contains(year));
        if year.is_none() {
            let (first, last) = (range.start(), range.end());
            let message = format!("`{}` is {integer}, not from {first} to {last}", self.key);
            let help = format!("write a year from {first} to {last}, or change `[years]`");
            self.error(code::YEAR_OUT_OF_RANGE, message, "outside the years of the study", &help);
        }
        year
    }

    /// A year from the base year to the last year of the study.
    pub fn year(&self) -> Option<u16> {
        let years = self.context.years.get();
        self.year_in(years.base..=years.last)
    }

    /// `[first, last]`.
    pub fn years(&self) -> Option<(u16, u16)> {
        let items = self.list("two years: [first, last]")?;
        let [first, last] = items.as_slice() else {
            self.wrong_length(items.len(), "two years: [first, last]");
            return None;
        };
        let (first, last) = (first.year(), last.year());
        let (first, last) = (first?, last?);
        if first > last {
            let message = format!("`{}` ends in {last} before it begins in {first}", self.key);
            let help = format!("write [{last}, {first}]");
            self.error(code::YEARS_INVERTED, message, "years in the wrong order", &help);
            return None;
        }
        Some((first, last))
    }

    /// An amount of money that is not negative.
    pub fn money(&self) -> Option<Money> {
        let money = self.signed_money()?;
        if money.amount() < 0.0 {
            let message = format!("`{}` is negative: {money}", self.key);
            self.error(code::NEGATIVE_AMOUNT, message, "negative", "write an amount from 0 up");
            return None;
        }
        Some(money)
    }

    /// An amount of money of either sign.
    pub fn signed_money(&self) -> Option<Money> {
        let Some(text) = self.value.as_str() else {
            self.wrong_type("an amount in quotes such as \"670 million CNY\"");
            return None;
        };
        match parse_amount(text) {
            Ok((amount, Currency::Cny)) => Some(Money::from_cny(amount)),
            Ok((amount, Currency::Usd)) => {
                Some(Money::from_usd(amount, self.context.cny_per_usd.get()))
            }
            Err(error) => {
                self.not_money(text, &error);
                None
            }
        }
    }

    fn not_money(&self, text: &str, error: &MoneyError) {
        let example = "write number, multiplier and currency: \"670 million CNY\"";
        let (code, message, help) = match error {
            MoneyError::NoNumber => {
                let comma = "a comma stands between groups of three digits: write 1.5 or 1,500";
                let help = if text.contains(',') { comma } else { example };
                (code::NOT_MONEY, format!("`{text}` has no number"), help.to_owned())
            }
            MoneyError::NotFinite => {
                (code::NOT_FINITE, format!("`{text}` is too large"), example.to_owned())
            }
            MoneyError::NoCurrency => (
                code::NOT_MONEY,
                format!("`{text}` has no currency"),
                format!("write \"{text} CNY\" or \"{text} USD\""),
            ),
            MoneyError::AfterCurrency(word) => {
                (code::NOT_MONEY, format!("`{word}` follows the currency"), example.to_owned())
            }
            MoneyError::UnknownUnit(word) => {
                (code::UNKNOWN_UNIT, format!("unknown unit or currency `{word}`"), unit_help(word))
            }
        };
        self.error(code, message, "not an amount", &help);
    }
}

fn unit_help(word: &str) -> String {
    let multipliers = MULTIPLIERS.iter().map(|(name, _)| *name);
    let units = multipliers.chain(CURRENCIES.iter().map(|(name, _)| *name));
    match nearest(word, units.filter(|name| name.len() > 2)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "amounts are in CNY or USD, with thousand, million, billion or trillion".to_owned(),
    }
}
